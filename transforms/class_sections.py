"""Sections that name a class: `Class GT1` above cars whose places are counted anew."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints
from transforms.fold import fold
from transforms.lexicon import class_names
from transforms.remember import remember

_CLASS = re.compile(
    r"(?i)(?:class|classe|clase|klasse|category|categor[ií]a|cat[ée]gorie|kategorie)\s*:?\s+(?P<class>\S[^:]{0,24}?)\s*:?"
)
# `GT1 Class results`; a class that is in no list is known by its capitals and digits.
_RESULTS = re.compile(r"(?i)(?P<class>\S.{0,24}?) (?:class|classe|klasse|category)(?: (?:results?|classification))?")
_CODE = re.compile(r"[A-Z][A-Z0-9+./-]{1,7}(?: \d)?")
_LONGEST = 60  # characters


@remember
def class_of(text: str) -> str | None:
    """The class that a heading names: `Class GT1` is GT1, `Class 2` stays, as a number alone says little."""
    bare = text.strip().rstrip(":").rstrip()
    if len(bare) > _LONGEST:
        return None
    if fold(bare) in class_names():
        return bare
    if (of := _RESULTS.fullmatch(bare)) and (fold(of["class"]) in class_names() or _CODE.fullmatch(of["class"])):
        return of["class"]
    found = _CLASS.fullmatch(text.strip())
    return found and (bare if found["class"].isdigit() else found["class"])


def by_class(columns: Mapping[str, pa.Array], class_: pa.Array, section: pa.Array, sheet: Ints) -> dict[str, pa.Array]:
    """The columns class, position and class_position of rows below sections, given the section and sheet of each.

    Where several classes of a sheet have a car in one place, their places are those in class.
    """
    columns = {"class": class_, **{name: columns[name] for name in ("position", "class_position")}}
    coded = section.dictionary_encode()
    classes = pa.array([class_of(text) for text in coded.dictionary.to_pylist()], pa.string())
    if classes.null_count == len(classes):
        return columns
    named = classes.take(coded.indices)
    place = np.where(named.is_valid(), columns["position"].fill_null(-1).to_numpy(), -1)
    _, which, times = np.unique(np.stack([sheet, place]), axis=1, return_inverse=True, return_counts=True)
    anew = np.bincount(sheet[(place == 1) & (times[which] > 1)], minlength=int(sheet.max()) + 1) > 0
    moved = pa.array(anew[sheet] & (place >= 0))
    return {
        "class": pc.coalesce(class_, named),
        "position": pc.if_else(moved, None, columns["position"]),
        "class_position": pc.coalesce(columns["class_position"], pc.if_else(moved, columns["position"], None)),
    }
