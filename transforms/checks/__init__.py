"""Checks of finished tables: each SQL file here asserts what its name says, and returns the rows that break it.

A check reads `events`, `sheets` and `cars`, which are the results; sheets go by number. It gives the columns severity,
sheet (or event_id), line, column, observed, expected and message; those that it leaves out are null. Nothing is
stopped by a finding, and nothing is changed.
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
_CARS = 'STRUCT(place BIGINT, line INTEGER, "value" BIGINT)[]'


def check(tables: Mapping[str, pa.Table | Parts]) -> pa.Table:
    """Run every check over what checks may see of the tables; findings in schema form, by sheet, line and check.

    Absent tables count as empty. Large ones are checked in pieces, which share no event. A check that doubts more
    than a third of a sheet's rows is one finding for the sheet.
    """
    return pa.concat_tables([_checked(piece) for piece in pieces(tables)])


def _checked(tables: Mapping[str, pa.Table]) -> pa.Table:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")  # of so few rows, threads cost more than they save
        for name, table in _numbered(tables).items():
            connection.register(name, table)
        connection.create_function("out_of_order", _out_of_order, [_CARS], _CARS, type="arrow")  # type: ignore[call-overload]
        connection.execute(_sql(_SETUP))
        for name in names():
            connection.execute(f"INSERT INTO doubts BY NAME SELECT '{name}' AS \"check\", * FROM ({_sql(name)})")  # noqa: S608
        return TABLES["findings"].conform(connection.sql(_sql(_VERDICT)).to_arrow_table())


def _numbered(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables with the number of each sheet, by which rows are told apart faster than by its name."""
    sheets, results = tables["sheets"], tables["results"]
    number = pc.index_in(results["sheet_id"], sheets["sheet_id"].combine_chunks())
    return {
        **tables,
        "sheets": sheets.append_column("sheet", pa.array(np.arange(len(sheets), dtype=np.int32))),
        "results": results.drop_columns(["sheet_id"]).append_column("sheet", number),
    }


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


def _out_of_order(lists: pa.ChunkedArray) -> pa.Array:
    """Of each list of cars those whose value stands out of rising order, going by place and line; most have none."""
    cars = lists.combine_chunks()
    sizes = cars.value_lengths().to_numpy(zero_copy_only=False)
    rows, of = cars.flatten(), np.repeat(np.arange(len(cars)), sizes)
    place, line, value = (rows.field(name).to_numpy(zero_copy_only=False) for name in ("place", "line", "value"))
    order = np.lexsort((line, place, of))
    value, bounds = value[order], np.append(0, np.cumsum(sizes))
    marks = np.zeros(len(rows), dtype=bool)
    for index in np.unique(of[1:][(value[1:] < value[:-1]) & (of[1:] == of[:-1])]):
        part = slice(*bounds[index : index + 2])
        marks[part] = misplaced(value[part])
    offsets = np.append(0, np.cumsum(marks))[bounds]
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows.take(pa.array(order[marks])))


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
