"""What the peers are told: for each file its kind, the mark between drivers, and each column's place from 1, or null.

The hash and the length of each file are for this pipeline, whose readers see to it that no file changes meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.peers import PLACES
from tests.sheets.families import KINDS, Sheet

TOLD = [*((name, pa.string()) for name in ("sheet_id", "kind", "separator")), *((name, pa.int32()) for name in PLACES)]
SCHEMA = pa.schema([("path", pa.string()), ("sha256", pa.string()), ("bytes", pa.int64()), *TOLD])


def told(sheet_id: str, sheet: Sheet) -> dict[str, Any]:
    """What is told of a sheet itself."""
    further = (f"session_{i}" for i in range(2, 5))
    roles = [next(further) if role == "session_time" else role for role in sheet.roles]
    places = {place: roles.index(place) + 1 if place in roles else None for place in PLACES}
    return {"sheet_id": sheet_id, "kind": KINDS[sheet.family], "separator": sheet.separator, **places}


def write_places(path: Path, root: Path, written: Iterable[tuple[Path, Sheet]]) -> None:
    """Write what the peers are told of each file, in the order of ids."""
    rows = [
        {"path": str(file), "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
        | told(str(file.relative_to(root).with_suffix("")), sheet)
        for file, sheet in written
    ]
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA).sort_by("sheet_id"), path)
