"""Which column is what: the best path through the families of sheets, and how far ahead of the next it is.

For each family the columns walk through its roles in order (Viterbi, forwards and backwards), so that
for every column the best sheet is known under each role it could have: the best of them is the layout,
the distance to the second is the margin, in nats. All families walk at once: arrays have the shape
(states, walks, tables), the longest axis last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.arrays import Bools, Floats, Ints
from transforms.roles import FAMILIES, LEANS, REPEATED, ROLES

EXTRA = ROLES.index("extra")
ALIKE = [ROLES.index("type"), ROLES.index("model")]
_EXTRA_COST = 2.5  # nats for a column that no family knows
_AGAIN_COST = {"session_time": 0.7, "crew": 3.0, "gap": 2.0}
_OTHER_ORDER = -1.0  # nats for number, crew, car and entrant in an order that no family prints
HEAD = ("car_number", "crew", "car", "entrant")
_NEVER = -1e9
# Tables are decoded so many at a time that their walks' states fit a processor's cache.
_STATES_AT_A_TIME = 1 << 16


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


@dataclass(frozen=True, slots=True)
class Walks:
    """Families as chains of states, side by side; shape (states, walks), shorter chains padded with states never taken.

    Per state: the role, the cost of taking it and of repeating it, and the cost of its coming before the anchor, the
    state that leaning roles are printed after. `skipped` and `anchored` have one state more, before the first role.
    """

    prior: Floats
    roles: Ints
    taking: Floats
    skipped: Floats  # cost of skipping all states before each
    repeats: Ints  # the role of a repeat
    repeating: Floats
    leaning: Floats
    anchored: Bools  # whether the anchor is printed by then
    role_order: Ints  # places of roles and repeats, flattened, in order of their role
    role_starts: Ints  # where each of role_names starts in role_order
    role_names: Ints

    @classmethod
    def of(cls, families: Sequence[tuple[float, dict[str, float]]]) -> Walks:
        """The chains of families: the columns of each in order, with how often each is there."""
        longest = max(len(columns) for _, columns in families)
        chains = [_chain(columns, longest) for _, columns in families]
        roles, taking, skipped, repeats, repeating, leaning, anchored = (
            np.stack(field, axis=1) for field in zip(*chains, strict=True)
        )
        flat = np.concatenate([roles, repeats]).ravel()
        order = np.argsort(flat, kind="stable")
        names, starts = np.unique(flat[order], return_index=True)
        prior = np.array([prior for prior, _ in families])
        return cls(prior, roles, taking, skipped, repeats, repeating, leaning, anchored, order, starts, names)


def _chain(columns: dict[str, float], length: int) -> tuple[npt.NDArray[Any], ...]:
    """One family as the columns of `Walks`: roles, taking, skipped, repeats, repeating, leaning, anchored."""
    padding = length - len(columns)
    present = np.array([*columns.values()])
    leaning = [LEANS.get(role, ("", 0.0))[1] for role in columns]
    anchors = [i for i, role in enumerate(columns) if any(role == on for on, _ in LEANS.values())]
    return (
        np.array([ROLES.index(role) for role in columns] + [EXTRA] * padding),
        np.concatenate([-np.log(present), np.full(padding, np.inf)]),
        np.cumsum(np.concatenate([[0.0], -np.log1p(-present), np.zeros(padding)])),
        np.array([ROLES.index(REPEATED.get(role, "extra")) for role in columns] + [EXTRA] * padding),
        np.array([_AGAIN_COST.get(role, np.inf) for role in columns] + [np.inf] * padding),
        np.array(leaning + [0.0] * padding),
        np.arange(length + 1) > (anchors[0] if anchors else -1),
    )


def _reordered(columns: dict[str, float], order: tuple[str, ...]) -> dict[str, float]:
    """The columns of a family with those of `order` in that order, in the same places."""
    rest = iter(order)
    names = [next(rest) if name in order else name for name in columns]
    return {name: columns[name] for name in names}


WALKS = Walks.of([*FAMILIES.values()])
# The families in the order in which they are printed, and with number, crew, car and entrant in any other.
ANY_ORDER = Walks.of(
    [*FAMILIES.values()]
    + [
        (prior + _OTHER_ORDER, _reordered(columns, order))
        for prior, columns in FAMILIES.values()
        for order in list(permutations([role for role in columns if role in HEAD]))[1:]
    ]
)


def decode(evidence: Floats, walks: Walks = WALKS) -> Decoded:
    """Find the best layout of tables of equal width; `evidence` has shape (tables, columns, roles), in nats."""
    size = max(1, _STATES_AT_A_TIME // walks.roles.size)
    parts = [_best_under_each_role(walks, evidence[i : i + size]) for i in range(0, len(evidence), size)]
    best = np.concatenate([evidence[:0], *parts])
    order = np.argsort(-best, axis=2, kind="stable")
    first = order[:, :, 0]
    # Type and model are two names for parts of one thing: which of them a column is casts no doubt on it.
    same = np.isin(first, ALIKE) & np.isin(order[:, :, 1], ALIKE)
    second = np.where(same, order[:, :, 2], order[:, :, 1])
    margins = np.take_along_axis(best, order[:, :, :1], 2) - np.take_along_axis(best, second[:, :, None], 2)
    looks = evidence.argmax(axis=2)
    strangeness = evidence.max(axis=2) - np.take_along_axis(evidence, first[:, :, None], 2)[:, :, 0]
    like_crew = evidence[:, :, ROLES.index("crew")] > evidence.max(axis=2) - strangeness
    return Decoded(first, second, margins[:, :, 0], looks, strangeness, like_crew)


def _best_under_each_role(walks: Walks, evidence: Floats) -> Floats:
    """The best sheet of any family that gives each column each role; shaped as the evidence."""
    seen = np.ascontiguousarray(evidence.transpose(1, 2, 0))
    columns, _, tables = seen.shape
    ways = _forwards(walks, seen)
    best = np.full(seen.shape, _NEVER)
    onward = np.repeat((walks.skipped - walks.skipped[-1])[:, :, None], tables, axis=2)
    for column in range(columns - 1, -1, -1):
        arrived, stayed, again = ways[column]
        taken = np.concatenate([(arrived + onward)[1:], (again + onward)[1:]]).reshape(-1, tables)
        by_role = np.maximum.reduceat(taken[walks.role_order], walks.role_starts, axis=0)
        best[column, walks.role_names] = np.maximum(best[column, walks.role_names], by_role)
        best[column, EXTRA] = np.maximum(best[column, EXTRA], (stayed + onward).max(axis=(0, 1)))
        onward = _backward(walks, seen[column], onward)
    return best.transpose(2, 0, 1)


def _forwards(walks: Walks, seen: Floats) -> list[tuple[Floats, Floats, Floats]]:
    """For each column and state (0 is before the first role): the best way to arrive, stay (extra) or repeat there."""
    here = np.full((*walks.skipped.shape, seen.shape[2]), _NEVER)
    here[0] = walks.prior[:, None]
    ways = []
    for of_column in seen:
        # Skipping from state j to state k costs skipped[k] - skipped[j]: a running maximum finds the best j.
        so_far = here + walks.skipped[:, :, None]
        arrived = np.full_like(here, _NEVER)
        costs = walks.skipped[:-1, :, None], walks.taking[:, :, None]
        arrived[1:] = _lean(walks, so_far) - costs[0] - costs[1] + of_column[walks.roles]
        stayed = here + (of_column[EXTRA] - _EXTRA_COST)
        again = _again(walks, of_column, here)
        ways.append((arrived, stayed, again))
        here = np.maximum(np.maximum(arrived, stayed), again)
    return ways


def _lean(walks: Walks, so_far: Floats) -> Floats:
    """The best way to stand before each role, where those that lean on the anchor pay for coming without it."""
    reach = _running_best(so_far)
    anchored = _running_best(np.where(walks.anchored[:, :, None], so_far, _NEVER))
    return np.maximum(reach[:-1] - walks.leaning[:, :, None], anchored[:-1])


def _running_best(values: Floats) -> Floats:
    """The best up to each state; over so few states several times faster than numpy's own `accumulate`."""
    best = values.copy()
    for state in range(1, len(best)):
        np.maximum(best[state], best[state - 1], out=best[state])
    return best


def _again(walks: Walks, seen: Floats, value: Floats) -> Floats:
    again = np.full_like(value, _NEVER)
    again[1:] = value[1:] + seen[walks.repeats] - walks.repeating[:, :, None]
    return again


def _backward(walks: Walks, seen: Floats, onward: Floats) -> Floats:
    """From the best rest after a column to the best rest before it, for each state."""
    taken = onward[1:] + seen[walks.roles] - walks.taking[:, :, None] - walks.skipped[:-1, :, None]
    anchored = _running_best(taken[::-1])[::-1]
    alone = _running_best((taken - walks.leaning[:, :, None])[::-1])[::-1]
    ahead = np.where(walks.anchored[:-1, :, None], anchored, alone) + walks.skipped[:-1, :, None]
    forward = np.concatenate([ahead, np.full((1, *ahead.shape[1:]), _NEVER)])
    stay = onward + (seen[EXTRA] - _EXTRA_COST)
    return np.asarray(np.maximum(np.maximum(forward, stay), _again(walks, seen, onward)))
