"""Spelling variants: names that nearly agree and share a car, a co-driver or an entrant are one person's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from transforms.arrays import flags
from transforms.identity.blocks import in_turn
from transforms.identity.evidence import GAP, SIZE, Context
from transforms.identity.groups import NOWHERE, Bag, dense, distinct
from transforms.identity.resemblance import resembling
from transforms.identity.spelling import alike
from transforms.identity.turns import Codes
from transforms.identity.understood import Names

WITHIN = 8  # years between the seasons of two spellings
FEW = 4_096  # pairs whose names are taken apart at a time
COMMON = 40  # people of one family name beside one co-driver or entrant: beyond it that is no evidence


def variants(people: Context, names: Names) -> list[tuple[int, int, str]]:
    """Pairs of anchors that are one person's names, the likeliest first, each with what makes them alike.

    `names` holds the name of each anchor. Both must share a given or a family name, a car at an event, a co-driver
    or an entrant, lie within WITHIN years and have no long pause themselves; they must differ in what a printer or a
    friend makes of a name, and never stand on one sheet.
    """
    left, right = resembling(names.table)
    judged = in_turn(lambda some: [*_likely(people, names, left[some], right[some])], _blocks(people, names, left))
    found = [pair for pairs in judged for pair in pairs]
    return [(a, b, likeness) for _, a, b, likeness in sorted(found, key=lambda f: (-f[0], f[1], f[2]))]


def _blocks(people: Context, names: Names, left: Codes) -> Iterator[Codes]:
    """The places of pairs whose left names are of some families, so many that their evidence can be held."""
    size = np.bincount(names.family[people.owner] + 1, minlength=2)
    block = ((np.cumsum(size) - size) // SIZE)[names.family[left] + 1]
    return (np.flatnonzero(block == number) for number in distinct(block))


def _likely(people: Context, names: Names, left: Codes, right: Codes) -> Iterator[tuple[int, int, int, str]]:
    """Of some pairs those that are one person's names: how much they share, the two, and what makes them alike."""
    family = names.family
    asked = np.zeros(int(family.max(initial=-1)) + 1, dtype=bool)
    asked[family[left]] = asked[family[right]] = True
    owners = np.flatnonzero(asked[family])
    some = people.only(owners)
    one, other = np.searchsorted(owners, left), np.searchsorted(owners, right)
    strength = _strength(some, family[owners], one, other)
    near = np.flatnonzero(strength)
    one, other = one[near], other[near]
    apart = some.bag("sheet").shared(one, some.bag("sheet"), other) == 0
    paused = _paused(some)
    near = near[apart & (_years_apart(some, one, other) <= WITHIN) & ~paused[one] & ~paused[other]]
    for own in (near[start : start + FEW] for start in range(0, len(near), FEW)):
        sides = zip(names.at(left[own]), names.at(right[own]), strict=True)
        pairs = zip(strength[own].tolist(), left[own].tolist(), right[own].tolist(), sides, strict=True)
        yield from ((much, a, b, f"{what}, {_beside(much)}") for much, a, b, two in pairs if (what := alike(*two)))


def _years_apart(people: Context, left: Codes, right: Codes) -> Codes:
    """Years between the seasons of two anchors that are nearest to each other; 0 where those of one are unknown."""
    seasons = people.bag("season")
    place, season = seasons.items(left)
    years = np.full(len(left), NOWHERE)
    np.minimum.at(years, place, seasons.distance(right[place], season))
    return np.where(years == NOWHERE, 0, years)


def _paused(people: Context) -> np.ndarray:
    """Which anchors are not printed for GAP years or more: of two people of one name, a spelling fits but one."""
    keys, span = people.bag("season").keys, people.bag("season").span
    wide = (np.diff(keys) >= GAP) & (np.diff(keys // span) == 0)
    return flags(keys[1:][wide] // span, people.owners)


def _beside(strength: int) -> str:
    """What makes up most of such a strength."""
    if strength >= 100:
        return "in one car of an event"
    return "beside one co-driver" if strength >= 10 else "for one entrant"


def merge(
    people: Context,
    pairs: list[tuple[int, int, str]],
    parted: set[tuple[int, int]],
    decided: list[tuple[int, int, str]],
) -> list[int]:
    """For each anchor the first anchor of its person: pairs are joined in turn, unless two of them share a sheet.

    `parted` holds pairs of anchors that a decision keeps apart, in both orders; `decided` the pairs that one joins,
    whatever the evidence.
    """
    some = np.unique(np.array([pair[:2] for pair in decided + pairs], dtype=np.int64))
    bag = people.only(some).bag("sheet")
    keys_of = dict(zip(some.tolist(), pairwise(bag.start.tolist()), strict=True))
    head = list(range(people.owners))
    members: dict[int, tuple[list[int], set[int]]] = {}

    def of(one: int) -> tuple[list[int], set[int]]:
        """The anchors of a person, and their sheets."""
        return members.get(one) or ([one], set((bag.keys[slice(*keys_of[one])] % bag.span).tolist()))

    for place, (a, b, _) in enumerate(decided + pairs):
        one, two = head[a], head[b]
        if one == two:
            continue
        (own, sheets), (other, others) = of(one), of(two)
        apart = not sheets.isdisjoint(others) or any((c, d) in parted for c in own for d in other)
        if place >= len(decided) and apart:
            continue
        first = min(one, two)
        members[first] = own + other, sheets | others
        for anchor in own + other:
            head[anchor] = first
    return head


def _strength(people: Context, family: Codes, left: Codes, right: Codes) -> Codes:
    """How much two anchors share: a car at an event above all, then co-drivers, then an entrant."""
    cars, partners, entrants = (_telling(people.bag(kind), family) for kind in ("car_at_event", "co_driver", "entrant"))
    shared = [bag.shared(left, bag, right) for bag in (cars, partners, entrants)]
    return np.asarray(np.minimum(shared[0], 1) * 100 + np.minimum(shared[1], 9) * 10 + np.minimum(shared[2], 1))


def _telling(bag: Bag, family: Codes) -> Bag:
    """The bag without the items that a crowd of one family name has in common."""
    beside = dense(family[bag.keys // bag.span], bag.keys % bag.span)
    keys = bag.keys[np.bincount(beside + 1)[beside + 1] <= COMMON]
    return Bag(keys, bag.span, bag.owners)
