"""Places a blank before the first text of their rows (`1. Vieira - Moineau`), put in a column of their own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags
from transforms.dialect import Cells
from transforms.fold import fold
from transforms.lexicon import statuses
from transforms.masks import IS_DIGIT, first_bytes
from transforms.spans import Spans

_PLACE = r"^(?P<place>\d{1,3}[.)])\s+(?P<text>[^\d\s].*)$"
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


def _status(text: str) -> dict[str, str] | None:
    """The status that a text begins with in place of its place, and what is behind it: `Ret. Willie Green`."""
    status, _, rest = text.partition(" ")
    return {"place": status, "text": rest.strip()} if rest and fold(status) in statuses() else None


def _with_places(cells: Cells, at: Ints, parts: list[dict[str, str]], lines: Bools) -> Cells:
    """The cells of the lines chosen moved by a column, with places before those `at` some places, nothing elsewhere."""
    moved = lines[cells.line] & (cells.widths[cells.line] > 1)
    begins = np.flatnonzero(moved & (cells.column == 0))
    column, code = cells.column + moved, cells.code.copy()
    places = np.full(len(begins), len(cells.texts))
    code[at] = len(cells.texts) + 1 + np.arange(len(at))
    places[flags(at, len(code))[begins]] = len(cells.texts) + 1 + len(at) + np.arange(len(at))
    new = pa.array(["", *(of["text"] for of in parts), *(of["place"] for of in parts)])
    line = np.concatenate([cells.line, cells.line[begins]])
    column = np.concatenate([column, np.zeros(len(begins), column.dtype)])
    code = np.concatenate([code, places])
    order = np.lexsort((column, line))
    texts = pa.concat_arrays([cells.texts, new])
    return Cells.of(line[order], column[order], Spans.whole(texts.take(pa.array(code[order]))))
