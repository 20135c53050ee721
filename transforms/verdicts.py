"""The verdict on every line: what became of it, and for a reject why and what would settle it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints
from transforms.coded import Coded
from transforms.columns import Layout
from transforms.dialect import BLANKS, NONE, PIPE, Lines
from transforms.identity.groups import dense
from transforms.pages import BLANK, CONTINUATION, HEADER, REJECT, RESULT, RUNS_ON, Page
from transforms.results import Rows
from transforms.rows import EXCESS, SLOTS, Placed

_GLUED = "the cells have run together: put the dividers of the other rows between them"
_RUNS_ON = "a quoted cell runs over the end of the line: put the whole row on one line"
_NO_TABLE = "no table of cars stands in this sheet"
_UNMARKED = f"{_NO_TABLE}: rows need marks (| tab ; , or runs of blanks) between their cells"
_BINARY = "not text: over a fiftieth of the characters are control characters; is this the right file?"
_MARKUP = "HTML, XML or JSON, not a table: copy the page as it is displayed, or save it as CSV"
_SHIFTED = "nothing tells which are empty; put - in their place"
_MISHEADED = "correct the header line, or declare columns = [...] in event.toml"
_MISCUT = "put dividers between its parts, or declare columns = [...] in event.toml"
# Columns of which most cells must read as they should: where others stand, words of any kind may tell of a car's fate.
_TELLING = ("car_number", "laps", "lap_number", "race_speed", "lap_speed", "distance", "crew", "entrant")
_OF_LAPS = (
    "in {0} of {1} rows a car stands again, with laps or times of its own: a table of laps, stops or stints, not cars. "
    "Leave one row a car, or declare columns = [...] in event.toml"
)
_FEWEST_OF_LAPS = 4  # rows of such a table
# What tables of laps and stops hold, and what they do not: the days of other events.
_TIMES, _OF_EVENTS = {"lap_time", "race_time", "lap_number"}, {"date", "year"}
# Times of cars, what may stand behind them and is not told of the leader, and what stands before them.
_OF_CARS, _BEHIND_TIMES = {"lap_time", "race_time"}, {"gap", "gap_laps", "interval", "reason", "status"}
_NAMES = ("crew", "car", "make", "model", "entrant", "country")
_CLOCK = re.compile(r"(?:\d{1,2}[:h] ?)?\d{1,3}[:'m] ?\d\d(?:[.,:\"]\d{1,3})?[\"s]?")
_ORPHAN = "continues a line that was rejected"
# The bytes of a row times those of its crew: each driver is told all that is printed of the car.
_MOST_TOLD = 1 << 20
_TOO_LONG = "a crew of {0:,} bytes in a row of {1:,}: put the dividers back, and each car on a line of its own"
_NOBODY = "neither a crew, a car nor a car number stands in the row"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Per line of a batch its outcome (index into schema.OUTCOMES), the reasons of rejects, and which rows are kept."""

    outcome: Ints
    reasons: dict[int, str]
    kept: Bools


def judge(
    lines: Lines,
    page: Page,
    layouts: Sequence[Layout],
    placed: Placed,
    rows: Rows,
    binary: Bools,
    markup: Bools,
    dialects: Ints,
) -> Verdict:
    """Decide on every line of a batch; `binary` says which of its sheets are, `markup` which are HTML, XML or JSON."""
    outcome = page.outcome.copy()
    reasons = {line: _reject_reason(lines, line) for line in np.flatnonzero(outcome == REJECT).tolist()}
    _reject_sheets(lines, page, layouts, outcome, reasons, binary, markup, dialects)
    doubtful = np.array([*(found.doubt is not None for found in layouts), False], dtype=bool)
    for i in np.flatnonzero(doubtful[placed.tables]).tolist():
        reasons.setdefault(int(placed.lines[i]), str(layouts[placed.tables[i]].doubt))
    for i, reason in _too_long(placed).items():
        reasons.setdefault(int(placed.lines[i]), reason)
    for i, reason in _misheaded(layouts, placed, rows).items():
        reasons.setdefault(int(placed.lines[i]), reason)
    for i, reason in _repeated(layouts, placed, rows).items():
        reasons.setdefault(int(placed.lines[i]), reason)
    for i, reason in _misfit_rows(lines, page, layouts, placed, rows, dialects).items():
        reasons.setdefault(int(placed.lines[i]), reason)
    outcome[list(reasons)] = REJECT
    _reject_continuations(outcome, reasons)
    return Verdict(outcome, reasons, outcome[placed.lines] == RESULT)


def _reject_reason(lines: Lines, line: int) -> str:
    return _RUNS_ON if re.search(RUNS_ON, lines.text[line].as_py()) else _GLUED


