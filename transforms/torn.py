"""Rows that a page broke where it names a driver on each line: put together where their cells add up to a row.

Browsers copy a table with tabs between its cells, and a line break between the drivers of one cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from transforms.arrays import Ints
from transforms.dialect import Cells, Lines
from transforms.fold import fold
from transforms.headers import read_header
from transforms.headings import is_header_cell
from transforms.lexicon import FLAG, read_section, statuses
from transforms.masks import IS_DIGIT, first_bytes
from transforms.spans import Spans

_BETWEEN = " / "
_HEAD = 30  # lines of a sheet among which its header is looked for
_NAME = re.compile(rf"[*\"“„«]?(?:[^\W\d_]|{FLAG})(?:[^\d]*[^\d:])?")


def mend(lines: Lines, cells: Cells) -> tuple[Cells, Ints]:
    """Move the cells of torn rows to their first lines: the cells, and the lines that continue the row above them."""
    width = cells.widths
    sheet = lines.sheet[: len(width)]
    at = np.flatnonzero((width[1:] > 0) & (width[:-1] > 1) & (sheet[1:] == sheet[:-1]))
    first = cells.code[np.cumsum(width)[at]]
    at = at[~IS_DIGIT[first_bytes(cells.texts)[first]]]
    # A row that is torn is narrower than others, or followed by a line of a single name.
    widest = np.zeros(int(sheet[-1]) + 1 if len(sheet) else 0, np.int64)
    np.maximum.at(widest, sheet, width)
    wide = widest[sheet[at]]
    at = at[(width[at + 1] < wide) & ((width[at] < wide) | (width[at + 1] == 1))]
    rows = np.split(at, np.flatnonzero(np.diff(sheet[at])) + 1) if len(at) else []
    found = [row for of_sheet in rows for row in _torn_rows(cells, sheet, of_sheet.tolist())]
    continued = [line for first, last in found for line in range(first + 1, last + 1)]
    return _joined(cells, found), np.array(continued, np.int64)


def _torn_rows(cells: Cells, sheets: Ints, likely: list[int]) -> list[tuple[int, int]]:
    """The first and last lines of the torn rows of a sheet, given the sheet of each line and where one may begin."""
    start, end = np.searchsorted(sheets, [sheets[likely[0]], sheets[likely[0]] + 1]).tolist()
    header = next((line for line in range(start, min(end, start + _HEAD)) if _is_header(cells.of_line(line))), end)
    headings = read_header(cells.of_line(header)) if header < end else ()
    crew = {i for i, heading in enumerate(headings) if heading.role == "crew"}
    rows = _Rows(cells, cells.widths, end, len(headings), crew)
    begun = [line for line in likely if line > header and crew and rows.begins(line)]
    found = [(line, last) for line in begun if (last := rows.last_of(line)) > line]
    # A name below whole rows belongs to the row above it only where most rows have one.
    whole = sum(cells.widths[first] == len(headings) for first, _ in found)
    return found if not whole or whole * 2 >= (cells.widths[header + 1 : end] == len(headings)).sum() else []


def _is_header(texts: list[str]) -> bool:
    return len(texts) > 2 and sum(map(is_header_cell, texts)) * 3 >= len(texts) * 2


@dataclass(frozen=True, slots=True)
class _Rows:
    """The lines of a sheet up to `end`, below a header of so many columns, those of `crew` with names."""

    cells: Cells
    width: Ints
    end: int
    columns: int
    crew: set[int]

    def begins(self, line: int) -> bool:
        """Whether a line begins a row: by a number, or by a status in its place."""
        first = self.cells.of_line(line)[0]
        return first[:1].isdigit() or fold(first) in statuses()

    def last_of(self, first: int) -> int:
        """The last line of the row that begins with this one; the same line where it is not torn between names."""
        last, column = first, int(self.width[first]) - 1
        while column in self.crew and last + 1 < self.end and self._goes_on(last + 1, column):
            last += 1
            column += int(self.width[last]) - 1
        return last if column == self.columns - 1 else first

    def _goes_on(self, line: int, column: int) -> bool:
        """Whether a line, as wide as what is left of the row, begins with a name."""
        if not 0 < self.width[line] <= self.columns - column:
            return False
        text = self.cells.of_line(line)[0]
        return bool(_NAME.fullmatch(text)) and not (
            read_section(text) or is_header_cell(text) or fold(text) in statuses()
        )


def _joined(cells: Cells, rows: list[tuple[int, int]]) -> Cells:
    """The cells with those of torn rows in the first lines of these, the names in one cell."""
    if not rows:
        return cells
    line, column, code = cells.line.copy(), cells.column.copy(), cells.code.copy()
    kept, names = np.ones(len(line), bool), []
    for first, last in rows:
        at = np.arange(*np.searchsorted(cells.line, [first, last + 1]))
        # The first cell of each line but the first goes on with the last cell of the line above.
        own = np.append(True, np.diff(cells.line[at]) == 0)
        line[at], column[at], kept[at] = first, np.cumsum(own) - 1, own
        crew = at[np.diff(column[at], append=-1) == 0]
        names.append((int(crew[0]), _BETWEEN.join(filter(None, cells.words(np.append(crew, crew[-1] + 1))))))
    places, crews = zip(*names, strict=True)
    more = Cells.of(np.array(places), np.array(places), Spans.whole(pa.array(crews, pa.string())))
    code[more.line] = len(cells.texts) + more.code
    return Cells(line, column, code, pa.concat_arrays([cells.texts, more.texts])).where(kept)
