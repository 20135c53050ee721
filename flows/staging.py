"""What readers of sheets leave for the next step: one Arrow file per batch and table, read a part at a time."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import NativeFile, fs, ipc

from flows.snapshot import Snapshot
from transforms.driver_rows import OWN, of_cars, with_cars
from transforms.parts import ROWS, Parts
from transforms.pieces import Pieces
from transforms.runs import Runs
from transforms.schema import READ, TABLES

# A third of the bytes, for less time than it takes to write all of them.
PACKED = ipc.IpcWriteOptions(compression="lz4")


@contextmanager
def emptied(folder: str) -> Iterator[str]:
    """The folder, without what a build that died has left there; it is removed when the block ends."""
    files, top = _files(folder)
    _remove(files, top)
    try:
        yield folder
    finally:
        _remove(files, top)


def _remove(files: fs.FileSystem, folder: str) -> None:
    if files.get_file_info(folder).type == fs.FileType.Directory:
        files.delete_dir(folder)


def write_batch(folder: str, name: str, tables: Mapping[str, pa.Table]) -> str:
    """Write the tables of one batch to `folder`, a local path or `s3://` prefix, and return their common name.

    Of driver_results only the drivers' own columns are written, in parts that are of the cars in one part of results.
    """
    files, top = _files(folder)
    files.create_dir(top, recursive=True)
    sizes = tables["results"]["crew_size"].to_numpy()
    for table in READ:
        schema, rows = _schema(table), tables[table]
        rows = rows if schema is OWN else TABLES[table].conform(rows)
        batch = pa.RecordBatch.from_arrays([column.combine_chunks() for column in rows.columns], schema=schema)
        starts = (np.cumsum(sizes) - sizes if schema is OWN else np.arange(rows.num_rows))[::ROWS]
        with _whole(files, f"{top}/{name}-{table}.arrow") as sink, ipc.new_file(sink, schema, options=PACKED) as writer:
            for start, stop in pairwise([*starts.tolist(), rows.num_rows]):
                writer.write_batch(batch.slice(start, stop - start))
    return name


def _schema(table: str) -> pa.Schema:
    return OWN if table == "driver_results" else TABLES[table].schema


@contextmanager
def _whole(files: fs.FileSystem, path: str) -> Iterator[NativeFile]:
    """A file that is seen when it is complete, as a store shows its objects anyway.

    A worker that was given up for lost may still write when its batch has been read by another.
    """
    local = isinstance(files, fs.LocalFileSystem)
    own = f"{path}.{socket.gethostname()}-{os.getpid()}" if local else path
    with files.open_output_stream(own, buffer_size=1 << 20) as sink:
        yield sink
    if local:
        files.move(own, path)


def staged(folder: str, names: Sequence[str]) -> dict[str, Parts]:
    """The tables of all batches one after the other, which are read as they are asked for."""
    files, top = _files(folder)

    def read(table: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        for name in names:
            yield from _read(files, f"{top}/{name}-{table}.arrow", _schema(table), columns)

    def drivers(columns: Sequence[str]) -> Iterator[pa.Table]:
        own = [name for name in OWN.names if name in columns]
        cars = read("results", of_cars(columns))
        for rows, of in zip(read("driver_results", own or OWN.names), cars, strict=True):
            yield with_cars(rows, of, columns)

    scans = {table: partial(read, table) for table in READ} | {"driver_results": drivers}
    return {table: Parts(TABLES[table].schema, scan) for table, scan in scans.items()}


def set_aside(folder: str, name: str, rows: pa.Table | Parts) -> Parts:
    """Write a table to the folder, and give it as it is read from there."""
    (files, top), parts = _files(folder), Parts.of(rows)
    files.create_dir(top, recursive=True)
    path, schema = f"{top}/{name}.arrow", parts.schema
    with _whole(files, path) as sink, ipc.new_file(sink, schema, options=PACKED) as writer:
        for part in parts:
            writer.write_table(part)
    return Parts(schema, partial(_read, files, path, schema), count=parts.count)


def _read(files: fs.FileSystem, path: str, schema: pa.Schema, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Some columns of a staged file, a batch at a time."""
    some = ipc.IpcReadOptions(included_fields=[schema.get_field_index(name) for name in columns])
    with files.open_input_file(path) as source:
        batches = ipc.open_file(source, options=some)
        for number in range(batches.num_record_batches):
            yield pa.Table.from_batches([batches.get_batch(number)]).select(columns)


def as_read(name: str, last: Snapshot) -> Parts:
    """A published table as its reader left it, but for the columns that telling everyone apart fills anew."""
    from transforms.doubts import CHECKS

    if name == "findings":
        return Parts.of(last.table(name).filter(pc.field("check").isin(CHECKS)))
    return last.parts(name)


def interleave(sheet_ids: Sequence[str], kept: Parts, reused: Set[str], fresh: pa.Table) -> Parts:
    """The rows of `sheet_ids` in their order: of the `reused` sheets from `kept`, of the others from `fresh`.

    Both tables are sorted by sheet_id.
    """
    old, new = kept.runs("sheet_id"), Runs.of(fresh["sheet_id"])
    sheets = pa.array(sheet_ids, pa.string())
    stay = np.asarray(pc.is_in(sheets, pa.array(reused, pa.string())))
    run, other = old.find(sheets), new.find(sheets)
    place = np.where(stay, np.append(old.start, -1)[run], -1)
    return kept.laid(
        Pieces.joined(place, np.where(stay, np.append(old.size, 0)[run], np.append(new.size, 0)[other])), fresh
    )


def _files(folder: str) -> tuple[fs.FileSystem, str]:
    if "://" in folder:
        files, top = fs.FileSystem.from_uri(folder)
        return files, top
    return fs.LocalFileSystem(), folder
