"""From read tables to identified ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.anchors import NAMED
from transforms.identity.arrays import with_column
from transforms.identity.doubts import doubts
from transforms.identity.entrants import resolve_entrants
from transforms.identity.groups import dense
from transforms.identity.ids import Claims, Wishes, assign
from transforms.identity.mentions import Mentions, gather
from transforms.identity.outcome import best_mentions, drivers, forms_of, links
from transforms.identity.people import METHODS, People, identify, mention_keys, wishes
from transforms.schema import TABLES


def resolve(
    read: Mapping[str, pa.Table], decisions: pa.Table, previous: Mapping[str, pa.Table] | None
) -> dict[str, pa.Table]:
    """Give every mention its person and every result its entrant.

    `read` holds sheets, results and driver_results, and events where series are to count as evidence; `decisions`
    the rows of identity.csv with their line as `row`; `previous` drivers, driver_results, results and
    driver_redirects of the last snapshot, so that ids stay. Returns sheets, results, driver_results, drivers,
    driver_links, driver_redirects, entrants and findings. Raises DecisionError.
    """
    mentions = gather(read)
    claims = _claims(previous)
    people = identify(mentions, decisions, claims)
    person = dense(people.person)
    best = best_mentions(mentions, person)
    old = claims.of(mention_keys(mentions.rows)) if previous else pa.nulls(len(mentions), pa.string())
    ids, moved = assign(person, _wishes(mentions, person, best), old, claims)
    causes = _causes(old, people, list(moved))
    table = drivers(mentions, people, person, best, ids)
    results, entrants = resolve_entrants(read["results"], _entrant_claims(previous))
    rows = _filled(mentions, people, table, person, results)
    linked = links(mentions, people, table, person)
    rows = with_column(rows, "link_points", linked["points"])
    return {
        "sheets": with_column(read["sheets"], "name_form", forms_of(read["sheets"], mentions.forms)),
        "results": results,
        "driver_results": TABLES["driver_results"].conform(rows),
        "drivers": table.sort_by("driver_id"),
        "driver_links": linked,
        "driver_redirects": _redirects(previous, {old: (new, causes[old]) for old, new in moved.items()}, set(ids)),
        "entrants": entrants,
        "findings": doubts(mentions, results, rows),
    }


def _claims(previous: Mapping[str, pa.Table] | None) -> Claims:
    """What the last snapshot called each mention of a driver."""
    if not previous:
        return Claims()
    rows, people = previous["driver_results"], previous["drivers"]
    nameless = people.filter(pc.is_in(people["name_form"], pa.array(["surname", "initial", "placeholder"])))
    redirects = previous.get("driver_redirects", TABLES["driver_redirects"].empty())
    return Claims(
        mention_keys(rows),
        rows["driver_id"].combine_chunks(),
        frozenset(redirects["old_id"].to_pylist()),
        frozenset(nameless["driver_id"].to_pylist()),
    )


def _entrant_claims(previous: Mapping[str, pa.Table] | None) -> Claims:
    """What the last snapshot called the entrant of each result."""
    if not previous or "results" not in previous:
        return Claims()
    rows = previous["results"].filter(pc.is_valid(previous["results"]["entrant_id"]))
    return Claims(rows["result_id"].combine_chunks(), rows["entrant_id"].combine_chunks())


def _wishes(mentions: Mentions, person: np.ndarray, best: np.ndarray) -> Wishes:
    """The slugs that each person would like; who has no full name is told by the first event and car."""
    first = np.unique(person, return_index=True)[1]
    place = np.where(np.isin(mentions.form[best], NAMED), best, first)
    return Wishes(lambda some: wishes(mentions, place[some]), np.isin(mentions.form[place], NAMED))


def _filled(mentions: Mentions, people: People, table: pa.Table, person: np.ndarray, results: pa.Table) -> pa.Table:
    """The mentions with their person, the method, and the entrant of their result."""
    place = pc.index_in(mentions.rows["result_id"], results["result_id"].combine_chunks())
    at = pa.array(person)
    rows = mentions.rows
    for name, values in (
        ("driver_id", table["driver_id"].take(at)),
        ("driver", table["driver"].take(at)),
        ("link_method", pa.array(METHODS).take(pa.array(people.method))),
        ("entrant_id", results["entrant_id"].take(place)),
    ):
        rows = with_column(rows, name, values)
    return rows


def _causes(old: pa.Array, people: People, moved: list[str]) -> dict[str, str]:
    """How the mentions of each moved id are known now: the method of the last of them."""
    at = np.flatnonzero(pc.is_in(old, pa.array(moved, pa.string())))
    known = zip(old.take(pa.array(at)).to_pylist(), people.method[at].tolist(), strict=True)
    return {name: METHODS[method] for name, method in known}


def _redirects(
    previous: Mapping[str, pa.Table] | None, moved: Mapping[str, tuple[str, str]], living: set[str]
) -> pa.Table:
    """Old ids and where they lead now, those of the last snapshot included; none leads to another old id."""
    schema = TABLES["driver_redirects"].schema
    known = previous.get("driver_redirects", schema.empty_table()).to_pylist() if previous else []
    steps = {row["old_id"]: (row["driver_id"], row["since"]) for row in known} | dict(moved)
    rows = []
    for old in sorted(set(steps) - living):
        target, cause = steps[old]
        while target in steps and target not in living:
            target = steps[target][0]
        if target in living:
            rows.append({"old_id": old, "driver_id": target, "since": cause})
    return pa.Table.from_pylist(rows, schema=schema)
