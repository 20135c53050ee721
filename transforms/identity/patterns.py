"""Names by the pattern of their words: what is asked of a pattern is asked once, however many names have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold_array
from transforms.identity.arrays import codes, distinct_of
from transforms.identity.groups import dense, spread
from transforms.identity.names import division, form_of, shape, surnames, take_apart
from transforms.identity.turns import Codes
from transforms.identity.words import Word, initial_key, unheard_of, word
from transforms.masks import replaced, scattered, true_places
from transforms.schema import TEXTS

CHUNK = 16_384  # names or words that are objects at a time
LONGEST = 7  # words of a name with a pattern
_FLAGS = ("given", "particle", "initial", "capitals")
_KINDS = 1 + (1 << len(_FLAGS))  # what a word may be, and none at all


def chunks(rows: pa.Array | pa.Table) -> Iterator[pa.Array | pa.Table]:
    """The rows, so many at a time."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


@dataclass(frozen=True)
class Words:
    """Distinct words with their keys, and those that they have as initials.

    `kind` is 0 for those that are not plain, else one for each set of _FLAGS; `small` are those with a small letter,
    `capital` those of the others with a capital one.
    """

    text: pa.Array
    key: pa.Array
    initial: pa.Array
    kind: Codes
    small: np.ndarray
    capital: np.ndarray

    @classmethod
    def of(cls, texts: pa.Array) -> Words:
        """Ask each word all that is asked of it; those that nobody has heard of only whether they are in capitals."""
        folded = fold_array(texts)
        some = np.flatnonzero(~unheard_of(texts, folded))
        asked = (list(map(word, few.to_pylist())) for few in chunks(texts.take(pa.array(some))))
        keys, initials, *marks = zip(*map(_asked, chain([[]], asked)), strict=True)
        small = np.asarray(pc.match_substring_regex(texts, r"\p{Ll}")).copy()
        told = (1 + (~small << _FLAGS.index("capitals"))).astype(np.int8), small, ~small
        for own, others in zip(told, marks, strict=True):
            own[some] = np.concatenate(others)
        initial = scattered(pa.concat_arrays(initials), some, len(texts))
        return cls(texts, replaced(folded, some, pa.concat_arrays(keys)), initial, *told)


def _asked(words: Sequence[Word]) -> tuple[pa.Array, pa.Array, Codes, np.ndarray, np.ndarray]:
    return (
        pa.array([one.key for one in words], pa.string()),
        pa.array([(one.initial and initial_key(one.text)) or None for one in words], pa.string()),
        np.array([_kind(one) if one.plain else 0 for one in words], dtype=np.int8),
        np.array([not f"{one.text}A".isupper() for one in words], dtype=bool),
        np.array([one.text.isupper() for one in words], dtype=bool),
    )


def _kind(one: Word) -> int:
    return 1 + sum(1 << bit for bit, flag in enumerate(_FLAGS) if getattr(one, flag))


@dataclass(frozen=True)
class Runs:
    """Some words of each of many names: so many (`size`) each, one after the other (`word`, places in `words`)."""

    words: Words
    word: Codes
    size: Codes

    @property
    def texts(self) -> pa.Array:
        """The words of each name in one; null without any."""
        return self._joined(self.words.text, " ")

    @property
    def keys(self) -> pa.Array:
        """The keys of the words of each name in one; null without any."""
        return self._joined(self.words.key, "")

    @property
    def initials(self) -> pa.Array:
        """What the first word of each name is as initials."""
        start = np.cumsum(self.size) - self.size
        return self.words.initial.take(pa.array(np.append(self.word, 0)[start]))

    @property
    def cases(self) -> tuple[Codes, Codes]:
        """How many words of each name have small letters, and how many have capital ones only."""
        owner = np.repeat(np.arange(len(self.size)), self.size)
        small, capital = (
            np.bincount(owner[mark[self.word]], minlength=len(self.size))
            for mark in (self.words.small, self.words.capital)
        )
        return small, capital

    @property
    def surnames(self) -> pa.Array:
        """The surnames under which somebody of this family may stand: of one undivided word it, else asked once."""
        code, families = distinct_of(self.texts)
        first = self.word[(np.cumsum(self.size) - self.size)[_first(code)]]
        own = pa.ListArray.from_arrays(np.arange(len(first) + 1), self.words.key.take(pa.array(first)), type=TEXTS)
        several = true_places(pc.match_substring_regex(families, "[ -]"))
        blocks = [pa.array(map(_surnames, some.to_pylist()), TEXTS) for some in chunks(families.take(several))]
        return replaced(own, several, pa.concat_arrays([own[:0], *blocks])).take(pa.array(code))

    def _joined(self, parts: pa.Array, between: str) -> pa.Array:
        ends = np.append(0, np.cumsum(self.size)).astype(np.int32)
        lists = pa.ListArray.from_arrays(pa.array(ends), parts.take(pa.array(self.word)))
        return pc.if_else(pa.array(self.size > 0), pc.binary_join(lists, between), None)


