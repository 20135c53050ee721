import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.cars import CARS, find_make, read_car, read_cars, read_engine_makers
from transforms.lexicon import parts, read_list


@pytest.mark.parametrize(
    ("car", "make", "model", "engine_make"),
    [
        ("Lola B2K/10B Judd", "Lola", "B2K/10B", "Judd"),
        ("BMW M3 3,2L", "BMW", "M3 3,2L", None),
        ("Lola T70 Mk III Chevrolet", "Lola", "T70 Mk III", "Chevrolet"),
        ("Porsche 962C", "Porsche", "962C", None),
        ("Ford GT (001 PT GT1)", "Ford", "GT (001 PT GT1)", None),
        ("Porsche 996 Bi-Turbo (GT2-R)", "Porsche", "996 Bi-Turbo (GT2-R)", None),
        ("Chrysler Viper GTS-R", "Chrysler", "Viper GTS-R", None),
        ("WR LM 2001 Peugeot", "WR", "LM 2001", "Peugeot"),
        ("Riley & Scott Mk III Judd", "Riley & Scott", "Mk III", "Judd"),
        ("Riley&Scott Mk III", "Riley & Scott", "Mk III", None),
        ("Lotus Elan", "Lotus", "Elan", None),
        ("Simtek S941 Ford", "Simtek", "S941", "Ford"),
        ("Arrows A10B Megatron", "Arrows", "A10B", "Megatron"),
        ("McLaren MP4/2 TAG Porsche", "McLaren", "MP4/2", "TAG"),
        ("Racing Point RP20 BWT Mercedes", "Racing Point", "RP20", "Mercedes-Benz"),
        ("Panoz LMP-1 Roadster S Élan", "Panoz", "LMP-1 Roadster S", "Elan"),
        ("Lola", "Lola", None, None),
        ("Judd", None, None, None),
        ("", None, None, None),
    ],
)
def test_a_car_is_taken_apart(car, make, model, engine_make):
    """Make first, engine's maker last where one is printed, and the model whole between them."""
    assert read_car(car)[:3] == (make, model, engine_make)


@pytest.mark.parametrize(
    ("car", "make"),
    [
        ("VW Golf TDi", "Volkswagen"),
        ("Alpha Tauri AT01 Honda", "AlphaTauri"),
        ("British American Racing 01", "BAR"),
        ("Kick Sauber C44", "Sauber"),
        ("ŠKODA 130 RS", "Skoda"),
        ("B.R.M. P57", "BRM"),
        ("Alfa-Romeo 8C 2300", "Alfa Romeo"),
        ("MG Lola EX257", "MG Lola"),
        ("Lola-MG EX257", "MG Lola"),
        ("Courage-Oreca LC70", "Courage-Oreca"),
        ("Aston Martin DBR9", "Aston Martin"),
        ("Austin-Healey 100S", "Austin-Healey"),
    ],
)
def test_a_make_has_one_canonical_name_and_the_longest_wins(car, make):
    """However a make is printed, it is found under one name; `Austin-Healey` is no Austin."""
    assert find_make(car) == make


@pytest.mark.parametrize(
    ("car", "model", "engine_make"),
    [
        ("Lola B2K/10 Judd 4.0L V10", "B2K/10", "Judd"),
        ("Lola B2K/10 Judd 4,0L", "B2K/10", "Judd"),
        ("Rondeau M379 Ford Cosworth DFV", "M379", "Ford Cosworth"),
        ("Courage LC75 AER P07 Turbo", "LC75", "AER"),
        ("Lola T70 (Chevrolet)", "T70", "Chevrolet"),
        ("Oreca 07 - Gibson", "07", "Gibson"),
        ("Lola-Judd B2K/10", "B2K/10", "Judd"),
        ("Cooper-Climax T51", "T51", "Coventry Climax"),
        ("Lola-Aston Martin B09/60", "B09/60", "Aston Martin"),
    ],
)
def test_an_engine_is_found_at_the_end_or_joined_to_the_make(car, model, engine_make):
    """Displacement, cylinders and the engine's own name may follow its maker, and stay out of the model."""
    assert read_car(car)[1:3] == (model, engine_make)


@pytest.mark.parametrize(
    "car", ["Ford Sierra RS500 Cosworth", "Renault 8 Gordini", "Fiat 124 Abarth", "Opel Manta Lotus"]
)
def test_a_word_of_the_models_own_name_is_no_engine(car):
    """The Cosworth of a Ford Sierra Cosworth belongs to the model's name."""
    make, model, engine_make, *_ = read_car(car)
    assert (f"{make} {model}", engine_make) == (car, None)


