"""A column of texts by code: what is asked of a text, or read in it, is done once, however many rows print it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from transforms.arrays import Bools, Ints
from transforms.dialect import compact


@dataclass(frozen=True)
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
    def scattered(cls, texts: pa.StringArray, code: Ints, row: Ints, rows: int) -> Coded:
        """Codes of texts, given the row of each, in so many rows; of several in a row the first stands."""
        used, places = compact(code, len(texts))
        of_row = np.full(rows, -1)
        of_row[row[::-1]] = places[::-1]
        return cls(of_row, texts.take(pa.array(used)))

    @cached_property
    def _places(self) -> pa.Array:
        valid = np.packbits(self.printed, bitorder="little")
        buffers = [pa.py_buffer(valid), pa.py_buffer(np.ascontiguousarray(self.code))]
        return pa.Array.from_buffers(pa.int64(), len(self.code), buffers)

    @property
    def printed(self) -> Bools:
        """Whether each row has a text."""
        return self.code >= 0

    def spread(self, values: pa.Array) -> pa.Array:
        """Values that were read, one for each of `texts`, row by row; null where there is no text."""
        if values.null_count == len(values):
            return pa.nulls(len(self.code), values.type)
        return values.take(self._places)

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
        """The rows with the texts of some of them replaced; null is none."""
        new = Coded.of(texts)
        code = self.code.copy()
        code[rows] = np.where(new.printed, len(self.texts) + new.code, -1)
        return Coded(code, pa.concat_arrays([self.texts, new.texts]))

    def at(self, rows: Ints) -> Coded:
        """Some of the rows."""
        return Coded(self.code[rows], self.texts)
