"""Spelling variants: names that nearly agree and share a car, a co-driver or an entrant are one person's."""

from __future__ import annotations

import numpy as np

from transforms.identity.evidence import Context
from transforms.identity.groups import Codes, dense, joined
from transforms.identity.names import Name, given_names, nicknames

WITHIN = 8  # years between the seasons of two spellings
SHORTEST = 4  # letters of a name in which one edit may be a slip; shorter names are other names
COMMON = 40  # people who share a name and an entrant: beyond it the entrant is no evidence


def variants(people: Context, names: list[Name]) -> list[tuple[int, int, str]]:
    """Pairs of anchors that are one person's names, the likeliest first, each with what makes them alike.

    `names` holds the name of each anchor. Both must share a given or a family name, a car at an event, a co-driver
    or an entrant, and lie within WITHIN years; they must differ in what a printer or a friend makes of a name, and
    never stand on one sheet.
    """
    left, right = _beside(people)
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
            rows = np.stack([people.owner[place], dense(part[place], item)])
            rows = np.unique(rows[:, (rows >= 0).all(axis=0)], axis=1)
            crowd = np.bincount(rows[1])[rows[1]]
            rows = rows[:, crowd <= COMMON]
            a, b = joined(rows[1])
            pairs.append(np.stack([rows[0][a], rows[0][b]]))
    both = np.sort(np.concatenate(pairs, axis=1), axis=0)
    left, right = np.unique(both[:, both[0] != both[1]], axis=1)
    return left, right


def _strength(people: Context, left: Codes, right: Codes) -> Codes:
    """How much two anchors share: a car at an event above all, then co-drivers, then an entrant."""
    own = people.bag
    cars = own("car_at_event").shared(left, own("car_at_event"), right)
    partners = own("co_driver").shared(left, own("co_driver"), right)
    entrants = own("entrant").shared(left, own("entrant"), right)
    return np.asarray(np.minimum(cars, 1) * 100 + np.minimum(partners, 9) * 10 + np.minimum(entrants, 1))


def alike(one: Name, other: Name) -> str | None:
    """What makes two full names spellings of one, or None; a known given name is no slip for another."""
    if one.suffix != other.suffix or (one.form, other.form) != ("full", "full"):
        return None
    if one.family_key == other.family_key:
        return _given_alike(one, other)
    if one.given_key == other.given_key:
        if set(one.blocks) & set(other.blocks) and _contains(one.family_key, other.family_key):
            return "part of the family name"
        if min(len(one.family_key), len(other.family_key)) > SHORTEST and one_edit(one.family_key, other.family_key):
            return "one letter of the family name"
    if (one.given_key, one.family_key) == (other.family_key, other.given_key):
        return "order of the names"
    return None


def _given_alike(one: Name, other: Name) -> str | None:
    a, b = one.given_key, other.given_key
    if (a, b) in nicknames():
        return "nickname"
    if min(len(a), len(b)) > 2 and (a.startswith(b) or b.startswith(a)) and _more_words(one, other):
        return "second given name"
    known = a in given_names() and b in given_names()
    if not known and min(len(a), len(b)) >= SHORTEST and one_edit(a, b):
        return "one letter of the given name"
    return None


def _more_words(one: Name, other: Name) -> bool:
    """Whether one has the given names of the other and more: `Jean Pierre` and `Jean`, `John R.` and `John`."""
    words = sorted((one.given.replace("-", " ").split(), other.given.replace("-", " ").split()), key=len)
    return len(words[0]) < len(words[1])


def _contains(one: str, other: str) -> bool:
    return one in other or other in one


def one_edit(a: str, b: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes the one the other."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:])
    return rest_a[1:] == rest_b if len(a) > len(b) else rest_a == rest_b[1:]
