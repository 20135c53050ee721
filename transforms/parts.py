"""Tables in parts: so that nobody need hold a large table, it is read part by part, or a few columns of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

ROWS = 16_384  # of a part: some megabytes


@dataclass(frozen=True)
class Parts:
    """A table whose rows are read when they are asked for: `scan` gives some columns of its parts, in order."""

    schema: pa.Schema
    scan: Callable[[Sequence[str]], Iterator[pa.Table]]

    @classmethod
    def of(cls, table: pa.Table | Parts) -> Parts:
        """The parts of a table that is held."""
        if isinstance(table, Parts):
            return table
        starts = range(0, table.num_rows, ROWS)
        return cls(table.schema, lambda columns: (table.select(columns).slice(start, ROWS) for start in starts))

    def __iter__(self) -> Iterator[pa.Table]:
        return self.scan(self.schema.names)

    def columns(self, *names: str) -> pa.Table:
        """Some columns of all rows, their texts as codes of the distinct ones."""
        found: dict[str, list[pa.Array]] = {name: [] for name in names}
        for part in self.scan(names):
            for name in names:
                found[name] += _encoded(part[name]).chunks
        types = [_encoded(self.schema.empty_table()[name]).type for name in names]
        return pa.table(
            {
                name: _whole(pa.chunked_array(chunks, type_))
                for (name, chunks), type_ in zip(found.items(), types, strict=True)
            }
        )

    def take(self, places: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Some columns of the rows at some places, in the order of these."""
        ranked, back = np.unique(places, return_inverse=True)
        found, start = [pa.table({name: [] for name in columns}, self._fields(columns))], 0
        for part in self.scan(columns):
            low, high = np.searchsorted(ranked, (start, start + part.num_rows))
            found.append(part.take(pa.array(ranked[low:high] - start)))
            start += part.num_rows
        return pa.concat_tables(found).take(pa.array(back))

    def filled(self, fill: Callable[[pa.Table, slice], pa.Table]) -> Parts:
        """The table as `fill` leaves each whole part, which is told the places of its rows."""
        return self.made(self.schema, self.schema.names, fill)

    def made(self, schema: pa.Schema, of: Sequence[str], make: Callable[[pa.Table, slice], pa.Table]) -> Parts:
        """Another table, with a row for each of this one, which `make` makes of some columns of each part."""

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            start = 0
            for part in self.scan(of):
                yield make(part, slice(start, start + part.num_rows)).select(columns)
                start += part.num_rows

        return Parts(schema, scan)

    def reader(self) -> pa.RecordBatchReader:
        """The rows as a stream, to be read once."""
        batches = (batch for part in self for batch in part.to_batches())
        return pa.RecordBatchReader.from_batches(self.schema, batches)

    def whole(self) -> pa.Table:
        """All rows."""
        return pa.concat_tables([self.schema.empty_table(), *self])

    def _fields(self, columns: Sequence[str]) -> pa.Schema:
        return pa.schema([self.schema.field(name) for name in columns])


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.dictionary_encode() if pa.types.is_string(column.type) else column


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in one piece."""
    return pa.chunked_array([column.unify_dictionaries().combine_chunks()], column.type)
