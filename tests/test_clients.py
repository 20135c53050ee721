"""Every client reads the same values from the Parquet files: none wraps, loses or renames what another shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tables import published
from transforms.schema import EVIDENCE, EXTRAS, TABLES, TEXTS

Rows = list[dict[str, Any]]
# What strains a type: the largest values, no value, an empty list, letters beyond ASCII.
EXTREMES = {
    pa.int32(): [2**31 - 1, -(2**31), None],
    pa.int64(): [2**53 + 1, -(2**40), None],
    pa.float64(): [0.1, 1e300, None],
    pa.string(): ["Ł 🏁 \u2028", "", None],
    pa.bool_(): [True, False, None],
    pa.date32(): [date(1906, 6, 26), date(2099, 12, 31), None],
}
LISTS = {
    TEXTS: [["a", ""], [], ["Ł"]],
    EXTRAS: [[{"name": "tyre", "value": "M"}], [], [{"name": "Ł", "value": None}]],
    EVIDENCE: [
        [{"term": "year", "points": 4}, {"term": "rivals", "points": -1}],
        [],
        [{"term": "bias", "points": -15}],
    ],
}


def extremes() -> dict[str, pa.Table]:
    """Every table with three rows of what strains its types."""
    found = {}
    for name, table in TABLES.items():
        columns = {column.name: pa.array(_extremes(column.type), column.type) for column in table.columns}
        found[name] = table.conform(pa.table(columns))
    return found


def _extremes(type_: pa.DataType) -> Sequence[object]:
    return LISTS[type_] if pa.types.is_list(type_) else EXTREMES[type_]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a snapshot with extreme values."""
    return published(extremes(), tmp_path_factory.mktemp("clients")).parent / "snapshots" / "abc"


def by_pandas(path: Path) -> Rows:
    """Whole numbers with gaps are floats in pandas: so the extremes of int64 are read with Arrow types."""
    rows: Rows = pd.read_parquet(path, dtype_backend="pyarrow").to_dict("records")
    return rows


def by_polars(path: Path) -> Rows:
    return pl.read_parquet(path).to_dicts()


def by_polars_lazily(path: Path) -> Rows:
    found = pl.scan_parquet(path).collect()
    assert isinstance(found, pl.DataFrame)
    return found.to_dicts()


def by_duckdb(path: Path) -> Rows:
    with duckdb.connect() as connection:
        rows: Rows = connection.read_parquet(str(path)).to_arrow_table().to_pylist()
        return rows


def by_results_db(path: Path) -> Rows:
    with duckdb.connect(path.parent.parent.parent / "results.db", read_only=True) as connection:
        connection.execute("SET file_search_path = ?".replace("?", f"'{path.parent.parent.parent.parent}'"))
        rows: Rows = connection.table(path.stem).to_arrow_table().to_pylist()
        return rows


def by_datafusion(path: Path) -> Rows:
    datafusion = pytest.importorskip("datafusion")
    rows: Rows = datafusion.SessionContext().read_parquet(str(path)).to_arrow_table().to_pylist()
    return rows


def by_clickhouse(path: Path) -> Rows:
    chdb = pytest.importorskip("chdb")
    rows: Rows = chdb.query(f"SELECT * FROM file('{path}', Parquet)", "ArrowTable").to_pylist()
    return rows


def by_spark(path: Path) -> Rows:
    sql = pytest.importorskip("pyspark.sql")
    session = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    return [row.asDict(recursive=True) for row in session.read.parquet(str(path)).collect()]


HEAVY = [pytest.param(client, marks=pytest.mark.clients) for client in (by_datafusion, by_clickhouse, by_spark)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("client", [by_pandas, by_polars, by_polars_lazily, by_duckdb, by_results_db, *HEAVY])
def test_every_client_reads_the_same_values(client: Callable[[Path], Rows], snapshot: Path):
    """Each value of each column of each table is the same as Arrow's."""
    for name in TABLES:
        path = snapshot / f"{name}.parquet"
        rows = [{column: plainly(value) for column, value in row.items()} for row in client(path)]
        assert rows == pq.read_table(path).to_pylist(), name


def plainly(value: object) -> object:
    """A client's value as plain Python: its own nulls as None, its arrays as lists."""
    if isinstance(value, (np.ndarray, list, tuple)):
        return [plainly(each) for each in value]
    if isinstance(value, dict):
        return {key: plainly(each) for key, each in value.items()}
    if value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value


def test_sums_of_times_do_not_wrap(snapshot: Path):
    """A sum of times stays whole where 32 bits would wrap."""
    path = snapshot / "results.parquet"
    assert pl.read_parquet(path)["lap_time_ms"].sum() == 2**53 + 1 - 2**40
    assert pd.read_parquet(path, dtype_backend="pyarrow")["lap_time_ms"].sum() == 2**53 + 1 - 2**40


def test_the_dictionary_travels_with_the_files(snapshot: Path):
    """Each column's unit and description is in the Arrow schema that clients read."""
    field = pq.read_schema(snapshot / "results.parquet").field("lap_time_ms")
    assert field.metadata[b"unit"] == b"ms"
