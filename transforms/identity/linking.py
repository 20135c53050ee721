"""Which track is which person: three rounds of weighing, from the surest links to the merely sure ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from transforms.arrays import flags
from transforms.identity.candidates import FEW, WINDOW, Namesakes, Pairs
from transforms.identity.evidence import Context, Known
from transforms.identity.groups import ordered, paired, spread
from transforms.identity.points import TERMS, grounded, weigh
from transforms.identity.turns import Codes, narrowed

BAR = 11  # half bits; odds of 45 to 1
LEAD = 6  # half bits by which the best candidate must lead the next: odds of 8 to 1
ROUNDS = (6, 3, 0)  # half bits above the bar that each round asks for


@dataclass(frozen=True)
class Links:
    """The outcome for each track: its person (-1 when open), and the last weighing of all its candidates.

    `ambiguous` marks open tracks with more than one candidate above the bar, and `idle` holds the forbidden pairs that
    were no candidates.
    """

    person: Codes
    weighed: Weighings
    ambiguous: np.ndarray
    idle: frozenset[int]


@dataclass(frozen=True)
class Weighings:
    """The candidates of tracks, the best of each first: where those of each track `start`, and of none at the end.

    `size` tells how many they are. A candidate behind all people is a stranger, and the number of a track of his.
    `sums` holds the points by term that any was given, and `sum` which of its rows those of each candidate are. Whom a
    track was linked to is its best, clear of all others.
    """

    start: Codes
    size: Codes
    candidate: Codes
    sums: np.ndarray
    sum: Codes

    @classmethod
    def of(cls, weighed: Weighed, tracks: int) -> Weighings:
        """Those of pairs, of so many tracks; points are small integers."""
        order = ordered(weighed.track, -weighed.total, weighed.person)
        size = np.bincount(weighed.track, minlength=tracks + 1)
        terms = weighed.terms[order].astype(np.int8)
        rows = pa.Array.from_buffers(pa.binary(len(TERMS)), len(terms), [None, pa.py_buffer(terms)])
        sums, sum_ = _distinct([rows.dictionary_encode()])
        return cls((np.cumsum(size) - size).astype(np.int32), size.astype(np.int32), weighed.person[order], sums, sum_)

    @classmethod
    def joined(cls, tracks: int, parts: Sequence[tuple[Codes, Weighings]]) -> Weighings:
        """Those of so many tracks, of which each part has some."""
        start, size = np.zeros(tracks + 1, dtype=np.int32), np.zeros(tracks + 1, dtype=np.int32)
        behind = 0
        for own, part in parts:
            start[own], size[own] = part.start[:-1] + np.int32(behind), part.size[:-1]
            behind += len(part.candidate)
        candidate = np.concatenate([part.candidate for _, part in parts])
        sums, sum_ = _distinct([part.coded for _, part in parts])
        return cls(start, narrowed(size), candidate, sums, narrowed(sum_))

    @property
    def coded(self) -> pa.DictionaryArray:
        """The points of each pair, as bytes."""
        rows = pa.Array.from_buffers(pa.binary(len(TERMS)), len(self.sums), [None, pa.py_buffer(self.sums)])
        return pa.DictionaryArray.from_arrays(pa.array(self.sum, pa.int32()), rows)

    def best(self, track: Codes) -> tuple[Codes, Codes]:
        """The best and the next best pair of each of some tracks, -1 without one and for -1."""
        start, size = self.start[track], self.size[track]
        return np.where(size > 0, start, np.int32(-1)), np.where(size > 1, start + np.int32(1), np.int32(-1))

    def candidates(self, track: Codes) -> tuple[Codes, Codes]:
        """All candidates of some tracks, of none for -1: the place in `track` that each is of, and the candidate."""
        owner, at = spread(self.start[track], self.size[track])
        return owner, self.candidate[at]

    def rows(self, pairs: Codes) -> Codes:
        """Which of the sums is that of each of some pairs; -1 for -1."""
        out = np.full(len(pairs), -1, dtype=np.int32)
        held = np.flatnonzero(pairs >= 0)
        out[held] = self.sum[pairs[held]]
        return out

    @cached_property
    def totals(self) -> Codes:
        """The points of each of the sums, and of none at the end."""
        return np.append(self.sums.sum(axis=1, dtype=np.int32), np.int32(0))


def _distinct(parts: Sequence[pa.DictionaryArray]) -> tuple[np.ndarray, Codes]:
    """The distinct rows of points, and which of them each pair has."""
    coded = pa.chunked_array(parts).combine_chunks()
    rows = np.frombuffer(b"".join(coded.dictionary.to_pylist()), dtype=np.int8).reshape(-1, len(TERMS))
    return rows, np.asarray(coded.indices)


def link(tracks: Context, people: Context, forbidden: Codes) -> Links:
    """Link tracks to people where the evidence is above the bar and clear of the runner-up.

    `forbidden` holds track * people.owners + person for the pairs that decisions rule out. Strangers who bear the
    name of somebody known are weighed beside him, but nobody is linked to one. What a round links counts as printed
    beside the person in the next; nobody is put on a sheet twice.
    """
    namesakes, strangers = Namesakes(tracks, people), people.owners
    stranger = namesakes.strangers
    if (stranger >= 0).any():
        people = people.beside(tracks.grouped(stranger))
        namesakes = namesakes.among(people)
    own = np.where(stranger < 0, -1, strangers + stranger)
    idle = forbidden
    person = np.full(tracks.owners, -1)
    asked = open_ = person < 0
    weighed, chosen = Weighed.nothing(), None
    for margin in ROUNDS:
        known = Known.by(people, tracks, person)
        if chosen:
            asked = namesakes.stirred(known, person < 0, flags(chosen.person, people.owners))
        possible = namesakes.candidates(known, asked)
        pair = np.where(possible.person < strangers, paired(possible.track, strangers, possible.person), -1)
        idle = np.setdiff1d(idle, pair[np.isin(pair, idle)])
        possible = possible.only(~np.isin(pair, forbidden) & (possible.person != own[possible.track]))
        bearers = np.where(namesakes.size > FEW, namesakes.size, np.bincount(possible.track, minlength=tracks.owners))
        some, pairs = possible.few()
        pairs = _free(pairs)
        track = some[pairs.track]
        judged = np.bincount(track, minlength=tracks.owners) > 0
        again = Weighed(track, pairs.person, weigh(pairs, bearers[track]))
        weighed = weighed.only(~judged[weighed.track]).plus(again)
        open_ = np.where(asked, judged, open_)
        chosen = _clear(weighed.only(open_[weighed.track]), tracks, BAR + margin)
        chosen = chosen.only(chosen.person < strangers)
        person[chosen.track], open_[chosen.track] = chosen.person, False
    weighed = _told(weighed, stranger, person < 0, strangers)
    above = np.bincount(weighed.track[weighed.total >= BAR], minlength=tracks.owners)
    return Links(person, Weighings.of(weighed, tracks.owners), open_ & (above > 1), frozenset(idle.tolist()))


def _told(weighed: Weighed, stranger: Codes, open_: np.ndarray, people: int) -> Weighed:
    """The pairs, each stranger as the first track that is his; those of one without a track fall away."""
    first = np.full(int(stranger.max(initial=-1)) + 1, -1)
    tracks = np.flatnonzero((stranger >= 0) & open_)[::-1]
    first[stranger[tracks]] = people + tracks
    candidate = np.append(np.arange(people), first)[weighed.person]
    return Weighed(weighed.track, candidate, weighed.terms).only(candidate >= 0)


@dataclass(frozen=True)
class Weighed:
    """Each track beside each of its candidates, with the points by term and their sum.

    They are those of the last round in which anything new was known. A linked track is weighed no more: it would find
    itself beside its person.
    """

    track: Codes
    person: Codes
    terms: np.ndarray

    @classmethod
    def nothing(cls) -> Weighed:
        """No pair."""
        none = np.zeros(0, dtype=np.int64)
        return cls(none, none, np.zeros((0, len(TERMS)), dtype=np.int32))

    @cached_property
    def total(self) -> Codes:
        """The sum of each pair."""
        return np.asarray(self.terms.sum(axis=1))

    def only(self, some: np.ndarray) -> Weighed:
        """Some of the pairs, by a mask or by their places."""
        return Weighed(self.track[some], self.person[some], self.terms[some])

    def plus(self, more: Weighed) -> Weighed:
        """These pairs and more."""
        sides = ((self.track, more.track), (self.person, more.person), (self.terms, more.terms))
        return Weighed(*map(np.concatenate, sides))


def _clear(weighed: Weighed, tracks: Context, bar: int) -> Weighed:
    """The pairs that are to be linked: above the bar, clear of the runner-up, grounded, and one a sheet."""
    best, next_ = _two_best(weighed, tracks.owners)
    total, track = weighed.total, weighed.track
    held = (total == best[track]) & (total >= bar) & (total - next_[track] >= LEAD)
    return weighed.only(held & grounded(weighed.terms) & _one_a_sheet(weighed, tracks))


def _free(pairs: Pairs) -> Pairs:
    """The pairs in time, whose candidate stands on none of the track's sheets."""
    return pairs.only((pairs.gap <= WINDOW) & (pairs.shared("sheet") == 0))


