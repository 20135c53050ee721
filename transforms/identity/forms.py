"""How each sheet prints its drivers: surnames, initials, full names, or family names first."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.groups import paired
from transforms.identity.turns import Codes, cut, picked

READINGS = ("plain", "surname", "swapped")
_SHAPES = ("none", "surname", "initial", "given-first", "given-last", "words")
_LABELS = ("full", "surname", "initial")


def readings(sheet: Codes, sheets: int, shapes: pa.Array, text: Codes, quoted: Codes) -> Codes:
    """How each sheet's names of several words are to be read: an index into READINGS.

    Where seven names in ten are surnames, several words are a compound surname; where known given names stand
    last at least three times and twice as often as first, the order is swapped.
    """
    kind = picked(np.asarray(pc.index_in(shapes, pa.array(_SHAPES))).astype(np.int8), text)
    votes = _votes(sheet, sheets, np.where(quoted == 1, np.int8(0), kind), len(_SHAPES))
    surnames, full = votes[:, 1], votes[:, 3:].sum(axis=1)
    swapped = (votes[:, 4] >= 3) & (votes[:, 4] >= 2 * votes[:, 3])
    plain = np.where(swapped, np.int8(2), np.int8(0))
    return np.where((surnames > 0) & (surnames * 10 >= (surnames + full) * 7), np.int8(1), plain)


def sheet_forms(sheet: Codes, sheets: int, form: Codes, reading: Codes) -> list[str]:
    """The name form of each sheet: the one of eight names in ten, `mixed`, or `none` without a name."""
    votes = _votes(sheet, sheets, form, 5)[:, [0, 2, 3]]
    best, most, total = votes.argmax(axis=1), votes.max(axis=1), votes.sum(axis=1)
    labels = [_LABELS[b] if m * 10 >= t * 8 else "mixed" for b, m, t in zip(best, most, total, strict=True)]
    labels = ["swapped" if label == "full" and r == 2 else label for label, r in zip(labels, reading, strict=True)]
    return [label if t else "none" for label, t in zip(labels, total, strict=True)]


def _votes(sheet: Codes, sheets: int, kind: Codes, kinds: int) -> np.ndarray:
    votes = np.zeros(sheets * kinds, dtype=np.int64)
    for some in cut(len(sheet)):
        votes += np.bincount(paired(sheet[some], kinds, kind[some]), minlength=len(votes))
    return votes.reshape(sheets, kinds)
