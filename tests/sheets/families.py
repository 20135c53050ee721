"""Sheets as archives print them, made up: a random family, random columns, and the truth about both.

`families(seed, count)` gives the same sheets for the same seed. Every number fits the others as on a real
page: laps fall down the order, speeds are truncated from the printed time and one lap length, class positions
follow the overall order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.sheets import names
from tests.sheets.printing import CELLS, TRUTHS, Style, style_of

# Columns of each family in printed order, with the chance that a sheet has them. A tuple of columns stands and
# falls together.
FAMILIES: dict[str, list[tuple[str, float]]] = {
    "race": [
        ("position", 0.96),
        ("car_number", 1),
        ("crew", 1),
        ("car", 0.97),
        ("entrant", 0.85),
        ("laps", 0.93),
        ("race_time", 0.4),
        ("distance", 0.3),
        ("race_speed", 0.35),
        ("class_position", 0.6),
        ("class", 0.65),
        ("lap_time", 0.6),
        ("lap_number", 0.45),
        ("lap_speed", 0.4),
    ],
    "grid": [
        ("position", 1),
        ("car_number", 1),
        ("crew", 1),
        ("car", 0.97),
        ("entrant", 0.85),
        ("lap_time", 0.85),
        ("lap_speed", 0.5),
    ],
    "qualifying": [
        ("car_number", 1),
        ("crew", 1),
        ("car", 0.97),
        ("entrant", 0.85),
        ("lap_time", 1),
        ("lap_speed", 0.5),
    ],
    "sessions": [
        ("position", 0.5),
        ("car_number", 1),
        ("crew", 1),
        ("car", 0.97),
        ("entrant", 0.8),
        ("lap_time", 1),
        ("session_time", 1),
        ("session_time", 0.7),
        ("session_time", 0.3),
    ],
    "fastest laps": [
        ("position", 0.7),
        ("car_number", 1),
        ("crew", 1),
        ("car", 0.85),
        ("entrant", 0.3),
        ("lap_time", 1),
        ("lap_number", 0.6),
        ("lap_speed", 0.6),
    ],
    "entry list": [("car_number", 1), ("crew", 1), ("car", 0.95), ("entrant", 0.9), ("class", 0.6)],
    "entries by make": [
        ("car_number", 1),
        ("crew", 0.95),
        ("entrant", 1),
        ("principal", 0.35),
        ("make", 1),
        ("model", 1),
        ("engine", 0.5),
        ("class", 0.6),
    ],
    "appearances": [
        ("position", 0.6),
        ("car_number", 1),
        ("car", 1),
        ("entrant", 0.9),
        ("laps", 0.4),
        ("class", 0.6),
    ],
}
KINDS = {
    "race": "race",
    "grid": "grid",
    "qualifying": "qualifying",
    "sessions": "qualifying",
    "fastest laps": "fastest-laps",
    "entry list": "entry-list",
    "entries by make": "entry-list",
    "appearances": "appearances",
}
NEEDS = {"lap_number": "lap_time", "lap_speed": "lap_time"}
# A column of nothing but these cannot be told from any other.
BLANKS = frozenset(("", "-"))


@dataclass(frozen=True)
class Row:
    """One car: its printed cells by column, and the typed values that must come of them."""

    cells: list[str]
    truth: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One made-up sheet before it is written down: its family, the role of each column, its cars."""

    family: str
    roles: list[str]
    rows: list[Row] = field(repr=False)
    separator: str

    @property
    def visible_roles(self) -> list[str]:
        """The roles that the cells alone can tell: a column without a cell is empty."""
        filled = [any(row.cells[i] for row in self.rows) for i in range(len(self.roles))]
        return [role if cells else "empty" for role, cells in zip(self.roles, filled, strict=True)]


def sheets(seed: int, count: int, size: tuple[int, int] | None = None) -> Iterator[Sheet]:
    """`count` sheets of all families by chance, with so many cars at least and at most; same seed, same sheets."""
    random = Random(seed)
    for _ in range(count):
        yield sheet(random, random.randint(*size) if size else None)


def sheet(random: Random, size: int | None = None) -> Sheet:
    """One sheet: its columns, its style, and the cars in printed order."""
    family = random.choices(list(FAMILIES), (6, 3, 2, 2, 2, 2, 1, 1))[0]
    size = size or random.choice((random.randint(4, 9), random.randint(10, 30), random.randint(20, 60)))
    roles = _roles(random, family)
    style = style_of(random, roles)
    cars = _field(random, family, style, size)
    rows = [_row(random, family, roles, style, car) for car in cars]
    if any(not all(column) and BLANKS.issuperset(column) for column in zip(*(row.cells for row in rows), strict=True)):
        rows = [Row([cell if cell != "-" else "" for cell in row.cells], row.truth) for row in rows]
    return Sheet(family, roles, rows, style.separator)


def in_another_order(random: Random, sheet: Sheet) -> Sheet | None:
    """The sheet with two neighbours swapped, one of which only its content can tell; None where there are none."""
    pairs = [i for i, role in enumerate(sheet.roles[:-1]) if {role, sheet.roles[i + 1]} & {"crew", "car"}]
    if not pairs:
        return None
    i = random.choice(pairs)
    places = list(range(len(sheet.roles)))
    places[i : i + 2] = i + 1, i
    rows = [Row([row.cells[place] for place in places], row.truth) for row in sheet.rows]
    return Sheet(sheet.family, [sheet.roles[place] for place in places], rows, sheet.separator)


