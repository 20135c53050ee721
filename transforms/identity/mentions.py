"""All mentions of drivers as arrays of codes: who is printed, and beside what (sheet, event, car, entrant, season)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.names import Name, parse, shape

NONE = -1


@dataclass(frozen=True)
class Mentions:
    """One mention per row of `rows` (driver_results in order of sheet, line and seat), and the codes beside it.

    A code of -1 says that nothing is printed; `name` indexes `names`; `line` is the line of the sheet;
    `forms` is the name form of each sheet in `sheets`.
    """

    rows: pa.Table
    names: list[Name]
    name: np.ndarray
    sheet: np.ndarray
    sheets: pa.Array
    forms: dict[str, str]
    result: np.ndarray
    line: np.ndarray
    event: np.ndarray
    season: np.ndarray
    number: np.ndarray
    car: np.ndarray
    series: np.ndarray


def codes(column: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Each value's rank among the distinct values (-1 for null), and those values in order."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = array.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    indices = pc.fill_null(encoded.indices.cast(pa.int64()), NONE).to_numpy(zero_copy_only=False)
    ranked = np.where(indices == NONE, NONE, rank[indices]) if len(rank) else np.full(len(indices), NONE)
    return ranked.astype(np.int64), encoded.dictionary.take(pa.array(order))


def whole(column: pa.ChunkedArray) -> np.ndarray:
    """The integers of a column, -1 for null."""
    return np.asarray(pc.fill_null(column.cast(pa.int64()), NONE))


def gather(read: Mapping[str, pa.Table]) -> Mentions:
    """Put the mentions of the read tables in order and encode what is printed beside them."""
    results = read["results"]
    place = pc.index_in(read["driver_results"]["result_id"], results["result_id"].combine_chunks())
    rows = read["driver_results"].append_column("_place", place)
    line = results["line"].take(place)
    rows = rows.append_column("_line", line)
    rows = rows.sort_by([("sheet_id", "ascending"), ("_line", "ascending"), ("seat", "ascending")])
    line, place = whole(rows["_line"]), rows["_place"]
    rows = rows.drop_columns(["_line", "_place"])
    sheet, sheets = codes(rows["sheet_id"])
    name, names, forms = _read_names(rows, sheet, sheets)
    return Mentions(
        rows=rows,
        names=names,
        name=name,
        sheet=sheet,
        sheets=sheets,
        forms=forms,
        result=codes(rows["result_id"])[0],
        line=line,
        event=codes(rows["event_id"])[0],
        season=whole(rows["season"]),
        number=codes(rows["car_number"])[0],
        car=codes(rows["car"])[0],
        series=np.full(rows.num_rows, NONE),
    )


def _read_names(rows: pa.Table, sheet: np.ndarray, sheets: pa.Array) -> tuple[np.ndarray, list[Name], dict[str, str]]:
    """Parse each distinct name as its sheet is to be read; also the form of each sheet."""
    text, texts = codes(pc.fill_null(rows["name_text"], ""))
    quoted = pc.fill_null(rows["pseudonym"], fill_value=False).to_numpy().astype(np.int64)
    reading = _readings(sheet, len(sheets), [shape(t) for t in texts.to_pylist()], text, quoted)
    distinct, name = np.unique((text * 3 + reading[sheet]) * 2 + quoted, return_inverse=True)
    printed = texts.to_pylist()
    names = [parse(printed[c // 6], pseudonym=bool(c % 2), reading=_READINGS[c // 2 % 3]) for c in distinct.tolist()]
    return name, names, _forms(sheet, sheets, names, name, reading)


_READINGS = ("plain", "surname", "swapped")
_SHAPES = ("none", "surname", "initial", "given-first", "given-last", "words")


def _readings(sheet: np.ndarray, sheets: int, shapes: list[str], text: np.ndarray, quoted: np.ndarray) -> np.ndarray:
    """How each sheet's names of two words are to be read: index into plain, surname, swapped.

    Where seven names in ten are surnames, two words are a compound surname; where the known given names stand
    last at least three times and twice as often as first, the order is swapped.
    """
    kind = np.array([_SHAPES.index(s) for s in shapes], dtype=np.int64)[text]
    kind = np.where(quoted == 1, 0, kind)
    votes = np.bincount(sheet * 6 + kind, minlength=sheets * 6).reshape(sheets, 6)
    surnames, full = votes[:, 1], votes[:, 3:].sum(axis=1)
    swapped = (votes[:, 4] >= 3) & (votes[:, 4] >= 2 * votes[:, 3])
    return np.where(surnames * 10 >= (surnames + full) * 7, 1, np.where(swapped, 2, 0))


def _forms(
    sheet: np.ndarray, sheets: pa.Array, names: list[Name], name: np.ndarray, reading: np.ndarray
) -> dict[str, str]:
    """The name form of each sheet: the one that eight of ten names have, else mixed."""
    order = ("full", "surname", "initial", "pseudonym", "placeholder")
    form = np.array([order.index(n.form) for n in names], dtype=np.int64)[name]
    votes = np.bincount(sheet * 5 + form, minlength=len(sheets) * 5).reshape(len(sheets), 5)[:, :3]
    best, total = votes.argmax(axis=1), votes.sum(axis=1)
    clear = votes.max(axis=1) * 10 >= total * 8 if len(sheets) else np.zeros(0, bool)
    forms = {}
    for index, sheet_id in enumerate(sheets.to_pylist()):
        label = order[best[index]] if clear[index] else "mixed"
        label = "swapped" if label == "full" and reading[index] == 2 else label
        forms[sheet_id] = label if total[index] else "none"
    return forms
