"""What was told apart again, laid into what stands from the last build."""

from __future__ import annotations

from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among, distinct_of, whole, with_column
from transforms.identity.doubts import Careers, doubts_again
from transforms.identity.entered import FILLED, entered_again
from transforms.identity.groups import Codes, distinct
from transforms.identity.judgement import (
    Identified,
    claims_of,
    identified,
    named_sheets,
    redirected,
)
from transforms.identity.mentions import Company, gather
from transforms.identity.outcome import Drivers
from transforms.identity.scope import Scope
from transforms.identity.standing import merged
from transforms.parts import Parts, Tables, laid


def told_again(
    read: Tables, decisions: pa.Table, previous: Tables, scope: Scope, unchanged: Set[str]
) -> dict[str, pa.Table | Parts]:
    """The tables with those judged whom a change concerns."""
    rows, results = Parts.of(read["driver_results"]), Parts.of(read["results"])
    known = Parts.of(previous["drivers"]).whole("driver_id")["driver_id"].combine_chunks()
    with ThreadPoolExecutor(1) as beside:  # who entered does not ask who drove, nor the other way round
        again = beside.submit(entered_again, results, previous, unchanged)
        company = rows.at(scope.company)
        judged = Company(scope.judged, scope.prints)
        gathered = partial(gather, {**read, "driver_results": company}, scope.readings, judged)
        claims = claims_of(previous, (scope.rest, known))
        found = identified(gathered, company, scope.judged, decisions, claims)
        told, links = _linked_again(previous, rows, scope, found)
        drivers, ids = _drivers_again(previous, known, scope, found.people)
    entered, entrants, cars = again.result()
    sheets = Parts.of(previous["sheets"]).whole("sheet_id", "name_form")
    forms = dict(zip(*(column.to_pylist() for column in sheets.columns), strict=True))
    forms = {sheet: forms[sheet] for sheet in scope.unchanged} | scope.fresh.forms
    person, people = _bearers(scope, told["driver_id"])
    printed = results.columns("sheet_id", "season")
    sheet, season = distinct_of(printed["sheet_id"])[0], whole(printed["season"])
    careers = Careers(rows, results, person, people, scope.car, sheet, season)
    return {
        "sheets": named_sheets(Parts.of(read["sheets"]).whole(), forms, scope.readings),
        "results": results.filled(FILLED, entered.columns),
        "driver_results": _rows_again(previous, rows, scope, told).filled(
            FILLED, lambda places: entered.columns(scope.car[places])
        ),
        "drivers": drivers,
        "driver_links": links,
        "driver_redirects": redirected(previous, found.moved, ids),
        "names": scope.names,
        "entrants": entrants,
        "cars": cars,
        "findings": doubts_again(
            careers, Parts.of(previous["findings"]).whole(), distinct(person[scope.again]), scope.unchanged
        ),
    }


def _linked_again(previous: Tables, rows: Parts, scope: Scope, found: Identified) -> tuple[pa.Table, Parts]:
    """What is told of the people of the mentions that are told anew, and the links of all.

    Of those judged it is what was found, of the others what it was before.
    """
    judged = rows.take(scope.company[scope.judged], ["result_id", "seat"])
    place = scope.place[scope.again]
    stand = np.where(place < 0, -1, np.cumsum(place >= 0) - 1)
    before, links = place[place >= 0], Parts.of(previous["driver_links"])
    kept = links.take(before, links.schema.names)
    for name, column in zip(
        keys := ["result_id", "seat"], rows.take(scope.again[place >= 0], keys).columns, strict=True
    ):
        kept = with_column(kept, name, column)
    anew = laid(stand, kept, found.sums.rows(judged, slice(None)))
    display = pa.chunked_array([found.people.displays(found.people.of_mentions(slice(None)))])
    display = laid(stand, Parts.of(previous["driver_results"]).take(before, ["driver"])["driver"], display)
    told = {"driver_id": anew["driver_id"], "driver": display}
    told |= {"link_method": anew["method"], "link_points": anew["points"]}
    return pa.table(told), links.laid(_told_anew(scope), anew)


def _told_anew(scope: Scope) -> Codes:
    """The place of each mention in the last build, -1 where it is told anew who it is."""
    place = scope.place.astype(np.int32)
    place[scope.again] = -1
    return place


def _rows_again(previous: Tables, rows: Parts, scope: Scope, told: pa.Table) -> Parts:
    """The mentions with their people, of some as is `told` now, of the others as before."""
    before = Parts.of(previous["driver_results"])
    own = Parts(told.schema, before.scan).laid(_told_anew(scope), told)
    printed = pa.schema([field for field in rows.schema if field.name not in told.column_names])
    return Parts(printed, rows.scan).beside(own, rows.schema)


def _bearers(scope: Scope, told: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """The driver of each mention, as a place among ids."""
    code, ids = distinct_of(told)
    known = among(ids, scope.ids)
    new = known < 0
    person = np.append(scope.bore, np.int32(-1))[scope.place]
    person[scope.again] = np.where(new, len(scope.ids) + np.cumsum(new) - 1, known)[code]
    return person, pa.concat_arrays([scope.ids, ids.filter(pa.array(new))])


def _drivers_again(previous: Tables, known: pa.Array, scope: Scope, people: Drivers) -> tuple[Parts, pa.ChunkedArray]:
    """The drivers of the last snapshot, by their `known` ids, but for those who were judged, and these; and all ids."""
    gone = np.zeros(len(scope.ids), dtype=bool)
    gone[scope.bore[scope.rest]] = True
    stay = ~np.asarray(pc.is_in(known, scope.ids.filter(pa.array(gone))))
    judged = people.parts().whole()
    drivers = merged(Parts.of(previous["drivers"]), known, stay, judged, "driver_id")
    return drivers, pa.chunked_array([known.filter(pa.array(stay)), *judged["driver_id"].chunks])
