"""Human corrections of printed cells: a new text for one cell, as long as the expected one still stands there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.columns import Layout
from transforms.dialect import Cells, Lines
from transforms.pages import RESULT, Page
from transforms.sources import Correction, Source
from transforms.spans import Spans


class CorrectionError(ValueError):
    """A correction that does not apply: its line, column or expected text is not in the sheet (any more)."""


def correct(cells: Cells, lines: Lines, page: Page, layouts: Sequence[Layout], sources: Sequence[Source]) -> Cells:
    """The cells with each source's corrections made; raises CorrectionError for one that does not apply."""
    changed: dict[int, str] = {}
    for s, source in enumerate(sources):
        start = int(np.searchsorted(lines.sheet, s)) if source.corrections else 0
        for correction in source.corrections:
            at = _find(cells, page, layouts, start + correction.line - 1, source, correction)
            changed[at] = correction.value
    if not changed:
        return cells
    text = cells.texts.take(pa.array(cells.code))
    new = pa.array([changed[at] for at in sorted(changed)], pa.string())
    mask = np.isin(np.arange(len(text)), list(changed))
    return Cells.of(cells.line, cells.column, Spans.whole(pc.replace_with_mask(text, mask, new)))


def role_of(column: str) -> str:
    """The role that prints a column of results: `lap_time_ms` and `lap_time_text` are printed as lap_time."""
    for suffix in ("_text", "_ms", "_kmh", "_km"):
        column = column.removesuffix(suffix)
    return column


def _find(
    cells: Cells, page: Page, layouts: Sequence[Layout], line: int, source: Source, correction: Correction
) -> int:
    where = f"corrections.csv line {correction.row}: {source.sheet_id} line {correction.line}"
    if line >= len(page.outcome) or page.outcome[line] != RESULT:
        raise CorrectionError(f"{where} is not a row of results. Correct or remove the line.")
    roles = layouts[page.table[line]].roles
    role = role_of(correction.column)
    if role not in roles:
        raise CorrectionError(f"{where} has no column {correction.column}; it has {', '.join(roles)}.")
    start, end = np.searchsorted(cells.line, [line, line + 1])
    at: int = int(start) + roles.index(role)
    printed = cells.words(np.array([at]))[0] if at < end else ""
    if printed != correction.expect.strip():
        raise CorrectionError(
            f"{where} column {correction.column} reads '{printed}', not '{correction.expect}': "
            "the source has changed, or `expect` is mistyped. Look there, then mend or remove the correction."
        )
    return at
