"""Findings of all kinds in one order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FIRST = ("sheet_id", "event_id", "line", "check", "column", "observed", "message")  # most are about a sheet


def in_order(findings: pa.Table) -> pa.Table:
    """Findings in the order of all columns, so that none is left to chance, and each of them once."""
    order = [*FIRST, *(name for name in findings.column_names if name not in FIRST)]
    ranked = findings.take(pc.sort_indices(findings, [(name, "ascending") for name in order])).combine_chunks()
    fresh = np.zeros(len(ranked), dtype=bool)
    fresh[:1] = True
    for column in ranked.columns:
        above, below = column[:-1].combine_chunks(), column[1:].combine_chunks()
        none = pc.and_(pc.is_null(above), pc.is_null(below))
        fresh[1:] |= ~np.asarray(pc.if_else(none, True, pc.fill_null(pc.equal(above, below), fill_value=False)))
    return ranked if fresh.all() else ranked.filter(pa.array(fresh))
