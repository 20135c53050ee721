"""A published table as it is asked for: in parts, some rows of it, or some columns as codes, which may be held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.laying import taken
from transforms.parts import ROWS, Parts
from transforms.runs import Runs

if TYPE_CHECKING:
    from flows.snapshot import Snapshot

# Bytes up to which it takes less time to read a dictionary than the texts, and the share of a column's bytes from which
# on most texts stand but once.
DICTIONARY, DIFFERING = 100_000, 0.75


class Stored:
    """One table's file: `opened` with some columns as codes, `readable` where what it raises is worded.

    `of_sheets` gives the runs of its sheets, where another table tells them.
    """

    def __init__(
        self,
        opened: Callable[..., pq.ParquetFile],
        readable: Callable[[], AbstractContextManager[None]],
        of_sheets: Callable[[], Runs | None] = lambda: None,
    ):
        self._readable, self._of_sheets = readable, of_sheets
        self._held: dict[str, pa.ChunkedArray] = {}
        self._runs: dict[tuple[str, int | None], Runs] = {}
        self._reading = Lock()
        with readable():
            file = opened()
            self._schema, self._texts, self._rows = file.schema_arrow, _texts(file), file.metadata.num_rows
            self._opened, groups = partial(opened, footer=file.metadata), range(file.num_row_groups)
            self._firsts = np.cumsum([0, *(file.metadata.row_group(group).num_rows for group in groups)])

    def parts(self) -> Parts:
        """The table."""
        return Parts(self._schema, self._scan, self._coded, self._picked, self._rows, lambda rows: rows, ran=self._ran)

    def hold(self, columns: Sequence[str]) -> None:
        """Hold columns that will be asked for, their texts as the codes of each row group where they recur."""
        with self._reading:
            self._held |= self._columns(columns)

    def let_go(self) -> None:
        """Hold nothing more."""
        with self._reading:
            self._held = {}

    def _scan(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        held = self._held
        if all(name in held for name in columns):
            rows, schema = pa.table({name: held[name] for name in columns}), self._fields(columns)
            size = ROWS if any(pa.types.is_dictionary(type_) for type_ in rows.schema.types) else max(1, self._rows)
            yield from (rows.slice(start, size).cast(schema) for start in range(0, self._rows, size))
            return
        with self._readable():
            for batch in self._opened(()).iter_batches(ROWS, columns=list(columns)):
                yield pa.Table.from_batches([batch]).select(columns)

    def _coded(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        with self._reading:  # they may be on their way
            found = self._columns(columns)
        yield pa.table({name: self._of_texts_in_lists(name, column) for name, column in found.items()})

    def _ran(self, column: str, letters: int | None) -> Runs:
        if (found := self._runs.get((column, letters))) is None:
            told = self._of_sheets() if column == "sheet_id" and not letters else None
            read = Parts(self._schema, self._scan, self._coded)
            found = told if told and told.rows == self._rows else read.runs(column, letters)
            self._runs[column, letters] = found
        return found

    def _picked(self, places: np.ndarray, columns: Sequence[str]) -> pa.Table:
        with self._reading:  # they may be on their way
            held = {name: column for name, column in self._held.items() if name in columns}
        rest = [name for name in columns if name not in held]
        fields = {name: _chosen(column, places, self._schema.field(name).type) for name, column in held.items()}
        with self._readable():
            parts = list(self._among(places, rest))
        more = pa.concat_tables(parts) if parts else self._fields(rest).empty_table()
        fields |= dict(zip(rest, more.columns, strict=True))
        return pa.table({name: fields[name] for name in columns})

    def _among(self, places: np.ndarray, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Columns that are not held of the rows at some places; row groups in which there are none are not read."""
        bounds = np.searchsorted(places, self._firsts)
        file = self._opened(self._texts)
        for group in np.flatnonzero(np.diff(bounds) if columns else []).tolist():
            part = file.read_row_group(group, columns=list(columns), use_threads=False).select(columns)
            some = taken(part, places[bounds[group] : bounds[group + 1]] - self._firsts[group])
            yield some.cast(self._fields(columns))

    def _columns(self, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
        """Columns as they are held, or read now."""
        missing = [name for name in names if name not in self._held]
        with self._readable():
            file = self._opened(self._texts) if missing else None
            found = {name: self._column(file, name) for name in missing if file}
        return {name: found[name] if name in found else self._held[name] for name in names}

    def _column(self, file: pq.ParquetFile, name: str) -> pa.ChunkedArray:
        """One column, texts in one piece, codes as they lie in the row groups: to make them one is for who asks."""
        groups = range(file.num_row_groups)
        parts = [file.read_row_group(group, columns=[name], use_threads=False)[name] for group in groups]
        type_ = parts[0].type if parts else self._schema.field(name).type
        column = pa.chunked_array([chunk for part in parts for chunk in part.chunks], type_)
        return pa.chunked_array([column.combine_chunks()]) if pa.types.is_string(type_) else column

    def _of_texts_in_lists(self, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column whose lists hold texts as such; where it is of codes itself, these stay."""
        return column if pa.types.is_dictionary(column.type) else column.cast(self._schema.field(name).type)

    def _fields(self, columns: Sequence[str]) -> pa.Schema:
        return pa.schema([self._schema.field(name) for name in columns])


def runs_of_sheets(last: Snapshot, name: str) -> Runs | None:
    """The runs of sheets in a table of lines, results or mentions of a snapshot: of each sheet it is told how many."""
    if name not in ("lines", "results", "driver_results"):
        return None
    if name != "driver_results":
        sheets = last.parts("sheets").whole("sheet_id", name).combine_chunks()
        return Runs.of_sizes(sheets["sheet_id"].combine_chunks(), np.asarray(pc.fill_null(sheets[name], 0)))
    crews, results = last.parts("results").columns("crew_size")["crew_size"], last.parts("results").runs("sheet_id")
    start = np.append(0, np.cumsum(np.asarray(pc.fill_null(crews, 0)), dtype=np.int64))
    return Runs.of_sizes(results.texts, start[results.start + results.size] - start[results.start])


def _chosen(column: pa.ChunkedArray, places: np.ndarray, type_: pa.DataType) -> pa.ChunkedArray:
    """The values at some places, which rise; pyarrow would lay all pieces of a column together before."""
    starts = np.append(0, np.cumsum([len(chunk) for chunk in column.chunks], dtype=np.int64))
    bounds = np.searchsorted(places, starts).tolist()
    pieces = zip(column.chunks, starts.tolist(), pairwise(bounds), strict=False)
    some = [_piece(chunk, places[low:high] - start) for chunk, start, (low, high) in pieces if low < high]
    return pa.chunked_array(some, column.type).cast(type_)


def _piece(chunk: pa.Array, places: np.ndarray) -> pa.Array:
    """The values at some places; where all of these follow one another, they are not copied."""
    first, size = int(places[0]), len(places)
    return chunk.slice(first, size) if places[-1] - first + 1 == size else chunk.take(pa.array(places))


def _texts(file: pq.ParquetFile) -> list[str]:
    """The paths of a file's texts that recur, be it in lists: those with a small dictionary, and much besides."""
    if not file.num_row_groups:
        return []
    group, schema = file.metadata.row_group(0), file.schema
    columns = [(schema.column(place), group.column(place)) for place in range(group.num_columns)]
    return [
        c.path
        for c, chunk in columns
        if c.logical_type.type == "STRING" and chunk.has_dictionary_page and _recurs(chunk)
    ]


def _recurs(column: pq.ColumnChunkMetaData) -> bool:
    """Tell whether the dictionary of a column is small, of itself and beside the codes."""
    packed = column.data_page_offset - column.dictionary_page_offset
    return bool(packed < min(DICTIONARY, DIFFERING * column.total_compressed_size))
