"""Who the mentions of a build are after a change: some are told anew, and all others are who they were."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import differing, with_columns
from transforms.identity.entered import EnteredAgain
from transforms.identity.groups import Codes
from transforms.identity.judgement import Identified
from transforms.identity.scope import Scope
from transforms.parts import Parts, Tables


@dataclass(frozen=True)
class Told:
    """Who the mentions of a build are: those judged as `who` and `why` say row by row, all others as they were.

    `before` and `linked` are driver_results and driver_links of the last build, `printed` the rows of this one;
    `moved` tells which of the judged are others than before, or known otherwise.
    """

    scope: Scope
    before: Parts
    linked: Parts
    printed: Parts
    who: pa.Table
    why: pa.Table
    moved: np.ndarray

    @classmethod
    def of(cls, previous: Tables, rows: Parts, scope: Scope, found: Identified) -> Told:
        """What was found of the judged, compared with what they were."""
        before = Parts.of(previous["driver_results"])
        why = found.sums.rows(rows.take(scope.judged, ["result_id", "seat"]), slice(None))
        display = found.people.displays(found.people.of_mentions(slice(None)))
        told = {"driver_id": why["driver_id"], "driver": display}
        who = pa.table(told | {"link_method": why["method"], "link_points": why["points"]})
        moved = _apart(who, before, scope.stood[scope.judged])
        return cls(scope, before, Parts.of(previous["driver_links"]), rows, who, why, moved)

    @cached_property
    def persons(self) -> pa.Array:
        """The ids of those who won or lost a mention, or are called otherwise, as they are and as they were."""
        place = self.scope.stood[self.scope.judged[self.moved]]
        was = self.scope.former.ids(np.union1d(place[place >= 0], self.scope.lost))
        return pc.unique(pa.concat_arrays([self.who["driver_id"].combine_chunks().filter(pa.array(self.moved)), was]))

    def ids(self, places: Codes) -> pa.Array:
        """The driver of each mention at some places."""
        return self._told(places, self.who.select(["driver_id"]), self.before)["driver_id"].combine_chunks()

    def being(self, ids: pa.Array) -> Codes:
        """The places of all mentions of some drivers."""
        wanted = np.zeros(len(self.scope.again) + 1, dtype=bool)  # the last is for nothing
        wanted[self.scope.former.being(ids)] = True
        wanted[:-1] &= ~self.scope.again
        judged = self.scope.judged[np.asarray(pc.is_in(self.who["driver_id"], ids))]
        return np.union1d(np.flatnonzero(wanted[self.scope.stood]), judged)

    def rows(self, entered: EnteredAgain) -> Parts:
        """The table driver_results."""
        cars = np.zeros(len(entered.standing.place), dtype=bool)
        cars[entered.anew] = True
        anew = (self.scope.kept < 0) | cars[self.scope.car]
        anew[self.scope.judged[self.moved]] = True
        places = np.flatnonzero(anew)
        told = self._told(places, self.who, self.before)
        told = dict(zip(told.column_names, told.columns, strict=True)) | entered.columns(self.scope.car[places])
        return self._laid(self.before, places, with_columns(self.printed.take(places, self.printed.schema.names), told))

    def links(self) -> Parts:
        """The table driver_links."""
        other = self.why.select(["runner_up", "evidence", "candidates"])
        anew = self.scope.kept < 0
        anew[self.scope.judged[self.moved | _apart(other, self.linked, self.scope.stood[self.scope.judged])]] = True
        places = np.flatnonzero(anew)
        keys = self.printed.take(places, ["result_id", "seat"])
        told = with_columns(
            self._told(places, self.why, self.linked), dict(zip(keys.column_names, keys.columns, strict=True))
        )
        return self._laid(self.linked, places, told)

    def _told(self, places: Codes, told: pa.Table, before: Parts) -> pa.Table:
        """The rows of mentions at some places: of the judged as `told`, of the others as they were `before`."""
        at = np.searchsorted(self.scope.judged, places)
        mine = np.append(self.scope.judged, -1)[at] == places
        kept = before.take(self.scope.stood[places[~mine]], told.column_names)
        row = np.where(mine, len(kept) + at, np.cumsum(~mine) - 1)
        return pa.concat_tables([kept, told.cast(kept.schema)]).take(pa.array(row))

    def _laid(self, before: Parts, places: Codes, rows: pa.Table) -> Parts:
        """A table of the last build with these rows at some places, and without what is gone."""
        place = self.scope.kept.copy()
        place[places] = -1
        return before.laid(place, rows)


def _apart(told: pa.Table, before: Parts, place: Codes) -> np.ndarray:
    """Which rows are others than at their `place` before, or were not there (-1)."""
    apart = place < 0
    held = np.flatnonzero(~apart)
    was, now = before.take(place[held], told.column_names), told.take(pa.array(held))
    for one, other in zip(now.columns, was.columns, strict=True):
        apart[held] |= differing(one, other)
    return np.asarray(apart)
