"""Findings about people: one driver in two cars of a sheet, a long gap in a career, countries that contradict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among, distinct_of, whole
from transforms.identity.evidence import GAP
from transforms.identity.groups import in_ranges, ordered, paired, places_in
from transforms.identity.standing import Standing
from transforms.identity.told import Told
from transforms.identity.turns import Codes, picked, tally
from transforms.lexicon import find_country
from transforms.parts import Parts
from transforms.schema import TABLES

_ASKED = ("sheet_id", "event_id", "season", "line", "car_number", "crew_size", "extra")
CHECKS = ("driver-in-two-cars", "career-gap", "country-contradiction")
_TWO_PEOPLE = "; if they are two people, give one of them another name in corrections.csv"


@dataclass(frozen=True)
class Careers:
    """Identified mentions in order: the person of each (a place in `ids`) and its car; sheet and season of each car.

    `rows` are those of driver_results, of which only what is printed is asked; `manned` is the place of each car in
    `results`.
    """

    rows: Parts
    results: Parts
    manned: Codes
    person: Codes
    ids: pa.Array
    car: Codes
    sheet: Codes
    season: Codes

    @cached_property
    def several(self) -> Sequence[Codes]:
        """The mentions of those who have several, of some people at a time."""
        some = np.flatnonzero(picked(tally(self.person, len(self.ids)) > 1, self.person)).astype(np.int32)
        return [some[own] for own in in_ranges(self.person[some])]

    def of_cars(self, mentions: Codes, *columns: str) -> pa.Table:
        """Some columns of the results that some mentions are of."""
        return self.results.take(self.manned[self.car[mentions]], columns)


def doubts(careers: Careers) -> pa.Table:
    """The findings about identified mentions, all those of each person, in order of check, sheet and line."""
    found = pa.concat_tables([check(careers).sort_by("at") for check in (_two_cars, _gaps, _countries)])
    where = careers.of_cars(found["at"].to_numpy(), "event_id", "sheet_id", "line")
    cells = dict(zip(where.column_names, where.columns, strict=True))
    facts = {"severity": pa.repeat("warning", len(found)), "column": pa.repeat("crew", len(found))}
    said = dict(zip(found.column_names, found.columns, strict=True))
    said.pop("at")
    return TABLES["findings"].conform(pa.table(cells | facts | said))


def doubts_again(told: Told, standing: Standing, findings: Parts, unchanged: Set[str]) -> pa.Table:
    """The findings about people, sought again for those who changed; those of `unchanged` sheets may stay.

    A finding says on which line it is, and not about whom: so whoever stands on such a line with one who changed is
    sought, too, and only findings on other lines stay. What is found there of the same people is what stays there.
    """
    kept, gone = _about_people(findings, unchanged)
    changed = _changed(told, standing, gone, unchanged)
    line, of = _cars_of(standing.results, kept), told.scope.car
    doubted = np.zeros(int(of.max(initial=-1)) + 2, dtype=bool)  # the last is for no car
    doubted[line[line >= 0]] = True
    there = np.flatnonzero(doubted[of])
    car, (who, ids) = of[there], distinct_of(told.ids(there))
    again = np.zeros(len(doubted), dtype=bool)
    again[car[np.asarray(pc.is_in(ids, changed))[who]]] = True
    beside = ids.take(pa.array(np.unique(who[again[car]])))
    found = doubts(_careers(told, standing.results, told.being(pa.concat_arrays([changed, beside]))))
    return _with(kept.filter(pa.array(~again[line])), found)


def _about_people(findings: Parts, unchanged: Set[str]) -> tuple[pa.Table, pa.Table]:
    """The findings about people, in `unchanged` sheets and in others."""
    parts = (part.filter(pc.is_in(part["check"], pa.array(CHECKS))) for part in findings)
    about = pa.concat_tables([findings.schema.empty_table(), *parts])
    stands = pc.is_in(about["sheet_id"], pa.array(unchanged, pa.string()))
    return about.filter(stands), about.filter(pc.invert(stands))


def _with(findings: pa.Table, others: pa.Table) -> pa.Table:
    """Findings with others beside them, each once; those in sheets of which no other tells are not compared."""
    names, near = findings.column_names, pc.is_in(findings["sheet_id"], pc.unique(others["sheet_id"]))
    both = pa.concat_tables([findings.filter(near), others]).group_by(names).aggregate([]).select(names)
    return pa.concat_tables([findings.filter(pc.invert(near)), both])


def _changed(told: Told, standing: Standing, gone: pa.Table, unchanged: Set[str]) -> pa.Array:
    """The ids of all of whom something else may be found than before.

    They won or lost a mention, or they stand in one of the changed sheets on a line of which something was found, which
    may be another line now, or beside countries.
    """
    lines = pc.binary_join_element_wise(gone["sheet_id"], gone["line"].cast(pa.string()), ":").to_pylist()
    then, now = (
        _with_countries(*side) for side in ((standing.before, standing.gone), (standing.results, standing.new))
    )
    sheets = told.before.runs("sheet_id")
    old = _manning(told.before, sheets.places(~sheets.among(unchanged)), then | set(lines))
    new = _manning(told.printed, told.scope.changed, now)
    return pc.unique(pa.concat_arrays([told.persons, told.scope.former.ids(old), told.ids(new)]))


def _with_countries(results: Parts, places: Codes) -> Set[str]:
    """The cars of some results beside whose crews there are countries."""
    some = np.array([place for place, _ in _printed_countries(results.at(places))], dtype=np.int64)
    return set(results.take(places[some], ["result_id"])["result_id"].to_pylist()) if len(some) else set()


def _manning(rows: Parts, places: Codes, cars: Set[str]) -> Codes:
    """Which of the mentions at some places are of some cars."""
    if not cars:
        return places[:0]
    own = rows.take(places, ["result_id"])["result_id"]
    return np.asarray(places[np.asarray(pc.is_in(own, pa.array(cars, pa.string())))])


def _careers(told: Told, results: Parts, some: Codes) -> Careers:
    """The careers that the mentions at some places make up."""
    cars, car = np.unique(told.scope.car[some], return_inverse=True)
    person, ids = distinct_of(told.ids(some))
    printed = results.take(cars, _ASKED)
    sheet, season = distinct_of(printed["sheet_id"])[0], whole(printed["season"])
    return Careers(told.printed.at(some), Parts.of(printed), np.arange(len(cars)), person, ids, car, sheet, season)


def _cars_of(results: Parts, findings: pa.Table) -> Codes:
    """The place of the result on whose line each finding is; -1 where there is none."""
    sheets = results.runs("sheet_id")
    run = np.repeat(np.arange(len(sheets.size)), sheets.size)
    own = paired(run, 1 << 32, whole(results.columns("line")["line"]))
    return places_in(own, paired(among(findings["sheet_id"], sheets.texts), 1 << 32, whole(findings["line"])))


def _findings(check: str, at: Codes, observed: pa.Array, expected: pa.Array, *message: pa.Array | str) -> pa.Table:
    """What a check found: the mention that each finding is about, and what is said of it, the message in pieces."""
    said = {"observed": observed, "expected": expected, "message": _text(*message)}
    return pa.table({"at": pa.array(at, pa.int64()), "check": pa.repeat(check, len(at))} | said)


def _text(*pieces: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")


def _two_cars(careers: Careers) -> pa.Table:
    """One driver in two cars of a sheet: it happens, and it is also how two namesakes look."""
    first, at = np.concatenate([_twice_on_a_sheet(careers, some) for some in careers.several], axis=1)
    name = careers.rows.take(at, ["name_text"])["name_text"].combine_chunks()
    numbers = careers.of_cars(np.append(first, at), "car_number")["car_number"].combine_chunks()
    numbers = pc.fill_null(numbers, "?")
    one, other = numbers[: len(at)], numbers[len(at) :]
    text = (name, " stands in cars ", one, " and ", other, _TWO_PEOPLE, ", such as ", name, " II")
    return _findings("driver-in-two-cars", at, name, pa.repeat("one car", len(name)), *text)


def _twice_on_a_sheet(careers: Careers, some: Codes) -> np.ndarray:
    """Of some mentions those of people in another car of the same sheet, below what stands there before each."""
    order = some[ordered(careers.person[some])]
    car = careers.car[order]
    person, sheet, cars = (np.diff(column) != 0 for column in (careers.person[order], careers.sheet[car], car))
    again = np.flatnonzero(~person & ~sheet & cars)
    return np.stack([order[again], order[again + 1]])


def _gaps(careers: Careers) -> pa.Table:
    """A career that pauses for GAP years and more may be two careers."""
    first, at = np.concatenate([_paused(careers, some) for some in careers.several], axis=1)
    before, after = (pa.array(careers.season[careers.car[side]]).cast(pa.string()) for side in (first, at))
    name, expected = careers.ids.take(pa.array(careers.person[at])), pa.repeat(f"a gap below {GAP} years", len(at))
    text = (name, " has no result between ", before, " and ", after, "; if that is a namesake, add `split,")
    remedy = (name, ",", after, ",why,date` to identity.csv")
    return _findings("career-gap", at, _text(before, " to ", after), expected, *text, *remedy)


def _paused(careers: Careers, some: Codes) -> np.ndarray:
    """Of some mentions those of people after a long gap, below the last ones before it."""
    dated = some[careers.season[careers.car[some]] >= 0]
    order = dated[ordered(careers.person[dated], careers.season[careers.car[dated]])]
    season = careers.season[careers.car[order]]
    wide = np.flatnonzero((np.diff(careers.person[order]) == 0) & (np.diff(season) >= GAP))
    return np.stack([order[wide], order[wide + 1]])


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
    text = (name, " is printed with ", known, " and with ", own, _TWO_PEOPLE)
    return _findings("country-contradiction", np.array([at for at, _ in found.values()], np.int64), own, known, *text)


def _crew_countries(careers: Careers) -> dict[int, str]:
    """The countries printed beside mentions, however written, where the crew's are as many as its names."""
    lists = dict(_printed_countries(careers.results))
    cars = np.flatnonzero(np.isin(careers.manned, list(lists)))
    at = np.flatnonzero(np.isin(careers.car, cars))
    result, seat = careers.manned[careers.car[at]].tolist(), careers.rows.take(at, ["seat"])["seat"].to_pylist()
    told = ((place, lists[car][nth - 1].strip()) for place, car, nth in zip(at.tolist(), result, seat, strict=True))
    return {place: find_country(own) or own for place, own in told if own}


def _printed_countries(results: Parts) -> Iterator[tuple[int, list[str]]]:
    """The places of results beside whose crews there are as many countries, and these."""
    start = 0
    for part in results.scan(["crew_size", "extra"]):
        extra = part["extra"].combine_chunks()
        cells, owner = extra.flatten(), pc.list_parent_indices(extra)
        held = pc.equal(cells.field("name"), "crew_countries")
        places, values = owner.filter(held), cells.field("value").filter(held).to_pylist()
        rows = zip(places.to_pylist(), part["crew_size"].take(places).to_pylist(), values, strict=True)
        for place, size, value in rows:
            countries = (value or "").split("|")
            if len(countries) == size:
                yield start + place, countries
        start += part.num_rows
