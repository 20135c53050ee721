"""Evidence for some surnames at a time: who bears one is never compared with those who bear others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
import pyarrow as pa

from transforms.identity.evidence import SIZE, Context
from transforms.identity.groups import components, ordered, paired
from transforms.identity.linking import Links, Weighings, link
from transforms.identity.turns import Codes

B = TypeVar("B")
T = TypeVar("T")


def link_all(tracks: Context, people: Context, forbidden: Codes) -> Links:
    """What `link` gives, in memory for some surnames at a time."""
    person = np.full(tracks.owners, -1, dtype=np.int32)
    ambiguous = np.zeros(tracks.owners, dtype=bool)
    found = in_turn(partial(_judged, tracks, people, forbidden), _blocks(tracks, people))
    for own, links in found:
        person[own], ambiguous[own] = links.person, links.ambiguous
    weighed = Weighings.joined(tracks.owners, [(own, links.weighed) for own, links in found])
    return Links(person, weighed, ambiguous, frozenset.intersection(*(links.idle for _, links in found)))


def in_turn(judge: Callable[[B], T], blocks: Iterable[B]) -> list[T]:
    """What is judged of each block, as many at a time as there are processors."""
    with ThreadPoolExecutor(pa.cpu_count()) as beside:
        return list(beside.map(judge, blocks))


def _judged(tracks: Context, people: Context, forbidden: Codes, block: tuple[Codes, Codes]) -> tuple[Codes, Links]:
    """The tracks of a block, and their links by the numbers that people have outside of it."""
    one, two = block
    there = forbidden
    if len(there):
        there = there[np.isin(there // people.owners, one) & np.isin(there % people.owners, two)]
    track, whom = np.searchsorted(one, there // people.owners), np.searchsorted(two, there % people.owners)
    apart = paired(track, len(two), whom)
    found = link(tracks.only(one), people.only(two), apart)
    met = there[~np.isin(apart, list(found.idle))]
    whom = np.append(two, people.owners + one)[found.weighed.candidate]
    links = Links(
        person=np.append(two, -1)[found.person].astype(np.int32),
        weighed=replace(found.weighed, candidate=whom.astype(np.int32)),
        ambiguous=found.ambiguous,
        idle=frozenset(forbidden.tolist()) - set(met.tolist()),
    )
    return one, links


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
