"""From read tables to identified ones: everybody anew, or those whom a change concerns."""

from __future__ import annotations

from collections.abc import Container, Mapping, Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.anchors import NAMED
from transforms.identity.arrays import with_column
from transforms.identity.cars import renew_cars, resolve_cars
from transforms.identity.changes import lost, standing_cars
from transforms.identity.decisions import DecisionError
from transforms.identity.doubts import doubts, doubts_again
from transforms.identity.entrants import renew_entrants, resolve_entrants
from transforms.identity.groups import dense
from transforms.identity.ids import Claims, Ranked, Wishes, assign
from transforms.identity.mentions import Company, Mentions, cars_of, gather, in_order
from transforms.identity.outcome import best_mentions, drivers, links, names
from transforms.identity.people import METHODS, People, identify, mention_keys, wishes
from transforms.identity.renewal import laid, merged
from transforms.identity.scope import Scope, concerned
from transforms.schema import TABLES

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Identified:
    """Those judged: their links, display names beside them, the people, and where merged ids lead and why."""

    links: pa.Table
    display: pa.ChunkedArray
    drivers: pa.Table
    moved: Mapping[str, tuple[str, str]]


def resolve(
    read: Tables, decisions: pa.Table, previous: Tables | None, unchanged: Set[str] = frozenset()
) -> dict[str, pa.Table]:
    """Give every mention its person and every result its entrant and its car.

    `read` holds sheets, results and driver_results, and events where series are to count as evidence; `decisions`
    the rows of identity.csv with their line as `row`; `previous` the tables of the last snapshot, so that ids stay.
    `unchanged` are the sheets that were read as they are then, from the same decisions: with them only those are
    judged again whom the others may concern, which gives the same tables. Returns sheets, results, driver_results,
    drivers, driver_links, driver_redirects, names, entrants, cars and findings. Raises DecisionError.
    """
    scope = concerned(read, decisions, previous, unchanged) if previous and unchanged else None
    if scope and previous:
        try:
            return _renewed(read, decisions, previous, scope, unchanged)
        except DecisionError:
            pass  # what is wrong with a decision can be said of the whole archive only
    mentions = gather({**read, "driver_results": in_order(read["driver_results"], read["results"])})
    judged = np.ones(len(mentions), dtype=bool)
    found = _identified(mentions, judged, decisions, _claims(previous))
    results, entrants = resolve_entrants(read["results"], _borne(read["results"], previous, "entrant_id"))
    results, cars = resolve_cars(results, _borne(read["results"], previous, "car_id"))
    rows = _filled(mentions.rows, found.links, found.display, results)
    return {
        "sheets": _sheets(read["sheets"], mentions.forms, mentions.readings),
        "results": results,
        "driver_results": rows,
        "drivers": found.drivers.sort_by("driver_id"),
        "driver_links": found.links,
        "driver_redirects": _redirects(previous, found.moved, found.drivers["driver_id"]),
        "names": names(mentions, np.arange(len(mentions.names))),
        "entrants": entrants,
        "cars": cars,
        "findings": doubts(rows, results),
    }


