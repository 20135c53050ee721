"""The layout of each table: as event.toml declares it, as its header names it, or decoded from its content."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Floats, Ints, Texts
from transforms.columns import EMPTY, Form, Layout, unnamed
from transforms.dialect import Cells, Lines
from transforms.facts import heading_texts
from transforms.headers import TEAM_ABOVE_CREW, read_header
from transforms.headings import Heading, headed_role
from transforms.inferred import infer
from transforms.lexicon import read_section
from transforms.pages import CAPTION, HEADER, SECTION, Page
from transforms.roles import ROLES
from transforms.rows import SLOTS
from transforms.second_looks import look_again
from transforms.shown import shown_roles
from transforms.shown_places import count_up
from transforms.shown_times import are_whole_numbers
from transforms.sources import Source
from transforms.tables import Tables

# The roles that `columns = [...]` of event.toml may name.
DECLARABLE = (*ROLES, "crew_countries", "gap_laps", EMPTY)
# Those of which one column alone is kept; names of several columns make one crew.
_ALONE = frozenset(SLOTS) - {"crew"}
# What the results of one event print beside points; the standings of a championship have none of it.
_OF_ONE_EVENT = {
    "car_number", "laps", "race_time", "lap_time", "session_time", "distance", "race_speed", "lap_speed",
    "class_position", "grid", "status", "reason", "displacement", "year", "penalty",
}  # fmt: skip
_STANDINGS = (
    "points, but no laps or times: standings of a championship, not a table of cars. If it is one, declare it "
    "in event.toml by columns = [...]"
)
# What a list of penalties has none of, where the results of an event tell penalties beside it.
_OF_RESULTS = {"position", "class_position", "laps", "race_time", "lap_time", "session_time", "grid", "gap"}
_PENALTIES = (
    "penalties, but no places, laps or times: a list of penalties, not a table of cars. If it is one, declare it in "
    "event.toml by columns = [...]"
)
_SIDE_BY_SIDE = (
    "the same headings twice: two tables side by side, so that two cars share each row. Put the right one below the "
    "left one"
)
_FEWEST_ROUNDS = 3  # of a championship
_HEADS_OTHER = (
    r"(?i)^\W*(?:(?:top|max(?:imum|\.)?) speeds?|speed ?traps?|h(?:ö|oe)chstgeschwindigkeit(?:en)?"
    r"|vitesses? (?:de pointe|maxi(?:mum|males?)?)|velocit[àa] mass?im[ae]|velocidade?s? m[áa]xima?s?"
    r"|penalt(?:y|ies)|p[ée]nalit[ée]s|strafen|stewards'? decisions?)\W*$"
    r"|^\W*(?:(?:best|fastest|beste|meilleurs|migliori) )?(?:sectors?|sektor(?:en)?|secteurs?|settori)(?: times?| \d)?"
    r"\W*$"
    r"|^\W*(?:ideal|theoretical)(?: best)?(?: laps?| times?)?\W*$"
    r"|^\W*(?:SS|ES|PS|WP|EK|RZ|KP|(?:special |power )?stage|(?:épreuve )?spéciale|prova speciale|sonderprüfung"
    r"|wertungsprüfung|tramo)[ -]?\d{1,2}\b"
)
_OTHER_LIST = (
    "the heading above tells of speeds, penalties, sectors, a stage or the like: a list of these, not a table of cars"
)
_SESSIONS = ["qualifying", "practice", "warm-up", "grid", "fastest-laps"]
_WHO = {"crew", "car", "make", "entrant"}  # headed by names, which no row number is
_FEWEST_TWICE = 3  # headings of each of two tables side by side
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
            layouts[t] = _declared(declared, width)
        elif header >= 0:
            layouts[t] = _from_header(tables, below[header], headers)
    _check_declared(layouts, tables)
    kinds = _kinds_told(lines, cells, page, sources)
    infer(layouts, tables, np.isin(kinds, _SESSIONS))
    look_again(layouts, tables, kinds == "race")
    found = [found for found in layouts if found is not None]
    for t in _below_other_headings(lines, page).tolist():
        if found[t].basis != "declared" and found[t].doubt is None:
            found[t] = found[t]._replace(doubt=_OTHER_LIST)
    return found


def _kinds_told(lines: Lines, cells: Cells, page: Page, sources: Sequence[Source]) -> Texts:
    """The kind of each table, as the last heading of a kind above it says, or else its file's name; "" for none."""
    told = np.flatnonzero(np.isin(page.outcome, (CAPTION, SECTION)))
    kinds = [(section := read_section(text)) and section.kind for text in heading_texts(cells, told)]
    heads = np.append(told[[kind is not None for kind in kinds]], len(page.outcome))
    headed = np.array([*filter(None, kinds), ""])
    last = np.searchsorted(heads, page.first) - 1
    above = (last >= 0) & (lines.sheet[heads[last] % max(len(page.outcome), 1)] == lines.sheet[page.first])
    filed = np.array([source.kind or "" for source in sources], np.str_)
    return np.where(above, headed[last], filed[lines.sheet[page.first]])


