"""What a printed name is made of: given names, family name with its particles, suffix, and the keys they fold to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from transforms.fold import fold
from transforms.lexicon import read_list

# `J.`, `J.-P.`, `J.P.`, `Ch.`, `J`, `J-P`; and `AJ`, where the rest of the name is not in capitals.
_INITIALS = re.compile(r"(?:[^\W\d_]{1,3}\.-?)+[^\W\d_]?\.?|[^\W\d_](?:-[^\W\d_])?")
_GLUED = re.compile(r"\b([^\W\d_]{1,2}\.)(?=[^\W\d_]{2})")  # `M.Schumacher`
_DIGRAPH = re.compile(r"(?<![aeiouqg])([aou])e(?=[^aeiou])")
_NICKNAME = re.compile(r"[\"“”„«»(][^\"“”„«»()]*[\"“”„«»)]")


@dataclass(frozen=True, slots=True)
class Name:
    """A printed name, taken apart: the words as printed, and the keys under which it meets other spellings.

    `form` is full, initial, surname, pseudonym or placeholder; `blocks` are the surnames under which a shorter
    print of the same person may stand, the whole family name first.
    """

    form: str
    given: str
    family: str
    suffix: str
    given_key: str
    family_key: str
    blocks: tuple[str, ...]

    @property
    def key(self) -> str:
        """The folded name as a whole; equal keys are equal names, whatever accents, case and blanks were printed."""
        return f"{self.given_key} {self.family_key} {self.suffix}".strip()

    @property
    def display(self) -> str:
        """The name as a reader would write it, given names first."""
        return " ".join(part for part in (self.given, self.family, self.suffix) if part)


@cache
def _words(kind: str) -> dict[str, str]:
    return {squash(row["word"]): row["means"] for row in read_list("particles") if row["kind"] == kind}


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
    pieces = fold(word).replace("/", " ").split()
    return "".join(piece if piece in given_names() else _DIGRAPH.sub(r"\1", piece) for piece in pieces)


@lru_cache(maxsize=1 << 16)
def squash(text: str) -> str:
    """The folded text without blanks: `Van de Poele`, `VandePoele` -> `vandepoele`."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return "".join(c for c in fold(text) if c.isalnum())


class Print(NamedTuple):
    """A name as printed: its words without nickname, titles and suffix; and the suffix."""

    text: str
    words: list[str]
    suffix: str


def take_apart(text: str) -> Print:
    """The words of a printed name that matter; none where it is a placeholder such as `TBA`."""
    words, suffix = _bare(text)
    return Print(text.strip(), words, suffix)


def shape(printed: Print) -> str:
    """How a name looks before its sheet is known: none, surname, initial, given-first, given-last or words."""
    words = printed.words
    if not words:
        return "none"
    if len(words) == 1 or _opens_family(words[0]):
        return "surname"
    if _is_initial(words[0]) or _is_initial(words[-1]):
        return "initial"
    first, last = _is_given(words[0]), _is_given(words[-1])
    if first == last:
        return "words"
    return "given-first" if first else "given-last"


def parse(text: str, *, pseudonym: bool, reading: str) -> Name:
    """Understand a name as its sheet is read: `plain` (given names first), `surname` or `swapped`."""
    return understand(take_apart(text), pseudonym=pseudonym, reading=reading)


def understand(printed: Print, *, pseudonym: bool, reading: str) -> Name:
    """The name that a print stands for, as `parse` does."""
    text, words, suffix = printed
    if not words:
        return Name("placeholder", "", text, "", "", "", ())
    if pseudonym:
        whole = key(text.split())
        return Name("pseudonym", "", text, "", "", whole, (whole,))
    given, family = _divide(_given_first(words, reading), reading)
    form = "surname" if not given else "initial" if _is_initial(given[0]) else "full"
    given_key = _initial(given[0]) if form == "initial" else key(given)
    return Name(form, " ".join(given), " ".join(family), suffix, given_key, key(family), _blocks(family))


