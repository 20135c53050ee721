"""What is new since the last build: which mentions stand as they stood, and in which place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import SequenceMatcher

import numpy as np
import pyarrow as pa

from transforms.identity.turns import Codes
from transforms.parts import Parts
from transforms.runs import Runs

# All of a car that can bear on who is who.
_CAR = ("event_id", "season", "car_number", "entrant", "car", "class")
LONGEST = 4_000  # mentions up to which two versions of a sheet are compared car by car; a longer one is new as a whole
Span = tuple[int, int]


def stand_alike(place: Codes, new: Parts, here: Runs, old: Parts, there: Runs, compared: Set[str]) -> None:
    """Of some sheets to be `compared` let the mentions stand that are of cars printed alike in the same order.

    `place` is that of each mention in the last build, filled in here. Both tables are driver_results in order of sheet,
    line and seat, beside the runs of their sheets.
    """
    sheets = pa.array(sorted(compared), pa.string())
    pairs = [
        (_span(here, one), _span(there, two)) for one, two in zip(here.find(sheets), there.find(sheets), strict=True)
    ]
    pairs = [pair for pair in pairs if all(0 < stop - start <= LONGEST for start, stop in pair)]
    cars, others = (_cars(rows, [pair[side] for pair in pairs]) for side, rows in enumerate((new, old)))
    for one, other in zip(cars, others, strict=True):
        for (start, stop), (first, last) in _alike(one, other):
            place[start:stop] = np.arange(first, last)


def kept(here: Runs, there: Runs, unchanged: Set[str]) -> Codes:
    """For each row its place in the last build when its sheet is `unchanged`, else -1; given the runs of sheets."""
    run = there.find(here.texts)
    stay = here.among(unchanged) & (run >= 0)
    shift = np.where(stay, np.append(there.start, 0)[run] - here.start, 0)
    place = (np.arange(here.rows) + np.repeat(shift, here.size)).astype(np.int32)
    place[np.repeat(~stay, here.size)] = -1
    return np.asarray(place)


def lost(place: Codes, before: int) -> Codes:
    """The places of the last build, which had `before` rows, at which nothing of this one stands."""
    there = np.zeros(before + 1, dtype=bool)  # the last is for nothing
    there[place] = True
    return np.flatnonzero(~there[:-1])


def _span(of: Runs, run: int) -> Span:
    return (int(of.start[run]), int(of.start[run] + of.size[run])) if run >= 0 else (0, 0)


Printed = tuple[list[tuple[object, ...]], list[int]]


def _alike(one: Printed, other: Printed) -> Iterator[tuple[Span, Span]]:
    """The spans of cars that stand in both versions of a sheet."""
    (cars, starts), (others, froms) = one, other
    for a, b, size in SequenceMatcher(None, cars, others, autojunk=False).get_matching_blocks():
        yield (starts[a], starts[a + size]), (froms[b], froms[b + size])


def _cars(rows: Parts, sheets: Sequence[Span]) -> Iterator[Printed]:
    """What is printed of each car of some sheets, and where its mentions begin; with the end of the last."""
    places = np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(*span) for span in sheets)])
    printed = iter(rows.take(places, [*_CAR, "result_id", "name_text", "pseudonym"]).to_pylist())
    for start, stop in sheets:
        cars: list[tuple[object, ...]] = []
        starts: list[int] = []
        last = None
        for at, row in zip(range(start, stop), printed, strict=False):
            if row["result_id"] != last:
                cars.append(tuple(row[name] for name in _CAR))
                starts.append(at)
                last = row["result_id"]
            cars[-1] += (row["name_text"], bool(row["pseudonym"]))
        yield cars, [*starts, stop]


def retold_events(new: pa.Table | None, old: pa.Table | None) -> set[str]:
    """The events whose name or series is another than before."""
    if new is not None and old is not None and new.equals(old):
        return set()
    facts = [_facts(table) for table in (new, old)]
    return {event for event in facts[0].keys() | facts[1].keys() if facts[0].get(event) != facts[1].get(event)}


def _facts(events: pa.Table | None) -> Mapping[str, tuple[object, object]]:
    rows = events.select(["event_id", "name", "series"]).to_pylist() if events is not None else []
    return {row["event_id"]: (row["name"], row["series"]) for row in rows}