def _below_other_headings(lines: Lines, page: Page) -> Ints:
    """The tables of which the last text above them heads a list of something else than cars."""
    told = np.flatnonzero(np.isin(page.outcome, (CAPTION, SECTION)))
    if not len(told):
        return told
    other = pc.match_substring_regex(lines.text.take(pa.array(told)), _HEADS_OTHER).to_numpy(zero_copy_only=False)
    if not other.any():
        return told[:0]
    last = told[np.searchsorted(told, page.first) - 1]
    at = np.isin(last, told[other]) & (last < page.first) & (lines.sheet[last] == lines.sheet[page.first])
    return np.flatnonzero(at)


def _declared(declared: Sequence[str], width: int) -> Layout:
    """The layout that event.toml declares; in doubt when there are more or fewer, or one is no role or named again."""
    form = Form(tuple(unnamed(role, i) for i, role in enumerate(declared)))
    unknown = [role for role in declared if role not in DECLARABLE]
    again = [role for role in declared if role in _ALONE and declared.count(role) > 1]
    if len(declared) != width:
        doubt = f"event.toml declares {len(declared)} columns, the rows have {width}: correct columns = [...] there"
    elif unknown:
        near = difflib.get_close_matches(unknown[0], DECLARABLE, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it may be one of {', '.join(DECLARABLE)}"
        doubt = f"event.toml declares a column '{unknown[0]}', which is no role; {hint}"
    elif again:
        count = declared.count(again[0])
        doubt = f"event.toml declares {count} columns '{again[0]}', of which one is kept: call the others extra"
    else:
        return Layout(form, "declared")
    return Layout(form, "declared", 0.0, doubt)


def _check_declared(layouts: list[Layout | None], tables: Tables) -> None:
    """Hold declared columns against their content, in place: half the cells of each must look like its role."""
    declared = {t: found for t, found in enumerate(layouts) if found and found.basis == "declared" and not found.doubt}
    if not declared:
        return
    seen = tables.evidence(np.array([*declared]))
    for t, found in declared.items():
        roles = np.array([ROLES.index(role if role in ROLES else "extra") for role in found.roles])
        layouts[t] = _checked(found, seen.fit(seen.columns(np.array([t]))[0], roles))


def _checked(declared: Layout, fits: Floats) -> Layout:
    """Declared columns with how well each fits its content."""
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
    if len(texts) == tables.width[t] - 1 and headed_role(texts[0]) in _WHO and count_up(tables, t, 0):
        texts = ("", *texts)  # a page that numbers its rows need not head them
    outcome = tables.page.outcome
    second = tables.texts(line + 1) if line + 1 < len(outcome) and outcome[line + 1] == HEADER else ()
    shown = shown_roles(tables, t, texts, _headed_roles(texts))
    key = (texts, second, *shown.items())
    if key not in known:
        headings = read_header(texts, shown)
        under = {i: h for i, h in enumerate(read_header(second)) if second[i]} if second != texts else {}
        under |= {i: Heading("crew", texts[i]) for i, role in shown.items() if role == TEAM_ABOVE_CREW}
        form = Form(headings)
        known[key] = Layout(form, "header", doubt=_headed_doubt(form, headed), second=under)
    found = known[key]
    of_rounds = found.doubt is None and "points" in found.form.role_set and _print_rounds(tables, t, found.form)
    return found._replace(doubt=_STANDINGS) if of_rounds else found


@lru_cache(maxsize=4096)
def _headed_roles(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The roles that headings name by themselves; pages of one source have the same."""
    return tuple(heading.role for heading in read_header(texts))


def _print_rounds(tables: Tables, t: int, form: Form) -> bool:
    """Whether points stand beside several columns of others that nothing is known of, and no laps or times."""
    others = [i for i, role in enumerate(form.roles) if role == "extra"]
    if len(others) < _FEWEST_ROUNDS or not form.role_set.isdisjoint(_OF_ONE_EVENT - {"car_number"}):
        return False
    return sum(are_whole_numbers(tables, t, column) for column in others) >= _FEWEST_ROUNDS


def _headed_doubt(form: Form, headed: Sequence[str]) -> str | None:
    """Why a table with such headings is none of cars, one a row; None where it may be one."""
    half, odd = divmod(len(headed), 2)
    if not odd and half >= _FEWEST_TWICE and headed[:half] == headed[half:]:
        return _SIDE_BY_SIDE
    for role, beside, doubt in (("points", _OF_ONE_EVENT, _STANDINGS), ("penalty", _OF_RESULTS, _PENALTIES)):
        if role in form.role_set and form.role_set.isdisjoint(beside):
            return doubt
    return None
