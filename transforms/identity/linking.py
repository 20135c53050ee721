"""Which track is which person: three rounds of weighing, from the surest links to the merely sure ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.identity.candidates import FEW, WINDOW, Namesakes, Pairs
from transforms.identity.evidence import Context, Linked
from transforms.identity.groups import Codes, ordered, paired, sought
from transforms.identity.points import grounded, weigh

BAR = 11  # half bits; odds of 45 to 1
LEAD = 6  # half bits by which the best candidate must lead the next: odds of 8 to 1
ROUNDS = (6, 3, 0)  # half bits above the bar that each round asks for


@dataclass(frozen=True)
class Links:
    """The outcome for each track: its person (-1 when open), and the last weighing of all its candidates.

    `track` and `candidate` are the pairs that were weighed, `terms` their points by term, `total` the sums;
    `ambiguous` marks open tracks with more than one candidate above the bar, and `idle` holds the forbidden pairs
    that were no candidates.
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

    `forbidden` holds track * people.owners + person for the pairs that decisions rule out. What a round links
    counts as printed beside the person in the next; nobody is put on a sheet twice.
    """
    namesakes = Namesakes(tracks, people)
    idle = forbidden
    person = np.full(tracks.owners, -1)
    above = np.zeros(tracks.owners, dtype=np.int64)
    rounds = []
    for margin in ROUNDS:
        possible = namesakes.candidates(Linked.to(people, tracks, person.copy()), person < 0)
        pair = paired(possible.track, people.owners, possible.person)
        idle = idle[sought(pair, idle)[1] == 0]
        possible = possible.only(~np.isin(pair, forbidden))
        bearers = np.where(namesakes.size > FEW, namesakes.size, np.bincount(possible.track, minlength=tracks.owners))
        pairs = _free(possible)
        terms = weigh(pairs, bearers[pairs.track])
        total = terms.sum(axis=1)
        rounds.append((pairs.track, pairs.person, terms))
        best, next_ = _two_best(pairs, total)
        held = (total == best[pairs.track]) & (total >= BAR + margin) & (total - next_[pairs.track] >= LEAD)
        held &= grounded(terms)
        chosen = _one_a_sheet(pairs.only(held), total[held])
        person[pairs.track[held][chosen]] = pairs.person[held][chosen]
        above = np.bincount(pairs.track[total >= BAR], minlength=tracks.owners)
    track, candidate, terms = _last_words(rounds, tracks.owners)
    total, unclear = terms.sum(axis=1), (person < 0) & (above > 1)
    return Links(person, track, candidate, terms, total, unclear, frozenset(idle.tolist()))


def _last_words(rounds: list[tuple[Codes, Codes, np.ndarray]], tracks: int) -> tuple[Codes, Codes, np.ndarray]:
    """The pairs and points of each track in the last round that judged it, in order of track and person.

    A linked track is weighed no more: it would find itself beside its person.
    """
    last = np.zeros(tracks, dtype=np.int64)
    for number, (track, _, _) in enumerate(rounds):
        last[track] = number
    kept = [[part[last[one[0]] == number] for part in one] for number, one in enumerate(rounds)]
    track, whom, terms = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    order = ordered(track, whom)
    return track[order], whom[order], terms[order]


def _free(pairs: Pairs) -> Pairs:
    """The pairs in time, whose candidate stands on none of the track's sheets."""
    return pairs.only((pairs.gap <= WINDOW) & (pairs.shared("sheet") == 0))


def _two_best(pairs: Pairs, total: Codes) -> tuple[Codes, Codes]:
    """The highest and the second highest total of each track; far below any bar where there is none."""
    none = -(10**6)
    order = ordered(pairs.track, -total)
    track, ranked = pairs.track[order], total[order]
    first = np.searchsorted(track, np.arange(pairs.tracks.owners))
    best, second = np.full(pairs.tracks.owners, none), np.full(pairs.tracks.owners, none)
    size = np.bincount(track, minlength=pairs.tracks.owners)
    best[size > 0] = ranked[first[size > 0]]
    second[size > 1] = ranked[first[size > 1] + 1]
    return best, second


def _one_a_sheet(pairs: Pairs, total: Codes) -> np.ndarray:
    """Which links may stand: of two that put one person on one sheet the higher, and neither of equals."""
    place, sheet = pairs.tracks.bag("sheet").items(pairs.track)
    key = paired(pairs.person[place], pairs.tracks.bag("sheet").span, sheet)
    order = ordered(key, -total[place])
    ranked, points = key[order], total[place][order]
    first = np.searchsorted(ranked, ranked)
    lone = np.searchsorted(ranked, ranked, side="right") - first == 1
    second = points[np.minimum(first + 1, len(points) - 1)]
    stands = lone | ((np.arange(len(ranked)) == first) & (points > second))
    fallen = np.zeros(len(pairs), dtype=bool)
    fallen[place[order][~stands]] = True
    return ~fallen
