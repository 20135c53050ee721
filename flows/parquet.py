"""Writing a table as Parquet: the same rows give the same bytes, however they were batched on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.footer import MAGIC, Footer, Group, footer_of
from flows.kept import Hashing, Kept, Written
from flows.row_groups import MOST
from transforms.parts import Parts
from transforms.schema import Table

# Rows that are encoded at once, after which a page may end.
BATCH = 16_384
# Text that hardly recurs, besides keys: no dictionary shortens it, but neighbours often begin alike.
DIFFERING = ("result_id", "text", "lap_time_text")
# Text by which rows stand in order, besides the first of a table's key.
ORDERED = ("event_id", "sheet_id", "result_id")
Rows: TypeAlias = pa.Table | Parts
Encoded: TypeAlias = tuple[Group, Sequence[pa.Buffer]]  # a row group, and its bytes in pieces


def write_parquet(path: Path, table: Table, rows: Rows, ends: Sequence[int] = ()) -> Written:
    """Write rows in the declared schema to a new file, fsynced, in memory for one row group at a time.

    Groups end before the rows `ends`, and behind the last of these where they are full. Raises KeyError for a column
    that is not declared, OSError when the disk does not take it.
    """
    sizes = chain(np.diff([0, *ends]), repeat(MOST))
    return _written(path, table, (_group(table, group) for group in _in_groups(Parts.of(rows), sizes)))


def rewrite_parquet(path: Path, table: Table, rows: Parts, ends: Sequence[int], kept: Kept) -> Written:
    """The same where some rows stay: what is a row group of the file in which they stood is copied from there.

    Of a row group in which only some columns have other values, these are encoded. That file is hashed in full, and
    nothing is copied of one that is not what was stated. The last group ends with the rows.
    """

    def groups() -> Iterator[Encoded]:
        for start, stop in pairwise([0, *ends]):
            stays = rows.standing(start, stop)
            if (number := kept.find(stays)) is None:
                yield _group(table, rows.take(np.arange(start, stop), table.schema.names))
                continue
            group = kept.group(number)
            moved = kept.moved(rows, start, stays)
            yield _with_others(table, group, rows.take(np.arange(start, stop), moved)) if moved else group

    written = _written(path, table, groups())
    if kept.sound():
        return written
    path.unlink()
    return write_parquet(path, table, rows, ends)


def _written(path: Path, table: Table, groups: Iterable[Encoded]) -> Written:
    """Lay row groups into a new file."""
    with path.open("xb") as file:
        sink, told, count = Hashing(file), [], 0
        sink.write(MAGIC)
        for group, pages in groups:
            told.append(group.at(sink.tell()))
            count += group.rows
            for piece in pages:
                sink.write(piece)
        sink.write(_encoded(table.empty(), _settings(table))[0].file(count, told))
        return sink.written(count)


def _group(table: Table, rows: pa.Table) -> Encoded:
    """A row group of rows in one piece, since a seam between batches would end a page."""
    footer, pages = _encoded(table.conform(rows.combine_chunks()), _settings(table))
    return footer.groups[0], [pages]


def _with_others(table: Table, encoded: Encoded, others: pa.Table) -> Encoded:
    """A row group with other values in some columns."""
    some = tuple(column for column in table.columns if column.name in others.column_names)
    own, pages = _group(replace(table, columns=some), others)
    chunks, pieces = list(encoded[0].chunks), _chunks(encoded)
    leaves = [column in some for column in table.columns for _ in range(_leaves(column.type))]
    for place, chunk, piece in zip(np.flatnonzero(leaves), own.chunks, _chunks((own, pages)), strict=True):
        chunks[place], pieces[place] = chunk, piece
    return replace(encoded[0], chunks=chunks), pieces


def _chunks(encoded: Encoded) -> list[pa.Buffer]:
    """The bytes of each column chunk of a row group."""
    group, (pages,) = encoded
    starts = [chunk.start - group.start for chunk in group.chunks]
    return [pages[start : start + chunk.packed] for start, chunk in zip(starts, group.chunks, strict=True)]


def _leaves(type_: pa.DataType) -> int:
    """How many column chunks a column has."""
    return sum(_leaves(type_.field(at).type) for at in range(type_.num_fields)) or 1


def _encoded(rows: pa.Table, settings: Mapping[str, Any]) -> tuple[Footer, pa.Buffer]:
    """The footer and the pages of a file of rows that are one row group, or none."""
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, rows.schema, **settings) as writer:
        if rows.num_rows:
            writer.write_table(rows, row_group_size=rows.num_rows)
    file = sink.getvalue()
    start, told = footer_of(pa.BufferReader(file))
    return Footer.of(told), file[len(MAGIC) : start]


def _settings(table: Table) -> dict[str, Any]:
    """Zstd 2; delta encoding for numbers that count or order and for text that differs, a dictionary for the rest.

    Level 3 would take a tenth more time for three per cent fewer bytes. Byte-stream-split would save a little more on
    floats, but Spark's vectorised reader refuses it.
    """
    whole = [c.name for c in table.columns if pa.types.is_integer(c.type)]
    differing = {*DIFFERING, *(table.key if len(table.key) == 1 else ())}.intersection(table.schema.names)
    ordered = {*ORDERED, table.key[0]}
    rest = [_leaf(c.name, c.type) for c in table.columns if c.name not in (*whole, *differing)]
    return {
        "compression": "zstd",
        "compression_level": 2,
        "write_batch_size": BATCH,
        "use_dictionary": [path for paths in rest for path in paths],
        "column_encoding": dict.fromkeys(whole, "DELTA_BINARY_PACKED")
        | dict.fromkeys(sorted(differing), "DELTA_BYTE_ARRAY"),
        # The least and the greatest text tell readers which row groups to pass over only where rows are in its order.
        "write_statistics": [c.name for c in table.columns if c.name in ordered or not _is_text(c.type)],
        "write_page_checksum": True,
    }


def _leaf(path: str, type_: pa.DataType) -> list[str]:
    """Paths of a column's leaves in the Parquet schema, flags left out, for which no dictionary exists."""
    if pa.types.is_list(type_):
        return _leaf(f"{path}.list.element", type_.value_type)
    if pa.types.is_struct(type_):
        return [leaf for field in type_ for leaf in _leaf(f"{path}.{field.name}", field.type)]
    return [] if pa.types.is_boolean(type_) else [path]


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_list(type_))


def _in_groups(rows: Parts, sizes: Iterator[int]) -> Iterator[pa.Table]:
    """Rows in groups of these sizes, each in one piece."""
    held, size, wanted = list[pa.Table](), 0, next(sizes)
    for part in rows:
        held.append(part)
        size += part.num_rows
        while size >= wanted:
            whole = pa.concat_tables(held)
            group = whole.slice(0, wanted).combine_chunks()
            held, size, wanted = [whole.slice(wanted)], size - wanted, next(sizes)
            del whole  # of which the group is a copy: nothing need be held twice while it is written
            yield group
    if size:
        yield pa.concat_tables(held).combine_chunks()
