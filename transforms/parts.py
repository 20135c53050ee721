"""Tables in parts: so that nobody need hold a large table, it is read part by part, or a few columns of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.laying import Others, encoded, in_one, laid, laid_codes, laid_in_parts, taken, with_others
from transforms.pieces import Pieces
from transforms.runs import Runs

ROWS = 16_384  # of a part: some megabytes
MANY = 8 * ROWS  # that are sought at a time
Scan: TypeAlias = Callable[[Sequence[str]], Iterator[pa.Table]]


@dataclass(frozen=True)
class Parts:
    """A table whose rows are read when they are asked for: `scan` gives some columns of its parts, in order.

    Where that costs less, `coded` gives the columns with texts as codes, in parts of its own, and `picked` those of the
    rows at some places, which rise, with texts as such, and `ran` the runs of a column; `count` is how many rows there
    are, where that is known beforehand. `stays` gives the places of some rows in this table of the last snapshot, which
    rise; -1 for none, and for -1. There they are the same, but for the columns that have `moved` at their places here.
    """

    schema: pa.Schema
    scan: Scan
    coded: Scan | None = None
    picked: Callable[[np.ndarray, Sequence[str]], pa.Table] | None = None
    count: int | None = None
    stays: Callable[[np.ndarray], np.ndarray] | None = None
    moved: Mapping[str, np.ndarray] = field(default_factory=dict)
    ran: Callable[[str, int | None], Runs] | None = None

    @classmethod
    def of(cls, table: pa.Table | Parts) -> Parts:
        """The parts of a table that is held."""
        if isinstance(table, Parts):
            return table
        starts = range(0, table.num_rows, ROWS)
        scan = lambda columns: (table.select(columns).slice(start, ROWS) for start in starts)
        return cls(table.schema, scan, count=table.num_rows)

    def __iter__(self) -> Iterator[pa.Table]:
        return self.scan(self.schema.names)

    def columns(self, *names: str) -> pa.Table:
        """Some columns of all rows, their texts as codes of the distinct ones."""
        found: dict[str, list[pa.Array]] = {name: [] for name in names}
        for part in (self.coded or self.scan)(names):
            for name in names:
                found[name] += encoded(part[name]).chunks
        types = [encoded(self.schema.empty_table()[name]).type for name in names]
        return pa.table(
            {
                name: in_one(pa.chunked_array(chunks, type_))
                for (name, chunks), type_ in zip(found.items(), types, strict=True)
            }
        )

    def runs(self, column: str, letters: int | None = None) -> Runs:
        """The runs of equal texts in a column, or of texts that begin with the same letters, so many."""
        if self.ran:
            return self.ran(column, letters)
        parts = (self.scan if letters else self.coded or self.scan)([column])
        return Runs.joined([Runs.of(part[column], letters) for part in parts])

    def take(self, places: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Some columns of the rows at some places, in the order of these."""
        if (np.diff(places) > 0).all():
            return self._some(places, columns).cast(self._fields(columns))
        ranked, back = np.unique(places, return_inverse=True)
        return self._some(ranked, columns).cast(self._fields(columns)).take(pa.array(back))

    def places(self, column: str, values: pa.Array) -> np.ndarray:
        """The places of the rows that have one of some texts in a column."""
        found, start = [np.zeros(0, dtype=np.int64)], 0
        for part in (self.coded or self.scan)([column]):
            found.append(start + np.flatnonzero(_among(part[column], values)))
            start += part.num_rows
        return np.concatenate(found)

    def at(self, places: np.ndarray) -> Parts:
        """The rows at some places, which rise."""
        cuts = [places[start : start + MANY] for start in range(0, len(places), MANY)]
        return Parts(
            self.schema,
            lambda columns: (self.take(some, columns) for some in cuts),
            lambda columns: (self._some(some, columns) for some in cuts),
            lambda some, columns: self._some(places[some], columns),
            count=len(places),
        )

    def filled(self, names: Collection[str], fill: Callable[[slice], Mapping[str, pa.Array]]) -> Parts:
        """The table with some columns filled: `fill` gives those of the rows at some places."""
        others = [name for name in self.schema.names if name not in names]

        def make(part: pa.Table, places: slice) -> pa.Table:
            columns = {**dict(zip(others, part.columns, strict=True)), **fill(places)}
            return pa.table({name: columns[name] for name in self.schema.names}, self.schema)

        whole = self.made(self.schema, others, make)

        def asked(columns: Sequence[str]) -> Parts:
            return self if set(columns).isdisjoint(names) else whole

        return Parts(
            self.schema,
            lambda columns: asked(columns).scan(columns),
            lambda columns: (asked(columns).coded or asked(columns).scan)(columns),
            lambda places, columns: asked(columns).take(places, columns),
            self.count,
        )

    def made(self, schema: pa.Schema, of: Sequence[str], make: Callable[[pa.Table, slice], pa.Table]) -> Parts:
        """Another table, with a row for each of this one, which `make` makes of some columns of each part."""

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            start = 0
            for part in self.scan(of):
                yield make(part, slice(start, start + part.num_rows)).select(columns)
                start += part.num_rows

        return Parts(schema, scan, count=self.count)

    def followed(self, others: Sequence[pa.Table | Parts]) -> Parts:
        """The rows of this table, and then those of others like it."""
        parts = [self, *map(Parts.of, others)]
        return Parts(self.schema, lambda columns: chain.from_iterable(part.scan(columns) for part in parts))

    def whole(self, *columns: str) -> pa.Table:
        """All rows, or some columns of them."""
        names = columns or self.schema.names
        return pa.concat_tables([self.schema.empty_table().select(names), *self.scan(names)])

    def laid(self, place: np.ndarray | Pieces, fresh: pa.Table) -> Parts:
        """The table that has in each row that which has its `place` here, or the next of the `fresh` where that is -1.

        Places rise.
        """
        pieces = place if isinstance(place, Pieces) else Pieces.of(place)

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            return laid_in_parts(pieces, self.scan(columns), fresh.select(columns))

        def coded(columns: Sequence[str]) -> Iterator[pa.Table]:
            whole = self.columns(*columns)
            at = pieces.whole(whole.num_rows)
            yield pa.table({name: laid_codes(at, whole[name], encoded(fresh[name])) for name in columns})

        def picked(places: np.ndarray, columns: Sequence[str]) -> pa.Table:
            at = pieces.places(places)
            old = self._some(at[at >= 0], columns)
            if old.num_rows == len(at):
                return old
            some = fresh.select(columns).take(pa.array(pieces.nth(places[at < 0])))
            return laid(np.where(at < 0, -1, np.cumsum(at >= 0) - 1), old, some.cast(old.schema))

        @cache
        def ran(column: str, letters: int | None) -> Runs:
            return self.runs(column, letters).laid(pieces, Runs.of(fresh[column], letters))

        stays = (lambda rows: self._stay(pieces.places(rows))) if self.stays else None
        return Parts(self.schema, scan, coded, picked, pieces.rows, stays, ran=ran)

    def replaced(self, others: Mapping[str, Others]) -> Parts:
        """The table with other values at some places of some columns."""

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            start = 0
            for part in self.scan(columns):
                yield with_others(part, np.arange(start, start + part.num_rows), others)
                start += part.num_rows

        def coded(columns: Sequence[str]) -> Iterator[pa.Table]:
            whole = self.columns(*columns)
            yield with_others(whole, np.arange(whole.num_rows), others)

        def picked(places: np.ndarray, columns: Sequence[str]) -> pa.Table:
            return with_others(self._some(places, columns), places, others)

        @cache
        def ran(column: str, letters: int | None) -> Runs:
            return (Parts(self.schema, scan, coded) if column in others else self).runs(column, letters)

        moved = {name: places for name, (places, _) in others.items() if len(places)}
        return Parts(self.schema, scan, coded, picked, self.count, self._stay if self.stays else None, moved, ran)

    def standing(self, start: int, stop: int) -> np.ndarray:
        """The place of each row, from one to another, in the last snapshot; -1 for none."""
        return self._stands(np.arange(start, stop))

    def _stands(self, rows: np.ndarray) -> np.ndarray:
        return self.stays(rows) if self.stays else np.full(len(rows), -1)

    def _stay(self, rows: np.ndarray) -> np.ndarray:
        """Where some rows stay in every column."""
        places, last = self._stands(rows), rows.max(initial=-1)
        for moved in self.moved.values():
            start, stop = np.searchsorted(moved, (rows.min(initial=last), last + 1))  # as a rule none is near
            if start < stop:
                places = np.where(np.isin(rows, moved[start:stop]), -1, places)
        return places

    def equals(self, other: Parts) -> bool:
        """Tell whether another table has the same rows; at once where the numbers of rows are known to differ."""
        if self.count != other.count:
            return False
        return all(one.equals(two) for one, two in _in_step(iter(self), iter(other)))

    def _some(self, places: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Some columns of the rows at some places, which rise."""
        return (self.picked or self._sought)(places, columns)

    def _fields(self, columns: Sequence[str]) -> pa.Schema:
        return pa.schema([self.schema.field(name) for name in columns])

    def _sought(self, places: np.ndarray, columns: Sequence[str]) -> pa.Table:
        found, start = [self.schema.empty_table().select(columns)], 0
        for part in self.scan(columns):
            low, high = np.searchsorted(places, (start, start + part.num_rows))
            found.append(taken(part, places[low:high] - start))
            start += part.num_rows
        return pa.concat_tables(found)


Tables: TypeAlias = Mapping[str, pa.Table | Parts]


def _in_step(ones: Iterator[pa.Table], others: Iterator[pa.Table]) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The parts of two tables of as many rows, cut alike."""
    rest: pa.Table | None = None
    for one in (part for part in ones if part.num_rows):
        while rest is None or rest.num_rows < one.num_rows:
            more = next(others)
            rest = pa.concat_tables([rest, more]) if rest else more
        yield one, rest.slice(0, one.num_rows)
        rest = rest.slice(one.num_rows)


def _among(column: pa.ChunkedArray, values: pa.Array) -> np.ndarray:
    """Which rows of a column have one of some texts; of codes each text is sought once, and all of them at once."""
    if not pa.types.is_dictionary(column.type):
        return np.asarray(pc.is_in(column, values))
    texts = pa.chunked_array([chunk.dictionary for chunk in column.chunks], column.type.value_type)
    there = np.append(np.asarray(pc.is_in(texts, values)), values.null_count > 0)  # the last is for null
    firsts = np.cumsum([0, *(len(chunk.dictionary) for chunk in column.chunks)])
    codes = [np.asarray(pc.fill_null(chunk.indices, -1)) for chunk in column.chunks]
    placed = [np.where(code < 0, -1, code + first) for code, first in zip(codes, firsts, strict=False)]
    return np.concatenate([there[:0], *(there[place] for place in placed)])
