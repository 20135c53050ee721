"""What a printer or a friend makes of a name: which full names may be two spellings of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import flags
from transforms.identity.names import Name
from transforms.identity.turns import Codes
from transforms.identity.words import given_names, key, nicknames
from transforms.masks import mapped
from transforms.spans import bytes_of, without

MANY = 65_536  # texts whose letters are looked at in turn
# What is written for a sound, in order, and what stands for it here; letters for the sound of another; those that mean
# the same once and twice.
_SOUNDS = (("sch", "sh"), ("kh", "h"), ("ch", "h"), ("oh", "o"), ("x", "ks"))
_LETTERS = str.maketrans("wcyj", "vkii")
_TWICE = re.compile(r"([abdefgiklmnoprstuvz])\1")
_BYTES = np.frombuffer(bytes(map(ord, "".join(map(chr, range(256))).translate(_LETTERS))), np.uint8)
_DOUBLED = np.array([bool(_TWICE.match(2 * chr(byte))) for byte in range(256)])
SHORTEST = 4  # letters of a name in which one edit may be a slip; shorter names are other names


@dataclass(frozen=True)
class Letters:
    """Of each text the number of letters, the set of them (a bit for each, modulo 64), and a sum that tells all."""

    size: Codes
    bits: np.ndarray
    sums: np.ndarray

    @classmethod
    def of(cls, texts: pa.Array) -> Letters:
        """Count the letters of texts."""
        size = np.asarray(pc.utf8_length(texts))
        some = (slice(start, start + MANY) for start in range(0, len(texts), MANY))
        found = [[np.zeros(0, np.uint64)] * 2, *(_told(texts[few], size[few]) for few in some)]
        return cls(size, *map(np.concatenate, zip(*found, strict=True)))

    def within(self, one: Codes, other: Codes) -> np.ndarray:
        """Whether all letters of one of the two may stand in the other."""
        both = self.bits[one] & self.bits[other]
        return np.asarray((both == self.bits[one]) | (both == self.bits[other]))

    def near(self, one: Codes, other: Codes) -> np.ndarray:
        """Whether one edit may make the one the other: it changes few letters."""
        return np.asarray(np.bitwise_count(self.bits[one] ^ self.bits[other]) <= 2)


def _told(texts: pa.Array, size: Codes) -> list[np.ndarray]:
    """The letters of each text as bits, and the sum of what they are scattered to; a blank counts for nothing."""
    data, places = bytes_of(texts)
    code_points = data[places[0] : places[-1]].tobytes().decode().encode("utf-32-le")
    letters = np.zeros(len(code_points) // 4 + 1, dtype=np.uint32)  # one more, where an empty text may begin
    letters[:-1] = np.frombuffer(code_points, dtype=np.uint32)
    start, printed = np.cumsum(size) - size, letters > ord(" ")
    bits = np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64)) * printed
    scattered = letters * np.uint64(0x9E3779B97F4A7C15)
    scattered = (scattered ^ (scattered >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) * printed
    return [(size > 0) * each.reduceat(of, start) for each, of in ((np.bitwise_or, bits), (np.add, scattered))]


def alike(one: Name, other: Name) -> str | None:
    """What makes two full names spellings of one, or None; a known given name is no slip for another.

    Equal names are two because somebody or a crew says so.
    """
    if one.suffix != other.suffix or (one.form, other.form) != ("full", "full") or one.key == other.key:
        return None
    if one.family_key == other.family_key and (likeness := _given_alike(one, other)):
        return likeness
    if one.given_key == other.given_key:
        if set(one.blocks) & set(other.blocks) and _contains(one.family_key, other.family_key):
            return "part of the family name"
        if min(len(one.family_key), len(other.family_key)) > SHORTEST and one_edit(one.family_key, other.family_key):
            return "one letter of the family name"
    if _whole(other) in _turned(one) or _whole(one) in _turned(other):
        return "order or division of the names"
    return "another transliteration" if _sound_alike(one, other) else None


def _whole(name: Name) -> str:
    return name.given_key + name.family_key


def _turned(name: Name) -> list[str]:
    """The name as it is, and with any number of its words behind the others: `Ma Qinghua`, `Qinghua Ma`."""
    words = [key([word]) for word in f"{name.given} {name.family}".split()]
    return ["".join(words[at:] + words[:at]) for at in range(len(words))]


def _sound_alike(one: Name, other: Name) -> bool:
    """Whether both are one name in letters of other languages: `Alexey Vasilyev`, `Alexei Vassiliev`.

    Of two known given names that sound alike both are somebody's (`Jan`, `Ian`), but for the forms of one.
    """
    givens = one.given_key, other.given_key
    if givens[0] != givens[1] and given_names().issuperset(givens) and givens not in nicknames():
        return False
    return [*map(sound, (givens[0], one.family_key))] == [*map(sound, (givens[1], other.family_key))]


def sound(name: str) -> str:
    """The key of a name with one letter for all that languages write for a sound."""
    told = reduce(lambda text, pair: text.replace(*pair), _SOUNDS, name)
    return _TWICE.sub(r"\1", told.translate(_LETTERS))


def sounds(names: pa.Array) -> pa.Array:
    """The same of many: of letters that follow each other alike, every second one falls away."""
    told = mapped(reduce(lambda texts, pair: pc.replace_substring(texts, *pair), _SOUNDS, names), _BYTES)
    data, start = bytes_of(told)
    again = _DOUBLED[data] & ~flags(start, len(data) + 1)[:-1]
    again[1:] &= data[1:] == data[:-1]
    places = np.flatnonzero(again)
    first = np.flatnonzero(np.diff(places, prepend=-1) > 1)  # of the places that follow each other
    nth = np.arange(len(places)) - np.repeat(first, np.diff(first, append=len(places)))
    return without(told, data, flags(places[nth % 2 == 0], len(data)))


def _given_alike(one: Name, other: Name) -> str | None:
    a, b = one.given_key, other.given_key
    if a == other.nickname or b == one.nickname:
        return "nickname in print"
    if (a, b) in nicknames():
        return "two forms of one given name"
    if min(len(a), len(b)) > 2 and _more_words(one, other):
        return "one given name more"
    known = a in given_names() and b in given_names()
    if not known and min(len(a), len(b)) >= SHORTEST and one_edit(a, b):
        return "one letter of the given name"
    return None


def _more_words(one: Name, other: Name) -> bool:
    """Whether one has the given names of the other and more: `Jean-Pierre` and `Jean`, `José Carlos` and `Carlos`.

    But `Pierre` is hardly ever short for `Jean-Pierre`.
    """
    fewer, more = _fewer_first(one.given.replace("-", " "), other.given.replace("-", " "))
    if len(fewer) < len(more) and more[: len(fewer)] == fewer:
        return True
    fewer, more = _fewer_first(one.given, other.given)
    return len(fewer) < len(more) and more[-len(fewer) :] == fewer


def _fewer_first(*givens: str) -> list[list[str]]:
    return sorted(([key([word]) for word in given.split()] for given in givens), key=len)


def _contains(one: str, other: str) -> bool:
    return one in other or other in one


def one_edit(a: str, b: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes the one the other."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:])
    return rest_a[1:] == rest_b if len(a) > len(b) else rest_a == rest_b[1:]
