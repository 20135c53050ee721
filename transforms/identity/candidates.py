"""Which people a track may be: those who bear its surname, in its time, and are not printed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transforms.identity.evidence import Context
from transforms.identity.groups import Codes, distinct, ordered, paired, place_of, sought, spread
from transforms.identity.mentions import Mentions
from transforms.identity.understood import FORMS

WINDOW = 12  # years between a track and the nearest season of a candidate
# By the weights of `points`, of more than FEW namesakes none is told without a shared car, co-driver or entrant,
# and of more than MANY none without a shared car.
FEW, MANY = 10, 32
COMMON = 40  # people of one surname beside one car, co-driver or entrant: beyond it that tells nobody


@dataclass(frozen=True)
class Pairs:
    """Each track beside each of its candidates; `part` says that the track prints only a part of the family name."""

    tracks: Context
    people: Context
    track: Codes
    person: Codes
    part: np.ndarray

    def __len__(self) -> int:
        return len(self.track)

    def only(self, keep: np.ndarray) -> Pairs:
        """The pairs for which `keep` is true."""
        return Pairs(self.tracks, self.people, self.track[keep], self.person[keep], self.part[keep])

    def shared(self, kind: str) -> Codes:
        """How many items of a kind each track has in common with its candidate."""
        return self.tracks.bag(kind).shared(self.track, self.people.bag(kind), self.person)

    @property
    def gap(self) -> Codes:
        """Years between each track and the nearest season of its candidate."""
        first, last = self.tracks.first[self.track], self.tracks.last[self.track]
        gap = self.people.gap(self.person, first)
        longer = np.flatnonzero(first != last)
        gap[longer] = np.minimum(gap[longer], self.people.gap(self.person[longer], last[longer]))
        return gap


class Namesakes:
    """The people who bear the surname of each track, whole or in part, and whose given names fit its initial.

    The people stand in order of `key`, a surname with or without an initial; those of a track are `size` from `start`.
    """

    def __init__(self, tracks: Context, people: Context) -> None:
        self.tracks = tracks
        self.people = people
        self.key, self.person, self.part = _bearers(people)
        self.start, self.size = sought(self.key, _wanted(tracks))

    def candidates(self, people: Context, open_: np.ndarray) -> Pairs:
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

    def _near(self, people: Context, tracks: Codes) -> tuple[Codes, Codes]:
        """The tracks beside the places of those namesakes who share the car, a co-driver or the entrant."""
        some = tracks[np.unique(self.start[tracks], return_index=True)[1]]
        bearers = spread(self.start[some], self.size[some])[1]
        found = [self._sharing("car_at_event", people, tracks, bearers)]
        tracks = tracks[(self.size[tracks] <= MANY) | np.isin(tracks, found[0][0])]
        found += [self._sharing(kind, people, tracks, bearers) for kind in ("co_driver", "entrant")]
        track, at = (np.concatenate(part) for part in zip(*found, strict=True))
        pair = distinct(paired(track, len(self.key), at))
        return pair // len(self.key), pair % len(self.key)

    def _sharing(self, kind: str, people: Context, tracks: Codes, bearers: Codes) -> tuple[Codes, Codes]:
        """The tracks beside the places of the namesakes with whom they share an item that is not COMMON to many."""
        own, others = self.tracks.bag(kind), people.bag(kind)
        bearer, item = others.items(self.person[bearers])
        held = paired(place_of(self.key, self.key[bearers])[bearer], others.span, item)
        order = ordered(held)
        track, item = own.items(tracks)
        start, size = sought(held[order], paired(self.start[tracks][track], others.span, item))
        pair, at = spread(start, np.where(size > COMMON, 0, size))
        return tracks[track[pair]], bearers[bearer[order[at]]]

    def _suffix_fits(self, pairs: Pairs) -> np.ndarray:
        """A printed suffix must be the candidate's; where none is printed, it may have been left out."""
        own = self._suffixes[0][pairs.track]
        return np.asarray((own < 0) | (own == self._suffixes[1][pairs.person]))

    @cached_property
    def _suffixes(self) -> tuple[Codes, Codes]:
        suffix = self.tracks.mentions.named("suffix")
        return _of_owner(self.tracks, suffix), _of_owner(self.people, suffix)


def _bearers(people: Context) -> tuple[Codes, Codes, np.ndarray]:
    """The people by key, in order of key and person; and whether the surname is but a part of their name."""
    m = people.mentions
    held = people.owner >= 0
    pair = distinct(paired(people.owner[held], len(m.names), m.name[held]))
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


def _wanted(tracks: Context) -> Codes:
    """The key of each track: its surname whole, and its initial where one is printed; -1 without a surname."""
    m = tracks.mentions
    start, surname = m.names.surnames
    whole = np.where(np.diff(start) > 0, np.append(surname, -1)[start[:-1]], -1)
    initial = np.where(m.named("form") == FORMS.index("initial"), m.names.heads.max(axis=0)[m.name], 0)
    return _key(m, _of_owner(tracks, whole[m.name]), np.maximum(_of_owner(tracks, initial), 0))


def _key(mentions: Mentions, surname: Codes, head: Codes) -> Codes:
    key = paired(surname, int(mentions.names.heads.max(initial=0)) + 1, head)
    return np.where((surname < 0) | (head < 0), -1, key)


def _of_owner(context: Context, value: Codes) -> Codes:
    """The greatest value among the mentions of each owner."""
    out = np.full(context.owners, -1)
    held = context.owner >= 0
    np.maximum.at(out, context.owner[held], value[held])
    return out
