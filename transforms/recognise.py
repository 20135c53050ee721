"""What kind of thing a single cell looks like, from its own text: the evidence that layouts are decoded from.

Each cell is exactly one trait. A trait is what the cell looks like, never which column it is in:
`1` is a short integer, be it a position, a number or a lap. Words from lists are evidence, not proof.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.cells import BEFORE_NUMBER, HOUR, LAPS
from transforms.fold import fold_array
from transforms.masks import IS_DIGIT, first_bytes
from transforms.remember import remember
from transforms.spans import between_blanks, bytes_of, holding, without
from transforms.word_tests import WORD_TESTS, known_words

# The first pattern that fits names the trait; the order is from the narrow to the wide.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("empty", r"^$"),
    ("mark", r"^(?:[-–—.?*]+|[-–—]{1,2}:[-–—:.]+)$"),
    ("digit", r"^\d$"),
    ("integer", r"^[1-9]\d{1,2}$"),
    ("lap time", r"^1?\d[:'′’]\d{2}(?:[.,\"″”']{1,2}\d{1,4}|:\d{3})?$"),
    ("decimal", r"^\d{3}[.,]\d{1,4}$"),
    ("ordinal", r"(?i)^(?:=?\d{1,3}\.?(?:st|nd|rd|th|er|ère|re|ème|eme|e|ª|º|°|\.|\))=?|=\d{1,3}|\d{1,3}=)$"),
    ("pair", r"^\d{1,3}\s?(?:/\s?\d{1,3}|\(\d{1,3}\))$"),
    (
        "number",
        rf"^(?:{BEFORE_NUMBER}\d{{1,4}}[A-Za-z]{{0,2}}|0\d{{1,3}}|\d{{1,3}}[A-Za-z]{{1,2}}|[A-Za-z]\d{{1,3}}|\d{{1,2}}\.5)$",
    ),
    ("crew", r"\s/|/\s|\S\s?\|\s?\S|\S\s?<br\s?/?>\s?\S"),
    (
        "race time",
        r"^(?:\d{1,3}(?::|\s?[hH]\s?)\d{2}[:'′’]\d{2}(?:[.,\"″”']{1,2}\d*)?|(?:[2-9]\d|\d{3})[:'′’]\d{2}(?:[.,\"″”']{1,2}\d+|:\d{3})?)$",
    ),
    (
        "race time",
        r"(?i)^\d{1,3}\s?h(?:rs?)?\.?(?:\s?\d{1,2}\s?(?:m|min|'))?"
        r"(?:\s?\d{1,2}(?:[.,]\d+)?\s?(?:s|sec|\"|'')?(?:[.,]?\d+)?)?$",
    ),
    ("race time", r"^\d{1,2}\.\d{2}['′’]\d{2}(?:[.,\"″”']{1,2}\d*)?$|^(?:[2-9]\d|\d{3})\.\d{2}(?:,\d{1,3}|\.\d{3})$"),
    ("lap time", r"(?i)^\d{1,2}\s?(?:m|min|mn)\.?\s?\d{1,2}(?:[.,]\d+)?\s?(?:s|sec)?\.?\d*$"),
    ("lap time", r"^1?\d\.\d{2}[.,]\d{1,3}$"),
    ("lap time", r"^\(\d{1,2}[:'′’]\d{2}(?:[.,\"″”']{1,2}\d{1,4})?\)$"),
    ("seconds", r"^\d{2}[.,]\d{3,4}$"),
    ("decimal", r"^\d{2}[.,]\d{1,2}$"),
    ("distance", r"(?i)^\d[\d.,' ]*\s?(?:kms?|miles?|mi)\.?$"),
    ("big decimal", r"^\d{1,2}[., ]?\d{3}[.,]\d{1,4}$"),
    ("speed", rf"(?i)^\d{{2,3}}(?:[.,]\d+)?\s?(?:km/?{HOUR}|kph|mph|k/h)$"),
    ("laps", rf"(?i)^\d{{1,3}}\s?{LAPS}\.?$"),
    # Points, weights, horsepower and money, which tell of cars what no column of their own is kept for.
    (
        "amount",
        r"(?i)^\d{1,3}(?:[.,]\d)?\s?(?:pts?|points?|pkte?|punkte|punti|puntos|pontos|punten|kgs?|b?hp|ps|cv|pk|л\.с)\.?$"
        r"|^[$£€¥]\s?\d[\d.,' ]*$|^\d[\d.,' ]*\s?(?:[$£€¥]|francs?|frs?|lire|dm|usd)\.?$",
    ),
    (
        "gap",
        r"(?i)^(?:[+]\s?[\d:.,'\"hms ]+|\d\.\d{3}"
        rf"|(?:[+–-]{{1,2}}|[aà]\s)?\s?\d{{1,3}}\s?{LAPS}\.?)$",
    ),
    ("big integer", r"^[1-9]\d{3,5}$"),
    (
        "class",
        # Sports cars, prototypes, GT and touring cars by the size of their engines (`S1.5`, `GT+2.0`), and the
        # special ones of the Nürburgring (`SP 8T`).
        r"(?i)^(?:div(?:ision)?|gr(?:oup|uppe|oupe)?|class[e]?|klasse|cat(?:egory)?)\.?\s?(?:\d{1,2}|[ivx]{1,4}|[a-h])$"
        r"|^(?:S|P|GT|TS?)\s?\+?\d\.\d{1,2}$|^SP\s?\d{1,2}T?$",
    ),
)
_MOST_NAMES, _LONGEST_MODEL = 7, 10  # words of a person's name, characters of a code

TRAITS: tuple[str, ...] = tuple(
    dict.fromkeys(
        [name for name, _ in _PATTERNS]
        + [
            "status",
            "class",
            "country",
            "make",
            "tyre",
            "car",
            "team",
            "team (country)",
            "person (country)",
            "engine",
            "reason",
            "joined",
            "dashed",
            "slashed",
        ]
        + ["person", "name", "code", "numbered", "text"]
    )
)
_INDEX = {name: i for i, name in enumerate(TRAITS)}


_OF_LETTERS = (
    *((name, pattern) for name, pattern in _PATTERNS if name in ("number", "crew", "class")),
    ("gap", rf"^a\s\d{{1,3}}\s?(?i:{LAPS})\.?$"),
)
_LONGEST_CODE = 15  # letters of the longest text that names a class by its form (`Division XVII`), or a number
_IS_LETTER = np.isin(np.arange(256), [*string.ascii_letters.encode()])
_SHAPE = np.where(IS_DIGIT, ord("2"), np.arange(256)).astype(np.uint8)
_WORD_SHAPE = _SHAPE.copy()
_WORD_SHAPE[[*string.ascii_lowercase.encode()]], _WORD_SHAPE[[*string.ascii_uppercase.encode()]] = ord("a"), ord("A")
_WORD_SHAPE[ord("\v")] = 1  # a blank to some, but not here


def trait_index(name: str) -> int:
    """The index of a trait in TRAITS."""
    return _INDEX[name]


def recognise(texts: pa.Array) -> npt.NDArray[np.int64]:
    """The trait of each text, as an index into TRAITS."""
    found = np.full(len(texts), -1)
    first = first_bytes(texts)
    numbers, letters = np.flatnonzero(IS_DIGIT[first]), np.flatnonzero(_IS_LETTER[first])
    shape, shapes = _shapes(texts.take(pa.array(numbers)))
    found[numbers] = _match(shapes, _PATTERNS)[shape]
    # Of texts that begin with a letter few can be anything but words: short ones, and those of more than one name.
    divided = between_blanks(texts, "/")
    found[letters[divided[letters]]] = _INDEX["crew"]
    short = np.asarray(pc.binary_length(texts)) <= _LONGEST_CODE
    letters = letters[((short | holding(texts, b"/|<")) & ~divided)[letters]]
    found[letters] = _match(texts.take(pa.array(letters)), _OF_LETTERS)
    others = np.flatnonzero(~(IS_DIGIT | _IS_LETTER)[first])
    found[others] = _match(texts.take(pa.array(others)), _PATTERNS)
    rest = np.flatnonzero(found < 0)
    _recognise_words(texts.take(pa.array(rest)), found, rest)
    return found


def _match(texts: pa.Array, patterns: Sequence[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """The trait that the first fitting pattern of each text names; -1 where none fits."""
    found = np.full(len(texts), -1)
    rest = np.arange(len(texts))
    for name, pattern in patterns:
        fits = pc.match_substring_regex(texts, pattern)
        rest = _settle(found, rest, name, fits)
        texts = texts.filter(pc.invert(fits))
    return found


def _shapes(texts: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Texts that begin with a digit, with equal digits behind it: times and speeds have few shapes, and many values.

    No pattern asks for a digit behind the first, but for the half of a car's number (`41.5`), which stays.
    """
    data, places = bytes_of(texts)
    if not len(texts):
        return np.zeros(0, np.int64), texts
    first, last = places[:-1], places[1:] - 1
    halves = last[(data[last] == ord("5")) & (data[np.maximum(last - 1, 0)] == ord("."))]
    shaped = _SHAPE.take(data)
    shaped[first], shaped[halves] = data[first], ord("5")
    offsets = pa.py_buffer(places.astype(np.int32))
    coded = pa.StringArray.from_buffers(len(texts), offsets, pa.py_buffer(shaped)).dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary


