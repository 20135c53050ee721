"""One id per model of car, whatever case, accents, hyphens and blanks are printed; and what it is a variant of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold
from transforms.identity.arrays import codes, lists, whole, with_column
from transforms.identity.entrants import eras, spellings_of
from transforms.identity.groups import Codes, dense
from transforms.identity.ids import Claims, Wishes, assign, slugs
from transforms.lexicon import read_list
from transforms.schema import TABLES

WITHIN = 10  # years between a car and what it is a variant of; makers use names again
_NEVER = 9999
_PRINTED = ("make", "model", "engine_make", "car")


class Key(NamedTuple):
    """What two prints of one car have in common; the make is empty where it is not known, the model then the print."""

    make: str
    model: str
    engine: str


def squash(text: str) -> str:
    """The folded text without blanks, but for those between two figures: `GT3-RS`, `GT3 RS` -> `gt3rs`.

    `SR2-99` is not `SR299`, nor `B98/10` `B9810`.
    """
    out = ""
    for word in fold(text).replace("/", " ").split():
        out += f" {word}" if out[-1:].isdigit() and word[0].isdigit() else word
    return out


def key(make: str | None, model: str | None, engine: str | None, car: str | None) -> Key | None:
    """The key of a printed car; None where nothing is printed. A make's own engine says nothing new."""
    if not make:
        return Key("", squash(car), "") if car and squash(car) else None
    return Key(fold(make), squash(model or ""), "" if engine in (None, make) else fold(engine or ""))


def stems(model: str) -> Iterator[str]:
    """The keys of what a printed model may be a variant of: it without its last words, or letters after a figure.

    `997 GT3 RSR` -> `997 GT3`, `997`; `B2K/10B` -> `B2K/10`, `B2K`, `B2`; but `GT40` is no `GT`, nor `F430 GTC` an
    `F430 GT`.
    """
    words = fold(model).replace("/", " ").split()
    for count, word in enumerate(words):
        before = " ".join(words[:count])
        if before:
            yield squash(before)
        for at in range(1, len(word)):
            if word[at - 1].isdigit() and word[at].isalpha():
                yield squash(f"{before} {word[:at]}")


@cache
def _apart() -> frozenset[tuple[str, str, str]]:
    rows = read_list("cars_apart")
    return frozenset((fold(row["make"]), squash(row["model"]), squash(row["no_variant"])) for row in rows)


@dataclass(frozen=True)
class _Cars:
    """The cars told apart: the key of each, its prints by column, the most frequent first, and its seasons."""

    keys: list[Key]
    prints: dict[str, list[list[str]]]
    first: list[int]
    last: list[int]

    def best(self, name: str) -> pa.Array:
        """The most frequent print of each car in a column."""
        return pa.array([texts[0] if texts else None for texts in self.prints[name]], pa.string())

    def where(self, part: str) -> pa.Array:
        """Which cars have a part of the key."""
        return pa.array([bool(getattr(one, part)) for one in self.keys], pa.bool_())


def resolve_cars(results: pa.Table, previous: Mapping[str, pa.Table] | None) -> tuple[pa.Table, pa.Table]:
    """Results with their car_id, and the table of cars.

    `previous` holds the results of the last snapshot, so that ids stay. A car that is not printed has no id; a name
    that returns after 25 years is another car's.
    """
    code, keys = _coded(results)
    season = whole(results["season"])
    era = eras(code, season)
    held = np.flatnonzero(era >= 0)
    cars = _told_apart(results.take(pa.array(held)), era[held], [keys[place] for place in code[held].tolist()])
    claims = _claims(previous)
    ids, _ = assign(era[held], _wishes(cars), claims.of(results["result_id"].take(pa.array(held))), claims)
    base = [None if at is None else ids[at] for at in _bases(cars)]
    table = {
        "car_id": pa.array(ids, pa.string()),
        "car": cars.best("car"),
        "make": cars.best("make"),
        "model": cars.best("model"),
        "engine_make": _engines(cars),
        "names": lists([sorted(texts) for texts in cars.prints["car"]]),
        "variant_of": pa.array(base, pa.string()),
    }
    column = pa.array(ids, pa.string()).take(pa.array(era, mask=era < 0))
    return with_column(results, "car_id", column), TABLES["cars"].conform(pa.table(table)).sort_by("car_id")


