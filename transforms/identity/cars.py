"""One id per model of car, whatever case, accents, hyphens and blanks are printed; and what it is a variant of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold, fold_array
from transforms.identity.arrays import coded, codes, lists, whole, with_column
from transforms.identity.entrants import eras, spellings_of
from transforms.identity.groups import Codes, dense
from transforms.identity.ids import Wishes, assign, slugs
from transforms.identity.renewal import renewed, touched
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
    """The cars told apart: the key of each, its prints by column, the most frequent first, and its first season."""

    keys: list[Key]
    prints: dict[str, list[list[str]]]
    first: list[int]

    @classmethod
    def of(cls, rows: pa.Table, car: Codes, code: Codes, keys: list[Key]) -> _Cars:
        """The cars of results that have one, numbered from 0 by `car`, with the key of each result by its `code`."""
        count = int(car.max(initial=-1)) + 1
        of = np.zeros(count, dtype=np.int64)
        of[car] = code
        season, first = whole(rows["season"]), np.full(count, _NEVER)
        np.minimum.at(first, car, np.where(season < 0, _NEVER, season))
        prints = {}
        for name in _PRINTED:
            text, texts = codes(rows[name])
            held = text >= 0
            found = spellings_of(car[held], text[held], texts.to_pylist())
            prints[name] = found + [[] for _ in range(count - len(found))]
        return cls([keys[place] for place in of.tolist()], prints, first.tolist())

    def best(self, name: str) -> pa.Array:
        """The most frequent print of each car in a column."""
        return pa.array([texts[0] if texts else None for texts in self.prints[name]], pa.string())

    def where(self, part: str) -> pa.Array:
        """Which cars have a part of the key."""
        return pa.array([bool(getattr(one, part)) for one in self.keys], pa.bool_())


def resolve_cars(results: pa.Table, old: pa.Array | pa.ChunkedArray) -> tuple[pa.DictionaryArray, pa.Table]:
    """The car_id of each result, and the table of cars.

    `old` is the id that each result's car bore in the last snapshot. A car that is not printed has no id; a name that
    returns after 25 years is another car's.
    """
    column, cars = _told_apart(results, old)
    prints = dense(whole(column.indices), *(codes(results[name])[0] + 1 for name in ("make", "model", "season")))
    some = pa.array(np.unique(prints, return_index=True)[1])
    few = results.select(["make", "model", "season"]).append_column("car_id", column).take(some)
    few = few.cast(pa.schema([(name, TABLES["results"].schema.field(name).type) for name in few.column_names]))
    return column, with_variants(cars, few, pc.unique(few["make"])).sort_by("car_id")


def renew_cars(results: pa.Table, previous: Mapping[str, pa.Table], place: Codes) -> tuple[pa.Table, pa.Table]:
    """What `resolve_cars` gives, with only those cars told apart anew that new or lost results print.

    `previous` holds results and cars of the last snapshot, and `place` tells where each result stood there. What is a
    variant of what is asked again of all cars of the makes that are printed there.
    """
    printed = touched(results, previous["results"], place, _PRINTED)
    known = pc.is_in(_letters(previous["cars"]), pc.unique(_letters(printed)))
    columns = results.select(["result_id", "season", *_PRINTED])
    ids, cars = renewed(columns, previous, place, "cars", known, _told_apart)
    folded = set(map(fold, printed["make"].drop_null().to_pylist()))
    makes = [make for make in pc.unique(results["make"]).to_pylist() if make and fold(make) in folded]
    results = with_column(results, "car_id", ids)
    return results, with_variants(cars, results, pa.array(makes, pa.string())).sort_by("car_id")


def _letters(cars: pa.Table) -> pa.ChunkedArray:
    """Make and model, else the print, in folded letters without blanks: equal wherever the keys of two cars are."""
    named = pc.if_else(pc.is_valid(cars["make"]), cars["model"], cars["car"])
    texts = (pc.fill_null(fold_array(text), "") for text in (cars["make"], named))
    return pc.replace_substring_regex(pc.binary_join_element_wise(*texts, "|"), "[ /]", "")


def _told_apart(
    results: pa.Table, old: pa.Array | pa.ChunkedArray, *taken: Container[str]
) -> tuple[pa.DictionaryArray, pa.Table]:
    """The car_id of each result, and the cars, variants of nothing yet; `taken` ids are of others."""
    code, keys = _coded(results)
    era = eras(code, whole(results["season"]))
    held = np.flatnonzero(era >= 0)
    cars = _Cars.of(results.take(pa.array(held)), era[held], code[held], keys)
    ids, _ = assign(era[held], _wishes(cars), old.take(pa.array(held)), taken)
    table = {
        "car_id": ids,
        "car": cars.best("car"),
        "make": cars.best("make"),
        "model": cars.best("model"),
        "engine_make": _engines(cars),
        "names": lists([sorted(texts) for texts in cars.prints["car"]]),
    }
    return coded(era, ids), TABLES["cars"].conform(pa.table(table))


def _coded(results: pa.Table) -> tuple[Codes, list[Key]]:
    """The rank of each result's key (-1 without one) and the distinct keys in order."""
    prints = dense(*[codes(results[name])[0] + 1 for name in _PRINTED])
    place = np.zeros(int(prints.max(initial=-1)) + 1, dtype=np.int64)
    place[prints[::-1]] = np.arange(len(prints))[::-1]
    rows = results.select(_PRINTED).take(pa.array(place)).to_pylist()
    keys = [key(*(row[name] for name in _PRINTED)) for row in rows]
    known = sorted({one for one in keys if one})
    rank = {one: number for number, one in enumerate(known)}
    return np.array([rank[one] if one else -1 for one in keys], dtype=np.int32)[prints], known


