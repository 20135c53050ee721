"""Sheets whose columns are aligned by blanks: the gutters that run through all rows divide them."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.arrays import Bools
from transforms.headings import is_header_cell
from transforms.lexicon import read_section
from transforms.lone_texts import ENDS_WITH_PAGE

_BLANKS = re.compile(r" {2,}")
_WIDEST = 2_000  # characters; beyond it a line is not a printed table, and only runs of blanks divide it
_MOST_WORDS, _LONGEST = 40, 4  # words of a header, and of a heading in it
_STROKES, _RULER = ("-", "="), re.compile(r"\s*(?:-+(?:\s+-+){2,}|=+(?:\s+=+){2,})\s*$")
_NEARLY_ALL = 0.9  # of the rows below a ruler keep to it
_ENDS_WITH_PAGE, _LONGEST_PAGE = re.compile(ENDS_WITH_PAGE), 40
_MOST = 0.5  # of the rows must have a run of blanks where the others have a single one
_JOINS = "/&+–-"  # what stands between words of one heading


def divide_aligned(text: pa.Array, sheet: npt.NDArray[np.int64]) -> pa.Array:
    """Divide lines (with the sheet of each) into cells, sheet by sheet; a list of texts per line."""
    divided: list[list[str]] = []
    lines = [line.expandtabs() for line in text.to_pylist()]
    starts = np.flatnonzero(np.diff(sheet, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        divided.extend(_divide_sheet(lines[start:end]))
    return pa.array(divided, pa.list_(pa.string()))


def _divide_sheet(lines: list[str]) -> list[list[str]]:
    runs = [_BLANKS.split(line.strip()) for line in lines]
    ruler = next(
        (i for i, line in enumerate(lines) if line[:_WIDEST].lstrip()[:1] in _STROKES and _RULER.match(line)), 0
    )
    if ruler and (ruled := _ruled(lines, runs, ruler)):
        return ruled
    header = next((i for i, line in enumerate(lines) if _is_header(line)), None)
    end = next((i for i, cells in enumerate(runs) if i > (header or 0) and _begins_other(cells)), len(lines))
    at = [i for i, cells in enumerate(runs[:end]) if len(cells) > 2 and i != header and not _is_title(lines[i])]
    rows = [lines[i] for i in at]
    if len(rows) + (header is not None) < 2 or not rows or max(map(len, rows)) > _WIDEST:
        return runs
    blank = _blank(rows)
    headings = _headings(lines[header], np.asarray(blank.all(axis=0))) if header is not None else {}
    if any(not (blank[:, start - 1] | blank[:, start]).all() for start in headings if 0 < start < blank.shape[1]):
        return runs  # a heading stands where rows have words: it is not above its column
    gutters = _gutters(blank)
    headings = _moved_above(headings, gutters, np.asarray(blank.all(axis=0)))
    gutters = sorted({*gutters, *headings})
    columns = [_slice(line, gutters) for line in lines[:end]]
    # A gutter that is missing glues cells which a run of blanks still divides: then the runs are the better witness.
    if any(_BLANKS.search(cell) for i in at for cell in columns[i]):
        return runs
    divided = [*(_fit(*of, gutters) for of in zip(columns, runs, lines, strict=False)), *runs[end:]]
    for i in _hanging(lines[:end], gutters, len(rows)):
        divided[i] = columns[i]
    if header is not None:
        # Words a blank apart need not stand above the columns that they head.
        words = lines[header].split() if len(runs[header]) == 1 else []
        divided[header] = words if len(words) == len(gutters) else [headings.get(start, "") for start in gutters]
    return divided


def _ruled(lines: list[str], runs: list[list[str]], ruler: int) -> list[list[str]] | None:
    """The cells of lines under a ruler that has a stroke for each column, as `--- ---`; None where they cross it.

    The headings above it keep to it as well, or are words as many as there are columns.
    """
    starts = [stroke.start() for stroke in re.finditer(r"[-=]+", lines[ruler])]
    keep = [all(line[start - 1 : start].isspace() or len(line) < start for start in starts[1:]) for line in lines]
    rows = [i for i in range(ruler + 1, len(lines)) if len(runs[i]) > 2]
    if sum(keep[i] for i in rows) < max(2, _NEARLY_ALL * len(rows)):
        return None
    divided = [*runs]
    for i in rows:
        divided[i] = _slice(lines[i], [0, *starts[1:]]) if keep[i] else runs[i]
    words = lines[ruler - 1].split()
    divided[ruler - 1] = words if len(words) == len(starts) else _slice(lines[ruler - 1], [0, *starts[1:]])
    if not keep[ruler - 1] and len(words) != len(starts):
        divided[ruler - 1] = runs[ruler - 1]
    return divided


def _is_title(line: str) -> bool:
    """Whether a line is the title of a page, which no column runs through."""
    return not line.lstrip()[:1].isdigit() and bool(_ENDS_WITH_PAGE.search(line.rstrip()[-_LONGEST_PAGE:]))


def _begins_other(cells: list[str]) -> bool:
    """Whether a line is the heading of another table, whose columns are its own: `FASTEST LAP` below a race."""
    known = read_section(cells[0]) if len(cells) == 1 else None
    return bool(known and known.kind and not known.status)


def _fit(cells: list[str], by_run: list[str], line: str, gutters: list[int]) -> list[str]:
    """The cells of a row; a line of one or two texts is a row only where each text stands in a column of its own.

    So is one that fills every column, and has a blank before each: names as wide as their column touch the next.
    """
    is_row = len(by_run) > 2 or (len(by_run) == 2 and [cell for cell in cells if cell] == by_run)
    fills = len(by_run) == 2 < len(cells) and all(cells) and all(line[start - 1] == " " for start in gutters[1:])
    return cells if is_row or fills else by_run


def _hanging(lines: list[str], gutters: list[int], rows: int) -> list[int]:
    """The lines of a single text that begin where one column does, a third as many as rows or more: what goes on there.

    So some pages print the drivers of a car, each on a line of his own.
    """
    begins: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        start = len(line) - len(line.lstrip())
        if start in gutters[1:] and not _BLANKS.search(line.strip()) and not read_section(line):
            begins.setdefault(start, []).append(i)
    return [i for at in begins.values() if len(at) > 1 and len(at) * 3 >= rows for i in at]


def _is_header(line: str) -> bool:
    """Tell whether a line is headings from end to end, or two thirds of its cells are; there are at least three."""
    words, cells = line.split(), _BLANKS.split(line.strip())
    if not 2 < len(words) <= _MOST_WORDS or words[0][0].isdigit():
        return False
    known = sum(map(is_header_cell, cells))
    if any(cell[:1].isdigit() and not is_header_cell(cell) for cell in cells):
        return False
    return _are_headings(words) or (known > 2 and known * 3 >= len(cells) * 2)


def _are_headings(words: list[str]) -> bool:
    """Whether words a blank apart make three headings or more, each of as many as it can have: `Total Tm Best Tm`."""
    at = found = 0
    while at < len(words):
        long = (n for n in range(_LONGEST, 0, -1) if is_header_cell(" ".join(words[at : at + n])))
        taken = next(long, 0)
        if not taken:
            return False
        at, found = at + taken, found + 1
    return found > 2


def _blank(rows: list[str]) -> Bools:
    """Which character places are blank, row by row."""
    width = max(map(len, rows))
    grid = np.frombuffer("".join(row.ljust(width) for row in rows).encode("utf-32-le"), dtype="<u4")
    return np.asarray(grid.reshape(len(rows), width) == ord(" "))


def _gutters(blank: Bools) -> list[int]:
    """Where columns start: behind two or more places that are blank in every row.

    One will do where every row has a text behind it, and most rows set it further apart.
    """
    throughout = np.asarray(blank.all(axis=0))
    pair = throughout[:-1] & throughout[1:]
    before = np.pad(blank, ((0, 0), (2, 0)), constant_values=True)
    apart = (before[:, 1:-1] & before[:, :-2]).mean(axis=0) >= _MOST
    texts = (~blank & before[:, 1:-1]).all(axis=0) & apart
    starts = np.union1d(np.flatnonzero(pair & ~np.append(pair[1:], False)) + 2, np.flatnonzero(texts))
    return [0, *(s for s in starts.tolist() if not throughout[:s].all() and s < len(throughout))]


def _headings(header: str, blank: Bools) -> dict[int, str]:
    """The headings by where their columns start, given what places are blank in every row.

    Above `33 Max Verstappen` the words of `NO DRIVER` head a column each, above `1:33.936` those of `BEST LAP` one.
    """
    found: dict[int, str] = {}
    column = end = 0
    for word in re.finditer(r"\S+", header):
        if found and word.start() - end == 1 and (word[0] in _JOINS or found[column][-1] in _JOINS):
            # `Team / Car` is one heading, wherever rows have their blanks.
            found[column], end = f"{found[column]} {word[0]}", word.end()
            continue
        start = _start(word.start(), word.end(), end, blank) if found else _start_of_first(word, blank)
        if start is None:  # a heading of its own only where it stands apart
            start = word.start() if word.start() - end > 1 else 0
        column, end = max(column, start), word.end()
        found[column] = f"{found.get(column, '')} {word[0]}".strip()
    return found


def _moved_above(headings: dict[int, str], gutters: list[int], blank: Bools) -> dict[int, str]:
    """The headings, each that stands above no text moved to the column behind it, which has none: `ON` and ` 12`."""
    moved = dict(headings)
    for gutter in gutters:
        before = max((start for start in moved if start < gutter), default=gutter)
        if gutter not in moved and blank[before:gutter].all() and before < gutter:
            moved[gutter] = moved.pop(before)
    return moved


def _start_of_first(word: re.Match[str], blank: Bools) -> int:
    """Where the column below the first word starts: behind a first column that has no heading, such as row numbers."""
    start = _start(word.start(), word.end(), 0, blank) if word.start() and blank[: word.start()][-1:].all() else 0
    return start if start and not blank[:start].all() else 0


def _start(start: int, end: int, last: int, blank: Bools) -> int | None:
    """Where the text below a word starts: behind the blank place nearest to the word's start, where `last` or later.

    None where the rows have no text of their own below the word.
    """
    gaps = last + np.flatnonzero(blank[last:end])
    if not len(gaps):
        return None
    gap = int(gaps[np.abs(gaps + 1 - start).argmin()])
    text = np.flatnonzero(~blank[gap:end])
    return gap + int(text[0]) if len(text) else None


def _slice(line: str, starts: list[int]) -> list[str]:
    return [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
