"""Sheets of people who have careers: those of one event print one field, which the teams of its series send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from random import Random

import numpy as np

from tests.bench.archive import FORMS
from tests.bench.people import Person, people
from tests.bench.prints import Style, team_print
from tests.sheets.families import Row, Sheet

SERIES = 10
Occasion = tuple[int, int, int]  # an event, its season and its series


@dataclass(frozen=True)
class Car:
    """A car of a season: its number, for whom it runs, and who drives it."""

    number: int
    entrant: str
    crew: list[Person]


def manned(random: Random, count: int, made: Iterable[tuple[Occasion, Sheet]]) -> Iterator[Sheet]:
    """So many sheets with the cars of their events in place of their own; there are five people for each sheet."""
    crowd = people(np.random.default_rng(random.randrange(1 << 32)), 5 * max(count, 2_000), SERIES)
    teams = len(crowd) // 300  # of a series, each with some three drivers at a time
    squads: dict[tuple[int, int], dict[int, list[Person]]] = {}
    for number, person in enumerate(crowd):
        for season in range(person.start, person.end + 1):
            squads.setdefault((season, person.series), {}).setdefault(number % teams, []).append(person)
    for (_, season, series), sheets in groupby(made, lambda pair: pair[0]):
        field = list(_cars(crowd, squads.get((season, series), {})))
        random.shuffle(field)
        for _, sheet in sheets:
            style = Style(random, random.choices(*FORMS)[0])
            rows = (_printed(style, sheet, row, car) for row, car in zip(sheet.rows, field, strict=False))
            yield Sheet(sheet.family, sheet.roles, list(rows), sheet.separator)


def _cars(crowd: list[Person], squads: dict[int, list[Person]]) -> Iterator[Car]:
    """The cars that teams send, two or three drivers in each."""
    for team, squad in squads.items():
        entrant = f"{crowd[team].surname.split()[-1]} {('Racing', 'Motorsport', 'Competition')[team % 3]}"
        for nth, start in enumerate(range(0, len(squad), 3)):
            yield Car(2 * team + nth + 1, entrant, squad[start : start + 3])


def _printed(style: Style, sheet: Sheet, row: Row, car: Car) -> Row:
    """A row of the sheet as it would stand there for this car; what stands behind an entrant stays, as gaps do."""

    def cell(role: str, text: str) -> str:
        if role == "car_number":
            return str(car.number)
        if role == "crew" and text:
            return sheet.separator.join(map(named, car.crew))
        if role == "entrant" and text:
            return team_print(style.rng, car.entrant) + text[text.find(" (") :] * (" (" in text)
        return text

    def named(person: Person) -> str:
        text, quoted, star = style.name(person)
        return (f'"{text}"' if quoted else text) + "*" * star

    return Row([cell(role, text) for role, text in zip(sheet.roles, row.cells, strict=True)], {})
