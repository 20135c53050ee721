"""A DuckDB script: `python -m tests.bench.peers.duckdb_sql PLACES OUT`."""

import sys
from pathlib import Path

import duckdb

SHEET = """create table sheet as
select content as text, places.* exclude (path) from read_text(?) as file
join places on places.path = file.filename order by sheet_id"""


def main(places: str, out: str) -> None:
    """Read, split, cast, explode and write."""
    connection = duckdb.connect()
    connection.execute("create table places as select * from read_parquet(?)", [places])
    paths = [path for (path,) in connection.execute("select path from places").fetchall()]
    connection.execute(SHEET, [paths])
    connection.execute(Path(__file__).parent.with_name("peer.sql").read_text("utf-8"))
    for table in ("lines", "results", "driver_results"):
        connection.execute(f"copy {table} to '{out}/{table}.parquet' (compression zstd)")


if __name__ == "__main__":
    main(*sys.argv[1:])