def _reject_sheets(
    lines: Lines,
    page: Page,
    layouts: Sequence[Layout],
    outcome: Ints,
    reasons: dict[int, str],
    binary: Bools,
    markup: Bools,
    dialects: Ints,
) -> None:
    """Reject every line of a sheet that is binary, written in markup, or without a table of cars, such as prose."""
    of_cars = np.array([*(found.basis != "none" for found in layouts), False], dtype=bool)
    told = (outcome == HEADER) | ((outcome == RESULT) & of_cars[page.table])
    with_table = np.bincount(lines.sheet, told, len(binary)) > 0
    foreign = binary | markup
    lost = ~with_table[lines.sheet] & ~np.isin(outcome, (BLANK, RESULT)) | (foreign[lines.sheet] & (outcome != BLANK))
    for line in np.flatnonzero(lost).tolist():
        sheet = lines.sheet[line]
        none = _UNMARKED if dialects[sheet] == NONE else _NO_TABLE
        reasons[line] = _BINARY if binary[sheet] else _MARKUP if markup[sheet] else none


def _too_long(placed: Placed) -> dict[int, str]:
    """Rows with more text, beside a longer crew, than any car has, with that of the lines that go on below them."""
    size = pc.binary_length(placed.cells.texts).to_numpy(zero_copy_only=False)[placed.cells.code]
    size, crew = (
        np.bincount(placed.row, some, len(placed.lines)).astype(int)
        for some in (size, np.where(placed.slot == SLOTS.index("crew"), size, 0))
    )
    return {i: _TOO_LONG.format(crew[i], size[i]) for i in np.flatnonzero(size * crew > _MOST_TOLD).tolist()}


def _misheaded(layouts: Sequence[Layout], placed: Placed, rows: Rows) -> dict[int, str]:
    """Rows of tables with a column, headed as one of numbers or names, whose cells mostly read like something else."""
    reasons: dict[int, str] = {}
    for slot in _TELLING:
        at = np.flatnonzero(rows.typed.misfits[slot])
        if not len(at):
            continue
        wrong, printed = (
            np.bincount(placed.tables[of], minlength=len(layouts))
            for of in (at, np.flatnonzero(rows.texts[slot].printed))
        )
        for table in np.flatnonzero((wrong > 1) & (wrong * 2 > printed)).tolist():
            first = at[placed.tables[at] == table][:1]
            text, share = rows.texts[slot].words(first)[0], f"{wrong[table]} of {printed[table]} rows"
            remedy = _MISHEADED if layouts[table].basis == "header" else _MISCUT
            for i in np.flatnonzero(placed.tables == table).tolist():
                reasons.setdefault(i, f"{slot} reads '{text}' and the like in {share}: {remedy}")
    return reasons


def _repeated(layouts: Sequence[Layout], placed: Placed, rows: Rows) -> dict[int, str]:
    """Rows of tables with times in most of which a car stands again: each is of a lap or a stop."""
    timed = [found.basis != "declared" and _may_be_of_laps(found.form.role_set) for found in layouts]
    at = np.flatnonzero(np.array([*timed, False])[placed.tables])
    if not len(at):
        return {}
    tables, number, crew = placed.tables[at], rows.texts["car_number"].code[at], rows.texts["crew"].code[at]
    # Of a car's drivers, each may have a best time of his own; what they drove together is one result.
    of_drivers = np.array([*("lap_time" in found.form.role_set for found in layouts), False])[tables]
    crew = np.where(of_drivers | (number < 0), crew, -1)
    car = dense(tables, number + 1, crew + 1)
    again = (np.bincount(car)[car] > 1) & ((number >= 0) | (crew >= 0))
    repeated, printed = np.bincount(tables[again], minlength=len(layouts)), np.bincount(tables, minlength=len(layouts))
    of_laps = (repeated * 2 > printed) & (printed >= _FEWEST_OF_LAPS)
    of_laps[_with_places_again(tables[of_laps[tables]], rows.texts["position"].code[at[of_laps[tables]]])] = False
    some = of_laps[tables]
    told = zip(at[some].tolist(), tables[some].tolist(), strict=True)
    return {i: _OF_LAPS.format(repeated[t], printed[t]) for i, t in told}


def _with_places_again(tables: Ints, places: Ints) -> Ints:
    """The tables in which a place stands again: each of its rows is of a driver, of whom some share a car."""
    placed = places >= 0
    again = np.bincount(place := dense(tables, places + 1))[place] > 1 if len(tables) else placed
    return np.unique(tables[placed & again])


def _may_be_of_laps(roles: frozenset[str]) -> bool:
    return (bool(roles & _TIMES) or {"laps", "crew"} <= roles) and roles.isdisjoint(_OF_EVENTS)


