"""Row groups end by content, are written one by one, and make up files that every reader understands."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import parquet, row_groups
from flows.parquet import write_parquet
from flows.row_groups import group_ends
from tests.loads import load
from transforms.schema import TABLES

NEAR, MOST = 100, 700
SHEETS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 60)), max_size=120, unique_by=lambda sheet: sheet[0])


@pytest.fixture(autouse=True, scope="module")
def small():
    """Row groups of few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_groups, "NEAR", NEAR)
        patch.setattr(row_groups, "MOST", MOST)
        yield


def rows_of(sheets: list[tuple[int, int]]) -> int:
    return sum(rows for _, rows in sheets)


def ends(sheets: list[tuple[int, int]]) -> list[int]:
    """Where row groups end that hold so many rows of each of these sheets."""
    keys = np.repeat([f"event-{number}/race" for number, _ in sheets], [rows for _, rows in sheets])
    return group_ends(pa.array(keys.tolist(), pa.string()).dictionary_encode())


@given(SHEETS, st.data())
def test_a_change_moves_only_near_ends(sheets, data):
    """Where a sheet comes, goes or has other rows, row groups end as before further off than NEAR rows."""
    at = data.draw(st.integers(0, len(sheets)))
    after = sheets[at + data.draw(st.integers(0, 1)) :]
    come = data.draw(st.lists(st.tuples(st.just(20_000), st.integers(1, 60)), max_size=1))
    here, there = sheets, [*sheets[:at], *come, *after]

    def far(sheets: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
        found, total = ends(sheets), rows_of(sheets)
        first = [end for end in found if end < rows_of(sheets[:at]) - NEAR]
        return first, [total - end for end in found if total - end < rows_of(after) - NEAR]

    assert far(here) == far(there)


@given(SHEETS)
def test_row_groups_are_neither_small_nor_large(sheets):
    """Row groups end with sheets, have at least NEAR rows where the table has, and at most MOST."""
    found, total = ends(sheets), rows_of(sheets)
    sizes = np.diff([0, *found])
    assert sizes.sum() == total
    assert (sizes >= min(total, NEAR)).all()
    assert (sizes <= MOST).all()
    assert set(found) <= set(np.cumsum([rows for _, rows in sheets]).tolist())


def test_large_sheets_are_cut():
    """A sheet with more rows than a row group may have is cut where that is full."""
    assert ends([(1, 50), (2, 1650), (3, 120)]) == [700, 1400, 1700, 1820]


@pytest.mark.parametrize("name", ["lines", "results", "driver_links", "drivers"])
def test_files_are_as_if_written_at_once(tmp_path, name):
    """A file that is put together from row groups has the bytes of one that its writer wrote from end to end."""
    table, cuts = TABLES[name], [1, 3, 4]
    rows = pa.concat_tables([load(1, events=9)[name]] * 3)
    whole = [0, *cuts, rows.num_rows]
    with pq.ParquetWriter(tmp_path / "whole", table.schema, **parquet._settings(table)) as writer:
        for start, stop in pairwise(whole):
            writer.write_table(rows.slice(start, stop - start).combine_chunks())
    write_parquet(tmp_path / "parts", table, rows, cuts)
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("count", [0, 1, 20])
def test_readers_understand(tmp_path, count):
    """Arrow, DuckDB and Polars read what was written, be it no row group, one or many."""
    rows = load(1, events=9)["driver_results"].slice(0, count)
    path = tmp_path / "driver_results.parquet"
    write_parquet(path, TABLES["driver_results"], rows, range(1, count + 1))
    assert pq.read_metadata(path).num_row_groups == count
    assert pq.read_table(path).equals(rows)
    assert duckdb.sql(f"from '{path}'").to_arrow_table().to_pylist() == rows.to_pylist()
    assert pl.read_parquet(path).to_dicts() == rows.to_pylist()
