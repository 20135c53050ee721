"""What only the texts of a decoded table tell: a second column of names that are no people, runs and their sum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa

from transforms.arrays import Ints
from transforms.cells import read_lap_times
from transforms.columns import Form, Layout, columns_line
from transforms.crew_words import share_of_given
from transforms.evidence import SAMPLE
from transforms.fold import fold
from transforms.tables import Tables
from transforms.traits import makes

_TIMES = ("lap_time", "session_time")
_OF_RACES = {"laps", "distance", "gap", "race_speed"}
LONGEST_LAP = 15 * 60_000  # milliseconds; no race is over so soon, and no lap is longer but round the Nordschleife
_HALF = 0.5


def look_again(layouts: list[Layout | None], tables: Tables) -> None:
    """Doubt decoded layouts, in place, whose columns repeat a role and do not read alike."""
    for t, found in enumerate(layouts):
        if found is not None and found.basis == "inferred" and found.doubt is None:
            layouts[t] = _looked_at(found, tables, t) if _asks_for_it(found.form) else found


@lru_cache(maxsize=4096)
def _asks_for_it(form: Form) -> bool:
    roles = form.roles
    repeated = roles.count("crew") > 1 or roles.count("session_time") > 1
    return repeated or ("race_time" in roles and form.role_set.isdisjoint(_OF_RACES))


def _looked_at(found: Layout, tables: Tables, t: int) -> Layout:
    rows = [row for row in map(tables.texts, tables.lines(t)[:SAMPLE].tolist()) if len(row) == len(found.roles)]
    columns = [*zip(*rows, strict=True)]
    looks = (look(found.roles, columns) for look in (_strangers, _sum_of_runs, _laps))
    doubt, roles = next(filter(None, looks), (None, found.roles))
    return found._replace(doubt=f"layout in doubt: {doubt}. To settle it: {columns_line(roles)}") if doubt else found


def _strangers(roles: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[str, list[str]] | None:
    """A second column of names in which far fewer given names stand than in the first: of teams, say, or sponsors."""
    first, *others = [i for i, role in enumerate(roles) if role == "crew"] or [0]
    given = _share_of_people(columns[first])
    for i in others:
        if _share_of_people(columns[i]) < given * _HALF:
            taken = "extra" if "entrant" in roles else "entrant"
            return f"column {i + 1} may be crew or {taken}", [*roles[:i], taken, *roles[i + 1 :]]
    return None


def _share_of_people(names: Sequence[str]) -> float:
    """The share of names with a given name and no make of cars among their words."""
    return share_of_given([name if makes().isdisjoint(re.split(r"\W+", fold(name))) else "?" for name in names])


def _sum_of_runs(roles: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[str, list[str]] | None:
    """A time that is the sum of those before it: of the runs of a hill climb."""
    at = [i for i, role in enumerate(roles) if role in _TIMES]
    times = np.array([_milliseconds(columns[i]) for i in at])
    known = (times >= 0).all(axis=0)
    if len(at) < 3 or not known.any() or (abs(times[:-1].sum(axis=0) - times[-1])[known] > 1).any():
        return None
    total = at[-1]
    of_runs = ["session_time" if role in _TIMES else role for role in roles]
    settled = [*of_runs[:total], "race_time", *of_runs[total + 1 :]]
    return f"column {total + 1} is the sum of the times before it", settled


def _laps(roles: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[str, list[str]] | None:
    """Times of a race that no lap is counted of, and that are as short as a lap's."""
    if "race_time" not in roles or not _OF_RACES.isdisjoint(roles):
        return None
    at = roles.index("race_time")
    if (_milliseconds(columns[at]) > LONGEST_LAP).any():
        return None
    of_lap = (
        {"race_time": "lap_time"} if "class" in roles else {"race_time": "lap_time", "class_position": "lap_number"}
    )
    return f"column {at + 1} may be race_time or lap_time", [of_lap.get(role, role) for role in roles]


def _milliseconds(texts: Sequence[str]) -> Ints:
    """Times of laps; -1 where none is."""
    return np.asarray(read_lap_times(pa.array(texts, pa.string())).fill_null(-1).to_numpy())
