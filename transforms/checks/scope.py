"""What a check may see, and so what must be checked again after a change: the whole event, and nothing beyond it.

A check judges a sheet by its own rows and by the facts of its event, never by other events, and never by who is
who: so what identity changes in a sheet changes none of these findings. What is not seen here, no check can read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.parts import Parts
from transforms.schema import TABLES

SEEN = {
    "events": TABLES["events"].schema.names,
    "sheets": ["sheet_id", "event_id", "lap_time_of", "results"],
    "results": [
        *("sheet_id", "line", "event_id", "kind", "section", "status", "position", "position_text", "car_number"),
        *("car", "make", "class", "class_position", "laps", "race_time_ms", "distance_km", "race_speed_kmh"),
        *("lap_time_ms", "lap_number", "lap_speed_kmh"),
    ],
}
ROWS = 100_000  # of results that are checked at a time, or somewhat more


def seen(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables that checks may read, and their columns; absent ones are empty."""
    return {name: tables.get(name, TABLES[name].empty()).select(columns) for name, columns in SEEN.items()}


def pieces(tables: Mapping[str, pa.Table | Parts]) -> Iterator[dict[str, pa.Table]]:
    """What checks may see, in pieces of about ROWS results: whole sheets, and all sheets of their events.

    Sheets and results stand in one order of sheets. Events without a sheet are in the last piece.
    """
    events, sheets = (Parts.of(tables.get(name, TABLES[name].empty())).whole() for name in ("events", "sheets"))
    known, ends = _event(sheets), _ends(sheets)
    start, held = 0, TABLES["results"].empty().select(SEEN["results"])
    for part in Parts.of(tables.get("results", held)).scan(SEEN["results"]):
        held = pa.concat_tables([held, part])
        if held.num_rows < ROWS:
            continue
        place = np.asarray(pc.index_in(held["sheet_id"], sheets["sheet_id"].combine_chunks()))
        end = int(ends[np.searchsorted(ends, place[-1], side="right") - 1])
        if end > start:
            mine, rest = pc.is_in(events["event_id"], known[start:end].combine_chunks()), np.searchsorted(place, end)
            some = {"events": events.filter(mine), "sheets": sheets[start:end], "results": held[:rest]}
            yield seen(some)
            events, start, held = events.filter(pc.invert(mine)), end, held[rest:]
    yield seen({"events": events, "sheets": sheets[start:], "results": held})


def _ends(sheets: pa.Table) -> np.ndarray:
    """After how many sheets the events so far are complete."""
    event = _event(sheets).combine_chunks().dictionary_encode().indices.to_numpy()
    place = np.arange(len(event))
    last = np.zeros(len(event), dtype=np.int64)
    last[event] = place
    return np.append(0, np.flatnonzero(np.maximum.accumulate(last[event]) == place) + 1)


def changed_events(tables: Mapping[str, pa.Table], events: pa.Table, unchanged: Set[str]) -> pa.Array:
    """The events whose facts are others than in `events`, the last ones, or that have another sheet than `unchanged`.

    A sheet without an event counts as one.
    """
    names = TABLES["events"].schema.names
    before, now = (
        set(zip(*(table[name].to_pylist() for name in names), strict=True)) for table in (events, tables["events"])
    )
    others = tables["sheets"].filter(pc.invert(_among(tables["sheets"]["sheet_id"], unchanged)))
    return pa.array(sorted({row[0] for row in now - before}.union(_event(others).to_pylist())), pa.string())


def within(tables: Mapping[str, pa.Table | Parts], events: pa.Array) -> dict[str, pa.Table]:
    """What checks may see of these events."""
    some = {name: Parts.of(tables.get(name, TABLES[name].empty())).whole() for name in ("events", "sheets")}
    some = {name: table.filter(pc.is_in(_event(table), events)) for name, table in some.items()}
    results = Parts.of(tables.get("results", TABLES["results"].empty()))
    sheets = results.runs("sheet_id")
    places = sheets.places(sheets.among(some["sheets"]["sheet_id"].to_pylist()))
    return seen({**some, "results": results.take(places, SEEN["results"])})


def untouched(findings: pa.Table, tables: Mapping[str, pa.Table], changed: pa.Array, unchanged: Set[str]) -> pa.Table:
    """Of the last findings those that still stand: about unchanged sheets and events that are still there."""
    events = pa.concat_arrays([_event(tables[name]).combine_chunks() for name in ("events", "sheets")])
    of, sheets = _event(findings), findings["sheet_id"]
    there = pc.and_(pc.is_in(of, events), pc.invert(pc.is_in(of, changed)))
    return findings.filter(pc.and_(there, pc.or_(pc.is_null(sheets), _among(sheets, unchanged))))


def _event(table: pa.Table) -> pa.ChunkedArray:
    """The event of each row, or the sheet that has none."""
    return pc.coalesce(table["event_id"], table["sheet_id"]) if "sheet_id" in table.column_names else table["event_id"]


def _among(sheet_ids: pa.ChunkedArray, sheets: Set[str]) -> pa.ChunkedArray:
    return pc.is_in(sheet_ids, pa.array(sorted(sheets), pa.string()))