def test_a_model_printed_without_its_make_keeps_its_name():
    """`Corvette C7.R` and `Chevrolet Corvette C7.R` are one make and one model."""
    assert read_car("Corvette C7.R")[:2] == read_car("Chevrolet Corvette C7.R")[:2] == ("Chevrolet", "Corvette C7.R")


def test_an_unknown_make_gives_neither_make_nor_model():
    """What the lexicon does not know is not guessed; an engine printed at the end is still known."""
    assert read_car("Zzyzx K1")[:3] == (None, None, None)
    assert read_car("Zzyzx K1 Judd")[:3] == (None, None, "Judd")


def test_every_row_of_a_column_is_read_and_nulls_stay_null():
    """The Arrow form keeps order, repeats, nulls and chunks."""
    cars = pa.chunked_array([["Lola T70", None], ["Lola T70", "?"], []], pa.string())
    read = read_cars(cars)
    assert read.schema == CARS
    assert read["make"].to_pylist() == ["Lola", None, "Lola", None]
    assert read["model"].to_pylist() == ["T70", None, "T70", None]


def test_an_engine_in_a_column_of_its_own_has_a_maker():
    """The maker stands first, or last, or is not known."""
    engines = [
        "Judd GV5 4.0L V10",
        "Ford Cosworth DFL 3.3L V8",
        "3.0 V8 Cosworth DFV",
        "Porsche Type-935/82 2.9L",
        "V8",
        None,
    ]
    expected = ["Judd", "Ford Cosworth", "Cosworth", "Porsche", None, None]
    assert read_engine_makers(pa.array(engines)).to_pylist() == expected


@pytest.mark.parametrize(
    ("car", "make", "model"),
    [
        ("Gillet Vertigo Streiff", "Gillet", "Vertigo Streiff"),
        ("Vertigo Streiff", "Gillet", "Vertigo Streiff"),
        ("VW-Porsche 914/6", "Porsche", "914/6"),
        ("Renault Sport Spider", "Renault", "Sport Spider"),
        ("Mercedes AMG GT3", "Mercedes-AMG", "GT3"),
        ("Mercedes CLK-LM", "Mercedes-Benz", "CLK-LM"),
    ],
)
def test_names_that_look_like_two_makes(car, make, model):
    """Joint names of history come to the make that built the car."""
    assert read_car(car)[:2] == (make, model)


_MAKES = [name for row in read_list("makes") for name in [row["make"], *parts(row["aliases"])]]
_ENGINES = [name for row in read_list("engine_makers") for name in [row["engine_make"], *parts(row["aliases"])]]
_PIECES = st.one_of(st.sampled_from(_MAKES), st.sampled_from(_ENGINES), st.text(max_size=6), st.sampled_from("-/&+()"))


def _bare(text):
    return re.sub(r"[\s()\-‐‑–—/&+,;]", "", text)


@given(st.lists(_PIECES, max_size=6).map(" ".join))
def test_nothing_of_the_printed_car_is_lost(car):
    """The printed make, the model and the printed engine are the whole car, save for what joins them."""
    read = read_car(car)
    joined = read.engine_make and car.startswith(read.make_text + read.engine_text)
    middle, end = (read.engine_text, read.model) if joined else (read.model, read.engine_text)
    if read.make:
        assert _bare(read.make_text + (middle or "") + (end or "")) == _bare(car)
    else:
        assert read.model is None


@given(
    st.sampled_from(_MAKES), st.from_regex(r"[A-HJ-Z]Q[0-9]{2,3}[/.]?[0-9]", fullmatch=True), st.sampled_from(_ENGINES)
)
def test_any_make_model_and_engine_come_apart_again(make, model, engine):
    """Every make of the lexicon with every engine maker is read back, save where the word belongs to the model."""
    read_make, read_model, read_engine, *_ = read_car(f"{make} {model} {engine}")
    assert read_make == find_make(make)
    assert read_model in {model, f"{model} {engine}"}
    assert (read_engine is None) == (read_model != model)


_PIECES = [name for row in read_list("makes") for name in (row["make"], *parts(row["models"]))]
_PIECES += [name for row in read_list("engine_makers") for name in (row["engine_make"], *parts(row["engines"]))]
_PIECES += ["-", " ", "/", "(", ")", "&", "\u00a0", "–", "X.1", "B.R.M.", "...", "É1", "911", "3.0L", "#7", "_", "ß"]


@given(st.lists(st.lists(st.sampled_from(_PIECES), max_size=6).map(" ".join), max_size=8))
def test_many_cars_are_read_as_each_is_alone(cars):
    """`read_cars`, which looks up the words of all cars at once, gives what `read_car` gives car by car."""
    read = read_cars(pa.array(cars, pa.string())).to_pylist()
    assert [tuple(car.values()) for car in read] == [read_car(car)[:3] for car in cars]
