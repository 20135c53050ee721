"""What the columns of each table look like, counted over their first rows: the evidence for each role.

A role is never decided by one row, and forty rows alike say little more than ten: rows count less and
less after the first few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Floats, Ints, flags
from transforms.dialect import compact
from transforms.places_in_words import may_be_roman, read_roman, read_words
from transforms.recognise import TRAITS, recognise, trait_index
from transforms.roles import FEATURES, LIKELIHOODS, ROLES, SEEN, STEPS, log_likelihoods
from transforms.shapes import Shapes, decimal

SAMPLE = 24  # rows of a table that are looked at
_FULL, _PART = 4, 0.3  # rows that count in full, and what each further one counts
_RUN = 3  # numbers that run on count so often at most: a run is one fact, not one per row
_SEEN_WEIGHT = 0.8  # repeats down a column depend on each other more than the cells' looks do
_SEEN_AT = len(TRAITS) + len(STEPS)
_FIRST_AT = _SEEN_AT + len(SEEN)
_NUMERIC = ("digit", "integer", "big integer", "ordinal", "decimal", "seconds", "number", "speed", "laps")
_IS_NUMERIC = np.isin(np.array(TRAITS), _NUMERIC)
_RACING = [
    trait_index(t)
    for t in (
        "ordinal",
        "crew",
        "lap time",
        "race time",
        "gap",
        "laps",
        "status",
        "class",
        "make",
        "car",
        "team",
        "team (country)",
    )
]
_EMPTY, _STATUS, _PLACES = trait_index("empty"), trait_index("status"), 2
_ORDINAL, _FEWEST_ROMAN = trait_index("ordinal"), 3  # rows that are counted
_WORDS = [trait_index(t) for t in ("reason", "name", "text", "person", "status")]
_LIKE_TIMES = [trait_index(t) for t in ("race time", "lap time", "gap", "laps", "seconds", "decimal")]
_RACE_TIME, _BEHIND = trait_index("race time"), [trait_index(t) for t in ("gap", "laps", "status", "mark")]
# A cell fits a role when one in fifty cells of such columns looks like it.
_FITS = np.array([[float(LIKELIHOODS[role].get(trait, 0.0) >= 0.02) for role in ROLES] for trait in TRAITS])


@dataclass(frozen=True, slots=True)
class Looks:
    """What the cells of the first rows of tables look like; in order of table, row and column.

    `code` is equal for equal texts; `number` is the number that a numeric cell begins with, or a Roman numeral stands
    for, NaN for all others.
    """

    table: Ints
    row: Ints
    column: Ints
    code: Ints
    trait: Ints
    number: Floats

    @classmethod
    def of(cls, table: Ints, row: Ints, column: Ints, code: Ints, texts: pa.StringArray) -> Looks:
        """Look at cells: the table of each, the row within it, the column, and its text as a code of `texts`."""
        used, place = compact(code, len(texts))
        looked_at = texts.take(pa.array(used))
        traits = recognise(looked_at)
        return cls(table, row, column, place, traits[place], _numbers(looked_at, traits)[place])


def flatten(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The places of all ranges one after another, and beside each the number of its range."""
    sizes = ends - starts
    which = np.repeat(np.arange(len(sizes)), sizes)
    return np.arange(len(which)) + (starts - np.cumsum(sizes) + sizes)[which], which


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for which role of each column: one row for each column of each table, table by table.

    `first` says where the columns of each table begin, `widths` how many it has. `weighed` is the evidence for each
    role in nats, `fitting` the filled cells that look as the role has them, `filled` all filled cells; `led` is true
    of columns that begin with the time of a race, and have nothing but what others are behind below it; `lost` of those
    that have words for the cars alone that have a status in place of theirs.
    """

    first: Ints
    widths: Ints
    weighed: Floats
    fitting: Floats
    filled: Floats
    of_racing: Bools
    led: Bools
    lost: Bools

    @classmethod
    def of(cls, cells: Looks, widths: Ints) -> Evidence:
        """Weigh what cells look like; `widths` says how many columns each table has, 0 for one without cells."""
        first = np.cumsum(widths) - widths
        cells = _with_roman_places(cells)
        told = _told_of_the_lost(cells)
        cells = _with_fates_among_times(cells, first, told)
        counts = count_features(cells, first, widths)
        weighed, traits = weigh(counts), counts[:, : len(TRAITS)]
        of_racing = _speak_of_racing(traits, first, np.repeat(np.arange(len(widths)), widths))
        traits[:, _EMPTY] = 0
        filled = traits.sum(axis=1)
        begins = (cells.row == 0) & (cells.trait == _RACE_TIME)
        led = flags(first[cells.table[begins]] + cells.column[begins], len(filled))
        led &= (traits[:, _BEHIND].sum(axis=1) > 0) & (traits[:, [_RACE_TIME, *_BEHIND]].sum(axis=1) == filled)
        led &= traits[:, _RACE_TIME] == 1
        lost = np.bincount(first[cells.table[told]] + cells.column[told], minlength=len(filled))
        lost = (lost > 0) & (lost == filled)
        return cls(first, widths, weighed, traits @ _FITS, filled, of_racing, led, lost)

    def columns(self, chosen: Ints) -> tuple[Ints, Ints]:
        """The rows of the columns of some tables, and beside each the place of its table among these."""
        return flatten(self.first[chosen], self.first[chosen] + self.widths[chosen])

    def fit(self, columns: Ints, roles: Ints) -> Floats:
        """The share of the filled cells of some columns that look as their roles have them."""
        filled = self.filled[columns]
        return np.where(filled > 0, self.fitting[columns, roles] / np.maximum(filled, 1), 1.0)


def _with_roman_places(cells: Looks) -> Looks:
    """The cells, with Roman numerals that count the rows of a table from the first one as places; others are names."""
    roman = ~np.isnan(cells.number) & ~_IS_NUMERIC[cells.trait]
    if not roman.any():
        return cells
    begins = (cells.column == 0) & ~np.isin(cells.trait, (_EMPTY, _STATUS))
    counted = roman & begins & (cells.number == cells.row + 1)
    rows, told = (np.bincount(cells.table[of], minlength=int(cells.table[-1]) + 1) for of in (begins, counted))
    places = counted & ((told == rows) & (told >= _FEWEST_ROMAN))[cells.table]
    number, trait = np.where(roman & ~places, np.nan, cells.number), np.where(places, _ORDINAL, cells.trait)
    return replace(cells, number=number, trait=trait)


def _told_of_the_lost(cells: Looks) -> Ints:
    """The cells with words in rows that begin with a status: why those cars stopped, it may be."""
    row = cells.table * SAMPLE + cells.row
    begun = (cells.trait == _STATUS) & (cells.column < _PLACES)
    if not begun.any():
        return np.zeros(0, np.int64)
    return np.flatnonzero(flags(row[begun], int(row[-1]) + 1)[row] & np.isin(cells.trait, _WORDS))


def _with_fates_among_times(cells: Looks, first: Ints, told: Ints) -> Looks:
    """The cells, those with words as if empty where else their column has but times: `Front hub` below `12:01:11.4`."""
    if not len(told):
        return cells
    key = first[cells.table] + cells.column
    columns = np.unique(key[told])
    at = np.flatnonzero(np.isin(key, columns))
    timed, filled, words = (
        np.bincount(key[of], minlength=int(columns[-1]) + 1)
        for of in (at[np.isin(cells.trait[at], _LIKE_TIMES)], at[cells.trait[at] != _EMPTY], told)
    )
    among = told[((timed + words == filled) & (timed > 0))[key[told]]]
    trait = cells.trait.copy()
    trait[among] = _EMPTY
    return replace(cells, trait=trait)


def count_features(cells: Looks, first: Ints, widths: Ints) -> Floats:
    """Count each feature in each column of each table; shape (columns, features)."""
    key = first[cells.table] + cells.column
    stepping, steps = _steps(key, cells.row, cells.number, widths[cells.table])
    counted = np.concatenate([key, key[stepping]]), np.concatenate([cells.trait, len(TRAITS) + steps])
    counts = _tally(*counted, int(widths.sum()))
    _count_first(counts, key, cells.number)
    _count_seen(counts, key, cells)
    return counts


def _tally(key: Ints, feature: Ints, keys: int) -> Floats:
    """How often each feature stands beside each key; shape (keys, features)."""
    counts = np.bincount(key * len(FEATURES) + feature, minlength=keys * len(FEATURES))
    return counts.astype(np.float64).reshape(keys, len(FEATURES))


def weigh(counts: Floats) -> Floats:
    """The evidence for each role of each column, in nats; shape (columns, roles)."""
    rows = counts[:, : len(TRAITS)].sum(axis=1, keepdims=True)
    share = (np.minimum(rows, _FULL) + _PART * np.maximum(rows - _FULL, 0)) / np.maximum(rows, 1)
    weighed = counts.copy()
    runs, first = counts[:, len(TRAITS)], counts[:, _FIRST_AT:]
    weighed *= share
    weighed[:, len(TRAITS)], weighed[:, _FIRST_AT:] = np.minimum(runs, _RUN), first
    weighed[:, _SEEN_AT:_FIRST_AT] *= _SEEN_WEIGHT
    return np.asarray(weighed @ log_likelihoods())


def _speak_of_racing(traits: Floats, first: Ints, table: Ints) -> Bools:
    """Whether a quarter of the rows of each table or more hold what only tables of racing print."""
    racing = np.bincount(table, traits[:, _RACING].sum(axis=1), len(first))
    rows = np.append(traits.sum(axis=1), 0)[np.minimum(first, len(traits))]
    return np.asarray(racing * 4 >= rows)


def _numbers(text: pa.Array, traits: Ints) -> Floats:
    """The leading number of texts that are numbers, be it in words or Roman numerals; NaN for all others."""
    numbers = np.full(len(text), np.nan)
    at = np.flatnonzero(_IS_NUMERIC[traits])
    shaped = Shapes.of(text.take(pa.array(at)))
    found = pc.struct_field(pc.extract_regex(shaped.shapes, r"(?P<n>\d+(?:[.,]\d+)?)"), "n")
    printed = found.to_pylist()
    for shape, rows, digits in shaped.digits(found.is_valid().to_numpy(zero_copy_only=False)):
        before, _, after = printed[shape].replace(",", ".").partition(".")
        numbers[at[rows]] = decimal(digits[: len(before) + len(after)], len(after))
    for read, words in ((read_words, traits == _ORDINAL), (read_roman, may_be_roman(text) & ~_IS_NUMERIC[traits])):
        of = np.flatnonzero(words & np.isnan(numbers))
        numbers[of] = read(text.take(pa.array(of))).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _steps(key: Ints, row: Ints, numbers: Floats, width: Ints) -> tuple[Ints, Ints]:
    """The numbers with another in the row below, and how that stands to them."""
    # Rows are as wide as their table: below each cell stands the one that many places on.
    at = np.flatnonzero(~np.isnan(numbers))
    at = at[at + width[at] < len(key)]
    below = at + width[at]
    step = numbers[below] - numbers[at]
    follows = (key[below] == key[at]) & (row[below] - row[at] == 1) & ~np.isnan(step)
    at, step = at[follows], step[follows]
    return at, np.where(step == 1, 0, np.where(step == 0, 1, np.where(step > 0, 2, 3)))


def _count_first(counts: Floats, key: Ints, numbers: Floats) -> None:
    at = np.flatnonzero(~np.isnan(numbers))[::-1]
    first = np.full(len(counts), np.nan)
    first[key[at]] = numbers[at]
    columns = np.flatnonzero(~np.isnan(first))
    counts[columns, _FIRST_AT + (first[columns] != 1)] = 1


def _count_seen(counts: Floats, key: Ints, cells: Looks) -> None:
    """Count texts that are new in their column, and those that stood there before; the first says nothing."""
    # A line of codes for each column: short lines are sorted ten times faster than all cells at once.
    codes = np.full(len(counts) * SAMPLE, -1, np.int32)
    codes[key * SAMPLE + cells.row] = np.where(cells.trait == _EMPTY, -1, cells.code)
    codes = np.sort(codes.reshape(-1, SAMPLE), axis=1)
    distinct = np.count_nonzero(codes[:, 1:] != codes[:, :-1], axis=1) + (codes[:, 0] >= 0)
    traits = counts[:, : len(TRAITS)]
    counts[:, _SEEN_AT] = np.maximum(distinct - 1, 0)
    counts[:, _SEEN_AT + 1] = traits.sum(axis=1) - traits[:, _EMPTY] - distinct
