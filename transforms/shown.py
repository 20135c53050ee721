"""What the cells below ambiguous headings show: whether `Car` heads numbers, `Team` drivers, `Cl.` places."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from transforms.crew_words import between_commas
from transforms.evidence import SAMPLE
from transforms.fold import fold
from transforms.headers import TEAM_ABOVE_CREW, TEAM_AND_CREW
from transforms.headings import headed_role, is_of_chassis, is_of_co_drivers, is_of_teams, may_be_of_people
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
from transforms.shown_times import (
    are_no_places,
    are_whole_numbers,
    lap_numbers,
    other_times,
    shown_qualifying,
    shown_speeds,
    shown_times,
    told_by_laps,
)
from transforms.tables import Tables
from transforms.traits import team_words

_EMPTY = trait_index("empty")
_OF_RACES = {"lap_time", "race_time", "laps"}
_CREWS = among("crew", "joined")
_PEOPLE = 0.7  # of the names have a given one, and no make of cars
_HALF = 0.5  # of the names behind teams have a given one


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
        found |= shown_times(tables, t, texts, roles)
    else:
        found |= other_times(tables, t, texts, roles)
    if "lap_time" in roles:
        found |= lap_numbers(tables, t, texts, roles)
    if "lap_number" in roles:
        found |= told_by_laps(tables, t, texts, roles)
    if "crew" not in roles:
        found |= _shown_crews(tables, t, texts, roles)
    elif "entrant" in roles and roles.count("crew") == 1:
        found |= _beside_co_drivers(tables, t, texts, roles)
    if roles[:1] == ("grid",) and "position" not in roles and count_up(tables, t, 0):
        found |= {0: "position"}
    elif "position" not in roles:
        found |= unheaded_positions(tables, t, texts, roles)
    if "race_speed" in roles and "race_time" not in roles:
        found |= shown_speeds(tables, t, roles)
    if "grid" in roles and _OF_RACES.isdisjoint(roles):
        found |= shown_qualifying(tables, t, texts, roles.index("grid"))
    if "class" in roles and "class_position" not in roles:
        found |= places_in_classes(tables, t, texts)
    return found | _meant_otherwise(tables, t, texts, roles)


def _meant_otherwise(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The columns of numbers headed `Car` or `Entry`, and of places headed as classes."""
    found: dict[int, str] = {}
    if "class" in roles and "position" not in roles:
        behind = (i for i in range(roles.index("class") + 1, len(texts)) if headed_role(texts[i]) == "class")
        found |= {i: "position" for i in behind if are_distinct(tables, t, i, ORDINALS)}
    for role, other, traits in (
        ("car", "car_number", NUMBERS),
        ("entrant", "car_number", NUMBERS),
        ("class", "position", ORDINALS),
    ):
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


def _beside_co_drivers(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The column of drivers headed as one of competitors, where the only crew that is headed are their co-drivers."""
    if not is_of_co_drivers(texts[roles.index("crew")]):
        return {}
    column = roles.index("entrant")
    return {column: "crew"} if may_be_of_people(texts[column]) and _are_people(tables, t, column) else {}


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


def _are_of_teams(tables: Tables, t: int, roles: Sequence[str]) -> bool:
    """Whether the first cells below `Car` are numbers, each of one of several teams: drivers share cars."""
    if "entrant" not in roles or max(car := roles.index("car"), team := roles.index("entrant")) >= tables.width[t]:
        return False
    looks, codes = tables.below_header(t), tables.first_codes(t)
    numbers = NUMBERS[looks.trait[looks.column == car]].all()
    cars, both = ({*map(tuple, codes[:, of].tolist())} for of in ([car], [car, team]))
    return bool(numbers and 1 < len(cars) == len(both) and len({*codes[:, team].tolist()}) > 1)


# Roles of which a column may be something else altogether, and how that shows.
_READ_LIKE = {"session_time": are_whole_numbers, "grid": are_no_places}
