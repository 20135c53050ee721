"""What shares a cell: places with others (`2 (1)` and `2/1`, first of the class), cars' numbers with drivers, gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints, true
from transforms.cells import LAPS
from transforms.coded import Coded
from transforms.masks import IS_DIGIT, first_bytes
from transforms.spans import holding

_PAIR = r"^(?P<first>\d{1,3})\s?(?P<mark>[/(])\s?(?P<second>\d{1,3})\)?$"
_NEARLY_ALL, _FEWEST = 0.8, 3  # of the places of a table that begin with a digit, and of all of them
_NUMBERED = r"^#?(?P<number>\d{1,3})\.?\s+(?P<name>[^\d\s].*)$"
_TIME_AND_GAP = (
    r"^(?P<time>\d{1,3}[:'hH.].*\d\"?)\s?\(\s?(?P<gap>\+\s?\d[^()]*|\d{1,3}[:.,]\d[^()]*|\d{1,3} ?" + LAPS + r"\.?)\)$"
)


def with_gaps_apart(texts: dict[str, Coded]) -> dict[str, Coded]:
    """The texts of slots with the gaps that stand in brackets behind times (`41:26.2 (+1.1)`) in their own."""
    for slot in ("race_time", "lap_time"):
        times = texts[slot]
        bracketed = holding(times.texts, b"(")
        if not bracketed.any():
            continue
        time, gap = pc.extract_regex(times.texts, _TIME_AND_GAP).flatten()
        at = np.flatnonzero(times.rows(bracketed & true(pc.is_valid(time))) & ~texts["gap"].printed)
        of = pa.array(times.code[at])
        texts = texts | {slot: times.replaced(at, time.take(of)), "gap": texts["gap"].replaced(at, gap.take(of))}
    return texts


def with_pairs_apart(texts: dict[str, Coded], tables: Ints) -> dict[str, Coded]:
    """The texts of slots with the second numbers of such cells in the slots that they belong to.

    Beside one place the second is but the mark of a footnote; what is neither (places on the grid, say) stays, as do
    numbers in brackets that are no places.
    """
    position = texts["position"]
    paired = holding(position.texts, b"/(")
    if not paired.any():
        return texts
    found = pc.extract_regex(position.texts, _PAIR)
    at = np.flatnonzero(position.rows(paired & true(found.is_valid())))
    numbered = position.rows(true(pc.match_substring_regex(position.texts, r"^\d")))
    pairs, places = (np.bincount(tables[of], minlength=int(tables.max()) + 1) for of in (at, np.flatnonzero(numbered)))
    first, mark, second = (field.take(pa.array(position.code[at])) for field in found.flatten())
    for table in np.flatnonzero((pairs >= _FEWEST) & (pairs >= _NEARLY_ALL * places)).tolist():
        of = tables[at] == table
        slot = _slot_of(*(side.filter(pa.array(of)).cast(pa.int64()).to_pylist() for side in (first, second)))
        if slot == "car_number" and "(" in mark.filter(pa.array(of)).to_pylist():
            continue
        if slot and not texts[slot].printed[at[of]].any():
            texts = texts | {slot: texts[slot].replaced(at[of], second.filter(pa.array(of)))}
    return texts


def _slot_of(places: Sequence[int], beside: Sequence[int]) -> str | None:
    """What the numbers beside places are: places in classes come one after another, car numbers stand once."""
    if places == beside:
        return None
    seen: Counter[int] = Counter()
    for number in beside:
        seen[number] += 1
        if number > 1 and seen[number] > seen[number - 1]:
            return "car_number" if len({*beside}) == len(beside) and not {*beside} <= {*places} else None
    return "class_position"


def with_numbers_apart(texts: dict[str, Coded], tables: Ints) -> dict[str, Coded]:
    """The texts of slots with the numbers that stand before nearly all drivers of a table (`12 Ayrton Senna`) apart.

    They are those of cars, where the table has no others, and each stands once; numbers that count up from 1 are
    places, where there are no others.
    """
    crew = texts["crew"]
    first = first_bytes(crew.texts)
    if not crew.rows(IS_DIGIT[first] | (first == ord("#"))).any():
        return texts
    number, name = pc.extract_regex(crew.texts, _NUMBERED).flatten()
    at = np.flatnonzero(crew.rows(true(pc.is_valid(name))))
    table, value = tables[at], crew.spread(number.cast(pa.int64())).take(pa.array(at)).to_numpy()
    size = int(tables.max()) + 1
    numbered, printed, cars, places = (
        np.bincount(of, minlength=size)
        for of in (table, *(tables[texts[slot].printed] for slot in ("crew", "car_number", "position")))
    )
    alone = np.bincount(np.unique(np.stack([table, value]), axis=1)[0], minlength=size) == numbered
    rank = np.arange(len(at)) - np.searchsorted(table, table) + 1
    counted = np.bincount(table, value != rank, size) == 0
    told = alone & (cars == 0) & (numbered > 1) & (numbered >= _NEARLY_ALL * printed)
    slots = {"crew": (told, name), "car_number": (told & ~counted, number)}
    slots["position"] = (told & counted & (places == 0), number)
    for slot, (chosen, found) in slots.items():
        of = at[chosen[table]]
        texts = texts | {slot: texts[slot].replaced(of, found.take(pa.array(crew.code[of])))}
    return texts
