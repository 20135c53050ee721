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
from transforms.headings import is_header_cell
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
        return cells
    parted = pc.extract_regex(texts, _PLACE)
    begun = parted.is_valid().to_numpy(zero_copy_only=False)
    of = sheet[cells.line[first]]
    sheets = int(sheet.max()) + 1
    count, numbered = np.bincount(of, begun, sheets), np.bincount(of, minlength=sheets)
    chosen = (count >= _FEWEST) & (count >= _NEARLY_ALL * numbered)
    at = first[begun & chosen[of]]
    if not len(at):
        return cells
    parts = parted.filter(pa.array(begun & chosen[of])).to_pylist()
    words = rows[chosen[sheet[cells.line[rows]]]]
    begun_by_status = [(i, of) for i, of in zip(words.tolist(), map(_status, cells.words(words)), strict=True) if of]
    at = np.concatenate([at, np.array([i for i, _ in begun_by_status], np.int64)])
    order = np.argsort(at)
    parts = [*parts, *(of for _, of in begun_by_status)]
    return _with_places(cells, at[order], [parts[i] for i in order.tolist()], chosen[sheet])


def numbers_apart(cells: Cells, sheet: Ints) -> Cells:
    """The cells, with one more column where nearly all rows have a number before a name in their first or second cell.

    Each number stands once, as of cars, and no column is headed: what is headed is put apart once it is known of what.
    """
    for _ in range(2):  # a place may stand before the number
        at, parts, column = _before_names(cells, sheet)
        if not len(at):
            break
        cells = _with_places(cells, at, parts, column >= 0, column)
    return cells


def _before_names(cells: Cells, sheet: Ints) -> tuple[Ints, list[dict[str, str]], Ints]:
    """The cells in which a number is put apart, their parts, and for each line in which column that is, or -1."""
    none = np.zeros(0, np.int64), list[dict[str, str]](), np.full(len(sheet), -1)
    near = np.flatnonzero(cells.column < 2)
    used, place = compact(cells.code[near], len(cells.texts))
    texts = cells.texts.take(pa.array(used))
    first = first_bytes(texts)
    likely = (IS_DIGIT[first] | (first == ord("#"))) & holding(texts, b" ")
    at = near[likely[place]]
    if len(at) < _FEWEST:
        return none
    parted = pc.extract_regex(cells.texts.take(pa.array(cells.code[at])), _NUMBER)
    begun = parted.is_valid().to_numpy(zero_copy_only=False)
    if np.count_nonzero(begun) < _FEWEST:
        return none
    begins = np.zeros(len(cells.widths), bool)
    begins[cells.line[(cells.column == 0) & cells.filled]] = True
    wide = (cells.column < 2) & (cells.widths[cells.line] > 2) & cells.filled & begins[cells.line]
    begun &= wide[at]
    at, parted = at[begun], parted.filter(pa.array(begun))
    columns = 2 * (int(sheet.max()) + 1)
    of, filled = 2 * sheet[cells.line] + cells.column, np.flatnonzero(wide)
    count, printed = (np.bincount(of[some], minlength=columns) for some in (at, filled))
    chosen = (count >= _FEWEST) & (count >= _NEARLY_ALL * printed)
    mine = filled[chosen[of[filled]]]
    used, word = compact(cells.code[mine], len(cells.texts))
    headed = np.array([is_header_cell(text) for text in cells.texts.take(pa.array(used)).to_pylist()], bool)[word]
    chosen &= np.bincount(of[mine][headed], minlength=columns) <= 1
    number = parted.field("place").dictionary_encode().indices.to_numpy()
    once = np.unique(np.stack([of[at], number]), axis=1)[0]
    chosen &= np.bincount(once, minlength=columns) == count
    chosen[1::2] &= ~chosen[::2]
    here = chosen[of[at]]
    column = np.where(chosen[2 * sheet], 0, np.where(chosen[2 * sheet + 1], 1, -1))
    return at[here], parted.filter(pa.array(here)).to_pylist(), column


def _status(text: str) -> dict[str, str] | None:
    """The status that a text begins with in place of its place, and what is behind it: `Ret. Willie Green`."""
    status, _, rest = text.partition(" ")
    return {"place": status, "text": rest.strip()} if rest and fold(status) in statuses() else None


def _with_places(cells: Cells, at: Ints, parts: list[dict[str, str]], lines: Bools, column: Ints | int = 0) -> Cells:
    """The cells of the lines chosen, from a column on, moved by one, with places before those `at` some places."""
    start = np.broadcast_to(column, lines.shape)[cells.line]
    parted = flags(cells.line[at], len(lines))
    # A row that does not begin so, and has few cells, is one whose cells have run together.
    whole = parted | (cells.widths > 2 + np.broadcast_to(column, lines.shape))
    moved = (lines & whole)[cells.line] & (cells.column >= start)
    begins = np.flatnonzero(moved & (cells.column == start))
    columns, code = cells.column + moved, cells.code.copy()
    places = np.full(len(begins), len(cells.texts))
    code[at] = len(cells.texts) + 1 + np.arange(len(at))
    places[flags(at, len(code))[begins]] = len(cells.texts) + 1 + len(at) + np.arange(len(at))
    new = pa.array(["", *(of["text"] for of in parts), *(of["place"] for of in parts)])
    line = np.concatenate([cells.line, cells.line[begins]])
    columns = np.concatenate([columns, start[begins].astype(columns.dtype)])
    code = np.concatenate([code, places])
    order = np.lexsort((columns, line))
    texts = pa.concat_arrays([cells.texts, new])
    return Cells.of(line[order], columns[order], Spans.whole(texts.take(pa.array(code[order]))))
