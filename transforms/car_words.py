"""The words of many printed cars at once: the make that each begins with, and the model behind it.

This is the rule of `cars.read_car` for cars without an engine's maker, which are most: words are looked up as numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from transforms.arrays import Bools, Ints
from transforms.spans import Spans, bytes_of

_BLANKS = b" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f"
_IN_WORDS = ~np.isin(np.arange(256), [*_BLANKS, *b"()-/&+"])
# Blanks and dashes beyond ASCII begin with these bytes.
_ODD = np.isin(np.arange(256), [0xC2, 0xE1, 0xE2, 0xE3])
_BEFORE_MODEL, _BEHIND_MODEL = (np.isin(np.arange(256), [*b" \t-/&+,;", mark]) for mark in b")(")


@dataclass(frozen=True, slots=True)
class MakeNames:
    """Names that cars begin with, each as one number made of those of its words, in order; and beside it the make.

    Those `in_model` are part of the model.
    """

    words: dict[str, int]
    longest: int
    numbers: Ints
    makes: pa.StringArray
    in_model: Bools

    @classmethod
    def of(cls, makes: Mapping[str, str], models: Mapping[str, str]) -> MakeNames:
        """Number the names; `makes` and `models` give the make of folded words."""
        names = {**models, **makes}
        words = {word: i for i, word in enumerate(sorted({word for name in names for word in name.split()}), 1)}
        numbered = {int(_number((words[word] for word in name.split()), len(words) + 1)): name for name in names}
        listed = [numbered[number] for number in sorted(numbered)]
        return cls(
            words=words,
            longest=max(name.count(" ") + 1 for name in names),
            numbers=np.array(sorted(numbered), dtype=np.int64),
            makes=pa.array([names[name] for name in listed], pa.string()),
            in_model=np.array([name not in makes for name in listed], dtype=bool),
        )


@dataclass(frozen=True, slots=True)
class CarWords:
    """The words of texts, in order: the text of each, where it begins and ends, and which of `keys` it reads as.

    `special` texts hold marks that only reading them one by one can tell.
    """

    texts: pa.StringArray
    text: Ints
    start: Ints
    end: Ints
    key: Ints
    keys: list[str]
    special: Bools

    @classmethod
    def of(cls, texts: pa.StringArray, key_of: Callable[[str], str]) -> CarWords:
        """Find the words of texts without null; words that read as nothing are none."""
        data, places = bytes_of(texts)
        inside = np.append(_IN_WORDS[data], False)
        before = np.append(False, inside[:-1])
        before[places] = False
        behind = np.append(inside[1:], False)
        behind[places[1:][places[1:] > places[:-1]] - 1] = False
        start, end = np.flatnonzero(inside & ~before), np.flatnonzero(inside & ~behind) + 1
        coded = Spans(texts, start, end).copy().dictionary_encode()
        keys = [key_of(word) for word in coded.dictionary.to_pylist()]
        key = coded.indices.to_numpy().astype(np.int64)
        text = np.searchsorted(places, start, "right") - 1
        special = np.zeros(len(texts) + 1, bool)
        special[np.searchsorted(places, np.flatnonzero(_ODD[data]), "right") - 1] = True
        special[text[np.array([" " in k for k in keys], bool)[key]]] = True
        kept = np.array([k != "" for k in keys], bool)[key]
        return cls(texts, text[kept], start[kept], end[kept], key[kept], keys, special[:-1])

    def name_behind_first(self, names: Iterable[str]) -> Bools:
        """Texts with a word behind the first that some name begins with."""
        first = {name.partition(" ")[0] for name in names}
        likely = np.array([key in first for key in self.keys], bool)[self.key] & (self._ranks() > 0)
        found = np.zeros(len(self.texts), bool)
        found[self.text[likely]] = True
        return found

    def makes_and_models(self, names: MakeNames) -> tuple[pa.Array, pa.Array]:
        """The make that each text begins with, the longest first, and what is left; both null where none is known."""
        ranks = self._ranks()
        first = np.zeros(len(self.texts), np.int64)
        first[self.text[ranks == 0]] = np.flatnonzero(ranks == 0)
        numbers = np.zeros((names.longest, len(self.texts)), np.int64)
        near = ranks < names.longest
        known = np.array([names.words.get(key, 0) for key in self.keys], np.int64)
        numbers[ranks[near], self.text[near]] = known[self.key[near]]
        found, used = np.full(len(self.texts), -1), np.zeros(len(self.texts), np.int64)
        for words in range(1, names.longest + 1):
            number = _number(numbers[:words], len(names.words) + 1)
            place = np.minimum(np.searchsorted(names.numbers, number), len(names.numbers) - 1)
            hit = (names.numbers[place] == number) & (numbers[:words] > 0).all(axis=0)
            found[hit], used[hit] = place[hit], words
        at = np.flatnonzero(found >= 0)
        begin = np.where(names.in_model[found[at]], self.start[first[at]], self.end[first[at] + used[at] - 1])
        return names.makes.take(pa.array(found, mask=found < 0)), self._rest(at, begin)

    def _rest(self, at: Ints, begin: Ints) -> pa.StringArray:
        """What stands in some texts from a place on, without what joins it; null elsewhere, and where it is empty."""
        spans = Spans(self.texts, begin, bytes_of(self.texts)[1][at + 1]).stripped(_BEFORE_MODEL, _BEHIND_MODEL)
        row = np.full(len(self.texts), -1)
        row[at] = np.where(spans.start < spans.end, np.arange(len(at)), -1)
        return spans.copy().take(pa.array(row, mask=row < 0))

    def _ranks(self) -> Ints:
        """The place of each word in its text, from 0."""
        return np.asarray(np.arange(len(self.text)) - np.searchsorted(self.text, self.text))


def _number(digits: Iterable[Ints] | Iterable[int], base: int) -> Ints:
    """One number for a sequence of them."""
    return np.asarray(sum(digit * base**place for place, digit in enumerate(digits)), np.int64)