def _misfit_rows(
    lines: Lines, page: Page, layouts: Sequence[Layout], placed: Placed, rows: Rows, dialects: Ints
) -> dict[int, str]:
    """Rows that are not of their table: too many cells or too few, cells that do not fit, or nobody in them."""
    count = len(placed.lines)
    misfits = sum((mask.astype(int) for mask in rows.typed.misfits.values()), np.zeros(count, int))
    full = placed.cells.filled
    filled = np.bincount(placed.row[full], minlength=count)
    beyond = np.bincount(placed.row[full & (placed.slot == EXCESS)], minlength=count)
    layout_width = np.array([*(len(found.roles) for found in layouts), 0])[placed.tables]
    # Bars close every cell, so a row with fewer was torn; elsewhere empty cells at the end may not be printed.
    dialect, short = dialects[lines.sheet[placed.lines]], page.width[placed.lines] < layout_width
    torn, shifted = short & (dialect == PIPE), short & (dialect == BLANKS)
    for i in np.flatnonzero(shifted).tolist():
        shifted[i] = not _end_with_time(layouts[placed.tables[i]].roles, int(page.width[placed.lines[i]]), rows, i)
    nobody = ~_any_of(rows.texts, ("crew", "car", "car_number", "make", "entrant"))
    reasons: dict[int, str] = {}
    moved = _moved_cells(placed, rows)
    for i in np.flatnonzero(
        moved | (beyond > 0) | torn | shifted | nobody | (misfits > np.maximum(1, 0.3 * filled))
    ).tolist():
        width = int(layout_width[i])
        if beyond[i]:
            reasons[i] = f"{width + beyond[i]} cells where the layout has {width}: a divider too many, or another table"
        elif torn[i]:
            reasons[i] = (
                f"{page.width[placed.lines[i]]} cells where the layout has {width}: a row cut short or torn in two"
            )
        elif shifted[i]:
            reasons[i] = f"{page.width[placed.lines[i]]} cells where the layout has {width}: {_SHIFTED}"
        elif nobody[i]:
            reasons[i] = _NOBODY
        elif moved[i]:
            reasons[i] = f"{_wrong_cells(rows, i)}, as the column behind it in other rows: {_SHIFTED}"
        else:
            reasons[i] = f"not a row of this table: {_wrong_cells(rows, i)}"
    return reasons


def _moved_cells(placed: Placed, rows: Rows) -> Bools:
    """Rows whose laps read like what other rows of their table have in the next column: a cell before is missing."""
    moved = np.zeros(len(placed.lines), bool)
    odd = rows.typed.misfits["laps"]
    if not odd.any():
        return moved
    cells, table = placed.cells, placed.tables[placed.row]
    at = np.flatnonzero(odd[placed.row] & (placed.slot == SLOTS.index("laps")))
    next_to = np.full(int(placed.tables.max()) + 1, -1)
    next_to[table[at]] = cells.column[at] + 1
    near = np.flatnonzero((cells.column == next_to[table]) & ~odd[placed.row])
    behind = {*zip(table[near].tolist(), cells.column[near].tolist(), cells.code[near].tolist(), strict=True)}
    wanted = zip(table[at].tolist(), (cells.column[at] + 1).tolist(), cells.code[at].tolist(), strict=True)
    moved[placed.row[at[[cell in behind for cell in wanted]]]] = True
    return moved


def _end_with_time(roles: Sequence[str], width: int, rows: Rows, i: int) -> bool:
    """Whether the last of so many cells is the time of its column, and what columns behind it tell may be untold."""
    if not width or roles[width - 1] not in _OF_CARS or not _BEHIND_TIMES.issuperset(roles[width:]):
        return False
    if any(rows.typed.misfits[slot][i] for slot in rows.typed.misfits):
        return False
    at, names = np.array([i]), (slot for slot in _NAMES if rows.texts[slot].printed[i])
    time = rows.texts[roles[width - 1]]
    told = bool(time.printed[i] and _CLOCK.fullmatch(time.words(at)[0]))
    return told and not any(_CLOCK.search(rows.texts[slot].words(at)[0]) for slot in names)


def _any_of(texts: dict[str, Coded], slots: Sequence[str]) -> Bools:
    return np.asarray(np.any([texts[slot].printed for slot in slots], axis=0))


def _wrong_cells(rows: Rows, i: int) -> str:
    wrong = [slot for slot, mask in rows.typed.misfits.items() if mask[i]]
    return ", ".join(f"{slot} reads '{rows.texts[slot].words(np.array([i]))[0]}'" for slot in wrong[:3])


def _reject_continuations(outcome: Ints, reasons: dict[int, str]) -> None:
    """Reject lines that go on below what is no row of a car, blank lines and others that go on between them aside."""
    places = np.arange(len(outcome))
    above = np.maximum.accumulate(np.where(np.isin(outcome, (CONTINUATION, BLANK)), -1, places))
    orphan = (outcome == CONTINUATION) & ((above < 0) | (outcome[above] != RESULT))
    outcome[orphan] = REJECT
    reasons |= dict.fromkeys(np.flatnonzero(orphan).tolist(), _ORPHAN)
