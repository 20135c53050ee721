"""A column of texts by code: what is asked of a text, or read in it, is done once, however many rows print it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from transforms.arrays import Bools, Ints
from transforms.dialect import Cells, compact


@dataclass(frozen=True, slots=True)
class Coded:
    """The text of each row, as its place in `texts`; -1 where there is none."""

    code: Ints
    texts: pa.StringArray

    @classmethod
    def of(cls, texts: pa.StringArray) -> Coded:
        """Code texts; null is none."""
        coded = texts.dictionary_encode()
        return cls(coded.indices.fill_null(-1).to_numpy().astype(np.int64), coded.dictionary)

    @classmethod
    def scattered(cls, cells: Cells, row: Ints, rows: int) -> Coded:
        """The texts of cells, given the row of each, in so many rows; of a row's cells the first stands."""
        used, places = compact(cells.code, len(cells.texts))
        code = np.full(rows, -1)
        code[row[::-1]] = places[::-1]
        return cls(code, cells.texts.take(pa.array(used)))

    @property
    def printed(self) -> Bools:
        """Whether each row has a text."""
        return self.code >= 0

    def spread(self, values: pa.Array) -> pa.Array:
        """Values that were read, one for each of `texts`, row by row; null where there is no text."""
        if not len(values):
            return pa.nulls(len(self.code), values.type)
        return values.take(pa.array(self.code, mask=self.code < 0))

    def rows(self, chosen: Bools) -> Bools:
        """The rows whose text is chosen."""
        return np.asarray(np.append(chosen, False)[self.code], bool)

    def column(self) -> pa.StringArray:
        """The texts row by row; null where there is none."""
        return self.spread(self.texts)

    def words(self, at: Ints) -> list[str]:
        """The texts of some rows."""
        words: list[str] = self.texts.take(pa.array(self.code[at])).to_pylist()
        return words

    def replaced(self, rows: Ints, texts: pa.StringArray) -> Coded:
        """The rows with the texts of some of them replaced."""
        code = self.code.copy()
        code[rows] = len(self.texts) + np.arange(len(rows))
        whole = pa.concat_arrays([self.texts, texts])
        return Coded.of(whole.take(pa.array(code, mask=code < 0)))