def _bare(text: str) -> tuple[list[str], str]:
    """The words of a name without nickname, titles and suffix; and the suffix."""
    if not _NICKNAME.fullmatch(text.strip()):
        text = _NICKNAME.sub(" ", text)
    words = [word for word in _GLUED.sub(r"\1 ", _comma_last(text)).split() if squash(word)]
    if "".join(map(squash, words)) in _words("placeholder"):
        return [], ""
    words = [w for w in words if squash(w) not in _words("unknown given name")]
    while len(words) > 1 and squash(words[0]) in _words("title"):
        words = words[1:]
    suffix = ""
    if len(words) > 1 and squash(words[-1]) in _words("suffix") and not (len(words) == 2 and _is_given(words[0])):
        suffix = _words("suffix")[squash(words[-1])]
        words = words[:-1]
    return words, suffix


def _comma_last(text: str) -> str:
    """`Terrien, David` -> `David Terrien`; a comma before a suffix only falls away."""
    head, comma, tail = text.partition(",")
    if not comma:
        return text
    return f"{head} {tail}" if squash(tail) in _words("suffix") else f"{tail} {head}"


def _given_first(words: list[str], reading: str) -> list[str]:
    """The words with the given names in front, where capitals, initials or the sheet say that they are behind."""
    if len(words) < 2:
        return words
    capitals = [len(word) > 2 and word.isupper() and not _is_initial(word) for word in words]
    if any(capitals) and not all(capitals):
        if capitals[0] and not capitals[-1]:
            cut = capitals.index(False)
            return words[cut:] + words[:cut]
        return words
    if _is_initial(words[-1]) and not _is_initial(words[0]):
        return [words[-1], *words[:-1]]
    if reading != "swapped":
        return words
    cut = len(words) - 1
    while cut > 1 and _is_given(words[cut - 1]) and not _is_particle(words[cut - 1]):
        cut -= 1
    return words[cut:] + words[:cut]


def _divide(words: list[str], reading: str) -> tuple[list[str], list[str]]:
    """Given names and family name: the first word is given, and so are known given names and initials after it."""
    if len(words) == 1 or _opens_family(words[0]):
        return [], words
    if reading == "surname" and not _is_given(words[0]) and not _is_initial(words[0]):
        return [], words
    cut = 1
    while cut < len(words) - 1 and (_is_given(words[cut]) or _is_initial(words[cut])):
        if _is_particle(words[cut]):
            break
        cut += 1
    return words[:cut], words[cut:]


def _blocks(family: list[str]) -> tuple[str, ...]:
    """The family name whole, without its particles, and the last and first part of a compound one."""
    core = [word for word in family if not _is_particle(word)] or family
    parts = [part for word in core for part in word.split("-") if squash(part)]
    keys = [key(family), key(core), key(parts[-1:]), key(parts[:1])]
    return tuple(dict.fromkeys(k for k in keys if len(k) > 1 or k == keys[0]))


def _is_particle(word: str) -> bool:
    """`van`, `de`; and `'t`, `d'` where they stand alone."""
    return squash(word) in _words("particle") or (len(word) == 2 and not word.isalnum() and not word.endswith("."))


def _opens_family(word: str) -> bool:
    """A particle in front says that no given name is printed; but `Al` is one (Al Holbert)."""
    return _is_particle(word) and not _is_given(word)


def _is_given(word: str) -> bool:
    return squash(word) in given_names() or squash(word.split("-", maxsplit=1)[0]) in given_names()


def _is_initial(word: str) -> bool:
    if (word.isalpha() and len(word) > 2) or _is_particle(word):
        return False
    return bool(_INITIALS.fullmatch(word)) or (len(word) == 2 and word.isupper() and not _is_given(word))


def _initial(word: str) -> str:
    """`J.-P.` and `AJ` tell one letter, `Ch.` two."""
    return squash(re.split("[.-]", word)[0])[: 2 if "." in word else 1]
