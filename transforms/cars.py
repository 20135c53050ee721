"""The printed car taken apart: `Lola B2K/10B Judd` is a Lola, model B2K/10B, engine by Judd."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.car_words import CarWords, MakeNames
from transforms.fold import fold
from transforms.lexicon import parts, read_list
from transforms.masks import first_bytes, replaced
from transforms.remember import read_distinct, remember

_MAKERS = pa.schema([("engine_make", pa.string())])
CARS = pa.schema([(name, pa.string()) for name in ("make", "model", "engine_make")])

# A word ends at a blank, a bracket, or a sign that joins two names (`Lola-Judd`, `Riley&Scott`).
_WORD = re.compile(r"[^\s()\-‐‑–—/&+]+")
_JOINTS = " \t\u00a0-‐‑–—/&+,;"
_MOST_ENGINE_WORDS = 6
# What some print before the make: the year in which a car was built, the size of an engine.
_YEAR, _SIZE = re.compile(r"['’‘´`]\d\d|19(?!00)\d\d|20(?!00)[0-2]\d"), re.compile(r"\d{3,4}(?:cc|ccm)?")
_INITIALS = re.compile(r"(?:\w\.)+\w?")
# What may follow the engine's maker: displacement, cylinders, charging. A bare `3000` could be a model.
_ENGINE_WORD = re.compile(
    r"\d{1,2}[.,]\d{1,2}(?:l|litres?|liter)?|\d{1,2}l|\d{3,4}(?:cc|ccm|cm3)|[vwilh]\d{1,2}|flat|s/?c|t/?c"
    r"|bi|twin|turbo|biturbo|turbocharged|supercharged|diesel|tdi|hdi|hybrid|rotary|wankel",
    re.IGNORECASE,
)
_BEGINS_NUMBER = np.isin(np.arange(256), [*b"0123456789'`", *{mark.encode()[0] for mark in "’´"}])


class _Word(NamedTuple):
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Engine:
    maker: str
    engines: frozenset[str]
    model_word_of: frozenset[str]


class Car(NamedTuple):
    """One printed car taken apart; the two texts hold make and engine as they are printed."""

    make: str | None = None
    model: str | None = None
    engine_make: str | None = None
    make_text: str = ""
    engine_text: str = ""


def read_cars(cars: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Take each printed car apart into make, model and engine_make, row by row; null where nothing is known.

    The make comes from the lexicon under its canonical name (`VW Golf` is a Volkswagen), the longest first. The
    engine's maker is taken only where it is printed at the end (`Lola T70 Mk III Chevrolet`) or joined to the make
    (`Cooper-Climax T51`). The model is what is left, as printed; a car of unknown make has no model.
    """
    texts = cars.combine_chunks() if isinstance(cars, pa.ChunkedArray) else cars
    words = CarWords.of(pc.fill_null(texts.cast(pa.string()), ""), _word_key)
    make, model = words.makes_and_models(_make_names())
    # Most cars name no maker of engines, and begin with their make; the others are read one by one.
    numbered = _BEGINS_NUMBER[first_bytes(words.texts)] & make.is_null().to_numpy(zero_copy_only=False)
    special = np.flatnonzero(words.special | words.name_behind_first(_engines()[0]) | numbered)
    read = read_distinct(texts.take(pa.array(special)), read_car, CARS)
    plain = {"make": make, "model": model, "engine_make": pa.nulls(len(texts), pa.string())}
    columns = [replaced(plain[name], special, read[name].combine_chunks()) for name in CARS.names]
    return pa.Table.from_arrays(columns, schema=CARS)


@remember
def read_car(text: str) -> Car:
    """One printed car taken apart, as `read_cars` does."""
    words = list(_words(text))
    make, used, begin = _find_make(words)
    if make is None and (numbered := _behind_number(text)):
        return numbered
    if make and (joined := _joined_engine(text, words, used, make)):
        maker, end = joined
        return Car(make, _model(text[end:]), maker, text[:begin], text[begin:end])
    engine_make, end = _find_engine(words, max(used, 1), make)
    if engine_make is None:
        end = len(text)
    return Car(make, _model(text[begin:end]) if make else None, engine_make, text[:begin], text[end:])


def _behind_number(text: str) -> Car | None:
    """A car whose make stands behind a year (`'74 Dodge`), no part of its model, or a size (`750 Honda`), which is."""
    number, _, rest = text.partition(" ")
    if not rest or not (_YEAR.fullmatch(number) or _SIZE.fullmatch(number)):
        return None
    car, begin = read_car(rest), len(text) - len(rest)
    if car.make is None or not car.make_text:
        return None
    sized = None if _YEAR.fullmatch(number) else number
    return car._replace(
        model=" ".join(filter(None, (sized, car.model))) or None, make_text=text[:begin] + car.make_text
    )


