"""Which column is what: the best path through the families of sheets, and how far ahead of the next it is.

For each family the columns walk through its roles in order (Viterbi, forwards and backwards), so that
for every column the best sheet is known under each role it could have: the best of them is the layout,
the distance to the second is the margin, in nats. All families walk at once: arrays have the shape
(places, tables), where a place is a state of a walk, state by state, the longest walks first in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import NamedTuple

import numpy as np

from transforms.arrays import Bools, Floats, Ints
from transforms.roles import FAMILIES, LEANS, REPEATED, ROLES

EXTRA = ROLES.index("extra")
ALIKE = [ROLES.index("type"), ROLES.index("model")]
_EXTRA_COST = 2.5  # nats for a column that no family knows
_AGAIN_COST = {"session_time": 0.7, "crew": 3.0, "gap": 2.0}
_OTHER_ORDER = -1.0  # nats for number, crew, car and entrant in an order that no family prints
HEAD = ("car_number", "crew", "car", "entrant")
_NEVER = -1e9
_TIE = 1e-7  # nats; far less than a cell more or less, far more than sums are off by rounding
# Tables are decoded so many at a time that their walks' places fit a processor's cache.
_PLACES_AT_A_TIME = 1 << 16


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


class Repeats(NamedTuple):
    """Places whose role may come again at once: the place, the role that it then is, what that adds."""

    place: Ints
    role: Ints
    gain: Floats


class Leaning(NamedTuple):
    """Places whose role leans on an anchor: the place, what its coming without the anchor adds, and who can have it.

    `near` pairs the number of such a place with each place from which the walk comes to it with the anchor behind it.
    """

    place: Ints
    gain: Floats
    near: tuple[tuple[Ints, Ints], ...]


@dataclass(frozen=True, slots=True)
class Walks:
    """Families as chains of states, side by side; state 0 is before the first role.

    What a walk has gained includes what it pays for skipping all states before its own: then going on to a later
    state costs nothing by itself, and `steps`, what taking a role adds, is the same from wherever the walk comes.
    """

    prior: Floats  # by walk
    skipped: Floats  # by place: what the walk pays for skipping all its states
    bounds: tuple[int, ...]  # where the places of each state begin, and where the last end
    roles: Ints  # by place, from state 1 on
    steps: Floats
    repeats: Repeats
    leaning: Leaning
    role_order: Ints  # indices into roles, in order of their role
    role_starts: Ints  # where each of role_names starts in role_order
    role_names: Ints

    @classmethod
    def of(cls, families: Sequence[tuple[float, dict[str, float]]]) -> Walks:
        """The chains of families: the columns of each in order, with how often each is there."""
        chains = sorted(families, key=lambda family: -len(family[1]))
        walks = [[*columns.items()] for _, columns in chains]
        states = [[w for w, walk in enumerate(walks) if len(walk) >= state] for state in range(len(walks[0]) + 1)]
        bounds = np.cumsum([0, *map(len, states)])
        columns = [walks[w][state - 1] for state, here in enumerate(states) if state for w in here]
        roles = np.array([ROLES.index(role) for role, _ in columns])
        present = np.array([often for _, often in columns])
        order = np.argsort(roles, kind="stable")
        names, starts = np.unique(roles[order], return_index=True)
        skipped = np.array([np.log1p([-often for _, often in walk]).sum() for walk in walks])
        return cls(
            prior=np.array([prior for prior, _ in chains]),
            skipped=skipped[np.concatenate(states)],
            bounds=tuple(bounds.tolist()),
            roles=roles,
            steps=np.log(present) - np.log1p(-present),
            repeats=_repeats([role for role, _ in columns], len(walks)),
            leaning=_leaning([[role for role, _ in walk] for walk in walks], bounds),
            role_order=order,
            role_starts=starts,
            role_names=names,
        )


def _repeats(roles: Sequence[str], first: int) -> Repeats:
    """The repeats among places from the first on, given the role of each."""
    again = [
        (first + i, ROLES.index(REPEATED[role]), -_AGAIN_COST[role]) for i, role in enumerate(roles) if role in REPEATED
    ]
    place, role, gain = zip(*again, strict=True)
    return Repeats(np.array(place), np.array(role), np.array(gain))


def _leaning(walks: Sequence[Sequence[str]], bounds: Ints) -> Leaning:
    """The leaning places of walks, given the roles of each; all of a walk without an anchor is as if behind one."""
    places: list[int] = []
    gains: list[float] = []
    near: dict[int, list[tuple[int, int]]] = {}
    anchors = {on for on, _ in LEANS.values()}
    for w, roles in enumerate(walks):
        anchor = next((state for state, role in enumerate(roles, 1) if role in anchors), None)
        for state, role in enumerate(roles, 1):
            if anchor is None or role not in LEANS:
                continue
            for before in range(anchor, state):
                near.setdefault(state - before, []).append((len(places), int(bounds[before]) + w))
            places.append(int(bounds[state]) + w)
            gains.append(-LEANS[role][1])
    pairs = (np.array(found).T for found in near.values())
    return Leaning(np.array(places), np.array(gains), tuple((which, place) for which, place in pairs))


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
    """What a column adds to the walks of each table: by place whose role it has, by repeat, and as extra."""

    taking: Floats
    repeating: Floats
    extra: Floats

    @classmethod
    def of(cls, walks: Walks, seen: Floats) -> Gains:
        """The gains of a column; `seen` is its evidence, of shape (roles, tables)."""
        taking = seen[walks.roles]
        taking += walks.steps[:, None]
        return cls(taking, seen[walks.repeats.role] + walks.repeats.gain[:, None], seen[EXTRA] - _EXTRA_COST)


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
    so_far = here[:first]
    for start, end in pairwise(walks.bounds[1:]):
        of_state = best[start - first : end - first]
        of_state[:] = so_far[: end - start]
        so_far = np.maximum(of_state, here[start:end])
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
    found[repeated] = np.maximum(found[repeated], value[repeated] + gain.repeating)
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
