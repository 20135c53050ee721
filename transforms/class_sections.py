"""Sections that name a class: `Class GT1` above cars whose places are counted anew."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags
from transforms.fold import fold
from transforms.lexicon import class_names, read_section
from transforms.remember import remember

_CLASS = re.compile(
    r"(?i)(?:class|classe|clase|klasse|category|categor[ií]a|cat[ée]gorie|kategorie)\s*:?\s+(?P<class>\S[^:]{0,24}?)\s*:?"
)
# `GT1 Class results`; a class that is in no list is known by its capitals and digits.
_RESULTS = re.compile(r"(?i)(?P<class>\S.{0,24}?) (?:class|classe|klasse|category)(?: (?:results?|classification))?")
_CODE = re.compile(r"[A-Z][A-Z0-9+./-]{1,7}(?: \d)?")
_LONGEST = 60  # characters
_OTHER = re.compile(r"#* ?\w[\w.+/-]{1,19}(?: [\w.+/-]{1,19})?")


@remember
def class_of(text: str) -> str | None:
    """The class that a heading names: `Class GT1` is GT1, `Class 2` stays, as a number alone says little."""
    text = text.strip().lstrip("#").lstrip()  # of Markdown
    bare = text.rstrip(":").rstrip()
    if len(bare) > _LONGEST:
        return None
    if fold(bare) in class_names():
        return bare
    if (of := _RESULTS.fullmatch(bare)) and (fold(of["class"]) in class_names() or _CODE.fullmatch(of["class"])):
        return of["class"]
    found = _CLASS.fullmatch(text)
    return found and (bare if found["class"].isdigit() else found["class"])


def by_class(columns: Mapping[str, pa.Array], class_: pa.Array, section: pa.Array, sheet: Ints) -> dict[str, pa.Array]:
    """The columns class, position and class_position of rows below sections, given the section and sheet of each.

    Where several classes of a sheet have a car in one place, their places are those in class; so they are where a
    column names the classes.
    """
    columns = {"class": class_, **{name: columns[name] for name in ("position", "class_position")}}
    if (anew := _counted_by_class(columns, sheet)).any():
        columns = _with_places_in_classes(columns, pa.array(anew))
    coded = section.dictionary_encode()
    classes = pa.array([class_of(text) for text in coded.dictionary.to_pylist()], pa.string())
    if classes.null_count == len(classes):
        return columns
    named = _with_others(classes, coded, columns["position"], sheet)
    place = np.where(named.is_valid(), columns["position"].fill_null(-1).to_numpy(), -1)
    _, which, times = np.unique(np.stack([sheet, place]), axis=1, return_inverse=True, return_counts=True)
    anew = np.bincount(sheet[(place == 1) & (times[which] > 1)], minlength=int(sheet.max()) + 1) > 0
    moved = pa.array(anew[sheet] & (place >= 0))
    return _with_places_in_classes(columns | {"class": pc.coalesce(class_, named)}, moved)


def _with_places_in_classes(columns: dict[str, pa.Array], moved: pa.BooleanArray) -> dict[str, pa.Array]:
    """The columns with some places as those in classes."""
    position = columns["position"]
    in_class = pc.coalesce(columns["class_position"], pc.if_else(moved, position, None))
    return columns | {"position": pc.if_else(moved, None, position), "class_position": in_class}


def _counted_by_class(columns: dict[str, pa.Array], sheet: Ints) -> Bools:
    """Rows with a place in sheets where each class of a column counts its own, from the first to the last of it."""
    place = np.where(columns["class_position"].is_null(), columns["position"].fill_null(-1).to_numpy(), -1)
    firsts = np.bincount(sheet[place == 1], minlength=int(sheet.max(initial=0)) + 1)
    moved = np.zeros(len(sheet), bool)
    rows = np.flatnonzero((place > 0) & (firsts > 1)[sheet])
    classes = columns["class"].take(pa.array(rows)).to_pylist()
    for of in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(sheet[rows])) + 1) if len(rows) else ():
        counted: dict[str | None, list[int]] = {}
        for i in of.tolist():
            counted.setdefault(classes[i], []).append(int(place[rows[i]]))
        if None not in counted and all(sorted(each) == [*range(1, len(each) + 1)] for each in counted.values()):
            moved[rows[of]] = True
    return moved


def _with_others(classes: pa.StringArray, coded: pa.DictionaryArray, position: pa.Array, sheet: Ints) -> pa.Array:
    """The class of each row, with sections of a word or two as classes where others of their sheet are known as such.

    Each begins with the first place: `Touring` behind `GT`.
    """
    named = classes.take(coded.indices)
    section = coded.indices.fill_null(-1).to_numpy()
    words = [bool(_OTHER.fullmatch(text)) and not read_section(text) for text in coded.dictionary.to_pylist()]
    may_be = np.append(np.array(words, bool), False)[section] & named.is_null().to_numpy(zero_copy_only=False)
    if not may_be.any():
        return named
    sheets = int(sheet.max()) + 1
    with_class = np.bincount(sheet[named.is_valid().to_numpy(zero_copy_only=False)], minlength=sheets) > 0
    begun = flags(section[may_be & (position.fill_null(-1).to_numpy() == 1)], len(words) + 1)
    other = pa.array(may_be & with_class[sheet] & begun[section])
    return pc.if_else(other, pc.utf8_ltrim(coded.dictionary, "# ").take(coded.indices), named)
