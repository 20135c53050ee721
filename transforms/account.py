"""How a sheet is understood, as plain values: its tables with each column's role, its lines with their outcome."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np

from transforms.columns import Column, Layout
from transforms.facts import heading_texts
from transforms.sheets import Reading

SAMPLES = 3


def account(reading: Reading) -> dict[str, Any]:
    """The account of a reading of one sheet: `sheet`, `tables`, `lines` and `findings`, all plain JSON values.

    Each table has its lines, the basis and score of its layout, what is in doubt, and per column the role,
    the share of cells that fit, the next best role with the margin in nats, and sample cells.
    """
    return {
        "sheet": reading.tables["sheets"].to_pylist()[0],
        "tables": [_table(reading, t, found) for t, found in enumerate(reading.layouts)],
        "lines": reading.tables["lines"].drop_columns(["sheet_id"]).to_pylist(),
        "findings": reading.tables["findings"].drop_columns(["event_id", "sheet_id"]).to_pylist(),
    }


def _table(reading: Reading, t: int, found: Layout) -> dict[str, Any]:
    lines = np.flatnonzero(reading.page.table == t)
    section = int(reading.page.section[lines[0]])
    return {
        "first_line": int(reading.lines.number[lines[0]]),
        "last_line": int(reading.lines.number[lines[-1]]),
        "rows": len(lines),
        "section": heading_texts(reading.cells, np.array([section]))[0] if section >= 0 else None,
        "basis": found.basis,
        "score": round(found.score, 4),
        "doubt": found.doubt,
        "columns": [_column(reading, t, i, column) for i, column in enumerate(found.columns)],
    }


def _column(reading: Reading, t: int, i: int, column: Column) -> dict[str, Any]:
    cells = reading.cells
    here = np.flatnonzero((reading.page.table[cells.line] == t) & (cells.column == i))
    texts = (cells.texts[code].as_py() for code in cells.code[here].tolist())
    return {
        "column": i + 1,
        "role": column.heading.role,
        "name": column.heading.name,
        "fit": round(column.fit, 4),
        "runner_up": column.runner_up,
        "margin": None if column.margin is None else round(column.margin, 1),
        "samples": list(islice(dict.fromkeys(text for text in texts if text), SAMPLES)),
    }
