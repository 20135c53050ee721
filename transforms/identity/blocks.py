"""Evidence for some surnames at a time: who bears one is never compared with those who bear others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transforms.identity.evidence import Context
from transforms.identity.groups import Codes, components, distinct, paired
from transforms.identity.linking import Links, link

SIZE = 250_000  # mentions that are compared at a time, or somewhat more; their company is beside them


@dataclass(frozen=True)
class Side:
    """Some owners, and for each mention of a block its owner by number among these, as a context."""

    owners: Codes
    context: Context

    @classmethod
    def of(cls, whole: Context, mine: Codes, company: Codes) -> Side:
        """The owners of the mentions at some places, which stand among their company."""
        owner = np.full(len(company), -1)
        owner[np.searchsorted(company, mine)] = whole.owner[mine]
        owners = distinct(owner[owner >= 0])
        number = np.where(owner >= 0, np.searchsorted(owners, owner), -1)
        return cls(owners, Context(whole.mentions.of(company), len(owners), number))


def link_all(tracks: Context, people: Context, forbidden: Codes) -> Links:
    """What `link` gives, in memory for some surnames at a time; terms are small integers."""
    person = np.full(tracks.owners, -1, dtype=np.int32)
    ambiguous = np.zeros(tracks.owners, dtype=bool)
    idle = set(forbidden.tolist())
    parts = []
    for mine in _blocks(tracks, people):
        company = _company(tracks, mine)
        some, others = (Side.of(side, mine, company) for side in (tracks, people))
        there, apart = _apart(forbidden, people.owners, some, others)
        found = link(some.context, others.context, apart)
        idle -= set(there[~np.isin(apart, list(found.idle))].tolist())
        held = found.person >= 0
        person[some.owners[held]] = others.owners[found.person[held]]
        ambiguous[some.owners] = found.ambiguous
        track, candidate = some.owners[found.track], others.owners[found.candidate]
        parts.append((track.astype(np.int32), candidate.astype(np.int32), found.terms.astype(np.int8)))
    track, candidate, terms = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Links(person, track, candidate, terms, terms.sum(axis=1, dtype=np.int32), ambiguous, frozenset(idle))


def _apart(forbidden: Codes, span: int, some: Side, others: Side) -> tuple[Codes, Codes]:
    """The forbidden pairs of which both are in a block, and the same by their numbers there."""
    there = forbidden[np.isin(forbidden // span, some.owners) & np.isin(forbidden % span, others.owners)]
    track, person = np.searchsorted(some.owners, there // span), np.searchsorted(others.owners, there % span)
    return there, paired(track, len(others.owners), person)


def _blocks(tracks: Context, people: Context) -> Iterator[Codes]:
    """The places of the mentions of those who share surnames with nobody else, so many at a time; once at least."""
    kin = _kin(tracks, people)
    size = np.bincount(kin[kin >= 0])
    block = np.append((np.cumsum(size) - size) // SIZE, -1).astype(np.int32)[kin]
    for number in range(max(0, int(block.max(initial=-1))) + 1):
        yield np.flatnonzero(block == number)


def _kin(tracks: Context, people: Context) -> Codes:
    """For each mention that has an owner a number that it shares with all who are joined by surnames; else -1."""
    mentions = tracks.mentions
    start, surname = mentions.names.surnames
    count = len(mentions.names)
    bearer = np.repeat(np.arange(count), np.diff(start))
    kin = components(count + int(surname.max(initial=-1)) + 1, bearer, count + surname)[mentions.name]
    for side in (tracks, people):
        held = side.owner >= 0
        one = np.zeros(side.owners, dtype=np.int32)
        one[side.owner[held]] = kin[held]
        apart = np.flatnonzero(held)[one[side.owner[held]] != kin[held]]
        kin = components(count, one[side.owner[apart]], kin[apart])[kin]
    return np.where((tracks.owner >= 0) | (people.owner >= 0), kin, np.int32(-1))


def _company(context: Context, mine: Codes) -> Codes:
    """The places of all mentions in the cars of some."""
    result = context.mentions.result
    cars = np.zeros(int(result.max(initial=-1)) + 1, dtype=bool)
    cars[result[mine]] = True
    return np.flatnonzero(cars[result])
