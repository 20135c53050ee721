"""What the cells below ambiguous headings show: whether a `Time` is of laps or races, whether `Car` heads numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from transforms.cells import LONGEST_LAP, read_lap_times
from transforms.crew_words import between_commas
from transforms.evidence import SAMPLE
from transforms.fold import fold
from transforms.headers import (
    TEAM_ABOVE_CREW,
    TEAM_AND_CREW,
    headed_role,
    is_of_chassis,
    is_of_teams,
    may_be_of_people,
)
from transforms.pages import CONTINUATION
from transforms.recognise import trait_index
from transforms.second_looks import share_of_people
from transforms.shown_places import (
    NUMBERS,
    ORDINALS,
    among,
    are_distinct,
    count_up,
    places_in_classes,
    unheaded_positions,
)
from transforms.tables import Tables
from transforms.traits import team_words

_EMPTY = trait_index("empty")
_OF_LAPS, _TIMED_BY, _OF_RACES = (
    {"lap_time", "session_time"},
    {"race_time", "reason"},
    {"lap_time", "race_time", "laps"},
)
_WHOLE, _CREWS = among("digit", "integer"), among("crew", "joined")
_LIKE_TIMES = among("lap time", "seconds"), among("race time", "gap", "laps")
_TOTAL = re.compile(
    r"\b(?:tot\w*|sum\w*|som+[ae]|aggregate|gesamt\w*|skup\w*|ukup\w*|spolu|celk\w*|soucet|razem|wynik|osszes\w*"
    r"|итог\w*|сумм\w*|укуп\w*)\b"
)
_OF_TIME = re.compile(
    r"time|tijd|zeit|tid\b|temps?\b|tempo|tiempo|hours?\b|\bcas(?:ow)?\b|czas|vrijeme|vreme|\bido\b|врем[яе]"
)
_HOURS_OR_MINUTES = re.compile(r"\d{1,2}\.[0-5]\d\.[0-5]\d")
_ON_LAP = re.compile(r"(?:on|in|at|im|au|al|nel|na|en la|dans le|en|pa|i|v)\b")
_PEOPLE = 0.7  # of the names have a given one, and no make of cars
_HALF = 0.5  # of the names behind teams have a given one
_SHORTEST_LAP, _FEWEST_TIMES = 8_000, 2  # milliseconds; times that say in what order cars stand are more
_LAPS_TOLD = 6  # rows of which lap times and speeds are looked at
_LAP, _SPEED = re.compile(r"(?:(\d{1,2})[:'])?(\d{1,2})[.,](\d{1,4})"), re.compile(r"(\d{2,3})[.,](\d+)")


def shown_roles(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The columns whose cells show another role than the heading mostly means, and that role.

    `Time` heads the lap times of a session as it does the race times, where no laps are printed, or far more than could
    be driven in it; a `Total` is one of times as often as of points, but never a lap time: it sums the runs of a hill
    climb. Timing services head the cars' numbers by `Car`; `Start` may be a clock; `Cl.` is short for class, and for
    classification; `Fastest lap` may be its number.
    """
    # Places after so many laps, and the clock at which a car starts.
    found = {i: "extra" for i, role in enumerate(roles) if role in _READ_LIKE and _READ_LIKE[role](tables, t, i)}
    if {"laps", "date"} <= {*roles} and count_up(tables, t, roles.index("laps")):
        found |= {roles.index("laps"): "extra"}  # `Rnd`, of the rounds of a championship
    if "race_time" in roles:
        found |= _shown_times(tables, t, texts, roles)
    else:
        found |= _other_times(tables, t, texts, roles)
    if "lap_time" in roles:
        found |= _lap_numbers(tables, t, texts, roles)
    if "lap_number" in roles:
        found |= _told_by_laps(tables, t, texts, roles)
    if "crew" not in roles:
        found |= _shown_crews(tables, t, texts, roles)
    if roles[:1] == ("grid",) and "position" not in roles and count_up(tables, t, 0):
        found |= {0: "position"}
    elif "position" not in roles:
        found |= unheaded_positions(tables, t, texts, roles)
    if "race_speed" in roles and "race_time" not in roles:
        found |= _shown_speeds(tables, t, roles)
    if "grid" in roles and _OF_RACES.isdisjoint(roles):
        found |= _shown_qualifying(tables, t, texts, roles.index("grid"))
    if "class" in roles and "class_position" not in roles:
        found |= places_in_classes(tables, t, texts)
    return found | _meant_otherwise(tables, t, texts, roles)


