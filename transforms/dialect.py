"""What divides the cells of a sheet, and the division of its lines into cells.

A dialect only divides lines: which lines are rows is never its business, so no line can be lost here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints
from transforms.gutters import divide_aligned
from transforms.masks import change_where

NONE, PIPE, TAB, SEMICOLON, COMMA, BLANKS = range(6)
DIALECTS = ("none", "pipe", "tab", "semicolon", "comma", "blanks")
_SEPARATORS = {PIPE: "|", TAB: "\t", SEMICOLON: ";", COMMA: ","}
# A tab is never typed inside a cell, a comma often is: the more a mark is used inside cells, the less it counts.
_WEIGHTS = {PIPE: 1.2, TAB: 1.5, SEMICOLON: 1.2, COMMA: 0.8, BLANKS: 0.7}
_HARD_BLANKS = r"[\x{00a0}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]"  # no-break, thin and other blanks of pages
_INVISIBLE = r"[\x{200b}-\x{200f}\x{2060}\x{feff}]"  # zero-width characters and direction marks that browsers copy
_RUN_OF_BLANKS = r"\S(?: {2,}|\t)\S"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a batch of sheets, in order: the sheet's place in the batch, the line from 1, the text."""

    sheet: Ints
    number: Ints
    text: pa.Array


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a batch, in order: the line's place in the batch, the column from 0, the trimmed text."""

    line: Ints
    column: Ints
    text: pa.Array


def choose_dialects(lines: Lines, sheets: int) -> Ints:
    """The dialect of each sheet (an index into DIALECTS): the mark that stands most often, two or more to a line."""
    weights = np.zeros((len(DIALECTS), sheets))
    for dialect, weight in _WEIGHTS.items():
        if dialect == BLANKS:
            counts = pc.count_substring_regex(pc.utf8_trim_whitespace(lines.text), _RUN_OF_BLANKS)
        else:
            counts = pc.count_substring(lines.text, _SEPARATORS[dialect])
        marks = np.minimum(counts.to_numpy(zero_copy_only=False), 24)
        marks = np.where(marks >= 2, marks, 0)
        weights[dialect] = weight * np.bincount(lines.sheet, weights=marks, minlength=sheets)
    return np.asarray(weights.argmax(axis=0))


def split_cells(lines: Lines, dialects: Ints) -> Cells:
    """Divide each line that is not blank into cells by its sheet's dialect; an undivided line is one cell."""
    text = pc.utf8_trim(lines.text, "\r\n")
    text = change_where(pc.invert(pc.string_is_ascii(text)), text, _plain_blanks)
    filled = pc.not_equal(pc.utf8_trim_whitespace(text), "").to_numpy(zero_copy_only=False)
    parts = []
    for dialect in range(len(DIALECTS)):
        at = np.flatnonzero(filled & (dialects[lines.sheet] == dialect))
        if len(at):
            parts.append(_flatten(at, _divide(dialect, text.take(pa.array(at)), lines.sheet[at])))
    if not parts:
        return Cells(np.zeros(0, np.int64), np.zeros(0, np.int64), pa.array([], pa.string()))
    line = np.concatenate([p.line for p in parts])
    order = np.argsort(line, kind="stable")
    flat = pa.concat_arrays([p.text for p in parts]).take(pa.array(order))
    return Cells(line[order], np.concatenate([p.column for p in parts])[order], flat)


def _plain_blanks(text: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.replace_substring_regex(text, _INVISIBLE, ""), _HARD_BLANKS, " ")


def _flatten(at: Ints, divided: pa.Array) -> Cells:
    offsets = divided.offsets.to_numpy()
    widths = np.diff(offsets)
    column = np.arange(offsets[-1] - offsets[0]) - np.repeat(offsets[:-1] - offsets[0], widths)
    return Cells(np.repeat(at, widths), column, pc.utf8_trim_whitespace(divided.flatten()))


def _divide(dialect: int, text: pa.Array, sheet: Ints) -> pa.Array:
    if dialect == NONE:
        return pc.split_pattern(text, "\x00\x00")
    if dialect == PIPE:
        return pc.split_pattern(_without_outer_bars(text, sheet), "|")
    if dialect == BLANKS:
        return divide_aligned(text, sheet)
    return _divide_delimited(text, _SEPARATORS[dialect])


def _without_outer_bars(text: pa.Array, sheet: Ints) -> pa.Array:
    """Drop the bars at both ends in sheets where most lines start with one; elsewhere that bar ends an empty cell."""
    trimmed = pc.utf8_trim_whitespace(text)
    # A bar at the start of a row either opens it, and then another closes it, or ends an empty first cell.
    opens = pc.and_(pc.starts_with(trimmed, "|"), pc.or_(pc.ends_with(trimmed, "|"), pc.starts_with(text, "|")))
    starts = opens.to_numpy(zero_copy_only=False)
    barred = pc.match_substring(trimmed, "|").to_numpy(zero_copy_only=False)
    outer = np.bincount(sheet, weights=starts) * 2 > np.bincount(sheet, weights=barred)
    opens = pa.array(starts & outer[sheet])
    inner = change_where(opens, trimmed, lambda texts: pc.utf8_slice_codeunits(texts, 1, None))
    closes = pc.and_(pc.ends_with(inner, "|"), pa.array(outer[sheet]))
    return change_where(closes, inner, lambda texts: pc.utf8_slice_codeunits(texts, 0, -1))


def _divide_delimited(text: pa.Array, separator: str) -> pa.Array:
    divided = pc.split_pattern(text, separator)
    quoted = np.flatnonzero(pc.match_substring(text, '"').to_numpy(zero_copy_only=False))
    if not len(quoted):
        return divided
    # Only lines with a quote need a quote's reading; they are few, and put back in their place.
    read = pa.array(
        [_divide_quoted(line, separator) for line in text.take(pa.array(quoted)).to_pylist()], pa.list_(pa.string())
    )
    order = np.arange(len(text))
    order[quoted] = len(text) + np.arange(len(quoted))
    return pa.concat_arrays([divided, read]).take(pa.array(order))


def _divide_quoted(line: str, separator: str) -> list[str]:
    """Read quotes as a delimited file's where they are needed; a quoted driver is a pseudonym and keeps his quotes."""
    plain = line.split(separator)
    try:
        read = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return plain
    throughout = all(cell.strip()[:1] == '"' == cell.strip()[-1:] for cell in plain if cell.strip())
    needed = separator == "," or throughout or '""' in line or len(read) != len(plain)
    return read if needed and line.count('"') % 2 == 0 else plain
