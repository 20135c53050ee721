"""The lines of a page that head its columns, and those above them that are its title."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints
from transforms.dialect import Cells, Lines
from transforms.fold import fold
from transforms.headings import is_header_cell
from transforms.lexicon import statuses
from transforms.masks import IS_DIGIT, first_bytes
from transforms.schema import OUTCOMES

_RESULT, _HEADER = map(OUTCOMES.index, ("result", "header"))
# Few headings hold a digit: those of drivers, runs and laps.
_LIKE_HEADING = r"^[^\d|]{1,40}$|(?i)^(?:driver|pilot|fahrer)|^\d{1,2}[^\d|]{2,20}$|^[^\d|]{1,12}\s?#?\d{1,2}$"
_FEW = 3  # cells of a line that tells the page beside what is printed on it
_FIRST, _MOST_TITLES, _SHORTEST_TITLE = re.compile(r"=?1(?:[.)ºª°]|st|er|ère)?"), 4, 4


def headers(cells: Cells, filled: Ints) -> Bools:
    """Lines of which at least half the cells read like headers, and none of the others like a time.

    Where a cell reads like a crew, all but a third of them must.
    """
    heads = cells.holding(_read_like_headers)
    others = cells.where(~heads)
    valued = holds(others, r"\d[:.]\d\d", len(filled))
    hits = np.bincount(cells.line[heads], minlength=len(filled))
    crewed = holds(others, r"\s/\s", len(filled)) & (hits * 3 < filled * 2)
    return np.asarray((hits >= 2) & ~valued & ~crewed & (hits * 2 >= filled))


def numbered_headers(cells: Cells, numbered: Bools, filled: Ints) -> Bools:
    """Headers of which some cells begin with a number (`1. Lauf`, `6h`): the first begins with a word, none is bare."""
    first = (np.diff(cells.line, prepend=-1) > 0) & numbered[cells.line]
    first[first] = ~IS_DIGIT[first_bytes(cells.texts)[cells.code[first]]] & cells.filled[first]
    worded = cells.where(first)
    headed = any_of(worded, worded.holding(_read_like_headers), len(filled))
    if not headed.any():
        return headed
    likely = cells.where(headed[cells.line])
    return np.asarray(headers(likely, filled) & (filled > _FEW) & ~holds(likely, r"^#?\d+(?:[.,:]\d+)*$", len(filled)))


def above_headers(lines: Lines, cells: Cells, outcome: Ints, filled: Ints) -> Ints:
    """Lines of two or three texts above the first header of their sheet, which has twice as many, and above all rows.

    Those are titles that runs of blanks divide: `SEBRING 12 HOURS    March 21, 1970`.
    """
    heads = np.flatnonzero(outcome == _HEADER)
    heads = heads[np.diff(lines.sheet[heads], prepend=-1) > 0]
    start = np.searchsorted(lines.sheet, lines.sheet[heads])
    titles = [
        line
        for a, head in zip(start.tolist(), heads.tolist(), strict=True)
        for line in _titles_of(a, head, outcome, filled)
    ]
    at = np.array(titles, np.int64)
    words = cells.texts.take(pa.array(cells.code[np.searchsorted(cells.line, at)]))
    return at[~IS_DIGIT[first_bytes(words)]]


def above_places(lines: Lines, cells: Cells, outcome: Ints, filled: Ints) -> Ints:
    """Lines of two or three texts above the row of the first place, in sheets that head no column: titles as well."""
    rows = np.flatnonzero((outcome == _RESULT) & (filled > 1))
    firsts = rows[np.diff(lines.sheet[rows], prepend=-1) > 0]
    begin = np.searchsorted(cells.line, firsts)
    worded = ~IS_DIGIT[first_bytes(cells.texts)[cells.code[begin]]] & (filled[firsts] <= _FEW)
    headed = np.unique(lines.sheet[outcome == _HEADER])
    titles: list[int] = []
    for first in firsts[worded & ~np.isin(lines.sheet[firsts], headed)].tolist():
        above: list[int] = []
        for line in rows[np.searchsorted(rows, first) :][:_MOST_TITLES].tolist():
            text = next(filter(None, cells.of_line(line)))
            if lines.sheet[line] != lines.sheet[first] or (not _FIRST.fullmatch(text) and not _may_be_title(text)):
                break
            if _FIRST.fullmatch(text):
                titles += [title for title in above if filled[title] < filled[line]]
                break
            above.append(line)
    return np.array(titles, np.int64)


def _may_be_title(text: str) -> bool:
    return len(text) >= _SHORTEST_TITLE and not text[0].isdigit() and fold(text) not in statuses()


def _titles_of(start: int, head: int, outcome: Ints, filled: Ints) -> list[int]:
    """The lines from the start of a sheet to its header that could be rows, if all of them have few texts."""
    rows = [line for line in range(start, head) if outcome[line] == _RESULT and filled[line] > 1]
    return rows if all(filled[line] <= _FEW and filled[line] * 2 <= filled[head] for line in rows) else []


def any_of(cells: Cells, chosen: Bools, count: int) -> Bools:
    """Lines with a cell that is among the chosen."""
    holds = np.zeros(count, bool)
    holds[cells.line[chosen]] = True
    return holds


def holds(cells: Cells, pattern: str, count: int) -> Bools:
    """Lines with a cell that the pattern finds something in."""
    return any_of(cells, cells.holding(lambda texts: pc.match_substring_regex(texts, pattern)), count)


def _read_like_headers(texts: pa.StringArray) -> pa.BooleanArray:
    likely = pc.match_substring_regex(texts, _LIKE_HEADING)
    words = zip(texts.to_pylist(), likely.to_pylist(), strict=True)
    return pa.array([ok and is_header_cell(word) for word, ok in words], pa.bool_())
