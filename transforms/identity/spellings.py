"""What results print of teams and cars: equal prints of a season are told apart once, with how often they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from transforms.identity.arrays import codes, distinct_of, whole
from transforms.identity.groups import dense, ordered
from transforms.identity.turns import Codes
from transforms.schema import TEXTS

GAP = 25  # years; FACTS: equal core words are the same team in 98 of 100 groups within that time
NEVER = 9999  # a season after all others


@dataclass(frozen=True)
class Entries:
    """The distinct `rows` of results with their `season` (-1 without one), and how often each stands.

    `number` is the row of each result, `place` a result of each row.
    """

    rows: pa.Table
    season: Codes
    times: Codes
    number: Codes
    place: Codes

    @classmethod
    def of(cls, results: pa.Table, columns: Sequence[str]) -> Entries:
        """What results print in some columns of texts."""
        season = whole(results["season"])
        number = dense(_distinct([distinct_of(results[name])[0] + np.int32(1) for name in columns]), season + 1)
        times = np.bincount(number)
        place = np.empty(len(times), dtype=np.int64)
        place[number[::-1]] = np.arange(len(number))[::-1]
        return cls(results.select(columns).take(pa.array(place)), season[place], times, number, place)

    def first_seasons(self, owner: Codes) -> Codes:
        """The first known season of each owner of rows (-1 for none); NEVER without one."""
        first = np.full(int(owner.max(initial=-1)) + 2, NEVER)  # the last is for nobody
        np.minimum.at(first, owner, np.where(self.season < 0, NEVER, self.season))
        return first[:-1]

    def spellings(self, owner: Codes, column: str) -> Spellings:
        """How each owner of rows (-1 for none) is printed in a column."""
        text, texts = codes(self.rows[column])
        held = np.flatnonzero((owner >= 0) & (text >= 0))
        held = held[ordered(owner[held], text[held])]
        fresh = np.append(True, (np.diff(owner[held]) != 0) | (np.diff(text[held]) != 0))[: len(held)]
        start = np.flatnonzero(fresh)
        times = np.add.reduceat(self.times[held], start) if len(start) else start
        return Spellings(int(owner.max(initial=-1)) + 1, owner[held[start]], text[held[start]], times, texts)


@dataclass(frozen=True)
class Spellings:
    """The texts under which each of some owners is printed, in order of both, and how often each is."""

    owners: int
    owner: Codes
    text: Codes
    times: Codes
    texts: pa.Array

    def best(self) -> pa.Array:
        """The most frequent text of each owner, the first of equals; null without one."""
        order = ordered(self.owner, -self.times)[::-1]
        best = np.full(self.owners, -1, dtype=np.int32)
        best[self.owner[order]] = self.text[order]
        return self.texts.take(pa.array(best, mask=best < 0))

    def all(self) -> pa.Array:
        """The texts of each owner, in order."""
        ends = np.cumsum(np.bincount(self.owner, minlength=self.owners))
        offsets = pa.array(np.append(0, ends).astype(np.int32))
        return pa.ListArray.from_arrays(offsets, self.texts.take(pa.array(self.text)), type=TEXTS)


def eras(code: Codes, season: Codes) -> Codes:
    """A number for each run of equal codes (-1 for none), cut where more than GAP years pass without an entry."""
    order = ordered(code, season)
    order = order[code[order] >= 0]
    fresh = np.ones(len(order), dtype=bool)
    same = np.diff(code[order]) == 0
    near = (np.diff(season[order]) <= GAP) | (season[order][:-1] < 0)
    fresh[1:] = ~(same & near)
    team = np.full(len(code), -1, dtype=np.int32)
    team[order] = np.cumsum(fresh) - 1
    return team


def _distinct(columns: Sequence[Codes]) -> Codes:
    """A number for each distinct row of the columns; where the last one tells the others, as a rule, it is that."""
    number = columns[-1]
    for column in columns[:-1]:
        told = np.zeros(int(number.max(initial=0)) + 1, dtype=column.dtype)
        told[number] = column
        if not np.array_equal(told[number], column):
            number = dense(number, column)
    return number
