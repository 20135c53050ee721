"""Tables in parts: so that nobody need hold a large table, it is read part by part, or a few columns of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import in_one_piece
from transforms.pieces import Pieces
from transforms.runs import Runs

ROWS = 16_384  # of a part: some megabytes
MANY = 8 * ROWS  # that are sought at a time
RUN = 64  # rows, in the mean, from which on it is cheaper to cut pieces than to take rows one by one
Scan: TypeAlias = Callable[[Sequence[str]], Iterator[pa.Table]]
Others: TypeAlias = tuple[np.ndarray, pa.Array]  # places of rows, which rise, and values for these
Rows = TypeVar("Rows", pa.Table, pa.ChunkedArray)


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
                found[name] += _encoded(part[name]).chunks
        types = [_encoded(self.schema.empty_table()[name]).type for name in names]
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
            return _laid_in_parts(pieces, self.scan(columns), fresh.select(columns))

        def coded(columns: Sequence[str]) -> Iterator[pa.Table]:
            whole = self.columns(*columns)
            at = pieces.whole(whole.num_rows)
            yield pa.table({name: _laid_codes(at, whole[name], _encoded(fresh[name])) for name in columns})

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
                yield _replaced(part, np.arange(start, start + part.num_rows), others)
                start += part.num_rows

        def coded(columns: Sequence[str]) -> Iterator[pa.Table]:
            whole = self.columns(*columns)
            yield _replaced(whole, np.arange(whole.num_rows), others)

        def picked(places: np.ndarray, columns: Sequence[str]) -> pa.Table:
            return _replaced(self._some(places, columns), places, others)

        @cache
        def ran(column: str, letters: int | None) -> Runs:
            return (Parts(self.schema, scan, coded) if column in others else self).runs(column, letters)

        moved = {name: places for name, (places, _) in others.items() if len(places)}
        return Parts(self.schema, scan, coded, picked, self.count, self._stay if self.stays else None, moved, ran)

    def standing(self, start: int, stop: int) -> np.ndarray:
        """The place of each row, from one to another, in the last snapshot; -1 for none."""
        rows = np.arange(start, stop)
        return self.stays(rows) if self.stays else np.full(len(rows), -1)

    def _stay(self, rows: np.ndarray) -> np.ndarray:
        """Where some rows stay in every column."""
        places = self.stays(rows) if self.stays else np.full(len(rows), -1)
        for moved in self.moved.values():
            places = np.where(np.isin(rows, moved), -1, places)
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


def laid(place: np.ndarray, old: Rows, fresh: Rows) -> Rows:
    """For each row that which has its `place` in `old`, or the next of the `fresh` where that is -1."""
    new = place < 0
    if not new.any():  # to make one dictionary of two would take longer than all the rest
        return taken(old, place)
    at = np.where(new, len(old) + np.cumsum(new) - 1, place)
    if isinstance(old, pa.Table):
        return taken(pa.concat_tables([old, fresh]).unify_dictionaries(), at)
    return taken(pa.chunked_array([*old.chunks, *fresh.chunks], old.type).unify_dictionaries(), at)


def _laid_codes(at: np.ndarray, old: pa.ChunkedArray, fresh: pa.ChunkedArray) -> pa.Array:
    """The values at some places of two columns, one after the other; texts as codes."""
    both = pa.chunked_array([*old.chunks, *fresh.chunks], old.type)
    if not pa.types.is_dictionary(both.type):
        return both.combine_chunks().take(pa.array(at))
    both = both.unify_dictionaries()
    code = np.concatenate([np.asarray(pc.fill_null(chunk.indices, -1)) for chunk in both.chunks])[at]
    return pa.DictionaryArray.from_arrays(pa.array(code, mask=code < 0), both.chunk(0).dictionary)


def taken(rows: Rows, places: np.ndarray) -> Rows:
    """The rows at some places; where most of them follow one another, they are not copied."""
    starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    if len(starts) * RUN > len(places):
        return rows.take(pa.array(places))
    sizes = np.diff(np.append(starts, len(places)))
    runs: list[Rows] = [rows.slice(*run) for run in zip(places[starts].tolist(), sizes.tolist(), strict=True)]
    if isinstance(rows, pa.Table):
        return pa.concat_tables([rows.slice(0, 0), *runs])
    return pa.chunked_array([chunk for run in runs for chunk in run.chunks], rows.type)


def _laid_in_parts(pieces: Pieces, parts: Iterator[pa.Table], fresh: pa.Table) -> Iterator[pa.Table]:
    """The same of a table in parts; places rise."""
    start = row = used = 0
    for part in parts:
        end = pieces.until(start + part.num_rows)
        own = pieces.places(np.arange(row, end))
        new = int((own < 0).sum())
        if new or (len(own) and own[-1] - own[0] + 1 > len(own)):
            yield laid(np.where(own < 0, -1, own - start), part, fresh.slice(used, new))
        elif len(own):
            yield part.slice(int(own[0]) - start, len(own))
        start, row, used = start + part.num_rows, end, used + new
    if used < fresh.num_rows:
        yield fresh.slice(used)


def _replaced(rows: pa.Table, places: np.ndarray, others: Mapping[str, Others]) -> pa.Table:
    """The rows of some places with the other values that there are for these."""
    for name in others.keys() & set(rows.column_names):
        at, values = others[name]
        nth = np.searchsorted(at, places)
        mine = np.append(at, -1)[nth] == places
        if mine.any():
            some = pa.chunked_array([values.take(pa.array(nth[mine]))])
            some = _encoded(some) if pa.types.is_dictionary(rows[name].type) else some
            column = laid(np.where(mine, -1, np.arange(len(places))), rows[name], some)
            rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    return rows


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


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column with texts as codes; in one piece, since several would each have all texts, to be compared again."""
    if not pa.types.is_string(column.type):
        return column
    return pa.chunked_array([in_one_piece(column).dictionary_encode()])


def in_one(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in one piece, its codes those of texts that there are."""
    one = column.combine_chunks()  # which joins the texts of its pieces, and asks first whether they are the same
    if not pa.types.is_dictionary(column.type):
        return pa.chunked_array([one], column.type)
    code = np.asarray(pc.fill_null(one.indices, -1))
    there = np.zeros(len(one.dictionary) + 1, dtype=bool)  # the last is for null
    there[code] = True
    if there[:-1].all():
        return pa.chunked_array([one], column.type)
    rank = np.cumsum(there, dtype=np.int32) - 1
    values = one.dictionary.filter(pa.array(there[:-1]))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array(rank[code], mask=code < 0), values)], column.type)
