"""The rows of those who were judged, laid into what stands from the last build."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.doubts import CHECKS, doubts
from transforms.identity.scope import Scope

Rows = TypeVar("Rows", pa.Table, pa.ChunkedArray)


def laid(scope: Scope, old: Rows, renewed: Rows) -> Rows:
    """Of each mention of the build the row: where it stands that of `old`, else the next of `renewed`."""
    judged = scope.place < 0
    at = np.where(judged, len(old) + np.cumsum(judged) - 1, scope.place)
    if isinstance(old, pa.Table):
        return pa.concat_tables([old, renewed]).take(pa.array(at))
    return pa.chunked_array([*old.chunks, *renewed.chunks]).take(pa.array(at))


def merged(some: pa.Table, others: pa.Table, key: str) -> pa.Table:
    """The rows of two tables in the order of a key, by which each is in order."""
    before = np.asarray(pc.search_sorted(some[key].combine_chunks(), others[key].combine_chunks())).astype(np.int64)
    at = np.full(some.num_rows + others.num_rows, -1)
    at[before + np.arange(others.num_rows)] = some.num_rows + np.arange(others.num_rows)
    at[at < 0] = np.arange(some.num_rows)
    return pa.concat_tables([some, others]).take(pa.array(at))


def doubts_again(
    rows: pa.Table, results: pa.Table, findings: pa.Table, judged: pa.ChunkedArray, scope: Scope
) -> pa.Table:
    """The findings about people, sought again for those `judged`, and for whoever stands in a sheet that changed.

    A finding says on which line it is, and not about whom: so whoever stands on such a line with one who is sought
    is sought, too, and only the others' findings stay.
    """
    unchanged = pa.array(scope.unchanged, pa.string())
    about = pc.and_(pc.is_in(findings["check"], pa.array(CHECKS)), pc.is_in(findings["sheet_id"], unchanged))
    kept = findings.filter(about)
    line = pc.binary_join_element_wise(kept["sheet_id"], kept["line"].cast(pa.string()), ":")
    doubted = rows.select(["result_id", "driver_id"]).filter(pc.is_in(rows["result_id"], pc.unique(line)))
    changed = rows["driver_id"].filter(pc.invert(pc.is_in(rows["sheet_id"], unchanged)))
    sought = pc.unique(pa.chunked_array([*judged.chunks, *changed.chunks], pa.string()))
    while True:
        lines = pc.unique(doubted["result_id"].filter(pc.is_in(doubted["driver_id"], sought)))
        there = doubted["driver_id"].filter(pc.is_in(doubted["result_id"], lines))
        more = pc.unique(pa.chunked_array([sought, *there.chunks], pa.string()))
        if len(more) == len(sought):
            break
        sought = more
    again = doubts(rows.filter(pc.is_in(rows["driver_id"], sought)), results)
    stay = kept.filter(pc.invert(pc.is_in(line, lines)))
    return pa.concat_tables([stay, again]).group_by(stay.column_names).aggregate([]).select(stay.column_names)
