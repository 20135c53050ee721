"""What the columns of each table look like, counted over their first rows: the evidence for each role.

A role is never decided by one row, and forty rows alike say little more than ten: rows count less and
less after the first few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Floats, Ints
from transforms.dialect import compact
from transforms.recognise import TRAITS, recognise, trait_index
from transforms.roles import FEATURES, LIKELIHOODS, ROLES, SEEN, STEPS, log_likelihoods

SAMPLE = 24  # rows of a table that are looked at
_FULL, _PART = 4, 0.3  # rows that count in full, and what each further one counts
_RUN = 3  # numbers that run on count so often at most: a run is one fact, not one per row
_SEEN_WEIGHT = 0.8  # repeats down a column depend on each other more than the cells' looks do
_SEEN_AT = len(TRAITS) + len(STEPS)
_FIRST_AT = _SEEN_AT + len(SEEN)
_NUMERIC = [
    trait_index(t) for t in ("digit", "integer", "big integer", "ordinal", "decimal", "seconds", "number", "speed")
]
_RACING = [
    trait_index(t)
    for t in (
        "ordinal",
        "crew",
        "lap time",
        "race time",
        "gap",
        "status",
        "class",
        "make",
        "car",
        "team",
        "team (country)",
    )
]
_EMPTY = trait_index("empty")
# A cell fits a role when one in fifty cells of such columns looks like it.
_FITS = np.array([[LIKELIHOODS[role].get(trait, 0.0) >= 0.02 for role in ROLES] for trait in TRAITS])


@dataclass(frozen=True, slots=True)
class Looks:
    """What the cells of the first rows of tables look like; in order of table, row and column.

    `code` is equal for equal texts; `number` is the number that a numeric cell begins with, NaN for all others.
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

    def only(self, chosen: Ints) -> Looks:
        """The cells of some tables, given in ascending order, which are numbered anew from 0."""
        starts, ends = (np.searchsorted(self.table, chosen, side) for side in ("left", "right"))
        at, table = flatten(starts, ends)
        return Looks(table, self.row[at], self.column[at], self.code[at], self.trait[at], self.number[at])


def flatten(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The places of all ranges one after another, and beside each the number of its range."""
    sizes = ends - starts
    which = np.repeat(np.arange(len(sizes)), sizes)
    return np.arange(len(which)) + (starts - np.cumsum(sizes) + sizes)[which], which


def count_features(cells: Looks, tables: int, columns: int) -> Floats:
    """Count each feature in each column of each table; shape (tables, columns, features)."""
    key = cells.table * columns + cells.column
    counts = _tally(key, cells.trait, tables * columns)
    _count_steps(counts, key, cells.row, cells.number, columns)
    _count_first(counts, key, cells.number)
    _count_seen(counts, key, cells.code, cells.trait != _EMPTY)
    return counts.reshape(tables, columns, len(FEATURES))


def _tally(key: Ints, feature: Ints, keys: int) -> Floats:
    """How often each feature stands beside each key; shape (keys, features)."""
    counts = np.bincount(key * len(FEATURES) + feature, minlength=keys * len(FEATURES))
    return counts.astype(np.float64).reshape(keys, len(FEATURES))


def weigh(counts: Floats) -> Floats:
    """The evidence for each role of each column, in nats; shape (tables, columns, roles)."""
    rows = counts[:, :, : len(TRAITS)].sum(axis=2, keepdims=True)
    share = (np.minimum(rows, _FULL) + _PART * np.maximum(rows - _FULL, 0)) / np.maximum(rows, 1)
    traits, steps, seen, first = np.split(counts, [len(TRAITS), _SEEN_AT, _FIRST_AT], axis=2)
    steps = np.concatenate([np.minimum(steps[:, :, :1], _RUN), steps[:, :, 1:] * share], axis=2)
    weighed = (traits * share, steps, seen * share * _SEEN_WEIGHT, first)
    return np.asarray(np.concatenate(weighed, axis=2) @ log_likelihoods())


def fit(counts: Floats, roles: Ints) -> Floats:
    """The share of a column's filled cells that look as its role has them; shape (tables, columns)."""
    filled = counts[:, :, : len(TRAITS)].copy()
    filled[:, :, _EMPTY] = 0
    fitting = (filled * _FITS.T[roles]).sum(axis=2)
    total = filled.sum(axis=2)
    return np.where(total > 0, fitting / np.maximum(total, 1), 1.0)


def filled(counts: Floats) -> npt.NDArray[np.bool_]:
    """Whether a column has any cell that is not empty; shape (tables, columns)."""
    traits = counts[:, :, : len(TRAITS)]
    return np.asarray(traits.sum(axis=2) > traits[:, :, _EMPTY])


def speaks_of_racing(counts: Floats) -> npt.NDArray[np.bool_]:
    """Whether a quarter of the rows of a table or more hold what only tables of racing print; shape (tables,)."""
    traits = counts[:, :, : len(TRAITS)]
    return np.asarray(traits[:, :, _RACING].sum(axis=(1, 2)) * 4 >= traits[:, :1].sum(axis=(1, 2)))


def _numbers(text: pa.Array, traits: Ints) -> Floats:
    """The leading number of texts that are numbers; NaN for all others."""
    numbers = np.full(len(text), np.nan)
    at = np.flatnonzero(np.isin(traits, _NUMERIC))
    digits = pc.struct_field(pc.extract_regex(text.take(pa.array(at)), r"(?P<n>\d+(?:[.,]\d+)?)"), "n")
    values = pc.replace_substring(digits, ",", ".").cast(pa.float64())
    numbers[at] = values.to_numpy(zero_copy_only=False)
    return numbers


def _count_steps(counts: Floats, key: Ints, row: Ints, numbers: Floats, columns: int) -> None:
    # Rows are as wide as their table: below each cell stands the one that many places on.
    step = numbers[columns:] - numbers[:-columns]
    below = np.flatnonzero((row[columns:] - row[:-columns] == 1) & ~np.isnan(step))
    below = below[key[below] == key[below + columns]]
    step = step[below]
    kind = np.where(step == 1, 0, np.where(step == 0, 1, np.where(step > 0, 2, 3)))
    counts += _tally(key[below], len(TRAITS) + kind, len(counts))


def _count_first(counts: Floats, key: Ints, numbers: Floats) -> None:
    at = np.flatnonzero(~np.isnan(numbers))
    columns, first = np.unique(key[at], return_index=True)
    counts[columns, _FIRST_AT + (numbers[at[first]] != 1)] = 1


def _count_seen(counts: Floats, key: Ints, codes: Ints, filled: npt.NDArray[np.bool_]) -> None:
    """Count texts that are new in their column, and those that stood there before; the first says nothing."""
    spread = int(codes.max(initial=0)) + 1
    pairs = np.sort(key[filled] * spread + codes[filled])
    distinct = np.bincount(pairs[np.diff(pairs, prepend=-1) != 0] // spread, minlength=len(counts))
    total = np.bincount(key[filled], minlength=len(counts))
    counts[:, _SEEN_AT] = np.maximum(distinct - 1, 0)
    counts[:, _SEEN_AT + 1] = total - distinct