def read_engine_makers(engines: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The maker of each engine printed in a column of its own (`Judd GV5 4.0L V10`), row by row; null where unknown."""
    makers = read_distinct(engines, lambda text: (find_engine_maker(text),), _MAKERS)
    return makers["engine_make"].combine_chunks()


@remember
def find_engine_maker(text: str) -> str | None:
    """The maker whom an engine begins with, the longest name first, or else ends with (`3.0 V8 Cosworth DFV`)."""
    words = list(_words(text))
    makers, longest = _engines()
    for used in range(min(longest, len(words)), 0, -1):
        if engine := makers.get(_join(words[:used])):
            return engine.maker
    return _find_engine(words, 0, None)[0]


def find_make(text: str) -> str | None:
    """The make that a printed car begins with; None when no known make does."""
    return _find_make(list(_words(text)))[0]


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        key = _word_key(match.group())
        if key:
            yield _Word(key, match.start(), match.end())


@remember
def _word_key(word: str) -> str:
    return fold(word.replace(".", "") if "." in word and _INITIALS.fullmatch(word) else word)


def _key(text: str) -> str:
    return _join(list(_words(text)))


def _join(words: Sequence[_Word]) -> str:
    return " ".join(word.key for word in words)


def _model(text: str) -> str | None:
    return text.lstrip(_JOINTS + ")").rstrip(_JOINTS + "(") or None


def _find_make(words: Sequence[_Word]) -> tuple[str | None, int, int]:
    """The make, how many words name it, and where the model begins in the text."""
    makes, models, longest = _makes()
    for used in range(min(longest, len(words)), 0, -1):
        key = _join(words[:used])
        if key in makes:
            return makes[key], used, words[used - 1].end
        if key in models:
            return models[key], 0, words[0].start
    return None, 0, 0


def _joined_engine(text: str, words: Sequence[_Word], used: int, make: str) -> tuple[str, int] | None:
    """The engine's maker of `Cooper-Climax T51`, and where it ends in the text."""
    makers, longest = _engines()
    if not 0 < used < len(words) or text[words[used - 1].end : words[used].start] != "-":
        return None
    for after in range(min(used + longest, len(words)), used, -1):
        engine = makers.get(_join(words[used:after]))
        ends = after == len(words) or text[words[after - 1].end].isspace()
        if engine and ends and make not in engine.model_word_of:
            return engine.maker, words[after - 1].end
    return None


def _find_engine(words: Sequence[_Word], least: int, make: str | None) -> tuple[str | None, int]:
    """The engine's maker printed at the end, after at least that many words, and where it begins in the text."""
    makers, longest = _engines()
    for end in range(len(words), max(least, len(words) - _MOST_ENGINE_WORDS), -1):
        for first in range(max(least, end - longest), end):
            engine = makers.get(_join(words[first:end]))
            if engine and make not in engine.model_word_of and _describes(engine, words[end:]):
                return engine.maker, words[first].start
    return None, 0


def _describes(engine: _Engine, words: Sequence[_Word]) -> bool:
    return all(word.key in engine.engines or _ENGINE_WORD.fullmatch(word.key.replace(" ", ".")) for word in words)


@cache
def _makes() -> tuple[dict[str, str], dict[str, str], int]:
    """Key -> make; key of a model that is printed without its make -> make; words of the longest key."""
    rows = read_list("makes")
    makes = {_key(name): row["make"] for row in rows for name in [row["make"], *parts(row["aliases"])]}
    models = {_key(name): row["make"] for row in rows for name in parts(row["models"])}
    return makes, models, max(key.count(" ") + 1 for key in (*makes, *models))


@cache
def _make_names() -> MakeNames:
    return MakeNames.of(*_makes()[:2])


@cache
def _engines() -> tuple[dict[str, _Engine], int]:
    """Key -> maker of engines; words of the longest key."""
    makers: dict[str, _Engine] = {}
    for row in read_list("engine_makers"):
        engines = frozenset(map(_key, parts(row["engines"])))
        engine = _Engine(row["engine_make"], engines, frozenset(parts(row["model_word_of"])))
        makers |= {_key(name): engine for name in [row["engine_make"], *parts(row["aliases"])]}
    return makers, max(key.count(" ") + 1 for key in makers)
