"""The tables of a batch: runs of rows that share a layout, and the cells of their first rows as evidence."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from transforms import evidence
from transforms.arrays import Ints, flags
from transforms.dialect import Cells, Lines
from transforms.pages import RESULT, Page

WIDEST = 40  # columns; no table without a header is wider


@dataclass(frozen=True)
class Tables:
    """Per table: its sheet, how many rows, the header in force (-1 for none) and the commonest width of its rows."""

    sheet: Ints
    rows: Ints
    header: Ints
    width: Ints
    cells: Cells
    page: Page
    first_cells: FirstCells

    @classmethod
    def of(cls, lines: Lines, cells: Cells, page: Page) -> Tables:
        """Gather the tables of a page."""
        rows = np.flatnonzero(page.outcome == RESULT)
        table = page.table[rows]
        first = page.first
        width = _commonest_width(table, np.minimum(page.width[rows], WIDEST + 1), page.tables)
        header = page.header[first]
        # A table below a section keeps the header above only while its rows are as wide as that.
        fits = (width == page.width[header]) | (page.section[first] < header)
        return cls(
            sheet=lines.sheet[first],
            rows=np.bincount(table, minlength=page.tables),
            header=np.where((header >= 0) & fits, header, -1),
            width=width,
            cells=cells,
            page=page,
            first_cells=FirstCells.of(cells, page, width),
        )

    def largest(self) -> dict[int, int]:
        """The table with the most rows of each sheet; of equal ones the first."""
        return self._largest_of(self.sheet)

    def largest_below(self) -> dict[int, int]:
        """The table with the most rows below each header: it shows what an ambiguous heading means."""
        return self._largest_of(self.header)

    def _largest_of(self, group: Ints) -> dict[int, int]:
        largest_first = np.argsort(-self.rows, kind="stable")
        groups, first = np.unique(group[largest_first], return_index=True)
        return dict(zip(groups.tolist(), largest_first[first].tolist(), strict=True))

    def lines(self, t: int) -> Ints:
        """The lines of one table."""
        return np.flatnonzero(self.page.table == t)

    def texts(self, line: int) -> tuple[str, ...]:
        """The cells of one line."""
        return tuple(self.cells.of_line(line))

    def first_codes(self, t: int) -> Ints:
        """The codes of the cells of a table's first rows that are as wide as it; shape (rows, columns)."""
        start, end = np.searchsorted(self.first_cells.table, [t, t + 1])
        return np.asarray(self.cells.code[self.first_cells.cell[start:end]].reshape(-1, self.width[t]))

    def look(self, chosen: Ints) -> evidence.Looks:
        """What the cells of the first rows of the chosen tables look like, of rows as wide as the table."""
        starts, ends = (np.searchsorted(self.first_cells.table, chosen, side) for side in ("left", "right"))
        at = evidence.flatten(starts, ends)[0]
        cell, cells = self.first_cells.cell[at], self.cells
        code, column = cells.code[cell], cells.column[cell]
        return evidence.Looks.of(self.first_cells.table[at], self.first_cells.row[at], column, code, cells.texts)

    def below_header(self, t: int) -> evidence.Looks:
        """What the cells of the first rows of a table with a header look like; those of all such are looked at once."""
        known = self._known_below
        if t not in known:
            found, (start, end) = self._below_headers, self._bounds_below[t : t + 2].tolist()
            known[t] = evidence.Looks(*(getattr(found, field.name)[start:end] for field in fields(found)))
        return known[t]

    @cached_property
    def _known_below(self) -> dict[int, evidence.Looks]:
        return {}

    @cached_property
    def _bounds_below(self) -> Ints:
        return np.searchsorted(self._below_headers.table, np.arange(len(self.rows) + 1))

    @cached_property
    def _below_headers(self) -> evidence.Looks:
        return self.look(np.flatnonzero(self.header >= 0))

    def evidence(self, chosen: Ints) -> evidence.Evidence:
        """What speaks for which role of each column of the chosen tables."""
        widths = np.where(flags(chosen, len(self.width)), self.width, 0)
        return evidence.Evidence.of(self.look(chosen), widths)


@dataclass(frozen=True, slots=True)
class FirstCells:
    """The cells of the first rows of every table, in order: the table, the row within it, the place in the batch."""

    table: Ints
    row: Ints
    cell: Ints

    @classmethod
    def of(cls, cells: Cells, page: Page, width: Ints) -> FirstCells:
        """Find the cells of rows that are as wide as their table."""
        ranks = _ranks(page)
        rows = np.flatnonzero((ranks >= 0) & (ranks < evidence.SAMPLE))
        chosen = np.zeros(len(ranks), bool)
        chosen[rows[page.width[rows] == width[page.table[rows]]]] = True
        cell = np.flatnonzero(chosen[cells.line])
        line = cells.line[cell]
        return cls(page.table[line], ranks[line], cell)


def _commonest_width(table: Ints, width: Ints, tables: int) -> Ints:
    """The commonest width of each table, of equally common ones the widest."""
    counts = np.bincount(table * (WIDEST + 2) + width, minlength=tables * (WIDEST + 2))
    return np.asarray(WIDEST + 1 - counts.reshape(tables, WIDEST + 2)[:, ::-1].argmax(axis=1))


def _ranks(page: Page) -> Ints:
    """The place of each row in its table, from 0; -1 for lines that are none."""
    rows = np.flatnonzero(page.table >= 0)
    starts = np.flatnonzero(np.diff(page.table[rows], prepend=-1))
    ranks = np.full(len(page.table), -1)
    ranks[rows] = np.arange(len(rows)) - np.repeat(starts, np.diff([*starts, len(rows)]))
    return ranks
