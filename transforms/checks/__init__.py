"""Checks of finished tables: each SQL file here asserts what its name says, and returns the rows that break it.

A check gives the columns severity, sheet_id (or event_id), line, column, observed, expected and message;
those that it leaves out are null. Nothing is stopped by a finding, and nothing is changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa

from transforms.schema import TABLES

_SETUP, _VERDICT = "_setup", "_verdict"


def check(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Run every check over the finished tables; findings in schema form, sorted by sheet, line and check.

    Absent tables count as empty. A check that doubts more than a third of a sheet's rows is one finding
    for the sheet.
    """
    import duckdb

    with duckdb.connect() as connection:
        for name, table in TABLES.items():
            connection.register(name, tables.get(name, table.empty()))
        connection.create_function("misplaced", _misplaced, ["BIGINT[]"], "BOOLEAN[]", type="arrow")  # type: ignore[call-overload]
        connection.execute(_sql(_SETUP))
        for name in names():
            connection.execute(f"INSERT INTO doubts BY NAME SELECT '{name}' AS \"check\", * FROM ({_sql(name)})")  # noqa: S608
        return TABLES["findings"].conform(connection.execute(_sql(_VERDICT)).to_arrow_table())


@cache
def names() -> tuple[str, ...]:
    """The name of every check, sorted."""
    found = (file.name.removesuffix(".sql") for file in files(__name__).iterdir() if file.name.endswith(".sql"))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def _sql(name: str) -> str:
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8").strip().removesuffix(";")


def _misplaced(orders: pa.ChunkedArray) -> pa.Array:
    """For each list of values, which of them stand out of rising order: the fewest whose removal leaves it rising."""
    lists = orders.combine_chunks() if isinstance(orders, pa.ChunkedArray) else orders
    values = lists.flatten().to_numpy(zero_copy_only=False)
    ends = np.cumsum(lists.value_lengths().to_numpy(zero_copy_only=False))
    marks = [mark for part in np.split(values, ends[:-1]) for mark in misplaced(part)]
    return pa.ListArray.from_arrays(pa.array([0, *ends], pa.int32()), pa.array(marks, pa.bool_()))


def misplaced(values: np.ndarray) -> Iterator[bool]:
    """Mark the fewest values whose removal leaves the rest in rising order (equal ones may follow each other).

    What is left is a longest non-decreasing subsequence, found by patience sorting in O(n log n).
    """
    if np.all(values[:-1] <= values[1:]):
        return iter([False] * len(values))
    tops: list[int] = []
    holders: list[int] = []
    before = [-1] * len(values)
    for index, value in enumerate(values.tolist()):
        pile = bisect_right(tops, value)
        before[index] = holders[pile - 1] if pile else -1
        tops[pile : pile + 1] = [value]
        holders[pile : pile + 1] = [index]
    kept, index = set(), holders[-1]
    while index >= 0:
        kept.add(index)
        index = before[index]
    return (index not in kept for index in range(len(values)))
