"""Models of cars have one id over all events, and are variants of nothing but what is printed."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.cars import read_cars
from transforms.identity.arrays import with_column
from transforms.identity.cars import key, renew_cars, resolve_cars, squash, squash_array
from transforms.identity.ids import Borne
from transforms.identity.standing import Standing
from transforms.parts import Parts
from transforms.schema import TABLES

Print = tuple[str | None, int | None]
Sheets = dict[str, list[Print]]


def results(prints: Sequence[Print], sheet: str = "e/race") -> pa.Table:
    """Results of printed cars and their seasons."""
    cars = pa.array([car for car, _ in prints], pa.string())
    parts = read_cars(cars)
    ids = [f"{sheet}:{line}" for line in range(1, len(prints) + 1)]
    seasons = pa.array([season for _, season in prints], pa.int32())
    rows = {"result_id": ids, "sheet_id": [sheet] * len(ids), "car": cars, "season": seasons}
    return TABLES["results"].conform(pa.table(rows | dict(zip(parts.column_names, parts.columns, strict=True))))


def unknown(prints: Sequence[object]) -> pa.Array:
    """The ids that so many results bore before: none."""
    return pa.nulls(len(prints), pa.string())


def told(rows: pa.Table, old: pa.Array | pa.ChunkedArray) -> tuple[pa.Table, pa.Table]:
    """Results with their car_id, and the cars."""
    column, cars = resolve_cars(rows, Borne.of(old))
    return with_column(rows, "car_id", column.dictionary_decode()), cars


def ids(*prints: str | None, season: int | None = 2000) -> list[str | None]:
    """The id of each printed car."""
    return told(results([(car, season) for car in prints]), unknown(prints))[0]["car_id"].to_pylist()


def bases(*prints: Print) -> dict[str, str | None]:
    """What each car is a variant of."""
    table = told(results(prints), unknown(prints))[1]
    return dict(zip(table["car_id"].to_pylist(), table["variant_of"].to_pylist(), strict=True))


@given(st.lists(st.text("aÀ1٣²-/. ", max_size=6) | st.text("Mkivx b", max_size=9)))
def test_the_arrow_form_of_squash_is_the_same_rule(texts: list[str]):
    """`squash_array` gives what `squash` gives, text by text."""
    assert squash_array(pa.array(texts, pa.string())).to_pylist() == [squash(text) for text in texts]


@pytest.mark.parametrize(
    "prints",
    [
        ("Porsche 911 GT3-RS", "Porsche 911 GT3 RS", "PORSCHE 911 GT3RS", "Porsche 911 GT3 rs"),
        ("Renault Mégane 16V", "RENAULT Megane 16v"),
        ("Lola B98/10 Judd", "Lola B98-10 Judd", "Lola B98/10 Judd 4.0L V10"),
        ("Chevrolet Corvette C6.R", "Corvette C6-R", "CHEVROLET CORVETTE C6R"),
        ("VW Golf GTi", "Volkswagen Golf GTI"),
        ("Lola T70 Mk3B", "Lola T70 Mk.IIIB", "Lola T70 Mk III B"),
        ("Riley & Scott Mk III", "Riley & Scott MkIII", "Riley & Scott Mk3"),
        ("Zzyzx K-1", "ZZYZX K1"),
    ],
)
def test_prints_of_one_car_have_one_id(prints: tuple[str, ...]) -> None:
    """Case, accents, hyphens and blanks make no other car."""
    assert len(set(ids(*prints))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lucchini SR2-99", "Lucchini SR299"),
        ("Lola B98/10", "Lola B9810"),
        ("Debora LMP200 BMW", "Debora LMP2000 BMW"),
        ("Lola B98/10", "Lola B98/10 Judd"),
        ("Riley & Scott Mk III Ford", "Riley & Scott Mk III Judd"),
        ("Porsche 996 GT3-R", "Porsche 996 GT3-RS"),
        ("Audi R8", "Lister R8"),
        ("Zzyzx K1", "Zzyzx K11"),
        ("Riley Mk XI", "Riley Mk XX"),
    ],
)
def test_other_cars_have_other_ids(one: str, other: str) -> None:
    """Figures that only a sign parts, another engine or make, and a letter more make another car."""
    assert len(set(ids(one, other))) == 2


def test_ids_are_readable() -> None:
    """An id is made of make, model and engine, or of the print where the make is not known; none without a print."""
    assert ids("Lola B2K/10B Judd", "VW Golf TDi", "Lola", "Zzyzx K1", None, "--") == [
        "lola-b2k-10b-judd",
        "volkswagen-golf-tdi",
        "lola",
        "zzyzx-k1",
        None,
        None,
    ]


def test_an_engine_of_the_make_itself_says_nothing() -> None:
    """Where an entry list names Porsche as the engine of a Porsche, it is the car of the race sheet."""
    assert key("Porsche", "962C", "Porsche", None) == key("Porsche", "962 C", None, None)


@pytest.mark.parametrize(
    ("variant", "base"),
    [
        ("Porsche 911 GT3 RSR", "Porsche 911 GT3"),
        ("Lola B98/10 Judd", "Lola B98/10"),
        ("Lola B2K/10B Judd", "Lola B2K/10 Judd"),
        ("Porsche 962C", "Porsche 962"),
        ("Saleen S7-R Twin Turbo", "Saleen S7R"),
        ("Riley & Scott Mk III C Ford", "Riley & Scott Mk III Ford"),
        ("BMW M3 3,2L", "BMW M3"),
    ],
)
def test_a_longer_name_is_a_variant(variant: str, base: str) -> None:
    """A word, a letter after a figure, or an engine more makes a variant, with an id of its own."""
    one, other = ids(variant, base)
    assert bases((variant, 2000), (base, 2000)) == {one: other, other: None}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ford GT40", "Ford GT"),
        ("Ford GT 40", "Ford GT"),
        ("Audi R8 LMS", "Audi R8"),
        ("Ferrari F430 GTC", "Ferrari F430 GT"),
        ("Debora LMP2000", "Debora LMP200"),
        ("Lola B98/10 Judd", "Lola B98/10 Ford"),
        ("Lola T70", "Lola"),
        ("Zzyzx K1 Spider", "Zzyzx K1"),
    ],
)
def test_a_likeness_of_names_is_no_variant(one: str, other: str) -> None:
    """Nor is what only looks longer: a type that goes on, another engine, a name used again, an unknown make."""
    assert set(bases((one, 2000), (other, 2000)).values()) == {None}


def test_the_nearest_base_counts() -> None:
    """Of several that are printed a car is a variant of the longest; what came long after is another's name."""
    found = bases(("Porsche 911", 2000), ("Porsche 911 GT3", 2000), ("Porsche 911 GT3 RSR", 2004))
    assert found["porsche-911-gt3-rsr"] == "porsche-911-gt3"
    assert found["porsche-911-gt3"] == "porsche-911"
    assert set(bases(("Lotus 2 Eleven", 2009), ("Lotus 2", 1949)).values()) == {None}
    assert sorted(bases(("Alpine A110", 1970), ("Alpine A110", 2019))) == ["alpine-a110", "alpine-a110-2019"]


