"""From cells to rows: each cell to the slot that its column's role names, one array per slot.

A slot is a column of `results` as printed. What has no slot of its own goes to `extra`, under its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, true
from transforms.beyond import told_beyond
from transforms.coded import Coded
from transforms.columns import Form, Layout, by_form
from transforms.crew_words import JOIN, is_person, share_of_given
from transforms.dialect import Cells, compact
from transforms.fold import fold
from transforms.headings import Heading, is_header_cell
from transforms.pages import CONTINUATION, RESULT, Page
from transforms.pairs import with_gaps_apart, with_numbers_apart, with_pairs_apart
from transforms.spans import holding
from transforms.traits import team_words

SLOTS = (
    "position", "car_number", "crew", "car", "make", "type", "model", "engine", "entrant", "country", "class",
    "class_position", "laps", "race_time", "distance", "race_speed", "gap", "gap_laps", "lap_time", "lap_number",
    "lap_speed", "status", "reason", "beside_car",
)  # fmt: skip
_SLOT = {name: i for i, name in enumerate(SLOTS)}
_EXTRA, _NOTHING, EXCESS = len(SLOTS), len(SLOTS) + 1, len(SLOTS) + 2
_IS_BESIDE = np.isin(np.arange(EXCESS + 1), [_EXTRA, _SLOT["engine"], _SLOT["beside_car"]])
_NATION = "nation"
_SEVERAL_COUNTRIES = r"/|,\s|\s[-–+&]\s"  # between the countries of a crew
_BETWEEN_PARTS = {("first", "last"): " ", ("last", "first"): ", "}
_TOWN = re.compile(r"([^/]*\S)\s+/\s+(\S[^/]*)")
_TEAM, _NEARLY_ALL = r"^[^:/|]{2,60}: \S", 0.8
_OF_MODELS = {"type", "model"}  # which may tell more of a car that has a column of its own
_SYNONYMS = {"chassis": ("car", "make", "model", "type"), "team": ("entrant",)}


@dataclass(frozen=True, slots=True)
class Placed:
    """Cells of rows with their slots: the row (index into `lines`), the slot, the cell itself."""

    lines: Ints  # lines of the batch that are rows
    row: Ints
    slot: Ints
    cells: Cells
    tables: Ints  # table of each row


def place(cells: Cells, page: Page, layouts: Sequence[Layout]) -> Placed:
    """Give each cell of each row, and of the continuation lines below it, its slot."""
    lines = np.flatnonzero(page.outcome == RESULT)
    row_of = np.full(len(page.outcome), -1)
    row_of[lines] = np.arange(len(lines))
    owner = np.maximum.accumulate(np.where(page.outcome == RESULT, np.arange(len(page.outcome)), -1))
    continued = page.outcome == CONTINUATION
    row_of[continued] = row_of[owner[continued]]
    cells = cells.where((row_of >= 0)[cells.line])
    row, column = row_of[cells.line], cells.column
    slots, tables = _slot_table(layouts), page.table[lines]
    width = slots.shape[1]
    slot = slots.ravel()[(tables * width)[row] + np.minimum(column, width - 1)]
    # Countries of a crew are not those of one entrant.
    if len(country := np.flatnonzero(slot == _SLOT["country"])):
        several = cells.take(country).holding(lambda texts: pc.match_substring_regex(texts, _SEVERAL_COUNTRIES))
        slot[country[several]] = _EXTRA
    beyond = np.flatnonzero((slot == EXCESS) & cells.filled)
    if len(beyond):
        at_places = np.flatnonzero(slot == _SLOT["position"])
        for role, at in told_beyond(cells, beyond, at_places, layouts, page.table).items():
            slot[at] = _SLOT[role]
    below = np.flatnonzero(continued[cells.line]) if continued.any() else lines[:0]
    slot[below] = _second_slots(layouts, tables[row[below]], column[below], slot[below])
    crew = below[slot[below] == _SLOT["crew"]]
    teams = [_is_of_team(text, layouts[of]) for text, of in zip(cells.words(crew), tables[row[crew]], strict=True)]
    slot[crew[np.array(teams, bool)]] = _SLOT["entrant"]
    return Placed(lines, row, slot, cells, tables)


def _is_of_team(text: str, found: Layout) -> bool:
    """Whether a text below a driver is his team, in a table without a column of teams."""
    return "entrant" not in found.form.role_set and not team_words().isdisjoint(fold(text).split())


def _slot_table(layouts: Sequence[Layout]) -> Ints:
    """The slots of the columns of each table; behind the last table, those of lines that are in none."""
    form, forms = by_form(layouts)
    slots = np.full((len(forms) + 1, max((len(found.headings) for found in forms), default=0) + 1), EXCESS)
    for f, found in enumerate(forms):
        slots[f, : len(found.headings)] = _slots(found)
    return np.asarray(slots[form])


@lru_cache(maxsize=4096)
def _slots(form: Form) -> tuple[int, ...]:
    return tuple(slot_of(heading, form) for heading in form.headings)


def slot_of(heading: Heading, found: Form) -> int:
    """The slot of a column: its role's, where the table has no column for it that of the first synonym, else extra."""
    role = heading.role
    if role in _SYNONYMS and found.role_set.isdisjoint(_SYNONYMS[role]):
        role = _SYNONYMS[role][0]
    if role == "empty":
        return _NOTHING
    if role in _OF_MODELS and "car" in found.role_set:
        role = "beside_car"
    return _SLOT.get(role, _EXTRA)


