"""Runs of rows that have the same text in a column, such as those of one sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


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
        encoded = column.combine_chunks().dictionary_encode()
        return cls._coded(np.asarray(pc.fill_null(encoded.indices, -1)), encoded.dictionary)

    @classmethod
    def _coded(cls, code: np.ndarray, texts: pa.Array) -> Runs:
        """The runs of codes that stand for texts; null for -1."""
        start = np.flatnonzero(np.diff(code, prepend=-2))
        own = code[start]
        return cls(texts.take(pa.array(own, mask=own < 0)), start, np.diff(np.append(start, len(code))))

    def laid(self, place: np.ndarray, fresh: Runs) -> Runs:
        """The runs of rows of which each has its `place` here, or is the next of the `fresh` where that is -1."""
        texts = pa.concat_arrays([self.texts, fresh.texts]).dictionary_encode()
        code = np.asarray(pc.fill_null(texts.indices, -1))
        row = np.append(np.repeat(code[: len(self.size)], self.size), np.int32(-1))[place]
        row[place < 0] = np.repeat(code[len(self.size) :], fresh.size)
        return Runs._coded(row, texts.dictionary)

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
