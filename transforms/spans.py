"""Spans: where cells begin and end in the bytes of the lines that hold them, so that they are copied only once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags

_PARTS = 8  # of all texts, each of its own lengths
Bytes = npt.NDArray[np.uint8]

# The ASCII characters that Arrow trims as blanks.
_ASCII = pa.array([chr(b) for b in range(128)])
_IS_BLANK = np.zeros(256, bool)
_IS_BLANK[:128] = pc.equal(pc.utf8_trim_whitespace(_ASCII), "").to_numpy(zero_copy_only=False)
_BLANK = ord(" ")


def bytes_of(texts: pa.StringArray) -> tuple[Bytes, Ints]:
    """The bytes of texts in UTF-8, one after another, and where each begins; at the end, where the last ends."""
    _, offsets, data = texts.buffers()
    if not len(texts):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return np.frombuffer(data, np.uint8) if data and data.size else np.zeros(0, np.uint8), places


def holding(texts: pa.StringArray, marks: bytes) -> Bools:
    """Which texts hold one of some ASCII characters."""
    data, places = bytes_of(texts)
    found = np.zeros(len(texts) + 1, bool)
    marked = data == marks[0]
    for mark in marks[1:]:
        marked |= data == mark
    found[np.searchsorted(places, np.flatnonzero(marked), "right") - 1] = True
    return found[:-1]


def between_blanks(texts: pa.StringArray, mark: str) -> Bools:
    """Which texts hold an ASCII character between two blanks."""
    data, places = bytes_of(texts)
    at = np.flatnonzero(data == ord(mark))
    at = at[(data.take(at - 1, mode="clip") == _BLANK) & (data.take(at + 1, mode="clip") == _BLANK)]
    text = np.searchsorted(places, at, "right") - 1
    return flags(text[(at > places[text]) & (at + 1 < places[text + 1])], len(texts))


def without(texts: pa.StringArray, data: Bytes, dropped: Bools) -> pa.StringArray:
    """Texts without some of their bytes; `data` are the bytes of all, from the first text's first on."""
    before = np.append(0, np.cumsum(dropped, dtype=np.int32))
    places = bytes_of(texts)[1]
    offsets = (places - before[places]).astype(np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(data[~dropped]))


