"""From read tables to identified ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.entrants import resolve_entrants
from transforms.identity.ids import free, slug
from transforms.identity.mentions import Mentions, gather
from transforms.schema import TABLES


def resolve(
    read: Mapping[str, pa.Table],
    decisions: pa.Table,
    previous: Mapping[str, pa.Table] | None,  # noqa: ARG001
) -> dict[str, pa.Table]:
    """Give every mention its person and every result its entrant.

    `read` holds sheets, results and driver_results (and events, for the series); `decisions` the rows of
    identity.csv with their line as `row`; `previous` the tables of the last snapshot, so that ids stay.
    Returns results, driver_results, drivers, driver_links, driver_redirects, entrants, sheets and findings.
    """
    mentions = gather(read)
    results, entrants = resolve_entrants(read["results"])
    person = _persons(mentions)
    drivers, ids, labels = _drivers(mentions, person)
    rows = _filled(mentions, results, ids, labels, person)
    links = pa.table(
        {
            "result_id": rows["result_id"],
            "seat": rows["seat"],
            "driver_id": rows["driver_id"],
            "method": rows["link_method"],
            "points": rows["link_points"],
        }
    )
    form = [mentions.forms.get(s, "none") for s in read["sheets"]["sheet_id"].to_pylist()]
    at = read["sheets"].schema.get_field_index("name_form")
    return {
        "sheets": read["sheets"].set_column(at, read["sheets"].schema.field(at), pa.array(form, pa.string())),
        "results": results,
        "driver_results": TABLES["driver_results"].conform(rows),
        "drivers": drivers,
        "driver_links": TABLES["driver_links"].conform(links),
        "driver_redirects": TABLES["driver_redirects"].empty(),
        "entrants": entrants,
        "findings": TABLES["findings"].empty(),
    }


def _persons(mentions: Mentions) -> np.ndarray:
    keys: dict[object, int] = {}
    person = np.empty(len(mentions.name), np.int64)
    seen: set[object] = set()
    for index, code in enumerate(mentions.name.tolist()):
        name = mentions.names[code]
        key: object = (name.form, name.key) if name.form in ("full", "pseudonym") else index
        if (mentions.result[index], key) in seen:
            key = index
        seen.add((mentions.result[index], key))
        person[index] = keys.setdefault(key, len(keys))
    return person


def _drivers(mentions: Mentions, person: np.ndarray) -> tuple[pa.Table, list[str], list[str]]:
    rows: list[dict[str, object]] = []
    ids, labels = [], []
    taken: set[str] = set()
    texts = mentions.rows["name_text"].to_pylist()
    order = np.argsort(person, kind="stable")
    events = mentions.rows["event_id"].to_pylist()
    numbers = mentions.rows["car_number"].to_pylist()
    starts = np.flatnonzero(np.r_[True, np.diff(person[order]) > 0]) if len(order) else np.zeros(0, int)
    for group in np.split(order, starts[1:]) if len(order) else []:
        first = mentions.names[mentions.name[group[0]]]
        wishes = [slug(first.display)]
        if first.form not in ("full", "pseudonym"):
            wishes = [slug(f"{first.display} {events[group[0]] or ''} {numbers[group[0]] or ''}")]
        identity = free(wishes, taken)
        taken.add(identity)
        ids.append(identity)
        labels.append(first.display)
        seasons = [s for s in mentions.season[group].tolist() if s >= 0]
        rows.append(
            {
                "driver_id": identity,
                "driver": first.display,
                "given_names": first.given or None,
                "family_name": first.family or None,
                "suffix": first.suffix or None,
                "name_form": first.form,
                "first_season": min(seasons, default=None),
                "last_season": max(seasons, default=None),
                "names": sorted({texts[i] for i in group.tolist()}),
            }
        )
    table = pa.Table.from_pylist(rows, schema=TABLES["drivers"].schema).sort_by("driver_id")
    return table, ids, labels


def _filled(mentions: Mentions, results: pa.Table, ids: list[str], labels: list[str], person: np.ndarray) -> pa.Table:
    method = ["name" if mentions.names[c].form in ("full", "pseudonym") else "unresolved" for c in mentions.name]
    index = pa.array(person)
    columns = {
        "driver_id": pa.array(ids, pa.string()).take(index),
        "driver": pa.array(labels, pa.string()).take(index),
        "link_method": pa.array(method, pa.string()),
        "entrant_id": results["entrant_id"].take(
            pc.index_in(mentions.rows["result_id"], results["result_id"].combine_chunks())
        ),
    }
    rows = mentions.rows
    for name, values in columns.items():
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, rows.schema.field(at), values)
    return rows
