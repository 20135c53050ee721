"""Rows to the table results: what is printed beside what it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms import statuses
from transforms.arrays import Bools, Ints
from transforms.cars import read_cars, read_engine_makers
from transforms.cells import filled, read_numbers, unmarked
from transforms.class_sections import by_class
from transforms.coded import Coded
from transforms.columns import Layout, by_form
from transforms.crews import Crews
from transforms.dialect import Lines
from transforms.entrant_text import read_entrants
from transforms.facts import SheetFacts
from transforms.fold import fold_array
from transforms.lexicon import find_country
from transforms.masks import replaced, scattered
from transforms.miles import SPEEDS
from transforms.nations import begin_with_country, countries_before
from transforms.rows import Extras, Placed, slot_texts
from transforms.schema import TABLES
from transforms.sources import Source
from transforms.traits import makes
from transforms.typed import Typed, read_slots


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as printed texts by slot, and as typed columns."""

    texts: dict[str, Coded]
    typed: Typed

    def keep(self, kept: Bools) -> Rows:
        """The rows for which `kept` is true."""
        if kept.all():
            return self
        mask, at, typed = pa.array(kept), np.flatnonzero(kept), self.typed
        columns = {name: column.filter(mask) for name, column in typed.columns.items()}
        misfits, miles, zeros = (
            {slot: mark[at] for slot, mark in marks.items()} for marks in (typed.misfits, typed.miles, typed.zeros)
        )
        texts = {slot: text.at(at) for slot, text in self.texts.items()}
        return Rows(texts, Typed(columns, misfits, miles, zeros, typed.unread))


def read_rows(placed: Placed, layouts: Sequence[Layout], lines: Lines, sources: Sequence[Source]) -> Rows:
    """The printed text of each slot, and its typed column."""
    texts = slot_texts(placed, layouts)
    form, forms = by_form(layouts)
    of_row = form[placed.tables]

    def rows_of(roles: Sequence[frozenset[str]]) -> dict[str, Bools]:
        return {slot: np.array([slot in each for each in roles] + [False])[of_row] for slot in (*SPEEDS, "distance")}

    mph, told = rows_of([each.in_miles for each in forms]), rows_of([each.with_unit for each in forms])
    km = np.array([np.nan if source.circuit_km is None else source.circuit_km for source in sources])
    return Rows(texts, read_slots(texts, mph, told, lines.sheet[placed.lines], km))


def results_table(
    placed: Placed, rows: Rows, crews: Crews, facts: SheetFacts, lines: Lines, extras: Extras
) -> pa.Table:
    """The table results, without entrant ids."""
    texts, columns = rows.texts, rows.typed.columns
    sheet = lines.sheet[placed.lines]
    sheet_id = facts.sheet_id.take(pa.array(sheet))
    line = pa.array(lines.number[placed.lines], pa.int32())
    kind = Coded(sheet, facts.kind)
    section, section_status = facts.sections(placed.lines)
    entrant, numbers, class_ = texts["entrant"], texts["car_number"], texts["class"]
    entrants = _entrants(entrant, sheet)
    words = statuses.Words.of(texts, rows.typed.unread)
    return TABLES["results"].conform(
        pa.table(
            {
                "result_id": pc.binary_join_element_wise(sheet_id, line.cast(pa.string()), ":"),
                "sheet_id": sheet_id,
                "line": line,
                "event_id": facts.event_id.take(pa.array(sheet)),
                "season": facts.season.take(pa.array(sheet)),
                "kind": kind.column(),
                "section": section,
                "position_text": texts["position"].column(),
                "status": statuses.decide(words, columns, section_status, kind),
                "reason": pc.coalesce(
                    _told(Coded(texts["reason"].code, words.why), rows.typed.misfits["reason"]), words.retired
                ),
                "car_number": _numbers(numbers, rows.typed.misfits["car_number"]),
                "crew": crews.crew,
                "crew_size": pc.list_value_length(crews.crew),
                **_cars(texts),
                "entrant": entrants["entrant"],
                "entrant_text": entrant.column(),
                "operator": entrants["operator"],
                "country": pc.coalesce(texts["country"].column(), entrants["country"]),
                "lap_time_text": texts["lap_time"].column(),
                "extra": extras.lists(len(placed.lines)),
                **columns,
                **by_class(columns, class_.spread(filled(class_.texts)), section, sheet),
            }
        )
    )


