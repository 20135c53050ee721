"""The table mentions of a snapshot, for the next build alone: a file that is read at once and whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from flows.kept import Hashing, Written
from transforms.parts import Parts
from transforms.schema import MENTIONS

if TYPE_CHECKING:
    from flows.snapshot import Snapshot

NAME = "mentions"
FILE = f".{NAME}.arrow"


def write(path: Path, rows: Parts) -> Written:
    """Write the table to a new file, fsynced: the same rows give the same bytes."""
    whole = _in_one_piece(rows)
    with path.open("xb") as file:
        sink = Hashing(file)
        with ipc.new_file(pa.PythonFile(sink, "w"), MENTIONS) as writer:
            writer.write_table(whole)
        return sink.written(whole.num_rows)


def _in_one_piece(rows: Parts) -> pa.Table:
    """All rows as one batch, filled part by part, since copies of so many would be large."""
    columns = [np.empty(rows.count or 0, dtype=field.type.to_pandas_dtype()) for field in MENTIONS]
    at = 0
    for part in rows:
        for column, own in zip(columns, part.columns, strict=True):
            column[at : at + part.num_rows] = own
        at += part.num_rows
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=MENTIONS)


def parse(data: bytes | None, stated: Written) -> pa.Table:
    """The table in these bytes; raises ArrowInvalid where they are not those that were stated."""
    if data is None or hashlib.sha256(data).hexdigest() != stated["sha256"]:
        raise pa.ArrowInvalid("it is not as it was written")
    return ipc.open_file(pa.py_buffer(data)).read_all()


def faults(snapshot: Snapshot) -> Iterator[str]:
    """Where mentions, if they are kept, do not lead to the name and the driver of each row of driver_results."""
    if NAME not in snapshot.manifest:
        return
    kept = snapshot.mentions().whole()
    for column, table, key in (("name", "names", "name_text"), ("driver", "drivers", "driver_id")):
        told, known = (snapshot.table(of, [key])[key] for of in ("driver_results", table))
        try:
            same = pc.equal(pc.fill_null(known.take(kept[column]), ""), pc.fill_null(told, ""))
        except (IndexError, pa.ArrowInvalid):
            yield f"it is not of as many mentions, or tells rows of {table} that are not there"
            continue
        if apart := len(told) - (pc.sum(same).as_py() or 0):
            yield f"{apart} of its mentions have another {key} than in driver_results"
