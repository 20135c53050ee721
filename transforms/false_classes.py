"""What a decoded table takes for classes or places in them, and is none: codes for makers of tyres, grids, points."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.cells import read_ordinals
from transforms.columns import Form, Layout, either
from transforms.dialect import compact
from transforms.fold import fold
from transforms.lexicon import class_names, tyre_makers
from transforms.spans import bytes_of
from transforms.tables import Tables

_LONGEST_CODE, _MOST_MAKERS = len("MI"), 3
_CLASSES_TOO = "CDFHKT"  # letters that stand for makers of tyres, and for classes as often
_ROWS = 8  # that are looked at
_FEWEST_HIGHER = 2  # rows with places in classes that no class can have; a single one may be a misprint

Found = dict[int, tuple[str, list[str]]]  # by table, what is in doubt and which columns would settle it


def false_classes(inferred: Sequence[tuple[int, Layout]], tables: Tables) -> Found:
    """The tables whose classes are makers of tyres, or whose places in classes cannot be such."""
    return _tyres_for_classes(inferred, tables) | _higher_than_places(inferred, tables)


def _higher_than_places(inferred: Sequence[tuple[int, Layout]], tables: Tables) -> Found:
    """The tables in which cars have a higher number in their class than among all: those are of a grid, or points.

    Where there are neither classes nor places, they may be the places, unless those of each class count up.
    """
    found: Found = {}
    with_place: list[tuple[int, int, int]] = []
    for t, layout in inferred:
        place, i = _place_columns(layout.form)
        if place >= 0:
            with_place.append((t, place, i))
        elif i >= 0 and not _count_up(tables.cells.texts.take(pa.array(tables.first_codes(t)[:, i]))):
            found[t] = either(layout.roles, i, "position")
    higher = _tables_with_higher(with_place, tables) if with_place else set()
    layouts = dict(inferred) if higher else {}
    for t, _, i in with_place:
        if t in higher:
            found[t] = either(layouts[t].roles, i, "extra")
    return found


@lru_cache(maxsize=4096)
def _place_columns(form: Form) -> tuple[int, int]:
    """The columns of places and of those in classes; -1 where none is, or none is looked at."""
    roles = form.roles
    if "class_position" not in roles:
        return -1, -1
    i = roles.index("class_position")
    if "position" in roles:
        return roles.index("position"), i
    return -1, -1 if "class" in roles else i


def _tables_with_higher(columns: Sequence[tuple[int, int, int]], tables: Tables) -> set[int]:
    """The tables of which some cars have a higher number in one column than in the other before it."""
    first, cells = tables.first_cells, tables.cells
    of = np.full((2, len(tables.width)), -1)
    chosen = np.array(columns).T
    of[:, chosen[0]] = chosen[1:]
    early = np.flatnonzero((first.row < _ROWS) & (of[0] >= 0)[first.table])
    cell, table = first.cell[early], first.table[early]
    place, in_class = (np.flatnonzero(cells.column[cell] == column[table]) for column in of)
    used, code = compact(cells.code[cell[np.append(place, in_class)]], len(cells.texts))
    number = read_ordinals(cells.texts.take(pa.array(used))).fill_null(0).to_numpy()[code]
    higher = (number[: len(place)] > 0) & (number[len(place) :] > number[: len(place)])
    times = np.bincount(table[place[higher]], minlength=1)
    return {*np.flatnonzero(times >= _FEWEST_HIGHER).tolist()}


def _count_up(printed: pa.StringArray) -> bool:
    """Whether places are those of classes, from the first car on: behind a second stands no fourth without a third."""
    told: Counter[int] = Counter()
    for place in read_ordinals(printed).drop_null().to_pylist():
        told[place] += 1
        if place > 1 and told[place] > told[place - 1]:
            return False
    return True


def _tyres_for_classes(inferred: Sequence[tuple[int, Layout]], tables: Tables) -> Found:
    """The tables whose classes are all codes for makers of tyres, one of them a code that no class has: `G`, `MI`."""
    texts, cells, first = tables.cells.texts, tables.cells, tables.first_cells
    short = np.flatnonzero(np.diff(bytes_of(texts)[1]) <= _LONGEST_CODE)
    telling = np.zeros(len(texts), bool)
    alone = pc.is_in(texts.take(pa.array(short)), value_set=_codes_of_tyres_alone())
    telling[short] = alone.to_numpy(zero_copy_only=False)
    at = first.cell[telling[cells.code[first.cell]]]
    layouts = dict(inferred) if len(at) else {}
    found: Found = {}
    for t, i in sorted({*zip(tables.page.table[cells.line[at]].tolist(), cells.column[at].tolist(), strict=True)}):
        roles = layouts[t].roles if t in layouts else ()
        if i < len(roles) and roles[i] == "class" and _are_tyres(texts.take(pa.array(tables.first_codes(t)[:, i]))):
            found[t] = either(roles, i, "tyre")
    return found


def _are_tyres(printed: pa.StringArray) -> bool:
    """Whether texts are codes for makers of tyres, of whom few meet; letters that follow one another are classes."""
    codes = sorted({*filter(None, printed.to_pylist())})
    run = len(codes) == _MOST_MAKERS and "".join(codes) in string.ascii_uppercase
    return len(codes) <= _MOST_MAKERS and tyre_makers().keys() >= {*codes} and not run


@cache
def _codes_of_tyres_alone() -> pa.Array:
    codes = {code for code in tyre_makers() if code.isupper() and len(code) <= _LONGEST_CODE}
    return pa.array(sorted(code for code in codes - {*_CLASSES_TOO} if fold(code) not in class_names()), pa.string())
