"""The layout of each table: from its header, from event.toml, or decoded from its content; else it is in doubt."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms import evidence, layout
from transforms.dialect import Cells, Lines
from transforms.headers import Heading, read_header
from transforms.pages import HEADER, RESULT, Page
from transforms.recognise import recognise, trait_index
from transforms.roles import ROLES
from transforms.sources import Source

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MARGIN = 3.0  # nats that the best role of every column must lead by
SCORE = 0.8  # share of the cells that must look as their roles have them
DECLARED_SCORE = 0.5  # a declared column may be oddly printed, but half its cells must fit
_WIDEST = 40  # columns; no table without a header is wider
_EMPTY = "empty"
# The roles that `columns = [...]` of event.toml may name.
DECLARABLE = (*ROLES, "crew_countries", "gap_laps", "empty")
_NOT_IN_MAIN = -4.0  # nats against a role that the sheet's main table does not have
_OWN_TO_SECTIONS = {"reason", "status", "laps", "extra"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as understood: its heading, the share of cells that fit, the next best role, the margin in nats."""

    heading: Heading
    fit: float = 1.0
    runner_up: str | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table, how they are known (header, declared, inferred), and why they are in doubt, if they are.

    `second` holds the headings of a header's second line, by column: what a continuation row prints there.
    """

    columns: tuple[Column, ...]
    basis: str
    score: float = 1.0
    doubt: str | None = None
    second: dict[int, Heading] = field(default_factory=dict)

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each column."""
        return tuple(column.heading.role for column in self.columns)


def resolve(lines: Lines, cells: Cells, page: Page, sources: Sequence[Source]) -> list[Layout]:
    """The layout of every table of a batch."""
    tables = _Tables.of(lines, page)
    layouts: list[Layout | None] = [None] * page.tables
    headers: dict[tuple[object, ...], Layout] = {}
    largest = set(tables.largest().values())
    for t in range(page.tables):
        declared = sources[tables.sheet[t]].columns
        if declared and (len(declared) == tables.width[t] or t in largest):
            layouts[t] = _declared(declared, int(tables.width[t]))
        elif tables.header[t] >= 0:
            layouts[t] = _from_header(cells, page, tables, t, headers)
    _check_declared(layouts, cells, page, tables)
    undecided = np.array([t for t, known in enumerate(layouts) if known is None], dtype=np.int64)
    _decode(layouts, cells, page, tables, undecided, None)
    _decode_by_main_table(layouts, cells, page, tables, undecided)
    return [known if known is not None else Layout((), "none", 0.0, "no table") for known in layouts]


@dataclass(frozen=True, slots=True)
class _Tables:
    """Per table: its sheet, its rows, the header in force (-1 for none) and the commonest width of its rows."""

    sheet: Ints
    rows: Ints
    header: Ints
    width: Ints
    first: Ints

    @classmethod
    def of(cls, lines: Lines, page: Page) -> _Tables:
        rows = np.flatnonzero(page.outcome == RESULT)
        table = page.table[rows]
        _, first = np.unique(table, return_index=True)
        width = _commonest_width(table, np.minimum(page.width[rows], _WIDEST + 1), page.tables)
        header = page.header[rows][first] if len(rows) else rows
        # A table below a section keeps the header above only while its rows are as wide as that.
        fits = (header >= 0) & (width == page.width[header])
        own = (header >= 0) & (page.section[rows][first] < header) if len(rows) else fits
        return cls(
            lines.sheet[rows][first],
            np.bincount(table, minlength=page.tables),
            np.where(fits | own, header, -1),
            width,
            rows[first],
        )

    def largest(self) -> dict[int, int]:
        """The table with the most rows of each sheet; of equal ones the first."""
        found: dict[int, int] = {}
        for t in np.argsort(-self.rows, kind="stable").tolist():
            found.setdefault(int(self.sheet[t]), t)
        return found


def _commonest_width(table: Ints, width: Ints, tables: int) -> Ints:
    counts = np.zeros((tables, _WIDEST + 2), dtype=np.int64)
    np.add.at(counts, (table, width), 1)
    return np.asarray(counts.argmax(axis=1))


def _plain(role: str, column: int) -> Heading:
    return Heading(role, f"column {column + 1}")


