"""One id per model of car, whatever case, accents, hyphens and blanks are printed; and what it is a variant of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold, fold_array
from transforms.identity.arrays import answers, coded, codes, differing, with_column
from transforms.identity.groups import dense
from transforms.identity.ids import Borne, Ranked, Wishes, assign, slugs
from transforms.identity.spellings import NEVER, Entries, eras
from transforms.identity.standing import Renewed, Standing, merged, renewed
from transforms.identity.turns import Codes
from transforms.lexicon import read_list
from transforms.masks import change_where, replaced, true_places
from transforms.parts import Parts
from transforms.schema import TABLES

WITHIN = 10  # years between a car and what it is a variant of; makers use names again
# `Mk III`, `MkIIIB`: Roman figures, as they stand in no other place of a model for certain.
_MARK = re.compile(r"\bmk ?([ivx]+)(?=[a-d]?(?:[ /]|$))")
_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN = {
    f"{tens}{ones}": f"{10 * at + one}" for at, tens in enumerate(("", "x", "xx")) for one, ones in enumerate(_ONES)
}
_PRINTED = ("make", "model", "engine_make", "car")


class Key(NamedTuple):
    """What two prints of one car have in common; the make is empty where it is not known, the model then the print."""

    make: str
    model: str
    engine: str


def _folded(text: str) -> str:
    """The folded text, with the figures of `Mk III` in Arabic."""
    return _MARK.sub(lambda mark: f"mk {_ROMAN.get(mark[1], mark[1])}", fold(text))


def _folded_array(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Each text as `_folded` gives it."""
    if isinstance(texts, pa.ChunkedArray):
        return pa.chunked_array([_folded_array(chunk) for chunk in texts.chunks], pa.string())
    plain = fold_array(texts)
    marks = pc.match_substring_regex(plain, "mk ?[ivx]")
    return change_where(marks, plain, lambda some: pa.array(map(_folded, some.to_pylist()), pa.string()))


def squash(text: str) -> str:
    """The folded text without blanks, but for those between two figures: `GT3-RS`, `GT3 RS` -> `gt3rs`.

    `SR2-99` is not `SR299`, nor `B98/10` `B9810`; `Mk IIIB` is `Mk3B`.
    """
    out = ""
    for word in _folded(text).replace("/", " ").split():
        out += f" {word}" if out[-1:].isdigit() and word[0].isdigit() else word
    return out


def squash_array(texts: pa.Array) -> pa.Array:
    """Each text as `squash` gives it."""
    folded = _folded_array(texts)
    odd = true_places(pc.match_substring_regex(folded, r"[0-9][ /]+[0-9]|[^\x00-\x7f]"))
    plain = pc.replace_substring(pc.replace_substring(folded, "/", ""), " ", "")
    return replaced(plain, odd, pa.array(map(squash, folded.take(pa.array(odd)).to_pylist()), pa.string()))


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
    words = _folded(model).replace("/", " ").split()
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


def resolve_cars(results: pa.Table, old: Borne) -> tuple[pa.DictionaryArray, pa.Table]:
    """The car_id of each result, and the table of cars.

    `old` is the id that each result's car bore in the last snapshot. A car that is not printed has no id; a name that
    returns after 25 years is another car's.
    """
    entries = Entries.of(results, _PRINTED)
    column, cars = _told_apart(entries, old)
    few = pa.table(
        {
            "car_id": column.take(pa.array(entries.place)).cast(pa.string()),
            "model": entries.rows["model"].cast(pa.string()),
            "season": results["season"].take(pa.array(entries.place)),
        }
    )
    return column, with_variants(cars, few).sort_by("car_id")


def renew_cars(standing: Standing, before: Parts) -> tuple[Renewed, Parts]:
    """What `resolve_cars` gives, with only those cars of `before` told apart anew that new or lost results print.

    What is a variant of what is asked again of these, and of all cars that begin like them.
    """
    rows = before.whole()
    printed, new = standing.touched("car_id", _PRINTED)
    letters, mine = _letters(rows), pc.unique(_letters(printed))
    known = pc.is_in(letters, mine)
    ids, told = renewed(standing, rows, known, new, _PRINTED, _told_apart_anew)
    known, own = np.asarray(known), _letters(told)
    longer = ~known & _begin(letters, mine)
    asked = pa.concat_tables([rows.filter(pa.array(longer)), told])
    shorter = ~known & ~longer & _are_begun(letters, pa.concat_arrays([letters.filter(pa.array(longer)), own]))
    near = pa.concat_tables([asked, rows.filter(pa.array(shorter))])
    others = near["car_id"].combine_chunks()
    at = np.union1d(np.setdiff1d(standing.bearing("car_id", others), ids.places), ids.places)
    prints = standing.results.take(at, ["model", "season"]).append_column("car_id", ids.of(at))
    found = with_variants(near, prints)[: len(asked)]
    moved = differing(asked["variant_of"], found["variant_of"])
    moved[int(longer.sum()) :] = True
    stay = ~known
    stay[np.flatnonzero(longer)[moved[: int(longer.sum())]]] = False
    return ids, merged(before, rows["car_id"].combine_chunks(), stay, found.filter(pa.array(moved)), "car_id")


