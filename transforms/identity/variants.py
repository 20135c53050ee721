"""Spelling variants: names that nearly agree and share a car, a co-driver or an entrant are one person's."""

from __future__ import annotations

import numpy as np

from transforms.identity.evidence import Context
from transforms.identity.groups import Bag, Codes, dense
from transforms.identity.resemblance import resembling
from transforms.identity.spelling import alike
from transforms.identity.understood import Names

WITHIN = 8  # years between the seasons of two spellings
COMMON = 40  # people of one family name beside one co-driver or entrant: beyond it that is no evidence


def variants(people: Context, names: Names) -> list[tuple[int, int, str]]:
    """Pairs of anchors that are one person's names, the likeliest first, each with what makes them alike.

    `names` holds the name of each anchor. Both must share a given or a family name, a car at an event, a co-driver
    or an entrant, and lie within WITHIN years; they must differ in what a printer or a friend makes of a name, and
    never stand on one sheet.
    """
    left, right = resembling(names.table)
    strength = _strength(people, left, right)
    left, right, strength = left[strength > 0], right[strength > 0], strength[strength > 0]
    apart = people.bag("sheet").shared(left, people.bag("sheet"), right) == 0
    apart &= people.gap(right, people.first[left]) <= WITHIN
    left, right, strength = left[apart], right[apart], strength[apart]
    sides = zip(names.at(left), names.at(right), strict=True)
    found = [
        (strength, a, b, likeness)
        for (one, other), a, b, strength in zip(sides, left.tolist(), right.tolist(), strength.tolist(), strict=True)
        if (likeness := alike(one, other))
    ]
    return [(a, b, likeness) for _, a, b, likeness in sorted(found, key=lambda f: (-f[0], f[1], f[2]))]


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
    head = list(range(people.owners))
    members: dict[int, list[int]] = {}
    for place, (a, b, _) in enumerate(decided + pairs):
        one, two = head[a], head[b]
        if one == two:
            continue
        own, other = members.get(one, [one]), members.get(two, [two])
        if place >= len(decided) and _clash(people, own, other, parted):
            continue
        first = min(one, two)
        members[first] = own + other
        for anchor in members[first]:
            head[anchor] = first
    return head


def _clash(people: Context, own: list[int], other: list[int], parted: set[tuple[int, int]]) -> bool:
    if any((a, b) in parted for a in own for b in other):
        return True
    left, right = np.array([(a, b) for a in own for b in other], dtype=np.int64).T
    return bool(people.bag("sheet").shared(left, people.bag("sheet"), right).any())


def _strength(people: Context, left: Codes, right: Codes) -> Codes:
    """How much two anchors share: a car at an event above all, then co-drivers, then an entrant."""
    family = np.full(people.owners, -1)
    family[people.owner[people.owner >= 0]] = people.mentions.named("family")[people.owner >= 0]
    cars, partners, entrants = (_telling(people.bag(kind), family) for kind in ("car_at_event", "co_driver", "entrant"))
    shared = [bag.shared(left, bag, right) for bag in (cars, partners, entrants)]
    return np.asarray(np.minimum(shared[0], 1) * 100 + np.minimum(shared[1], 9) * 10 + np.minimum(shared[2], 1))


def _telling(bag: Bag, family: Codes) -> Bag:
    """The bag without the items that a crowd of one family name has in common."""
    beside = dense(family[bag.keys // bag.span], bag.keys % bag.span)
    keys = bag.keys[np.bincount(beside + 1)[beside + 1] <= COMMON]
    return Bag(keys, bag.span, np.searchsorted(keys, np.arange(len(bag.start)) * bag.span))
