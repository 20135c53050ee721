"""Findings about people: one driver in two cars of a sheet, a long gap in a career, countries that contradict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import runs, whole
from transforms.identity.groups import Codes, ordered
from transforms.parts import Parts
from transforms.schema import TABLES

GAP = 15  # years; comebacks after 15 to 20 years are real, and so are namesakes
# What of a mention bears on a doubt.
ASKED = ("result_id", "seat", "driver_id", "name_text", "event_id", "season", "sheet_id", "car_number")
CHECKS = ("driver-in-two-cars", "career-gap", "country-contradiction")


@dataclass(frozen=True)
class Careers:
    """Identified mentions in order: the person of each (a place in `ids`), its sheet, car and season.

    `rows` are those of driver_results, of which only what is printed is asked, `results` all of the build.
    """

    rows: Parts
    results: Parts
    person: Codes
    ids: pa.Array
    sheet: Codes
    car: Codes
    season: Codes

    @cached_property
    def several(self) -> Codes:
        """The mentions of those who have several."""
        return np.flatnonzero((np.bincount(self.person) > 1)[self.person]).astype(np.int32)

    @classmethod
    def of(cls, rows: pa.Table, results: pa.Table) -> Careers:
        """Those of driver_results in order of sheet, line and seat."""
        encoded = rows["driver_id"].combine_chunks().dictionary_encode()
        person, ids = encoded.indices.to_numpy(), encoded.dictionary
        car, season = runs(rows["result_id"]), whole(rows["season"])
        return cls(Parts.of(rows), Parts.of(results), person, ids, runs(rows["sheet_id"]), car, season)


def doubts(careers: Careers) -> pa.Table:
    """The findings about identified mentions, all those of each person, in order of check, sheet and line."""
    found = pa.concat_tables([check(careers).sort_by("at") for check in (_two_cars, _gaps, _countries)])
    where = careers.rows.take(found["at"].to_numpy(), ["event_id", "sheet_id", "result_id"])
    lines = pc.replace_substring_regex(where["result_id"], "^.*:", "").cast(pa.int32())
    cells = {"event_id": where["event_id"], "sheet_id": where["sheet_id"], "line": lines}
    facts = {"severity": pa.repeat("warning", len(found)), "column": pa.repeat("crew", len(found))}
    said = dict(zip(found.column_names, found.columns, strict=True))
    said.pop("at")
    return TABLES["findings"].conform(pa.table(cells | facts | said))


def doubts_again(
    rows: pa.Table, results: pa.Table, findings: pa.Table, judged: pa.ChunkedArray, unchanged: Sequence[str]
) -> pa.Table:
    """The findings about people, sought again for those `judged`; those of `unchanged` sheets may stay.

    A finding says on which line it is, and not about whom: so whoever stands on such a line with one who is sought
    is sought, too, and only the others' findings stay.
    """
    sheets = pa.array(unchanged, pa.string())
    about = pc.and_(pc.is_in(findings["check"], pa.array(CHECKS)), pc.is_in(findings["sheet_id"], sheets))
    kept = findings.filter(about)
    line = pc.binary_join_element_wise(kept["sheet_id"], kept["line"].cast(pa.string()), ":")
    doubted = rows.select(["result_id", "driver_id"]).filter(pc.is_in(rows["result_id"], pc.unique(line)))
    sought = pc.unique(judged)
    while True:
        lines = pc.unique(doubted["result_id"].filter(pc.is_in(doubted["driver_id"], sought)))
        there = doubted["driver_id"].filter(pc.is_in(doubted["result_id"], lines))
        more = pc.unique(pa.chunked_array([sought, *there.chunks], pa.string()))
        if len(more) == len(sought):
            break
        sought = more
    some = rows.select(ASKED).filter(pc.is_in(rows["driver_id"], sought))
    cars = results.select(["result_id", "crew_size", "extra"])
    again = doubts(Careers.of(some, cars.filter(pc.is_in(cars["result_id"], pc.unique(some["result_id"])))))
    stay = kept.filter(pc.invert(pc.is_in(line, lines)))
    return pa.concat_tables([stay, again]).group_by(stay.column_names).aggregate([]).select(stay.column_names)


def _findings(check: str, at: Codes, observed: pa.Array, expected: pa.Array, *message: pa.Array | str) -> pa.Table:
    """What a check found: the mention that each finding is about, and what is said of it, the message in pieces."""
    said = {"observed": observed, "expected": expected, "message": _text(*message)}
    return pa.table({"at": pa.array(at, pa.int64()), "check": pa.repeat(check, len(at))} | said)


def _text(*pieces: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")


def _two_cars(careers: Careers) -> pa.Table:
    """One driver in two cars of a sheet: it happens, and it is also how two namesakes look."""
    order = careers.several[ordered(careers.person[careers.several])]
    person, sheet, car = (np.diff(column[order]) != 0 for column in (careers.person, careers.sheet, careers.car))
    again = np.flatnonzero(~person & ~sheet & car)
    sides = [careers.rows.take(order[again + side], ["name_text", "car_number"]).combine_chunks() for side in (0, 1)]
    name = sides[1]["name_text"].combine_chunks()
    one, other = (pc.fill_null(side["car_number"].combine_chunks(), "?") for side in sides)
    text = (name, " stands in cars ", one, " and ", other, "; if they are two people, part them in identity.csv")
    return _findings("driver-in-two-cars", order[again + 1], name, pa.repeat("one car", len(name)), *text)


def _gaps(careers: Careers) -> pa.Table:
    """A career that pauses for GAP years and more may be two careers."""
    order = careers.several[careers.season[careers.several] >= 0]
    order = order[ordered(careers.person[order], careers.season[order])]
    wide = np.flatnonzero((np.diff(careers.person[order]) == 0) & (np.diff(careers.season[order]) >= GAP))
    at = order[wide + 1]
    before, after = (pa.array(careers.season[order[wide + side]]).cast(pa.string()) for side in (0, 1))
    name, expected = careers.ids.take(pa.array(careers.person[at])), pa.repeat(f"a gap below {GAP} years", len(at))
    text = (name, " has no result between ", before, " and ", after, "; if that is a namesake, add `split,")
    remedy = (name, ",", after, ",…` to identity.csv")
    return _findings("career-gap", at, _text(before, " to ", after), expected, *text, *remedy)


def _countries(careers: Careers) -> pa.Table:
    """A person under two countries: dual nationals exist, and so do namesakes."""
    country = _crew_countries(careers)
    places = np.array(list(country), dtype=np.int64)
    first: dict[int, str] = {}
    found: dict[tuple[int, str], tuple[int, str]] = {}
    for at in places[ordered(careers.person[places], places)].tolist():
        own, who = country[at], int(careers.person[at])
        known = first.setdefault(who, own)
        if known != own:
            found.setdefault((who, own), (at, known))
    name = careers.ids.take(pa.array([who for who, _ in found], pa.int64()))
    own, known = (
        pa.array(texts, pa.string()) for texts in ([own for _, own in found], [it for _, it in found.values()])
    )
    text = (name, " is printed with ", known, " and with ", own, "; if they are two people, part them")
    return _findings("country-contradiction", np.array([at for at, _ in found.values()], np.int64), own, known, *text)


def _crew_countries(careers: Careers) -> dict[int, str]:
    """The countries printed beside mentions, where the crew's countries are as many as its names."""
    lists = dict(_printed_countries(careers.results))
    found, start = {}, 0
    for part in careers.rows.scan(["result_id", "seat"]) if lists else ():
        at = np.flatnonzero(pc.is_in(part["result_id"], pa.array(lists, pa.string())))
        for place, row in zip((start + at).tolist(), part.take(pa.array(at)).to_pylist(), strict=True):
            if own := lists[row["result_id"]][row["seat"] - 1].strip():
                found[place] = own
        start += part.num_rows
    return found


def _printed_countries(results: Parts) -> Iterator[tuple[str, list[str]]]:
    for part in results.scan(["result_id", "crew_size", "extra"]):
        extra = part["extra"].combine_chunks()
        cells, owner = extra.flatten(), pc.list_parent_indices(extra)
        held = pc.equal(cells.field("name"), "crew_countries")
        rows = part.select(["result_id", "crew_size"]).take(owner.filter(held)).to_pylist()
        for row, value in zip(rows, cells.field("value").filter(held).to_pylist(), strict=True):
            countries = (value or "").split("|")
            if len(countries) == row["crew_size"]:
                yield row["result_id"], countries
