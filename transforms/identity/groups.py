"""Sets of codes by owner, compared without a loop: the arithmetic under tracks, variants and points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import prod

import numpy as np

from transforms.identity.turns import MANY, Codes, picked

NOWHERE = 10**6
SAMPLED = 64  # codes of which one is asked where ranges of them end


def ordered(*columns: Codes) -> Codes:
    """The places of rows in order of the columns, the first above all; rows that are equal stay as they stand.

    Numpy sorts short integers by counting them, some times faster than it compares long ones.
    """
    digits = []
    for column in reversed(columns):
        least = int(column.min(initial=0))
        bits = (int(column.max(initial=0)) - least).bit_length()
        digits += [((column - least) >> shift).astype(np.uint16) for shift in range(0, max(bits, 1), 16)]
    return np.asarray(np.lexsort(digits))


def in_ranges(key: Codes) -> Iterator[Codes]:
    """The places of all rows, in order, of one range of keys after the other, each of some MANY or a sixteenth of all.

    No key is in two of them.
    """
    every = max(MANY, len(key) >> 4)
    cuts = np.sort(key[::SAMPLED])[every // SAMPLED :: every // SAMPLED]
    for low, high in pairwise([None, *distinct(cuts).tolist(), None]):
        held = np.ones(len(key), dtype=bool) if low is None else key >= low
        if high is not None:
            held &= key < high
        yield np.flatnonzero(held)


def spread(start: Codes, size: Codes) -> tuple[Codes, Codes]:
    """For ranges of the given starts and sizes: which range each element belongs to, and the element."""
    owner = np.repeat(np.arange(len(size)), size)
    element = np.arange(len(owner))
    element += np.repeat(start - (np.cumsum(size) - size), size)
    return owner, element


def place_of(ranked: Codes, wanted: Codes) -> Codes:
    """Where each wanted value stands among the ranked ones, or would stand."""
    order = ordered(wanted)  # neighbours are found near each other
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.searchsorted(ranked, wanted[order])
    return place


def sought(ranked: Codes, wanted: Codes) -> tuple[Codes, Codes]:
    """Where each wanted value begins among the ranked ones, and how often it stands there."""
    fresh = np.append(True, ranked[1:] != ranked[:-1])[: len(ranked)]
    start = np.append(np.flatnonzero(fresh), len(ranked))
    values = ranked[start[:-1]]
    at = place_of(values, wanted)
    found = np.append(values, -1)[at] == wanted
    return start[at], np.where(found, np.diff(np.append(start, len(ranked)))[at], 0)


def places_in(values: Codes, wanted: Codes) -> Codes:
    """The place of each wanted number among others, of equal ones the first; -1 for none."""
    order = np.argsort(values, kind="stable")  # they rise, as a rule
    place = np.append(order, -1)[np.searchsorted(values, wanted, sorter=order)].astype(np.int32)
    return np.where(np.append(values, -1)[place] == wanted, place, np.int32(-1))


def met(one: Codes, other: Codes) -> tuple[Codes, Codes]:
    """The places on either side of all values that stand on both, and of a few more."""
    bits = min(22, max(10, (8 * max(len(one), len(other))).bit_length()))
    marks = [(side.astype(np.uint64) * _ODD) >> np.uint64(64 - bits) for side in (one, other)]
    return _marked(marks[0], marks[1], bits), _marked(marks[1], marks[0], bits)


_ODD = np.uint64(0x9E3779B97F4A7C15)  # scatters neighbours far apart


def _marked(own: Codes, others: Codes, bits: int) -> Codes:
    table = np.zeros(1 << bits, dtype=bool)
    table[others] = True
    return np.flatnonzero(table[own])


def paired(left: Codes, span: int, right: Codes) -> Codes:
    """One number for each pair of codes, of which the right ones are below `span`, in the order of the pairs."""
    numbers = left.astype(np.int64)
    numbers *= span
    numbers += right
    return numbers


def distinct(values: Codes) -> Codes:
    """The distinct values, in order; the sooner the more of them stand in order."""
    ranked = np.sort(values, kind="stable")
    fresh = np.ones(len(ranked), dtype=bool)
    fresh[1:] = ranked[1:] != ranked[:-1]
    return np.asarray(ranked[fresh])


def repeated(key: Codes) -> np.ndarray:
    """Which rows have the key of another; the sooner the more of them stand in order."""
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    same = ranked[1:] == ranked[:-1]
    out = np.zeros(len(key), dtype=bool)
    out[order[1:][same]] = out[order[:-1][same]] = True
    return out


def times_before(key: Codes) -> Codes:
    """How many earlier rows have the key of each."""
    order = ordered(key)
    ranked = key[order]
    before = np.empty(len(key), dtype=np.int32)
    before[order] = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return before


def counted(left: Codes, right: Codes) -> tuple[Codes, Codes, Codes]:
    """The distinct pairs of codes, none negative, in order; and how often each occurs."""
    span = int(right.max(initial=0)) + 1
    ranked = paired(left, span, right)
    ranked.sort()
    start = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])[: len(ranked)])
    return ranked[start] // span, ranked[start] % span, np.diff(np.append(start, len(ranked)))


@dataclass(frozen=True)
class Bag:
    """The distinct items of each of so many `owners`: `keys` holds owner * span + item in order."""

    keys: Codes
    span: int
    owners: int

    @classmethod
    def of(cls, owners: int, span: int, owner: Codes, item: Codes) -> Bag:
        """The bag of the pairs (owner, item); negative items and owners are nothing."""
        held = np.flatnonzero((item >= 0) & (owner >= 0))
        keys = distinct(paired(owner[held], span, item[held]))
        return cls(keys, span, owners)

    @cached_property
    def start(self) -> Codes:
        """Where the items of each owner begin, and where those of the last one end."""
        return np.append(0, np.cumsum(np.bincount(self.keys // self.span, minlength=self.owners)))

    @property
    def pairs(self) -> tuple[Codes, Codes]:
        """All owners, each beside each of its items."""
        return self.keys // self.span, self.keys % self.span

    def items(self, owner: Codes) -> tuple[Codes, Codes]:
        """All items of the given owners: the place in `owner` that each belongs to, and the item."""
        place, at = spread(self.start[owner], self.start[owner + 1] - self.start[owner])
        return place, self.keys[at] % self.span

    def has(self, owner: Codes, item: Codes) -> np.ndarray:
        """Whether each owner holds the item beside it."""
        if not len(self.keys):
            return np.zeros(len(owner), dtype=bool)
        wanted = paired(owner, self.span, item)
        return np.asarray(np.append(self.keys, -1)[place_of(self.keys, wanted)] == wanted)

    def distance(self, owner: Codes, item: Codes) -> Codes:
        """How far from each item the nearest one of the owner beside it is; NOWHERE where he has none."""
        wanted = paired(owner, self.span, item)
        at = place_of(self.keys, wanted)
        keys = np.append(self.keys, -1)
        apart = [
            np.where(keys[side] // self.span == owner, np.abs(keys[side] - wanted), NOWHERE)
            for side in (at, np.maximum(at - 1, 0))
        ]
        return np.minimum(*apart)

    def shared(self, own: Codes, other: Bag | Bags, others: Codes) -> Codes:
        """How many items each of `own` has in common with the owner beside it in the other bag."""
        place, item = self.items(own)
        hits = place[other.has(others[place], item)]
        return np.bincount(hits, minlength=len(own))

    def size(self, owner: Codes) -> Codes:
        """Number of items of each owner."""
        return np.asarray(self.start[owner + 1] - self.start[owner])


@dataclass(frozen=True)
class Bags:
    """A bag, and what its owners hold besides (`more`), as one."""

    bag: Bag
    more: Bag

    @property
    def span(self) -> int:
        """One more than the greatest item."""
        return self.bag.span

    def items(self, owner: Codes) -> tuple[Codes, Codes]:
        """All items of the given owners, as of a bag, but those that they hold besides come last."""
        place, item = self.more.items(owner)
        new = np.flatnonzero(~self.bag.has(owner[place], item))
        own = self.bag.items(owner)
        return np.append(own[0], place[new]), np.append(own[1], item[new])

    def has(self, owner: Codes, item: Codes) -> np.ndarray:
        """Whether each owner holds the item beside it."""
        return np.asarray(self.bag.has(owner, item) | self.more.has(owner, item))

    def distance(self, owner: Codes, item: Codes) -> Codes:
        """How far from each item the nearest one of the owner beside it is; NOWHERE where he has none."""
        return np.asarray(np.minimum(self.bag.distance(owner, item), self.more.distance(owner, item)))

    def size(self, owner: Codes) -> Codes:
        """Number of items of each owner; what is in both bags counts twice."""
        return np.asarray(self.bag.size(owner) + self.more.size(owner))


def components(count: int, left: Codes, right: Codes) -> Codes:
    """The least member of the connected component of each of `count` nodes, given edges."""
    label = np.arange(count, dtype=np.int32)
    while len(left):
        a, b = label[left], label[right]
        apart = a != b
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(label, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(label, label[label]):
            label = label[label]
    return label


def dense(*columns: Codes) -> Codes:
    """One code for each distinct row of the columns, in order of the columns; -1 where any is negative."""
    if (few := _as_one(columns)) is not None:
        return compact(few)[0]
    held = np.logical_and.reduce([column >= 0 for column in columns])
    own = list(columns) if held.all() else [column[held] for column in columns]
    order = ordered(*own)
    fresh = np.zeros(len(order), dtype=bool)
    for column in own:
        ranked = column[order]
        fresh[1:] |= ranked[1:] != ranked[:-1]
    out = np.full(len(held), -1, dtype=np.int32)
    out[order if held.all() else np.flatnonzero(held)[order]] = np.cumsum(fresh, dtype=np.int32)
    return out


def _as_one(columns: Sequence[Codes]) -> Codes | None:
    """One number for each row of the columns, in their order, -1 where any is negative; None where that is too high."""
    spans = [int(column.max(initial=0)) + 1 for column in columns]
    if prod(spans) > 2 * len(columns[0]):
        return None
    number = columns[0]
    for column, span in zip(columns[1:], spans[1:], strict=True):
        number = np.where((number < 0) | (column < 0), np.int32(-1), number.astype(np.int32) * np.int32(span) + column)
    return number


def compact(column: Codes) -> tuple[Codes, Codes]:
    """The codes without those between them that nobody has (-1 stays), and which were those that each stands for."""
    there = np.zeros(int(column.max(initial=-1)) + 2, dtype=bool)  # the last is for -1
    there[column] = True
    rank = np.cumsum(there, dtype=np.int32) - 1
    rank[-1] = -1
    return picked(rank, column), np.flatnonzero(there[:-1]).astype(np.int32)


def joined(key: Codes) -> tuple[Codes, Codes]:
    """All pairs of places (first before second) whose key is equal and not negative."""
    one, other = zip(*joined_in_turn(key, len(key) ** 2 + 1), strict=True)
    return np.concatenate(one), np.concatenate(other)


def joined_in_turn(key: Codes, most: int) -> Iterator[tuple[Codes, Codes]]:
    """The same pairs, about so many at a time; once at least."""
    order = ordered(key)
    order = order[key[order] >= 0]
    ranked = key[order]
    size = np.searchsorted(ranked, ranked, side="right") - np.arange(len(order)) - 1
    cuts = np.searchsorted(np.cumsum(size) // most, np.arange(1, int(size.sum()) // most + 1))
    for start, stop in pairwise([0, *cuts.tolist(), len(order)]):
        first, second = spread(np.arange(start, stop) + 1, size[start:stop])
        yield order[start + first], order[second]