def _entrants(printed: Coded, sheet: Ints) -> dict[str, pa.Array]:
    """Entrants taken apart; some sheets print a country before nearly all of them."""
    named = printed.rows(filled(printed.texts).is_valid().to_numpy(zero_copy_only=False))
    printed = Coded(np.where(named, printed.code, -1), printed.texts)
    at = np.flatnonzero(named)
    first = at[np.diff(sheet[at], prepend=-1) > 0]
    begin = first[begin_with_country(printed.at(first).column(), np.ones(len(first), bool))]
    if not len(begin):
        return {name: printed.spread(parts) for name, parts in _parts(read_entrants(printed.texts))}
    rows = at[np.isin(sheet[at], sheet[begin])]
    country, names = countries_before(printed.at(rows).column(), sheet[rows])
    team = printed.replaced(rows, names)
    entrants = {name: team.spread(parts) for name, parts in _parts(read_entrants(team.texts))}
    found = pa.array([name and find_country(name) for name in country.to_pylist()], pa.string())
    return entrants | {"country": pc.coalesce(scattered(found, rows, len(sheet)), entrants["country"])}


def _cars(texts: dict[str, Coded]) -> dict[str, pa.Array]:
    """The car as printed, its parts, and the maker of its engine, which may have a column of its own.

    Where make, type and model have columns of their own, the car is these joined by blanks.
    """
    car = texts["car"]
    in_parts = [texts[slot] for slot in ("make", "type", "model", "beside_car")]
    with_car = car.rows(filled(car.texts).is_valid().to_numpy(zero_copy_only=False))
    at = np.flatnonzero(np.any([part.printed for part in in_parts], axis=0) & ~with_car)
    if len(at):
        columns = [pc.fill_null(part.at(at).spread(filled(part.texts)), "") for part in in_parts]
        whole = _single_blanks(pc.binary_join_element_wise(*columns, " "))
        car = car.replaced(at, pc.if_else(pc.equal(whole, ""), None, whole))
    car = _with_models(car, texts["beside_car"])
    cars = _read_cars(car, texts["make"])
    engine = texts["engine"].spread(read_engine_makers(texts["engine"].texts))
    return cars | {"engine_make": pc.coalesce(engine, cars["engine_make"])}


def _with_models(car: Coded, model: Coded) -> Coded:
    """The cars, those that are but a make (`Porsche` below `Car`) with the model that has a column of its own."""
    if not model.printed.any():
        return car
    alone = car.rows(
        pc.is_in(fold_array(car.texts), value_set=pa.array(sorted(makes()))).to_numpy(zero_copy_only=False)
    )
    at = np.flatnonzero(alone & model.rows(filled(model.texts).is_valid().to_numpy(zero_copy_only=False)))
    if not len(at):
        return car
    return car.replaced(at, pc.binary_join_element_wise(car.at(at).column(), model.at(at).column(), " "))


def _read_cars(car: Coded, make: Coded) -> dict[str, pa.Array]:
    """Cars and their parts; one without a make (`M23`) is of the make that has a column of its own."""
    names = filled(car.texts)
    cars = {"car": car.spread(names), **{name: car.spread(part) for name, part in _parts(read_cars(names))}}
    known = read_cars(filled(make.texts))["make"].combine_chunks().is_valid().to_numpy(zero_copy_only=False)
    of_another = make.rows(known) & cars["car"].is_valid().to_numpy(zero_copy_only=False)
    at = np.flatnonzero(of_another & cars["make"].is_null().to_numpy(zero_copy_only=False))
    if not len(at):
        return cars
    whole = pc.binary_join_element_wise(make.at(at).column(), cars["car"].take(pa.array(at)), " ")
    again = {"car": whole, **dict(_parts(read_cars(whole)))}
    return {name: replaced(column, at, again[name]) for name, column in cars.items()}


def _parts(read: pa.Table) -> Iterator[tuple[str, pa.Array]]:
    return ((name, read[name].combine_chunks()) for name in read.column_names)


def _single_blanks(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " "))


def _numbers(printed: Coded, misfits: Bools) -> pa.Array:
    """Car numbers row by row; null where what is printed is none."""
    return _told(Coded(printed.code, read_numbers(unmarked(printed.texts))), misfits)


def _told(texts: Coded, misfits: Bools) -> pa.Array:
    """Texts row by row; null where what is printed is but a mark, or does not fit."""
    column = texts.spread(filled(texts.texts))
    return pc.if_else(pa.array(misfits), None, column) if misfits.any() else column
