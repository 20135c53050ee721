"""Which people a track may be: those who bear its surname, in its time, and are not printed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transforms.arrays import flags
from transforms.identity.evidence import Context, Known, gap
from transforms.identity.groups import dense, distinct, met, ordered, paired, sought, spread, times_before
from transforms.identity.mentions import Mentions
from transforms.identity.turns import Codes
from transforms.identity.understood import FORMS

WINDOW = 12  # years between a track and the nearest season of a candidate
# By the weights of `points`, of more than FEW namesakes none is told without a shared car, co-driver or entrant,
# and of more than MANY none without a shared car.
FEW, MANY = 10, 112
NEAR = ("car_at_event", "co_driver", "entrant")  # what makes one of many namesakes a candidate
COMMON = 40  # people of one surname beside one car, co-driver or entrant: beyond it that tells nobody


@dataclass(frozen=True)
class Pairs:
    """Each track beside each of its candidates; `part` says that the track prints only a part of the family name."""

    tracks: Context
    people: Known
    track: Codes
    person: Codes
    part: np.ndarray

    def __len__(self) -> int:
        return len(self.track)

    def only(self, keep: np.ndarray) -> Pairs:
        """The pairs for which `keep` is true."""
        at = np.flatnonzero(keep)
        return Pairs(self.tracks, self.people, self.track[at], self.person[at], self.part[at])

    def few(self) -> tuple[Codes, Pairs]:
        """The tracks that have candidates, of which there are few in a crowd; and the pairs by their numbers there."""
        some = distinct(self.track)
        few = self.tracks.only(some)
        people = self.people.about(self.person)
        return some, Pairs(few, people, np.searchsorted(some, self.track), self.person, self.part)

    def shared(self, kind: str) -> Codes:
        """How many items of a kind each track has in common with its candidate."""
        return self.tracks.bag(kind).shared(self.track, self.people.bag(kind), self.person)

    def lately(self, kind: str) -> np.ndarray:
        """Whether each track and its candidate share a series or race within WINDOW years, or who knows when."""
        seasons = f"season_of_{kind}"
        place, season = self.tracks.bag(seasons).items(self.track)
        near = self.people.bag(seasons).distance(self.person[place], season) <= WINDOW
        unknown = (self.tracks.first[self.track] < 0) | (self.people.bag("season").size(self.person) == 0)
        return np.asarray((np.bincount(place[near], minlength=len(self)) > 0) | (unknown & (self.shared(kind) > 0)))

    @property
    def gap(self) -> Codes:
        """Years between each track and the nearest season of its candidate."""
        first, last = self.tracks.first[self.track], self.tracks.last[self.track]
        years = gap(self.people, self.person, first)
        longer = np.flatnonzero(first != last)
        years[longer] = np.minimum(years[longer], gap(self.people, self.person[longer], last[longer]))
        return years


class Namesakes:
    """The people who bear the surname of each track, whole or in part, and whose given names fit its initial.

    The people stand in order of `key`, a surname with or without an initial; those of a track are `size` from `start`.
    """

    def __init__(self, tracks: Context, people: Context, wanted: tuple[Codes, Codes] | None = None) -> None:
        self.tracks = tracks
        self.people = people
        self.wanted, self.surname = wanted or _wanted(tracks)
        self.key, self.person, self.part = _bearers(people)
        self.start, self.size = sought(self.key, self.wanted)

    def among(self, people: Context) -> Namesakes:
        """Those of the same tracks among other people."""
        return Namesakes(self.tracks, people, (self.wanted, self.surname))

    def candidates(self, people: Known, open_: np.ndarray) -> Pairs:
        """The candidates of the open tracks, in order of track and person: of FEW namesakes all, else the near ones.

        `people` holds what is known of them by now.
        """
        few = np.flatnonzero(open_ & (self.size <= FEW))
        place, all_ = spread(self.start[few], self.size[few])
        crowded, near = self._near(people, np.flatnonzero(open_ & (self.size > FEW)))
        track, at = np.append(few[place], crowded), np.append(all_, near)
        order = ordered(track, self.person[at])
        pairs = Pairs(self.tracks, people, track[order], self.person[at][order], self.part[at][order])
        return pairs.only(self._suffix_fits(pairs))

    @cached_property
    def strangers(self) -> Codes:
        """For each track who it is of those who bear the surname of somebody known and cannot be one; -1 for others.

        Nobody known has the initial, or more stand in one crew under the name than are known to bear it.
        """
        borne = sought(self.key, self.surname)[1]
        crew = dense(self.tracks.mentions.result[self.tracks.places], self.wanted[self.tracks.owner])
        place = _of_owner(self.tracks, times_before(crew))
        return dense(np.where((borne > 0) & (place >= self.size), self.wanted, -1), place)

    def stirred(self, people: Known, open_: np.ndarray, more: np.ndarray) -> np.ndarray:
        """Which of the open tracks may be judged otherwise, now that `more` is known of some people.

        They are among the namesakes of the track, of whom it has FEW, or share with it what makes a candidate.
        """
        known = more[self.person]
        until = np.append(0, np.cumsum(known))
        tracks = np.flatnonzero(open_ & (until[self.start + self.size] > until[self.start]))
        crowded = tracks[self.size[tracks] > FEW]
        bearers = np.flatnonzero(known & self._bearing(crowded))
        stirred = flags(tracks[self.size[tracks] <= FEW], len(open_))
        for kind in NEAR:
            track, _, size, _ = self._meeting(kind, people, crowded, bearers)
            stirred[track[size > 0]] = True
        return stirred

    def _near(self, people: Known, tracks: Codes) -> tuple[Codes, Codes]:
        """The tracks beside the places of those namesakes who share the car, a co-driver or the entrant."""
        bearers = np.flatnonzero(self._bearing(tracks))
        found = [self._sharing(NEAR[0], people, tracks, bearers)]
        tracks = tracks[(self.size[tracks] <= MANY) | np.isin(tracks, found[0][0])]
        found += [self._sharing(kind, people, tracks, bearers) for kind in NEAR[1:]]
        track, at = (np.concatenate(part) for part in zip(*found, strict=True))
        pair = distinct(paired(track, len(self.key), at))
        return pair // len(self.key), pair % len(self.key)

    def _sharing(self, kind: str, people: Known, tracks: Codes, bearers: Codes) -> tuple[Codes, Codes]:
        """The tracks beside the places of the namesakes with whom they share an item that is not COMMON to many."""
        track, start, size, holders = self._meeting(kind, people, tracks, bearers)
        pair, at = spread(start, np.where(size > COMMON, 0, size))
        return track[pair], holders[at]

    def _meeting(self, kind: str, people: Known, tracks: Codes, bearers: Codes) -> tuple[Codes, Codes, Codes, Codes]:
        """Each track with how many namesakes at some places hold an item that it holds, and where these begin.

        The places of the holders come last.
        """
        own, others = self.tracks.bag(kind), people.bag(kind)
        bearer, item = others.items(self.person[bearers])
        held = paired(self._first[bearers][bearer], others.span, item)
        track, item = own.items(tracks)
        wanted = paired(self.start[tracks][track], others.span, item)
        some, likely = met(held, wanted)
        held, wanted = held[some], wanted[likely]
        order = ordered(held)
        return tracks[track[likely]], *sought(held[order], wanted), bearers[bearer[some[order]]]

    def _bearing(self, tracks: Codes) -> np.ndarray:
        """Which places are of namesakes of some tracks."""
        return np.asarray(flags(self.start[tracks], len(self.key) + 1)[self._first])

    @cached_property
    def _first(self) -> Codes:
        """Where those begin who share the key of each place."""
        fresh = np.append(True, self.key[1:] != self.key[:-1])[: len(self.key)]
        return np.asarray(np.flatnonzero(fresh)[np.cumsum(fresh) - 1])

    def _suffix_fits(self, pairs: Pairs) -> np.ndarray:
        """A printed suffix must be the candidate's; where none is printed, it may have been left out."""
        own = self._suffixes[0][pairs.track]
        return np.asarray((own < 0) | (own == self._suffixes[1][pairs.person]))

    @cached_property
    def _suffixes(self) -> tuple[Codes, Codes]:
        own, other = (_of_owner(side, side.named("suffix")) for side in (self.tracks, self.people))
        return own, other