def _roles(random: Random, family: str) -> list[str]:
    roles: list[str] = []
    for role, chance in FAMILIES[family]:
        if random.random() < chance and NEEDS.get(role, role) in (role, *roles):
            roles.append(role)
    return roles if len(roles) >= 4 else _roles(random, family)


def _field(random: Random, family: str, style: Style, size: int) -> list[dict[str, Any]]:
    """The cars of one event in printed order, with every fact that any family prints."""
    book, crew_size = names.Names(random), random.choice((1, 2, 2, 3, 3, 4))
    best = int(style.lap_km / random.uniform(115, 235) * 3_600_000)
    minutes = random.uniform(25, 75) if random.random() < 0.2 else random.uniform(150, 1440)
    winner_laps = min(850, max(12, int(minutes * 60_000 / best / 1.06)))
    classes = book.classes()
    numbers, taken, per_class = _numbers(random, size), set[tuple[str, str]](), Counter[str]()
    finishers = size - random.randint(1, 4) if family == "race" and size > 8 and random.random() < 0.2 else size
    lap, laps, total = best, winner_laps, int(best * 1.04 * winner_laps)
    cars = []
    for place in range(1, size + 1):
        lap += random.randint(20, max(40, best // 120))
        if place > 2 and random.random() < 0.75:
            laps = max(3, laps - random.randint(0, max(1, winner_laps // 60)))
        # Cars a lap down and more pass the flag in any order.
        total = total + random.randint(100, best // 3) if laps == winner_laps else total
        # Faster classes fill the front of the field, with some disorder.
        rank = min(len(classes) - 1, max(0, int(len(classes) * (place - 1) / size + random.gauss(0, 0.4))))
        per_class[classes[rank]] += 1
        car = {
            "place": place,
            "status": "" if place <= finishers else random.choice(("NC", "DNF", "Ret")),
            "number": numbers[place - 1],
            "crew": _crew(book, crew_size, style.crew, taken),
            "class": classes[rank],
            "class_place": per_class[classes[rank]],
            "laps": laps,
            "total": total if laps == winner_laps else total + random.randint(100, best),
            "lap": lap + (random.randint(-best // 60, best // 60) if family == "race" else 0),
            "timed": place <= size - max(1, size // 12) or random.random() < 0.5,
        }
        cars.append(car | _facts(book, best, car))
    if family in ("entry list", "entries by make"):
        cars.sort(key=lambda car: int(re.sub(r"\D", "", car["number"])))
    elif family == "race" and random.random() < 0.1:
        cars.sort(key=lambda car: (bool(car["status"]), car["class"], car["place"]))
    return cars


def _facts(book: names.Names, best: int, car: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the cars before."""
    operator = f" ({book.surname()} Motorsport)" if book.random.random() < 0.02 else ""
    return {
        "car": book.car(),
        "entrant": book.entrant() + operator,
        "country": book.random.choice(names.COUNTRIES),
        "principal": book.person(),
        "lap_number": book.random.randint(2, max(3, car["laps"])),
        "later": [car["lap"] + book.random.randint(0, best // 30) for _ in range(3)],
    }


def _numbers(random: Random, size: int) -> list[str]:
    numbers = [str(n) for n in random.sample(range(1, random.choice((80, 120, 300, 999))), size)]
    for i in range(size):
        if random.random() < 0.02:
            numbers[i] = random.choice((f"0{numbers[i]}", f"{numbers[i]}A", f"{numbers[i]}T"))
    return numbers


def _crew(book: names.Names, most: int, form: str, taken: set[tuple[str, str]]) -> list[str]:
    """Names of one car in the sheet's form; a pseudonym or a mark now and then."""
    random = book.random
    crew: list[str] = []
    for _ in range(random.choice((most, most, most, max(1, most - 1)))):
        while (person := (book.given(), book.surname())) in taken:
            pass
        taken.add(person)
        given, surname = person
        name = {"full": f"{given} {surname}", "surname": surname, "initial": f"{given[0]}. {surname}"}[form]
        if random.random() < 0.01:
            name = f'"{random.choice(names.PSEUDONYMS)}"'
        crew.append(name + ("*" if random.random() < 0.005 else ""))
    return crew


def _row(random: Random, family: str, roles: list[str], style: Style, car: dict[str, Any]) -> Row:
    cells, truth = [], {}
    session = 0
    for i, role in enumerate(roles):
        session += role == "session_time"
        cell, value = CELLS[role](car, style, session)
        if role in ("lap_time", "lap_number", "lap_speed", "session_time") and not car["timed"]:
            cell, value = style.untimed if role == "lap_time" else "", None
        elif random.random() < style.gaps.get(i, 0):
            cell, value = "", [] if role == "crew" else None
        if family == "entries by make" and role == "entrant" and cell:
            cell = f"{cell} ({car['country']})"
        cells.append(cell)
        if role in TRUTHS:
            truth[TRUTHS[role]] = value
    return Row(cells, truth)
