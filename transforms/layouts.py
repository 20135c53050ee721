"""The layout of each table: as event.toml declares it, as its header names it, or decoded from its content."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from transforms.cells import LONGEST_LAP, read_lap_times
from transforms.columns import EMPTY, Form, Layout, unnamed
from transforms.dialect import Cells, Lines
from transforms.fold import fold
from transforms.headers import TEAM_AND_CREW, headed_role, is_of_teams, may_be_of_people, read_header
from transforms.inferred import infer
from transforms.pages import HEADER, Page
from transforms.recognise import trait_index
from transforms.roles import ROLES
from transforms.second_looks import look_again, share_of_people
from transforms.sources import Source
from transforms.tables import Tables

# The roles that `columns = [...]` of event.toml may name.
DECLARABLE = (*ROLES, "crew_countries", "gap_laps", EMPTY)
_EMPTY, _STATUS = trait_index("empty"), trait_index("status")
_NUMBERS = [trait_index(trait) for trait in ("digit", "integer", "number")]
_ORDINALS = [trait_index(trait) for trait in ("digit", "integer", "ordinal")]
_LIKE_TIMES = ("lap time", "seconds"), ("race time", "gap", "laps")
# What the results of one event print beside points; the standings of a championship have none of it.
_OF_ONE_EVENT = {
    "car_number", "laps", "race_time", "lap_time", "session_time", "gap", "distance", "race_speed", "lap_speed",
    "class_position", "grid", "status", "reason", "displacement", "year", "penalty",
}  # fmt: skip
_STANDINGS = (
    "points, but no numbers, laps or times: standings of a championship, not a table of cars. If it is one, declare it "
    "in event.toml by columns = [...]"
)
_TOTAL = re.compile(r"\b(?:tot\w*|sum\w*|som+[ae]|aggregate)\b")
_PEOPLE = 0.7  # of the names have a given one, and no make of cars
_HALF = 0.5  # of the names behind teams have a given one
_DECLARED_SCORE = 0.5  # a declared column may be oddly printed, but half its cells must fit


def resolve(lines: Lines, cells: Cells, page: Page, sources: Sequence[Source]) -> list[Layout]:
    """The layout of every table of a batch."""
    tables = Tables.of(lines, cells, page)
    layouts: list[Layout | None] = [None] * page.tables
    headers: dict[tuple[object, ...], Layout] = {}
    largest = set(tables.largest().values()) if any(source.columns for source in sources) else set()
    below = tables.largest_below()
    known = zip(tables.sheet.tolist(), tables.width.tolist(), tables.header.tolist(), strict=True)
    for t, (sheet, width, header) in enumerate(known):
        declared = sources[sheet].columns
        if declared and (len(declared) == width or t in largest):
            layouts[t] = _check_declared(_declared(declared, width), tables, t)
        elif header >= 0:
            layouts[t] = _from_header(tables, below[header], headers)
    infer(layouts, tables)
    look_again(layouts, tables)
    return [found for found in layouts if found is not None]


def _declared(declared: Sequence[str], width: int) -> Layout:
    """The layout that event.toml declares; in doubt when it names another number of columns, or a role that is none."""
    form = Form(tuple(unnamed(role, i) for i, role in enumerate(declared)))
    unknown = [role for role in declared if role not in DECLARABLE]
    if len(declared) != width:
        doubt = f"event.toml declares {len(declared)} columns, the rows have {width}: correct columns = [...] there"
    elif unknown:
        near = difflib.get_close_matches(unknown[0], DECLARABLE, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it may be one of {', '.join(DECLARABLE)}"
        doubt = f"event.toml declares a column '{unknown[0]}', which is no role; {hint}"
    else:
        return Layout(form, "declared")
    return Layout(form, "declared", 0.0, doubt)


def _check_declared(declared: Layout, tables: Tables, t: int) -> Layout:
    """Hold declared columns against their content: half the cells of each must look like its role."""
    if declared.doubt:
        return declared
    roles = [role if role in ROLES else "extra" for role in declared.roles]
    seen = tables.evidence(np.array([t]))
    fits = seen.fit(seen.columns(np.array([t]))[0], np.array([ROLES.index(role) for role in roles]))
    columns = tuple(c._replace(fit=float(f)) for c, f in zip(declared.columns, fits, strict=True))
    wrong = [
        f"column {i} is declared {c.heading.role}, which only {c.fit:.0%} of its cells look like"
        for i, c in enumerate(columns, start=1)
        if c.fit < _DECLARED_SCORE and c.heading.role not in ("extra", EMPTY)
    ]
    doubt = f"declared columns do not fit: {'; '.join(wrong)}. Correct columns = [...] in event.toml" if wrong else None
    return Layout(declared.form, "declared", float(np.mean(fits)), doubt, fitted=lambda _: columns)


def _from_header(tables: Tables, t: int, known: dict[tuple[object, ...], Layout]) -> Layout:
    """The layout that a header names, remembered by the texts of the header."""
    line = int(tables.header[t])
    texts = tables.texts(line)
    headed = tuple(filter(None, texts))
    # A header may be set by more tabs than its rows are.
    texts = headed if len(headed) == tables.width[t] else texts
    outcome = tables.page.outcome
    second = tables.texts(line + 1) if line + 1 < len(outcome) and outcome[line + 1] == HEADER else ()
    shown = _shown(tables, t, texts, [heading.role for heading in read_header(texts)])
    key = (texts, second, *shown.items())
    if key not in known:
        headings = read_header(texts, shown)
        under = {i: h for i, h in enumerate(read_header(second)) if second[i]} if second != texts else {}
        form = Form(headings)
        doubt = _STANDINGS if "points" in form.role_set and form.role_set.isdisjoint(_OF_ONE_EVENT) else None
        known[key] = Layout(form, "header", doubt=doubt, second=under)
    return known[key]


def _shown(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The columns whose cells show another role than the heading mostly means, and that role.

    `Time` heads the lap times of a session as it does the race times, where no laps are printed; a `Total` is one of
    times as often as of points, but never a lap time: it sums the runs of a hill climb. Timing services head
    the cars' numbers by `Car`; `Cl.` is short for class, and for classification; `Fastest lap` may be its number.
    """
    found: dict[int, str] = {}
    if "race_time" in roles:
        column = roles.index("race_time")
        if _TOTAL.search(fold(texts[column])):
            found |= {} if sum(_times(tables, t, column)) else {column: "points"}
        elif not {"laps", "lap_time"} & set(roles):
            lap_times, race_times = _times(tables, t, column)
            found |= {column: "lap_time"} if lap_times > race_times and not _is_long(tables, t, column) else {}
    elif (column := next((i for i, text in enumerate(texts) if fold(text) == "gesamt"), 0)) and roles[
        column
    ] == "extra":
        found |= {column: "race_time"} if sum(_times(tables, t, column)) else {column: "points"}
    if "lap_time" in roles and _are_whole_numbers(tables, t, roles.index("lap_time")):
        found |= {roles.index("lap_time"): "lap_number"}
    if "crew" not in roles:
        likely = (i for i, text in enumerate(texts) if may_be_of_people(text) and _are_people(tables, t, i))
        found |= dict.fromkeys([*likely][:1], "crew")
        if "crew" not in found.values() and "entrant" not in roles:
            both = (i for i, text in enumerate(texts) if is_of_teams(text) and _are_teams_of_people(tables, t, i))
            found |= dict.fromkeys([*both][:1], TEAM_AND_CREW)
    if "position" not in roles:
        found |= _unheaded_positions(tables, t, texts, roles)
    for role, other, traits in (("car", "car_number", _NUMBERS), ("class", "position", _ORDINALS)):
        if role in roles and other not in roles:
            column = roles.index(role)
            found |= {column: other} if _are_distinct(tables, t, column, traits) else {}
    return found


