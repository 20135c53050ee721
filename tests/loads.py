"""Small loads for tests of publishing: whole and consistent tables of made-up events, told apart by `laps`."""

from __future__ import annotations

import hashlib
from itertools import product
from pathlib import Path

import pyarrow as pa

from transforms.schema import TABLES
from transforms.text import replay


def load(generation: int, events: int = 2, cars: int = 3, crew: int = 2) -> dict[str, pa.Table]:
    """All tables for so many events of one race each; `generation` stands in every table that can hold it.

    Each car of a generation has done `generation` laps, each event's name is the generation, and so on:
    rows of two loads in one answer show.
    """
    names = [f"event-{number:05}" for number in range(events)]
    rows = list(product(names, range(1, cars + 1)))
    seats = [(event, line, seat) for event, line in rows for seat in range(1, crew + 1)]
    ids = sorted({driver(line, seat) for _, line, seat in seats})
    text = str(generation)
    lines = [f"{line} | {text}" for line in range(1, cars + 1)]
    given = {
        "events": {"event_id": names, "name": [text] * events, "season": [2000] * events},
        "sheets": {
            "sheet_id": [f"{name}/race" for name in names],
            "event_id": names,
            "path": [f"{name}/race.txt" for name in names],
            "sha256": [hashlib.sha256(replay("utf-8", "lf", lines)).hexdigest()] * events,
            "encoding": ["utf-8"] * events,
            "newline": ["lf"] * events,
            "lap_time_of": [text] * events,
            "lines": [cars] * events,
            "results": [cars] * events,
            "rejects": [0] * events,
        },
        "lines": {
            "sheet_id": [f"{event}/race" for event, _ in rows],
            "line": [line for _, line in rows],
            "outcome": ["result"] * len(rows),
            "text": lines * events,
        },
        "results": {
            "result_id": [f"{event}/race:{line}" for event, line in rows],
            "sheet_id": [f"{event}/race" for event, _ in rows],
            "line": [line for _, line in rows],
            "event_id": [event for event, _ in rows],
            "season": [2000] * len(rows),
            "kind": ["race"] * len(rows),
            "position": [line for _, line in rows],
            "status": ["classified"] * len(rows),
            "car_number": [str(line) for _, line in rows],
            "crew": [[driver(line, seat) for seat in range(1, crew + 1)] for _, line in rows],
            "crew_size": [crew] * len(rows),
            "entrant_id": ["team"] * len(rows),
            "laps": [generation] * len(rows),
            "race_speed_kmh": [180.5 + line for _, line in rows],
        },
        "driver_results": {
            "result_id": [f"{event}/race:{line}" for event, line, _ in seats],
            "seat": [seat for _, _, seat in seats],
            "driver_id": [driver(line, seat) for _, line, seat in seats],
            "driver": [driver(line, seat) for _, line, seat in seats],
            "name_text": [driver(line, seat) for _, line, seat in seats],
            "link_method": ["name"] * len(seats),
            "event_id": [event for event, _, _ in seats],
            "season": [2000] * len(seats),
            "sheet_id": [f"{event}/race" for event, _, _ in seats],
            "kind": ["race"] * len(seats),
            "status": ["classified"] * len(seats),
            "entrant_id": ["team"] * len(seats),
            "laps": [generation] * len(seats),
        },
        "drivers": {"driver_id": ids, "driver": ids, "family_name": [text] * len(ids)},
        "driver_links": {
            "result_id": [f"{event}/race:{line}" for event, line, _ in seats],
            "seat": [seat for _, _, seat in seats],
            "driver_id": [driver(line, seat) for _, line, seat in seats],
            "method": ["name"] * len(seats),
            "points": [generation] * len(seats),
        },
        "entrants": {"entrant_id": ["team"], "entrant": [text]},
    }
    return {name: TABLES[name].conform(pa.table(columns)) for name, columns in given.items()}


def driver(line: int, seat: int) -> str:
    """The driver of a seat: the same in all events."""
    return f"driver-{line}-{seat}"


def files(folder: str | Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}