def _meant_otherwise(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The columns of numbers headed `Car`, and of places headed as classes."""
    found: dict[int, str] = {}
    for role, other, traits in (("car", "car_number", NUMBERS), ("class", "position", ORDINALS)):
        if role in roles and other not in roles and not is_of_chassis(texts[roles.index(role)]):
            column = roles.index(role)
            told = are_distinct(tables, t, column, traits) or (role == "car" and _are_of_teams(tables, t, roles))
            found |= {column: other} if told else {}
    return found


def _shown_crews(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The column of drivers, headed as one of competitors, teams, or both of these."""
    headed = (i for i, text in enumerate(texts) if may_be_of_people(text))
    likely = (i for i in headed if _are_people(tables, t, i) or _stand_above_teams(tables, t, i))
    crews = (i for i, role in enumerate(roles) if role == "entrant" and _are_crews(tables, t, i))
    if found := [*likely, *crews][:1]:
        return {found[0]: "crew"}
    both = ((i, _teams_and_people(tables, t, i)) for i, text in enumerate(texts) if is_of_teams(text))
    return dict([(i, role) for i, role in both if role][:1]) if "entrant" not in roles else {}


def _shown_times(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The column of race times where it is one of lap times, or of points; behind times, their total has them."""
    column = roles.index("race_time")
    if (total := _total_behind(tables, t, texts, column)) is not None:
        return {column: "extra", total: "race_time"}
    lap_times, race_times = _times(tables, t, column)
    if _TOTAL.search(fold(texts[column])):
        timed = lap_times + race_times or _OF_TIME.search(fold(texts[column]))
        return {} if timed else {column: "points"}
    if "lap_time" in roles:
        return {}
    if "laps" in roles:
        of_laps = _stands_before_its_lap(texts, roles, column)
        return {column: "lap_time"} if of_laps or _are_best_of(tables, t, column, roles.index("laps")) else {}
    of_laps = lap_times > race_times and not _is_long(tables, t, column) and not _may_be_hours(tables, t, column)
    return {column: "lap_time"} if of_laps else {}


def _total_behind(tables: Tables, t: int, texts: Sequence[str], column: int) -> int | None:
    """The column of totals behind one of times, to which penalties or other runs are added."""
    if _TOTAL.search(fold(texts[column])):
        return None
    totals = (i for i in range(column + 1, len(texts)) if _TOTAL.search(fold(texts[i])))
    return next((i for i in totals if headed_role(texts[i]) == "race_time" and _are_times(tables, t, i)), None)


def _other_times(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The column of race times that has another heading: a `Gesamt`, else of points, or why some cars have none."""
    column = next((i for i, text in enumerate(texts) if i and fold(text) == "gesamt"), 0)
    if column and sum(_times(tables, t, column)):
        return {column: "race_time"}
    if column and roles[column] == "extra":
        return {column: "points"}
    column = next((i for i, role in enumerate(roles) if i and role in ("status", "reason")), 0)
    return {column: "race_time"} if column and any(_times(tables, t, column)) else {}


def _stands_before_its_lap(texts: Sequence[str], roles: Sequence[str], column: int) -> bool:
    """Whether times stand before the lap `On` or `In` which they were driven, and not but a `Lap`."""
    behind = column + 1
    return behind < len(texts) and roles[behind] == "lap_number" and _ON_LAP.match(fold(texts[behind])) is not None


def _are_best_of(tables: Tables, t: int, column: int, laps: int) -> bool:
    """Whether times are those of a lap of so many: nobody drives all in them, or who drove more stands behind."""
    if max(column, laps) >= tables.width[t]:
        return False
    codes, looks = tables.first_codes(t), tables.below_header(t)
    times = read_lap_times(tables.cells.texts.take(pa.array(codes[:, column]))).fill_null(0).to_numpy()
    driven = looks.number[looks.column == laps]
    known = (times > 0) & (driven > 0)
    times, driven = times[known], driven[known]
    if not len(times) or times.max() > LONGEST_LAP:
        return False
    ascend, rise = np.diff(times) >= 0, np.diff(driven) > 0
    too_short = (driven > 1) & (times < _SHORTEST_LAP * driven)
    return bool(np.mean(too_short) > _HALF or (len(times) > _FEWEST_TIMES and ascend.all() and rise.any()))


def _shown_qualifying(tables: Tables, t: int, texts: Sequence[str], column: int) -> dict[int, str]:
    """The column headed `Qual.`, for the place in qualifying, where it is of the times there."""
    return {column: "lap_time"} if fold(texts[column]).startswith("qual") and _are_times(tables, t, column) else {}


def _shown_speeds(tables: Tables, t: int, roles: Sequence[str]) -> dict[int, str]:
    """The column of speeds behind lap times where they are of these."""
    column = roles.index("race_speed")
    told = roles[column - 1] == "lap_time" and _give_one_length(tables, t, column - 1)
    return {column: "lap_speed"} if told else {}


def _give_one_length(tables: Tables, t: int, column: int) -> bool:
    """Whether speeds behind lap times, times these, are one length to the last digit: they are of laps, no averages."""
    if column + 1 >= tables.width[t]:
        return False
    codes = tables.first_codes(t)[:_LAPS_TOLD, column : column + 2]
    rows = zip(*[iter(tables.cells.texts.take(pa.array(codes.ravel())).to_pylist())] * 2, strict=True)
    told = [(lap, speed) for time, kmh in rows if (lap := _LAP.fullmatch(time)) and (speed := _SPEED.fullmatch(kmh))]
    lengths = []
    for lap, speed in told:
        seconds, kmh = int(lap[1] or 0) * 60 + float(f"{lap[2]}.{lap[3]}"), float(f"{speed[1]}.{speed[2]}")
        lengths.append((seconds * kmh, seconds * 10.0 ** -len(speed[2]) + kmh * 10.0 ** -len(lap[3])))
    several = len({lap[0] for lap, _ in told}) > 1
    return several and max(km - by for km, by in lengths) <= min(km + by for km, by in lengths)


def _lap_numbers(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The column of the laps in which cars were fastest: headed as their times are, or behind these without heading.

    `Best Lap` behind `Best Lap Time` is so, too, and `Vta.` behind `V. rápida`, where another column has the laps.
    """
    column = roles.index("lap_time")
    if are_whole_numbers(tables, t, column):
        return {column: "lap_number"}
    behind = column + 1
    if behind < len(texts) and roles[behind] == "laps":
        return {}
    unheaded = behind < len(texts) and (not texts[behind] or headed_role(texts[behind]) in ("lap_time", "laps"))
    return {behind: "lap_number"} if unheaded and are_whole_numbers(tables, t, behind) else {}


def _told_by_laps(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The column headed `Lap` where it is of lap times, or of the laps that cars drove: these never rise in a race."""
    column = roles.index("lap_number")
    if column >= tables.width[t]:
        return {}
    lap_times, race_times = _times(tables, t, column)
    if fold(texts[column]) == "lap" and lap_times and not race_times and "lap_time" not in roles:
        return {column: "lap_time"}
    numbers = tables.below_header(t)
    driven = numbers.number[numbers.column == column]
    raced = not _TIMED_BY.isdisjoint(roles) and "laps" not in roles and roles[column - 1] not in _OF_LAPS
    fall = are_whole_numbers(tables, t, column) and len(driven) > _FEWEST_TIMES and (np.diff(driven) <= 0).all()
    if raced and fall and fold(texts[column]) == "lap":
        return {column: "laps"}
    # Beside a reason it is the one on which a car stopped.
    return {column: "extra"} if "reason" in roles and "lap_time" not in roles else {}


def are_whole_numbers(tables: Tables, t: int, column: int) -> bool:
    """Whether the first cells of a column are whole numbers, as of the lap in which a car was fastest."""
    looks = tables.below_header(t)
    traits = looks.trait[(looks.column == column) & (looks.trait != _EMPTY)]
    return bool(len(traits) and _WHOLE[traits].all())


def _are_people(tables: Tables, t: int, column: int) -> bool:
    """Whether the names of a column are those of people; of a column that no row has, they are not."""
    if column >= tables.width[t]:
        return False
    cells = tables.cells.texts.take(pa.array(tables.first_codes(t)[:, column])).to_pylist()
    return share_of_people([name for cell in cells for name in cell.split(" / ")]) >= _PEOPLE


def _are_crews(tables: Tables, t: int, column: int) -> bool:
    """Whether the first cells of a column are several names each, with a mark between them, and no teams."""
    looks = tables.below_header(t)
    traits = looks.trait[(looks.column == column) & (looks.trait != _EMPTY)]
    return len(traits) > 1 and bool(_CREWS[traits].mean() >= _PEOPLE)


def _teams_and_people(tables: Tables, t: int, column: int) -> str | None:
    """How a column of teams has people: behind each of them (`Manthey / Lars Kern`), or on the line below."""
    if column >= tables.width[t]:
        return None
    cells = tables.cells.texts.take(pa.array(tables.first_codes(t)[:, column])).to_pylist()
    names = [cell.split(" / ") for cell in cells if cell]
    drivers = [driver for crew in names for driver in crew[1:]]
    teams = [crew[0] for crew in names]
    if not teams or share_of_people(teams) > _HALF / 2:
        return None
    if drivers and share_of_people(drivers) >= _HALF:
        return TEAM_AND_CREW
    below = [name for text in _below_rows(tables, t, column) for name in between_commas(text)]
    return TEAM_ABOVE_CREW if len(below) >= len(teams) and share_of_people(below) >= _HALF else None


def _stand_above_teams(tables: Tables, t: int, column: int) -> bool:
    """Whether nearly every first row has a team on the line below a column: then that itself holds the drivers."""
    teams = [not team_words().isdisjoint(fold(text).split()) for text in _below_rows(tables, t, column)]
    return len(teams) > 1 and sum(teams) >= _PEOPLE * min(len(tables.lines(t)), SAMPLE)


def _below_rows(tables: Tables, t: int, column: int) -> list[str]:
    """What lines that belong to the first rows above them hold in a column."""
    below = tables.lines(t)[:SAMPLE] + 1
    below = below[below < len(tables.page.outcome)]
    rows = map(tables.texts, below[tables.page.outcome[below] == CONTINUATION].tolist())
    return [texts[column] for texts in rows if column < len(texts) and texts[column]]


def _is_long(tables: Tables, t: int, column: int) -> bool:
    """Whether the first row has a time that is longer than any lap."""
    texts = tables.texts(int(tables.lines(t)[0]))
    time = read_lap_times(pa.array(texts[column : column + 1], pa.string())).fill_null(0)
    return any(milliseconds > LONGEST_LAP for milliseconds in time.to_pylist())


def _may_be_hours(tables: Tables, t: int, column: int) -> bool:
    """Whether all first times are like `4.32.11`, which may begin with hours, and none has more than 59 at its end."""
    texts = filter(None, tables.cells.texts.take(pa.array(tables.first_codes(t)[:, column])).to_pylist())
    times = [text for text in texts if text[0].isdigit()]
    return bool(times) and all(map(_HOURS_OR_MINUTES.fullmatch, times))


def _times(tables: Tables, t: int, column: int) -> tuple[int, int]:
    """How many of a column's first cells look like lap times, and how many like race times."""
    looks = tables.below_header(t)
    traits = looks.trait[looks.column == column]
    lap_times, race_times = (int(np.count_nonzero(alike[traits])) for alike in _LIKE_TIMES)
    return lap_times, race_times


def _are_of_teams(tables: Tables, t: int, roles: Sequence[str]) -> bool:
    """Whether the first cells below `Car` are numbers, each of one of several teams: drivers share cars."""
    if "entrant" not in roles or max(car := roles.index("car"), team := roles.index("entrant")) >= tables.width[t]:
        return False
    looks, codes = tables.below_header(t), tables.first_codes(t)
    numbers = NUMBERS[looks.trait[looks.column == car]].all()
    cars, both = ({*map(tuple, codes[:, of].tolist())} for of in ([car], [car, team]))
    return bool(numbers and 1 < len(cars) == len(both) and len({*codes[:, team].tolist()}) > 1)


def _are_times(tables: Tables, t: int, column: int) -> bool:
    return any(_times(tables, t, column))


# Roles of which a column may be something else altogether, and how that shows.
_READ_LIKE = {"session_time": are_whole_numbers, "grid": _are_times}
