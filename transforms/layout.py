"""Which column is what: the best path through the families of sheets, and how far ahead of the next it is.

For each family the columns walk through its roles in order (Viterbi, forwards and backwards), so that
for every column the best sheet is known under each role it could have: the best of them is the layout,
the distance to the second is the margin, in nats. All families walk at once: arrays have the shape
(places, tables), where a place is a state of a walk, state by state, the longest walks first in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from transforms.arrays import Bools, Floats, Ints
from transforms.roles import ROLES
from transforms.walks import WALKS, Walks

EXTRA = ROLES.index("extra")
ALIKE = [ROLES.index("type"), ROLES.index("model")]
_EXTRA_COST = 2.5  # nats for a column that no family knows
_NEVER = -1e9
_TIE = 1e-7  # nats; far less than a cell more or less, far more than sums are off by rounding
# Tables walk so many places at a time: fewer, and what it costs to begin is more than what a processor's cache saves.
_PLACES_AT_A_TIME = 1 << 17


@dataclass(frozen=True, slots=True)
class Decoded:
    """Per table and column: the role, the next best role and the margin between them; shape (tables, columns).

    `looks` is the role that each column looks most like wherever it stands, and `strangeness` how many
    nats its own role is behind that; `like_crew` whether it looks more like a crew than like its own
    role.
    """

    roles: Ints
    runners_up: Ints
    margins: Floats
    looks: Ints
    strangeness: Floats
    like_crew: Bools


def decode(evidence: Floats, widths: Ints, walks: Walks = WALKS) -> Decoded:
    """Find the best layout of tables.

    `evidence` has shape (columns, roles), in nats, the columns table by table, as many as `widths` says.
    """
    first = np.cumsum(widths) - widths
    weighed = evidence - _tie_break(widths)
    best = np.empty_like(evidence)
    # Tables of like widths walk together, the widest first: those that have ended are the last.
    order = np.argsort(-widths, kind="stable")
    size = max(1, _PLACES_AT_A_TIME // len(walks.roles))
    for i in range(0, len(order), size):
        some = order[i : i + size]
        going = (np.count_nonzero(widths[some] > c) for c in range(int(widths[some[0]])))
        columns = [first[some[:count]] + c for c, count in enumerate(going)]
        for column, found in zip(columns, _best_under_each_role(walks, weighed, columns), strict=True):
            best[column] = found.T
    first_role, second = _two_best(best)
    margins = _of(best, first_role) - _of(best, second)
    looks = evidence.argmax(axis=1)
    own = _of(evidence, first_role)
    like_crew = evidence[:, ROLES.index("crew")] > own
    return Decoded(first_role, second, margins, looks, _of(evidence, looks) - own, like_crew)


def _two_best(best: Floats) -> tuple[Ints, Ints]:
    """The best role of each column and the next best."""
    left = best.copy()
    column = np.arange(len(left))
    first = left.argmax(axis=1)
    left[column, first] = -np.inf
    second = left.argmax(axis=1)
    # Type and model are two names for parts of one thing: which of them a column is casts no doubt on it.
    alike = np.flatnonzero(np.isin(first, ALIKE) & np.isin(second, ALIKE))
    left[alike, second[alike]] = -np.inf
    second[alike] = left[alike].argmax(axis=1)
    return first, second


def _of(values: Floats, roles: Ints) -> Floats:
    """The value of one role of each column."""
    return np.asarray(values[np.arange(len(roles)), roles])


def _tie_break(widths: Ints) -> Floats:
    """What tells layouts of equal weight apart, so that all columns follow one of them; shape (columns, roles)."""
    ends = np.cumsum(widths)
    left = np.repeat(ends, widths) - np.arange(int(widths.sum()))
    return np.asarray(_TIE * np.outer(left, np.arange(len(ROLES))), np.float64)


class Gains(NamedTuple):
    """What a column adds to the walks of each table: by place whose role it has, by repeat, and as extra.

    `staying` is the more of the two for places that may repeat their role.
    """

    taking: Floats
    repeating: Floats
    extra: Floats
    staying: Floats

    @classmethod
    def of(cls, walks: Walks, seen: Floats) -> Gains:
        """The gains of a column; `seen` is its evidence, of shape (roles, tables)."""
        taking = seen[walks.roles]
        taking += walks.steps[:, None]
        repeating, extra = seen[walks.repeats.role] + walks.repeats.gain[:, None], seen[EXTRA] - _EXTRA_COST
        return cls(taking, repeating, extra, np.maximum(repeating, extra))


def _best_under_each_role(walks: Walks, evidence: Floats, columns: Sequence[Ints]) -> list[Floats]:
    """The best sheet of any family that gives each column each role; by place of the column, of shape (roles, tables).

    `columns` holds for each place the columns there; the tables without one are the last of the place before.
    """
    gains = [Gains.of(walks, np.ascontiguousarray(evidence[column].T)) for column in columns]
    best = []
    onward = np.repeat(walks.skipped[:, None], len(columns[0]), axis=1)
    for gain, (here, arrived) in reversed([*zip(gains, _forwards(walks, gains), strict=True)]):
        tables = here.shape[1]
        rest = onward[:, :tables]
        # The ways are not needed any more: their arrays hold the sums.
        staying, taking = np.add(here, rest, out=here), np.add(arrived, rest[walks.bounds[1] :], out=arrived)
        best.append(_best_here(walks, gain, staying, taking))
        onward[:, :tables] = _backward(walks, gain, rest)
    return best[::-1]


def _best_here(walks: Walks, gain: Gains, staying: Floats, taking: Floats) -> Floats:
    """The best sheet under each role of a column: by staying at a place with it, or by taking its place's role."""
    best = np.full((len(ROLES), staying.shape[1]), _NEVER)
    by_role = taking[walks.role_order]
    for role, (start, end) in zip(walks.role_names.tolist(), pairwise([*walks.role_starts, len(by_role)]), strict=True):
        by_role[start:end].max(axis=0, out=best[role])
    again = staying[walks.repeats.place] + gain.repeating
    for role in set(walks.repeats.role.tolist()):
        np.maximum(best[role], again[walks.repeats.role == role].max(axis=0), out=best[role])
    np.maximum(best[EXTRA], staying.max(axis=0) + gain.extra, out=best[EXTRA])
    return best


