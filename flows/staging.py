"""What readers of sheets leave for the next step: one Arrow file per batch and table, read a part at a time."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import NativeFile, fs, ipc

from flows.snapshots import Snapshot
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
    """Write the tables of one batch to `folder`, a local path or `s3://` prefix, and return their common name."""
    files, top = _files(folder)
    files.create_dir(top, recursive=True)
    for table in READ:
        schema = TABLES[table].schema
        with _whole(files, f"{top}/{name}-{table}.arrow") as sink, ipc.new_file(sink, schema, options=PACKED) as writer:
            writer.write_table(TABLES[table].conform(tables[table]).combine_chunks(), max_chunksize=ROWS)
    return name


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

    def parts(table: str) -> Parts:
        schema = TABLES[table].schema

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            some = ipc.IpcReadOptions(included_fields=[schema.get_field_index(name) for name in columns])
            for name in names:
                with files.open_input_file(f"{top}/{name}-{table}.arrow") as source:
                    batches = ipc.open_file(source, options=some)
                    for number in range(batches.num_record_batches):
                        yield pa.Table.from_batches([batches.get_batch(number)]).select(columns)

        return Parts(schema, scan)

    return {table: parts(table) for table in READ}


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
