"""What a header row says of its columns: what its headings say by themselves, and what they mean beside each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

from transforms.fold import fold
from transforms.headings import FAMILY, GIVEN, Heading, is_of_chassis, names_unit, read_heading
from transforms.lexicon import header_languages, header_roles_by_language, statuses

# What a role is when a second column of the same header has it.
_SECOND = {"lap_time": "session_time", "race_speed": "lap_speed"}
_SPEEDS = {"race_speed", "lap_speed"}
_OF_LAPS = {"laps", "race_time", "lap_time", "distance", "gap"}
_SEVERAL = {"crew", "session_time", "extra", "empty"}
_AVERAGE = re.compile(r"\b(?:average|avg|mean|moy\w*|schnitt|durchschnitt\w*|medi[ao]|gem\w*)\b")
TEAM_AND_CREW = "entrant and crew"  # what cells of a column show that hold both
TEAM_ABOVE_CREW = "entrant above crew"  # and those that hold teams, with their drivers on the lines below
_MODEL = re.compile(r"\b(?:model[loe]?|modele|typ[eo]?)\b")
_LONGEST_MARK = len("OUT")  # of cars that stopped, which is no word for a column
_FEWEST_OF_LANGUAGE = 2  # headings that say in which language others are
Headings: TypeAlias = list[Heading]


def read_header(cells: Sequence[str], shown: Mapping[int, str] = MappingProxyType({})) -> tuple[Heading, ...]:
    """The headings of a header row, one per cell; a role for one column goes to the first that names it.

    `shown` are the roles of columns whose cells show that an ambiguous heading means another than it mostly does.
    """
    headings = _in_their_language([read_heading(cell) for cell in cells])
    headings = [_as_shown(h, shown[i]) if i in shown else h for i, h in enumerate(headings)]
    headings = _of_entered_names(_of_the_lost(headings))
    roles = [heading.role for heading in headings]
    for beside in (_of_cars, _of_laps, _of_one_session, _of_places_on_the_track):
        headings = beside(headings, roles)
    for rule in (_in_miles, _of_last_laps, _of_nations, _of_families):
        headings = rule(headings)
    return tuple(_once(headings))


def _of_the_lost(headings: Headings) -> Headings:
    """`Retired` heads why a car was, where nothing else does."""
    if any(h.role == "reason" for h in headings) or all(h.known for h in headings):
        return headings
    return [replace(h, role="reason", known=True) if _is_of_the_lost(h) else h for h in headings]


def _of_entered_names(headings: Headings) -> Headings:
    """Beside its chassis, a car's name is that under which it was entered."""
    if not any(h.role == "car" and is_of_chassis(h.name) for h in headings):
        return headings
    return [replace(h, role="extra") if fold(h.name) == "car name" else h for h in headings]


def _of_cars(headings: Headings, roles: Sequence[str]) -> Headings:
    """Beside what the car is, its chassis is but a number; behind the car, `Car Model` tells more of it."""
    several = roles.count("car") > 1
    if several or ("make" in roles and {"model", "type"} & set(roles)):
        headings = [replace(h, role="chassis") if is_of_chassis(h.name) else h for h in headings]
    behind = roles.index("car") + 1 if several else len(roles)
    return [replace(h, role="model") if i >= behind and _is_of_model(h) else h for i, h in enumerate(headings)]


def _of_laps(headings: Headings, roles: Sequence[str]) -> Headings:
    """Where no time of a race is told, a speed behind a lap time is that of the lap."""
    if "lap_time" not in roles or {"race_time", "distance"} & set(roles):
        return headings
    lap = roles.index("lap_time")
    return [replace(h, role="lap_speed") if i > lap and _is_plain_speed(h) else h for i, h in enumerate(headings)]


def _of_one_session(headings: Headings, roles: Sequence[str]) -> Headings:
    """The time of the only session is what the cars stand in order of."""
    if roles.count("session_time") != 1 or (_OF_LAPS - {"gap"}) & set(roles):
        return headings
    return [replace(h, role="lap_time") if _is_of_qualifying(h) else h for h in headings]


def _of_places_on_the_track(headings: Headings, roles: Sequence[str]) -> Headings:
    """A speed that is no average, where neither laps nor times are told, was measured in one place."""
    if _OF_LAPS & set(roles):
        return headings
    return [replace(h, role="extra") if _is_plain_speed(h) else h for h in headings]


