"""Places that share their cell with another number: `2 (1)` and `2/1`, first of the class, or `2/23`, car number 23."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints, true
from transforms.coded import Coded
from transforms.spans import holding

_PAIR = r"^(?P<first>\d{1,3})\s?(?P<mark>[/(])\s?(?P<second>\d{1,3})\)?$"
_NEARLY_ALL, _FEWEST = 0.8, 3  # of the places of a table that begin with a digit, and of all of them


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
