"""The table driver_links: what led to each mention's person, with every term of the sum; some of its rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from transforms.identity.arrays import grouped
from transforms.identity.groups import Codes, compact, ordered, spread
from transforms.identity.marks import NOTHING, mixed, of_lists, of_texts
from transforms.identity.outcome import Drivers
from transforms.identity.people import METHODS, People
from transforms.identity.points import TERMS
from transforms.schema import EVIDENCE, TABLES, TEXTS

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
        return self.drivers.ids.take(pa.array(self.drivers.of_mentions(places))), method, points

    def marks(self, places: Codes | slice) -> np.ndarray:
        """A mark for each mention: who have the same are told the same by `rows`, but for the keys and the person."""
        people = self.drivers.people
        said, texts = self._said
        notes = np.append(of_texts(texts), np.uint64(0))
        node = people.node[places]
        weighed, terms = self._marks
        evidence = np.where(said[node] >= 0, notes[said[node]], terms[people.group_of[node]])
        return mixed(people.method_of[node], weighed[people.group_of[node]], evidence)

    @cached_property
    def _marks(self) -> tuple[np.ndarray, np.ndarray]:
        """For each track, and for none, the mark of its sums and candidates, and that of the terms of the best."""
        links = self.drivers.people.links
        best, second = self._best_pairs
        total = np.append(links.total.astype(np.int64), NOTHING)
        terms = np.append(mixed(*links.terms.T), np.uint64(0)) if len(links.terms) else np.zeros(1, dtype=np.uint64)
        start, size, who = self._ranked
        at, some = compact(who)
        candidates = of_lists(start, size, of_texts(self.drivers.ids.take(pa.array(some)))[at])
        return mixed(total[best], total[second], candidates), terms[best]

    def _pairs(self, places: Codes | slice) -> tuple[Codes, Codes]:
        """The best and the next best pair of the track of each mention; -1 without one."""
        people = self.drivers.people
        group = people.group_of[people.node[places]]
        best, second = (pair[group] for pair in self._best_pairs)
        return best, second

    def _totals(self, pairs: Codes) -> pa.Array:
        return pa.array(self.drivers.people.links.total).take(pa.array(pairs, mask=pairs < 0)).cast(pa.int32())

    def _evidence(self, best: Codes, node: Codes) -> pa.Array:
        """The terms of each mention's best pair; for a variant what makes it one, for a decision its line."""
        (said, _), notes = self._said, self._notes
        at, pairs = compact(best)
        terms = self.drivers.people.links.terms[pairs]
        row, column = np.nonzero(terms)
        names = pa.array([name for name, _ in TERMS]).take(pa.array(column))
        sums = grouped(EVIDENCE, len(terms), row, _points(names, pa.array(terms[row, column], pa.int32())))
        at = np.where(said[node] >= 0, len(terms) + said[node], at)
        return pa.concat_arrays([sums, notes]).take(pa.array(at % (len(terms) + len(notes))))

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

    @cached_property
    def _best_pairs(self) -> tuple[Codes, Codes]:
        """For each track, and for none, the pair of its person or best candidate, and the next best; -1 without one."""
        links = self.drivers.people.links
        chosen = links.person[links.track] == links.candidate
        order = ordered(links.track, np.where(chosen, 0, 1), -links.total, links.candidate)
        track, tracks = links.track[order], np.arange(len(links.person))
        start = np.searchsorted(track, tracks)
        size = np.searchsorted(track, tracks, side="right") - start
        order = np.append(order, [-1, -1]).astype(np.int32)
        best, second = (
            np.where(size > 0, order[start], np.int32(-1)),
            np.where(size > 1, order[start + 1], np.int32(-1)),
        )
        return np.append(best, np.int32(-1)), np.append(second, np.int32(-1))

    @cached_property
    def _ranked(self) -> tuple[Codes, Codes, Codes]:
        """Where the candidates of each track begin, and of none at the end, how many they are; and they, best first."""
        links = self.drivers.people.links
        size = np.append(np.bincount(links.track, minlength=len(links.person)), 0)
        order = ordered(links.track, -links.total, links.candidate)
        return np.cumsum(size) - size, size, self.drivers.number_of[links.candidate[order]]

    def _candidates(self, group: Codes) -> pa.Array:
        """The ids of the candidates of each mention, best first."""
        start, size, who = self._ranked
        owner, at = spread(start[group], size[group])
        return grouped(TEXTS, len(group), owner, self.drivers.ids.take(pa.array(who[at])))


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
