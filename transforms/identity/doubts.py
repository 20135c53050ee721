"""Findings about people: one driver in two cars of a sheet, a long gap in a career, countries that contradict."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes
from transforms.identity.groups import dense, ordered
from transforms.identity.mentions import Mentions
from transforms.schema import TABLES

Finding = tuple[int, dict[str, str]]  # the mention that it is about, and what is said of it
GAP = 15  # years; comebacks after 15 to 20 years are real, and so are namesakes


def doubts(mentions: Mentions, results: pa.Table, rows: pa.Table) -> pa.Table:
    """The findings about identified `rows`, in order of check, sheet and line."""
    person, ids = codes(rows["driver_id"])
    found = [
        *_two_cars(mentions, person),
        *_gaps(mentions, person, ids),
        *_countries(mentions, person, ids, results),
    ]
    places = np.array([at for at, _ in found], dtype=np.int64)
    where = mentions.rows.select(["event_id", "sheet_id"]).take(pa.array(places)).to_pylist()
    lines = mentions.line[places].tolist()
    facts = {"severity": "warning", "column": "crew"}
    said = [place | {"line": line} | facts | own for place, line, (_, own) in zip(where, lines, found, strict=True)]
    return pa.Table.from_pylist(said, schema=TABLES["findings"].schema)


def _finding(at: int, check: str, **said: str) -> Finding:
    return at, {"check": check, **said}


def _two_cars(mentions: Mentions, person: np.ndarray) -> list[Finding]:
    """One driver in two cars of a sheet: it happens, and it is also how two namesakes look."""
    key = dense(mentions.sheet, person)
    order = ordered(key)
    again = np.flatnonzero((np.diff(key[order]) == 0) & (np.diff(mentions.result[order]) != 0))
    sides = [pa.array(order[again + side]) for side in (0, 1)]
    names = mentions.rows["name_text"].take(sides[1]).to_pylist()
    numbers = [mentions.rows["car_number"].take(side).to_pylist() for side in sides]
    found = []
    for second, name, one, other in zip(sides[1].to_pylist(), names, *numbers, strict=True):
        cars = f"cars {one or '?'} and {other or '?'}"
        text = f"{name} stands in {cars}; if they are two people, part them in identity.csv"
        found.append(_finding(second, "driver-in-two-cars", observed=name, expected="one car", message=text))
    return found


def _gaps(mentions: Mentions, person: np.ndarray, ids: pa.Array) -> list[Finding]:
    """A career that pauses for GAP years and more may be two careers."""
    order = ordered(person, mentions.season)
    order = order[mentions.season[order] >= 0]
    wide = (np.diff(person[order]) == 0) & (np.diff(mentions.season[order]) >= GAP)
    found = []
    for place in np.flatnonzero(wide).tolist():
        before, after = int(mentions.season[order[place]]), int(mentions.season[order[place + 1]])
        name = ids[int(person[order[place]])].as_py()
        text = (
            f"{name} has no result between {before} and {after}; "
            f"if that is a namesake, add `split,{name},{after},…` to identity.csv"
        )
        seasons = f"{before} to {after}"
        at = int(order[place + 1])
        found.append(_finding(at, "career-gap", observed=seasons, expected=f"a gap below {GAP} years", message=text))
    return found


def _countries(mentions: Mentions, person: np.ndarray, ids: pa.Array, results: pa.Table) -> list[Finding]:
    """A person under two countries: dual nationals exist, and so do namesakes."""
    country = _crew_countries(mentions, results)
    places = np.array(list(country), dtype=np.int64)
    order = places[ordered(person[places], places)]
    first: dict[int, str] = {}
    found, said = [], set()
    for at in order.tolist():
        own, who = country[at], int(person[at])
        known = first.setdefault(who, own)
        if known != own and (who, own) not in said:
            said.add((who, own))
            text = f"{ids[who].as_py()} is printed with {known} and with {own}; if they are two people, part them"
            found.append(_finding(at, "country-contradiction", observed=own, expected=known, message=text))
    return found


def _crew_countries(mentions: Mentions, results: pa.Table) -> dict[int, str]:
    """The countries printed beside mentions, where the crew's countries are as many as its names."""
    extra = results["extra"].combine_chunks()
    cells, owner = extra.flatten(), pc.list_parent_indices(extra)
    held = pc.equal(cells.field("name"), "crew_countries")
    columns = results["result_id"].take(owner.filter(held)), cells.field("value").filter(held)
    pairs = zip(*(column.to_pylist() for column in columns), strict=True)
    lists = {result: [part.strip() for part in value.split("|")] for result, value in pairs if value}
    at = np.flatnonzero(pc.is_in(mentions.rows["result_id"], pa.array(lists, pa.string())))
    rows = mentions.rows.select(["result_id", "seat"]).take(pa.array(at)).to_pylist()
    sizes = np.bincount(mentions.result)[mentions.result[at]].tolist()
    printed = (
        (place, lists[row["result_id"]], row["seat"], size) for place, row, size in zip(at, rows, sizes, strict=True)
    )
    return {int(place): own[seat - 1] for place, own, seat, size in printed if len(own) == size and own[seat - 1]}
