"""Which track is which person: three rounds of weighing, from the surest links to the merely sure ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transforms.arrays import flags
from transforms.identity.candidates import FEW, WINDOW, Namesakes, Pairs
from transforms.identity.evidence import Context, Known
from transforms.identity.groups import Codes, ordered, paired
from transforms.identity.points import TERMS, grounded, weigh

BAR = 11  # half bits; odds of 45 to 1
LEAD = 6  # half bits by which the best candidate must lead the next: odds of 8 to 1
ROUNDS = (6, 3, 0)  # half bits above the bar that each round asks for


@dataclass(frozen=True)
class Links:
    """The outcome for each track: its person (-1 when open), and the last weighing of all its candidates.

    `track` and `candidate` are the pairs that were weighed, `terms` their points by term, `total` the sums; a
    candidate behind all people is a stranger, and the number of a track of his. `ambiguous` marks open tracks with
    more than one candidate above the bar, and `idle` holds the forbidden pairs that were no candidates.
    """

    person: Codes
    track: Codes
    candidate: Codes
    terms: np.ndarray
    total: Codes
    ambiguous: np.ndarray
    idle: frozenset[int]


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
    return Links(
        person,
        weighed.track,
        weighed.person,
        weighed.terms,
        weighed.total,
        open_ & (above > 1),
        frozenset(idle.tolist()),
    )


def _told(weighed: Weighed, stranger: Codes, open_: np.ndarray, people: int) -> Weighed:
    """The pairs in order, each stranger as the first track that is his; those of one without a track fall away."""
    first = np.full(int(stranger.max(initial=-1)) + 1, -1)
    tracks = np.flatnonzero((stranger >= 0) & open_)[::-1]
    first[stranger[tracks]] = people + tracks
    candidate = np.append(np.arange(people), first)[weighed.person]
    told = Weighed(weighed.track, candidate, weighed.terms).only(candidate >= 0)
    return told.only(ordered(told.track, told.person))


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
