"""What is printed beside each mention, gathered by track and by person, so that the two can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transforms.identity.groups import Bag, Codes, distinct, paired, place_of
from transforms.identity.mentions import Mentions

KINDS = (
    "sheet",
    "event",
    "car_at_event",
    "co_driver",
    "entrant",
    "series",
    "race",
    "car",
    "number",
    "season",
)


SIZE = 200_000  # mentions whose bags are held at a time, or somewhat more; their company is beside them


@dataclass(frozen=True)
class Context:
    """The bags of one side: what stands beside the mentions of each owner."""

    mentions: Mentions
    owners: int
    owner: Codes

    def bag(self, kind: str) -> Bag:
        """The items of one of KINDS for each owner."""
        if kind not in self._bags:
            self._bags[kind] = self._bag(kind)
        return self._bags[kind]

    def bag_of(self, item: Codes) -> Bag:
        """The given items, one for each mention, as the bag of each owner."""
        return Bag.of(self.owners, max(1, int(item.max(initial=0)) + 1), self.owner, item)

    @cached_property
    def first(self) -> Codes:
        """The first known season of each owner; -1 without one."""
        seasons = self.bag("season")
        known = seasons.size(np.arange(self.owners)) > 0
        out = np.full(self.owners, -1)
        out[known] = seasons.keys[seasons.start[:-1][known]] % seasons.span
        return out

    @cached_property
    def last(self) -> Codes:
        """The last known season of each owner; -1 without one."""
        seasons = self.bag("season")
        known = seasons.size(np.arange(self.owners)) > 0
        out = np.full(self.owners, -1)
        out[known] = seasons.keys[seasons.start[1:][known] - 1] % seasons.span
        return out

    @cached_property
    def _bags(self) -> dict[str, Bag]:
        return {}

    def _bag(self, kind: str) -> Bag:
        m = self.mentions
        if kind == "co_driver":
            here, other = m.partners(np.flatnonzero(self.owner >= 0))
            family = m.named("family")
            return Bag.of(self.owners, int(family.max(initial=0)) + 1, self.owner[here], family[other])
        return self.bag_of(m.beside("number_kept" if kind == "number" else kind))

    def gap(self, owner: Codes, season: Codes) -> Codes:
        """Years from each season to the nearest season of the owner beside it; 0 where either is unknown."""
        seasons = self.bag("season")
        if not len(seasons.keys):
            return np.zeros(len(owner), dtype=np.int64)
        wanted = paired(owner, seasons.span, np.maximum(season, 0))
        at = place_of(seasons.keys, wanted)
        far = np.full(len(owner), 10**6)
        gap = far
        for side in (np.minimum(at, len(seasons.keys) - 1), np.maximum(at - 1, 0)):
            own = seasons.keys[side] // seasons.span == owner
            gap = np.minimum(gap, np.where(own, np.abs(seasons.keys[side] - wanted), far))
        return np.where((gap == far) | (season < 0), 0, gap)

    def of(self, mine: Codes) -> tuple[Codes, Context]:
        """The owners of the mentions at some places, and the context of these, by number, among their company."""
        company = self.mentions.company(mine)
        owner = np.full(len(company), -1)
        owner[np.searchsorted(company, mine)] = self.owner[mine]
        owners = distinct(owner[owner >= 0])
        number = np.where(owner >= 0, np.searchsorted(owners, owner), -1)
        return owners, Context(self.mentions.of(company), len(owners), number)


@dataclass(frozen=True)
class Linked(Context):
    """One side with what stands beside the tracks that were linked to its owners; `person` is that of each track."""

    base: Context
    tracks: Context
    person: Codes

    @classmethod
    def to(cls, base: Context, tracks: Context, person: Codes) -> Linked:
        """Put the mentions of the tracks beside those of their persons (-1 for none)."""
        owner = np.where(base.owner >= 0, base.owner, np.append(person, -1)[tracks.owner])
        return cls(base.mentions, base.owners, owner, base, tracks, person)

    def _bag(self, kind: str) -> Bag:
        held = np.flatnonzero(self.person >= 0)
        place, item = self.tracks.bag(kind).items(held)
        return self.base.bag(kind).plus(self.person[held][place], item)
