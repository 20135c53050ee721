"""The part of this pipeline that its peers do too, without people, checks and views: `... reading PLACES OUT`."""

import sys
from contextlib import ExitStack
from pathlib import Path

import pyarrow.parquet as pq

from flows.steps import BATCH_SHEETS
from transforms.schema import TABLES
from transforms.sheets import read_sheets
from transforms.sources import Source

WRITTEN = ("results", "driver_results", "lines", "sheets", "findings")


def main(places: str, out: str) -> None:
    """Read the sheets without being told a column, a batch at a time, and write the tables."""
    told = pq.read_table(places, columns=["path", "sheet_id"])
    files = list(zip(told["path"].to_pylist(), told["sheet_id"].to_pylist(), strict=True))
    with ExitStack() as open_files:
        writers = {
            name: open_files.enter_context(
                pq.ParquetWriter(f"{out}/{name}.parquet", TABLES[name].schema, compression="zstd")
            )
            for name in WRITTEN
        }
        for i in range(0, len(files), BATCH_SHEETS):
            batch = [
                Source(name, None, path, "", Path(path).read_bytes()) for path, name in files[i : i + BATCH_SHEETS]
            ]
            for name, table in read_sheets(batch).items():
                writers[name].write_table(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
