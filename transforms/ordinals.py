"""Places a blank before the first text of their rows (`1. Vieira - Moineau`), put in a column of their own.

So are the numbers of cars before their drivers (`27 G. Villeneuve`), in sheets whose columns nothing heads.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags
from transforms.dialect import Cells, compact
from transforms.fold import fold
from transforms.headers import is_header_cell
from transforms.lexicon import statuses
from transforms.masks import IS_DIGIT, first_bytes
from transforms.spans import Spans, holding

_PLACE = r"^(?P<place>\d{1,3}[.)])\s+(?P<text>[^\d\s].*|#?\d{1,3}[A-Z]?(?:\s+[^\d\s].*)?)$"
# Names behind numbers: of several words the first has small letters or a point, or a mark stands between drivers.
_NUMBER = r"^#?(?P<place>\d{1,3})\s+(?P<text>\p{Lu}(?:[\p{Ll}'’-][^\d]*\s|[^\d]*(?:\.|\s/)\s)[^\d]+)$"
_FEWEST, _NEARLY_ALL = 3, 0.8  # rows of a sheet that begin so, of those that begin with a number


def places_apart(cells: Cells, sheet: Ints) -> Cells:
    """The cells, with one more column in sheets whose rows nearly all begin by a place with a text behind it."""
    rows = np.flatnonzero((cells.column == 0) & (cells.widths[cells.line] > 1))
    first = rows[IS_DIGIT[first_bytes(cells.texts)][cells.code[rows]]]
    texts = cells.texts.take(pa.array(cells.code[first]))
    likely = pc.or_(pc.match_substring(texts, ". "), pc.match_substring(texts, ") ")).to_numpy(zero_copy_only=False)
    if np.count_nonzero(likely) < _FEWEST:
        return numbers_apart(cells, sheet)
    parted = pc.extract_regex(texts, _PLACE)
    begun = parted.is_valid().to_numpy(zero_copy_only=False)
    of = sheet[cells.line[first]]
    sheets = int(sheet.max()) + 1
    count, numbered = np.bincount(of, begun, sheets), np.bincount(of, minlength=sheets)
    chosen = (count >= _FEWEST) & (count >= _NEARLY_ALL * numbered)
    at = first[begun & chosen[of]]
    if not len(at):
        return numbers_apart(cells, sheet)
    parts = parted.filter(pa.array(begun & chosen[of])).to_pylist()
    words = rows[chosen[sheet[cells.line[rows]]]]
    begun_by_status = [(i, of) for i, of in zip(words.tolist(), map(_status, cells.words(words)), strict=True) if of]
    at = np.concatenate([at, np.array([i for i, _ in begun_by_status], np.int64)])
    order = np.argsort(at)
    parts = [*parts, *(of for _, of in begun_by_status)]
    return numbers_apart(_with_places(cells, at[order], [parts[i] for i in order.tolist()], chosen[sheet]), sheet)


def numbers_apart(cells: Cells, sheet: Ints) -> Cells:
    """The cells, with one more column where nearly all rows have a number before a name in their first or second cell.

    Each number stands once, as of cars, and no column is headed: what is headed is put apart once it is known of what.
    """
    near = np.flatnonzero(cells.column < 2)
    used, place = compact(cells.code[near], len(cells.texts))
    texts = cells.texts.take(pa.array(used))
    first = first_bytes(texts)
    likely = (IS_DIGIT[first] | (first == ord("#"))) & holding(texts, b" ")
    at = near[likely[place]]
    if len(at) < _FEWEST:
        return cells
    parted = pc.extract_regex(cells.texts.take(pa.array(cells.code[at])), _NUMBER)
    begun = parted.is_valid().to_numpy(zero_copy_only=False)
    if np.count_nonzero(begun) < _FEWEST:
        return cells
    begins = np.zeros(len(cells.widths), bool)
    begins[cells.line[(cells.column == 0) & cells.filled]] = True
    wide = (cells.column < 2) & (cells.widths[cells.line] > 2) & cells.filled & begins[cells.line]
    begun &= wide[at]
    at, parted = at[begun], parted.filter(pa.array(begun))
    sheets = 2 * (int(sheet.max()) + 1)
    count = np.bincount(2 * sheet[cells.line[at]] + cells.column[at], minlength=sheets)
    filled = np.flatnonzero(wide)
    printed = np.bincount(2 * sheet[cells.line[filled]] + cells.column[filled], minlength=sheets)
    for of in np.flatnonzero((count >= _FEWEST) & (count >= _NEARLY_ALL * printed)).tolist():
        mine = (sheet[cells.line] == of // 2) & wide
        here = (sheet[cells.line[at]] == of // 2) & (cells.column[at] == of % 2)
        parts = parted.filter(pa.array(here)).to_pylist()
        headed = sum(map(is_header_cell, cells.words(np.flatnonzero(mine)))) > 1
        if headed or len({part["place"] for part in parts}) < len(parts):
            continue
        lines = np.zeros(len(sheet), bool)
        lines[sheet == of // 2] = True
        cells = _with_places(cells, at[here], parts, lines, of % 2)
        return numbers_apart(cells, sheet)
    return cells


def _status(text: str) -> dict[str, str] | None:
    """The status that a text begins with in place of its place, and what is behind it: `Ret. Willie Green`."""
    status, _, rest = text.partition(" ")
    return {"place": status, "text": rest.strip()} if rest and fold(status) in statuses() else None


def _with_places(cells: Cells, at: Ints, parts: list[dict[str, str]], lines: Bools, column: int = 0) -> Cells:
    """The cells of the lines chosen, from a column on, moved by one, with places before those `at` some places."""
    moved = lines[cells.line] & (cells.widths[cells.line] > 1 + column) & (cells.column >= column)
    begins = np.flatnonzero(moved & (cells.column == column))
    columns, code = cells.column + moved, cells.code.copy()
    places = np.full(len(begins), len(cells.texts))
    code[at] = len(cells.texts) + 1 + np.arange(len(at))
    places[flags(at, len(code))[begins]] = len(cells.texts) + 1 + len(at) + np.arange(len(at))
    new = pa.array(["", *(of["text"] for of in parts), *(of["place"] for of in parts)])
    line = np.concatenate([cells.line, cells.line[begins]])
    columns = np.concatenate([columns, np.full(len(begins), column, columns.dtype)])
    code = np.concatenate([code, places])
    order = np.lexsort((columns, line))
    texts = pa.concat_arrays([cells.texts, new])
    return Cells.of(line[order], columns[order], Spans.whole(texts.take(pa.array(code[order]))))
