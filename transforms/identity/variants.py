"""Spelling variants: names that nearly agree and share a car, a co-driver or an entrant are one person's."""

from __future__ import annotations

import numpy as np

from transforms.identity.evidence import Context
from transforms.identity.groups import Codes, counted, dense, joined
from transforms.identity.names import Name
from transforms.identity.spelling import alike, likely

WITHIN = 8  # years between the seasons of two spellings
COMMON = 40  # people who share a name and an entrant: beyond it the entrant is no evidence


def variants(people: Context, names: list[Name]) -> list[tuple[int, int, str]]:
    """Pairs of anchors that are one person's names, the likeliest first, each with what makes them alike.

    `names` holds the name of each anchor. Both must share a given or a family name, a car at an event, a co-driver
    or an entrant, and lie within WITHIN years; they must differ in what a printer or a friend makes of a name, and
    never stand on one sheet.
    """
    left, right = _beside(people)
    near = likely(names, left, right)
    left, right = left[near], right[near]
    apart = people.bag("sheet").shared(left, people.bag("sheet"), right) == 0
    apart &= people.gap(right, people.first[left]) <= WITHIN
    left, right = left[apart], right[apart]
    found = [
        (strength, a, b, likeness)
        for a, b, strength in zip(left.tolist(), right.tolist(), _strength(people, left, right).tolist(), strict=True)
        if (likeness := alike(names[a], names[b]))
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


def _beside(people: Context) -> tuple[Codes, Codes]:
    """Pairs of anchors that share a part of the name and a car at an event, a co-driver or an entrant."""
    m = people.mentions
    here, other = m.partners
    each = np.arange(len(m))
    sides = [(each, m.car_at_event), (each, m.entrant), (here, m.family[other])]
    pairs = []
    for part in (m.given, m.family):
        for place, item in sides:
            owner, shared = people.owner[place], dense(part[place], item)
            held = (owner >= 0) & (shared >= 0)
            shared, owner, _ = counted(shared[held], owner[held])
            few = np.bincount(shared)[shared] <= COMMON
            a, b = joined(shared[few])
            pairs.append(np.stack([owner[few][a], owner[few][b]]))
    both = np.sort(np.concatenate(pairs, axis=1), axis=0)
    left, right, _ = counted(*both[:, both[0] != both[1]])
    return left, right


def _strength(people: Context, left: Codes, right: Codes) -> Codes:
    """How much two anchors share: a car at an event above all, then co-drivers, then an entrant."""
    own = people.bag
    cars = own("car_at_event").shared(left, own("car_at_event"), right)
    partners = own("co_driver").shared(left, own("co_driver"), right)
    entrants = own("entrant").shared(left, own("entrant"), right)
    return np.asarray(np.minimum(cars, 1) * 100 + np.minimum(partners, 9) * 10 + np.minimum(entrants, 1))
