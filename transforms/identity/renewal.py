"""What was told apart again, laid into what stands from the last build."""

from __future__ import annotations

from collections.abc import Callable, Set
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import in_one_piece
from transforms.identity.changes import kept
from transforms.identity.claims import NAMELESS, Again, Claims
from transforms.identity.doubts import doubts_again
from transforms.identity.entered import EnteredAgain, entered_again
from transforms.identity.ids import Ranked
from transforms.identity.judgement import identified, named_sheets, redirected
from transforms.identity.mentions import Crews, gather_again
from transforms.identity.outcome import Drivers
from transforms.identity.scope import Scope
from transforms.identity.standing import merged
from transforms.identity.told import Told
from transforms.parts import Parts, Tables


def told_again(
    read: Tables,
    decisions: pa.Table,
    previous: Tables,
    scope: Scope,
    unchanged: Set[str],
    ready: Callable[[Tables], None],
) -> dict[str, pa.Table | Parts]:
    """The tables with those judged whom a change concerns; each but the findings is `ready` as soon as it is made."""
    rows, results = Parts.of(read["driver_results"]), Parts.of(read["results"])
    known = in_one_piece(Parts.of(previous["drivers"]).whole("driver_id")["driver_id"])
    with ThreadPoolExecutor(1) as beside:  # who entered does not ask who drove, nor the other way round
        again = beside.submit(_entered, results, previous, unchanged, ready)
        company = rows.at(scope.company)
        crews, printed = partial(Crews.at, scope.car[scope.company], results), scope.printed(scope.company)
        events = Parts.of(read["events"]).whole() if "events" in read else None
        gathered = lambda: gather_again(printed, scope.of_company, scope.former.prints, crews(), events)
        claims = _claims(previous, known, scope, printed)
        found = identified(gathered, company, scope.of_company, decisions, claims)
        told = Told.of(previous, rows, scope, found)
        drivers, given = _drivers_again(previous, known, told, found.people)
    entered, finished = again.result()
    finished |= {
        "sheets": _sheets(read, previous, scope, unchanged),
        "driver_results": told.rows(entered),
        "drivers": drivers,
        "driver_links": told.links(),
        "driver_redirects": redirected(previous, found.moved, given),
        "names": scope.names,
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


def _claims(previous: Tables, known: pa.Array, scope: Scope, printed: np.ndarray) -> Claims:
    """What those were called who are judged again, or gone; all others leave them none of the `known` ids.

    Who stands on a sheet that did is known by his place; `printed` tells the print of each of the company.
    """
    place, left = scope.kept[scope.company], scope.again.copy()
    place[~scope.of_company] = -1
    left[place[place >= 0]] = False
    others, rest = np.flatnonzero(scope.kept[scope.company] < 0), np.flatnonzero(left)
    named = ~np.asarray(pc.is_in(scope.former.prints.table["form"], NAMELESS))
    return Claims.of(previous, Again(known, place, others, rest, named[printed], named[scope.former.printed(rest)]))


def _drivers_again(
    previous: Tables, known: pa.Array, told: Told, people: Drivers
) -> tuple[Parts, Callable[[pa.Array], np.ndarray]]:
    """The drivers of the last snapshot, by their `known` ids, but for those who changed, and these.

    Beside them which of some ids are theirs.
    """
    before, ranked = Parts.of(previous["drivers"]), Ranked(known)
    paired = np.asarray(pc.greater(pc.list_value_length(before.whole("alike")["alike"]), 0))
    some = pa.concat_arrays([told.persons, people.alike, known.filter(pa.array(paired))])
    anew = np.asarray(pc.is_in(people.ids, some))
    ids = people.ids.filter(pa.array(anew))
    stay = np.ones(len(known), dtype=bool)
    gone = ranked.places(pa.concat_arrays([told.persons, ids]))
    stay[gone[gone >= 0]] = False
    drivers = merged(before, known, stay, people.rows(np.flatnonzero(anew)), "driver_id")
    return drivers, lambda asked: np.append(stay, False)[ranked.places(asked)] | np.asarray(pc.is_in(asked, ids))
