"""The numbers of the views are those that plain counting gives, in warehouses full of random traps."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows.database import open_database
from tests.tables import Sheet, made, published

Row = Mapping[str, Any]
Tables = Mapping[str, pa.Table]

FLAGS = ("started", "finished", "won", "podium", "class_won", "pole")
COUNTS = dict(zip(FLAGS, ("starts", "finishes", "wins", "podiums", "class_wins", "poles"), strict=True))
KINDS = ("race", "race-2", "grid", "qualifying", "qualifying-2", "practice", "unknown")
STATUSES = ("classified", "not_classified", "did_not_finish", "did_not_start", "disqualified", "reserve", "unknown")
NAMES = ("Ann Lee", "Bob Ray", "Cy Ohm", "Dée Noël", "Ed Fox", "Wauters")
METHODS = ("name", "variant", "linked", "decision", "ambiguous", "unresolved")
CELLS = {
    "section": (0.4, ("Heat 1", "Heat 2")),
    "class": (0.9, ("A", "B")),
    "class_position": (0.5, (1, 2, 3)),
    "laps": (0.6, (0, 10, 99)),
    "race_time_ms": (0.5, (1000, 2000, 3000)),
    "lap_time_ms": (0.6, (90_000, 90_001, 90_500)),
    "make": (0.8, ("BMW", "Audi")),
    "model": (0.5, ("M3", "R8")),
    "entrant": (0.6, ("Alpha", "Beta")),
    "car_number": (0.8, ("1", "2", "7", "007")),
    "status": (0.6, STATUSES),
}


def random_sheets(chance: random.Random) -> list[Sheet]:
    """Sheets of some events, in which whatever may be missing, tied, printed twice or contradictory is."""
    sheets = []
    for event in range(chance.randint(1, 4)):
        facts = {"season": (1999, 2000), "name": "XY", "series": "ST", "circuit": "AB", "circuit_km": (4.0, 7.004)}
        known = {fact: chance.choice(values) if chance.random() < 0.7 else None for fact, values in facts.items()}
        for kind in KINDS:
            if chance.random() < 0.8:
                printed = [name for name in CELLS if chance.random() < 0.7]
                rows = [random_row(chance, line, printed) for line in range(chance.randint(0, 8))]
                sheets.append(Sheet(f"e{event}/{kind}", rows, kind.removesuffix("-2"), event=known))
    return sheets


def random_row(chance: random.Random, line: int, printed: Iterable[str]) -> Row:
    """A row of a sheet, near its place, with some of the columns that the sheet prints."""
    row = {name: chance.choice(CELLS[name][1]) for name in printed if chance.random() < CELLS[name][0]}
    if chance.random() < 0.8:
        row["position"] = max(1, line // 2 + chance.randint(0, 2))
    crew = chance.choices(NAMES, k=chance.randint(0, 3))
    methods = [chance.choice(METHODS) if " " in name else "unresolved" for name in crew]
    return row | {"crew": ["*" * (chance.random() < 0.3) + name for name in crew], "methods": methods}


def grouped(rows: Iterable[Row], *names: str) -> dict[tuple[Hashable, ...], list[Row]]:
    """The rows by what these columns hold, without those where a column holds nothing."""
    found: dict[tuple[Hashable, ...], list[Row]] = {}
    for row in rows:
        if all(row[name] is not None for name in names):
            found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def values(rows: Iterable[Row], name: str) -> list[Any]:
    """The different values of a column, in order."""
    return sorted({row[name] for row in rows} - {None})


def span(rows: Sequence[Row]) -> dict[str, object]:
    """The first and the last season."""
    seasons = values(rows, "season") or [None]
    return {"first_season": seasons[0], "last_season": seasons[-1]}


def counted_cars(tables: Tables) -> list[dict[str, Any]]:
    """Each result with what it counts for."""
    cars = [{**row, **dict.fromkeys(FLAGS, False)} for row in tables["results"].to_pylist()]
    for sheet in grouped(cars, "sheet_id").values():
        leaders = [car for car in sheet if car["position"] == 1]
        sections = {car["section"] for car in leaders}
        for car in sheet:
            overall = len(sections) < 2 or car["section"] == leaders[0]["section"]
            raced = car["status"] in STATUSES[:3] or car["status"] == "disqualified"
            car["rank"] = car["position"] if overall else None
            car["started"] = car["kind"] == "race" and (
                raced or (car["status"] == "unknown" and (car["laps"] or 0) > 0)
            )
            car["finished"] = car["kind"] == "race" and car["status"] == "classified"
            car["finish"] = car["rank"] if car["finished"] else None
            car["won"], car["podium"] = car["finish"] == 1, car["finish"] in (1, 2, 3)
            car["class_won"] = car["finished"] and car["class_position"] == 1
        for of_class in grouped([car for car in sheet if car["finished"]], "class").values():
            if leaders and not values(of_class, "class_position"):
                best = min(values(of_class, "finish"), default=None)
                for car in of_class:
                    car["class_won"] = best is not None and car["finish"] == best
    for firsts in grouped(
        [c for c in cars if c["kind"] in ("grid", "qualifying") and c["rank"] == 1], "event_id"
    ).values():
        grid = [car for car in firsts if car["kind"] == "grid"]
        times = values(firsts, "lap_time_ms")
        for car in grid or firsts:
            alone = grid or len(values(firsts, "sheet_id")) == 1
            car["pole"] = bool(alone or (times and car["lap_time_ms"] == times[0]))
    return cars


def counted_drivers(tables: Tables, cars: Iterable[Row]) -> list[dict[str, Any]]:
    """Each driver of each car with what it counts for."""
    by_id = {car["result_id"]: car for car in cars}
    drivers = []
    for row in tables["driver_results"].to_pylist():
        car = by_id[row["result_id"]]
        honours = {flag: car[flag] and not row["nominated"] for flag in FLAGS}
        known = {"identified": row["link_method"] in METHODS[:4], "certain": row["link_method"] in ("name", "decision")}
        drivers.append({**row, **honours, **known, "finish": None if row["nominated"] else car["finish"]})
    return drivers


def career(rows: Sequence[Row]) -> dict[str, object]:
    """What is said of a driver, of these rows."""
    starts = {count: len(values([row for row in rows if row[flag]], "sheet_id")) for flag, count in COUNTS.items()}
    return starts | {
        "events": len(values(rows, "event_id")),
        "best_finish": min(values(rows, "finish"), default=None),
        "makes": values(rows, "make"),
        "mentions": len(rows),
        "certain_mentions": sum(row["certain"] for row in rows),
        "identified": any(row["identified"] for row in rows),
    }


def pairs(drivers: Iterable[Row]) -> dict[tuple[Hashable, ...], dict[str, object]]:
    """What is said of two drivers who shared cars."""
    shared: dict[tuple[Hashable, ...], list[tuple[Row, Row]]] = {}
    for crew in grouped(drivers, "result_id").values():
        for one, other in permutations(crew, 2):
            if one["driver_id"] < other["driver_id"]:
                shared.setdefault((one["driver_id"], other["driver_id"]), []).append((one, other))
    found = {}
    for both, cars in shared.items():
        ones = [one for one, _ in cars]
        flags = {flag: [one for one, other in cars if one[flag] and other[flag]] for flag in (*COUNTS, "certain")}
        counts = {
            COUNTS[flag]: len(values(flags[flag], "sheet_id")) for flag in ("started", "won", "podium", "class_won")
        }
        events = {"event_ids": values(ones, "event_id"), "certain_events": len(values(flags["certain"], "event_id"))}
        found[both] = counts | events | span(ones)
    return found


def record(rows: Sequence[Row]) -> dict[str, object]:
    """What is said of cars that have something in common."""
    counts = {count: sum(row[flag] for row in rows) for flag, count in COUNTS.items()}
    return counts | {"events": len(values(rows, "event_id")), "models": values(rows, "model")} | span(rows)


def gaps(cars: Iterable[Row]) -> dict[tuple[Hashable, ...], dict[str, object]]:
    """How far each placed car is behind the first of its ranking."""
    found = {}
    for sheet in grouped(cars, "sheet_id").values():
        split = len({car["section"] for car in sheet if car["position"] == 1}) > 1
        rankings: dict[object, list[Row]] = {}
        for car in sorted((car for car in sheet if car["position"]), key=lambda car: (car["position"], car["line"])):
            rankings.setdefault(car["section"] if split else None, []).append(car)
        for ranking in rankings.values():
            for car in ranking:
                in_class = [other for other in ranking if other["class"] == car["class"] is not None]
                best = min(values(ranking, "lap_time_ms"), default=None)
                found[car["result_id"],] = {
                    **behind(car, ranking[:1], ""),
                    **behind(car, in_class[:1], "class_"),
                    "lap_ms_off_best": less(car["lap_time_ms"], best),
                }
    return found


def behind(car: Row, leaders: Sequence[Row], prefix: str) -> dict[str, int | None]:
    """Laps, time and lap time behind a leader, if there is one."""
    leader = leaders[0] if leaders else dict.fromkeys(("laps", "race_time_ms", "lap_time_ms"))
    level = car["laps"] == leader["laps"]
    return {
        f"{prefix}laps_behind": less(leader["laps"], car["laps"]) if car["kind"] in ("race", "unknown") else None,
        f"{prefix}ms_behind": less(car["race_time_ms"], leader["race_time_ms"]) if level else None,
        f"{prefix}lap_ms_behind": less(car["lap_time_ms"], leader["lap_time_ms"]),
    }


def less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def each(rows: Iterable[Row], told: Callable[[Sequence[Row]], dict[str, object]], *names: str) -> dict[Any, Any]:
    """What is told of the rows that have these columns in common."""
    return {key: told(of_key) for key, of_key in grouped(rows, *names).items()}


@pytest.mark.parametrize("seed", range(8))
def test_views_count_as_one_would_by_hand(seed: int, tmp_path: Path):
    """Honours, careers, seasons, pairs, records and gaps are what loops over the tables find, however odd they are."""
    tables = made(*random_sheets(random.Random(seed)))
    cars = counted_cars(tables)
    drivers = counted_drivers(tables, cars)
    sure = [row for row in drivers if row["certain"]]
    expected = {
        ("honours", "result_id"): each(
            cars, lambda rows: {name: rows[0][name] for name in (*FLAGS, "finish")}, "result_id"
        ),
        ("driver_careers", "driver_id"): each(drivers, lambda rows: career(rows) | span(rows), "driver_id"),
        ("driver_careers_strict", "driver_id"): each(sure, lambda rows: career(rows) | span(rows), "driver_id"),
        ("driver_seasons", "driver_id", "season"): each(drivers, career, "driver_id", "season"),
        ("crew_pairings", "driver_id", "other_id"): pairs(drivers),
        ("crew_pairings_strict", "driver_id", "other_id"): pairs(sure),
        ("make_records", "make"): each(cars, record, "make"),
        ("records(entrant)", "subject"): each(cars, record, "entrant"),
        ("records(class)", "subject"): each(cars, record, "class"),
        ("gaps_to_leader", "result_id"): gaps(cars),
    }
    with open_database(published(tables, tmp_path)) as connection:
        for (view, *names), counted in expected.items():
            answer = connection.sql(f"FROM {view}").to_arrow_table().to_pylist()
            told = {tuple(row[name] for name in names): row for row in answer}
            columns = next(iter(counted.values()), {}).keys()
            assert {key: {name: row[name] for name in columns} for key, row in told.items()} == counted, view
