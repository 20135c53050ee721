"""The country before a name: a flag, or the word that copies of encyclopaedia tables hold for one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags, true
from transforms.fold import fold
from transforms.lexicon import FLAG, country_names, country_words, find_country, flag_code
from transforms.masks import first_bytes, replaced, scattered
from transforms.remember import remember
from transforms.spans import bytes_of, first_word, holding

_FLAG = re.compile(rf"(?P<country>{FLAG})\s*(?P<name>\S.*)")
_FLAG_BYTE = "\U0001f1e6".encode()[0]
# What a page says that a flag shows: `Drapeau : Espagne`, `Bandera de España`, `Drapeau de l'Allemagne`.
_FLAG_WORDS = ("Drapeau", "Bandera", "Bandeira", "Bandiera", "Vlag", "Flag")
_FLAG_OF = re.compile(
    rf"(?:{'|'.join(_FLAG_WORDS)})\s?"
    r"(?::\s*|(?:de l|dell)['’]|(?:de|du|des|da|do|del|della|of|van)\s+(?:la\s+|the\s+)?)?"
)
_TOLD = rf"^(?:{'|'.join(_FLAG_WORDS)})\s?(?::|d|of|van)"
_MARK = re.compile(r"\((?P<mark>[A-Z]{1,3})\)$")
_LONGEST_MARK = len("(GBR)")
# What is no country: the grade of a driver, and single letters such as `R` for a rookie.
_GRADE = re.compile(r"[(\[](?P<mark>[A-Z]|(?i:platinum|gold|silver|bronze|pro|am|rookie))[)\]]$")
_WITH_GRADE = re.compile(
    r"(?P<name>.*\S)\s*\((?:(?P<country>[A-Z]{2,3})|[-–?]?)\s*[,/;]\s*"
    r"(?P<grade>[A-Z]|(?i:platinum|gold|silver|bronze|pro|am|rookie))\)"
)
_ENDS_SHARED = r"/[A-Z]{1,3}\)$"
_SHARED = re.compile(r"(?P<name>.*\S)\s*\((?P<codes>[A-Z]{1,3}(?:/[A-Z]{1,3})+)\)$")
_CODE = len("USA")
_LONGEST_GRADE = len("(platinum)")
_GRADES = {"P", "G", "S", "B", "A"}  # platinum, gold, silver, bronze, amateur
_NEARLY_ALL = 0.9  # of a sheet's names have a country before them, or words that are countries are names


@cache
def _names() -> tuple[frozenset[str], int]:
    """The folded names of countries, and how many words the longest has."""
    names = frozenset(map(fold, country_names()))
    return names, max(len(name.split()) for name in names)


def country_before(text: str) -> tuple[str, str] | None:
    """The country that a text begins with, and the name behind it; None where there is none.

    It is named in any language, or is a code of three capitals (`USA`).
    """
    names, longest = _names()
    words = _FLAG_OF.sub("", text, count=1).split() if _FLAG_OF.match(text) else text.split()
    if len(words) > 1 and len(words[0]) == _CODE and words[0].isupper() and find_country(words[0]):
        return words[0], " ".join(words[1:])
    for used in range(min(longest, len(words) - 1), 0, -1):
        if fold(country := " ".join(words[:used])) in names:
            return country, " ".join(words[used:])
    return None


def with_countries_shared(names: pa.StringArray, row: Ints) -> pa.StringArray:
    """Names with the countries that stand behind the last of a crew (`Bell / Unser (GB/USA)`) each behind its driver.

    `row` is the crew of each name. Where there are not as many countries as drivers they stay as they are.
    """
    at = np.flatnonzero(holding(names, b"/"))
    at = at[true(pc.match_substring_regex(names.take(pa.array(at)), _ENDS_SHARED))]
    told: dict[int, str] = {}
    for last, text in zip(at.tolist(), _taken(names, at), strict=True):
        found = _SHARED.match(text)
        if not found:
            continue
        first, end = np.searchsorted(row, [row[last], row[last] + 1]).tolist()
        codes = found["codes"].split("/")
        if last + 1 == end and end - first == len(codes) and all(map(find_country, codes)):
            crew = [*_taken(names, np.arange(first, last)), found["name"]]
            told |= {first + i: f"{name} ({code})" for i, (name, code) in enumerate(zip(crew, codes, strict=True))}
    return replaced(names, np.array([*told]), pa.array(told.values(), pa.string())) if told else names


def _taken(names: pa.StringArray, at: Ints) -> list[str]:
    texts: list[str] = names.take(pa.array(at)).to_pylist()
    return texts


@cache
def _first_words() -> frozenset[str]:
    """The folded words that a country before a name may begin with."""
    codes = (code for code in country_words() if len(code) == _CODE)
    return frozenset((*codes, *(fold(name.partition(" ")[0]) for name in (*country_names(), *_FLAG_WORDS))))


@cache
def _plain_first_words() -> pa.Array:
    return pa.array(sorted(form for word in _first_words() for form in (word.capitalize(), word.upper())), pa.string())


@remember
def _may_begin_country(word: str) -> bool:
    return fold(word) in _first_words()


def begin_with_country(texts: pa.StringArray, chosen: Bools) -> Bools:
    """Which of the chosen texts begin with a country."""
    at = np.flatnonzero(chosen)
    words = first_word(texts.take(pa.array(at)))
    likely = pc.is_in(words, value_set=_plain_first_words()).to_numpy(zero_copy_only=False)
    # Words with accents are few, and come again and again.
    accented = np.flatnonzero(~pc.string_is_ascii(words).to_numpy(zero_copy_only=False))
    likely[accented] = [*map(_may_begin_country, words.take(pa.array(accented)).to_pylist())]
    at = at[likely]
    found = [country_before(text) is not None for text in texts.take(pa.array(at)).to_pylist()]
    return flags(at[np.array(found, bool)], len(texts))


def countries_behind(names: pa.StringArray, sheet: Ints) -> tuple[pa.StringArray, pa.StringArray]:
    """The country in brackets behind each name, null elsewhere, and the names without it: `Sébastien Buemi (CH)`.

    `(B)` may stand for bronze, and `(R)` for a rookie: the marks of a sheet are countries where they are nearly all
    codes of countries, and not all of them grades.
    """
    data, places = bytes_of(names)
    at = np.flatnonzero(data[np.maximum(places[1:] - 1, 0)] == ord(")")) if len(data) else np.zeros(0, np.int64)
    found = [_name_and_mark(name) for name in names.take(pa.array(at)).to_pylist()]
    sheets = sheet[at].tolist()
    coded = _with_countries(sheets, [mark for _, mark in found])
    parts = {
        row: (mark, name)
        for row, of, (name, mark) in zip(at.tolist(), sheets, found, strict=True)
        if mark and of in coded and find_country(mark)
    }
    return _apart(names, parts)


def marks_behind(names: pa.StringArray, sheet: Ints) -> tuple[pa.StringArray, pa.StringArray]:
    """The mark in brackets behind each full name that is no country, null elsewhere, and the names without it.

    Behind a surname such a letter may be an initial: `Hill (G)` and `Hill (P)` are two people.
    """
    data, places = bytes_of(names)
    last = data[np.maximum(places[1:] - 1, 0)] if len(data) else np.zeros(len(names), np.uint8)
    at = np.flatnonzero((last == ord(")")) | (last == ord("]")))
    texts = names.take(pa.array(at)).to_pylist()
    sheets = sheet[at].tolist()
    coded = _with_countries(sheets, [mark for _, mark in map(_name_and_mark, texts)])
    parts = {
        row: (mark, name)
        for row, of, text in zip(at.tolist(), sheets, texts, strict=True)
        for name, mark in [_name_and_mark(text, _GRADE, _LONGEST_GRADE)]
        if mark and of not in coded and " " in name
    }
    return _apart(names, parts)


def grades_behind(names: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """The grade in brackets behind the country of each name, null elsewhere, and the names without: `(BEL, Gold)`."""
    data, places = bytes_of(names)
    at = np.flatnonzero(data[np.maximum(places[1:] - 1, 0)] == ord(")")) if len(data) else np.zeros(0, np.int64)
    found = {
        row: _WITH_GRADE.fullmatch(name)
        for row, name in zip(at.tolist(), names.take(pa.array(at)).to_pylist(), strict=True)
    }
    parts = {
        row: (of["grade"], f"{of['name']} ({of['country']})" if of["country"] else of["name"])
        for row, of in found.items()
        if of
    }
    return _apart(names, parts)


def _with_countries(sheets: list[int], marks: list[str]) -> set[int]:
    """The sheets whose marks are countries."""
    printed: dict[int, list[str]] = {}
    for sheet, mark in zip(sheets, marks, strict=True):
        printed.setdefault(sheet, []).append(mark)
    return {sheet for sheet, of in printed.items() if _are_countries(of)}


def _apart(names: pa.StringArray, parts: dict[int, tuple[str, str]]) -> tuple[pa.StringArray, pa.StringArray]:
    """Parts by row, null elsewhere, and the names of those rows without them."""
    if not parts:
        return pa.nulls(len(names), pa.string()), names
    part, bare = (pa.array(texts, pa.string()) for texts in zip(*parts.values(), strict=True))
    rows = np.array([*parts])
    return scattered(part, rows, len(names)), replaced(names, rows, bare)


def _name_and_mark(text: str, form: re.Pattern[str] = _MARK, longest: int = _LONGEST_MARK) -> tuple[str, str]:
    """A name and the mark in brackets behind it; none where it is all that there is."""
    match = form.search(text, max(len(text) - longest, 0))
    name = text[: match.start()].rstrip() if match else ""
    return (name, match["mark"]) if match and name else (text, "")


def _are_countries(marks: list[str]) -> bool:
    known = [mark for mark in marks if find_country(mark)]
    return len(known) >= _NEARLY_ALL * len(marks) and not _GRADES.issuperset(marks)


def countries_before(names: pa.StringArray, sheet: Ints) -> tuple[pa.StringArray, pa.StringArray]:
    """The country before each name, and the names without it: a flag, or a word where nearly all names have one.

    Copies of encyclopaedia tables hold a country for each flag: `France Jean-Pierre Jabouille`.
    """
    flag, names = _taken_apart(names, first_bytes(names) == _FLAG_BYTE, _flag_before)
    count = np.bincount(sheet)
    # Where nearly all names have a country, one of the first two has: only then are the others looked at.
    new = np.diff(sheet, prepend=-1) > 0
    first = begin_with_country(names, new | np.roll(new, 1))
    if not first.any():
        return _letters(flag), names
    worded = begin_with_country(names, (np.bincount(sheet, first) > 0)[sheet])
    with_country = np.bincount(sheet, worded)
    usual = worded & ((with_country > 2) & (with_country >= _NEARLY_ALL * count))[sheet]
    told = np.flatnonzero(worded & ~usual)
    usual[told] = pc.match_substring_regex(names.take(pa.array(told)), _TOLD).to_numpy(zero_copy_only=False)
    word, names = _taken_apart(names, usual, country_before)
    return pc.coalesce(_letters(flag), word), names


def _taken_apart(
    names: pa.StringArray, chosen: Bools, part: Callable[[str], tuple[str, str] | None]
) -> tuple[pa.StringArray, pa.StringArray]:
    """The country before those of the chosen names that have one, null elsewhere, and the names without it."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return pa.nulls(len(names), pa.string()), names
    parts = [part(name) or (None, name) for name in names.take(pa.array(at)).to_pylist()]
    country, name = (pa.array(found, pa.string()) for found in zip(*parts, strict=True))
    return scattered(country, at, len(names)), replaced(names, at, name)


def _flag_before(text: str) -> tuple[str, str] | None:
    found = _FLAG.fullmatch(text)
    return (found["country"], found["name"]) if found else None


def _letters(printed: pa.Array) -> pa.Array:
    """Flags as the codes of their countries."""
    if printed.null_count == len(printed):
        return printed
    coded = printed.dictionary_encode()
    return pa.array(map(flag_code, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)
