"""What lists of words tell of texts: makes, teams, countries, statuses and the like; evidence, not proof."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms import traits
from transforms.arrays import Bools, flags
from transforms.fold import fold, fold_array
from transforms.lexicon import class_names, country_words, find_country, ordinals, statuses
from transforms.masks import read_where
from transforms.spans import bytes_of, first_word, holding

_ENGINE = (
    r"(?i)(?:^|\s)(?:\d{1,2}[.,]\d\s?(?:l|litres?)?|[vliwf]-?\d{1,2}"
    r"|\d{3,4}\s?(?:cc|cm3|ccm)|flat[- ]?\d{1,2}|turbo)(?:\s|$)"
)
_CODES, _SLASH = re.compile(r"[A-Z]{1,3}(?: ?/ ?[A-Z]{1,3})+"), re.compile(" ?/ ?")
_WITH_CODE = re.compile(r"(?P<name>(?:[^\W\d_][\w.'’-]*\s+){1,3}[^\W\d_][\w.'’-]*)\s?\((?P<code>[A-Z]{1,3})\)")


@cache
def _value_set(words: Callable[[], Iterable[str]]) -> pa.Array:
    return pa.array(sorted(words()), pa.string())


def _is_in(words: Callable[[], Iterable[str]], texts: pa.Array) -> pa.Array:
    return pc.is_in(texts, value_set=_value_set(words))


@cache
def known_words() -> dict[str, str]:
    """The folded words that are in a list, and the trait of the first list that has each."""
    # A code of a country may be short for a status, too (`AUS`): by itself it is the country's.
    lists = (
        ("status", lambda: statuses().keys() - country_words()),
        ("ordinal", ordinals),
        ("class", class_names),
        ("make", traits.makes),
        ("tyre", traits.tyres),
        ("country", country_words),
    )
    return {word: name for name, words in reversed(lists) for word in words()}


@cache
def _word_pattern(words: Callable[[], Iterable[str]]) -> str:
    return rf"\b(?:{'|'.join(sorted(words()))})\b"


def _starts_with_make(folded: pa.Array) -> pa.Array:
    """Cars: one to three words of a make, and more behind them."""
    return pc.fill_null(
        read_where(_is_in(_first_words, first_word(folded)), folded, _is_make_with_more, pa.bool_()), False
    )


def _is_make_with_more(folded: pa.Array) -> pa.Array:
    one, two, three = (_is_in(traits.makes, _start(folded, words)) for words in (1, 2, 3))
    return pc.or_(pc.or_(one, two), three)


def _start(folded: pa.Array, words: int) -> pa.Array:
    """The first words of texts that have more of them; null for all others."""
    return pc.struct_field(pc.extract_regex(folded, rf"^(?P<start>\S+(?: \S+){{{words - 1}}}) "), "start")


def _first_words() -> Iterable[str]:
    return {make.partition(" ")[0] for make in traits.makes()}


def _has_team_word(folded: pa.Array) -> pa.Array:
    """A team word beside another word: `Sports` alone is no team."""
    return pc.and_(pc.match_substring(folded, " "), pc.match_substring_regex(folded, _word_pattern(traits.team_words)))


def _is_person_of_country(texts: pa.Array) -> pa.Array:
    """Two to four words, none of which teams have, and the code of a country: `Valentino Rossi (ITA)`."""
    at = np.flatnonzero(_end_in_code(texts))
    # They are so few that to prepare patterns for all at once would take longer.
    named = np.array([*map(_names_person, texts.take(pa.array(at)).to_pylist())], bool)
    return pa.array(flags(at[named], len(texts)))


def _names_person(text: str) -> bool:
    found = _WITH_CODE.fullmatch(text)
    words = fold(found["name"]).split() if found and find_country(found["code"]) else []
    of_car = any(" ".join(words[:size]) in traits.makes() for size in (1, 2, 3))
    return bool(words) and not of_car and traits.team_words().isdisjoint(words)


def _end_in_code(texts: pa.StringArray) -> Bools:
    """Texts that end with brackets around one to three characters; to look at bytes takes a tenth of matching."""
    data, places = bytes_of(texts)
    if not len(data):
        return np.zeros(len(texts), bool)
    opened = [data.take(places[1:] - size, mode="clip") == ord("(") for size in range(len("(D)"), len("(GBR)") + 1)]
    return np.asarray((data.take(places[1:] - 1, mode="clip") == ord(")")) & np.any(opened, axis=0))


def _ends_in_country(texts: pa.Array) -> pa.Array:
    return pc.fill_null(read_where(pc.ends_with(texts, ")"), texts, _holds_country, pa.bool_()), False)


def _holds_country(texts: pa.Array) -> pa.Array:
    inner = pc.struct_field(pc.extract_regex(texts, r"\((?P<inner>[^()]{1,24})\)$"), "inner")
    return _is_in(country_words, fold_array(inner))


def _are_countries(texts: pa.Array) -> pa.Array:
    """Codes of countries with slashes between them: `D/DK/I`."""
    at = np.flatnonzero(holding(texts, b"/"))
    words = texts.take(pa.array(at)).to_pylist()
    coded = [bool(_CODES.fullmatch(word)) and all(map(find_country, _SLASH.split(word))) for word in words]
    return pa.array(flags(at[np.array(coded, bool)], len(texts)))


WORD_TESTS: tuple[tuple[str, Callable[[pa.Array, pa.Array], pa.Array]], ...] = (
    ("country", lambda texts, _: _are_countries(texts)),
    ("person (country)", lambda texts, _: _is_person_of_country(texts)),
    ("team (country)", lambda texts, _: _ends_in_country(texts)),
    ("team", lambda _, folded: _has_team_word(folded)),
    ("car", lambda _, folded: _starts_with_make(folded)),
    ("engine", lambda texts, _: pc.match_substring_regex(texts, _ENGINE)),
    ("reason", lambda _, folded: pc.match_substring_regex(folded, _word_pattern(traits.reasons))),
)
