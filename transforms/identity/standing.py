"""Results beside those of the last build, of which only those are told apart again that a change may concern."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among, coded, distinct_of, whole
from transforms.identity.changes import lost, standing_cars
from transforms.identity.groups import Codes
from transforms.identity.ids import Ranked
from transforms.parts import Parts


def merged(some: Parts, ids: pa.Array, stay: np.ndarray, others: pa.Table, key: str) -> Parts:
    """Those of some rows that `stay`, and others, in the order of a key, in which each are; `ids` are those of some."""
    at = np.append(0, np.cumsum(stay))[np.asarray(pc.search_sorted(ids, others[key].combine_chunks()))]
    place = np.full(int(stay.sum()) + others.num_rows, -1, dtype=np.int32)
    kept = np.ones(len(place), dtype=bool)
    kept[at + np.arange(others.num_rows)] = False
    place[kept] = np.flatnonzero(stay)
    return some.laid(place, others)


@dataclass(frozen=True)
class Standing:
    """Results beside those of the last build: the `place` of each among these, -1 for a new one."""

    results: Parts
    before: Parts
    place: Codes

    @classmethod
    def of(cls, results: Parts, before: Parts, unchanged: Set[str]) -> Standing:
        """Those of `unchanged` sheets stand as they stood."""
        sheets, others = (rows.columns("sheet_id")["sheet_id"] for rows in (results, before))
        return cls(results, before, standing_cars(sheets, others, unchanged))

    @cached_property
    def new(self) -> Codes:
        """The places of the results that are new."""
        return np.flatnonzero(self.place < 0)

    @cached_property
    def gone(self) -> Codes:
        """The places of those before that do not stand any more."""
        return lost(self.place, self.before.columns("sheet_id").num_rows)

    def touched(self, columns: Sequence[str]) -> pa.Table:
        """What is printed in these columns of results that are new or gone."""
        rows = pa.concat_tables([self.results.take(self.new, columns), self.before.take(self.gone, columns)])
        return rows.group_by(columns).aggregate([])

    def borne(self, key: str) -> tuple[Codes, pa.Array]:
        """The id that each result bore, by its place or its result_id, as the place among the ids before; -1 for none.

        With one more -1 at the end.
        """
        code, ids = distinct_of(self.before.columns(key)[key])
        now, then = (rows.take(at, ["result_id"]) for rows, at in ((self.results, self.new), (self.before, self.gone)))
        was = among(now["result_id"], then["result_id"].combine_chunks())
        old = np.append(code, -1)[self.place]
        old[self.new] = np.append(code[self.gone], -1)[was]
        return old, ids


def renewed(
    standing: Standing,
    before: pa.Table,
    known: pa.ChunkedArray,
    columns: Sequence[str],
    tell: Callable[[pa.Table, pa.Array, Ranked], tuple[pa.DictionaryArray, pa.Table]],
) -> tuple[pa.DictionaryArray, pa.Table]:
    """The id of each result in a table, and that table, when only whom a change may concern is told apart.

    `before` is the last one, of which the `known` rows are told apart again; `tell` does that, by some columns of
    results and the id that each bore.
    """
    key = before.column_names[0]
    stay, again = before.filter(pc.invert(known)), before[key].filter(known)
    old, ids = standing.borne(key)
    own = np.flatnonzero(
        np.append(np.asarray(pc.is_in(ids, again.combine_chunks())), False)[old] | (standing.place < 0)
    )
    bore = ids.take(pa.array(old[own], mask=old[own] < 0))
    column, told = tell(standing.results.take(own, ["season", *columns]), bore, Ranked(stay[key]))
    code = old.copy()
    code[own] = np.where((mine := whole(column.indices)) < 0, -1, len(ids) + mine)
    return coded(code, pa.concat_arrays([ids, column.dictionary])), pa.concat_tables([stay, told])
