"""What stands behind names: letters that say what a driver is (`R`, a rookie, `W`, a former winner), and towns."""

from __future__ import annotations

import re
from itertools import groupby

import numpy as np
import pyarrow as pa

from transforms.arrays import Ints
from transforms.crew_words import begins_with_given
from transforms.masks import replaced, scattered
from transforms.spans import bytes_of

_IS_LETTER = np.isin(np.arange(256), [*b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
_TELLING = frozenset("RW")
_FULL = re.compile(r"\S+ .*[^\W\d_]{2}\.? \w")  # a name of two words or more, and no initial, before the letter
_FEWEST, _HALF = 2, 0.5  # of the names of a sheet that end so
_TOWN = re.compile(r"(.*\S) ?\(([^\W\d_][^()\d]+)\)")
_FEWEST_TOWNS, _NEARLY_ALL = 3, 0.9  # of the names of a sheet


def letters_behind(names: pa.StringArray, sheet: Ints) -> tuple[pa.StringArray, pa.StringArray]:
    """The letter behind each name, null elsewhere, and the names without it.

    Behind a surname, or where sheets print other letters too, it is the initial of a given name (`Hill G`).
    """
    data, places = bytes_of(names)
    if not len(data):
        return pa.nulls(len(names), pa.string()), names
    last = np.maximum(places[1:], 2)
    at = np.flatnonzero(_IS_LETTER[data[last - 1]] & (data[last - 2] == ord(" ")) & (np.diff(places) > 2))
    found = zip(sheet[at].tolist(), at.tolist(), names.take(pa.array(at)).to_pylist(), strict=True)
    marked = [row for _, group in groupby(found, key=lambda of: of[0]) for row in _marked([of[1:] for of in group])]
    if not marked:
        return pa.nulls(len(names), pa.string()), names
    rows = np.array(marked)
    texts = names.take(pa.array(rows)).to_pylist()
    letters, bare = (pa.array(part) for part in ([text[-1] for text in texts], [text[:-2].rstrip() for text in texts]))
    return scattered(letters, rows, len(names)), replaced(names, rows, bare)


def towns_behind(names: pa.StringArray, sheet: Ints) -> tuple[pa.StringArray, pa.StringArray]:
    """The words in brackets behind each name, null elsewhere, and the names without: towns or clubs (`Jim (London)`).

    They stand behind nearly all names of a sheet; behind a few they may be what a driver is called.
    """
    data, places = bytes_of(names)
    at = np.flatnonzero(data[np.maximum(places[1:] - 1, 0)] == ord(")")) if len(data) else np.zeros(0, np.int64)
    found = [*map(_TOWN.fullmatch, names.take(pa.array(at)).to_pylist())]
    at = at[np.array([of is not None for of in found], bool)]
    count, towns = (np.bincount(of, minlength=int(sheet.max(initial=0)) + 1) for of in (sheet, sheet[at]))
    told = ((towns >= _FEWEST_TOWNS) & (towns >= _NEARLY_ALL * count))[sheet[at]]
    parts = [of.groups() for of, some in zip(filter(None, found), told.tolist(), strict=True) if some]
    if not parts:
        return pa.nulls(len(names), pa.string()), names
    bare, town = (pa.array(texts) for texts in zip(*parts, strict=True))
    return scattered(town, at[told], len(names)), replaced(names, at[told], bare)


def _marked(ending: list[tuple[int, str]]) -> list[int]:
    """The places of the names of one sheet with such a letter, of those that end in any."""
    if len(ending) < _FEWEST or not _TELLING.issuperset(name[-1] for _, name in ending):
        return []
    given_first = sum(begins_with_given(name) for _, name in ending)
    full = all(_FULL.fullmatch(name) for _, name in ending)
    return [place for place, _ in ending] if full and given_first >= _HALF * len(ending) else []