def _begin(letters: pa.Array, others: pa.Array) -> np.ndarray:
    """Which cars begin with the letters of one of some others whose model is known."""
    starts = others.filter(pc.invert(pc.match_substring_regex(others, r"\|$")))
    found = np.zeros(len(letters), dtype=bool)
    for length in pc.unique(pc.utf8_length(starts)).to_pylist():
        found |= np.asarray(pc.is_in(pc.utf8_slice_codeunits(letters, 0, length), starts))
    return found


def _are_begun(letters: pa.Array, others: pa.Array) -> np.ndarray:
    """Which cars have letters with which one of some others begins."""
    starts = {text[:length] for text in pc.unique(others).to_pylist() for length in range(1, len(text) + 1)}
    return np.asarray(pc.is_in(letters, pa.array(starts, pa.string())))


def _letters(cars: pa.Table) -> pa.Array:
    """Make and model, else the print, in folded letters without blanks: equal wherever the keys of two cars are."""
    named = pc.if_else(pc.is_valid(cars["make"]), cars["model"], cars["car"])
    texts = (pc.fill_null(_folded_array(text), "") for text in (cars["make"], named))
    return pc.replace_substring_regex(pc.binary_join_element_wise(*texts, "|"), "[ /]", "").combine_chunks()


def _told_apart_anew(results: pa.Table, old: Borne, taken: Ranked) -> tuple[pa.DictionaryArray, pa.Table]:
    return _told_apart(Entries.of(results, _PRINTED), old, taken)


def _told_apart(entries: Entries, old: Borne, *taken: Ranked) -> tuple[pa.DictionaryArray, pa.Table]:
    """The car_id of each result, and the cars, variants of nothing yet; `taken` ids are of others."""
    keys = _keys(entries.rows)
    nothing = pc.and_(pc.equal(keys["make"], ""), pc.equal(keys["model"], ""))
    code = dense(*(codes(keys[part])[0] for part in Key._fields))
    era = eras(np.where(nothing, np.int32(-1), code), entries.season)
    of = era[entries.number]
    prints = {name: entries.spellings(era, name) for name in _PRINTED}
    cars: dict[str, pa.Array] = {name: spellings.best() for name, spellings in prints.items()}
    row = np.zeros(len(cars["car"]) + 1, dtype=np.int64)
    row[era] = np.arange(len(era))  # the last is of none
    own = keys.take(pa.array(row[:-1]))
    cars["engine_make"] = pc.if_else(pc.equal(own["engine"], ""), None, cars["engine_make"]).combine_chunks()
    named = pc.not_equal(own["make"], "").combine_chunks()
    ids, _ = assign(of, _wishes(cars, named, entries.first_seasons(era)), old, taken)
    table = {"car_id": ids, "names": prints["car"].all()} | cars
    return coded(of, ids), TABLES["cars"].conform(pa.table(table))


def _keys(rows: pa.Table) -> pa.Table:
    """The parts of the `key` of each printed car, empty where it has none; each text is asked once."""
    make, engine = rows["make"].cast(pa.string()).fill_null(""), rows["engine_make"].cast(pa.string()).fill_null("")
    named = pc.not_equal(make, "")
    model = pc.if_else(named, rows["model"].cast(pa.string()), rows["car"].cast(pa.string())).fill_null("")
    own = pc.or_(pc.equal(engine, make), pc.invert(named))
    parts = answers(make, fold_array), answers(model, squash_array), answers(pc.if_else(own, "", engine), fold_array)
    return pa.table(dict(zip(Key._fields, parts, strict=True)))


def _wishes(cars: Mapping[str, pa.Array], named: pa.Array, first: Codes) -> Wishes:
    """Make, model and engine, then with the first season; the print of a car whose make is not known."""
    name = pc.if_else(named, cars["make"], cars["car"]), cars["model"], cars["engine_make"]
    seasons = pa.array(first, mask=first == NEVER).cast(pa.string())

    def of(some: Codes, parts: tuple[pa.Array, ...]) -> pa.Array:
        return slugs(*(part.take(pa.array(some)) for part in parts))

    return Wishes(partial(of, parts=name), partial(of, parts=(*name, seasons)), np.ones(len(first), dtype=bool))


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
        first = min((row["season_min"] for row in prints if row["season_min"] is not None), default=NEVER)
        last = max((row["season_max"] for row in prints if row["season_max"] is not None), default=-1)
        return cls(car["car_id"], own, {row["model"] or "" for row in prints}, first, last)


def with_variants(cars: pa.Table, results: pa.Table) -> pa.Table:
    """The cars with what they are variants of; of each there are the results (car_id, model, season)."""
    found = results.group_by(["car_id", "model"]).aggregate([("season", "min"), ("season", "max")])
    prints: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found.to_pylist():
        prints[row["car_id"]].append(row)
    named = cars["make"].is_valid()
    bases = _bases([Seen.of(row, prints[row["car_id"]]) for row in cars.filter(named).to_pylist()])
    column = pc.replace_with_mask(
        cars["variant_of"].combine_chunks(), named.combine_chunks(), pa.array(bases, pa.string())
    )
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
