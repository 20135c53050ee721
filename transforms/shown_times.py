"""What the cells below headings of times, laps and speeds show: whether a `Time` is of laps or of races."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from transforms.cells import LONGEST_LAP, read_gaps, read_lap_times
from transforms.fold import fold
from transforms.headings import headed_role
from transforms.recognise import trait_index
from transforms.shown_places import among
from transforms.tables import Tables

_EMPTY = trait_index("empty")
_OF_LAPS, _TIMED_BY = {"lap_time", "session_time"}, {"race_time", "reason"}
_WHOLE = among("digit", "integer")
_FRACTIONS = among("decimal", "speed")
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
_HALF = 0.5  # of the times are too short
_SHORTEST_LAP, _FEWEST_TIMES = 8_000, 2  # milliseconds; times that say in what order cars stand are more
_LAPS_TOLD = 6  # rows of which lap times and speeds are looked at
_LAP, _SPEED = re.compile(r"(?:(\d{1,2})[:'])?(\d{1,2})[.,](\d{1,4})"), re.compile(r"(\d{2,3})[.,](\d+)")


def shown_times(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The column of race times where it is one of lap times, or of points; behind times, their total has them."""
    column = roles.index("race_time")
    if (total := _total_behind(tables, t, texts, column)) is not None:
        return {column: "extra", total: "race_time"}
    if "penalty" in roles and _are_before_penalties(tables, t, column, roles.index("penalty")):
        return {column: "extra"}
    lap_times, race_times = _times(tables, t, column)
    if _TOTAL.search(fold(texts[column])):
        timed = lap_times + race_times or "session_time" in roles or _OF_TIME.search(fold(texts[column]))
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
    return next((i for i in totals if headed_role(texts[i]) == "race_time" and are_times(tables, t, i)), None)


def _are_before_penalties(tables: Tables, t: int, column: int, penalty: int) -> bool:
    """Whether cars stand in the order of times and penalties taken together, and not of the times: no race times."""
    if max(column, penalty) >= tables.width[t]:
        return False
    codes = tables.first_codes(t)
    printed = (tables.cells.texts.take(pa.array(codes[:, i])) for i in (column, penalty))
    times, penalties = (read_gaps(texts)[0].to_numpy(zero_copy_only=False) for texts in printed)
    known = ~np.isnan(times)
    times, penalties = times[known], np.nan_to_num(penalties[known])
    together = np.diff(times + penalties) >= 0
    return bool(len(times) > _FEWEST_TIMES and together.all() and not (np.diff(times) >= 0).all())


def other_times(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
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


def shown_qualifying(tables: Tables, t: int, texts: Sequence[str], column: int) -> dict[int, str]:
    """The column headed `Qual.`, for the place in qualifying, where it is of the times there."""
    return {column: "lap_time"} if fold(texts[column]).startswith("qual") and are_times(tables, t, column) else {}


def shown_speeds(tables: Tables, t: int, roles: Sequence[str]) -> dict[int, str]:
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


def lap_numbers(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
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


def told_by_laps(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
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


def are_no_places(tables: Tables, t: int, column: int) -> bool:
    """Whether some of the first cells of a column look like times, or are speeds: those of no place on the grid."""
    looks = tables.below_header(t)
    return are_times(tables, t, column) or bool(_FRACTIONS[looks.trait[looks.column == column]].any())


def are_times(tables: Tables, t: int, column: int) -> bool:
    """Whether some of the first cells of a column look like times."""
    return any(_times(tables, t, column))