def _declared(declared: Sequence[str], width: int) -> Layout:
    """The layout that event.toml declares; in doubt when it names another number of columns, or a role that is none."""
    columns = tuple(Column(_plain(role, i)) for i, role in enumerate(declared))
    unknown = [role for role in declared if role not in DECLARABLE]
    if len(declared) != width:
        doubt = f"event.toml declares {len(declared)} columns, the rows have {width}: correct columns = [...] there"
    elif unknown:
        near = difflib.get_close_matches(unknown[0], DECLARABLE, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it may be one of {', '.join(DECLARABLE)}"
        doubt = f"event.toml declares a column '{unknown[0]}', which is no role; {hint}"
    else:
        return Layout(columns, "declared")
    return Layout(columns, "declared", 0.0, doubt)


def _from_header(cells: Cells, page: Page, tables: _Tables, t: int, known: dict[tuple[object, ...], Layout]) -> Layout:
    line = int(tables.header[t])
    texts = _cells_of(cells, line)
    below = line + 1
    second = _cells_of(cells, below) if below < len(page.outcome) and page.outcome[below] == HEADER else ()
    headings = read_header(texts)
    roles = [heading.role for heading in headings]
    # `Time` heads the lap times of a session as it does the race times; where no laps are printed, it shows.
    laps_unknown = "race_time" in roles and not {"laps", "lap_time"} & set(roles)
    timed = laps_unknown and _are_lap_times(cells, page, tables, t, roles.index("race_time"))
    key = (texts, second, timed)
    if key not in known:
        if timed:
            headings = tuple(replace(h, role="lap_time") if h.role == "race_time" else h for h in headings)
        under = {i: h for i, h in enumerate(read_header(second)) if second[i]} if second != texts else {}
        known[key] = Layout(tuple(Column(h) for h in headings), "header", second=under)
    return known[key]


def _are_lap_times(cells: Cells, page: Page, tables: _Tables, t: int, column: int) -> bool:
    """Whether a column's first cells look like lap times more than like race times."""
    sample = _sample(cells, page, tables, np.array([t]))
    traits = recognise(sample.text.filter(pa.array(sample.column == column)))
    return bool((traits == trait_index("lap time")).sum() > (traits == trait_index("race time")).sum())


def _cells_of(cells: Cells, line: int) -> tuple[str, ...]:
    start, end = np.searchsorted(cells.line, [line, line + 1])
    return tuple(cells.text.slice(start, end - start).to_pylist())


def _sample(cells: Cells, page: Page, tables: _Tables, chosen: Ints) -> evidence.Sampled:
    """The cells of the first rows of the chosen tables, of rows no wider than the table."""
    place = np.full(page.tables + 1, -1)
    place[chosen] = np.arange(len(chosen))
    table = page.table[cells.line]
    is_row = np.where(table >= 0, place[table], -1) >= 0
    rank = _rank_in_table(page)
    usual = page.width[cells.line] == tables.width[table] if page.tables else is_row
    at = np.flatnonzero(is_row & (rank[cells.line] < evidence.SAMPLE) & usual)
    line = cells.line[at]
    return evidence.Sampled(place[page.table[line]], rank[line], cells.column[at], cells.text.take(pa.array(at)))


def _rank_in_table(page: Page) -> Ints:
    rows = np.flatnonzero(page.table >= 0)
    rank = np.full(len(page.table), -1)
    if len(rows):
        table = page.table[rows]
        starts = np.flatnonzero(np.diff(table, prepend=-1))
        rank[rows] = np.arange(len(rows)) - np.repeat(starts, np.diff([*starts, len(rows)]))
    return rank


def _decode(
    layouts: list[Layout | None],
    cells: Cells,
    page: Page,
    tables: _Tables,
    chosen: Ints,
    allowed: list[set[str]] | None,
) -> None:
    """Decode the chosen tables, those of one width together; `allowed` names the roles of each one's main table."""
    for width in np.unique(tables.width[chosen]):
        group = chosen[tables.width[chosen] == width]
        if width > _WIDEST:
            for t in group:
                layouts[t] = Layout((), "none", 0.0, f"more than {_WIDEST} columns and no header")
            continue
        counts = evidence.count_features(_sample(cells, page, tables, group), len(group), int(width))
        weighed = evidence.weigh(counts)
        if allowed is not None:
            barred = np.array([[role not in allowed[t] for role in ROLES] for t in np.searchsorted(chosen, group)])
            weighed = weighed + np.where(barred[:, None, :], _NOT_IN_MAIN, 0.0)
        decoded = layout.decode(weighed)
        fits = evidence.fit(counts, decoded.roles)
        filled = evidence.filled(counts)
        for i, t in enumerate(group):
            layouts[t] = _inferred(decoded, i, fits[i], filled[i])


def _inferred(decoded: layout.Decoded, i: int, fits: Floats, filled: npt.NDArray[np.bool_]) -> Layout:
    columns = []
    for c in range(len(fits)):
        if not filled[c]:
            columns.append(Column(_plain(_EMPTY, c)))
            continue
        role, runner_up = ROLES[decoded.roles[i, c]], ROLES[decoded.runners_up[i, c]]
        columns.append(Column(_plain(role, c), float(fits[c]), runner_up, float(decoded.margins[i, c])))
    seen = [column.fit for column in columns if column.heading.role != _EMPTY]
    found = Layout(tuple(columns), "inferred", float(np.mean(seen)) if seen else 0.0)
    if not {"crew", "car", "make"} & set(found.roles) or len(columns) < 3:
        message = "no table: no column reads like a crew or a car. If it is one, declare it in event.toml"
        return Layout((), "none", 0.0, f"{message}: {columns_line(found.roles)}")
    return replace(found, doubt=_doubt(found))


def _doubt(found: Layout) -> str | None:
    """Why a decoded layout is not certain enough to load, with the line of event.toml that would settle it."""
    doubts = [
        f"column {i + 1} may be {c.heading.role} or {c.runner_up}"
        for i, c in enumerate(found.columns)
        if c.margin is not None and c.margin < MARGIN
    ]
    doubts += [
        f"column {i + 1} reads like {c.heading.role} in only {c.fit:.0%} of its cells"
        for i, c in enumerate(found.columns)
        if c.fit < 0.5 and c.heading.role != "extra"
    ]
    if not doubts and found.score < SCORE:
        doubts = [f"only {found.score:.0%} of the cells fit any layout"]
    if not doubts:
        return None
    return f"layout in doubt: {'; '.join(doubts)}. To settle it: {columns_line(found.roles)}"


def columns_line(roles: Sequence[str]) -> str:
    """The line of event.toml that declares a layout."""
    quoted = ", ".join(f'"{role}"' for role in roles)
    return f"columns = [{quoted}]"


def _decode_by_main_table(
    layouts: list[Layout | None], cells: Cells, page: Page, tables: _Tables, undecided: Ints
) -> None:
    """Read doubtful tables as selections of the columns of their sheet's main table: `Did not finish:` prints fewer."""
    main: dict[int, Layout] = {}
    for t in np.argsort(-tables.rows, kind="stable"):
        known = layouts[t]
        if known is not None and known.doubt is None:
            main.setdefault(int(tables.sheet[t]), known)
    doubtful = [
        t for t in undecided if (known := layouts[t]) is not None and known.doubt and int(tables.sheet[t]) in main
    ]
    if doubtful:
        allowed = [set(main[int(tables.sheet[t])].roles) | _OWN_TO_SECTIONS for t in doubtful]
        _decode(layouts, cells, page, tables, np.array(doubtful), allowed)


def _check_declared(layouts: list[Layout | None], cells: Cells, page: Page, tables: _Tables) -> None:
    """Hold declared columns against their content."""
    for t, known in enumerate(layouts):
        if known is None or known.basis != "declared" or known.doubt:
            continue
        width = len(known.columns)
        counts = evidence.count_features(_sample(cells, page, tables, np.array([t])), 1, width)
        roles = [role if role in ROLES else "extra" for role in known.roles]
        fits = evidence.fit(counts, np.array([[ROLES.index(role) for role in roles]]))[0]
        columns = tuple(replace(c, fit=float(f)) for c, f in zip(known.columns, fits, strict=True))
        wrong = [
            f"column {i + 1} is declared {c.heading.role}, which only {c.fit:.0%} of its cells look like"
            for i, c in enumerate(columns)
            if c.fit < DECLARED_SCORE and c.heading.role not in ("extra", _EMPTY)
        ]
        doubt = (
            f"declared columns do not fit: {'; '.join(wrong)}. Correct columns = [...] in event.toml" if wrong else None
        )
        layouts[t] = Layout(columns, "declared", float(np.mean(fits)), doubt)
