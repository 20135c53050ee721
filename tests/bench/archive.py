"""Simulated archives with known truth: series, teams, careers, events, and the sheets that were printed of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.people import FIRST, LAST, Person, people
from tests.bench.prints import Style, team_print
from transforms.schema import TABLES

_MAKES = ("Arvo", "Belmar", "Corsaro", "Dunmore", "Estrel", "Falkner", "Gorlan", "Hexa", "Ibera", "Jorvik", "Kestrel")


@dataclass(frozen=True)
class Archive:
    """Read tables as the reader would give them, with events; beside each mention its true person and its form."""

    read: dict[str, pa.Table]
    truth: np.ndarray
    form: np.ndarray

    @property
    def mentions(self) -> int:
        """Number of printed names."""
        return int(self.read["driver_results"].num_rows)

    def save(self, folder: Path) -> None:
        """Write the archive to a folder, for another process."""
        for name, table in self.read.items():
            pq.write_table(table, folder / f"{name}.parquet")
        np.savez(folder / "truth.npz", truth=self.truth, form=self.form)

    @classmethod
    def load(cls, folder: Path) -> Archive:
        """The archive that `save` wrote."""
        read = {path.stem: pq.read_table(path) for path in sorted(folder.glob("*.parquet"))}
        with np.load(folder / "truth.npz") as beside:
            return cls(read, beside["truth"], beside["form"])


@dataclass
class Team:
    """A team: its series, its seasons, its make, the numbers it keeps and the drivers of its last season."""

    name: str
    series: int
    start: int
    end: int
    make: str
    number: int
    cars: int
    regulars: list[list[int]]


@dataclass
class Car:
    """One car at one event: number, printed car, team, true crew, and class."""

    number: str
    car: str
    team: str
    crew: list[int]
    class_: str


@dataclass
class Event:
    """One event with its cars in finishing order."""

    event_id: str
    name: str
    series: str
    season: int
    number: int
    cars: list[Car]


def simulate(mentions: int, seed: int = 1, roaming: float = 0.3) -> Archive:
    """An archive of about so many mentions, in which so many seasons are driven away from the home series."""
    rng = np.random.default_rng(seed)
    coin = random.Random(seed)
    series = max(6, mentions // 1800)
    crowd = people(rng, max(60, mentions // 5), series)
    return print_sheets(coin, crowd, list(calendar(rng, coin, crowd, series, roaming)), mentions)


def calendar(
    rng: np.random.Generator, coin: random.Random, crowd: list[Person], series: int, roaming: float
) -> Iterator[Event]:
    """Season by season: teams sign drivers (regulars mostly stay), and each series runs its events."""
    teams = _teams(coin, crowd, series)
    lifetimes = [(first := coin.randint(FIRST, LAST - 8), first + coin.randint(8, 45)) for _ in range(series)]
    lifetimes[0] = (FIRST, LAST)
    for year in range(FIRST, LAST + 1):
        free = _free_drivers(rng, crowd, year, series, roaming)
        busy = [driver for pool in free for driver in pool[:40]]
        for home in range(series):
            if not lifetimes[home][0] <= year <= lifetimes[home][1]:
                continue
            squads = [_squad(coin, team, free, year, crowd) for team in teams[home] if team.start <= year <= team.end]
            for round_ in range(1, 2 + (home * 7 + year // 9) % 7):
                cars = [car for squad in squads for car in _at_event(coin, squad, free[home] + busy, year, home)]
                coin.shuffle(cars)
                if cars:
                    town = f"circuit {(home * 3 + round_) % (series * 2)}"
                    name = f"{round_ * 100} km {town}"
                    slug = f"{year}-series-{home}-{name}".replace(" ", "-")
                    yield Event(slug, name, f"Series {home}", year, round_, cars)


def _teams(coin: random.Random, crowd: list[Person], series: int) -> list[list[Team]]:
    teams: list[list[Team]] = []
    for home in range(series):
        teams.append([])
        for _ in range(60):
            start = coin.randint(FIRST - 3, LAST)
            word = coin.choice(crowd).surname.split()[-1] if coin.random() < 0.4 else _word(coin)
            name = f"{word} {coin.choice(('Racing', 'Motorsport', 'Competition', _word(coin), _word(coin)))}"
            make = coin.choice(_MAKES)
            end = start + coin.randint(1, 16)
            teams[home].append(
                Team(name, home, start, end, make, coin.randint(1, 99), coin.choice((1, 1, 1, 2, 3)), [])
            )
    return teams


def _word(coin: random.Random) -> str:
    return "".join(
        coin.choice(("ka", "lor", "min", "tes", "ru", "van", "do", "pel", "xi")) for _ in range(3)
    ).capitalize()


def _free_drivers(
    rng: np.random.Generator, crowd: list[Person], year: int, series: int, roaming: float
) -> list[list[int]]:
    """The drivers who look for a seat this year, by series, the better known first."""
    free: list[list[tuple[float, int]]] = [[] for _ in range(series)]
    for index, person in enumerate(crowd):
        if person.start <= year <= person.end and not person.pause[0] < year < person.pause[1]:
            home = person.series if rng.random() > roaming else int(rng.integers(series))
            free[home].append((-person.fame * rng.random(), index))
    return [[index for _, index in sorted(pool)] for pool in free]


Squad = list[tuple[Team, str, str, list[int]]]


def _squad(coin: random.Random, team: Team, free: list[list[int]], year: int, crowd: list[Person]) -> Squad:
    """A team's cars for the season: regulars come back three times in four, brothers join, numbers mostly stay."""
    pool = free[team.series]
    if coin.random() < 0.25:
        team.number = coin.randint(1, 199)
    if coin.random() < 0.12:
        team.make = coin.choice(_MAKES)
    squad: Squad = []
    size = 2 + (team.series + year // 12) % 3
    old, team.regulars = team.regulars, []
    for index in range(team.cars):
        crew = [d for d in (old[index] if index < len(old) else []) if d in pool and coin.random() < 0.75]
        for driver in crew:
            pool.remove(driver)
        while len(crew) < size - (coin.random() < 0.15) and pool:
            crew.append(pool.pop(0))
            kin = [d for d in pool if crowd[d].team == -2 and crowd[d].surname == crowd[crew[-1]].surname]
            if kin and len(crew) < size:
                crew.append(kin[0])
                pool.remove(kin[0])
        team.regulars.append(crew)
        model = f"{team.make} {'ABCDEFG'[(year + len(team.make)) // 3 % 7]}{(year - FIRST) // 4}"
        squad.append((team, str(team.number + index), model, crew))
    return squad


def _at_event(coin: random.Random, squad: Squad, reserves: list[int], year: int, home: int) -> Iterator[Car]:
    """The cars that come to one event: one in five stays away, one car in five has a guest, seats change order."""
    for team, number, model, crew in squad:
        if not crew or coin.random() < 0.2:
            continue
        here = [d for d in crew if coin.random() > 0.06]
        guest = coin.choice(reserves) if reserves and coin.random() < 0.2 else None
        if guest is not None and guest not in here:
            here = [*here, guest] if len(here) < len(crew) else [*here[:-1], guest]
        coin.shuffle(here)
        if here:
            yield Car(number, model, team.name, here, f"Class {(year + home + len(model)) % 3}")


def print_sheets(coin: random.Random, crowd: list[Person], events: list[Event], mentions: int) -> Archive:
    """Print events in random order until there are enough mentions: race, often grid, sometimes an entry list."""
    coin.shuffle(events)
    forms: dict[tuple[str, int], str] = {}
    columns: dict[str, dict[str, list[object]]] = {"results": {}, "driver_results": {}, "sheets": {}, "events": {}}
    truth: list[int] = []
    printed: list[str] = []
    for event in events:
        if len(truth) >= mentions:
            break
        facts = {"event_id": event.event_id, "name": event.name, "series": event.series, "season": event.season}
        _add(columns["events"], facts)
        usual = forms.setdefault((event.series, event.season), coin.choices(*FORMS)[0])
        for kind, share in (("race", 1.0), ("grid", 0.45), ("entry-list", 0.2)):
            if coin.random() > share:
                continue
            form = coin.choices(*FORMS)[0] if coin.random() < (0.5 if kind == "entry-list" else 0.06) else usual
            crews = _print_sheet(columns, Style(coin, form), crowd, event, kind)
            truth += crews
            printed += ["full" if form == "swapped" else form] * len(crews)
    read = {name: TABLES[name].conform(_table(name, cols)) for name, cols in columns.items()}
    return Archive(read, np.array(truth, dtype=np.int64), np.array(printed))


FORMS = (("full", "surname", "initial", "swapped"), (62, 30, 5, 3))


def _print_sheet(
    columns: dict[str, dict[str, list[object]]], style: Style, crowd: list[Person], event: Event, kind: str
) -> list[int]:
    sheet = f"{event.event_id}/{kind}"
    _add(columns["sheets"], {"sheet_id": sheet, "event_id": event.event_id, "kind": kind})
    truth = []
    for line, car in enumerate(event.cars, 1):
        entrant = team_print(style.rng, car.team)
        shared = {
            "result_id": f"{sheet}:{line}",
            "sheet_id": sheet,
            "event_id": event.event_id,
            "season": event.season,
            "kind": kind,
            "position": line,
            "status": "classified" if kind == "race" else "listed",
            "car_number": car.number,
            "car": car.car,
            "make": car.car.split()[0],
            "entrant": entrant,
            "class": car.class_,
        }
        printed = [style.name(crowd[driver]) for driver in car.crew]
        crew = [f'"{text}"' if quoted else f"*{text}" if star else text for text, quoted, star in printed]
        own = {"line": line, "crew": crew, "crew_size": len(crew), "model": car.car.partition(" ")[2]}
        _add(columns["results"], shared | own | {"entrant_text": entrant})
        for seat, (text, quoted, star) in enumerate(printed, 1):
            own = {"seat": seat, "name_text": text, "pseudonym": quoted, "nominated": star}
            _add(columns["driver_results"], shared | own)
        truth += car.crew
    return truth


def _table(name: str, columns: dict[str, list[object]]) -> pa.Table:
    return pa.table({c: pa.array(values, TABLES[name].schema.field(c).type) for c, values in columns.items()})


def _add(columns: dict[str, list[object]], row: dict[str, object]) -> None:
    for name, value in row.items():
        columns.setdefault(name, []).append(value)
