"""What only the texts of a decoded table tell: a second column of names that are no people, runs and their sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa

from transforms.arrays import Bools
from transforms.cells import LONGEST_LAP, read_lap_times
from transforms.columns import Form, Layout, columns_line, either
from transforms.crew_words import share_of_given
from transforms.false_classes import Found, false_classes
from transforms.fold import fold
from transforms.masks import first_bytes
from transforms.tables import Tables
from transforms.traits import makes

_TIMES = ("lap_time", "session_time")
_OF_RACES = {"laps", "distance", "gap", "race_speed"}
_BESIDE_LAPS = _OF_RACES | {"race_time", "session_time", "lap_number", "lap_speed"}
_SHORTEST_RACE = 5 * 60_000  # milliseconds; a lap that takes longer is as rare as a race that does not
_CLOCK = re.compile(r"(\d{1,4})[:'m](\d\d)(?![:'\d])")
_NO_MINUTES, _LAPS = re.compile(r"0[:'′’](\d\d)(?!\d)"), re.compile(r"\d{1,4}")
_HOURS = re.compile(r"(?:(\d{1,3})[:hH]\s?)?(\d{1,4})[:'′’](\d\d)(?!\d)")
_ROWS = 6  # whose times are looked at
_HALF = 0.5


def look_again(layouts: list[Layout | None], tables: Tables, of_race: Bools) -> None:
    """Doubt decoded layouts, in place, whose columns repeat a role and do not read alike, or may mean another.

    `of_race` says which tables are known to be of a race.
    """
    known = [(t, found) for t, found in enumerate(layouts) if found is not None]
    inferred = [(t, found) for t, found in known if found.basis == "inferred" and found.doubt is None]
    of_laps = {t for t, found in inferred if of_race[t] and _times_a_lap_alone(found.form)}
    asked = [(t, found) for t, found in inferred if t in of_laps or _asks_for_it(found.form)]
    first = _first_times(asked, tables)
    likely = [
        (t, found) for (t, found), times in zip(asked, first, strict=True) if _may_be_other(times, alone=t in of_laps)
    ]
    settled = {t: _strangers(found.roles, tables, t) for t, found in asked if found.roles.count("crew") > 1}
    for (t, found), times in zip(likely, _times(likely, tables) if likely else (), strict=True):
        settled[t] = settled.get(t) or _of_runs_or_laps(found.roles, times)
    settled |= false_classes(inferred, tables) | _gaps_for_laps(inferred, tables)
    for t, found in inferred:
        if told := settled.get(t):
            layouts[t] = found._replace(doubt=f"layout in doubt: {told[0]}. To settle it: {columns_line(told[1])}")


def _gaps_for_laps(inferred: Sequence[tuple[int, Layout]], tables: Tables) -> Found:
    """The tables of races with lap times of no minutes, far shorter than any lap was on average: those are gaps."""
    first, cells = tables.first_cells, tables.cells
    early = np.flatnonzero(first.row <= 1)
    begins = first_bytes(cells.texts)[cells.code[first.cell[early]]] == ord("0")
    layouts = dict(inferred) if begins.any() else {}
    found: Found = {}
    for at in early[begins].tolist():
        t, i = int(first.table[at]), int(cells.column[first.cell[at]])
        roles = layouts[t].roles if t in layouts else ()
        if i >= len(roles) or roles[i] != "lap_time" or not {"race_time", "laps"} <= {*roles}:
            continue
        row = cells.of_line(int(cells.line[first.cell[at]]))
        lap, race, laps = (row[column] for column in (i, roles.index("race_time"), roles.index("laps")))
        gap, clock = _NO_MINUTES.match(lap), _HOURS.match(race)
        if gap and clock and _LAPS.fullmatch(laps):
            seconds = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
            if int(gap[1]) * int(laps) < seconds * _HALF:
                found[t] = either(roles, i, "gap")
    return found


def _first_times(asked: Sequence[tuple[int, Layout]], tables: Tables) -> Iterator[list[str]]:
    """The times of the first row of each table as printed."""
    starts = np.searchsorted(tables.first_cells.table, [t for t, _ in asked]).tolist()
    at = [start + i for start, (_, found) in zip(starts, asked, strict=True) for i in _timed(found.roles)]
    texts = tables.cells.words(tables.first_cells.cell[np.array(at, np.int64)])
    bounds = accumulate((len(_timed(found.roles)) for _, found in asked), initial=0)
    return (texts[start:end] for start, end in pairwise(bounds))


def _may_be_other(times: Sequence[str], *, alone: bool) -> bool:
    """Whether the last of some times could be the sum of the others, or a single one that of a lap, by its seconds.

    One that stands `alone` as that of a lap could be of a race.
    """
    seconds = [int(clock[1]) * 60 + int(clock[2]) for clock in map(_CLOCK.match, times) if clock]
    if not seconds or len(seconds) < len(times):
        return False
    if alone:
        return seconds[0] * 1000 >= _SHORTEST_RACE
    return seconds[-1] >= sum(seconds[:-1]) if len(seconds) > 1 else seconds[0] * 1000 <= LONGEST_LAP


def _times(likely: Sequence[tuple[int, Layout]], tables: Tables) -> list[list[list[int]]]:
    """The times of the first rows of tables, in milliseconds, row by row; -1 for what is no time."""
    codes = [tables.first_codes(t)[:_ROWS, _timed(found.roles)] for t, found in likely]
    flat = np.concatenate([of.ravel() for of in codes])
    read = read_lap_times(tables.cells.texts.take(pa.array(flat))).fill_null(-1).to_numpy()
    ends = np.cumsum([of.size for of in codes])
    return [part.reshape(of.shape).tolist() for part, of in zip(np.split(read, ends[:-1]), codes, strict=True)]


@lru_cache(maxsize=4096)
def _asks_for_it(form: Form) -> bool:
    roles = form.roles
    repeated = roles.count("crew") > 1 or roles.count("session_time") > 1
    return repeated or ("race_time" in roles and _OF_RACES.isdisjoint(roles))


@lru_cache(maxsize=4096)
def _times_a_lap_alone(form: Form) -> bool:
    """Whether a lap time is all that tells how fast cars were."""
    return "lap_time" in form.role_set and form.role_set.isdisjoint(_BESIDE_LAPS)


@lru_cache(maxsize=4096)
def _timed(roles: tuple[str, ...]) -> list[int]:
    return [i for i, role in enumerate(roles) if role in (*_TIMES, "race_time")]


def _strangers(roles: Sequence[str], tables: Tables, t: int) -> tuple[str, list[str]] | None:
    """A second column of names in which far fewer given names stand than in the first: of teams, say, or sponsors."""
    first, *others = (i for i, role in enumerate(roles) if role == "crew")
    codes, texts = tables.first_codes(t), tables.cells.texts
    people = {i: share_of_people(texts.take(pa.array(codes[:, i])).to_pylist()) for i in (first, *others)}
    for i in others:
        if people[i] < people[first] * _HALF:
            taken = "extra" if "entrant" in roles else "entrant"
            return either(roles, i, taken)
    return None


def share_of_people(names: Sequence[str]) -> float:
    """The share of names with a given name and no make of cars among their words."""
    return share_of_given([name if makes().isdisjoint(re.split(r"\W+", fold(name))) else "?" for name in names])


def _of_runs_or_laps(roles: tuple[str, ...], times: list[list[int]]) -> tuple[str, list[str]] | None:
    """Times of which the last sums the runs of a hill climb, or as short as those of laps where none is counted."""
    at = _timed(roles)
    known = [row for row in times if min(row, default=-1) >= 0]
    if not known:
        return None
    total = at[-1]
    if len(at) > 2 and all(abs(sum(runs) - last) <= 1 for *runs, last in known):
        of_runs = ["session_time" if role in _TIMES else role for role in roles]
        settled = [*of_runs[:total], "race_time", *of_runs[total + 1 :]]
        return f"column {total + 1} is the sum of the times before it", settled
    if roles[total] == "race_time" and _OF_RACES.isdisjoint(roles) and all(row[-1] <= LONGEST_LAP for row in known):
        of_lap = {"race_time": "lap_time"} | ({} if "class" in roles else {"class_position": "lap_number"})
        return f"column {total + 1} may be race_time or lap_time", [of_lap.get(role, role) for role in roles]
    if roles[total] == "lap_time" and _BESIDE_LAPS.isdisjoint(roles) and min(known)[-1] >= _SHORTEST_RACE:
        return either(roles, total, "race_time")
    return None