def _in_miles(headings: Headings) -> Headings:
    """Where one speed is in miles, so are those of which nothing is told."""
    if not any(h.mph and h.role in _SPEEDS for h in headings):
        return headings
    return [replace(h, mph=h.mph or (h.role in _SPEEDS and not names_unit(h.name))) for h in headings]


def _of_last_laps(headings: Headings) -> Headings:
    """Beside whole names, `Last` heads the last lap, unless there are other family names."""
    parts = {heading.part for heading in headings}
    if "last" not in parts or "first" in parts or not any(h.role == "crew" and not h.part for h in headings):
        return headings
    named = any(h.part == "last" and fold(h.name) != "last" for h in headings)
    return [_beside_family_names(h) if named else _of_last_lap(h) for h in headings]


def _of_nations(headings: Headings) -> Headings:
    """Behind each of several drivers stands the country of his."""
    nations = [i + 1 for i, (a, b) in enumerate(pairwise(headings)) if (a.role, b.role) == ("crew", "country")]
    if len(nations) < 2:
        return headings
    return [replace(h, role="extra", part="nation") if i in nations else h for i, h in enumerate(headings)]


def _of_families(headings: Headings) -> Headings:
    """Beside given names, `Name` heads those of families."""
    if not any(h.part == "first" and not h.seat for h in headings):
        return headings
    return [replace(h, part="last") if _is_family_name(h) else h for h in headings]


def _as_shown(heading: Heading, role: str) -> Heading:
    if role == TEAM_AND_CREW:
        return replace(heading, role="crew", part="team", known=True)
    if role == TEAM_ABOVE_CREW:
        return replace(heading, role="entrant", known=True)
    return replace(heading, role=role, known=True)


def _in_their_language(headings: Headings) -> Headings:
    """Headings of which some mean something else in the language that most of the others are of."""
    if not any(heading.by_language for heading in headings):
        return headings
    known, texts = header_roles_by_language(), [fold(heading.name) for heading in headings]
    spoken = Counter(language for text in texts for language in header_languages().get(text, ()))
    return [_in_language(h, known.get(text, {}), spoken) for h, text in zip(headings, texts, strict=True)]


def _in_language(heading: Heading, roles: Mapping[str, str], spoken: Counter[str]) -> Heading:
    """What a heading means, given in how many headings beside it each language is `spoken`."""
    language = max(roles, key=lambda one: spoken[one], default="")
    usual = max((spoken[one] for one in header_languages().get(fold(heading.name), ())), default=0)
    if spoken[language] < max(_FEWEST_OF_LANGUAGE, usual + 1):
        return heading
    role = roles[language]
    return replace(heading, role=role, known=role != "extra")


def _is_of_the_lost(heading: Heading) -> bool:
    """Whether a heading that is none by itself is the word for cars that stopped."""
    word = "" if heading.known else fold(heading.name)
    return len(word) > _LONGEST_MARK and statuses().get(word) == "did_not_finish"


def _beside_family_names(heading: Heading) -> Heading:
    """A heading beside that of family names: `Name` is of given ones."""
    given = heading.role == "crew" and not (heading.part or heading.seat) and fold(heading.name) in GIVEN
    return replace(heading, part="first") if given else heading


def _of_last_lap(heading: Heading) -> Heading:
    return replace(heading, role="extra", part="") if heading.part == "last" and not heading.seat else heading


def _is_family_name(heading: Heading) -> bool:
    """Whether a heading is of the family names where given names have a column of their own."""
    return heading.role == "crew" and not (heading.part or heading.seat) and fold(heading.name) in {"name", *FAMILY}


def _is_of_model(heading: Heading) -> bool:
    return heading.role == "car" and _MODEL.search(fold(heading.name)) is not None


def _is_of_qualifying(heading: Heading) -> bool:
    """Whether a heading is of the times of one whole session, which has no number."""
    return heading.role == "session_time" and heading.name[-1:].isalpha()


def _is_plain_speed(heading: Heading) -> bool:
    return heading.role == "race_speed" and not _AVERAGE.search(fold(heading.name))


def _once(headings: Sequence[Heading]) -> Iterator[Heading]:
    """Each role for the first column that names it: a second lap time is another session's, all else is extra."""
    seen: dict[str, Heading] = {}
    for heading in headings:
        first = seen.get(heading.role)
        if first is None or heading.role in _SEVERAL:
            yield heading
        elif heading.mph != first.mph:  # the same speed in another unit
            yield replace(heading, role="extra")
        else:
            yield replace(heading, role=_SECOND.get(heading.role, "extra"))
        seen[heading.role] = heading
