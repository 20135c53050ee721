"""The scripts beside which the bench measures reading write the same as it does."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.bench.build import write_archive
from tests.bench.peers.places import write_places

KEYS = {"lines": ("sheet_id", "line"), "results": ("result_id",), "driver_results": ("result_id", "seat")}
# What the scripts are told and reading finds out, finds in what is printed as a car, or doubts, as it does a star
# behind a lone driver; dlt makes a text of a list.
OTHERWISE = {"kind", "status", "make", "model", "nominated"}
IN_TEXT = {"dlt_pipeline": {"crew"}}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some sheets, what the scripts are told of them, and the tables that reading alone writes, in a lean process."""
    folder = tmp_path_factory.mktemp("peers")
    write_places(folder / "places.parquet", folder / "seeds", write_archive(folder / "seeds", 60))
    (folder / "ours").mkdir()
    called = ("-m", "tests.bench.peers.reading", str(folder / "places.parquet"), str(folder / "ours"))
    subprocess.run([sys.executable, *called], check=True)
    return folder


@pytest.mark.parametrize("peer", ["duckdb_sql", "polars_script", "pandas_script", "dlt_pipeline"])
def test_a_script_that_is_told_the_columns_writes_the_same(archive: Path, peer: str) -> None:
    """Each peer has all lines, cars and drivers in the same order, value by value, and cars that are rejected here."""
    if peer == "dlt_pipeline":
        pytest.importorskip("dlt", reason="dlt comes with the extra `bench`, which tests do not need")
    out = archive / peer
    out.mkdir()
    importlib.import_module(f"tests.bench.peers.{peer}").main(str(archive / "places.parquet"), str(out))
    with duckdb.connect() as connection:
        for table, key in KEYS.items():
            ours = connection.read_parquet(str(archive / "ours" / f"{table}.parquet"))
            theirs = connection.read_parquet(str(out / f"{table}.parquet"))
            rejects = connection.read_parquet(str(archive / "ours/lines.parquet")).filter("outcome = 'reject'")
            rejected = {f"{sheet}:{line}" for sheet, line in rejects.project("sheet_id, line").fetchall()}
            shared = [c for c in ours.columns if c in theirs.columns and c not in OTHERWISE | IN_TEXT.get(peer, set())]
            assert set(shared) >= set(key)
            columns = ", ".join(f'"{name}"' for name in shared)
            rows = theirs.project(columns).fetchall()
            if table != "lines":
                rows = [row for row in rows if row[0] not in rejected]
            assert rows == ours.project(columns).fetchall(), table