def _forwards(walks: Walks, gains: Sequence[Gains]) -> list[tuple[Floats, Floats]]:
    """For each column: the best way to each place before it, and the best way to take each role with it."""
    here = np.full((walks.bounds[-1], len(gains[0].extra)), _NEVER)
    here[: len(walks.prior)] = walks.prior[:, None]
    ways = []
    for gain in gains:
        here = here[:, : len(gain.extra)]
        arrived = _reach(walks, here)
        arrived += gain.taking
        ways.append((here, arrived))
        here = _stay_or_repeat(walks, gain, here)
        behind = here[walks.bounds[1] :]
        np.maximum(behind, arrived, out=behind)
    return ways


def _reach(walks: Walks, here: Floats) -> Floats:
    """The best way to stand before the role of each place from state 1 on."""
    first = walks.bounds[1]
    best = np.empty((len(here) - first, here.shape[1]))
    size = walks.bounds[2] - first
    best[:size] = here[:size]
    for (before, start), end in zip(pairwise(walks.bounds[1:]), walks.bounds[3:], strict=False):
        # Of the walks of a state the first are those that have another.
        of_state, size = best[start - first : end - first], end - start
        np.maximum(best[before - first :][:size], here[before:][:size], out=of_state)
    leaning = walks.leaning
    found = best[leaning.place - first] + leaning.gain[:, None]
    for which, place in leaning.near:
        found[which] = np.maximum(found[which], here[place])
    best[leaning.place - first] = found
    return best


def _stay_or_repeat(walks: Walks, gain: Gains, value: Floats) -> Floats:
    """The value of each place with a column that is extra, or that repeats the role of the place."""
    found: Floats = value + gain.extra
    repeated = walks.repeats.place
    found[repeated] = value[repeated] + gain.staying
    return found


def _backward(walks: Walks, gain: Gains, onward: Floats) -> Floats:
    """From the best rest after a column to the best rest before it, for each place."""
    first, leaning = walks.bounds[1], walks.leaning
    taken = gain.taking + onward[first:]
    leant = taken[leaning.place - first]
    taken[leaning.place - first] = leant + leaning.gain[:, None]
    found = _stay_or_repeat(walks, gain, onward)
    ahead = taken[:0]
    for start, end in reversed([*pairwise(walks.bounds)]):
        # Of the walks of this state the first are those that have another.
        before = found[start : start + len(ahead)]
        np.maximum(before, ahead, out=before)
        if start:
            of_state = taken[start - first : end - first]
            np.maximum(of_state[: len(ahead)], ahead, out=of_state[: len(ahead)])
            ahead = of_state
    for which, place in leaning.near:
        found[place] = np.maximum(found[place], leant[which])
    return found
