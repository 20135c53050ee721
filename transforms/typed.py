"""The slots of rows as typed columns, and the cells that did not fit their column's type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms import cells
from transforms.arrays import Bools, Floats, Ints, flags, true
from transforms.coded import Coded
from transforms.masks import IS_DIGIT, first_bytes, read_where, scattered, true_places
from transforms.miles import SPEEDS, in_miles
from transforms.places_in_words import read_places, with_roman
from transforms.statuses import say_nothing

Reader = Callable[[pa.Array], pa.Array]

# Slot -> the column of `results` and the reader that gives its type. Speeds, distances and gaps have more to say.
_READERS: dict[str, tuple[str, Reader]] = {
    "position": ("position", read_places),
    "class_position": ("class_position", read_places),
    "laps": ("laps", cells.read_integers),
    "lap_number": ("lap_number", cells.read_integers),
    "lap_time": ("lap_time_ms", cells.read_lap_times),
    "gap_laps": ("gap_laps", cells.read_integers),
}
_DIGITS = r"^[\d.:,'+\s#]*\d[\d.:,'+\s]*$"
_BEGINS_DIGITS = np.isin(np.arange(256), [*b"0123456789.:,'+#"])
_MISREAD = r"^\d*(?:l|\dO|\dI|[OI]\d)[\dlIO]*$|^\d+\s+\p{L}[\p{Ll}.]"  # `lO` for 10, `3O` for 30, and `5 Al Unser`
_BEHIND_NUMBERS = r"^\d{1,3}[.)]?\s+(?:#?\d{1,3}\.?\s+)?\p{L}"
# What tells no reason: laps and times, of rows whose cells have moved.
_NO_REASON = rf"(?i)^\+?\d[\d:.,'\"h ]*(?:{cells.LAPS})?\.?$"
_WORDS = r"^[^\d]{4,}$"  # in place of the number of a car
_OVER_59 = r"^\d{1,2}\.\d{2}\.[6-9]\d$"
_BARE = r"^[\d.,]+$"
_LONGEST_NUMBER = 12  # bytes, with a sign before it and marks behind it
_ORDINALS = ("position", "class_position")  # in which 0 stands for no place
_OF_NUMBERS = (*_READERS, "race_time", "gap", "race_speed", "lap_speed", "distance")
_MANY_LAPS = 10  # by which the first car that is lapped is hardly ever behind
_TEXT_SLOTS = ("crew", "entrant")


@dataclass(frozen=True, slots=True)
class Typed:
    """Typed columns by name, and per slot the cells that do not fit, those converted from miles, and false zeros.

    `unread` holds per slot the texts in which no value was read, null in place of all others.
    """

    columns: dict[str, pa.Array]
    misfits: dict[str, Bools]
    miles: dict[str, Bools]
    zeros: dict[str, Bools]
    unread: dict[str, pa.Array]


def read_slots(
    texts: Mapping[str, Coded], mph: Mapping[str, Bools], told: Mapping[str, Bools], sheet: Ints, km: Floats
) -> Typed:
    """Type the printed slots; `mph` has per slot the rows whose header says miles, `told` those with any unit.

    `sheet` is the sheet of each row, `km` the length of a lap in each sheet, NaN where it is not known.
    """
    typed = Typed({}, {}, {}, {}, {})
    columns, misfits, miles = typed.columns, typed.misfits, typed.miles
    printed = {slot: cells.filled(text.texts) for slot, text in texts.items()}
    printed |= {slot: cells.unmarked(printed[slot]) for slot in _OF_NUMBERS}
    printed |= {slot: pc.if_else(pc.equal(printed[slot], "0"), None, printed[slot]) for slot in _ORDINALS}
    for slot, (column, read) in _READERS.items():
        values = read(printed[slot])
        columns[column] = texts[slot].spread(values)
        misfits[slot] = texts[slot].rows(_misfits(printed[slot], [values]))
        typed.unread[slot] = pc.if_else(pc.is_null(values), texts[slot].texts, None)
    columns["position"], roman = with_roman(columns["position"], texts["position"], sheet)
    misfits["position"] &= ~roman
    for slot, column in SPEEDS.items():
        columns[column], miles[slot], unread = _read_speeds(texts[slot], printed[slot], mph[slot], sheet)
        misfits[slot] = texts[slot].rows(_misfits(printed[slot], [unread]))
    distances, converted = cells.read_distances(printed["distance"])
    columns["distance_km"], miles["distance"] = _read_distances(
        texts["distance"], distances, converted, mph["distance"]
    )
    misfits["distance"] = texts["distance"].rows(_misfits(printed["distance"], [distances]))
    _read_race_times(texts, printed, typed, sheet)
    for slot in _TEXT_SLOTS:
        misfits[slot] = texts[slot].rows(_all_digits(printed[slot]))
    misfits["crew"] |= texts["crew"].rows(_behind_numbers(printed["crew"]))
    misfits["reason"] = texts["reason"].rows(true(pc.match_substring_regex(printed["reason"], _NO_REASON)))
    misfits["car_number"] = texts["car_number"].rows(_no_numbers(printed["car_number"]))
    typed.zeros["laps"] = _forget_zero_laps(columns, sheet)
    _convert_bare_speeds(typed, texts, told, sheet, km)
    return typed


def _read_speeds(texts: Coded, printed: pa.Array, mph: Bools, sheet: Ints) -> tuple[pa.Array, Bools, pa.Array]:
    """Speeds row by row, which of them were converted from miles, and the speeds text by text.

    Some sheets print the unit once: where a speed is in miles, those without a unit are, too.
    """
    values, converted = cells.read_speeds(printed, pa.scalar(False))
    column, miles = texts.spread(values), texts.rows(true(pc.and_(converted, pc.is_valid(values))))
    if miles.any():
        bare = texts.rows(true(pc.match_substring_regex(printed, _BARE)))
        mph = mph | (bare & np.isin(sheet, sheet[miles]))
    if not mph.any():
        return column, miles, values
    in_miles, _ = cells.read_speeds(printed, pa.scalar(True))
    column = pc.if_else(pa.array(mph), texts.spread(in_miles), column)
    return column, miles | (mph & texts.rows(true(pc.is_valid(in_miles)))), values


def _read_distances(texts: Coded, values: pa.Array, converted: pa.Array, miles: Bools) -> tuple[pa.Array, Bools]:
    """Distances row by row, and which were converted from miles, as their header or the cell itself says."""
    column, done = texts.spread(values), texts.rows(true(converted))
    headed = miles & ~done
    if not headed.any():
        return column, done
    headed &= texts.rows(true(pc.match_substring_regex(texts.texts, _BARE)))
    return pc.if_else(pa.array(headed), pc.round(pc.multiply(column, cells.KM_PER_MILE), 4), column), done | headed


def _convert_bare_speeds(
    typed: Typed, texts: Mapping[str, Coded], told: Mapping[str, Bools], sheet: Ints, km: Floats
) -> None:
    """Take speeds without a unit for miles in the sheets whose times or distances say so."""
    bare = {
        slot: texts[slot].rows(true(pc.match_substring_regex(texts[slot].texts, _BARE)))
        & ~told[slot]
        & ~typed.miles[slot]
        for slot in SPEEDS
    }
    miles = in_miles(typed.columns, bare, typed.miles["distance"], km, sheet)
    for slot, column in SPEEDS.items() if miles.any() else ():
        of = bare[slot] & miles[sheet]
        converted = pc.round(pc.multiply(typed.columns[column], cells.KM_PER_MILE), 4)
        typed.columns[column] = pc.if_else(pa.array(of), converted, typed.columns[column])
        typed.miles[slot] |= of & true(pc.is_valid(converted))


def _all_digits(texts: pa.Array) -> Bools:
    """Texts of nothing but digits and the marks between them."""
    may_be = np.flatnonzero(_BEGINS_DIGITS[first_bytes(texts)])
    digits = np.zeros(len(texts), bool)
    digits[may_be] = true(pc.match_substring_regex(texts.take(pa.array(may_be)), _DIGITS))
    return digits


def _behind_numbers(texts: pa.Array) -> Bools:
    """Texts that begin with a number, or with several, and go on with a word: those of cars, which were not told."""
    may_be = np.flatnonzero(IS_DIGIT[first_bytes(texts)])
    numbered = np.zeros(len(texts), bool)
    numbered[may_be] = true(pc.match_substring_regex(texts.take(pa.array(may_be)), _BEHIND_NUMBERS))
    return numbered


def _no_numbers(texts: pa.Array) -> Bools:
    """Texts too long for the number of a car and no status in its place, or with letters in place of digits.

    Without a digit few letters are long.
    """
    odd = np.flatnonzero(~IS_DIGIT[first_bytes(texts)])
    worded = flags(odd[true(pc.match_substring_regex(texts.take(pa.array(odd)), _WORDS))], len(texts))
    long = pc.or_(pc.greater(pc.binary_length(texts), _LONGEST_NUMBER), pa.array(worded))
    return true(pc.match_substring_regex(texts, _MISREAD)) | true(read_where(long, texts, say_nothing, pa.bool_()))


def _forget_zero_laps(columns: dict[str, pa.Array], sheet: Ints) -> Bools:
    """Make laps unknown where a sheet prints 0 for every car without a position: an archive's way to say so.

    One such car may have stopped on its first lap; two and more, and none with a lap, did not.
    """
    printed = true(pc.and_(pc.is_valid(columns["laps"]), pc.is_null(columns["position"])))
    zero = printed & true(pc.equal(columns["laps"], 0))
    sheets = int(sheet.max(initial=0)) + 1
    zeros, cars = np.bincount(sheet, zero, sheets), np.bincount(sheet, printed, sheets)
    false = zero & ((zeros == cars) & (zeros > 1))[sheet]
    columns["laps"] = pc.if_else(pa.array(false), None, columns["laps"])
    return np.asarray(false)


def _read_race_times(texts: Mapping[str, Coded], printed: Mapping[str, pa.Array], typed: Typed, sheet: Ints) -> None:
    """Race times, and the gaps that many sheets print in their place for all but the winner."""
    text, coded, gaps = printed["race_time"], texts["race_time"], texts["gap"]
    is_gap = pc.fill_null(pc.starts_with(text, "+"), False)
    time = pc.if_else(is_gap, None, cells.read_times(text))
    gap_time, gap_laps = cells.read_gaps(printed["gap"])
    left = true_places(pc.and_(pc.is_null(time), pc.is_valid(text)))
    instead_time, instead_laps = (
        scattered(found, left, len(text)) for found in cells.read_gaps(text.take(pa.array(left)))
    )
    columns, misfits = typed.columns, typed.misfits
    of_hundredths = _hundredths(text, left, coded, sheet)
    columns["race_time_ms"] = pc.coalesce(coded.spread(time), of_hundredths)
    instead, unsigned = coded.spread(instead_time), IS_DIGIT[first_bytes(text)]
    of_seconds = _seconds_of_leaders(columns, instead, coded.rows(unsigned), sheet)
    columns["race_time_ms"] = pc.if_else(of_seconds, instead, columns["race_time_ms"])
    instead = pc.if_else(of_seconds, None, instead)
    # The leader has no gap: what a column of gaps prints for him is his time.
    of_leader = pc.and_(pc.equal(columns["position"], 1), pc.greater(gaps.spread(gap_time), cells.LONGEST_LAP))
    of_leader = pc.fill_null(pc.and_(of_leader, pc.is_null(columns["race_time_ms"])), False)
    gap_ms = gaps.spread(gap_time)
    columns["race_time_ms"] = pc.if_else(of_leader, gap_ms, columns["race_time_ms"])
    gap_ms = pc.if_else(of_leader, None, gap_ms)
    columns["gap_ms"] = pc.coalesce(gap_ms, instead)
    laps_behind = _tell_laps_of_leaders(columns, gaps.spread(gap_laps))
    _tell_gaps(columns, true(instead.is_valid()), sheet)
    columns["gap_laps"] = pc.coalesce(laps_behind, columns["gap_laps"], coded.spread(instead_laps))
    _tell_laps_driven(columns, coded, unsigned, sheet, sheet[true(instead.is_valid())])
    misfits["race_time"] = coded.rows(_misfits(text, [time, instead_time, instead_laps]))
    misfits["race_time"] &= ~true(of_hundredths.is_valid())
    misfits["gap"] = gaps.rows(_misfits(printed["gap"], [gap_time, gap_laps, cells.read_times(printed["gap"])]))
    typed.unread["race_time"] = pc.if_else(pc.is_null(time), coded.texts, None)


def _tell_laps_of_leaders(columns: dict[str, pa.Array], gap_laps: pa.Array) -> pa.Array:
    """Gaps in laps without those of leaders, which are the laps that they drove: `361 laps` before `1 lap`."""
    led = true(pc.and_(pc.equal(columns["position"], 1), pc.greater_equal(gap_laps, _MANY_LAPS)))
    if not led.any():
        return gap_laps
    columns["laps"] = pc.if_else(pa.array(led), pc.coalesce(columns["laps"], gap_laps), columns["laps"])
    return pc.if_else(pa.array(led), None, gap_laps)


def _hundredths(text: pa.Array, left: Ints, coded: Coded, sheet: Ints) -> pa.Array:
    """Times such as `4.20.32` row by row, in sheets where some have more than 59 at the end: no seconds, then.

    `left` are the places of texts that were read as no time.
    """
    over = true(pc.match_substring_regex(text.take(pa.array(left)), _OVER_59))
    if not over.any():
        return pa.nulls(len(sheet), pa.int64())
    telling = coded.rows(flags(left[over], len(text)))
    told = pa.array(np.isin(sheet, sheet[telling]))
    return pc.if_else(told, coded.spread(cells.read_hundredths(text)), None)


def _seconds_of_leaders(columns: dict[str, pa.Array], instead: pa.Array, unsigned: Bools, sheet: Ints) -> pa.Array:
    """Bare seconds in place of times, in sheets whose leaders have nothing else: they are times, as of a hill climb.

    `instead` are what reads like gaps there, `unsigned` the rows whose cell begins with a digit. Where no place is
    printed, the first car leads.
    """
    seconds = unsigned & (instead.fill_null(0).to_numpy() > 0)
    leading = true(pc.equal(columns["position"], 1))
    placed = flags(sheet[true(columns["position"].is_valid())], int(sheet.max(initial=0)) + 1)
    leading |= (np.diff(sheet, prepend=-1) > 0) & ~placed[sheet]
    long = true(pc.greater(columns["race_time_ms"], cells.LONGEST_LAP))
    led, timed = (flags(sheet[leading & of], int(sheet.max(initial=0)) + 1) for of in (seconds, long))
    return pa.array(seconds & (led & ~timed)[sheet])


def _tell_gaps(columns: dict[str, pa.Array], instead: Bools, sheet: Ints) -> None:
    """Take `1:05.2` for what a car was behind, where it is less than half the winner's time and others are `instead`.

    Those are the rows that print a gap in place of a time.
    """
    time, position = (columns[name].fill_null(0).to_numpy() for name in ("race_time_ms", "position"))
    leading = np.flatnonzero((position == 1) & (time > cells.LONGEST_LAP))
    if not instead.any() or not len(leading):
        return
    led, gapped = np.zeros(int(sheet.max()) + 1, np.int64), np.bincount(sheet, instead) > 0
    led[sheet[leading]] = time[leading]
    behind = true(columns["gap_ms"].is_valid())
    mask = pa.array((time > 0) & (position > 1) & (time * 2 < led[sheet]) & gapped[sheet] & ~behind)
    columns["gap_ms"] = pc.if_else(mask, columns["race_time_ms"], columns["gap_ms"])
    columns["race_time_ms"] = pc.if_else(mask, None, columns["race_time_ms"])


def _tell_laps_driven(columns: dict[str, pa.Array], coded: Coded, unsigned: Bools, sheet: Ints, of_gaps: Ints) -> None:
    """Take `71 laps` in place of a time for the laps that a car drove, in sheets without laps where such never rise.

    Those that cars are behind, which print the same words, never fall from place to place, and begin with few. Of a
    car without a place, nobody says how far it was behind, but in sheets `of_gaps`, which print these for times.
    """
    counted = np.bincount(sheet, true(columns["laps"].is_valid())) > 0
    counted[of_gaps] = True
    told = coded.rows(unsigned) & true(pc.and_(pc.is_valid(columns["gap_laps"]), pc.is_null(columns["laps"])))
    lost = told & true(columns["position"].is_null()) & ~counted[sheet]
    at = np.flatnonzero(told & true(pc.is_valid(columns["position"])))
    if not len(at) and not lost.any():
        return
    number = columns["gap_laps"].fill_null(0).to_numpy()
    groups = np.split(at, np.flatnonzero(np.diff(sheet[at])) + 1) if len(at) else []
    driven = [sheet[of[0]] for of in groups if number[of[0]] >= _MANY_LAPS and (np.diff(number[of]) <= 0).all()]
    mask = pa.array((told & np.isin(sheet, driven)) | lost)
    columns["laps"] = pc.if_else(mask, columns["gap_laps"], columns["laps"])
    columns["gap_laps"] = pc.if_else(mask, None, columns["gap_laps"])


def _misfits(text: pa.Array, values: list[pa.Array]) -> Bools:
    """Cells with a text that is neither a value nor a status."""
    unread = pc.is_valid(text)
    for value in values:
        unread = pc.and_(unread, pc.is_null(value))
    return true(read_where(unread, text, say_nothing, pa.bool_()))