def _second_slots(layouts: Sequence[Layout], table: Ints, column: Ints, slot: Ints) -> Ints:
    """Slots of continuation lines: the second line of the header names them, by column or alone for them all."""
    width = int(column.max(initial=0)) + 1
    pairs, which = np.unique(table * width + column, return_inverse=True)
    named = np.full(len(pairs), -1)
    for i, pair in enumerate(pairs.tolist()):
        found = layouts[pair // width]
        only = next(iter(found.second.values())) if len(found.second) == 1 else None
        heading = found.second.get(pair % width, only)
        if heading is not None:
            named[i] = slot_of(heading, found.form)
    return np.where(named[which] >= 0, named[which], slot)


def slot_texts(placed: Placed, layouts: Sequence[Layout]) -> dict[str, Coded]:
    """The printed text of each slot, row by row; none where the cell is empty or absent."""
    rows = len(placed.lines)
    slot = np.where(placed.cells.filled, placed.slot, _NOTHING).astype(np.int8)
    order = np.argsort(slot, kind="stable")
    bounds = np.searchsorted(slot[order], np.arange(len(SLOTS) + 1)).tolist()
    code, row = placed.cells.code[order], placed.row[order]
    texts = {}
    for name, (start, end) in zip(SLOTS, pairwise(bounds), strict=True):
        # Of a row's cells with one role the first stands; a continuation line only fills what is empty.
        texts[name] = Coded.scattered(placed.cells.texts, code[start:end], row[start:end], rows)
        if name == "crew":
            texts[name] = _with_crews_of_cells(placed, layouts, order[start:end], texts[name])
    texts = with_pairs_apart(_with_teams_apart(placed, layouts, texts), placed.tables)
    return with_gaps_apart(with_numbers_apart(texts, placed.tables))


def _with_teams_apart(placed: Placed, layouts: Sequence[Layout], texts: dict[str, Coded]) -> dict[str, Coded]:
    """Teams that stand before their drivers in one cell, each put where the entrant belongs; one of people has none."""
    both = np.array([any(heading.part == "team" for heading in found.form.headings) for found in layouts] + [False])
    headed = np.flatnonzero(both[placed.tables] & texts["crew"].printed)
    told = _behind_colons(placed, layouts, texts["crew"])
    parted = [*map(_team_and_crew, texts["crew"].words(headed)), *(t.split(": ", 1) for t in texts["crew"].words(told))]
    towns = np.array([any(heading.part == "town" for heading in found.form.headings) for found in layouts] + [False])
    if towns.any():
        texts = texts | {"crew": _with_towns(texts["crew"], placed.tables, np.flatnonzero(towns))}
    if not parted:
        return texts
    at = np.concatenate([headed, told])
    teams, crews = (pa.array(column, pa.string()) for column in zip(*parted, strict=True))
    return texts | {"entrant": texts["entrant"].replaced(at, teams), "crew": texts["crew"].replaced(at, crews)}


def _with_towns(crews: Coded, tables: Ints, chosen: Ints) -> Coded:
    """Crews of some tables with what is behind each driver in brackets (`Fred Smith / Leeds`), where it is nobody."""
    own = np.flatnonzero(crews.printed & np.isin(tables, chosen))
    own = own[np.argsort(tables[own], kind="stable")]
    told: dict[int, str] = {}
    for at in np.split(own, np.flatnonzero(np.diff(tables[own])) + 1):
        found = [_TOWN.fullmatch(text) for text in crews.words(at)]
        if found and all(found) and share_of_given([of[2] for of in found if of]) <= 1 - _NEARLY_ALL:
            told |= zip(at.tolist(), (f"{of[1]} ({of[2]})" for of in found if of), strict=True)
    return crews.replaced(np.array(list(told)), pa.array(told.values(), pa.string())) if told else crews


def _team_and_crew(text: str) -> tuple[str | None, str | None]:
    team, _, crew = text.partition(" / ")
    return (None, text) if is_person(team) else (team, crew or None)


def _behind_colons(placed: Placed, layouts: Sequence[Layout], crews: Coded) -> Ints:
    """The crews behind teams (`Joest Racing: Wurz / Jones`), in tables without entrants where nearly all stand so."""
    with_team = holding(crews.texts, b":")
    if not with_team.any():
        return np.flatnonzero(with_team)
    at = np.flatnonzero(crews.rows(with_team & true(pc.match_substring_regex(crews.texts, _TEAM))))
    with_colon, filled = (
        np.bincount(placed.tables[of], minlength=len(layouts)) for of in (at, np.flatnonzero(crews.printed))
    )
    alone = np.array(["entrant" not in found.form.role_set for found in layouts])
    labels = [is_header_cell(text.partition(":")[0]) for text in crews.words(at)]
    told = alone & (with_colon >= _NEARLY_ALL * filled)
    return np.asarray(at[told[placed.tables[at]] & ~np.array(labels, bool)])


def _with_crews_of_cells(placed: Placed, layouts: Sequence[Layout], at: Ints, texts: Coded) -> Coded:
    """Crews as one text: names in cells of their own joined by JOIN, first and last names of a block by a blank."""
    many = at[(np.bincount(placed.row[at], minlength=len(placed.lines)) > 1)[placed.row[at]]]
    if not len(many):
        return texts
    joined: dict[int, list[str]] = {}
    parts: dict[int, str] = {}
    for i, text in zip(many, placed.cells.words(many), strict=True):
        headings, column = layouts[placed.tables[placed.row[i]]].form.headings, placed.cells.column[i]
        heading = headings[column] if column < len(headings) else Heading("crew", "")
        row = int(placed.row[i])
        between = _BETWEEN_PARTS.get((parts[row], heading.part), JOIN) if row in joined else ""
        joined.setdefault(row, []).append(between + text)
        parts[row] = heading.part
    return texts.replaced(np.array([*joined]), pa.array(map("".join, joined.values()), pa.string()))


@dataclass(frozen=True, slots=True)
class Extras:
    """Named cells without a slot: the row, the name, the value; sorted by row and column."""

    row: Ints
    name: pa.StringArray
    value: pa.Array

    def lists(self, rows: int) -> pa.Array:
        """One list of (name, value) per row."""
        offsets = np.concatenate([[0], np.cumsum(np.bincount(self.row, minlength=rows))])
        values = pa.StructArray.from_arrays([self.name, self.value], ["name", "value"])
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def extras(placed: Placed, layouts: Sequence[Layout]) -> Extras:
    """The cells that have no slot of their own, with the name of their column."""
    at = np.flatnonzero(_beside_slots(placed))
    at = at[placed.cells.take(at).filled]
    column = placed.cells.column[at]
    width = int(column.max(initial=0)) + 1
    columns, which = compact(placed.tables[placed.row[at]] * width + column, len(layouts) * width)
    names = [_name(layouts[place // width], place % width) for place in columns.tolist()] + ["engine"]
    named = np.where(placed.slot[at] == _SLOT["engine"], len(columns), which)
    nation = np.array([name == _NATION for name in names])[named]
    row, name = placed.row[at], pa.array(names).take(pa.array(named))
    value = placed.cells.texts.take(pa.array(placed.cells.code[at]))
    if not nation.any():
        return Extras(row, name, value)
    theirs, others = pa.array(nation), pa.array(~nation)
    rest = Extras(row[~nation], name.filter(others), value.filter(others))
    return with_cells_of_crews(rest, "crew_countries", row[nation], value.filter(theirs))


def _beside_slots(placed: Placed) -> Bools:
    """Cells that have no slot of their own; of an engine only the maker has one, and a car may do without its model."""
    return np.asarray(_IS_BESIDE[placed.slot])


def with_cells_of_crews(found: Extras, name: str, row: Ints, value: pa.Array) -> Extras:
    """The extras with what is known of each driver as one cell, `A|B`, as sheets with a column of their own print it.

    `row` and `value` hold one value per driver (null where none is known), in order; nothing stands for null.
    """
    known = value.is_valid().to_numpy(zero_copy_only=False)
    if not known.any():
        return found
    joined: dict[int, list[str]] = {}
    at = np.isin(row, row[known])
    for place, text in zip(row[at].tolist(), value.filter(pa.array(at)).to_pylist(), strict=True):
        joined.setdefault(place, []).append(text or "")
    rows = np.concatenate([found.row, np.array(list(joined), dtype=np.int64)])
    names = pa.concat_arrays([found.name, pa.repeat(name, len(joined))])
    values = pa.concat_arrays([found.value, pa.array(["|".join(each) for each in joined.values()], pa.string())])
    order = np.argsort(rows, kind="stable")
    return Extras(rows[order], names.take(pa.array(order)), values.take(pa.array(order)))


def _name(found: Layout, column: int) -> str:
    if column >= len(found.roles):
        return f"column {column + 1}"
    heading = found.form.headings[column]
    if heading.part == _NATION:
        return _NATION
    if heading.role == "session_time" and found.basis != "header":
        return f"session {column - found.roles.index('session_time') + 2}"
    return (heading.name or f"column {column + 1}") if heading.role in ("extra", "session_time") else heading.role


def keep_rows(placed: Placed, kept: Bools) -> Placed:
    """The rows for which `kept` is true, with those of their cells that `extras` asks for."""
    if kept.all():
        return placed
    number = np.cumsum(kept) - 1
    keep = np.flatnonzero(kept[placed.row] & _beside_slots(placed))
    return replace(
        placed,
        lines=placed.lines[kept],
        tables=placed.tables[kept],
        row=number[placed.row[keep]],
        slot=placed.slot[keep],
        cells=placed.cells.take(keep),
    )
