"""Places that are no digits: words (`First`, `Zweiter`), and Roman numerals, which name classes as often."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags, true
from transforms.cells import read_ordinals
from transforms.coded import Coded
from transforms.fold import fold
from transforms.lexicon import ordinals
from transforms.masks import first_bytes, read_where
from transforms.remember import remember

_ROMAN = re.compile(r"(?P<tens>X{0,3})(?P<units>IX|IV|V?I{0,3})\.?")
_UNITS = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
_BEGINS_ROMAN = np.isin(np.arange(256), [*b"IVX"])
_LONGEST = len("XXXVIII.")
_IS_LETTER = np.array([bytes([b]).isalpha() for b in range(256)])


def read_places(texts: pa.StringArray) -> pa.Array:
    """Places in digits or words, to int32: `1st`, `3.`, `P4`, `First`, `Zweiter`; null for all other texts."""
    return pc.coalesce(read_ordinals(texts), read_words(texts))


def read_words(texts: pa.StringArray) -> pa.Array:
    """The places that words name, to int32; null for all other texts."""
    worded = pa.array(_IS_LETTER[first_bytes(texts)])
    return read_where(worded, texts, lambda found: _numbers(found, _word), pa.int32())


def read_roman(texts: pa.StringArray) -> pa.Array:
    """The numbers that Roman numerals below forty stand for, to int32; null for all other texts."""
    likely = pa.array(_BEGINS_ROMAN[first_bytes(texts)])
    return read_where(likely, texts, lambda found: _numbers(found, _roman), pa.int32())


def may_be_roman(texts: pa.StringArray) -> Bools:
    """Whether each text is short, and begins as a Roman numeral does."""
    short = np.asarray(pc.binary_length(texts)) <= _LONGEST
    return np.asarray(_BEGINS_ROMAN[first_bytes(texts)] & short)


def with_roman(positions: pa.Array, printed: Coded, sheet: Ints) -> tuple[pa.Array, Bools]:
    """Positions with those in Roman numerals, row by row, and which these are, in the sheets whose winner is `I`."""
    numbers = printed.spread(read_roman(printed.texts))
    winners = true(pc.equal(numbers, 1))
    if not winners.any():
        return positions, winners
    told = flags(sheet[winners], int(sheet.max()) + 1)[sheet] & true(pc.and_(numbers.is_valid(), positions.is_null()))
    return pc.if_else(pa.array(told), numbers, positions), told


def _numbers(texts: pa.StringArray, read: Callable[[str], int | None]) -> pa.Array:
    return pa.array(map(read, texts.to_pylist()), pa.int32())


@remember
def _word(text: str) -> int | None:
    return ordinals().get(fold(text))


def _roman(text: str) -> int | None:
    found = _ROMAN.fullmatch(text)
    return (10 * len(found["tens"]) + _UNITS[found["units"]] or None) if found else None
