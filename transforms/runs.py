"""Runs of rows that have the same text in a column, such as those of one sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import differing
from transforms.identity.groups import spread
from transforms.pieces import Pieces


@dataclass(frozen=True)
class Runs:
    """The runs of a column in which equal texts stand together: the text, the first row and the length of each."""

    texts: pa.Array
    start: np.ndarray
    size: np.ndarray

    @classmethod
    def of(cls, column: pa.ChunkedArray, letters: int | None = None) -> Runs:
        """The runs of a column, or of its texts' first letters."""
        if letters:
            column = pc.utf8_slice_codeunits(column, 0, letters)
        return cls.joined([cls._of(chunk) for chunk in column.chunks])

    @classmethod
    def of_sizes(cls, texts: pa.Array, size: np.ndarray) -> Runs:
        """The runs of texts of which each has so many rows, be it none."""
        held = size > 0
        return cls(texts.filter(pa.array(held)), (np.cumsum(size) - size)[held], size[held])

    @classmethod
    def _of(cls, texts: pa.Array) -> Runs:
        start = np.flatnonzero(_begins(texts))
        own = texts.take(pa.array(start))
        return cls(own.cast(pa.string()), start, np.diff(np.append(start, len(texts))))

    @classmethod
    def joined(cls, pieces: Sequence[Runs]) -> Runs:
        """The runs of columns that are one behind the other, or of pieces of one."""
        texts = pa.concat_arrays([pa.array([], pa.string()), *(piece.texts for piece in pieces)])
        size = np.concatenate([np.zeros(0, dtype=np.int64), *(piece.size for piece in pieces)])
        begins = _begins(texts)
        start = (np.cumsum(size) - size)[begins]
        return cls(texts.filter(pa.array(begins)), start, np.diff(np.append(start, size.sum())))

    def laid(self, pieces: Pieces, fresh: Runs) -> Runs:
        """The runs of rows of which some stand here, and the others are the `fresh` ones."""
        both = Runs.joined([self, fresh])  # where one may go on in the other: a piece is of one of them
        first = pieces.behind(self.rows)
        low, high = (both.holding(places) for places in (first, first + pieces.size - 1))
        piece, run = spread(low, high - low + 1)
        begin = np.maximum(both.start[run], first[piece])
        end = np.minimum(both.start[run] + both.size[run], (first + pieces.size)[piece])
        return Runs.joined([Runs(both.texts.take(pa.array(run)), begin, end - begin)])

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.size.sum())

    def among(self, texts: Iterable[str]) -> np.ndarray:
        """Which runs are of one of some texts."""
        return np.asarray(pc.is_in(self.texts, pa.array(texts, pa.string())))

    def places(self, some: np.ndarray) -> np.ndarray:
        """The rows of those runs of which that is told."""
        return np.flatnonzero(np.repeat(some, self.size))

    def find(self, texts: pa.Array) -> np.ndarray:
        """The run of each of some texts, -1 where there is none."""
        return np.asarray(pc.fill_null(pc.index_in(texts, self.texts), -1))

    def holding(self, places: np.ndarray) -> np.ndarray:
        """The run that holds each of some rows."""
        return np.searchsorted(self.start, places, side="right") - 1


def _begins(texts: pa.Array) -> np.ndarray:
    """Which of some texts, or codes of texts, are not the one before."""
    if pa.types.is_dictionary(texts.type):
        return np.asarray(np.diff(np.asarray(pc.fill_null(texts.indices, -1)), prepend=-2) != 0)
    return np.asarray(np.append(True, differing(texts[1:], texts[:-1]))[: len(texts)])
