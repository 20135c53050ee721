"""What stands behind the last column of a row, where what it is can be told from the cell alone.

Some pages print reasons behind retired cars alone, and old reports the time or the speed of the winner alone, in tables
that have no column of these.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, true
from transforms.columns import Layout
from transforms.dialect import Cells
from transforms.fold import fold
from transforms.lexicon import statuses
from transforms.statuses import reason_in

_WHY = {"reason", "status"}
_TIMES = {"lap_time", "session_time", "race_time", "race_speed", "lap_speed"}
_OF_WINNERS = {
    "race_time": r"^\d{1,2}(?::|\s?h(?:rs?)?\.?\s?)\d{1,2}(?:[:'′’]|\s?m(?:in|n)?\.?\s?)\d{2}",
    "race_speed": r"(?i)^\(?\d{2,3}(?:[.,]\d+)?\s?(?:km/?h|kph|mph|m\.p\.h\.)\)?$",
}
_WORDS = r"^[^\d]{3,40}$"


def told_beyond(cells: Cells, beyond: Ints, places: Ints, layouts: Sequence[Layout], table_of: Ints) -> dict[str, Ints]:
    """The cells among those `beyond` the last column that tell a role, by that; `places` are the cells of positions."""
    table = table_of[cells.line[beyond]]
    width, untold, untimed = (
        np.array([*column, -1])[table]
        for column in (
            [len(of.roles) for of in layouts],
            [_WHY.isdisjoint(of.form.role_set) for of in layouts],
            [_TIMES.isdisjoint(of.form.role_set) for of in layouts],
        )
    )
    next_to_last = beyond[(cells.column[beyond] == width) & (untold > 0)]
    told = {"reason": next_to_last[_are_reasons(cells, next_to_last, places)]}
    free = beyond[untimed > 0]
    texts = cells.texts.take(pa.array(cells.code[free]))
    return told | {role: free[true(pc.match_substring_regex(texts, of))] for role, of in _OF_WINNERS.items()}


def _are_reasons(cells: Cells, at: Ints, places: Ints) -> Bools:
    """Cells that read like why a car stopped, or that are words of a car with a status in place of its position."""
    texts = cells.texts.take(pa.array(cells.code[at]))
    known = reason_in(texts).is_valid().to_numpy(zero_copy_only=False)
    lines = np.flatnonzero(np.isin(cells.line[places], cells.line[at]))
    lost = [fold(text) in statuses() for text in cells.words(places[lines])]
    of_lost = cells.line[places[lines]][np.array(lost, bool)]
    return np.asarray(known | (np.isin(cells.line[at], of_lost) & true(pc.match_substring_regex(texts, _WORDS))))