@dataclass(frozen=True)
class Patterns:
    """Texts as `words`: `word` is the place of each of theirs; those of each text are `size` from `start`.

    `pattern` numbers the kinds of words that follow each other; -1 is for a text with a word that is not plain, or
    with too many.
    """

    texts: pa.Array
    words: Words
    word: Codes
    start: Codes
    size: Codes
    pattern: Codes

    @classmethod
    def of(cls, texts: pa.Array) -> Patterns:
        """Divide texts at their blanks."""
        split = pc.split_pattern(texts, " ")
        word, distinct = distinct_of(split.flatten())
        words, start = Words.of(distinct), np.asarray(split.offsets) - split.offsets[0].as_py()
        size, kind = np.diff(start), words.kind[word]
        odd = np.bincount(np.repeat(np.arange(len(texts)), size)[kind == 0], minlength=len(texts)) > 0
        pattern = np.where(odd | (size > LONGEST), -1, 0)
        for nth in range(LONGEST):
            longer = np.flatnonzero((pattern >= 0) & (size > nth))
            pattern[longer] = pattern[longer] * _KINDS + kind[start[longer] + nth]
        return cls(texts, words, word, start[:-1], size, dense(pattern))

    def at(self, places: Codes) -> Patterns:
        """The texts at some places, be it more than once."""
        texts = self.texts.take(pa.array(places))
        return replace(
            self, texts=texts, start=self.start[places], size=self.size[places], pattern=self.pattern[places]
        )

    @property
    def shapes(self) -> pa.Array:
        """The shape of each text."""
        odd = np.flatnonzero(self.pattern < 0)
        first = _first(self.pattern)
        asked = chunks(self.texts.take(pa.array(np.append(first, odd))))
        found = [shape(take_apart(text)) for some in asked for text in some.to_pylist()]
        at = self.pattern.copy()
        at[odd] = len(first) + np.arange(len(odd))
        return pa.array(found, pa.string()).take(pa.array(at))

    def divided(self, places: Codes, reading: pa.Array) -> tuple[pa.Array, Runs, Runs]:
        """The form, the given names and the family name of some texts with a pattern, by how each is read."""
        group = dense(self.pattern[places], codes(reading)[0])
        first = _first(group)
        texts = self.texts.take(pa.array(places[first])), reading.take(pa.array(first))
        found = [_divided(*row) for row in zip(*map(pa.Array.to_pylist, texts), strict=True)]
        turn, given = np.array([counts for _, *counts in found], dtype=np.int64).reshape(-1, 2)[group].T
        size = self.size[places]
        owner, nth = spread(np.zeros_like(size), size)
        word = self.word[self.start[places][owner] + (nth + turn[owner]) % size[owner]]
        own = nth < given[owner]
        form = pa.array([form for form, *_ in found], pa.string()).take(pa.array(group))
        return form, Runs(self.words, word[own], given), Runs(self.words, word[~own], size - given)


def _surnames(family: str) -> tuple[str, ...]:
    return surnames(tuple(map(word, family.split(" "))))


def _divided(text: str, reading: str) -> tuple[str, int, int]:
    """The form of a name, and where it is divided."""
    words = take_apart(text).words
    turn, given = division(words, reading)
    return form_of((words[turn:] + words[:turn])[:given]), turn, given


def _first(group: Codes) -> Codes:
    """The first place of each group, which are numbered from 0; -1 is none."""
    first = np.zeros(int(group.max(initial=-1)) + 2, dtype=np.int64)  # the last is for none
    first[group[::-1]] = np.arange(len(group))[::-1]
    return first[:-1]