def _engines(cars: _Cars) -> pa.Array:
    return pc.if_else(cars.where("engine"), cars.best("engine_make"), pa.scalar(None, pa.string()))


def _wishes(cars: _Cars) -> Wishes:
    """Make, model and engine, then with the first season; the print of a car whose make is not known."""
    name = pc.if_else(cars.where("make"), cars.best("make"), cars.best("car")), cars.best("model"), _engines(cars)
    seasons = pa.array([None if year == _NEVER else str(year) for year in cars.first], pa.string())

    def of(some: Codes, parts: tuple[pa.Array, ...]) -> pa.Array:
        return slugs(*(part.take(pa.array(some)) for part in parts))

    return Wishes(partial(of, parts=name), partial(of, parts=(*name, seasons)), np.ones(len(cars.keys), dtype=bool))


class Seen(NamedTuple):
    """A car, and how it is printed: its id and key, its models, and its first and last season."""

    car_id: str
    key: Key
    models: set[str]
    first: int
    last: int

    @classmethod
    def of(cls, car: Mapping[str, Any], prints: Sequence[Mapping[str, Any]]) -> Seen:
        """A row of cars, with its models, each with its first and last season."""
        own = key(*(car[name] for name in _PRINTED)) or Key("", "", "")
        first = min((row["season_min"] for row in prints if row["season_min"] is not None), default=_NEVER)
        last = max((row["season_max"] for row in prints if row["season_max"] is not None), default=-1)
        return cls(car["car_id"], own, {row["model"] or "" for row in prints}, first, last)


def with_variants(cars: pa.Table, results: pa.Table, makes: pa.Array) -> pa.Table:
    """The cars, those of these makes with what they are variants of."""
    rows = results.select(["car_id", "model", "season"]).filter(pc.is_in(results["make"], makes))
    found = rows.group_by(["car_id", "model"]).aggregate([("season", "min"), ("season", "max")])
    prints: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found.to_pylist():
        prints[row["car_id"]].append(row)
    mine = np.asarray(pc.is_in(cars["make"], makes)) & np.asarray(pc.is_valid(cars["make"]))
    some = cars.filter(pa.array(mine)).to_pylist()
    bases = _bases([Seen.of(row, prints[row["car_id"]]) for row in some])
    column = pc.replace_with_mask(cars["variant_of"].combine_chunks(), pa.array(mine), pa.array(bases, pa.string()))
    return with_column(cars, "variant_of", column)


def _bases(cars: Sequence[Seen]) -> list[str | None]:
    """For each car the id of its base: the longest stem that is printed, near in time, engine and all."""
    known: dict[Key, list[Seen]] = defaultdict(list)
    for car in cars:
        known[car.key].append(car)
    return [_base(car, known) for car in cars]


def _base(car: Seen, known: Mapping[Key, list[Seen]]) -> str | None:
    own = car.key
    if not own.make or not own.model:
        return None
    found = {stem for text in car.models for stem in stems(text)}
    apart = {stem for make, stem, other in _apart() if make == own.make and own.model.startswith(other)}
    bases = sorted(found - apart - {own.model}, key=lambda stem: (-len(stem), stem))
    wanted = [Key(own.make, stem, engine) for stem in bases for engine in dict.fromkeys((own.engine, ""))]
    for one in ([own._replace(engine="")] if own.engine else []) + wanted:
        near = [other for other in known.get(one, ()) if _years(car, other) <= WITHIN]
        if near:
            return min(near, key=lambda other: (_years(car, other), other.first)).car_id
    return None


def _years(one: Seen, other: Seen) -> int:
    """Years between the seasons of two cars; 0 where either is not known."""
    if min(one.last, other.last) < 0:
        return 0
    return max(0, one.first - other.last, other.first - one.last)