@dataclass(frozen=True, slots=True)
class Spans:
    """Parts of texts, in order and without overlap: where each begins and ends in the bytes of `texts`."""

    texts: pa.StringArray
    start: Ints
    end: Ints

    @classmethod
    def whole(cls, texts: pa.StringArray) -> Spans:
        """Texts as their only parts."""
        _, places = bytes_of(texts)
        return cls(texts, places[:-1], places[1:])

    def copy(self, order: Ints | None = None) -> pa.StringArray:
        """The parts as texts of their own, in another order where one is given."""
        count = len(self.start)
        if not count:
            return pa.array([], pa.string())
        # The parts and what is between them are neighbours in one array over the same bytes: every second is a part.
        offsets = np.empty(2 * count, np.int32)
        offsets[::2], offsets[1::2] = self.start, self.end
        whole = pa.StringArray.from_buffers(2 * count - 1, pa.py_buffer(offsets), self.texts.buffers()[2])
        return whole.take(pa.array(np.arange(0, 2 * count, 2) if order is None else 2 * order))

    def coded(self) -> tuple[Ints, pa.StringArray]:
        """The place of each part's text among the distinct ones, and these."""
        # Texts of different lengths are never the same: told apart some lengths at a time, they stay in a cache.
        size = np.minimum(self.end - self.start, 255)
        shorter = np.cumsum(np.bincount(size, minlength=256))
        part = (shorter * _PARTS // (len(size) + 1)).astype(np.uint8)[size]
        order = np.argsort(part, kind="stable")
        texts, code = self.copy(order), np.empty(len(order), np.int64)
        known = [pa.array([], pa.string())]
        for start, end in pairwise([0, *np.cumsum(np.bincount(part)).tolist()]):
            some = texts[start:end].dictionary_encode()
            code[order[start:end]] = some.indices.to_numpy() + np.int64(sum(map(len, known)))
            known.append(some.dictionary)
        return code, pa.concat_arrays(known)

    def trimmed(self) -> Spans:
        """The parts without blanks at their ends."""
        data, _ = bytes_of(self.texts)
        if not len(data):
            return self
        start, end = self.start.copy(), self.end.copy()
        # Most parts have a single blank at either end, or none.
        start += (data.take(start, mode="clip") == _BLANK) & (start < end)
        end -= (data.take(end - 1, mode="clip") == _BLANK) & (start < end)
        odd = _may_be_blank(data.take(start, mode="clip")) | _may_be_blank(data.take(end - 1, mode="clip"))
        at = np.flatnonzero(odd & (start < end))
        bare = Spans(self.texts, start[at], end[at]).stripped(_IS_BLANK, _IS_BLANK)
        start[at], end[at] = bare.start, bare.end
        # Blanks beyond ASCII are rare, and Arrow knows them.
        at = at[bare.start < bare.end]
        beyond = at[(data[start[at]] > 127) | (data[end[at] - 1] > 127)]
        if len(beyond):
            parts = Spans(self.texts, start[beyond], end[beyond]).copy()
            left = pc.utf8_ltrim_whitespace(parts)
            start[beyond] += _lengths(parts) - _lengths(left)
            end[beyond] = start[beyond] + _lengths(pc.utf8_rtrim_whitespace(left))
        return Spans(self.texts, start, end)

    def stripped(self, left: Bools, right: Bools) -> Spans:
        """The parts without some bytes at their left ends and right ends, which tables of all 256 name."""
        data, _ = bytes_of(self.texts)
        start, end = self.start.copy(), self.end.copy()
        _skip(data, start, end, start, left, 0, 1)
        _skip(data, start, end, end, right, -1, -1)
        return Spans(self.texts, start, end)


def _may_be_blank(data: Bytes) -> Bools:
    """Whether bytes are not among the ASCII characters that leave a trace on paper."""
    return (data - np.uint8(_BLANK + 1)) > ord("~") - (_BLANK + 1)


def _lengths(texts: pa.StringArray) -> Ints:
    return np.asarray(pc.binary_length(texts).to_numpy().astype(np.int64))


def _skip(data: Bytes, start: Ints, end: Ints, edge: Ints, skipped: Bools, look: int, step: int) -> None:
    """Move the edges of parts, in place, while a byte to skip stands there."""
    at = np.flatnonzero(start < end)
    while len(at):
        at = at[skipped[data[edge[at] + look]]]
        edge[at] += step
        at = at[start[at] < end[at]]


def cut(spans: Spans, marks: Ints, first: Ints, count: Ints) -> tuple[Spans, Ints, Ints]:
    """Divide parts at the marks within them; beside each piece the number of its part, and its place in that.

    `marks` are places of single bytes in the parts, in order; `first` and `count` say which are in each part.
    """
    width = count + 1
    begins = np.cumsum(width) - width
    part = np.repeat(np.arange(len(width)), width)
    place = np.arange(len(part)) - begins[part]
    # A piece ends at a mark, but the last of a part, and begins behind the one before it, but the first.
    mark = place + first[part]
    marks = np.append(marks, 0)
    start, end = marks.take(mark - 1, mode="clip") + 1, marks.take(mark, mode="clip")
    start[begins], end[begins + count] = spans.start, spans.end
    return Spans(spans.texts, start, end), part, place


def first_word(texts: pa.StringArray) -> pa.StringArray:
    """What stands before the first blank of each text, all of it where there is none."""
    data, places = bytes_of(texts)
    blanks = np.append(np.flatnonzero(data == ord(" ")), len(data))
    end = np.minimum(blanks[np.searchsorted(blanks, places[:-1])], places[1:])
    return Spans(texts, places[:-1], end).copy()
