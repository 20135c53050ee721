"""From read tables to identified ones: everybody anew, or those whom a change concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among
from transforms.identity.claims import Claims
from transforms.identity.doubts import Careers, doubts
from transforms.identity.entered import FILLED, PRINTED, Entered, entered
from transforms.identity.judgement import (
    identified,
    named_sheets,
    redirected,
)
from transforms.identity.mentions import CAR, Crews, Mentions, gather, in_order
from transforms.identity.outcome import names
from transforms.identity.renewal import told_again
from transforms.identity.sums import Sums
from transforms.parts import Parts, Tables
from transforms.schema import IDENTIFIED, TABLES


def resolve(
    read: Mapping[str, pa.Table], decisions: pa.Table, previous: Tables | None, unchanged: Set[str] = frozenset()
) -> dict[str, pa.Table]:
    """What `told_apart` gives, held as whole tables; the rows of `read` may stand in any order."""
    results = read["results"]
    place = pc.sort_indices(results, [("sheet_id", "ascending"), ("line", "ascending")])
    rows = in_order(read["driver_results"], results)
    found = told_apart({**read, "driver_results": rows, "results": results.take(place)}, decisions, previous, unchanged)
    tables = {name: Parts.of(table).whole().combine_chunks() for name, table in found.items()}
    return tables | {"results": tables["results"].take(pc.sort_indices(place))}


def told_apart(
    read: Tables,
    decisions: pa.Table,
    previous: Tables | None,
    unchanged: Set[str] = frozenset(),
    let_go: Callable[[], None] = lambda: None,
    ready: Callable[[Tables], None] = lambda _: None,
    aside: Callable[[str, pa.Table | Parts], pa.Table | Parts] = lambda _, table: table,
) -> dict[str, pa.Table | Parts]:
    """Give every mention its person and every result its entrant and its car.

    `read` holds sheets, results and driver_results in order of sheet, line and seat, and events where series are to
    count as evidence; `decisions` the rows of identity.csv with their line as `row`; `previous` the tables of the last
    snapshot, so that ids stay. `unchanged` are the sheets that were read as they are then, from the same decisions:
    with them only those are judged again whom the others may concern, which gives the same tables. Returns sheets,
    results, driver_results, drivers, driver_links, driver_redirects, names, entrants, cars and findings, of which
    those that were given in parts are made in parts, as they are asked for, and mentions, for the next build. Where
    everybody is judged after all, the columns of `previous` that were held for a few are `let_go`. Some tables are
    `ready` while others are made; of everybody some are put `aside` by their names until they are asked for. Raises
    DecisionError.
    """
    if previous and unchanged and (again := told_again(read, decisions, previous, unchanged, ready)):
        return again
    let_go()
    rows, results = Parts.of(read["driver_results"]), Parts.of(read["results"])
    printed = results.columns(*dict.fromkeys((*PRINTED, *CAR, *(["line"] if previous else []))))
    entries, entrants, cars = entered(printed, previous)
    tables = {"entrants": aside("entrants", entrants), "cars": aside("cars", cars)}
    del entrants, cars
    printed = printed.select([*CAR, "crew_size"])
    crews = [Crews.in_results(printed)]  # which nobody holds but who gathers mentions
    del printed
    sums, careers, told = _everybody(lambda: gather(read, crews.pop()), read, decisions, previous, entries.manned)
    told["mentions"] = aside("mentions", told["mentions"])
    return {
        **tables,
        **told,
        "results": results.filled(FILLED, entries.columns),
        "driver_results": rows.filled(IDENTIFIED["driver_results"], partial(_filled, sums, entries)),
        "drivers": sums.drivers.parts(),
        "driver_links": rows.made(TABLES["driver_links"].schema, ["result_id", "seat"], sums.rows),
        "findings": doubts(careers),
    }


def _everybody(
    gathered: Callable[[], Mentions], read: Tables, decisions: pa.Table, previous: Tables | None, manned: np.ndarray
) -> tuple[Sums, Careers, dict[str, pa.Table]]:
    """What led to all who are printed, their careers, and the tables sheets, names and driver_redirects.

    `manned` are the places of the results that have a crew.
    """
    rows, results = Parts.of(read["driver_results"]), Parts.of(read["results"])
    found = identified(gathered, rows, None, decisions, Claims.of(previous))
    mentions = found.mentions
    person, cars = found.people.people.person(slice(None)), mentions.cars
    tables = {
        "sheets": named_sheets(Parts.of(read["sheets"]).whole(), mentions.forms, mentions.readings),
        "names": names(mentions),
        "mentions": found.sums.mentioned(mentions.name),
        "driver_redirects": redirected(previous, found.moved, lambda ids: among(ids, found.people.ids) >= 0),
    }
    careers = Careers(rows, results, manned, person, found.people.ids, mentions.result, cars.sheet, cars.season)
    return found.sums, careers, tables


def _filled(sums: Sums, entries: Entered, places: slice) -> dict[str, pa.Array]:
    """The person of the mentions at these places, how he is known, and the car and entrant of their result."""
    id_, method, points = sums.settled(places)
    display = sums.drivers.displays(sums.drivers.people.person(places))
    own = {"driver_id": id_, "driver": display, "link_method": method, "link_points": points}
    return own | entries.of_mentions(places)
