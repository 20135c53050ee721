"""What is new since the last build: which mentions stand as they stood, and in which place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import SequenceMatcher

import numpy as np
import pyarrow as pa

from transforms.identity.arrays import spans
from transforms.identity.groups import Codes, spread
from transforms.parts import Parts

# All of a car that can bear on who is who.
_CAR = ("event_id", "season", "car_number", "entrant", "car", "class")
LONGEST = 4_000  # mentions up to which two versions of a sheet are compared car by car; a longer one is new as a whole
Span = tuple[int, int]


def standing(
    new: Parts, here: Mapping[str, Span], old: Parts, there: Mapping[str, Span], unchanged: Set[str], compared: Set[str]
) -> Codes:
    """For each mention its place in the last build; -1 for one that was not there, or not so.

    Both tables are driver_results in order of sheet, line and seat, beside the span of each sheet. All mentions of
    `unchanged` sheets stand, and of those to be `compared` those of cars that were printed alike in the same order.
    """
    both = here.keys() & there.keys()
    sheets = [sheet for sheet in sorted((compared - unchanged) & both) if _comparable(here[sheet], there[sheet])]
    cars, others = (_cars(rows, [of[sheet] for sheet in sheets]) for rows, of in ((new, here), (old, there)))
    pairs = [(here[sheet], there[sheet]) for sheet in unchanged & both]
    pairs += [pair for one, other in zip(cars, others, strict=True) for pair in _alike(one, other)]
    return _placed(_rows(here), pairs)


def standing_cars(new: pa.ChunkedArray, old: pa.ChunkedArray, unchanged: Set[str]) -> Codes:
    """For each result its place in the last build when its sheet is `unchanged`, else -1; given the sheet of each."""
    here, there = spans(new), spans(old)
    return _placed(len(new), [(here[sheet], there[sheet]) for sheet in unchanged & here.keys() & there.keys()])


def lost(place: Codes, before: int) -> Codes:
    """The places of the last build, which had `before` rows, at which nothing of this one stands."""
    return np.flatnonzero(np.bincount(place + 1, minlength=before + 1)[1:] == 0)


def _placed(rows: int, pairs: Sequence[tuple[Span, Span]]) -> Codes:
    """For each row its place in the old span that belongs to its own, -1 outside of all."""
    place = np.full(rows, -1)
    starts = np.array([(span[0], other[0], span[1] - span[0]) for span, other in pairs], dtype=np.int64).reshape(-1, 3)
    place[spread(starts[:, 0], starts[:, 2])[1]] = spread(starts[:, 1], starts[:, 2])[1]
    return place


def _rows(of: Mapping[str, Span]) -> int:
    return max((stop for _, stop in of.values()), default=0)


def _comparable(*spans: Span) -> bool:
    return all(stop - start <= LONGEST for start, stop in spans)


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