def _bearers(people: Context) -> tuple[Codes, Codes, np.ndarray]:
    """The people by key, in order of key and person; and whether the surname is but a part of their name."""
    m = people.mentions
    pair = distinct(paired(people.owner, len(m.names), m.name[people.places]))
    person, name = pair // max(1, len(m.names)), pair % max(1, len(m.names))
    start, surname = m.names.surnames
    owner, at = spread(start[name], start[name + 1] - start[name])
    key = np.concatenate([_key(m, surname[at], head[name[owner]]) for head in m.names.heads])
    who, part = np.tile(person[owner], len(m.names.heads)), np.tile(at != start[name][owner], len(m.names.heads))
    order = ordered(key, who, part)
    order = order[key[order] >= 0]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(key[order]) != 0) | (np.diff(who[order]) != 0)
    return key[order][first], who[order][first], part[order][first]


def _wanted(tracks: Context) -> tuple[Codes, Codes]:
    """The keys of each track: of its whole surname with its initial where one is printed, and of that alone; or -1."""
    m = tracks.mentions
    start, surname = m.names.surnames
    whole = np.where(np.diff(start) > 0, np.append(surname, -1)[start[:-1]], -1)
    initial = np.where(m.names.form == FORMS.index("initial"), m.names.heads.max(axis=0), 0)
    name = m.name[tracks.places]
    surname, head = _of_owner(tracks, whole[name]), np.maximum(_of_owner(tracks, initial[name]), 0)
    return _key(m, surname, head), _key(m, surname, np.zeros_like(head))


def _key(mentions: Mentions, surname: Codes, head: Codes) -> Codes:
    key = paired(surname, int(mentions.names.heads.max(initial=0)) + 1, head)
    return np.where((surname < 0) | (head < 0), -1, key)


def _of_owner(context: Context, value: Codes) -> Codes:
    """The greatest value among the mentions of each owner."""
    out = np.full(context.owners, -1)
    held = np.diff(context.start) > 0
    out[held] = np.maximum.reduceat(value, context.start[:-1][held]) if held.any() else -1
    return out
