"""Row groups end by content, are written one by one, and make up files that every reader understands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from itertools import chain, pairwise
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import parquet, row_groups
from flows.kept import Kept
from flows.parquet import rewrite_parquet, write_parquet
from flows.row_groups import LETTERS, group_ends
from tests.loads import load
from transforms.parts import Parts
from transforms.runs import Runs
from transforms.schema import TABLES

NEAR, MOST = 100, 700
LINES = TABLES["lines"]
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
    return group_ends(Runs.of(pa.chunked_array([keys.tolist()], pa.string())))


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


def test_row_groups_end_where_keys_begin_otherwise():
    """Row groups of a table in order of its keys end where their first letters are others, as if these were sheets."""
    keys = [f"{number // 40:04}-{number % 40}" for number in range(1000)]
    found = group_ends(Runs.of(pa.chunked_array([keys]), LETTERS))
    assert found == group_ends(Runs.of(pa.chunked_array([[key[:4] for key in keys]])))
    assert 1000 // (3 * NEAR) <= len(found) <= 1000 // NEAR


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


class Change:
    """A table of lines, of which sheets are gone and read anew and a few outcomes changed, beside the file before."""

    def __init__(self, folder: Path) -> None:
        was, now = (lines(chain(range(30, 60), range(100 + to, 200), range(200 + to, 500))) for to in (0, 2))
        self.old, self.new = folder / "old", folder / "new"
        self.stated = write_parquet(self.old, LINES, was, ends_of(was))
        sheet = pc.index_in(now["sheet_id"], pc.unique(was["sheet_id"])).fill_null(-1).to_numpy()
        place = (7 * sheet + np.arange(len(now)) % 7).astype(np.int32)
        anew = pc.is_in(now["sheet_id"], pa.array([f"event-{number}/race" for number in (250, 350, 450)]))
        place[np.asarray(anew)] = -1
        now = with_text(now, "3 of 450", "another")
        self.was = Parts.of(was)
        kept = replace(self.was, stays=lambda rows: rows)
        others, some = np.arange(40, len(now), 900), now["outcome"].to_numpy(zero_copy_only=False).copy()
        some[others] = "header"
        fresh = now.filter(anew)
        now = now.set_column(2, now.schema.field(2), pa.array(some, pa.string()))
        changed = {"outcome": (others, pa.array(some[others], pa.string()))}
        self.rows = kept.laid(place, fresh).replaced(changed)
        self.ends = ends_of(now)
        write_parquet(folder / "full", LINES, now, self.ends)
        self.full = (folder / "full").read_bytes()

    def written(self) -> bytes:
        """The file with what stays copied."""
        self.new.unlink(missing_ok=True)
        with pa.OSFile(str(self.old)) as source:
            stated = rewrite_parquet(self.new, LINES, self.rows, self.ends, Kept(source, self.stated, self.was))
        whole = self.new.read_bytes()
        assert (stated["bytes"], stated["sha256"]) == (len(whole), sha256(whole).hexdigest())
        return whole


@pytest.fixture(scope="module")
def change(small, tmp_path_factory):
    return Change(tmp_path_factory.mktemp("change"))


def lines(sheets: Iterable[int]) -> pa.Table:
    """Seven lines for each sheet."""
    rows = [(f"event-{number}/race", line, f"{line} of {number}") for number in sheets for line in range(1, 8)]
    return LINES.conform(pa.table(list(zip(*rows, strict=True)), ["sheet_id", "line", "text"]))


def with_text(rows: pa.Table, was: str, now: str) -> pa.Table:
    """The lines with one text replaced."""
    at = rows.schema.get_field_index("text")
    return rows.set_column(at, rows.schema.field(at), pc.if_else(pc.equal(rows["text"], was), now, rows["text"]))


def ends_of(rows: pa.Table) -> list[int]:
    return group_ends(Runs.of(rows["sheet_id"]))


def test_what_stays_is_copied(change, monkeypatch):
    """Row groups in which every row stays are copied, but for columns in which values are others; no byte shows it."""
    encoded = []
    encode = parquet._encoded
    monkeypatch.setattr(parquet, "_encoded", lambda rows, how: encoded.append(rows) or encode(rows, how))
    assert change.written() == change.full
    columns = [rows.column_names for rows in encoded if rows.num_rows]
    assert 1 <= columns.count([column.name for column in LINES.columns]) <= 3
    assert columns.count(["text"]) == 1
    assert {len(names) for names in columns} <= {1, len(LINES.columns)}
    assert len(columns) < len(change.ends) / 2


@given(st.data())
@settings(max_examples=40)
def test_damage_is_not_copied(change, data):
    """Whatever byte of the file is flipped or cut off from which much is copied, the new file is as it ought to be."""
    sound = change.old.read_bytes()
    damaged = bytearray(sound)
    footer = int.from_bytes(sound[-8:-4], "little") + 8
    place = data.draw(st.integers(0, len(sound) - 1) | st.integers(len(sound) - footer, len(sound) - 1))
    damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        change.old.write_bytes(data.draw(st.sampled_from([damaged, sound[:place]])))
        assert change.written() == change.full
    finally:
        change.old.write_bytes(sound)


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
