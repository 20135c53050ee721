"""From read tables to identified ones: everybody anew, or those whom a change concerns."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.anchors import NAMED
from transforms.identity.arrays import with_column, with_columns
from transforms.identity.changes import lost
from transforms.identity.decisions import DecisionError
from transforms.identity.doubts import Careers, doubts, doubts_again
from transforms.identity.entered import Entered, entered, entered_again
from transforms.identity.groups import dense
from transforms.identity.ids import Claims, Ranked, Wishes, assign
from transforms.identity.mentions import Company, Mentions, cars_of, gather, in_order
from transforms.identity.outcome import Called, Drivers, Sums, names
from transforms.identity.people import METHODS, People, claimed_keys, identify, mention_keys, wishes
from transforms.identity.renewal import laid, merged
from transforms.identity.scope import Scope, concerned
from transforms.parts import Parts
from transforms.schema import TABLES

Tables = Mapping[str, pa.Table]
# What of a mention bears on who it is.
ASKED = [
    "result_id",
    "seat",
    "name_text",
    "pseudonym",
    "event_id",
    "season",
    "sheet_id",
    "car_number",
    "car",
    "entrant",
]


@dataclass(frozen=True)
class Identified:
    """Those judged: their mentions, the people, all that led to each, and where merged ids lead and why."""

    mentions: Mentions
    people: Drivers
    sums: Sums
    moved: Mapping[str, tuple[str, str]]


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
    read: Mapping[str, pa.Table | Parts],
    decisions: pa.Table,
    previous: Tables | None,
    unchanged: Set[str] = frozenset(),
) -> dict[str, pa.Table | Parts]:
    """Give every mention its person and every result its entrant and its car.

    `read` holds sheets, results and driver_results in order of sheet, line and seat, and events where series are to
    count as evidence; `decisions` the rows of identity.csv with their line as `row`; `previous` the tables of the last
    snapshot, so that ids stay. `unchanged` are the sheets that were read as they are then, from the same decisions:
    with them only those are judged again whom the others may concern, which gives the same tables. Returns sheets,
    results, driver_results, drivers, driver_links, driver_redirects, names, entrants, cars and findings, of which
    those that were given in parts are made in parts, as they are asked for. Raises DecisionError.
    """
    scope = concerned(read, decisions, previous, unchanged) if previous and unchanged else None
    if scope and previous:
        try:
            return _renewed(read, decisions, previous, scope, unchanged)
        except DecisionError:
            pass  # what is wrong with a decision can be said of the whole archive only
    rows, results = Parts.of(read["driver_results"]), Parts.of(read["results"])
    entries, entrants, cars = entered(results, previous)
    found, careers, told = _everybody(read, rows, results, decisions, previous)
    if len(entries.of) != int(careers.car.max(initial=-1)) + 1:
        raise ValueError("results and driver_results are not of the same crews")
    return {
        **told,
        "results": results.filled(entries.results),
        "driver_results": rows.filled(partial(_filled, found, entries, careers.car)),
        "drivers": found.people.parts(),
        "driver_links": rows.made(TABLES["driver_links"].schema, ["result_id", "seat"], found.sums.rows),
        "driver_redirects": _redirects(previous, found.moved, found.people.ids),
        "entrants": entrants,
        "cars": cars,
        "findings": doubts(careers),
    }


def _everybody(
    read: Mapping[str, pa.Table | Parts], rows: Parts, results: Parts, decisions: pa.Table, previous: Tables | None
) -> tuple[Identified, Careers, dict[str, pa.Table]]:
    """All who are printed, their careers, and the tables of how they are printed: sheets and names."""
    found = _identified(partial(gather, read), rows, None, decisions, _claims(previous))
    mentions = found.mentions
    person, sheet, season = found.people.of_mentions(slice(None)), mentions.beside("sheet"), mentions.beside("season")
    tables = {
        "sheets": _sheets(Parts.of(read["sheets"]).whole(), mentions.forms, mentions.readings),
        "names": names(mentions, np.arange(len(mentions.names))),
    }
    return found, Careers(rows, results, person, found.people.ids, sheet, mentions.result, season), tables


def _renewed(
    read: Tables, decisions: pa.Table, previous: Tables, scope: Scope, unchanged: Set[str]
) -> dict[str, pa.Table]:
    """The tables with those judged whom a change concerns."""
    new, old = read["driver_results"], previous["driver_results"]
    rest = pa.array(lost(scope.place, old.num_rows))
    with ThreadPoolExecutor(1) as beside:  # who entered does not ask who drove, nor the other way round
        entries = beside.submit(entered_again, read["results"], previous, unchanged)
        company = new.select(ASKED).take(pa.array(scope.company))
        judged = Company(scope.judged, scope.prints)
        gathered = partial(gather, {**read, "driver_results": company}, scope.readings, judged)
        found = _identified(gathered, Parts.of(company), scope.judged, decisions, _claims(previous, rest))
        people = beside.submit(_drivers_again, previous["drivers"], old["driver_id"].take(rest), found.people)
        rows, linked = _linked_again(previous, new, scope, found, company.filter(pa.array(scope.judged)))
    results, entrants, cars = entries.result()
    place = cars_of(new, results)
    rows = with_columns(rows, {name: results[name].take(place) for name in ("car_id", "entrant_id")})
    forms = dict(zip(*(previous["sheets"][name].to_pylist() for name in ("sheet_id", "name_form")), strict=True))
    forms = {sheet: forms[sheet] for sheet in scope.unchanged} | scope.fresh.forms
    here = rows["driver_id"].take(pa.array(scope.changed))
    judged = pa.chunked_array([found.people.ids, *here.chunks])
    return {
        "sheets": _sheets(read["sheets"], forms, scope.readings),
        "results": results,
        "driver_results": TABLES["driver_results"].conform(rows),
        "drivers": people.result(),
        "driver_links": linked,
        "driver_redirects": _redirects(previous, found.moved, people.result()["driver_id"]),
        "names": scope.names,
        "entrants": entrants,
        "cars": cars,
        "findings": doubts_again(rows, results, previous["findings"], judged, scope.unchanged),
    }


def _linked_again(
    previous: Tables, rows: pa.Table, scope: Scope, found: Identified, judged: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """The mentions with their people, and their links: of those `judged` as found, of the others as before."""
    settled = found.sums.rows(judged, slice(None)).drop_columns(["result_id", "seat"])
    linked = laid(scope.place, previous["driver_links"].select(settled.column_names), settled)
    display = pa.chunked_array([found.people.displays(found.people.of_mentions(slice(None)))])
    display = laid(scope.place, previous["driver_results"]["driver"], display)
    own = {"driver_id": linked["driver_id"], "driver": display}
    own |= {"link_method": linked["method"], "link_points": linked["points"]}
    for name in ("result_id", "seat"):
        linked = linked.append_column(name, rows[name])
    return with_columns(rows, own), TABLES["driver_links"].conform(linked)


def _drivers_again(before: pa.Table, gone: pa.ChunkedArray, people: Drivers) -> pa.Table:
    """The drivers of the last snapshot but for those who are `gone` or judged, and those who were judged."""
    stay = ~np.asarray(pc.is_in(before["driver_id"], pc.unique(gone)))
    return merged(before, stay, people.parts().whole(), "driver_id")


def _identified(
    gathered: Callable[[], Mentions], rows: Parts, judged: np.ndarray | None, decisions: pa.Table, claims: Claims
) -> Identified:
    """Judge mentions, whose rows stand beside them, among their company, and call people by their ids.

    They are gathered here, so that what only bears on who they are is nobody's when they are called.
    """
    mentions = gathered()
    found = identify(mentions, rows, judged, decisions, claims)
    mentions = mentions.judged()
    if judged is not None:
        mentions, found = mentions.of(np.flatnonzero(judged)), found.of(np.flatnonzero(judged))
    person = dense(found.person)
    called = Called.of(mentions, person)
    old = claims.of(mention_keys(mentions)) if len(claims.ids) else pa.array([], pa.string())
    ids, moved = assign(person[: len(old)], _wishes(mentions, person, called.best), old, claims.taken, claims.nameless)
    causes = _causes(old, found, list(moved))
    people = Drivers.of(mentions, found, person, called, ids)
    people.check_labels()
    moves = {old: (new, causes[old]) for old, new in moved.items()}
    return Identified(mentions, people, Sums(people), moves)


def _sheets(sheets: pa.Table, forms: Mapping[str, str], readings: Mapping[str, str]) -> pa.Table:
    """The sheets with how they print names and how these are read; `none` where they print none."""
    ids = sheets["sheet_id"].to_pylist()
    sheets = with_column(sheets, "name_form", pa.array([forms.get(sheet, "none") for sheet in ids], pa.string()))
    return with_column(sheets, "name_reading", pa.array([readings.get(sheet) for sheet in ids], pa.string()))


def _claims(previous: Tables | None, rest: pa.Array | None = None) -> Claims:
    """What the last snapshot called each mention of a driver, of all or of the `rest`; the others keep their ids."""
    if not previous:
        return Claims()
    rows, people = previous["driver_results"], previous["drivers"]
    redirects = previous.get("driver_redirects", TABLES["driver_redirects"].empty())
    taken: list[Container[str]] = [set(redirects["old_id"].to_pylist())]
    if rest is not None:
        rows = rows.take(rest)
        mine = pc.is_in(people["driver_id"], pc.unique(rows["driver_id"]))
        taken.append(Ranked(people["driver_id"].filter(pc.invert(mine))))
        people = people.filter(mine)
    nameless = people.filter(pc.is_in(people["name_form"], pa.array(["surname", "initial", "placeholder"])))
    ids = rows["driver_id"].combine_chunks()
    return Claims(claimed_keys(rows), ids, taken, frozenset(nameless["driver_id"].to_pylist()))


def _wishes(mentions: Mentions, person: np.ndarray, best: np.ndarray) -> Wishes:
    """The slugs that each person would like; who has no full name is told by the first event and car."""
    place = np.zeros(len(best), dtype=np.int32)
    place[person[::-1]] = np.arange(len(person), dtype=np.int32)[::-1]
    named = np.isin(mentions.names.form[mentions.name[best]], NAMED)
    place[named] = best[named]
    return Wishes(
        lambda some: wishes(mentions, place[some]), lambda some: wishes(mentions, place[some], dated=True), named
    )


def _filled(found: Identified, entries: Entered, car: np.ndarray, part: pa.Table, places: slice) -> pa.Table:
    """The mentions at these places with their person, how he is known, and the car and entrant of their result."""
    id_, method, points = found.sums.settled(places)
    display = found.people.displays(found.people.of_mentions(places))
    own = {"driver_id": id_, "driver": display, "link_method": method, "link_points": points}
    return with_columns(part, own | entries.columns(entries.of[car[places]]))


def _causes(old: pa.Array, people: People, moved: list[str]) -> dict[str, str]:
    """How the mentions of each moved id are known now: the method of the last of them."""
    at = np.flatnonzero(pc.is_in(old, pa.array(moved, pa.string())))
    known = zip(old.take(pa.array(at)).to_pylist(), people.method_of[people.node[at]].tolist(), strict=True)
    return {name: METHODS[method] for name, method in known}


def _redirects(
    previous: Mapping[str, pa.Table] | None, moved: Mapping[str, tuple[str, str]], ids: pa.Array | pa.ChunkedArray
) -> pa.Table:
    """Old ids and where they lead now, those of the last snapshot included; none leads to another old id."""
    schema = TABLES["driver_redirects"].schema
    known = previous.get("driver_redirects", schema.empty_table()).to_pylist() if previous else []
    steps = {row["old_id"]: (row["driver_id"], row["since"]) for row in known} | dict(moved)
    asked = pa.array(sorted(steps.keys() | {target for target, _ in steps.values()}), pa.string())
    living = set(ids.filter(pc.is_in(ids, asked)).to_pylist())
    rows = []
    for old in sorted(set(steps) - living):
        target, cause = steps[old]
        while target in steps and target not in living:
            target = steps[target][0]
        if target in living:
            rows.append({"old_id": old, "driver_id": target, "since": cause})
    return pa.Table.from_pylist(rows, schema=schema)