def _are_whole_numbers(tables: Tables, t: int, column: int) -> bool:
    """Whether the first cells of a column are whole numbers, as of the lap in which a car was fastest."""
    looks = tables.look(np.array([t]))
    traits = looks.trait[(looks.column == column) & (looks.trait != _EMPTY)]
    return bool(len(traits) and np.isin(traits, _NUMBERS[:2]).all())


def _are_people(tables: Tables, t: int, column: int) -> bool:
    """Whether the names of a column are those of people; of a column that no row has, they are not."""
    if column >= tables.width[t]:
        return False
    cells = tables.cells.texts.take(pa.array(tables.first_codes(t)[:, column])).to_pylist()
    return share_of_people([name for cell in cells for name in cell.split(" / ")]) >= _PEOPLE


def _are_teams_of_people(tables: Tables, t: int, column: int) -> bool:
    """Whether the names of a column are those of teams, each with people behind it: `Manthey / Lars Kern`."""
    if column >= tables.width[t]:
        return False
    cells = tables.cells.texts.take(pa.array(tables.first_codes(t)[:, column])).to_pylist()
    names = [cell.split(" / ") for cell in cells if cell]
    drivers = [driver for crew in names for driver in crew[1:]]
    teams = [crew[0] for crew in names]
    return bool(drivers) and share_of_people(drivers) >= _HALF and share_of_people(teams) <= _HALF / 2


