"""Who is judged in a build: everybody, or those whom something new may concern; all others stay who they were.

What bears on a mention is its own print, its company, and those of the people who bear its surname or nearly its
name. So the new mentions, and those that are gone, concern the surnames that they print, the people whom they made,
and the spellings that resemble theirs; and whoever is concerned concerns his own surnames and spellings.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import runs, spans
from transforms.identity.changes import Span, lost, retold_events, standing
from transforms.identity.decisions import MENTION, read_decisions
from transforms.identity.groups import Codes
from transforms.identity.mentions import Mentions, gather
from transforms.identity.outcome import names
from transforms.identity.prints import Prints

# Of a larger share everybody is judged, which is not slower then.
SHARE = 0.3


@dataclass(frozen=True)
class Scope:
    """Which mentions are judged.

    `place` is, for each mention of the build, its place in the last one where it stands, and -1 where it is judged;
    `company` are the places of the judged mentions and of those in their cars, `changed` those of changed sheets,
    whose mentions are `fresh`. `readings` are those of all sheets, `names` those of `prints` that stand in the build.
    """

    place: Codes
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


def concerned(
    read: Mapping[str, pa.Table], decisions: pa.Table, previous: Mapping[str, pa.Table], unchanged: Set[str]
) -> Scope | None:
    """Who is to be judged when the `unchanged` sheets were read as before; None when that is everybody.

    The tables are those of `resolve`, in order of sheet, line and seat.
    """
    new, old = read["driver_results"], previous["driver_results"]
    retold = pa.array(sorted(retold_events(read.get("events"), previous.get("events"))), pa.string())
    sheets = read["sheets"].filter(pc.invert(pc.is_in(read["sheets"]["event_id"], retold)))
    comparable = set(sheets["sheet_id"].to_pylist())
    same = unchanged & comparable
    here, there = spans(new["sheet_id"]), spans(old["sheet_id"])
    changed = _places(here, same)
    if len(changed) > SHARE * new.num_rows:
        return None
    fresh = gather({**read, "driver_results": new.take(pa.array(changed))})
    before = dict(zip(*(previous["sheets"][name].to_pylist() for name in ("sheet_id", "name_reading")), strict=True))
    readings = {sheet: before[sheet] for sheet in same if before.get(sheet)} | fresh.readings
    alike = {sheet for sheet, reading in fresh.readings.items() if before.get(sheet) == reading}
    place = standing((new, here), (old, there), same, alike & comparable)
    prints = Prints(pa.concat_tables([previous["names"], names(fresh, np.arange(len(fresh.names)))]))
    name = prints.of(new, readings)
    gone = prints.of(old.take(pa.array(lost(place, old.num_rows))), before)
    touched = np.union1d(name[place < 0], gone)
    seeds = np.concatenate([touched, prints.like(touched), _meant(decisions, prints, name, new, old, place)])
    place = _closed(prints.kin, name, place, seeds, previous)
    if (place < 0).sum() > SHARE * new.num_rows:
        return None
    used = np.flatnonzero(np.bincount(name, minlength=len(prints.table)))
    order = [(column, "ascending") for column in ("name_text", "name_reading", "pseudonym")]
    used_prints = prints.table.take(pa.array(used)).sort_by(order)
    return Scope(place, _company(new, place < 0), changed, fresh, readings, prints, used_prints)


def _places(sheets: Mapping[str, Span], unchanged: Set[str]) -> Codes:
    """The places of the mentions of all other sheets."""
    others = [span for sheet, span in sheets.items() if sheet not in unchanged]
    return np.concatenate([np.arange(*span) for span in others] or [np.zeros(0, dtype=np.int64)])


def _meant(decisions: pa.Table, prints: Prints, name: Codes, new: pa.Table, old: pa.Table, place: Codes) -> Codes:
    """The prints of those whom decisions may speak of: by a mention, an id or a name."""
    said = {text for one in read_decisions(decisions) for text in (one.a, one.b)}
    if not said:
        return np.zeros(0, dtype=np.int64)
    cars = pa.array([found["result"] for text in said if (found := MENTION.fullmatch(text))], pa.string())
    borne = np.append(np.asarray(pc.is_in(old["driver_id"], pa.array(said, pa.string()))), False)[place]
    return np.concatenate([name[borne], name[np.asarray(pc.is_in(new["result_id"], cars))], prints.named(said)])


def _closed(kin: Codes, name: Codes, place: Codes, seeds: Codes, previous: Mapping[str, pa.Table]) -> Codes:
    """`place` with -1 also for all whom the prints `seeds` concern, by surname or as the same or a similar person."""
    bearer, alike = previous["driver_results"]["driver_id"], _alike(previous["drivers"])
    hot = np.zeros(len(kin), dtype=bool)
    hot[kin[seeds]] = True
    while True:
        place = np.where(hot[kin[name]], -1, place)
        moving = pc.unique(bearer.take(pa.array(lost(place, len(bearer)))))
        similar = alike["other"].filter(pc.is_in(alike["driver_id"], moving))
        moving = pa.chunked_array([moving, *similar.chunks], pa.string())
        drawn = np.flatnonzero(np.append(np.asarray(pc.is_in(bearer, moving)), False)[place])
        if not len(drawn):
            return place
        hot[kin[name[drawn]]] = True


def _alike(drivers: pa.Table) -> pa.Table:
    """The pairs of people who are kept apart though their names are alike: `driver_id` and the `other`."""
    some = drivers.filter(pc.greater(pc.list_value_length(drivers["alike"]), 0))
    lists = some["alike"].combine_chunks()
    ids = some["driver_id"].take(pc.list_parent_indices(lists))
    return pa.table({"driver_id": ids, "other": lists.flatten()})


def _company(rows: pa.Table, judged: np.ndarray) -> Codes:
    """The places of all mentions in the cars of those judged."""
    car = runs(rows["result_id"])
    return np.flatnonzero((np.bincount(car, weights=judged) > 0)[car])
