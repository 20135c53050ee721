"""What the peers are told: for each file the mark between drivers and the place of each column, from 1, or null.

The hash and the length of each file are for this pipeline, whose readers see to it that no file changes meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.peers import PLACES
from tests.sheets.families import Sheet

COLUMNS = [*((name, pa.string()) for name in ("path", "sheet_id", "sha256", "separator")), ("bytes", pa.int64())]
SCHEMA = pa.schema(COLUMNS + [(place, pa.int32()) for place in PLACES])


def write_places(path: Path, root: Path, written: Iterable[tuple[Path, Sheet]]) -> None:
    """Write what the peers are told of each file."""
    rows = [
        {"path": str(file), "sheet_id": str(file.relative_to(root).with_suffix("")), "separator": sheet.separator}
        | {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
        | {role: sheet.roles.index(role) + 1 if role in sheet.roles else None for role in PLACES}
        for file, sheet in written
    ]
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
