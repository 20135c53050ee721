"""Sheets whose columns are aligned by blanks: the gutters that run through all rows divide them."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_BLANKS = re.compile(r" {2,}")
_WIDEST = 2_000  # characters; beyond it a line is not a printed table, and only runs of blanks divide it


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
    rows = [line for line, cells in zip(lines, runs, strict=True) if len(cells) > 2]
    if len(rows) < 2 or max(map(len, rows)) > _WIDEST:
        return runs
    gutters = _gutters(rows)
    columns = [_slice(line, gutters) for line in lines]
    # A gutter that is missing glues cells which a run of blanks still divides: then the runs are the better witness.
    if any(
        _BLANKS.search(cell) for cells, by_run in zip(columns, runs, strict=True) if len(by_run) > 2 for cell in cells
    ):
        return runs
    return [_fit(cells, by_run) for cells, by_run in zip(columns, runs, strict=True)]


def _fit(cells: list[str], by_run: list[str]) -> list[str]:
    """The cells of a row; a line of one or two texts is a row only where each text stands in a column of its own."""
    is_row = len(by_run) > 2 or (len(by_run) == 2 and [cell for cell in cells if cell] == by_run)
    return cells if is_row else by_run


def _gutters(rows: list[str]) -> list[int]:
    """Where columns start: the ends of runs of two or more character places that are blank in every row."""
    width = max(map(len, rows))
    grid = np.frombuffer("".join(row.ljust(width) for row in rows).encode("utf-32-le"), dtype="<u4")
    blank = (grid.reshape(len(rows), width) == ord(" ")).all(axis=0)
    pair = blank[:-1] & blank[1:]
    starts = np.flatnonzero(pair & ~np.append(pair[1:], False)) + 2
    return [0, *(int(s) for s in starts if not blank[:s].all() and s < width)]


def _slice(line: str, starts: list[int]) -> list[str]:
    return [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