def _two_best(weighed: Weighed, tracks: int) -> tuple[Codes, Codes]:
    """The highest and the second highest total of each track; far below any bar where there is none."""
    none = -(10**6)
    order = ordered(weighed.track, -weighed.total)
    ranked = weighed.total[order]
    best, second = np.full(tracks, none), np.full(tracks, none)
    size = np.bincount(weighed.track, minlength=tracks)
    first = np.cumsum(size) - size
    best[size > 0] = ranked[first[size > 0]]
    second[size > 1] = ranked[first[size > 1] + 1]
    return best, second


def _one_a_sheet(links: Weighed, tracks: Context) -> np.ndarray:
    """Which links may stand: of those that put one person on one sheet the highest, if it is clear of the next."""
    sheets = tracks.only(links.track).bag("sheet")
    place, sheet = sheets.pairs
    key = paired(links.person[place], sheets.span, sheet)
    order = ordered(key, -links.total[place])
    ranked, points = key[order], links.total[place][order]
    first = np.searchsorted(ranked, ranked)
    lone = np.searchsorted(ranked, ranked, side="right") - first == 1
    second = points[np.minimum(first + 1, len(points) - 1)]
    stands = lone | ((np.arange(len(ranked)) == first) & (points - second >= LEAD))
    fallen = np.zeros(len(links.track), dtype=bool)
    fallen[place[order][~stands]] = True
    return ~fallen