def _coded(results: pa.Table) -> tuple[Codes, list[Key]]:
    """The rank of each result's key (-1 without one) and the distinct keys in order."""
    prints = dense(*[codes(results[name])[0] + 1 for name in _PRINTED])
    place = np.zeros(int(prints.max(initial=-1)) + 1, dtype=np.int64)
    place[prints[::-1]] = np.arange(len(prints))[::-1]
    rows = results.select(_PRINTED).take(pa.array(place)).to_pylist()
    keys = [key(*(row[name] for name in _PRINTED)) for row in rows]
    known = sorted({one for one in keys if one})
    rank = {one: number for number, one in enumerate(known)}
    return np.array([rank[one] if one else -1 for one in keys], dtype=np.int64)[prints], known


def _told_apart(rows: pa.Table, car: Codes, keys: list[Key]) -> _Cars:
    """The cars of results that have one, numbered from 0 by `car`, with the key of each result."""
    count = int(car.max(initial=-1)) + 1
    of = dict(zip(car.tolist(), keys, strict=True))
    season = whole(rows["season"])
    first, last = np.full(count, _NEVER), np.full(count, -1)
    np.minimum.at(first, car, np.where(season < 0, _NEVER, season))
    np.maximum.at(last, car, season)
    prints = {}
    for name in _PRINTED:
        text, texts = codes(rows[name])
        held = text >= 0
        found = spellings_of(car[held], text[held], texts.to_pylist())
        prints[name] = found + [[] for _ in range(count - len(found))]
    return _Cars([of[number] for number in range(count)], prints, first.tolist(), last.tolist())


def _engines(cars: _Cars) -> pa.Array:
    return pc.if_else(cars.where("engine"), cars.best("engine_make"), pa.scalar(None, pa.string()))


def _wishes(cars: _Cars) -> Wishes:
    """Make, model and engine, then with the first season; the print of a car whose make is not known."""
    name = pc.if_else(cars.where("make"), cars.best("make"), cars.best("car")), cars.best("model"), _engines(cars)
    seasons = pa.array([None if year == _NEVER else str(year) for year in cars.first], pa.string())

    def of(some: Codes) -> list[tuple[str, str]]:
        *named, season = (part.take(pa.array(some)) for part in (*name, seasons))
        return list(zip(slugs(*named).to_pylist(), slugs(*named, season).to_pylist(), strict=True))

    return Wishes(of, np.ones(len(cars.keys), dtype=bool))


def _claims(previous: Mapping[str, pa.Table] | None) -> Claims:
    """What the last snapshot called the car of each result."""
    if not previous or "car_id" not in previous["results"].column_names:
        return Claims()
    rows = previous["results"].select(["result_id", "car_id"]).drop_null()
    return Claims(rows["result_id"].combine_chunks(), rows["car_id"].combine_chunks())


def _bases(cars: _Cars) -> list[int | None]:
    """For each car the one that it is a variant of: the longest stem that is printed, near in time, engine and all."""
    known: dict[Key, list[int]] = defaultdict(list)
    for number, one in enumerate(cars.keys):
        known[one].append(number)
    return [_base(cars, known, number) for number in range(len(cars.keys))]


def _base(cars: _Cars, known: Mapping[Key, list[int]], number: int) -> int | None:
    own = cars.keys[number]
    if not own.make or not own.model:
        return None
    found = {stem for text in cars.prints["model"][number] for stem in stems(text)}
    apart = {stem for make, stem, other in _apart() if make == own.make and own.model.startswith(other)}
    bases = sorted(found - apart - {own.model}, key=lambda stem: (-len(stem), stem))
    wanted = [Key(own.make, stem, engine) for stem in bases for engine in dict.fromkeys((own.engine, ""))]
    for one in ([own._replace(engine="")] if own.engine else []) + wanted:
        near = [at for at in known.get(one, ()) if _years(cars, number, at) <= WITHIN]
        if near:
            return min(near, key=lambda at: (_years(cars, number, at), at))
    return None


def _years(cars: _Cars, one: int, other: int) -> int:
    """Years between the seasons of two cars; 0 where either is not known."""
    if min(cars.last[one], cars.last[other]) < 0:
        return 0
    return max(0, cars.first[one] - cars.last[other], cars.first[other] - cars.last[one])
