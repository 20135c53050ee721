"""The shapes of printed numbers: times, speeds and distances have few, and in each the digits stand in the same places.

So a pattern is asked of each shape once, and the digits of all texts of one shape are read together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Floats, Ints
from transforms.spans import Bytes, bytes_of

_DIGIT = ord("0")
_SAME_DIGITS = np.arange(256, dtype=np.uint8)
_SAME_DIGITS[_DIGIT : _DIGIT + 10] = _DIGIT
_EXACT = 15  # digits of a whole number that a float holds whatever they are


@dataclass(frozen=True)
class Shapes:
    """Distinct texts with 0 for each digit, and for each of the texts that had them its place among the shapes."""

    code: Ints
    shapes: pa.StringArray
    data: Bytes
    start: Ints
    valid: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, texts: pa.StringArray) -> Shapes:
        """Take the shapes of texts; that of null is empty."""
        data, places = bytes_of(texts)
        buffers = [None, pa.py_buffer(places.astype(np.int32)), pa.py_buffer(_SAME_DIGITS.take(data))]
        coded = pa.Array.from_buffers(pa.string(), len(texts), buffers).dictionary_encode()
        valid = texts.is_valid().to_numpy(zero_copy_only=False)
        return cls(coded.indices.to_numpy().astype(np.int64), coded.dictionary, data, places[:-1], valid)

    def digits(self, chosen: npt.NDArray[np.bool_]) -> Iterator[tuple[int, Ints, Ints]]:
        """Each chosen shape, the texts that have it, and their digits; shape (digits, texts)."""
        order, bounds = self._by_shape
        for shape in np.flatnonzero(chosen).tolist():
            rows = order[bounds[shape] : bounds[shape + 1]]
            printed = self.shapes[shape].as_py().encode()
            places = np.flatnonzero(np.frombuffer(printed, np.uint8) == _DIGIT)
            yield shape, rows, self.data[self.start[rows] + places[:, None]].astype(np.int64) - _DIGIT

    @cached_property
    def _by_shape(self) -> tuple[Ints, Ints]:
        """The texts in order of their shapes, and where those of each shape begin."""
        # Shapes are few, and numbers of two bytes are sorted at once.
        few = len(self.shapes) < 1 << 16
        order = np.argsort(self.code.astype(np.uint16 if few else np.int64), kind="stable")
        order = order[self.valid[order]]
        return order, np.searchsorted(self.code[order], np.arange(len(self.shapes) + 1))


def whole(digits: Ints) -> Ints:
    """The whole numbers that digits, the first axis, stand for."""
    number = np.zeros(digits.shape[1], np.int64)
    for digit in digits:
        number = number * 10 + digit
    return number


def decimal(digits: Ints, decimals: int) -> Floats:
    """The numbers that digits stand for, so many of which are behind the decimal mark."""
    if len(digits) <= _EXACT:
        return np.asarray(whole(digits) / 10.0**decimals)
    before = len(digits) - decimals
    printed = ("".join(map(str, column)) for column in digits.T.tolist())
    return np.array([float(f"{number[:before]}.{number[before:]}") for number in printed])


def group_lengths(found: pa.StructArray) -> dict[str, Ints]:
    """How long each group of a pattern is in each text; 0 where the pattern does not match."""
    names = [field.name for field in found.type]
    lengths = {name: pc.binary_length(pc.struct_field(found, name)) for name in names}
    return {name: length.fill_null(0).to_numpy().astype(np.int64) for name, length in lengths.items()}
