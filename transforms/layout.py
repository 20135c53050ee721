"""Which column is what: the best path through the families of sheets, and how far ahead of the next it is.

For each family the columns walk through its roles in order (Viterbi, forwards and backwards), so that
for every column the best sheet is known under each role it could have: the best of them is the layout,
the distance to the second is the margin, in nats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from transforms.roles import FAMILIES, LEANS, REPEATED, ROLES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

EXTRA = ROLES.index("extra")
ALIKE = [ROLES.index("type"), ROLES.index("model")]
_EXTRA_COST = 2.5  # nats for a column that no family knows
_AGAIN_COST = {"session_time": 0.7, "crew": 3.0, "gap": 2.0}
_OTHER_ORDER = -1.0  # nats for number, crew, car and entrant in an order that no family prints
HEAD = ("car_number", "crew", "car", "entrant")
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Decoded:
    """Per table and column: the role, the next best role and the margin between them; shape (tables, columns).

    `looks` is the role that each column looks most like wherever it stands, and `strangeness` how many
    nats its own role is behind that; `like_crew` whether it looks more like a crew than like its own
    role. `family` is the index of the best family of each table.
    """

    roles: Ints
    runners_up: Ints
    margins: Floats
    looks: Ints
    strangeness: Floats
    like_crew: npt.NDArray[np.bool_]
    family: Ints


@dataclass(frozen=True, slots=True)
class Walk:
    """One family as a chain of states: its roles, the cost of taking each, and of skipping all before each."""

    prior: float
    roles: Ints
    taking: Floats
    skipped: Floats
    again: list[tuple[int, int, float]]  # state, role of the repeat, cost
    anchor: int  # the state after whose role the leaning roles are printed
    leaning: Floats  # cost of taking each role before the anchor

    @classmethod
    def of(cls, prior: float, columns: dict[str, float]) -> Walk:
        """The chain of a family: its columns in order, each with how often it is there."""
        present = np.array(list(columns.values()))
        again = [
            (i, ROLES.index(REPEATED[role]), _AGAIN_COST[role]) for i, role in enumerate(columns) if role in REPEATED
        ]
        leaning = np.array([LEANS.get(role, ("", 0.0))[1] for role in columns])
        anchors = [i for i, role in enumerate(columns) if any(role == on for on, _ in LEANS.values())]
        return cls(
            prior=prior,
            roles=np.array([ROLES.index(role) for role in columns]),
            taking=-np.log(present),
            skipped=np.concatenate([[0.0], np.cumsum(-np.log1p(-present))]),
            again=again,
            anchor=anchors[0] + 1 if anchors else 0,
            leaning=leaning,
        )


def _reordered(columns: dict[str, float], order: tuple[str, ...]) -> dict[str, float]:
    """The columns of a family with those of `order` in that order, in the same places."""
    rest = iter(order)
    names = [next(rest) if name in order else name for name in columns]
    return {name: columns[name] for name in names}


WALKS = [Walk.of(prior, columns) for prior, columns in FAMILIES.values()]
# The families in the order in which they are printed, and with number, crew, car and entrant in any other.
ANY_ORDER = WALKS + [
    Walk.of(prior + _OTHER_ORDER, _reordered(columns, order))
    for prior, columns in FAMILIES.values()
    for order in list(permutations([role for role in columns if role in HEAD]))[1:]
]


def decode(evidence: Floats, walks: Sequence[Walk] = WALKS) -> Decoded:
    """Find the best layout of tables of equal width; `evidence` has shape (tables, columns, roles), in nats."""
    tables, columns, roles = evidence.shape
    best = np.full((tables, columns, roles), _NEVER)
    totals = np.empty((len(walks), tables))
    for w, walk in enumerate(walks):
        totals[w] = _best_under_each_role(walk, evidence, best)
    order = np.argsort(-best, axis=2, kind="stable")
    first = order[:, :, 0]
    # Type and model are two names for parts of one thing: which of them a column is casts no doubt on it.
    same = np.isin(first, ALIKE) & np.isin(order[:, :, 1], ALIKE)
    second = np.where(same, order[:, :, 2], order[:, :, 1])
    margins = np.take_along_axis(best, order[:, :, :1], 2) - np.take_along_axis(best, second[:, :, None], 2)
    looks = evidence.argmax(axis=2)
    strangeness = evidence.max(axis=2) - np.take_along_axis(evidence, first[:, :, None], 2)[:, :, 0]
    like_crew = evidence[:, :, ROLES.index("crew")] > evidence.max(axis=2) - strangeness
    return Decoded(first, second, margins[:, :, 0], looks, strangeness, like_crew, totals.argmax(axis=0))


def _best_under_each_role(walk: Walk, evidence: Floats, best: Floats) -> Floats:
    """Raise `best` to the best sheet of this family that gives each column each role; return the best of all."""
    tables, columns, _ = evidence.shape
    ways = _forwards(walk, evidence)
    onward = np.broadcast_to(walk.skipped - walk.skipped[-1], (tables, len(walk.skipped)))
    for column in range(columns - 1, -1, -1):
        arrived, stayed, again = ways[column]
        for state, role in enumerate(walk.roles):
            best[:, column, role] = np.maximum(best[:, column, role], (arrived + onward)[:, state + 1])
        best[:, column, EXTRA] = np.maximum(best[:, column, EXTRA], (stayed + onward).max(axis=1))
        for state, role, _ in walk.again:
            best[:, column, role] = np.maximum(best[:, column, role], (again + onward)[:, state + 1])
        if column == 0:
            return np.asarray((np.maximum(np.maximum(arrived, stayed), again) + onward).max(axis=1))
        onward = _backward(walk, evidence[:, column], onward)
    raise AssertionError("a table has at least one column")


def _forwards(walk: Walk, evidence: Floats) -> list[tuple[Floats, Floats, Floats]]:
    """For each column and state (0 is before the first role): the best way to arrive, stay (extra) or repeat there."""
    tables, columns, _ = evidence.shape
    here = np.full((tables, len(walk.roles) + 1), _NEVER)
    here[:, 0] = walk.prior
    ways = []
    for column in range(columns):
        seen = evidence[:, column]
        # Skipping from state j to state k costs skipped[k] - skipped[j]: a running maximum finds the best j.
        reach = np.maximum.accumulate(here + walk.skipped, axis=1)
        arrived = np.full_like(here, _NEVER)
        arrived[:, 1:] = _lean(walk, here, reach) - walk.skipped[:-1] - walk.taking + seen[:, walk.roles]
        stayed = here + (seen[:, EXTRA] - _EXTRA_COST)[:, None]
        again = _again(walk, seen, here)
        ways.append((arrived, stayed, again))
        here = np.maximum(np.maximum(arrived, stayed), again)
    return ways


def _lean(walk: Walk, here: Floats, reach: Floats) -> Floats:
    """The best way to stand before each role, where those that lean on the anchor pay for coming without it."""
    anchored = np.full_like(here, _NEVER)
    anchored[:, walk.anchor :] = (here + walk.skipped)[:, walk.anchor :]
    anchored = np.maximum.accumulate(anchored, axis=1)
    return np.maximum(reach[:, :-1] - walk.leaning, anchored[:, :-1])


def _again(walk: Walk, seen: Floats, value: Floats) -> Floats:
    again = np.full_like(value, _NEVER)
    for state, role, cost in walk.again:
        again[:, state + 1] = value[:, state + 1] + seen[:, role] - cost
    return again


def _backward(walk: Walk, seen: Floats, onward: Floats) -> Floats:
    """From the best rest after a column to the best rest before it, for each state."""
    taken = onward[:, 1:] + seen[:, walk.roles] - walk.taking - walk.skipped[:-1]
    anchored = np.maximum.accumulate(taken[:, ::-1], axis=1)[:, ::-1]
    alone = np.maximum.accumulate((taken - walk.leaning)[:, ::-1], axis=1)[:, ::-1]
    ahead = np.where(np.arange(len(walk.roles)) >= walk.anchor, anchored, alone) + walk.skipped[:-1]
    forward = np.concatenate([ahead, np.full((len(onward), 1), _NEVER)], axis=1)
    stay = onward + (seen[:, EXTRA] - _EXTRA_COST)[:, None]
    return np.asarray(np.maximum(np.maximum(forward, stay), _again(walk, seen, onward)))
