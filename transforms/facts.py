"""What is known of each sheet as a whole: its event, its kind and how that is known, its sections and main layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from transforms.arrays import Ints
from transforms.columns import Layout
from transforms.dialect import Cells, Lines
from transforms.lexicon import read_section
from transforms.pages import CAPTION, RESULT, SECTION, Page
from transforms.sources import Source


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
        cls, sources: Sequence[Source], lines: Lines, page: Page, layouts: Sequence[Layout], cells: Cells
    ) -> SheetFacts:
        """Gather the facts of a batch."""
        main = _main_layouts(lines, page, layouts, len(sources))
        said = _kinds_in_headings(lines, page, cells, len(sources))
        kinds = [_kind(source, said[i], main[i]) for i, source in enumerate(sources)]
        headings = {}
        for line in np.flatnonzero(page.outcome == SECTION).tolist():
            text = heading_text(cells, line)
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


def heading_text(cells: Cells, line: int) -> str:
    """The one text that a caption or section line holds."""
    return next(filter(None, cells.of_line(line)), "")


def _main_layouts(lines: Lines, page: Page, layouts: Sequence[Layout], sheets: int) -> list[Layout | None]:
    smallest_first = np.argsort(np.bincount(page.table[page.outcome == RESULT]), kind="stable")
    main: list[Layout | None] = [None] * sheets
    for t, sheet in zip(smallest_first.tolist(), lines.sheet[page.first[smallest_first]].tolist(), strict=True):
        known = main[sheet]
        if layouts[t].doubt is None or (layouts[t].roles and (known is None or known.doubt is not None)):
            main[sheet] = layouts[t]
    return main


def _kinds_in_headings(lines: Lines, page: Page, cells: Cells, sheets: int) -> list[str | None]:
    kinds: list[str | None] = [None] * sheets
    for line in np.flatnonzero(np.isin(page.outcome, (CAPTION, SECTION))).tolist():
        section = read_section(heading_text(cells, line))
        sheet = int(lines.sheet[line])
        if section and section.kind and kinds[sheet] is None:
            kinds[sheet] = section.kind
    return kinds


def _kind(source: Source, said: str | None, main: Layout | None) -> tuple[str, str]:
    if source.kind != "unknown":
        return source.kind, "file"
    if said:
        return said, "caption"
    inferred = _kind_of_columns(main.form.role_set) if main and main.doubt is None else None
    return (inferred, "content") if inferred else ("unknown", "none")


@lru_cache(maxsize=4096)
def _kind_of_columns(roles: frozenset[str]) -> str | None:
    """The kind of sheet that prints such columns; a grid and a qualifying look alike, so times alone say qualifying."""
    if roles & {"laps", "race_time", "distance", "race_speed"}:
        return "race"
    if "lap_number" in roles:
        return "fastest-laps"
    if roles & {"lap_time", "session_time", "lap_speed"}:
        return "qualifying"
    if "crew" not in roles:
        return "appearances"
    return "grid" if "position" in roles else "entry-list"
