"""What was told apart again, laid into what stands from the last build."""

from __future__ import annotations

from collections.abc import Callable, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among
from transforms.identity.changes import kept
from transforms.identity.claims import NAMELESS, Again, Claims
from transforms.identity.decisions import DecisionError
from transforms.identity.doubts import doubts_again
from transforms.identity.entered import EnteredAgain, entered_again
from transforms.identity.ids import Ranked
from transforms.identity.judgement import identified, named_sheets, redirected
from transforms.identity.mentions import Crews, gather_again
from transforms.identity.outcome import Drivers, mentioned
from transforms.identity.scope import SHARE, Scope, concerned
from transforms.identity.standing import merging
from transforms.identity.told import Told
from transforms.identity.turns import Codes
from transforms.parts import Parts, Tables


def told_again(
    read: Tables, decisions: pa.Table, previous: Tables, unchanged: Set[str], ready: Callable[[Tables], None]
) -> dict[str, pa.Table | Parts] | None:
    """The tables with those judged whom a change concerns; each but the findings is `ready` as soon as it is made.

    None where everybody is to be judged, be it to say what is wrong with a decision; those that are ready stay so.
    """
    sheets = Parts.of(read["sheets"]).whole("sheet_id").num_rows
    if "mentions" not in previous or len(unchanged) < (1 - SHARE) * sheets:
        return None
    with ThreadPoolExecutor(1) as beside:  # who entered does not ask who drove, nor the other way round
        entered = beside.submit(_entered, Parts.of(read["results"]), previous, unchanged, ready)
        if scope := concerned(read, decisions, previous, unchanged):
            with suppress(DecisionError):
                return _told_again(read, decisions, previous, scope, unchanged, ready, entered)
    return None


def _told_again(
    read: Tables,
    decisions: pa.Table,
    previous: Tables,
    scope: Scope,
    unchanged: Set[str],
    ready: Callable[[Tables], None],
    again: Future[tuple[EnteredAgain, dict[str, pa.Table | Parts]]],
) -> dict[str, pa.Table | Parts]:
    rows, results, before = (
        Parts.of(table) for table in (read["driver_results"], read["results"], previous["drivers"])
    )
    company = rows.at(scope.company)
    crews, printed = partial(Crews.at, scope.car[scope.company], results), scope.printed[scope.company]
    events = Parts.of(read["events"]).whole() if "events" in read else None
    gathered = lambda: gather_again(printed, scope.of_company, scope.former.prints, crews(), events)
    claims = _claims(previous, scope, printed)
    found = identified(gathered, company, scope.of_company, decisions, claims)
    told = Told.of(previous, rows, scope, found)
    drivers = DriversAgain.of(told, found.people, before)
    entered, finished = again.result()
    finished |= {
        "sheets": _sheets(read, previous, scope, unchanged),
        "driver_results": told.rows(entered),
        "drivers": before.laid(drivers.place, drivers.anew),
        "driver_links": told.links(),
        "driver_redirects": redirected(previous, found.moved, drivers.hold),
        "names": scope.names,
        "mentions": _mentions(told, drivers),
    }
    ready(finished)
    doubted = doubts_again(told, entered.standing, Parts.of(previous["findings"]), scope.unchanged)
    return finished | {"findings": doubted}


def _entered(
    results: Parts, previous: Tables, unchanged: Set[str], ready: Callable[[Tables], None]
) -> tuple[EnteredAgain, dict[str, pa.Table | Parts]]:
    """What each result entered, and the tables that this makes, which are ready."""
    entered, entrants, cars = entered_again(results, previous, unchanged)
    tables: dict[str, pa.Table | Parts] = {"results": entered.results(), "entrants": entrants, "cars": cars}
    ready(tables)
    return entered, tables


def _sheets(read: Tables, previous: Tables, scope: Scope, unchanged: Set[str]) -> Parts:
    """The sheets, of which those are told anew that changed, or whose mentions are told anew."""
    here, before = Parts.of(read["sheets"]), Parts.of(previous["sheets"])
    place = kept(here.runs("sheet_id"), before.runs("sheet_id"), unchanged - scope.fresh.forms.keys())
    anew = here.take(np.flatnonzero(place < 0), here.schema.names)
    return before.laid(place, named_sheets(anew, scope.fresh.forms, scope.fresh.readings).cast(before.schema))


def _claims(previous: Tables, scope: Scope, printed: np.ndarray) -> Claims:
    """What those were called who are judged again, or gone; all others leave them none of the known ids.

    Who stands on a sheet that did is known by his place; `printed` tells the print of each of the company.
    """
    place, left = scope.kept[scope.company], scope.again.copy()
    place[~scope.of_company] = -1
    left[place[place >= 0]] = False
    others, rest = np.flatnonzero(scope.kept[scope.company] < 0), np.flatnonzero(left)
    named = ~np.asarray(pc.is_in(scope.former.prints.table["form"], NAMELESS))
    former = scope.former
    again = Again(former.drivers, former.driver, place, others, rest, named[printed], named[former.name[rest]])
    return Claims.of(previous, again)


@dataclass(frozen=True)
class DriversAgain:
    """The drivers in order: of each the `place` among the last ones, whose ids are `known`, or -1 for those `anew`."""

    known: Ranked
    anew: pa.Table
    place: Codes

    @classmethod
    def of(cls, told: Told, people: Drivers, before: Parts) -> DriversAgain:
        """Those who were `before`, but for those who changed, and these among the `people` who were judged."""
        known = told.scope.former.drivers
        paired = np.asarray(pc.greater(pc.list_value_length(before.whole("alike")["alike"]), 0))
        some = pa.concat_arrays([told.persons, people.alike, known.filter(pa.array(paired))])
        anew = people.rows(np.flatnonzero(np.asarray(pc.is_in(people.ids, some)))).sort_by("driver_id")
        ranked, stay = told.scope.former.ranked, np.ones(len(known), dtype=bool)
        gone = ranked.places(pa.concat_arrays([told.persons, *anew["driver_id"].chunks]))
        stay[gone[gone >= 0]] = False
        return cls(ranked, anew, merging(known, stay, anew["driver_id"]))

    def rows(self, ids: pa.Array) -> Codes:
        """The row of each of some ids; -1 for one that is nobody's."""
        mine = among(ids, self.anew["driver_id"].combine_chunks())
        fresh = np.append(np.flatnonzero(self.place < 0), -1)[mine]
        return np.asarray(np.where(mine >= 0, fresh, np.append(self.moved, -1)[self.known.places(ids)]))

    def hold(self, ids: pa.Array) -> np.ndarray:
        """Which of some ids are somebody's."""
        return self.rows(ids) >= 0

    @cached_property
    def moved(self) -> Codes:
        """The row of each of the last drivers; -1 for one who is gone."""
        row = np.full(len(self.known), -1, dtype=np.int32)
        stay = np.flatnonzero(self.place >= 0)
        row[self.place[stay]] = stay
        own = self.known.places(self.anew["driver_id"].combine_chunks())
        row[own[own >= 0]] = np.flatnonzero(self.place < 0)[own >= 0]
        return row


def _mentions(told: Told, drivers: DriversAgain) -> pa.Table:
    """Of each mention the rows of names and of drivers, and the mark."""
    scope = told.scope
    driver = drivers.moved[np.append(scope.former.driver, 0)[scope.stood]]
    driver[told.places] = drivers.rows(told.who["driver_id"].combine_chunks())
    mark = np.append(scope.former.mark, np.uint64(0))[scope.stood]
    mark[told.places] = told.marks
    return mentioned(scope.named[scope.printed], driver, mark)
