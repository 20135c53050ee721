"""The table driver_links: what led to each mention's person, with every term of the sum; some of its rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from transforms.identity.arrays import grouped
from transforms.identity.groups import distinct
from transforms.identity.marks import NOTHING, mixed, of_lists, of_texts
from transforms.identity.outcome import Drivers, mentioned
from transforms.identity.people import METHODS, People
from transforms.identity.points import TERMS
from transforms.identity.turns import Codes, cut
from transforms.parts import Parts
from transforms.schema import EVIDENCE, MENTIONS, TABLES, TEXTS

REASONS = ("runner_up", "evidence", "candidates")


@dataclass(frozen=True)
class Sums:
    """What led to each mention's person, as the rows of driver_links tell it; `people` as in Drivers."""

    drivers: Drivers

    def rows(self, mentions: pa.Table, places: Codes | slice) -> pa.Table:
        """The rows for the mentions (result_id, seat) at these places."""
        columns = dict(zip(("driver_id", "method", "points"), self.settled(places), strict=True))
        keys = {name: mentions[name] for name in ("result_id", "seat")}
        return TABLES["driver_links"].conform(pa.table(keys | columns | self.reasons(places)))

    def reasons(self, places: Codes | slice) -> dict[str, pa.Array]:
        """What else led to the person of each mention: all REASONS."""
        people = self.drivers.people
        best, second = self._pairs(places)
        evidence = self._evidence(best, people.node[places])
        candidates = self._candidates(people.group_of[people.node[places]])
        return dict(zip(REASONS, (self._totals(second), evidence, candidates), strict=True))

    def settled(self, places: Codes | slice) -> tuple[pa.Array, pa.Array, pa.Array]:
        """The id of the person of each mention, how he is known, and the points of that."""
        people = self.drivers.people
        method = pa.array(METHODS).take(pa.array(people.method_of[people.node[places]]))
        points = self._totals(self._pairs(places)[0])
        return self.drivers.ids.take(pa.array(people.person(places))), method, points

    def marks(self, places: Codes | slice) -> np.ndarray:
        """A mark for each mention: who have the same are told the same by `rows`, but for the keys and the person."""
        people, weighed = self.drivers.people, self.drivers.people.weighed
        (said, _), (notes, totals, terms, who, ids) = self._said, self._marks
        node = people.node[places]
        group = people.group_of[node]
        best, second = (weighed.rows(pairs) for pairs in weighed.best(group))
        size = weighed.size[group].astype(np.int64)
        candidates = ids[np.searchsorted(who, weighed.candidates(group)[1])]
        sums = mixed(totals[best], totals[second], of_lists(np.cumsum(size) - size, size, candidates))
        evidence = np.where(said[node] >= 0, notes[said[node]], terms[best])
        return mixed(people.method_of[node], sums, evidence)

    def mentioned(self, name: Codes) -> Parts:
        """The table mentions, given the `name` of each mention."""

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            rank, people = self.drivers.rank, self.drivers.people
            for some in cut(len(name)):
                yield mentioned(name[some], rank[people.person(some)], self.marks(some)).select(columns)

        return Parts(MENTIONS, scan, count=len(name))

    @cached_property
    def _marks(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, Codes, np.ndarray]:
        """Marks of what is said, totals and marks of sums, each with that of none at the end; candidates, and marks."""
        weighed, none = self.drivers.people.weighed, np.zeros(1, dtype=np.uint64)
        totals = np.append(weighed.totals[:-1].astype(np.int64), NOTHING)
        terms = np.append(mixed(*weighed.sums.T), none) if len(weighed.sums) else none
        who = distinct(weighed.candidate)
        ids = of_texts(self.drivers.ids.take(pa.array(who)))
        return np.append(of_texts(self._said[1]), none), totals, terms, who, ids

    def _pairs(self, places: Codes | slice) -> tuple[Codes, Codes]:
        """The best and the next best pair of the track of each mention; -1 without one."""
        people = self.drivers.people
        return people.weighed.best(people.group_of[people.node[places]])

    def _totals(self, pairs: Codes) -> pa.Array:
        weighed = self.drivers.people.weighed
        return pa.array(weighed.totals[weighed.rows(pairs)], mask=pairs < 0)

    def _evidence(self, best: Codes, node: Codes) -> pa.Array:
        """The terms of each mention's best pair; for a variant what makes it one, for a decision its line."""
        (said, _), notes, sums = self._said, self._notes, self._sums
        at = np.where(said[node] >= 0, len(sums) + said[node], self.drivers.people.weighed.rows(best))
        return pa.concat_arrays([sums, notes]).take(pa.array(at % (len(sums) + len(notes))))

    @cached_property
    def _sums(self) -> pa.Array:
        """The terms of all sums that there are."""
        sums = self.drivers.people.weighed.sums
        row, column = np.nonzero(sums)
        names = pa.array([name for name, _ in TERMS]).take(pa.array(column))
        return grouped(EVIDENCE, len(sums), row, _points(names, pa.array(sums[row, column], pa.int32())))

    @cached_property
    def _said(self) -> tuple[Codes, pa.Array]:
        """For each node the place of what is said of it, -1 where a sum settled it; and all that is."""
        notes = _notes(self.drivers.people)
        place = np.full(len(self.drivers.people.method_of), -1, dtype=np.int32)
        place[list(notes)] = np.arange(len(notes))
        return place, pa.array(list(notes.values()), pa.string())

    @cached_property
    def _notes(self) -> pa.Array:
        """All that is said of nodes as evidence, then nothing."""
        texts = self._said[1]
        said = _points(texts, pa.array(np.zeros(len(texts)), pa.int32()))
        return grouped(EVIDENCE, len(texts) + 1, np.arange(len(texts)), said)

    def _candidates(self, group: Codes) -> pa.Array:
        """The ids of the candidates of each mention, best first."""
        owner, who = self.drivers.people.weighed.candidates(group)
        return grouped(TEXTS, len(group), owner, self.drivers.ids.take(pa.array(who)))


def _points(term: pa.Array, points: pa.Array) -> pa.Array:
    return pa.StructArray.from_arrays([term, points], fields=list(EVIDENCE.value_type))


def _notes(people: People) -> dict[int, str]:
    """What is to be said of nodes that no sum settled: the likeness of variants, the line of decisions."""
    held = np.zeros(len(people.method_of), dtype=bool)
    held[people.node] = True
    kinds = (METHODS.index(method) for method in ("decision", "variant"))
    decided, varied = (np.flatnonzero(held & (people.method_of == kind)).tolist() for kind in kinds)
    lines = {node: f"identity.csv line {people.lines[node]}" for node in decided if node in people.lines}
    return lines | {node: people.likeness[node] for node in varied if node in people.likeness}
