"""Who is judged in a build: everybody, or those whom something new may concern; all others stay who they were.

What bears on a mention is its own print, its company, and those of the people who bear its surname or nearly its
name. So the new mentions, and those that are gone, concern the surnames that they print, the people whom they made,
and the spellings that resemble theirs; and whoever is concerned concerns his own surnames and spellings.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among, distinct_of, spans
from transforms.identity.changes import Span, lost, retold_events, standing
from transforms.identity.decisions import MENTION, read_decisions
from transforms.identity.groups import Codes
from transforms.identity.mentions import ASKED, Mentions, gather
from transforms.identity.outcome import names
from transforms.identity.prints import Prints
from transforms.parts import Parts

# Of a larger share everybody is judged, which is not slower then.
SHARE = 0.3


@dataclass(frozen=True)
class Scope:
    """Which mentions are judged.

    `place` is, for each mention of the build, its place in the last one where it stands, and -1 where it is judged;
    `car` the result that it is of. `bore` is the driver that each mention of the last build was, as a place in `ids`.
    `company` are the places of the judged mentions and of those in their cars, `changed` those of changed sheets,
    whose mentions are `fresh`. `readings` are those of all sheets, `names` those of `prints` that stand in the build.
    """

    place: Codes
    car: Codes
    bore: Codes
    ids: pa.Array
    company: Codes
    changed: Codes
    fresh: Mentions
    readings: Mapping[str, str]
    prints: Prints
    names: pa.Table

    @property
    def unchanged(self) -> list[str]:
        """The sheets that print names, and stand as they were."""
        return sorted(self.readings.keys() - self.fresh.readings.keys())

    @property
    def judged(self) -> np.ndarray:
        """Which of the company are judged."""
        return np.asarray(self.place[self.company] < 0)

    @cached_property
    def again(self) -> Codes:
        """The places of all mentions that are judged or of changed sheets."""
        return np.union1d(np.flatnonzero(self.place < 0), self.changed)

    @cached_property
    def rest(self) -> Codes:
        """The places of the last build whose mentions are judged again, or gone."""
        return lost(self.place, len(self.bore))


def concerned(
    read: Mapping[str, pa.Table | Parts],
    decisions: pa.Table,
    previous: Mapping[str, pa.Table | Parts],
    unchanged: Set[str],
) -> Scope | None:
    """Who is to be judged when the `unchanged` sheets were read as before; None when that is everybody.

    The tables are those of `resolve`, in order of sheet, line and seat.
    """
    new, old = Parts.of(read["driver_results"]), Parts.of(previous["driver_results"])
    last = old.columns("sheet_id", "name_text", "pseudonym", "driver_id")
    here, there = spans(new.columns("sheet_id")["sheet_id"]), spans(last["sheet_id"])
    retold = pa.array(sorted(retold_events(read.get("events"), _events(previous))), pa.string())
    sheets = Parts.of(read["sheets"]).whole("sheet_id", "event_id")
    comparable = set(sheets["sheet_id"].filter(pc.invert(pc.is_in(sheets["event_id"], retold))).to_pylist())
    same = unchanged & comparable
    car = _cars(Parts.of(read["results"]))
    changed = _places(here, same)
    if len(changed) > SHARE * len(car):
        return None
    rows = new.take(changed, ASKED)
    fresh = gather({**read, "driver_results": rows})
    before = _readings(Parts.of(previous["sheets"]))
    readings = {sheet: before[sheet] for sheet in same & before.keys()} | fresh.readings
    alike = {sheet for sheet, reading in fresh.readings.items() if before.get(sheet) == reading}
    place = standing(new, here, old, there, same, alike & comparable)
    known = Parts.of(previous["names"]).whole()
    prints = Prints(pa.concat_tables([known, names(fresh, np.arange(len(fresh.names)))]))
    was = prints.of(last, before)
    name = np.append(was, -1)[place]
    name[changed] = prints.of(rows, fresh.readings)
    bore, ids = distinct_of(last["driver_id"])
    touched = np.union1d(name[place < 0], was[lost(place, len(was))])
    meant = _meant(decisions, prints, name, new, np.append(bore, -1)[place], ids)
    seeds = np.concatenate([touched, prints.like(touched), meant])
    place = _closed(prints.kin, name, place, seeds, (bore, ids), Parts.of(previous["drivers"]))
    if (place < 0).sum() > SHARE * len(place):
        return None
    used = np.flatnonzero(np.bincount(name, minlength=len(prints.table)))
    order = [(column, "ascending") for column in ("name_text", "name_reading", "pseudonym")]
    used_prints = prints.table.take(pa.array(used)).sort_by(order)
    company = np.flatnonzero((np.bincount(car, weights=place < 0) > 0)[car])
    return Scope(place, car, bore, ids, company, changed, fresh, readings, prints, used_prints)


def _events(tables: Mapping[str, pa.Table | Parts]) -> pa.Table | None:
    return Parts.of(tables["events"]).whole() if "events" in tables else None


def _readings(sheets: Parts) -> dict[str, str]:
    """How the names of each sheet of the last build that prints some were read."""
    columns = sheets.whole("sheet_id", "name_reading").drop_null().columns
    return dict(zip(*(column.to_pylist() for column in columns), strict=True))


def _cars(results: Parts) -> Codes:
    """The place of the result of each mention."""
    crew = np.asarray(pc.fill_null(results.columns("crew_size")["crew_size"], 0))
    return np.repeat(np.arange(len(crew), dtype=np.int32), crew)


def _places(sheets: Mapping[str, Span], unchanged: Set[str]) -> Codes:
    """The places of the mentions of all other sheets."""
    others = [span for sheet, span in sheets.items() if sheet not in unchanged]
    return np.concatenate([np.arange(*span) for span in others] or [np.zeros(0, dtype=np.int64)])


def _meant(decisions: pa.Table, prints: Prints, name: Codes, new: Parts, bore: Codes, ids: pa.Array) -> Codes:
    """The prints of those whom decisions may speak of: by a mention, an id (`bore`, a place in `ids`) or a name."""
    said = {text for one in read_decisions(decisions) for text in (one.a, one.b)}
    if not said:
        return np.zeros(0, dtype=np.int64)
    cars = pa.array([found["result"] for text in said if (found := MENTION.fullmatch(text))], pa.string())
    borne = np.append(np.asarray(pc.is_in(ids, pa.array(said, pa.string()))), False)[bore]
    printed = (
        np.asarray(pc.is_in(new.whole("result_id")["result_id"], cars)) if len(cars) else np.zeros(0, dtype=np.int64)
    )
    return np.concatenate([name[borne], name[printed], prints.named(said)])


def _closed(
    kin: Codes, name: Codes, place: Codes, seeds: Codes, borne: tuple[Codes, pa.Array], drivers: Parts
) -> Codes:
    """`place` with -1 also for all whom the prints `seeds` concern, by surname or as the same or a similar person."""
    bore, ids = borne
    one, other = (among(side, ids) for side in _alike(drivers))
    hot = np.zeros(len(kin), dtype=bool)
    hot[kin[seeds]] = True
    while True:
        place = np.where(hot[kin[name]], -1, place)
        moving = np.zeros(len(ids) + 1, dtype=bool)  # the last is for nobody
        moving[bore[lost(place, len(bore))]] = True
        moving[other[moving[one]]] = True
        drawn = np.flatnonzero(np.append(moving[bore], False)[place])
        if not len(drawn):
            return place
        hot[kin[name[drawn]]] = True


def _alike(drivers: Parts) -> tuple[pa.Array, pa.Array]:
    """The pairs of people who are kept apart though their names are alike."""
    some = np.flatnonzero(pc.greater(pc.list_value_length(drivers.whole("alike")["alike"]), 0))
    rows = drivers.take(some, ["driver_id", "alike"]).combine_chunks()
    lists = rows["alike"].combine_chunks()
    return rows["driver_id"].combine_chunks().take(pc.list_parent_indices(lists)), lists.flatten()
