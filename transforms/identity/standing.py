"""Results beside those of the last build, of which only those are told apart again that a change may concern."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among, codes, differing
from transforms.identity.changes import kept, lost
from transforms.identity.groups import dense
from transforms.identity.ids import Borne, Ranked
from transforms.identity.turns import Codes
from transforms.parts import Parts


def merged(some: Parts, ids: pa.Array, stay: np.ndarray, others: pa.Table, key: str) -> Parts:
    """Those of some rows that `stay`, and others, in the order of a key, in which some are; `ids` are those of some."""
    others = others.sort_by(key)
    return some.laid(merging(ids, stay, others[key]), others)


def merging(ids: pa.Array, stay: np.ndarray, others: pa.ChunkedArray) -> Codes:
    """The place among some `ids` of each of those that `stay` and others, all in order; -1 for one of the others."""
    at = np.append(0, np.cumsum(stay))[np.asarray(pc.search_sorted(ids, others.combine_chunks()))]
    place = np.full(int(stay.sum()) + len(others), -1, dtype=np.int32)
    kept = np.ones(len(place), dtype=bool)
    kept[at + np.arange(len(others))] = False
    place[kept] = np.flatnonzero(stay)
    return place


@dataclass(frozen=True)
class Standing:
    """Results beside those of the last build: the `place` of each among these, -1 for a new one."""

    results: Parts
    before: Parts
    place: Codes

    @classmethod
    def of(cls, results: Parts, before: Parts, unchanged: Set[str]) -> Standing:
        """Those of `unchanged` sheets stand as they stood."""
        here, there = (rows.runs("sheet_id") for rows in (results, before))
        return cls(results, before, kept(here, there, unchanged))

    @cached_property
    def new(self) -> Codes:
        """The places of the results that are new."""
        return np.flatnonzero(self.place < 0)

    @cached_property
    def gone(self) -> Codes:
        """The places of those before that do not stand any more."""
        return lost(self.place, self.before.runs("sheet_id").rows)

    @cached_property
    def _was(self) -> Codes:
        """The place before of each result: where it stands, or that of a new one's result_id; -1 for none."""
        place = self.place.copy()
        now, then = (rows.take(at, ["result_id"]) for rows, at in ((self.results, self.new), (self.before, self.gone)))
        place[self.new] = np.append(self.gone, -1)[among(now["result_id"], then["result_id"].combine_chunks())]
        return place

    def borne(self, key: str, places: Codes) -> pa.Array:
        """The id that each of some results bore, by its place or its result_id; null for none."""
        was = self._was[places]
        ids = self.before.take(was[was >= 0], [key])[key].combine_chunks().cast(pa.string())
        return ids.take(pa.array(np.cumsum(was >= 0) - 1, mask=was < 0))

    def bearing(self, key: str, ids: pa.Array) -> Codes:
        """The results that bore one of some ids."""
        wanted = np.zeros(self.before.runs("sheet_id").rows + 1, dtype=bool)  # the last is for nothing
        wanted[self.before.places(key, ids)] = True
        return np.flatnonzero(wanted[self._was])

    def touched(self, key: str, columns: Sequence[str]) -> tuple[pa.Table, Codes]:
        """What is printed in some columns of new results more often than of those that are gone, or less often.

        As long as they print the same in one season, and bore the same id in `key`, nothing is to be told apart. Beside
        it the places of the new results of which that is not so.
        """
        asked = ["season", *columns]
        now = self.results.take(self.new, asked).append_column(key, self.borne(key, self.new))
        then = self.before.take(self.gone, [*asked, key])
        rows = pa.concat_tables([now.cast(then.schema), then])
        number = dense(*(codes(column)[0] + 1 for column in rows.columns))
        more = np.bincount(number[: len(now)], minlength=len(rows)) - np.bincount(
            number[len(now) :], minlength=len(rows)
        )
        hit = more[number] != 0
        prints = rows.select(columns).filter(pa.array(hit)).group_by(columns).aggregate([])
        return prints, self.new[hit[: len(now)]]


@dataclass(frozen=True)
class Renewed:
    """The ids that are told anew: those of the results at some `places`, which rise; all others bear what they bore."""

    standing: Standing
    key: str
    places: Codes
    ids: pa.Array

    def of(self, places: Codes) -> pa.Array:
        """The id of each result at some places."""
        told = np.isin(places, self.places)
        kept = self.standing.borne(self.key, places[~told])
        at = np.where(told, len(kept) + np.searchsorted(self.places, places), np.cumsum(~told) - 1)
        return pa.concat_arrays([kept, self.ids]).take(pa.array(at))

    @cached_property
    def changed(self) -> Codes:
        """The places of the results whose id is another than it was."""
        was = self.standing.borne(self.key, self.places)
        return np.asarray(self.places[differing(self.ids, was)])


def renewed(
    standing: Standing,
    before: pa.Table,
    known: pa.ChunkedArray,
    new: Codes,
    columns: Sequence[str],
    tell: Callable[[pa.Table, Borne, Ranked], tuple[pa.DictionaryArray, pa.Table]],
) -> tuple[Renewed, pa.Table]:
    """The ids of results that are told anew, and those rows of the table that these make.

    Of the last one, `before`, the `known` rows are told apart again, with what the `new` results print; `tell` does
    that, by some columns of results and the id that each bore.
    """
    key = before.column_names[0]
    own = np.union1d(standing.bearing(key, before[key].filter(known).combine_chunks()), new)
    taken = Ranked(before[key].filter(pc.invert(known)))
    column, told = tell(standing.results.take(own, ["season", *columns]), Borne.of(standing.borne(key, own)), taken)
    return Renewed(standing, key, own, column.dictionary_decode()), told
