"""What a printer or a friend makes of a name: which full names may be two spellings of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, whole
from transforms.identity.groups import Codes, paired
from transforms.identity.names import Name, given_names, nicknames

SHORTEST = 4  # letters of a name in which one edit may be a slip; shorter names are other names


@dataclass(frozen=True)
class _Letters:
    """Of each text the number of letters, the set of them (a bit for each, modulo 64), the first and the last."""

    size: Codes
    bits: np.ndarray
    first: Codes
    last: Codes

    @classmethod
    def of(cls, texts: list[str]) -> _Letters:
        """Count the letters of texts."""
        size = np.array([len(text) for text in texts], dtype=np.int64)
        letters = np.frombuffer("".join(f"{text} " for text in texts).encode("utf-32-le"), dtype=np.uint32)
        start = np.cumsum(size + 1) - size - 1
        last = np.maximum(start + size - 1, start)
        bits = np.where(letters == ord(" "), 0, np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64)))
        return cls(size, np.bitwise_or.reduceat(bits, start), letters[start], letters[last])

    def within(self, one: Codes, other: Codes) -> np.ndarray:
        """Whether all letters of the one may stand in the other."""
        return np.asarray((self.bits[one] & ~self.bits[other]) == 0)

    def near(self, one: Codes, other: Codes) -> np.ndarray:
        """Whether one edit may make the one the other: it leaves the first or the last letter, and changes few."""
        differ = np.bitwise_count(self.bits[one] ^ self.bits[other]) <= 2
        kept = (self.first[one] == self.first[other]) | (self.last[one] == self.last[other])
        return np.asarray(differ & kept & (np.abs(self.size[one] - self.size[other]) <= 1))


@dataclass(frozen=True)
class Likely:
    """Tells which pairs of places in a table of names are worth a look: all that are `alike` are among them."""

    given: Codes
    family: Codes
    letters: _Letters
    nicknames: Codes

    @classmethod
    def of(cls, names: pa.Table) -> Likely:
        """Look at names (given_key, family_key)."""
        keys = [pc.fill_null(names[part], "").combine_chunks() for part in ("given_key", "family_key")]
        code, texts = codes(pa.concat_arrays(keys))
        given, family = code.reshape(2, -1)
        short = zip(*sorted(nicknames()), strict=True)
        one, two = (whole(pc.index_in(pa.array(side), texts)) for side in short)
        pairs = paired(one, len(texts), two)[(one >= 0) & (two >= 0)]
        return cls(given, family, _Letters.of(texts.to_pylist()), pairs)

    def __call__(self, left: Codes, right: Codes) -> np.ndarray:
        """Which pairs are worth a look."""
        if not len(left):
            return np.zeros(0, dtype=bool)
        letters = self.letters
        (a, b), (c, d) = ((part[left], part[right]) for part in (self.given, self.family))
        nickname = np.isin(paired(a, len(letters.size), b), self.nicknames)
        of_given = (c == d) & (nickname | letters.within(a, b) | letters.within(b, a) | letters.near(a, b))
        of_family = (a == b) & (letters.within(c, d) | letters.within(d, c) | letters.near(c, d))
        return np.asarray(of_given | of_family | ((a == d) & (b == c)))


def alike(one: Name, other: Name) -> str | None:
    """What makes two full names spellings of one, or None; a known given name is no slip for another."""
    if one.suffix != other.suffix or (one.form, other.form) != ("full", "full"):
        return None
    if one.family_key == other.family_key:
        return _given_alike(one, other)
    if one.given_key == other.given_key:
        if set(one.blocks) & set(other.blocks) and _contains(one.family_key, other.family_key):
            return "part of the family name"
        if min(len(one.family_key), len(other.family_key)) > SHORTEST and one_edit(one.family_key, other.family_key):
            return "one letter of the family name"
    if (one.given_key, one.family_key) == (other.family_key, other.given_key):
        return "order of the names"
    return None


def _given_alike(one: Name, other: Name) -> str | None:
    a, b = one.given_key, other.given_key
    if (a, b) in nicknames():
        return "nickname"
    if min(len(a), len(b)) > 2 and (a.startswith(b) or b.startswith(a)) and _more_words(one, other):
        return "second given name"
    known = a in given_names() and b in given_names()
    if not known and min(len(a), len(b)) >= SHORTEST and one_edit(a, b):
        return "one letter of the given name"
    return None


def _more_words(one: Name, other: Name) -> bool:
    """Whether one has the given names of the other and more: `Jean Pierre` and `Jean`, `John R.` and `John`."""
    words = sorted((one.given.replace("-", " ").split(), other.given.replace("-", " ").split()), key=len)
    return len(words[0]) < len(words[1])


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
