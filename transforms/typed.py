"""The slots of rows as typed columns, and the cells that did not fit their column's type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms import cells
from transforms.arrays import Bools, Ints
from transforms.masks import read_where
from transforms.statuses import is_status, reason_in

Reader = Callable[[pa.Array], pa.Array]

# Slot -> the column of `results` and the reader that gives its type. Speeds, distances and gaps have more to say.
_READERS: dict[str, tuple[str, Reader]] = {
    "position": ("position", cells.read_ordinals),
    "class_position": ("class_position", cells.read_ordinals),
    "laps": ("laps", cells.read_integers),
    "lap_number": ("lap_number", cells.read_integers),
    "lap_time": ("lap_time_ms", cells.read_lap_times),
    "gap_laps": ("gap_laps", cells.read_integers),
}
_DIGITS = r"^[\d.:,'+\s#]*\d[\d.:,'+\s]*$"
_TEXT_SLOTS = ("crew", "entrant")


@dataclass(frozen=True, slots=True)
class Typed:
    """Typed columns by name, and per slot the cells that do not fit, those converted from miles, and false zeros."""

    columns: dict[str, pa.Array]
    misfits: dict[str, Bools]
    miles: dict[str, Bools]
    zeros: dict[str, Bools]


def read_slots(texts: Mapping[str, pa.Array], mph: Mapping[str, Bools], sheet: Ints) -> Typed:
    """Type the printed slots; `mph` has per speed slot the rows whose header says miles, `sheet` the sheet of each."""
    columns: dict[str, pa.Array] = {}
    misfits: dict[str, Bools] = {}
    miles: dict[str, Bools] = {}
    printed = {slot: cells.filled(text) for slot, text in texts.items()}
    for slot, (column, read) in _READERS.items():
        columns[column] = read(printed[slot])
        misfits[slot] = _misfits(printed[slot], [columns[column]])
    for slot, column in (("race_speed", "race_speed_kmh"), ("lap_speed", "lap_speed_kmh")):
        columns[column], converted = cells.read_speeds(printed[slot], pa.array(mph[slot]))
        miles[slot] = _true(pc.and_(converted, pc.is_valid(columns[column])))
        misfits[slot] = _misfits(printed[slot], [columns[column]])
    columns["distance_km"], converted = cells.read_distances(printed["distance"])
    miles["distance"] = _true(converted)
    misfits["distance"] = _misfits(printed["distance"], [columns["distance_km"]])
    _read_race_times(printed, columns, misfits)
    for slot in _TEXT_SLOTS:
        misfits[slot] = _true(pc.match_substring_regex(printed[slot], _DIGITS))
    return Typed(columns, misfits, miles, {"laps": _forget_zero_laps(columns, sheet)})


def _forget_zero_laps(columns: dict[str, pa.Array], sheet: Ints) -> Bools:
    """Make laps unknown where a sheet prints 0 for every car without a position: an archive's way to say so.

    One such car may have stopped on its first lap; two and more, and none with a lap, did not.
    """
    printed = _true(pc.and_(pc.is_valid(columns["laps"]), pc.is_null(columns["position"])))
    zero = printed & _true(pc.equal(columns["laps"], 0))
    sheets = int(sheet.max(initial=0)) + 1
    zeros, cars = np.bincount(sheet, zero, sheets), np.bincount(sheet, printed, sheets)
    false = zero & ((zeros == cars) & (zeros > 1))[sheet]
    columns["laps"] = pc.if_else(pa.array(false), None, columns["laps"])
    return np.asarray(false)


def _read_race_times(printed: Mapping[str, pa.Array], columns: dict[str, pa.Array], misfits: dict[str, Bools]) -> None:
    """Race times, and the gaps that many sheets print in their place for all but the winner."""
    text = printed["race_time"]
    is_gap = pc.fill_null(pc.starts_with(text, "+"), False)
    time = pc.if_else(is_gap, None, cells.read_times(text))
    gap_time, gap_laps = cells.read_gaps(printed["gap"])
    instead_time, instead_laps = cells.read_gaps(pc.if_else(pc.is_valid(time), None, text))
    columns["race_time_ms"] = time
    columns["gap_ms"] = pc.coalesce(gap_time, instead_time)
    columns["gap_laps"] = pc.coalesce(gap_laps, columns["gap_laps"], instead_laps)
    misfits["race_time"] = _misfits(text, [time, instead_time, instead_laps])
    misfits["gap"] = _misfits(printed["gap"], [gap_time, gap_laps, cells.read_times(printed["gap"])])


def _misfits(text: pa.Array, values: list[pa.Array]) -> Bools:
    """Cells with a text that is neither a value nor a status."""
    unread = pc.is_valid(text)
    for value in values:
        unread = pc.and_(unread, pc.is_null(value))
    return _true(read_where(unread, text, _is_no_word))


def _is_no_word(text: pa.Array) -> pa.Array:
    """Whether a text is neither a status nor a reason."""
    return pc.invert(pc.or_(is_status(text), pc.is_valid(reason_in(text))))


def _true(mask: pa.Array) -> Bools:
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=bool)
