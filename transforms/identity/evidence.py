"""What is printed beside each mention, gathered by track and by person, so that the two can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transforms.arrays import flags
from transforms.identity.groups import NOWHERE, Bag, Bags, ordered, spread
from transforms.identity.mentions import Mentions
from transforms.identity.turns import Codes

GAP = 15  # years; comebacks after 15 to 20 years are real, and so are namesakes
SIZE = 50_000  # mentions whose bags are held by each thread, or somewhat more


@dataclass(frozen=True)
class Context:
    """The bags of one side: what stands beside the mentions at some `places`, in order of their `owner`."""

    mentions: Mentions
    owners: int
    places: Codes
    owner: Codes

    @classmethod
    def of(cls, mentions: Mentions, owners: int, owner: Codes) -> Context:
        """The side of mentions by the owner of each; one without an owner (-1) is nothing to it but company."""
        places = np.flatnonzero(owner >= 0).astype(np.int32)
        places = places[ordered(owner[places])]
        return cls(mentions, owners, places, owner[places].astype(np.int32))

    def only(self, owners: Codes) -> Context:
        """The context of some owners, by their number among these."""
        start = self.start[owners]
        owner, at = spread(start, self.start[owners + 1] - start)
        return Context(self.mentions, len(owners), self.places[at], owner.astype(np.int32))

    def beside(self, other: Context) -> Context:
        """These owners and then those of another context of the same mentions."""
        places = np.append(self.places, other.places)
        owner = np.append(self.owner, other.owner + np.int32(self.owners))
        return Context(self.mentions, self.owners + other.owners, places, owner)

    def grouped(self, group: Codes) -> Context:
        """The groups of owners as owners; those of none (-1) fall away."""
        owner = group[self.owner]
        held = np.flatnonzero(owner >= 0)
        held = held[ordered(owner[held])]
        return Context(self.mentions, int(group.max(initial=-1)) + 1, self.places[held], owner[held].astype(np.int32))

    @cached_property
    def start(self) -> Codes:
        """Where the mentions of each owner begin, and where those of the last one end."""
        return np.append(0, np.cumsum(np.bincount(self.owner, minlength=self.owners))).astype(np.int32)

    def named(self, part: str) -> Codes:
        """A part of the name of each mention, as codes."""
        return np.asarray(getattr(self.mentions.names, part)[self.mentions.name[self.places]])

    def bag(self, kind: str) -> Bag:
        """The items of a kind of what is printed of cars, or of `co_driver`, for each owner."""
        if kind not in self._bags:
            self._bags[kind] = self._bag(kind)
        return self._bags[kind]

    @cached_property
    def first(self) -> Codes:
        """The first known season of each owner; -1 without one."""
        seasons = self.bag("season")
        known = np.diff(seasons.start) > 0
        out = np.full(self.owners, -1)
        out[known] = seasons.keys[seasons.start[:-1][known]] % seasons.span
        return out

    @cached_property
    def last(self) -> Codes:
        """The last known season of each owner; -1 without one."""
        seasons = self.bag("season")
        known = np.diff(seasons.start) > 0
        out = np.full(self.owners, -1)
        out[known] = seasons.keys[seasons.start[1:][known] - 1] % seasons.span
        return out

    @cached_property
    def _bags(self) -> dict[str, Bag]:
        return {}

    @cached_property
    def _cars(self) -> Codes:
        return np.asarray(self.mentions.result[self.places].astype(np.intp))  # numpy takes by these at once

    def _bag(self, kind: str) -> Bag:
        m = self.mentions
        if kind == "co_driver":
            here, other = m.partners(self.places)
            family = m.names.family
            return Bag.of(self.owners, int(family.max(initial=0)) + 1, self.owner[here], family[m.name[other]])
        return Bag.of(self.owners, m.cars.spans[kind], self.owner, m.cars.at(kind, self._cars))


@dataclass(frozen=True)
class Known:
    """People, with what stands beside the tracks that were linked to them; `person` is that of each track."""

    people: Context
    tracks: Context
    person: Codes

    @classmethod
    def by(cls, people: Context, tracks: Context, person: Codes) -> Known:
        """The people, and the tracks of which it is known who they are; -1 is nobody."""
        linked = np.flatnonzero(person >= 0)
        return cls(people, tracks.only(linked), person[linked])

    def about(self, some: Codes) -> Known:
        """What is known of some of the people, who keep their numbers."""
        held = np.flatnonzero(flags(some, self.people.owners)[self.person])
        return Known(self.people, self.tracks.only(held), self.person[held])

    def bag(self, kind: str) -> Bags:
        """The items of a kind for each of the people."""
        if kind not in self._bags:
            track, item = self.tracks.bag(kind).pairs
            own = self.people.bag(kind)
            self._bags[kind] = Bags(own, Bag.of(own.owners, own.span, self.person[track], item))
        return self._bags[kind]

    @cached_property
    def _bags(self) -> dict[str, Bags]:
        return {}


def gap(of: Context | Known, owner: Codes, season: Codes) -> Codes:
    """Years from each season to the nearest season of the owner beside it; 0 where either is unknown."""
    years = of.bag("season").distance(owner, np.maximum(season, 0))
    return np.where((years == NOWHERE) | (season < 0), 0, years)