def _settle(
    found: npt.NDArray[np.int64], rest: npt.NDArray[np.int64], name: str, fits: pa.Array
) -> npt.NDArray[np.int64]:
    hit = fits.to_numpy(zero_copy_only=False).astype(bool)
    found[rest[hit]] = _INDEX[name]
    return np.asarray(rest[~hit])


@cache
def _known() -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """The words that are in a list, and the trait of each; at the end -1."""
    named = known_words()
    return pa.array(named, pa.string()), np.array([*map(trait_index, named.values()), -1])


def _recognise_words(words: pa.Array, found: npt.NDArray[np.int64], rest: npt.NDArray[np.int64]) -> None:
    """Name the traits of texts that only words can tell apart; `rest` says where in `found` each has its place."""
    folded = fold_array(words)
    known, named = _known()
    place = pc.index_in(folded, value_set=known)
    found[rest] = named[place.fill_null(len(known)).to_numpy()]
    rest, left = rest[found[rest] < 0], place.is_null()
    words, folded = words.filter(left), folded.filter(left)
    for name, test in WORD_TESTS:
        if not len(rest):
            return
        fits = test(words, folded)
        rest = _settle(found, rest, name, fits)
        words, folded = words.filter(pc.invert(fits)), folded.filter(pc.invert(fits))
    code, shapes = _word_shapes(words)
    forms = np.array([_form(shape) for shape in shapes.to_pylist()], dtype=np.int64).reshape(-1, 2)
    long = pc.greater(pc.utf8_length(words), _LONGEST_MODEL).to_numpy(zero_copy_only=False)
    found[rest] = forms[code, long.astype(np.int64)]


