"""Words of names: what each may be, whatever name it stands in, and the key that it folds to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold
from transforms.lexicon import read_list
from transforms.remember import remember

# `J.`, `J.-P.`, `J-P.`, `J.P.`, `Ch.`, `J`, `J-P`; and `AJ`, where the rest of the name is not in capitals.
_INITIALS = re.compile(r"(?:[^\W\d_]{1,3}\.-?|[^\W\d_]-(?=[^\W\d_]))+[^\W\d_]?\.?|[^\W\d_]")
GLUED = re.compile(r"\b([^\W\d_]{1,2}\.)(?=[^\W\d_]{2})")  # `M.Schumacher`
_DIGRAPH = re.compile(r"(?<![aeiouqg])([aou])e(?=[^aeiou])")
_SPELT_OUT = "(?:^|[^aeiouqg])[aou]e[^aeiou]"  # the same, for Arrow, which cannot look around
_BEFORE_CAPITALS = re.compile(r"(?:Ma?c|Fitz|D[aeiu]|Del|Della|L[ae]|V[ao]n)(?=[^\W\d_]{2})")  # `McNISH`, `DiRESTA`
SINGLE = frozenset("'‘’")  # which stand in names, and around nicknames
SEVERAL = frozenset('"“”„«»(,')  # which are about several words


@cache
def meanings(kind: str) -> dict[str, str]:
    """The particles, titles or suffixes of a kind, squashed, and what they mean."""
    return {squash(row["word"]): row["means"] for row in read_list("particles") if row["kind"] == kind}


@cache
def _short_particles() -> dict[str, str]:
    """What `v.` is short for, whose case matters: `V.` is an initial."""
    return {row["word"]: row["means"] for row in read_list("particles") if row["kind"] == "short particle"}


@cache
def given_names() -> frozenset[str]:
    """The folded given names by which swapped order and compound surnames are told."""
    return frozenset(row["name"] for row in read_list("given_names"))


@cache
def nicknames() -> frozenset[tuple[str, str]]:
    """Pairs (name, other form of it), folded, in both directions; two short forms of one name are no pair."""
    rows = [(row["name"], row["nickname"]) for row in read_list("nicknames")]
    return frozenset(rows) | frozenset((b, a) for a, b in rows)


def key(words: Iterable[str]) -> str:
    """The squashed words, with `ae`, `oe` and `ue` after a consonant as the vowel that they spell out.

    `Mueller`, `Müller` and `Muller` meet; known given names stay (Michael is not Michal).
    """
    return "".join(map(_keyed, words))


@lru_cache(maxsize=1 << 16)
def _keyed(word: str) -> str:
    if word in _short_particles():
        return squash(_short_particles()[word])
    pieces = fold(word).replace("/", " ").split()
    return "".join(piece if piece in given_names() else _DIGRAPH.sub(r"\1", piece) for piece in pieces)


@lru_cache(maxsize=1 << 16)
def squash(text: str) -> str:
    """The folded text without blanks: `Van de Poele`, `VandePoele` -> `vandepoele`."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return "".join(c for c in fold(text) if c.isalnum())


class Word(NamedTuple):
    """What one printed word may be, whatever name it stands in; `suffix` is what it means as one, if it can.

    A `plain` one is part of a name and nothing else, nor may it begin a placeholder: a name of such words divided by
    single blanks is these words.
    """

    text: str
    squashed: str
    key: str
    given: bool
    particle: bool
    initial: bool
    capitals: bool
    title: bool
    unknown: bool
    suffix: str | None
    plain: bool


@remember
def word(text: str) -> Word:
    """All that is asked of a word, asked once: there are far fewer words than names."""
    squashed, initial = squash(text), _is_initial(text)
    title, unknown = squashed in meanings("title"), squashed in meanings("unknown given name")
    suffix = meanings("suffix").get(squashed)
    odd = not squashed or title or unknown or suffix is not None
    marked = not SEVERAL.isdisjoint(text) or not SINGLE.isdisjoint((text[:1], text[-1:]))
    marked = marked or bool(GLUED.search(text)) or text.split() != [text]
    return Word(
        text=text,
        squashed=squashed,
        key=_keyed(text),
        given=_is_given(text),
        particle=_is_particle(text),
        initial=initial,
        capitals=_is_in_capitals(text) and not initial and (len(text) > 2 or _is_particle(text)),
        title=title,
        unknown=unknown,
        suffix=suffix,
        plain=not odd and not marked and squashed not in _openings(),
    )


def unheard_of(texts: pa.Array, folded: pa.Array) -> np.ndarray:
    """Which of some words, `folded` beside them, are three letters or more that no list knows, nor begin a placeholder.

    Of these there is nothing to ask: each is plain, none of all that words may be, and its key is what it folds to.
    """
    letters = pc.match_substring_regex(texts, r"^[\p{Lu}\p{Ll}]{3,}$")
    known = pc.or_(pc.is_in(folded, _heard_of()), pc.match_substring_regex(folded, f"[^a-z]|{_SPELT_OUT}"))
    known = pc.or_(known, pc.match_substring_regex(texts, r"\p{Ll}\p{Lu}{2}"))  # `McNISH`
    return np.asarray(pc.and_not(letters, known))


@cache
def _heard_of() -> pa.Array:
    """The squashed words that a list knows or that begin a placeholder."""
    listed = {squash(row["word"]) for row in read_list("particles")}
    return pa.array(sorted(listed | given_names() | _openings()), pa.string())


@cache
def _openings() -> frozenset[str]:
    """All that a placeholder may begin with, squashed."""
    return frozenset(mark[:end] for mark in meanings("placeholder") for end in range(1, len(mark) + 1))


def _is_particle(word: str) -> bool:
    """`van`, `de`; `'t`, `d'` where they stand alone; and `v.`."""
    if word in _short_particles():
        return True
    return squash(word) in meanings("particle") or (len(word) == 2 and not word.isalnum() and not word.endswith("."))


def _is_in_capitals(word: str) -> bool:
    """`MCNISH`, and `McNISH`, of which the small letters are those that nobody writes large."""
    prefix = _BEFORE_CAPITALS.match(word)
    return word.isupper() or bool(prefix and word[prefix.end() :].isupper())


def _is_given(word: str) -> bool:
    return any(found in given_names() for found in (squash(word), _keyed(word), squash(word.split("-", maxsplit=1)[0])))


def _is_initial(word: str) -> bool:
    if (word.isalpha() and len(word) > 2) or _is_particle(word):
        return False
    return bool(_INITIALS.fullmatch(word)) or (len(word) == 2 and word.isupper() and not _is_given(word))


def initial_key(word: str) -> str:
    """`J.-P.` and `AJ` tell one letter, `Ch.` two."""
    return squash(re.split("[.-]", word)[0])[: 2 if "." in word else 1]
