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

    def makes_and_models(self, makes: Mapping[str, str], models: Mapping[str, str]) -> tuple[pa.Array, pa.Array]:
        """The make that each text begins with, the longest first, and what is left; both null where none is known.

        `makes` and `models` give the make of folded words; words in `models` are part of the model.
        """
        names = {**models, **makes}
        known = {word: i for i, word in enumerate({word for name in names for word in name.split()}, 1)}
        longest, base = max(name.count(" ") + 1 for name in names), len(known) + 1
        code = {int(_number((known[word] for word in name.split()), base)): name for name in names}
        codes, listed = np.array(sorted(code)), [code[number] for number in sorted(code)]
        ranks = self._ranks()
        first = np.zeros(len(self.texts), np.int64)
        first[self.text[ranks == 0]] = np.flatnonzero(ranks == 0)
        numbers = np.zeros((longest, len(self.texts)), np.int64)
        near = ranks < longest
        numbers[ranks[near], self.text[near]] = np.array([known.get(k, 0) for k in self.keys], np.int64)[self.key[near]]
        found, used = np.full(len(self.texts), -1), np.zeros(len(self.texts), np.int64)
        for words in range(1, longest + 1):
            number = _number(numbers[:words], base)
            place = np.minimum(np.searchsorted(codes, number), len(codes) - 1)
            hit = (codes[place] == number) & (numbers[:words] > 0).all(axis=0)
            found[hit], used[hit] = place[hit], words
        return self._parts(found, used, first, listed, makes, models)

    def _parts(
        self,
        found: Ints,
        used: Ints,
        first: Ints,
        names: list[str],
        makes: Mapping[str, str],
        models: Mapping[str, str],
    ) -> tuple[pa.Array, pa.Array]:
        at = np.flatnonzero(found >= 0)
        of_make = np.array([name in makes for name in names], bool)[found[at]]
        begin = np.where(of_make, self.end[first[at] + used[at] - 1], self.start[first[at]])
        spans = Spans(self.texts, begin, bytes_of(self.texts)[1][at + 1]).stripped(_BEFORE_MODEL, _BEHIND_MODEL)
        row = np.full(len(found), -1)
        row[at] = np.where(spans.start < spans.end, np.arange(len(at)), -1)
        model = spans.copy().take(pa.array(row, mask=row < 0))
        make = pa.array([makes.get(name) or models[name] for name in names], pa.string())
        return make.take(pa.array(found, mask=found < 0)), model

    def _ranks(self) -> Ints:
        """The place of each word in its text, from 0."""
        return np.asarray(np.arange(len(self.text)) - np.searchsorted(self.text, self.text))


def _number(digits: Iterable[Ints] | Iterable[int], base: int) -> Ints:
    """One number for a sequence of them."""
    return np.asarray(sum(digit * base**place for place, digit in enumerate(digits)), np.int64)
