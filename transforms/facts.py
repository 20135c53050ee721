"""What is known of each sheet as a whole: its event, its kind and how that is known, its sections and main layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, true
from transforms.columns import Layout
from transforms.dialect import Cells, Lines
from transforms.lexicon import read_section
from transforms.pages import CAPTION, RESULT, SECTION, Page
from transforms.sources import Source

_OF_RACES = {"race_time", "distance", "race_speed"}  # which no session of practice has
_FEWEST_GAPS, _FEWEST_PAIRS, _NEARLY_ALL = 2, 2, 0.9  # that tell in what order cars stand
_OF_CREWS = ("grid", "entry-list")  # kinds of sheets that say who drives, where nothing is measured


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Per sheet of a batch, in order: ids, season, kind and its basis, the layout of the largest table (or None)."""

    sheet_id: pa.Array
    event_id: pa.Array
    season: pa.Array
    kind: pa.Array
    kind_basis: list[str]
    main: list[Layout | None]
    headings: dict[int, tuple[str, str | None]]  # section line -> its text, and the status it gives
    section_of: Ints  # section line in force, per line

    @classmethod
    def of(
        cls,
        sources: Sequence[Source],
        lines: Lines,
        page: Page,
        layouts: Sequence[Layout],
        cells: Cells,
        rows: tuple[Ints, Mapping[str, pa.Array]],
    ) -> SheetFacts:
        """Gather the facts of a batch; `rows` are the lines that are rows, and their typed columns."""
        smallest_first = np.argsort(np.bincount(page.table[page.outcome == RESULT]), kind="stable")
        sheet, first = lines.sheet[page.first[smallest_first]], page.first[smallest_first]
        main = _main_layouts([layouts[t] for t in smallest_first.tolist()], sheet, len(sources))
        until = np.full(len(sources), len(page.outcome))  # in each sheet the first row of its largest table
        until[sheet] = first
        said = _kinds_in_headings(lines, page, cells, until)
        kinds = [_kind(source, said[i], main[i]) for i, source in enumerate(sources)]
        for i in _sessions(kinds, main, lines.sheet[rows[0]], rows[1]):
            kinds[i] = ("qualifying", "content")
        for i in np.unique(lines.sheet[rows[0]][_are_timed(rows[1])]).tolist():
            kinds[i] = ("race", "content") if kinds[i] == ("grid", "content") else kinds[i]
        headings = {}
        at = np.flatnonzero(page.outcome == SECTION)
        for line, text in zip(at.tolist(), heading_texts(cells, at), strict=True):
            section = read_section(text)
            headings[line] = (text, section.status if section else None)
        return cls(
            pa.array([source.sheet_id for source in sources], pa.string()),
            pa.array([source.event_id for source in sources], pa.string()),
            pa.array([source.season for source in sources], pa.int32()),
            pa.array([kind for kind, _ in kinds], pa.string()),
            [basis for _, basis in kinds],
            main,
            headings,
            page.section,
        )

    def sections(self, rows: Ints) -> tuple[pa.Array, pa.Array]:
        """The heading above each row as printed, and the status that it gives; null in a main table."""
        lines = list(self.headings)
        texts = pa.array([self.headings[line][0] for line in lines], pa.string())
        given = pa.array([self.headings[line][1] for line in lines], pa.string())
        place = np.searchsorted(np.array(lines, dtype=np.int64), self.section_of[rows])
        at = pa.array(place, mask=self.section_of[rows] < 0)
        return texts.take(at), given.take(at)


def heading_texts(cells: Cells, lines: Ints) -> list[str]:
    """The one text that each of some caption or section lines holds."""
    filled = np.flatnonzero(cells.filled)
    place = np.searchsorted(cells.line[filled], lines)
    held = np.append(cells.line[filled], -1)[place] == lines
    texts = iter(cells.words(filled[place[held]]))
    return [next(texts) if some else "" for some in held.tolist()]


def _main_layouts(layouts: Sequence[Layout], sheet: Ints, sheets: int) -> list[Layout | None]:
    """The layout of the largest table of each sheet, one without doubt before others; the smallest are given first."""
    main: list[Layout | None] = [None] * sheets
    for found, of in zip(layouts, sheet.tolist(), strict=True):
        known = main[of]
        if found.doubt is None or (found.roles and (known is None or known.doubt is not None)):
            main[of] = found
    return main