def _renewed(
    read: Tables, decisions: pa.Table, previous: Tables, scope: Scope, unchanged: Set[str]
) -> dict[str, pa.Table]:
    """The tables with those judged whom a change concerns."""
    company = read["driver_results"].take(pa.array(scope.company))
    mentions = gather({**read, "driver_results": company}, scope.readings, Company(scope.judged, scope.prints))
    rest = pa.array(lost(scope.place, previous["driver_results"].num_rows))
    found = _identified(mentions, scope.judged, decisions, _claims(previous, rest))
    place = standing_cars(read["results"], previous["results"], unchanged)
    results, entrants = renew_entrants(read["results"], previous, place)
    results, cars = renew_cars(results, previous, place)
    linked = laid(scope.place, previous["driver_links"], found.links)
    for name in ("result_id", "seat"):
        linked = with_column(linked, name, read["driver_results"][name])
    display = laid(scope.place, previous["driver_results"]["driver"], found.display)
    rows = _filled(read["driver_results"], linked, display, results)
    gone = pc.unique(previous["driver_results"]["driver_id"].take(rest))
    stay = previous["drivers"].filter(pc.invert(pc.is_in(previous["drivers"]["driver_id"], gone)))
    people = merged(stay, found.drivers.sort_by("driver_id"), "driver_id")
    before = previous["sheets"]
    forms = dict(zip(before["sheet_id"].to_pylist(), before["name_form"].to_pylist(), strict=True))
    forms = {sheet: forms[sheet] for sheet in scope.unchanged} | scope.fresh.forms
    return {
        "sheets": _sheets(read["sheets"], forms, scope.readings),
        "results": results,
        "driver_results": rows,
        "drivers": people,
        "driver_links": linked,
        "driver_redirects": _redirects(previous, found.moved, people["driver_id"]),
        "names": scope.names,
        "entrants": entrants,
        "cars": cars,
        "findings": doubts_again(rows, results, previous["findings"], found.drivers["driver_id"], scope.unchanged),
    }


def _identified(mentions: Mentions, judged: np.ndarray, decisions: pa.Table, claims: Claims) -> Identified:
    """Judge mentions beside their company, and call people by their ids."""
    people = identify(mentions, judged, decisions, claims)
    if not judged.all():
        mentions, people = mentions.of(np.flatnonzero(judged)), people.of(np.flatnonzero(judged))
    person = dense(people.person)
    best = best_mentions(mentions, person)
    old = claims.of(mention_keys(mentions.rows)) if len(claims.ids) else pa.nulls(len(mentions), pa.string())
    ids, moved = assign(person, _wishes(mentions, person, best), old, claims.taken, claims.nameless)
    causes = _causes(old, people, list(moved))
    table = drivers(mentions, people, person, best, ids)
    return Identified(
        links(mentions, people, table, person),
        table["driver"].take(pa.array(person)),
        table,
        {old: (new, causes[old]) for old, new in moved.items()},
    )


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
    return Claims(mention_keys(rows), ids, taken, frozenset(nameless["driver_id"].to_pylist()))


def _borne(results: pa.Table, previous: Tables | None, key: str) -> pa.Array | pa.ChunkedArray:
    """Which id of entrant or car each result bore in the last snapshot."""
    before = previous.get("results") if previous else None
    if before is None or key not in before.column_names:
        return pa.nulls(len(results), pa.string())
    return before[key].take(pc.index_in(results["result_id"], before["result_id"].combine_chunks()))


def _wishes(mentions: Mentions, person: np.ndarray, best: np.ndarray) -> Wishes:
    """The slugs that each person would like; who has no full name is told by the first event and car."""
    first = np.unique(person, return_index=True)[1]
    place = np.where(np.isin(mentions.form[best], NAMED), best, first)
    return Wishes(lambda some: wishes(mentions, place[some]), np.isin(mentions.form[place], NAMED))


def _filled(rows: pa.Table, linked: pa.Table, display: pa.ChunkedArray, results: pa.Table) -> pa.Table:
    """The mentions with their person, how he is known, and the car and entrant of their result."""
    place = cars_of(rows, results)
    for name, values in (
        ("driver_id", linked["driver_id"]),
        ("driver", display),
        ("link_method", linked["method"]),
        ("link_points", linked["points"]),
        ("car_id", results["car_id"].take(place)),
        ("entrant_id", results["entrant_id"].take(place)),
    ):
        rows = with_column(rows, name, values)
    return TABLES["driver_results"].conform(rows)


def _causes(old: pa.Array, people: People, moved: list[str]) -> dict[str, str]:
    """How the mentions of each moved id are known now: the method of the last of them."""
    at = np.flatnonzero(pc.is_in(old, pa.array(moved, pa.string())))
    known = zip(old.take(pa.array(at)).to_pylist(), people.method[at].tolist(), strict=True)
    return {name: METHODS[method] for name, method in known}


def _redirects(
    previous: Mapping[str, pa.Table] | None, moved: Mapping[str, tuple[str, str]], ids: pa.ChunkedArray
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
