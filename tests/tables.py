"""Small warehouses made by hand: each sheet is a list of rows, and the tables follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from flows.database import build_database
from flows.parquet import write_parquet
from transforms.fold import fold
from transforms.schema import TABLES

Row = Mapping[str, object]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows as columns of results, in printed order; `event` adds facts about the event."""

    sheet_id: str
    rows: Sequence[Row]
    kind: str = "race"
    event: Mapping[str, object] = field(default_factory=dict)

    @property
    def event_id(self) -> str:
        """The folder of the sheet."""
        return self.sheet_id.rpartition("/")[0]


def slug(text: str) -> str:
    """A readable id."""
    return fold(text).replace(" ", "-")


def made(*sheets: Sheet) -> dict[str, pa.Table]:
    """The finished tables of these sheets.

    Names with a blank count as full names; of others each mention is a person of its own, unresolved.
    `*` before a name nominates. A row's `methods` states link methods seat by seat.
    """
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for sheet in sheets:
        rows["events"].append({"event_id": sheet.event_id, "season": 2000, "circuit_km": 4.0, **sheet.event})
        rows["sheets"].append(_sheet(sheet))
        for line, row in enumerate(sheet.rows, start=1):
            _add(rows, sheet, line, row)
    rows["drivers"] = _people(rows["driver_results"])
    teams = {row["entrant_id"]: row["entrant"] for row in rows["results"] if "entrant_id" in row}
    rows["entrants"] = [{"entrant_id": id_, "entrant": name} for id_, name in teams.items()]
    rows["events"] = list({row["event_id"]: row for row in rows["events"]}.values())
    return {name: _table(name, rows[name]) for name in TABLES}


def _sheet(sheet: Sheet) -> Row:
    count = len(sheet.rows)
    names = {
        "sheet_id": sheet.sheet_id,
        "event_id": sheet.event_id,
        "path": f"{sheet.sheet_id}.txt",
        "kind": sheet.kind,
    }
    return {**names, "newline": "lf", "lap_time_of": "best lap", "lines": count, "results": count, "rejects": 0}


def _add(rows: dict[str, list[Row]], sheet: Sheet, line: int, given: Row) -> None:
    crew = list(given.get("crew", []))  # type: ignore[call-overload]
    season = sheet.event.get("season", 2000)
    shared = {
        "result_id": f"{sheet.sheet_id}:{line}",
        "sheet_id": sheet.sheet_id,
        "event_id": sheet.event_id,
        "season": season,
        "kind": sheet.kind,
        "status": "classified" if sheet.kind == "race" else "listed",
        **{name: value for name, value in given.items() if name not in ("crew", "methods")},
    }
    if "entrant" in shared:
        shared["entrant_id"] = slug(str(shared["entrant"]))
    rows["lines"].append({"sheet_id": sheet.sheet_id, "line": line, "outcome": "result", "text": f"| row {line} |"})
    position = shared.get("position")
    rows["results"].append(
        {"position_text": None if position is None else f"{position}.", **shared, "line": line, "crew": crew}
        | {"crew_size": len(crew)}
    )
    for seat, printed in enumerate(crew, start=1):
        _seat(rows, shared, seat, printed, dict(enumerate(given.get("methods", []), start=1)))  # type: ignore[call-overload]


def _seat(rows: dict[str, list[Row]], shared: Row, seat: int, printed: str, methods: Mapping[int, str]) -> None:
    name = printed.removeprefix("*")
    method = methods.get(seat, "name" if " " in name else "unresolved")
    open_ = method in ("unresolved", "ambiguous")
    person = slug(f"{name} {shared['result_id']} {seat}") if open_ else slug(name)
    link = {"result_id": shared["result_id"], "seat": seat, "driver_id": person}
    columns = {column.name for column in TABLES["driver_results"].columns}
    of_car = {key: value for key, value in shared.items() if key in columns}
    mark = {"nominated": printed.startswith("*"), "pseudonym": False, "link_method": method}
    rows["driver_results"].append({**of_car, **link, **mark, "driver": name, "name_text": name})
    rows["driver_links"].append({**link, "method": method, "points": None, "evidence": [], "candidates": []})


def _people(mentions: Sequence[Row]) -> list[Row]:
    people = {row["driver_id"]: row["driver"] for row in mentions}
    return [{"driver_id": id_, "driver": name, "names": [name]} for id_, name in people.items()]


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    schema = TABLES[name].schema
    if not rows:
        return TABLES[name].empty()
    given = [field_ for field_ in schema if any(field_.name in row for row in rows)]
    return TABLES[name].conform(pa.Table.from_pylist(rows, schema=pa.schema(given)))


def published(tables: Mapping[str, pa.Table], root: Path, snapshot: str = "abc") -> Path:
    """Write the tables as a snapshot below `root`, build results.db over them, and return its path."""
    folder = root / "warehouse" / "snapshots" / snapshot
    folder.mkdir(parents=True)
    for name, table in TABLES.items():
        write_parquet(folder / f"{name}.parquet", table, tables.get(name, table.empty()))
    path = root / "warehouse" / "results.db"
    build_database(path, f"warehouse/snapshots/{snapshot}", root)
    return path
