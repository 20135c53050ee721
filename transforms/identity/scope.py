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

from transforms.identity.changes import kept, lost, retold_events, stand_alike
from transforms.identity.decisions import MENTION, read_decisions
from transforms.identity.former import Former
from transforms.identity.forms import READINGS
from transforms.identity.mentions import ASKED, Mentions, gather
from transforms.identity.outcome import names
from transforms.identity.prints import Prints
from transforms.identity.turns import Codes
from transforms.parts import Parts
from transforms.runs import Runs

# Of a larger share everybody is judged, which is not slower then.
SHARE = 0.3


@dataclass(frozen=True)
class Scope:
    """Which mentions are judged.

    `stood` is, for each mention of the build, its place in the last one where it stands as it stood, and -1 where it
    does not; `again` tells which of the last one are judged again, or gone. `kept` is its place where its sheet did
    not change, `car` the result that it is of, `printed` its print. `unchanged` are the sheets that stand as they were,
    in events of which nothing else is told; `changed` are the places of the mentions of all others, which are `fresh`.
    `names` are those of the prints that stand in the build, and `named` the row there of each print.
    """

    former: Former
    stood: Codes
    again: np.ndarray
    kept: Codes
    car: Codes
    printed: Codes
    changed: Codes
    fresh: Mentions
    unchanged: Set[str]
    names: Parts
    named: Codes

    @cached_property
    def judged(self) -> Codes:
        """The places of the mentions that are judged."""
        return np.flatnonzero(np.append(self.again, True)[self.stood])

    @cached_property
    def of_company(self) -> np.ndarray:
        """Which of their company are judged."""
        return np.isin(self.company, self.judged, assume_unique=True)

    @cached_property
    def company(self) -> Codes:
        """The places of the judged mentions and of those in their cars."""
        cars = np.zeros(int(self.car.max(initial=-1)) + 1, dtype=bool)
        cars[self.car[self.judged]] = True
        return np.flatnonzero(cars[self.car])

    @cached_property
    def lost(self) -> Codes:
        """The places of the last build at which nothing of this one stands."""
        return lost(self.stood, len(self.again))


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
    here, there = (rows.runs("sheet_id") for rows in (new, old))
    retold = retold_events(read.get("events"), _events(previous))
    same, told = _apart(Parts.of(read["sheets"]).whole("sheet_id", "event_id"), retold, unchanged)
    changed = here.places(~here.among(same))
    if len(changed) > SHARE * here.rows:
        return None
    rows = new.take(changed, ASKED)
    fresh = gather({**read, "driver_results": rows})
    before = Parts.of(previous["sheets"]).whole("sheet_id", "name_reading").combine_chunks()
    stay = kept(here, there, unchanged)
    stood = stay.copy() if same == unchanged else kept(here, there, same)
    stand_alike(stood, new, here, old, there, _read_alike(fresh.readings, before) - told)
    known, printed = Parts.of(previous["names"]), names(fresh)
    prints = Prints(held := known.whole(), printed)
    former = Former.of(previous, prints)
    gone, own = lost(stood, there.rows), _printed(prints, rows, fresh)
    touched = np.union1d(own[stood[changed] < 0], former.name[gone])
    seeds = np.concatenate([touched, prints.like(touched), _meant(decisions, former, new, here, stood)])
    joined = prints.joined(*former.pairs(Parts.of(previous["drivers"])))
    places = former.bearing(np.isin(joined, joined[seeds]))
    if len(places) > SHARE * here.rows:
        return None
    again = np.zeros(there.rows, dtype=bool)
    again[gone] = again[places] = True
    name = np.append(former.name, -1)[stood]
    name[changed] = own
    used = np.zeros(len(prints.table), dtype=bool)
    used[name] = True
    return Scope(
        former,
        stood,
        again,
        stay,
        _cars(Parts.of(read["results"])),
        name,
        changed,
        fresh,
        same,
        _names(known, held.num_rows, printed, prints.standing(used)),
        np.cumsum(used, dtype=np.int32) - 1,
    )


def _names(known: Parts, count: int, printed: pa.Table, place: Codes) -> Parts:
    """The table of names: the known ones, so many, and those printed now, at some places in both together."""
    here = place < count
    return known.laid(np.where(here, place, -1), printed.take(pa.array(place[~here] - count)))


def _events(tables: Mapping[str, pa.Table | Parts]) -> pa.Table | None:
    return Parts.of(tables["events"]).whole() if "events" in tables else None


def _apart(sheets: pa.Table, retold: Set[str], unchanged: Set[str]) -> tuple[Set[str], Set[str]]:
    """The `unchanged` sheets of which no event was `retold`, and all sheets of events that were."""
    told = set(sheets["sheet_id"].filter(pc.is_in(sheets["event_id"], pa.array(retold, pa.string()))).to_pylist())
    return unchanged - told, told


def _read_alike(readings: Mapping[str, str], sheets: pa.Table) -> set[str]:
    """The sheets of which the names are read as those of the last build were, of which `sheets` tell that."""
    some = pa.array(readings, pa.string())
    before = sheets["name_reading"].take(pc.index_in(some, sheets["sheet_id"])).to_pylist()
    return {sheet for (sheet, reading), last in zip(readings.items(), before, strict=True) if last == reading}


def _printed(prints: Prints, rows: pa.Table, fresh: Mentions) -> Codes:
    """The print of each row of changed sheets."""
    sheets = Runs.of(rows["sheet_id"])
    reading = [READINGS.index(fresh.readings[sheet]) for sheet in sheets.texts.to_pylist()]
    quoted = np.asarray(pc.fill_null(rows["pseudonym"], fill_value=False))
    return prints.of(prints.text(rows["name_text"]), np.repeat(np.array(reading, dtype=np.int64), sheets.size), quoted)


def _cars(results: Parts) -> Codes:
    """The place of the result of each mention."""
    crew = np.asarray(pc.fill_null(results.columns("crew_size")["crew_size"], 0))
    return np.repeat(np.arange(len(crew), dtype=np.int32), crew)


def _meant(decisions: pa.Table, former: Former, new: Parts, here: Runs, stood: Codes) -> Codes:
    """The prints of those whom decisions may speak of, by an id, a mention or a name.

    A mention that did not stand so is among those that are judged anyway.
    """
    said = {text for one in read_decisions(decisions) for text in (one.a, one.b)}
    if not said:
        return np.zeros(0, dtype=np.int64)
    cars = {found["result"] for text in said if (found := MENTION.fullmatch(text))}
    places = here.places(here.among({car.rpartition(":")[0] for car in cars}))
    printed = new.take(places, ["result_id"])["result_id"]
    old = stood[places[np.asarray(pc.is_in(printed, pa.array(cars, pa.string())))]]
    borne = former.being(pa.array(said, pa.string()))
    return np.concatenate([former.name[np.concatenate([borne, old[old >= 0]])], former.prints.named(said)])
