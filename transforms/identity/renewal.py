"""What was told apart again, laid into what stands from the last build."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.changes import lost
from transforms.identity.groups import Codes
from transforms.identity.ids import Ranked
from transforms.schema import TABLES

Rows = TypeVar("Rows", pa.Table, pa.ChunkedArray)


def laid(place: Codes, old: Rows, renewed: Rows) -> Rows:
    """For each row of the build that which has its `place` in `old`, or the next of the `renewed` where that is -1."""
    fresh = place < 0
    at = pa.array(np.where(fresh, len(old) + np.cumsum(fresh) - 1, place))
    if isinstance(old, pa.Table):
        return pa.concat_tables([old, renewed]).take(at)
    return pa.chunked_array([*old.chunks, *renewed.chunks]).take(at)


def merged(some: pa.Table, stay: np.ndarray, others: pa.Table, key: str) -> pa.Table:
    """Those of some rows that `stay`, and others, in the order of a key, by which each table is in order."""
    at = np.append(0, np.cumsum(stay))[np.asarray(pc.search_sorted(*(t[key].combine_chunks() for t in (some, others))))]
    place = np.full(int(stay.sum()) + others.num_rows, -1)
    place[at + np.arange(others.num_rows)] = some.num_rows + np.arange(others.num_rows)
    place[place < 0] = np.flatnonzero(stay)
    return pa.concat_tables([some, others]).take(pa.array(place))


def touched(results: pa.Table, before: pa.Table, place: Codes, columns: Sequence[str]) -> pa.Table:
    """What is printed in these columns of results that are new, or have no `place` any more of those `before`."""
    new, gone = pa.array(np.flatnonzero(place < 0)), pa.array(lost(place, before.num_rows))
    rows = pa.concat_tables([results.select(columns).take(new), before.select(columns).take(gone)])
    return rows.group_by(columns).aggregate([])


def renewed(
    results: pa.Table,
    previous: Mapping[str, pa.Table],
    place: Codes,
    name: str,
    known: pa.ChunkedArray,
    tell: Callable[[pa.Table, pa.ChunkedArray, Ranked], tuple[pa.DictionaryArray, pa.Table]],
) -> tuple[pa.ChunkedArray, pa.Table]:
    """The ids of results in the table `name`, and that table, when only whom a change may concern is told apart.

    `place` is where each result stood in the `previous` tables, -1 for a new one; `known` marks the rows of the last
    table that are to be told apart again; `tell` does that.
    """
    rows, before, key = previous["results"], previous[name], TABLES[name].key[0]
    new, gone = np.flatnonzero(place < 0), pa.array(lost(place, rows.num_rows))
    was = pc.index_in(results["result_id"].take(pa.array(new)), rows["result_id"].take(gone).combine_chunks())
    old = laid(place, rows[key], rows[key].take(gone).take(was))
    stay, again = before.filter(pc.invert(known)), before[key].filter(known).combine_chunks()
    mine = np.append(np.asarray(pc.is_in(rows[key], again)), True)[place]
    own = pa.array(np.flatnonzero(mine))
    column, told = tell(results.take(own), old.take(own), Ranked(stay[key]))
    return laid(np.where(mine, -1, place), rows[key], pa.chunked_array([column.dictionary_decode()])), pa.concat_tables(
        [stay, told]
    )
