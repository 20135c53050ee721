"""Codes for makers of tyres that a decoded table takes for classes: `G`, `P` and `M`."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.columns import Layout
from transforms.fold import fold
from transforms.lexicon import class_names, tyre_makers
from transforms.spans import bytes_of
from transforms.tables import Tables

_LONGEST_CODE, _MOST_MAKERS = len("MI"), 3
_CLASSES_TOO = "CDFHKT"  # letters that stand for makers of tyres, and for classes as often


def tyres_for_classes(inferred: Sequence[tuple[int, Layout]], tables: Tables) -> dict[int, tuple[str, list[str]]]:
    """The tables whose classes are all codes for makers of tyres, one of them a code that no class has: `G`, `MI`."""
    texts, cells, first = tables.cells.texts, tables.cells, tables.first_cells
    short = np.flatnonzero(np.diff(bytes_of(texts)[1]) <= _LONGEST_CODE)
    telling = np.zeros(len(texts), bool)
    alone = pc.is_in(texts.take(pa.array(short)), value_set=_codes_of_tyres_alone())
    telling[short] = alone.to_numpy(zero_copy_only=False)
    at = first.cell[telling[cells.code[first.cell]]]
    layouts = dict(inferred) if len(at) else {}
    found: dict[int, tuple[str, list[str]]] = {}
    for t, i in sorted({*zip(tables.page.table[cells.line[at]].tolist(), cells.column[at].tolist(), strict=True)}):
        roles = layouts[t].roles if t in layouts else ()
        if i < len(roles) and roles[i] == "class" and _are_tyres(texts.take(pa.array(tables.first_codes(t)[:, i]))):
            found[t] = f"column {i + 1} may be class or tyre", [*roles[:i], "tyre", *roles[i + 1 :]]
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
