"""The ledger: one row per line of every source, and one per sheet, from which each file can be replayed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from transforms.dialect import Lines
from transforms.facts import SheetFacts
from transforms.pages import REJECT, RESULT
from transforms.schema import OUTCOMES, TABLES
from transforms.sources import Source
from transforms.text import Text
from transforms.verdicts import Verdict


def lines_table(sources: Sequence[Source], lines: Lines, verdict: Verdict) -> pa.Table:
    """The table lines: every line with its outcome and, for rejects, the reason."""
    reasons = np.full(len(lines.sheet), -1)
    reasons[list(verdict.reasons)] = np.arange(len(verdict.reasons))
    texts = pa.array(list(verdict.reasons.values()), pa.string())
    return TABLES["lines"].conform(
        pa.table(
            {
                "sheet_id": pa.array([source.sheet_id for source in sources], pa.string()).take(pa.array(lines.sheet)),
                "line": pa.array(lines.number, pa.int32()),
                "outcome": pa.array(OUTCOMES).take(pa.array(verdict.outcome)),
                "reason": texts.take(pa.array(reasons, mask=reasons < 0)),
                "text": lines.text,
            }
        )
    )


def sheets_table(
    sources: Sequence[Source],
    texts: Sequence[Text],
    dialects: Sequence[str],
    facts: SheetFacts,
    verdict: Verdict,
    lines: Lines,
) -> pa.Table:
    """The table sheets, without the form of names, which only identities know."""
    counts = {
        name: np.bincount(lines.sheet, verdict.outcome == outcome, len(sources)).astype(np.int64)
        for name, outcome in (("results", RESULT), ("rejects", REJECT))
    }
    main = facts.main
    return TABLES["sheets"].conform(
        pa.table(
            {
                "sheet_id": facts.sheet_id,
                "event_id": facts.event_id,
                "path": pa.array([source.path for source in sources], pa.string()),
                "sha256": pa.array([source.sha256 for source in sources], pa.string()),
                "encoding": pa.array([text.encoding for text in texts], pa.string()),
                "newline": pa.array([text.newline for text in texts], pa.string()),
                "dialect": pa.array(dialects, pa.string()),
                "kind": facts.kind,
                "kind_basis": pa.array(facts.kind_basis, pa.string()),
                "layout": pa.array([found.roles if found else () for found in main], pa.list_(pa.string())),
                "layout_basis": pa.array([found.basis if found else "none" for found in main], pa.string()),
                "layout_score": pa.array([round(found.score, 4) if found else None for found in main], pa.float64()),
                "lap_time_of": pa.array([source.lap_time_of for source in sources], pa.string()),
                "lines": pa.array(np.bincount(lines.sheet, minlength=len(sources)), pa.int32()),
                **{name: pa.array(count, pa.int32()) for name, count in counts.items()},
            }
        )
    )
