"""Who the mentions of a build are after a change: some are told anew, and all others are who they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import differing, with_columns
from transforms.identity.entered import EnteredAgain
from transforms.identity.judgement import Identified
from transforms.identity.scope import Scope
from transforms.identity.sums import REASONS
from transforms.identity.turns import Codes
from transforms.parts import Parts, Tables
from transforms.schema import TABLES

# What driver_links and driver_results both tell, under the names of either.
KNOWN = {"driver_id": "driver_id", "method": "link_method", "points": "link_points"}
MANY = 250_000  # mentions that are compared at a time
Masks = dict[str, np.ndarray]


@dataclass(frozen=True)
class Told:
    """Who the mentions of a build are: at some `places` as `who` and `why` say row by row, all others as they were.

    `before` and `linked` are driver_results and driver_links of the last build, `printed` the rows of this one. `why`
    are rows of driver_links without their keys, with their `marks`; `apart` tells by column which rows of `who` are not
    as before, and `reasons` which of `why`.
    """

    scope: Scope
    before: Parts
    linked: Parts
    printed: Parts
    places: Codes
    who: pa.Table
    why: pa.Table
    marks: np.ndarray
    apart: Mapping[str, np.ndarray]
    reasons: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, previous: Tables, rows: Parts, scope: Scope, found: Identified) -> Told:
        """What was found of the judged, as far as it is not what they were."""
        before, linked = Parts.of(previous["driver_results"]), Parts.of(previous["driver_links"])
        cuts = np.split(np.arange(len(scope.judged)), range(MANY, len(scope.judged), MANY))
        row, marks = scope.former.ranked.places(found.people.ids), found.sums.marks(slice(None))
        apart = _in_turn([_differing(before, linked, scope, found, row, marks, some) for some in cuts])
        apart["driver"] = _renamed(Parts.of(previous["drivers"]), scope, found, apart["driver_id"])
        held = np.flatnonzero(np.logical_or.reduce(list(apart.values())))
        apart = {name: mask[held] for name, mask in apart.items()}
        reasons = {name: apart.pop(name) for name in REASONS}
        nothing = pa.nulls(len(held))
        why = found.sums.rows(pa.table({"result_id": nothing, "seat": nothing}), held)
        display = found.people.displays(found.people.people.person(held))
        who = pa.table({"driver": display} | {own: why[name] for name, own in KNOWN.items()})
        return cls(scope, before, linked, rows, scope.judged[held], who, why, marks[held], apart, reasons)

    @cached_property
    def persons(self) -> pa.Array:
        """The ids of those who won or lost a mention, or are called otherwise, as they are and as they were."""
        moved = np.logical_or.reduce(list(self.apart.values()))
        place = self.scope.stood[self.places[moved]]
        was = self.scope.former.ids(np.union1d(place[place >= 0], self.scope.lost))
        return pc.unique(pa.concat_arrays([self.who["driver_id"].combine_chunks().filter(pa.array(moved)), was]))

    def ids(self, places: Codes) -> pa.Array:
        """The driver of each mention at some places."""
        before = lambda at: pa.table({"driver_id": self.scope.former.ids(at)})
        return self._told(places, self.who.select(["driver_id"]), before)["driver_id"].combine_chunks()

    def being(self, ids: pa.Array) -> Codes:
        """The places of all mentions of some drivers."""
        wanted = np.zeros(len(self.scope.again) + 1, dtype=bool)  # the last is for nothing
        wanted[self.scope.former.being(ids)] = True
        wanted[self.scope.stood[self.places]] = False
        found = wanted[self.scope.stood]
        found[self.places[np.asarray(pc.is_in(self.who["driver_id"], ids))]] = True
        return np.flatnonzero(found)

    def rows(self, entered: EnteredAgain) -> Parts:
        """The table driver_results."""
        new, car = self._new, self.scope.car
        told = self._told(new, self.who, lambda at: self.before.take(at, self.who.column_names))
        told = dict(zip(told.column_names, told.columns, strict=True)) | entered.columns(car[new])
        rows = with_columns(self.printed.take(new, self.printed.schema.names), told)
        others = {name: self._others(self.who[name], apart) for name, apart in self.apart.items()}
        for name, renewed in entered.renewed.items():
            cars = np.zeros(len(entered.standing.place), dtype=bool)
            cars[renewed.changed] = True
            places = np.flatnonzero(cars[car] & (self.scope.kept >= 0))
            others[name] = places, renewed.of(car[places])
        return self.before.laid(self.scope.kept, rows).replaced(others)

    def links(self) -> Parts:
        """The table driver_links."""
        new = self._new
        own = list(KNOWN.values())  # which are at hand
        known = self._told(new, self.who.select(own), lambda at: self.before.take(at, own))
        keys = self.printed.take(new, ["result_id", "seat"])
        why = self._told(new, self.why.select(REASONS), lambda at: self.linked.take(at, REASONS))
        parts = keys, known.rename_columns(list(KNOWN)), why
        columns = {name: part[name] for part in parts for name in part.column_names}
        rows = TABLES["driver_links"].conform(pa.table(columns))
        apart = {name: self.apart[own] for name, own in KNOWN.items()} | dict(self.reasons)
        others = {name: self._others(self.why[name], own) for name, own in apart.items()}
        return self.linked.laid(self.scope.kept, rows).replaced(others)

    @cached_property
    def _new(self) -> Codes:
        """The places of the mentions of changed sheets."""
        return np.flatnonzero(self.scope.kept < 0)

    def _others(self, values: pa.ChunkedArray, apart: np.ndarray) -> tuple[Codes, pa.Array]:
        """The mentions of sheets that stand of whom a column says something else, and what it says."""
        some = np.flatnonzero(apart & (self.scope.kept[self.places] >= 0))
        return self.places[some], values.take(pa.array(some)).combine_chunks()

    def _told(self, places: Codes, told: pa.Table, before: Callable[[Codes], pa.Table]) -> pa.Table:
        """The rows of mentions at some places: as `told`, or as they were `before`, which gives those of some."""
        at = np.searchsorted(self.places, places)
        mine = np.append(self.places, -1)[at] == places
        kept = before(self.scope.stood[places[~mine]])
        row = np.where(mine, len(kept) + at, np.cumsum(~mine) - 1)
        return pa.concat_tables([kept, told.cast(kept.schema)]).take(pa.array(row))


def _in_turn(parts: Sequence[Masks]) -> Masks:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _differing(
    before: Parts, linked: Parts, scope: Scope, found: Identified, row: Codes, marks: np.ndarray, some: Codes
) -> Masks:
    """Column by column which of some of the judged are not as they were, but for how they are called.

    `row` is that of each of the people among the last drivers, `marks` are those of all who are judged. Only whose mark
    is another are compared.
    """
    place = scope.stood[scope.judged[some]]
    now = row[found.people.people.person(some)]
    apart = {"driver_id": (place < 0) | (now != scope.former.driver[place])}
    other = np.flatnonzero((place >= 0) & (marks[some] != scope.former.mark[place]))
    _, method, points = found.sums.settled(some[other])
    settled = pa.table({"link_method": method, "link_points": points})
    reasons = pa.table(found.sums.reasons(some[other]))
    for rows, table in ((settled, before), (reasons, linked)):
        was = table.take(place[other], rows.column_names)
        for name in rows.column_names:
            apart[name] = place < 0
            apart[name][other] = differing(rows[name], was[name])
    return apart


def _renamed(drivers: Parts, scope: Scope, found: Identified, moved: np.ndarray) -> np.ndarray:
    """Which of the judged are called otherwise than before, given those of them who `moved` to another driver.

    That may be only where a driver won or lost a mention, or where decisions say how somebody is to be called. The last
    `drivers` tell how each was called.
    """
    place, out = scope.stood[scope.judged], scope.stood[scope.judged] < 0
    person, left = found.people.people.person(slice(None)), place[moved]
    lost = scope.former.ids(np.union1d(left[left >= 0], scope.lost))
    other = np.asarray(pc.is_in(found.people.ids, lost))
    other[person[moved]] = True
    some = np.flatnonzero((other[person] | bool(found.people.people.labels)) & (place >= 0))
    rows, was = np.unique(scope.former.driver[place[some]], return_inverse=True)
    called = drivers.take(rows, ["driver"])["driver"].take(pa.array(was)).combine_chunks()
    out[some] = differing(found.people.displays(person[some]), called)
    return np.asarray(out)