def _word_shapes(words: pa.StringArray) -> tuple[npt.NDArray[np.int64], pa.StringArray]:
    """Words with equal letters and digits, and no more than two letters of a case in a row: they have few shapes."""
    data, places = bytes_of(words)
    shaped = _WORD_SHAPE.take(data)
    run = np.zeros(len(data), bool)
    run[2:] = (shaped[2:] == shaped[1:-1]) & (shaped[2:] == shaped[:-2]) & _IS_LETTER[shaped[2:]]
    begins = places[:-1]
    run[begins[begins < len(data)]] = run[begins[begins + 1 < len(data)] + 1] = False
    coded = without(words, shaped, run).dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary


@remember
def _form(shape: str) -> tuple[int, int]:
    """The trait that the first fitting form of a shape names: of a text short enough for a code, and of any other."""
    plain = "".join(map(_kind_of, shape)) if not shape.isascii() else shape
    fitting = [name for name, pattern in _FORMS if len(plain) <= _LONGEST_FORM and pattern.search(plain)]
    if "person" in fitting and len(_BLANKS.findall(plain)) >= _MOST_NAMES:
        fitting.remove("person")
    longer = [name for name in fitting if name != "code"]
    return _INDEX[[*fitting, "text"][0]], _INDEX[[*longer, "text"][0]]


@lru_cache(maxsize=4096)
def _kind_of(character: str) -> str:
    """A letter that stands for all of its kind; what is no letter stands for itself."""
    category = unicodedata.category(character)
    if category.startswith("L"):
        return "A" if category == "Lu" else "a"
    return _ACCENT if category.startswith("M") else character


_ACCENT, _BLANKS = "\u0301", re.compile(r"\s+", re.ASCII)
_LONGEST_FORM = 1_000  # characters of a shape, as of a hundred names: to look through longer ones takes ever more time
# What the shape of words tells, which is the same whichever letters they have: all of a kind are written as one.
_FORMS = tuple(
    (name, re.compile(pattern, re.ASCII))
    for name, pattern in (
        ("joined", r"[Aa]\S* [&+] [Aa]"),
        ("dashed", r"[Aa]\S* [-–] [Aa]"),
        ("slashed", rf"[Aa]/A\S*\s\S|^[Aa][Aa{_ACCENT}.'’-]+(?:/[Aa][Aa{_ACCENT}.'’-]+)+\Z"),
        ("person", rf"^[*\"“„'‘]?[Aa][Aa{_ACCENT}.'’`\"“”-]*(?:,?\s+\"?\(?[Aa{_ACCENT}.'’`-]+\)?\"?)+[*\"”]?\Z"),
        ("name", rf"^[*\"“„‘]?[Aa][Aa{_ACCENT}.'’`-]+[*\"”’]?\Z"),
        ("code", r"^[Aa\d][Aa\d+./ -]*\Z"),
        ("numbered", r"\d"),
    )
)
