"""Rows to the tables results and driver_results: what is printed beside what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms import statuses
from transforms.arrays import Bools
from transforms.cars import read_cars, read_engine_makers
from transforms.cells import filled, read_numbers
from transforms.columns import Layout
from transforms.crews import Crews
from transforms.dialect import Lines
from transforms.entrant_text import read_entrants
from transforms.facts import SheetFacts
from transforms.masks import read_where
from transforms.rows import Extras, Placed, slot_texts
from transforms.schema import TABLES
from transforms.typed import Typed, read_slots


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as printed texts by slot, and as typed columns."""

    texts: dict[str, pa.Array]
    typed: Typed

    def keep(self, kept: Bools) -> Rows:
        """The rows for which `kept` is true."""
        if kept.all():
            return self
        mask = pa.array(kept)
        columns = {name: column.filter(mask) for name, column in self.typed.columns.items()}
        misfits = {slot: misfit[kept] for slot, misfit in self.typed.misfits.items()}
        miles = {slot: converted[kept] for slot, converted in self.typed.miles.items()}
        zeros = {slot: zero[kept] for slot, zero in self.typed.zeros.items()}
        texts = {slot: text.filter(mask) for slot, text in self.texts.items()}
        return Rows(texts, Typed(columns, misfits, miles, zeros))


def read_rows(placed: Placed, layouts: Sequence[Layout], lines: Lines) -> Rows:
    """The printed text of each slot, and its typed column."""
    texts = slot_texts(placed, layouts)
    mph = {slot: _in_miles(placed, layouts, slot) for slot in ("race_speed", "lap_speed")}
    return Rows(texts, read_slots(texts, mph, lines.sheet[placed.lines]))


def _in_miles(placed: Placed, layouts: Sequence[Layout], role: str) -> Bools:
    said = [any(c.heading.mph and c.heading.role == role for c in found.columns) for found in layouts]
    return np.array([*said, False], dtype=bool)[placed.tables]


def results_table(
    placed: Placed, rows: Rows, crews: Crews, facts: SheetFacts, lines: Lines, extras: Extras
) -> pa.Table:
    """The table results, without entrant ids."""
    texts, columns = rows.texts, rows.typed.columns
    sheet = lines.sheet[placed.lines]
    sheet_id = facts.sheet_id.take(pa.array(sheet))
    line = pa.array(lines.number[placed.lines], pa.int32())
    kind = facts.kind.take(pa.array(sheet))
    section, section_status = facts.sections(placed.lines)
    entrants = read_entrants(texts["entrant"])
    car, cars, engine_make = _cars(texts)
    words = statuses.without_values(texts, columns)
    retired = statuses.read_retired(words)
    return TABLES["results"].conform(
        pa.table(
            {
                "result_id": pc.binary_join_element_wise(sheet_id, line.cast(pa.string()), ":"),
                "sheet_id": sheet_id,
                "line": line,
                "event_id": facts.event_id.take(pa.array(sheet)),
                "season": facts.season.take(pa.array(sheet)),
                "kind": kind,
                "section": section,
                "position_text": texts["position"],
                "status": statuses.decide(words, columns, retired, section_status, kind),
                "reason": pc.coalesce(texts["reason"], retired),
                "car_number": filled(read_numbers(texts["car_number"])),
                "crew": crews.crew,
                "crew_size": pc.list_value_length(crews.crew),
                "car": car,
                "make": cars["make"],
                "model": cars["model"],
                "engine_make": pc.coalesce(engine_make, cars["engine_make"].combine_chunks()),
                "entrant": entrants["entrant"],
                "entrant_text": texts["entrant"],
                "operator": entrants["operator"],
                "country": pc.coalesce(texts["country"], entrants["country"].combine_chunks()),
                "class": filled(texts["class"]),
                "lap_time_text": texts["lap_time"],
                "extra": extras.lists(len(placed.lines)),
                **columns,
            }
        )
    )


def _cars(texts: dict[str, pa.Array]) -> tuple[pa.Array, pa.Table, pa.Array]:
    """The car as printed, its parts, and the maker of an engine that has a column of its own.

    Where make, type and model have columns of their own, the car is these joined by blanks.
    """
    parts = [pc.fill_null(filled(texts[slot]), "") for slot in ("make", "type", "model")]
    joined = pc.binary_join_element_wise(*parts, " ")
    in_parts = read_where(pc.not_equal(joined, "  "), joined, _single_blanks)
    car = pc.coalesce(filled(texts["car"]), filled(in_parts))
    return car, read_cars(car), read_engine_makers(texts["engine"])


def _single_blanks(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " "))


def driver_rows(results: pa.Table, crews: Crews) -> pa.Table:
    """The table driver_results, one row per name in a crew, without identities."""
    row = pa.array(crews.row)
    shared = (
        "result_id", "event_id", "season", "sheet_id", "kind", "position", "status", "class", "class_position",
        "car_number", "car", "make", "entrant", "laps", "lap_time_ms",
    )  # fmt: skip
    return TABLES["driver_results"].conform(
        pa.table(
            {
                **{name: results[name].take(row) for name in shared},
                "seat": pa.array(crews.seat, pa.int32()),
                "name_text": crews.name,
                "nominated": crews.nominated,
                "pseudonym": crews.pseudonym,
            }
        )
    )
