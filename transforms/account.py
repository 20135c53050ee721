"""How a sheet is understood, as plain values: its tables with each column's role, its lines with their outcome."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np

from transforms.arrays import Ints
from transforms.columns import Column, Layout
from transforms.facts import heading_texts
from transforms.sheets import Reading

SAMPLES = 3


def account(reading: Reading) -> dict[str, Any]:
    """The account of a reading of one sheet: `sheet`, `tables`, `lines` and `findings`, all plain JSON values.

    Each table has its lines, the basis and score of its layout, what is in doubt, and per column the role,
    the share of cells that fit, the next best role with the margin in nats, and sample cells.
    """
    lines, cells = (
        _of_tables(table, len(reading.layouts))
        for table in (reading.page.table, reading.page.table[reading.cells.line])
    )
    parts = zip(reading.layouts, lines, _sections(reading, lines), cells, strict=True)
    return {
        "sheet": reading.tables["sheets"].to_pylist()[0],
        "tables": [_table(reading, *of) for of in parts],
        "lines": reading.tables["lines"].drop_columns(["sheet_id"]).to_pylist(),
        "findings": reading.tables["findings"].drop_columns(["event_id", "sheet_id"]).to_pylist(),
    }


def _of_tables(table: Ints, tables: int) -> list[Ints]:
    """The places of what each table has, given the table of each."""
    order = np.argsort(table, kind="stable")
    return np.split(order, np.searchsorted(table[order], np.arange(tables + 1)))[1:-1]


def _sections(reading: Reading, lines: Sequence[Ints]) -> list[str | None]:
    """The text above each table that is below a section."""
    above = reading.page.section[np.array([of[0] for of in lines], np.int64)]
    texts = iter(heading_texts(reading.cells, above[above >= 0]))
    return [next(texts) if line >= 0 else None for line in above.tolist()]


def _table(reading: Reading, found: Layout, lines: Ints, section: str | None, cells: Ints) -> dict[str, Any]:
    return {
        "first_line": int(reading.lines.number[lines[0]]),
        "last_line": int(reading.lines.number[lines[-1]]),
        "rows": len(lines),
        "section": section,
        "basis": found.basis,
        "score": round(found.score, 4),
        "doubt": found.doubt,
        "columns": [
            _column(reading, i, column, cells[reading.cells.column[cells] == i])
            for i, column in enumerate(found.columns)
        ],
    }


def _column(reading: Reading, i: int, column: Column, cells: Ints) -> dict[str, Any]:
    texts = (reading.cells.texts[code].as_py() for code in reading.cells.code[cells].tolist())
    return {
        "column": i + 1,
        "role": column.heading.role,
        "name": column.heading.name,
        "fit": round(column.fit, 4),
        "runner_up": column.runner_up,
        "margin": None if column.margin is None else round(column.margin, 1),
        "samples": list(islice(dict.fromkeys(text for text in texts if text), SAMPLES)),
    }
