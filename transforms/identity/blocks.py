"""Evidence for some surnames at a time: who bears one is never compared with those who bear others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from transforms.identity.evidence import SIZE, Context
from transforms.identity.groups import Codes, components, paired
from transforms.identity.linking import Links, link


def link_all(tracks: Context, people: Context, forbidden: Codes) -> Links:
    """What `link` gives, in memory for some surnames at a time; terms are small integers."""
    person = np.full(tracks.owners, -1, dtype=np.int32)
    ambiguous = np.zeros(tracks.owners, dtype=bool)
    idle = set(forbidden.tolist())
    parts = []
    for some in _blocks(tracks, people):
        (one, own), (two, others) = (side.only(keep) for side, keep in zip((tracks, people), some, strict=True))
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


def _blocks(tracks: Context, people: Context) -> Iterator[list[np.ndarray]]:
    """Which mentions of either side are of those who share surnames, so many at a time; once at least."""
    kin = _kin(tracks, people)
    size = np.bincount(np.concatenate(kin), minlength=1)
    block = ((np.cumsum(size) - size) // SIZE).astype(np.int32)
    blocks = [block[side] for side in kin]
    for number in range(int(block[-1]) + 1):
        yield [side == number for side in blocks]


def _kin(tracks: Context, people: Context) -> tuple[Codes, Codes]:
    """For each mention of either side a number that it shares with all who are joined by surnames."""
    mentions = tracks.mentions
    start, surname = mentions.names.surnames
    count = len(mentions.names)
    bearer = np.repeat(np.arange(count), np.diff(start))
    kin = components(count + int(surname.max(initial=-1)) + 1, bearer, count + surname)[:count]
    for side in (tracks, people):
        own = kin[mentions.name[side.places]]
        one = np.zeros(side.owners, dtype=np.int32)
        one[side.owner] = own
        apart = np.flatnonzero(one[side.owner] != own)
        kin = components(count, one[side.owner[apart]], own[apart])[kin]
    return kin[mentions.name[tracks.places]], kin[mentions.name[people.places]]
