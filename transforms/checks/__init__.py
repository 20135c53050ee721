"""Checks of finished tables: each SQL file here asserts what its name says, and returns the rows that break it.

A check gives the columns severity, sheet_id (or event_id), line, column, observed, expected and message;
those that it leaves out are null. Nothing is stopped by a finding, and nothing is changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Set
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.checks.scope import changed_events, pieces, untouched, within
from transforms.parts import Parts
from transforms.schema import TABLES

_SETUP, _VERDICT = "_setup", "_verdict"


def check(tables: Mapping[str, pa.Table | Parts]) -> pa.Table:
    """Run every check over what checks may see of the tables; findings in schema form, by sheet, line and check.

    Absent tables count as empty. Large ones are checked in pieces, which share no event. A check that doubts more
    than a third of a sheet's rows is one finding for the sheet.
    """
    return pa.concat_tables([_checked(piece) for piece in pieces(tables)])


def _checked(tables: Mapping[str, pa.Table]) -> pa.Table:
    import duckdb

    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        connection.create_function("misplaced", _misplaced, ["BIGINT[]"], "BOOLEAN[]", type="arrow")  # type: ignore[call-overload]
        connection.execute(_sql(_SETUP))
        for name in names():
            connection.execute(f"INSERT INTO doubts BY NAME SELECT '{name}' AS \"check\", * FROM ({_sql(name)})")  # noqa: S608
        return TABLES["findings"].conform(connection.sql(_sql(_VERDICT)).to_arrow_table())


def recheck(tables: Mapping[str, pa.Table], last: Mapping[str, pa.Table], unchanged: Set[str]) -> pa.Table:
    """The findings that `check` gives, in any order, found anew only where something changed since the last build.

    `last` holds its events and findings, made by the same checks; `unchanged` are the sheets that were then
    read from the same bytes, facts and corrections.
    """
    changed = changed_events(tables, last["events"], unchanged)
    kept = untouched(last["findings"].filter(pc.field("check").isin(names())), tables, changed, unchanged)
    return pa.concat_tables([kept, check(within(tables, changed))])


@cache
def names() -> tuple[str, ...]:
    """The name of every check, sorted."""
    found = (file.name.removesuffix(".sql") for file in files(__name__).iterdir() if file.name.endswith(".sql"))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def _sql(name: str) -> str:
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8").strip().removesuffix(";")


def _misplaced(orders: pa.ChunkedArray) -> pa.Array:
    """Mark, in each list of values, those that stand out of rising order; most lists have none."""
    lists = orders.combine_chunks()
    values = lists.flatten().to_numpy(zero_copy_only=False)
    ends = np.cumsum(lists.value_lengths().to_numpy(zero_copy_only=False), dtype=np.int32)
    marks = np.zeros(len(values), dtype=bool)
    falls = np.flatnonzero(values[1:] < values[:-1]) + 1
    for index in np.unique(np.searchsorted(ends, np.setdiff1d(falls, ends), side="right")):
        part = slice(ends[index - 1] if index else 0, ends[index])
        marks[part] = misplaced(values[part])
    return pa.ListArray.from_arrays(np.concatenate([np.zeros(1, np.int32), ends]), pa.array(marks))


def misplaced(values: np.ndarray) -> np.ndarray:
    """Mark the fewest values whose removal leaves the rest in rising order (equal ones may follow each other).

    What is left is a longest non-decreasing subsequence, found by patience sorting in O(n log n).
    """
    tops: list[int] = []
    holders: list[int] = []
    before = [-1] * len(values)
    for index, value in enumerate(values.tolist()):
        pile = bisect_right(tops, value)
        before[index] = holders[pile - 1] if pile else -1
        tops[pile : pile + 1] = [value]
        holders[pile : pile + 1] = [index]
    marks = np.ones(len(values), dtype=bool)
    index = holders[-1] if holders else -1
    while index >= 0:
        marks[index] = False
        index = before[index]
    return marks