def _is_long(tables: Tables, t: int, column: int) -> bool:
    """Whether the first row has a time that is longer than any lap."""
    texts = tables.texts(int(tables.lines(t)[0]))
    time = read_lap_times(pa.array(texts[column : column + 1], pa.string())).fill_null(0)
    return any(milliseconds > LONGEST_LAP for milliseconds in time.to_pylist())


def _unheaded_positions(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The columns of positions and car numbers where one of two neighbours has no heading: it is the positions'."""
    if not texts[:1] or (not texts[0] and "car_number" not in roles):
        return {0: "position"} if texts and _are_places(tables, t) else {}
    if "car_number" not in roles:
        return {}
    column = roles.index("car_number")
    others = [i for i, text in enumerate(texts) if i > column and headed_role(text) == "car_number"]
    if others and _count_up(tables, t, column):
        return {column: "position", others[0]: "car_number"}
    before, behind = (
        0 <= i < len(texts) and not texts[i] and _are_distinct(tables, t, i, _ORDINALS)
        for i in (column - 1, column + 1)
    )
    if before:
        return {column - 1: "position"}
    return {column: "position", column + 1: "car_number"} if behind and _count_up(tables, t, column) else {}


def _are_places(tables: Tables, t: int) -> bool:
    """Whether the first column has places, as `1.` and `2.`, from the first on."""
    looks = tables.look(np.array([t]))
    traits = looks.trait[(looks.column == 0) & (looks.trait != _EMPTY) & (looks.trait != _STATUS)]
    return bool(len(traits) > 1 and (traits == trait_index("ordinal")).all() and _are_distinct(tables, t, 0, _ORDINALS))


def _count_up(tables: Tables, t: int, column: int) -> bool:
    """Whether the first numbers of a column are 1, 2, 3 and so on."""
    looks = tables.look(np.array([t]))
    numbers = looks.number[looks.column == column]
    return bool((numbers == np.arange(1, len(numbers) + 1)).all())


def _times(tables: Tables, t: int, column: int) -> tuple[int, int]:
    """How many of a column's first cells look like lap times, and how many like race times."""
    looks = tables.look(np.array([t]))
    traits = looks.trait[looks.column == column]
    lap_times, race_times = (int(np.isin(traits, [trait_index(t) for t in alike]).sum()) for alike in _LIKE_TIMES)
    return lap_times, race_times


def _are_distinct(tables: Tables, t: int, column: int, traits: Sequence[int]) -> bool:
    """Whether the first cells of a column look like that or like a status, there are several, and none stands twice."""
    looks = tables.look(np.array([t]))
    filled = (looks.column == column) & (looks.trait != _EMPTY)
    counted = filled & (looks.trait != _STATUS)
    alike = np.isin(looks.trait[filled], [*traits, _STATUS]).all()
    return bool(alike and 1 < counted.sum() == len(np.unique(looks.code[counted])))
