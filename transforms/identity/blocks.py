"""Evidence for some surnames at a time: who bears one is never compared with those who bear others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from transforms.identity.evidence import SIZE, Context
from transforms.identity.groups import Codes, components, ordered, paired
from transforms.identity.linking import Links, link


def link_all(tracks: Context, people: Context, forbidden: Codes) -> Links:
    """What `link` gives, in memory for some surnames at a time; terms are small integers."""
    person = np.full(tracks.owners, -1, dtype=np.int32)
    ambiguous = np.zeros(tracks.owners, dtype=bool)
    idle = set(forbidden.tolist())
    parts = []
    for one, two in _blocks(tracks, people):
        own, others = tracks.only(one), people.only(two)
        there = forbidden[np.isin(forbidden // people.owners, one) & np.isin(forbidden % people.owners, two)]
        track, whom = np.searchsorted(one, there // people.owners), np.searchsorted(two, there % people.owners)
        apart = paired(track, len(two), whom)
        found = link(own, others, apart)
        idle -= set(there[~np.isin(apart, list(found.idle))].tolist())
        held = found.person >= 0
        person[one[held]] = two[found.person[held]]
        ambiguous[one] = found.ambiguous
        track, candidate = one[found.track], two[found.candidate]
        parts.append((track.astype(np.int32), candidate.astype(np.int32), found.terms.astype(np.int8)))
    track, candidate, terms = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Links(person, track, candidate, terms, terms.sum(axis=1, dtype=np.int32), ambiguous, frozenset(idle))


def _blocks(tracks: Context, people: Context) -> Iterator[tuple[Codes, Codes]]:
    """The owners on either side who share surnames with nobody else, so many mentions at a time; once at least."""
    kin = _kin(tracks, people)
    name = tracks.mentions.name
    size = sum(np.bincount(kin[name[side.places]], minlength=len(kin) + 1) for side in (tracks, people))
    block = ((np.cumsum(size) - size) // SIZE).astype(np.int32)
    sides = []
    for side in (tracks, people):
        held = np.flatnonzero(np.diff(side.start))
        own = block[kin[name[side.places[side.start[held]]]]]
        sides.append(np.split(held[ordered(own)], np.cumsum(np.bincount(own, minlength=block[-1] + 1))[:-1]))
    yield from zip(*sides, strict=True)


def _kin(tracks: Context, people: Context) -> Codes:
    """For each name a number that it shares with all who are joined by surnames, be it over others or their owners."""
    names, name = tracks.mentions.names, tracks.mentions.name
    start, surname = names.surnames
    count = len(names)
    bearer = np.repeat(np.arange(count), np.diff(start))
    kin = components(count + int(surname.max(initial=-1)) + 1, bearer, count + surname)[:count]
    for side in (tracks, people):
        own = kin[name[side.places]]
        one = own[np.minimum(side.start[:-1], max(len(own) - 1, 0))][side.owner]
        apart = np.flatnonzero(one != own)
        kin = components(count, one[apart], own[apart])[kin]
    return kin
