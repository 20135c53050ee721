"""Cells in quotes that go over several lines, as spreadsheets write them: the whole row put on its first line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints
from transforms.dialect import COMMA, SEMICOLON, SEPARATORS, TAB, Lines
from transforms.headings import headed_role, is_header_cell, is_of_teams
from transforms.masks import replaced
from transforms.spans import bytes_of

_MOST_LINES = 12  # of a row
_FEWEST_CELLS = 3
_BETWEEN_NAMES, _BETWEEN_WORDS = " / ", " "
_Record = tuple[int, int, list[str]]  # the first line of a row, its last, its cells


def join_quoted(lines: Lines, dialects: Ints) -> tuple[Lines, Ints]:
    """The lines with each row whose quoted cells run over its end on its first line, and the lines that go on with it.

    Lines are put together only where they then have as many cells as the other rows of their sheet.
    """
    data, places = bytes_of(lines.text)
    at = np.searchsorted(places, np.flatnonzero(data == ord('"')), "right") - 1
    odd = np.flatnonzero(np.bincount(at, minlength=len(lines.text)) % 2)
    odd = odd[np.isin(dialects[lines.sheet[odd]], (TAB, SEMICOLON, COMMA))]
    sheets = np.unique(lines.sheet[odd[:-1][np.diff(lines.sheet[odd]) == 0]])
    texts: dict[int, str] = {}
    for sheet in sheets.tolist():
        start, end = np.searchsorted(lines.sheet, [sheet, sheet + 1]).tolist()
        separator = SEPARATORS[int(dialects[sheet])]
        texts |= _joined(lines.text[start:end].to_pylist(), separator, start)
    if not texts:
        return lines, odd[:0]
    rows = np.array([*texts])
    text = replaced(lines.text, rows, pa.array([*texts.values()], pa.string()))
    return replace(lines, text=text), rows[pc.equal(text.take(pa.array(rows)), "").to_numpy(zero_copy_only=False)]


def _joined(texts: list[str], separator: str, start: int) -> dict[int, str]:
    """The new texts of the lines of a sheet whose rows go over several of them, by line; none for those that go on."""
    records = [*_records(texts, separator)]
    widths = [len(cells) for first, last, cells in records if first == last or len(cells) > _FEWEST_CELLS]
    often = Counter(widths)
    width = max(sorted(often), key=often.__getitem__, default=0)
    header = next((cells for _, _, cells in records if _is_header(cells)), [])
    crew = {i for i, heading in enumerate(header) if headed_role(heading) == "crew" or is_of_teams(heading)}
    found: dict[int, str] = {}
    for first, last, cells in records:
        if first < last and len(cells) == width >= _FEWEST_CELLS:
            found[start + first] = _line(cells, crew if cells is not header else set(), separator)
            found |= dict.fromkeys(range(start + first + 1, start + last + 1), "")
    return found


def _records(texts: Sequence[str], separator: str) -> Iterator[_Record]:
    """The rows of a sheet, each as far as its quotes go; one that nothing closes, or within a cell, ends no line."""
    line = 0
    while line < len(texts):
        last = _last_of(texts, line)
        cells = _cells(texts[line : last + 1], separator)
        if sum(cell.count("\n") for cell in cells) < last - line:
            last, cells = line, _cells(texts[line : line + 1], separator)
        yield line, last, cells
        line = last + 1


def _cells(texts: Sequence[str], separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO("\n".join(texts)), delimiter=separator), [])
    except csv.Error:
        return []


def _last_of(texts: Sequence[str], first: int) -> int:
    quotes = 0
    for line in range(first, min(first + _MOST_LINES, len(texts))):
        quotes += texts[line].count('"')
        if quotes % 2 == 0:
            return line
    return first


def _is_header(cells: list[str]) -> bool:
    return len(cells) >= _FEWEST_CELLS and sum(map(is_header_cell, map(_in_words, cells))) * 3 >= len(cells) * 2


def _in_words(cell: str) -> str:
    return _BETWEEN_WORDS.join(cell.split())


def _line(cells: list[str], crew: set[int], separator: str) -> str:
    """A row in one line: what stood in lines of its own are names in the columns of crews, else words."""
    flat = (
        _BETWEEN_NAMES.join(filter(None, map(str.strip, cell.splitlines()))) if i in crew else _in_words(cell)
        for i, cell in enumerate(cells)
    )
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator="").writerow(flat)
    return line.getvalue()