CARS = ["Porsche 911", "PORSCHE 911 GT3-RS", "Porsche 911 GT3 RS", "Porsche 911 GT3", "Lola B98/10 Judd", "Lola B98-10"]
CARS += ["Zzyzx K1", "ZZYZX K 1", "Ford GT", "Ford GT40", "Audi R8"]
PRINTS = st.tuples(st.none() | st.sampled_from(CARS), st.sampled_from([None, 1966, 1999, 2005]))
RECENT = st.tuples(st.none() | st.sampled_from(CARS), st.sampled_from([1999, 2005]))


@given(st.lists(PRINTS, max_size=8), st.randoms())
def test_the_order_of_rows_does_not_matter(prints: list[Print], chance: random.Random) -> None:
    """Shuffled rows give the same table, and each result the same car."""
    rows = results(prints)
    place = list(range(len(prints)))
    chance.shuffle(place)
    mixed, cars = told(rows.take(pa.array(place, pa.int64())), unknown(prints))
    expected, table = told(rows, unknown(prints))
    assert cars.equals(table)
    assert dict(zip(*(mixed[n].to_pylist() for n in ("result_id", "car_id")), strict=True)) == dict(
        zip(*(expected[n].to_pylist() for n in ("result_id", "car_id")), strict=True)
    )


@given(st.lists(RECENT, max_size=6), st.lists(RECENT, max_size=6))
def test_another_sheet_changes_no_id(prints: list[Print], more: list[Print]) -> None:
    """What a result's car was called it is called still, whatever other sheets of its time print."""
    before, _ = told(results(prints), unknown(prints))
    both = pa.concat_tables([results(more, "d/race"), results(prints)])
    after, _ = told(both, pa.chunked_array([unknown(more), *before["car_id"].chunks]))
    assert after["car_id"].to_pylist()[len(more) :] == before["car_id"].to_pylist()


SHEETS = st.dictionaries(st.sampled_from("abcdef"), st.lists(PRINTS, min_size=1, max_size=4), min_size=1)


@given(SHEETS, SHEETS, st.sets(st.sampled_from("abcdef")))
def test_cars_told_apart_again_are_those_of_all(old: Sheets, new: Sheets, gone: set[str]) -> None:
    """When sheets come, change and go, telling apart what they print gives the ids and cars that telling all does."""
    before, cars = told(archive(old), unknown(archive(old)))
    after = {sheet: prints for sheet, prints in (old | new).items() if sheet not in gone}
    borne = dict(zip(before["result_id"].to_pylist(), before["car_id"].to_pylist(), strict=True))
    rows = archive(after)
    ids = pa.array([borne.get(result) for result in rows["result_id"].to_pylist()], pa.string())
    unchanged = {sheet for sheet, prints in after.items() if old.get(sheet) == prints}
    again, table = renew_cars(Standing.of(Parts.of(rows), Parts.of(before), unchanged), Parts.of(cars))
    assert (with_column(rows, "car_id", again.of(np.arange(len(rows)))), table.whole()) == told(rows, ids)


def archive(sheets: Sheets) -> pa.Table:
    """Results of sheets of printed cars."""
    some = [results(prints, sheet) for sheet, prints in sorted(sheets.items())]
    return pa.concat_tables([TABLES["results"].empty(), *some])
