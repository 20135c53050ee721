"""Rows whose cells no mark divides: dashes, points or brackets between them, or each on its own line; and quoted lines.

Browsers copy some tables cell by cell, and old reports print `1. Lang (Mercedes-Benz) 3:08:11` or `1 - Lang - 20 laps`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints
from transforms.cells import BEFORE_NUMBER, HOUR, LAPS
from transforms.dialect import NONE, TAB, Lines
from transforms.fold import fold
from transforms.headings import headed_role, is_header_cell
from transforms.lexicon import statuses
from transforms.masks import first_bytes, replaced
from transforms.single_blanks import divide_below_header

_QUOTES = r"^(?:\s?>)+ ?"  # before the lines of a letter that another quotes
_DASH, _PART = re.compile(r"\s+(?:[-–—]|\.{3,}|…+)\s+"), re.compile(r",\s+|;\s+|\s+=\s+")
_PLACE = re.compile(rf"(?:{BEFORE_NUMBER})?\d{{1,3}}[.)]?")
# What he drove may have a remark behind it: `88 laps (not running)`.
_BRACKETED = re.compile(r"(\S+)\s+([^()\d]+?)\s*\(([^()]+)\)[,:;]?\s*([^()]*?)(?:\s*\(([^()]+)\))?")
_MEASURED = (
    r"(?:\d{1,2}\s?h(?:rs?)?\.?\s?)?\d{1,3}\s?'\s?\d{1,2}(?:\s?[.,\"]\s?\d+)?\"?|\d{1,2}\"\d{1,2}"
    rf"|\+?\d{{1,3}}(?:[:'h]\d\d)+(?:[.,\"]\d+)?\"?|\+\d[\d.,]*|\+?\d{{1,3}} ?{LAPS}\.?|\d+[.,]\d+ ?(?:km/?{HOUR}|mph)"
)
_IS_MEASURED = re.compile(f"(?i){_MEASURED}")
_BEHIND = re.compile(rf"(?i)(.*?\S)\s+(?:in\s+|(?P<gap>(?:at|à|a)\s+))?(?P<text>{_MEASURED})")
_FEWEST, _NEARLY_ALL = 3, 0.8  # rows of a sheet, of the lines that begin with a digit
_FEWEST_CELLS, _FEWEST_HEADINGS = 3, 4
_LONGEST = 300  # characters of a row


def unquoted(lines: Lines, sheets: int) -> Lines:
    """The lines without what mail puts before those that it quotes, in sheets of which nearly all are."""
    first = first_bytes(lines.text)
    begins = first == ord(">")
    if not begins.any():
        return lines
    quoted, filled = np.bincount(lines.sheet, begins, sheets), np.bincount(lines.sheet, first > 0, sheets)
    at = np.flatnonzero(((quoted >= _FEWEST) & (quoted >= _NEARLY_ALL * filled))[lines.sheet])
    bare = pc.replace_substring_regex(lines.text.take(pa.array(at)), _QUOTES, "")
    return replace(lines, text=replaced(lines.text, at, bare))


def divide_undivided(lines: Lines, dialects: Ints, foreign: Bools) -> tuple[Lines, Ints]:
    """The lines with tabs between the cells of such rows, and the lines that go on with them; `dialects` in place.

    `foreign` says which sheets are no text, or none of tables.
    """
    texts: dict[int, str] = {}
    for sheet in np.flatnonzero((dialects == NONE) & ~foreign).tolist():
        start, end = np.searchsorted(lines.sheet, [sheet, sheet + 1]).tolist()
        words = [text.strip() for text in lines.text[start:end].to_pylist()]
        rows = _stacked(words) or divide_below_header(words)
        rows = rows or _divided(words, _by_dashes) or _divided(words, _by_brackets)
        dialects[sheet] = TAB if rows else NONE
        texts |= {start + line: text for line, text in rows.items()}
    if not texts:
        return lines, np.zeros(0, np.int64)
    text = replaced(lines.text, np.array([*texts]), pa.array([*texts.values()], pa.string()))
    return replace(lines, text=text), np.array([line for line, text in texts.items() if not text], np.int64)


def _stacked(words: Sequence[str]) -> dict[int, str]:
    """Rows whose cells stand one below another, below as many headings; the first of each is a place or a status.

    The texts of lines by their places: a row stands on its first line, nothing on the others. An empty cell may have
    its empty line.
    """
    filled = [line for line, text in enumerate(words) if text]
    first = next((line for line in filled if headed_role(words[line]) == "position"), len(words))
    lines = [line for line in filled if line >= first]
    width = next((i for i, line in enumerate(lines) if not is_header_cell(words[line])), 0)
    if width < _FEWEST_HEADINGS:
        return {}
    spaced = [*lines[:width], *range(lines[width], lines[-1] + 1)]
    return _blocks(words, lines, width) or _blocks(words, spaced, width)


def _blocks(words: Sequence[str], lines: Sequence[int], width: int) -> dict[int, str]:
    """The texts of rows of so many lines, of which the first are the headings; none where any cell is missing."""
    rows = [lines[i : i + width] for i in range(0, len(lines), width)]
    fits = [i == 0 or (len(row) == width and _is_place(words[row[0]], i)) for i, row in enumerate(rows)]
    placed = list(compress(rows, fits))
    rest = [words[line] for row, fit in zip(rows, fits, strict=True) if not fit for line in row]
    # A cell that is missing moves all behind it: then what is left holds numbers.
    if len(placed) <= _FEWEST or len(rest) >= width or any(map(str.isdigit, rest)):
        return {}
    return {line: "\t".join(words[of] for of in row) if line == row[0] else "" for row in placed for line in row}


def _is_place(text: str, place: int) -> bool:
    return text.rstrip(".)") == str(place) or fold(text) in statuses()


def _divided(words: Sequence[str], divide: Callable[[str], list[str]]) -> dict[int, str]:
    """The texts of rows on a line each, by their places, where nearly all that begin with a digit are rows."""
    numbered = sum(text[:1].isdigit() for text in words)
    cells = {line: divide(text) for line, text in enumerate(words) if len(text) <= _LONGEST}
    rows = {line: of for line, of in cells.items() if len(of) >= _FEWEST_CELLS and _begins_row(of[0])}
    if len(rows) < max(_FEWEST, _NEARLY_ALL * numbered):
        return {}
    width = max(map(len, rows.values()))
    return {line: "\t".join([*of, *[""] * (width - len(of))]) for line, of in rows.items()}


def _begins_row(text: str) -> bool:
    return bool(_PLACE.match(text)) or fold(text) in statuses()


def _by_dashes(text: str) -> list[str]:
    return _DASH.split(text)


def _by_brackets(text: str) -> list[str]:
    """A place, who had it, the car that stands in brackets, and what he drove, without laps and times behind it."""
    found = _BRACKETED.fullmatch(text)
    if not found:
        return []
    cells = [*found.groups()[:3], *filter(None, _PART.split(found[4]))]
    remark = [found[5]] if found[5] else []
    behind: list[str] = []
    while not _IS_MEASURED.fullmatch(cells[-1]) and (parted := _BEHIND.fullmatch(cells[-1])):
        # What a car was `at 41"3` is behind the winner.
        cells[-1], behind = parted[1], [f"{'+' if parted['gap'] else ''}{parted['text']}", *behind]
    return [*cells, *behind, *remark]
