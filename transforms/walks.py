"""The families of sheets as walks: chains of states, one for each column that a family can print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

import numpy as np

from transforms.arrays import Floats, Ints
from transforms.roles import FAMILIES, LEANS, REPEATED, ROLES

_AGAIN_COST = {"session_time": 0.7, "crew": 3.0, "gap": 2.0}
_OTHER_ORDER = -1.0  # nats for number, crew, car and entrant in an order that no family prints
HEAD = ("car_number", "crew", "car", "entrant")


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
