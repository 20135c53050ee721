"""People composed for the purpose: nations with given names, syllables of surnames, families and careers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from transforms.lexicon import read_list

FIRST, LAST = 1955, 2024
_ONSETS = (
    *("b", "br", "c", "ch", "d", "dr", "f", "fr", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "pr", "r"),
    *("s", "sch", "st", "t", "tr", "v", "w", "z"),
)
_NUCLEI = ["a", "e", "i", "o", "u", "ai", "au", "ei", "ie", "oo", "é", "è", "ö", "ü", "ä", "å", "ø", "ã", "í"]
_CODAS = ["", "l", "n", "r", "s", "t", "nd", "ck", "lt", "rt", "x", "ns"]
_ENDINGS = (
    ["son", "sen", "ton", "ley", "well", "by", "ford"],
    ["ard", "eau", "et", "ier", "oux", "in", "elle"],
    ["mann", "er", "berg", "stein", "bauer", "hoff"],
    ["ini", "etti", "oni", "ucci", "ari", "ella"],
    ["ez", "era", "osa", "eda", "ino", "al"],
    ["stra", "sma", "ink", "ens", "man", "aert"],
    ["ström", "qvist", "nen", "sson", "lund", "dal"],
    ["eira", "ão", "inho", "osa", "es", "ado"],
    ["moto", "kawa", "shima", "ta", "no", "ura"],
    ["ski", "ov", "ek", "ić", "enko", "in"],
)
_PARTICLES = {1: ["de", "du", "de la"], 2: ["von"], 3: ["de", "di"], 4: ["de"], 5: ["van", "van de", "van der", "de"]}


@dataclass(slots=True)
class Person:
    """One true driver: names, nation, the seasons driven, home series and how good a memory teams have of him."""

    given: str
    surname: str
    nation: int
    start: int
    end: int
    series: int
    fame: float
    middle: str = ""
    suffix: str = ""
    pseudonym: str = ""
    team: int = -1
    pause: tuple[int, int] = (0, 0)
    years: set[int] = field(default_factory=set)


def people(rng: np.random.Generator, count: int, series: int) -> list[Person]:
    """`count` people: 1 in 30 with a son, 1 in 25 with a brother, 1 in 1,000 with a namesake."""
    givens = _given_pools(rng)
    surnames = [_surnames(rng, nation, max(30, count // 6)) for nation in range(len(_ENDINGS))]
    crowd: list[Person] = []
    while len(crowd) < count:
        person = _person(rng, givens, surnames, series)
        crowd.append(person)
        draw = rng.random()
        if draw < 1 / 30:
            crowd.append(_son(rng, person, givens))
        elif draw < 1 / 30 + 1 / 25:
            crowd.append(_brother(rng, person, givens))
        elif draw < 1 / 30 + 1 / 25 + 1 / 1000:
            crowd.append(_namesake(rng, person, series))
    return crowd[:count]


def _given_pools(rng: np.random.Generator) -> list[list[str]]:
    known = [row["name"].capitalize() for row in read_list("given_names")]
    pools = []
    for _nation in _ENDINGS:
        pool = [known[i] for i in rng.choice(len(known), 240, replace=False)]
        pool[::12] = [_syllables(rng, 2).capitalize() for _ in pool[::12]]
        pools.append(pool)
    return pools


def _surnames(rng: np.random.Generator, nation: int, count: int) -> list[str]:
    names = []
    for _ in range(count):
        name = (_syllables(rng, int(rng.integers(1, 3))) + rng.choice(_ENDINGS[nation])).capitalize()
        if nation in _PARTICLES and rng.random() < 0.25:
            name = f"{rng.choice(_PARTICLES[nation])} {name}"
        elif rng.random() < 0.04:
            second = (_syllables(rng, 1) + rng.choice(_ENDINGS[nation])).capitalize()
            name = f"{name}{'-' if rng.random() < 0.6 else ' '}{second}"
        names.append(name)
    return names


def _syllables(rng: np.random.Generator, count: int) -> str:
    return "".join(rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS) for _ in range(count))


def _zipf(rng: np.random.Generator, size: int) -> int:
    """A rank below `size`, the first ones the likeliest."""
    return int(size * rng.random() ** 2.2)


def _person(rng: np.random.Generator, givens: list[list[str]], surnames: list[list[str]], series: int) -> Person:
    nation = int(rng.integers(len(givens)))
    start = int(rng.integers(FIRST - 5, LAST))
    length = 1 + int(rng.exponential(6.0))
    person = Person(
        given=givens[nation][_zipf(rng, len(givens[nation]))],
        surname=surnames[nation][_zipf(rng, len(surnames[nation]))],
        nation=nation,
        start=start,
        end=start + length,
        series=int(rng.integers(series)),
        fame=float(rng.pareto(1.6) + 0.3),
    )
    if rng.random() < 0.05:
        person.middle = givens[nation][_zipf(rng, len(givens[nation]))]
    if rng.random() < 0.006:
        person.pseudonym = _syllables(rng, 2).capitalize()
    if rng.random() < 0.02:
        back = person.end + int(rng.integers(8, 21))
        person.pause, person.end = (person.end, back), back + int(rng.integers(1, 5))
    return person


def _son(rng: np.random.Generator, father: Person, givens: list[list[str]]) -> Person:
    start = father.start + int(rng.integers(22, 34))
    son = Person(
        father.given if rng.random() < 0.2 else str(rng.choice(givens[father.nation])),
        father.surname,
        father.nation,
        start,
        start + 1 + int(rng.exponential(7.0)),
        father.series,
        float(rng.pareto(1.6) + 0.3),
    )
    son.suffix = "Jr." if son.given == father.given and rng.random() < 0.7 else ""
    return son


def _brother(rng: np.random.Generator, one: Person, givens: list[list[str]]) -> Person:
    other = [name for name in givens[one.nation] if name != one.given]
    start = one.start + int(rng.integers(-3, 4))
    end = start + 1 + int(rng.exponential(6.0))
    brother = Person(str(rng.choice(other)), one.surname, one.nation, start, end, one.series, one.fame)
    brother.team = -2 if rng.random() < 0.5 else -1
    return brother


def _namesake(rng: np.random.Generator, one: Person, series: int) -> Person:
    start = int(rng.integers(FIRST, LAST))
    fame = float(rng.pareto(1.6) + 0.3)
    return Person(
        one.given,
        one.surname,
        one.nation,
        start,
        start + 1 + int(rng.exponential(6.0)),
        int(rng.integers(series)),
        fame,
    )
