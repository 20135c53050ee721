"""How one made-up sheet prints its cells, the same way from top to bottom, and what each cell means."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.sheets import names

NEVER_EMPTY = frozenset(("position", "car_number", "car", "make", "model"))
# Share of columns that are printed with gaps, in sheets of any family.
GAPS = 0.08


@dataclass
class Style:
    """How one sheet prints things, the same from top to bottom."""

    ordinal: Callable[[int], str]
    lap: Callable[[int], str]
    clock: Callable[[int], str]
    distance: Callable[[float], str]
    digits: int
    padding: str
    crew: str
    separator: str
    gaps: dict[int, float]
    untimed: str
    lap_km: float

    def speed(self, km: float, ms: int) -> str:
        """Truncated, not rounded, to the digits that the sheet prints."""
        scale = 10**self.digits
        return f"{math.floor(km * 3_600_000 / ms * scale) / scale:.{self.digits}f}{self.padding}"


def style_of(random: Random, roles: list[str]) -> Style:
    """A style by chance: spellings of times, ordinals, speeds and crews, and which columns have gaps."""
    digits, padding = random.choice(((3, "0"), (3, "0"), (2, ""), (3, ""), (1, ""), (2, "00")))
    gaps = {
        i: random.uniform(0.05, 0.5)
        for i, role in enumerate(roles)
        if role not in NEVER_EMPTY and random.random() < GAPS
    }
    return Style(
        ordinal=random.choices((_english, str, lambda n: f"{n}."), (6, 3, 1))[0],
        lap=random.choices((_lap4, _lap3, _lap1, _lap_min, _lap_prime, _lap_comma), (10, 5, 2, 1, 1, 1))[0],
        clock=random.choices((_clock4, _clock3, _clock0, _clock_words), (6, 4, 2, 1))[0],
        distance=random.choice((lambda km: f"{km:.4f} kms", lambda km: f"{km:.3f} km")),
        digits=digits,
        padding=padding,
        crew=random.choices(("full", "surname", "initial"), (6, 4, 1))[0],
        separator=random.choices((" / ", " & ", " - "), (12, 1, 1))[0],
        gaps=gaps,
        untimed=random.choice(("no time", "", "-", "no time")),
        lap_km=round(random.uniform(2.2, 14.2), random.choice((2, 3))),
    )


def _position(car: dict[str, Any], style: Style, session: int) -> tuple[str, int | None]:
    return (car["status"], None) if car["status"] else (style.ordinal(car["place"]), car["place"])


def _class_position(car: dict[str, Any], style: Style, session: int) -> tuple[str, int | None]:
    return ("", None) if car["status"] else (style.ordinal(car["class_place"]), car["class_place"])


def _car(car: dict[str, Any], style: Style, session: int) -> tuple[str, str]:
    text = " ".join(part for part in car["car"] if part)
    return text, text


def _engine(car: dict[str, Any], style: Style, session: int) -> tuple[str, str]:
    maker = car["car"][2] or car["car"][0]
    return f"{maker} {names.ENGINES.get(maker, ('3.5 V8',))[0]}", maker


def _race_time(car: dict[str, Any], style: Style, session: int) -> tuple[str, int]:
    text = style.clock(car["total"])
    return text, car["total"] // 1000 * 1000 if style.clock in (_clock0, _clock_words) else car["total"]


def _lap_time(car: dict[str, Any], style: Style, session: int) -> tuple[str, int]:
    ms = car["later"][session - 1] if session else car["lap"]
    return style.lap(ms), ms // 100 * 100 if style.lap is _lap1 else ms


def _speed(km: float, ms: int, style: Style) -> tuple[str, float]:
    text = style.speed(km, ms)
    return text, float(text)


# Role -> printed cell and typed value of one car.
CELLS: dict[str, Callable[[dict[str, Any], Style, int], tuple[str, Any]]] = {
    "position": _position,
    "car_number": lambda car, style, _: (car["number"], car["number"]),
    "crew": lambda car, style, _: (style.separator.join(car["crew"]), car["crew"]),
    "car": _car,
    "make": lambda car, style, _: (car["car"][0], car["car"][0]),
    "model": lambda car, style, _: (car["car"][1], car["car"][1]),
    "engine": _engine,
    "entrant": lambda car, style, _: (car["entrant"], car["entrant"]),
    "principal": lambda car, style, _: (car["principal"], car["principal"]),
    "class": lambda car, style, _: (car["class"], car["class"]),
    "class_position": _class_position,
    "laps": lambda car, style, _: (str(car["laps"]), car["laps"]),
    "race_time": _race_time,
    "distance": lambda car, style, _: (
        style.distance(car["laps"] * style.lap_km),
        float(style.distance(car["laps"] * style.lap_km).split()[0]),
    ),
    "race_speed": lambda car, style, _: _speed(car["laps"] * style.lap_km, car["total"], style),
    "lap_time": _lap_time,
    "session_time": _lap_time,
    "lap_number": lambda car, style, _: (str(car["lap_number"]), car["lap_number"]),
    "lap_speed": lambda car, style, _: _speed(style.lap_km, car["lap"], style),
}
# Role -> column of results that must hold the typed value.
TRUTHS = {
    "position": "position",
    "car_number": "car_number",
    "crew": "crew",
    "car": "car",
    "class": "class",
    "class_position": "class_position",
    "laps": "laps",
    "race_time": "race_time_ms",
    "distance": "distance_km",
    "race_speed": "race_speed_kmh",
    "lap_time": "lap_time_ms",
    "lap_number": "lap_number",
    "lap_speed": "lap_speed_kmh",
}


def _english(n: int) -> str:
    return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def _lap3(ms: int) -> str:
    return f"{ms // 60_000}:{ms % 60_000 / 1000:06.3f}"


def _lap4(ms: int) -> str:
    return _lap3(ms) + "0"


def _lap1(ms: int) -> str:
    return f"{ms // 60_000}:{ms % 60_000 // 100 / 10:04.1f}"


def _lap_min(ms: int) -> str:
    return f"{ms // 60_000}min{ms % 60_000 // 1000:02}s{ms % 1000:03}"


def _lap_prime(ms: int) -> str:
    return _lap3(ms).replace(":", "'")


def _lap_comma(ms: int) -> str:
    return _lap3(ms).replace(".", ",")


def _clock0(ms: int) -> str:
    return f"{ms // 3_600_000}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}"


def _clock3(ms: int) -> str:
    return f"{_clock0(ms)}.{ms % 1000:03}"


def _clock4(ms: int) -> str:
    return _clock3(ms) + "0"


def _clock_words(ms: int) -> str:
    return f"{ms // 3_600_000}h {ms // 60_000 % 60}m {ms // 1000 % 60}s"