def _kinds_in_headings(lines: Lines, page: Page, cells: Cells, until: Ints) -> list[str | None]:
    """The kind that the first heading of each sheet tells that stands above a line, `until` its largest table."""
    kinds: list[str | None] = [None] * len(until)
    at = np.flatnonzero(np.isin(page.outcome, (CAPTION, SECTION)))
    for line, sheet, text in zip(at.tolist(), lines.sheet[at].tolist(), heading_texts(cells, at), strict=True):
        section = read_section(text)
        if section and section.kind and kinds[sheet] is None and line < until[sheet]:
            kinds[sheet] = section.kind
    return kinds


def _kind(source: Source, said: str | None, main: Layout | None) -> tuple[str, str]:
    if source.kind != "unknown":
        return source.kind, "file"
    if said:
        return said, "caption"
    inferred = _kind_of_columns(main.form.role_set) if main and main.doubt is None else None
    return (inferred, "content") if inferred else ("unknown", "none")


def _are_timed(columns: Mapping[str, pa.Array]) -> Bools:
    """Rows with the time or speed of a race, which some pages print for the winner alone, in no column."""
    return true(pc.or_(*(pc.is_valid(columns[name]) for name in ("race_time_ms", "race_speed_kmh"))))


def _sessions(
    kinds: list[tuple[str, str]], main: list[Layout | None], sheet: Ints, columns: Mapping[str, pa.Array]
) -> Iterator[int]:
    """The sheets that would be races by their laps alone, whose cars stand in order of their best lap times.

    The gaps of such a sheet are those between lap times; without any, cars in that order have more laps and fewer.
    """
    start = np.searchsorted(sheet, np.arange(len(kinds) + 1))
    printed = [columns[name].fill_null(-1).to_numpy() for name in ("position", "lap_time_ms", "gap_ms", "laps")]
    for i, (kind, found) in enumerate(zip(kinds, main, strict=True)):
        if kind != ("race", "content") or not found or "lap_time" not in found.form.role_set:
            continue
        if "laps" not in found.form.role_set or found.form.role_set & _OF_RACES:
            continue
        position, time, gap, laps = (column[start[i] : start[i + 1]] for column in printed)
        known = (position > 0) & (time > 0)
        behind = known & (gap > 0)
        if behind.sum() >= _FEWEST_GAPS:
            told = np.abs(time - time[known].min() - gap)[behind] <= 1
        else:
            told = np.diff(time[known]) >= 0 if (np.diff(laps[known]) > 0).any() else np.zeros(0)
            told = told if len(told) >= _FEWEST_PAIRS else np.zeros(0)
        if len(told) and told.mean() >= _NEARLY_ALL:
            yield i


# What columns tell of the kind of their sheet: by the first line of which one is there, and none against it.
_KINDS: tuple[tuple[set[str], set[str], str], ...] = (
    ({"date"}, set(), "appearances"),  # each row is of an event of its own
    ({"year"}, {"position", "car_number"}, "appearances"),
    ({"session_time"}, _OF_RACES, "qualifying"),
    ({"laps", *_OF_RACES}, set(), "race"),
    ({"lap_number"}, set(), "fastest-laps"),
    # A grid and a qualifying look alike, so times alone say qualifying.
    ({"lap_time", "session_time", "lap_speed"}, set(), "qualifying"),
    ({"points", "status", "reason", "penalty", "pit_stops", "laps_led", "prize", "gap"}, set(), "race"),
    ({"position"}, set(), "grid"),
)


@lru_cache(maxsize=4096)
def _kind_of_columns(roles: frozenset[str]) -> str | None:
    """The kind of sheet that prints such columns."""
    if {"grid", "position"} <= roles and not _is_of_sessions(roles):
        return "race"
    kinds = (kind for some, none, kind in _KINDS if roles & some and roles.isdisjoint(none))
    found = next(kinds, "entry-list")
    if found == "grid" and "class_position" in roles:
        return None  # places overall and in classes are of races as often
    return "appearances" if found in _OF_CREWS and "crew" not in roles else found


def _is_of_sessions(roles: frozenset[str]) -> bool:
    """Whether times of sessions are all that is measured: then a `Grid` beside them is what came of these."""
    return "session_time" in roles and roles.isdisjoint({"laps", *_OF_RACES})
