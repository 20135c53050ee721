"""Printed cells to typed values: times to milliseconds, ordinals to integers, speeds to km/h; never a sentinel.

Every function takes an array of texts (null where there is no cell) and gives an array as long; what
does not fit is null, and it is the caller who says so in a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.masks import change_where, first_bytes, replaced
from transforms.shapes import Shapes, decimal, group_lengths, whole
from transforms.spans import bytes_of, holding

_Way = Callable[[pa.Array], pa.Array]

KM_PER_MILE = 1.609344  # international mile, exact since 1959
# What stands before the number of a car: `#12`, `No. 12`, `n° 12`, `nº 12`, `Nr.12`.
BEFORE_NUMBER = r"(?i:#|no?\.?\s|n[o°º]\.?|№|nr\.?)\s?"
LONGEST_LAP = 15 * 60_000  # milliseconds; no race is over so soon, and no lap is longer but round the Nordschleife

# Nothing was printed here, or a mark that says so; `00:00:00` is how some archives print an unknown time.
_ABSENT = r"^(?:[-–—.?*\s]*|[Nn]/[Aa]|\\N|[-–—]{1,2}:[-–—:.]+|0{1,2}(?::0{2})+(?:[.,]0+)?)$"
# The first bytes of such marks: their ASCII signs, zero, the dashes of Unicode, nothing at all.
_BEGINS_MARK = np.isin(np.arange(256), [*b"-.?*0Nn\\ \t\n\f\r\0", *range(128, 256)])
_NOTE = r"([^\s*])\s?(?:\*+|[†‡§¹²³⁴⁵⁶⁷⁸⁹]+|\[[\w ]{1,4}\]|\(\d{1,3}\.?\))$"
# The last bytes of the marks of footnotes.
_ENDS_NOTE = np.isin(np.arange(256), [*b"*])", *(mark.encode()[-1] for mark in "†‡§¹²³⁴⁵⁶⁷⁸⁹")])
_PRIMES = (("[′’‘]", "'"), ("[″”“]|''", '"'), (r"^\((.+)\)$", r"\1"))  # and the brackets around all of it
# An `h` may stand behind the hours, and a prime behind minutes: `6h34:06.3`, `7:56'46.3`.
_CLOCK = r"^\+?\s?(?:(?P<h>\d{1,3})(?::|\s?[hH]\s?))?(?P<m>\d{1,3})[:'](?P<s>\d{2})(?:[.,:\"]{1,2}(?P<f>\d{1,4}))?\"?$"
_WORDS = (
    r"(?i)^\+?\s?(?:(?P<h>\d{1,3})\s?(?:h(?:rs?)?|std)\.?)?\s?(?:(?P<m>\d{1,3})\s?(?:min|mn|m|')\.?)?"
    r"\s?(?:(?P<s>\d{1,2})\s?(?:se[ck]|s|\"|$|[.,])?[.,]?(?P<f>\d{1,4})?\s?(?:se[ck]|s|\")?\.?)?$"
)
_AFTER_CLOCK = r"(?i)(\d[:']\d{2}(?:[.,]\d+)?)\s?(?:min|h|hrs?|s|sec)\.?$"
# Points between hours, minutes and seconds: `38.12,4`, `1.02'33"4`, `1.24.456`; `1.02.33` may be either, and is none.
_POINTS = r"^\+?\s?(?:(?P<h>\d{1,2})[.:])?(?P<m>\d{1,3})[.'](?P<s>\d{2})[,\"]{1,2}(?P<f>\d{1,4})$"
_HOURS_AND_PRIMES = r"^(?P<h>\d{1,2})\.(?P<m>\d{2})'(?P<s>\d{2})\"?$"  # `5.04'11"`
_ONLY_POINTS = r"^\+?\s?(?:(?P<h>\d{1,2})\.)?(?P<m>\d{1,3})\.(?P<s>\d{2})\.(?P<f>\d(?:\d{2})?)$"
_HUNDREDTHS = r"^\+?\s?(?P<m>\d{1,2})\.(?P<s>\d{2})\.(?P<f>\d{2})$"
_FRACTION = re.compile(r"(?P<seconds>\d)\s?(?:s|sec|\"|\s)\s?(?P<n>[1-9])/(?P<of>2|4|5|10)\s?(?:s|sec|\")?\.?$")
_SECONDS = r"(?i)^\+?\s?(?P<s>\d{1,3})(?:[.,\"](?P<f>\d{1,4})\s?(?:sec|s|\")?|\s?(?:secs?|s|\"))\.?$"
# What an hour is called behind kilometres: `km/h`, Danish `km/t`, Dutch `km/u`.
HOUR = "[htu]"
# The word for laps in many languages, for regular expressions.
LAPS = (
    "(?:laps?|lps?|tours?|runden?|rdn?s?|giri|giro|vueltas?|vtas?|v|voltas?|ronden?|rondes?|varv|omg(?:ang)?e?|runder?|k[oö]r"
    r"|kol[oay]?|okr(?:ążeni[ea]|ążeń)?|kierros(?:ta)?|krug(?:a|ova)?|k[oô]l|tururi|t\.|круга?|кругов)"
)
_INTEGER = rf"(?i)^(?P<n>\d{{1,6}})\s?{LAPS}?\.?(?:\s?\(.*\))?$"
_ORDINAL = (
    r"(?i)^\(?[=TP]?\s?(?P<n>0*[1-9]\d{0,3})\s?\.?(?:st|nd|rd|th|er|ère|re|ème|eme|e|ª|º|°|\.)?=?\)?"
    r"(?:\s?/\s?\d{1,3}|\s?\(\d{1,3}\))?$"
)
_NUMBER = (
    r"(?i)^(?P<n>\d{1,3}(?:[ '.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    rf"\s?(?P<unit>kms?/?{HOUR}?|kph|k/h|mph|mi/h|miles?|mi|m\.p\.h\.)?\.?$"
)
_GAP_LAPS = rf"(?i)^(?:[+–-]{{1,2}}|[aà]\s)?\s?(?P<n>\d{{1,3}})\s?(?:{LAPS}|tr?s?|rnd|vlts?|vtas?|l|g)\.?(?:\s.*)?$"
# What Latin sheets print before a gap: `a 1"25`.
_BEHIND, _BEGINS_BEHIND = r"^(?:a|A|à) (?:\+ ?)?", np.isin(np.arange(256), [*b"aA", "à".encode()[0]])


def filled(texts: pa.Array) -> pa.Array:
    """The texts, null where nothing is printed or a mark says that nothing is known."""
    # Most cells begin with a letter or a digit, and are not looked at any further.
    printed = texts.is_valid().to_numpy(zero_copy_only=False)
    may_be = np.flatnonzero(_BEGINS_MARK[first_bytes(texts)] & printed)
    if not len(may_be):
        return texts
    absent = pc.match_substring_regex(texts.take(pa.array(may_be)), _ABSENT)
    marks = may_be[absent.to_numpy(zero_copy_only=False)]
    if not len(marks):
        return texts
    mask = np.zeros(len(texts), bool)
    mask[marks] = True
    return pc.if_else(pa.array(mask), None, texts)


def unmarked(texts: pa.Array) -> pa.Array:
    """The texts without the marks of footnotes behind them: `3*`, `5:02:44.9‡`, `4 (1)`, `12[a]`."""
    data, places = bytes_of(texts)
    if not len(data):
        return texts
    last = np.maximum(places[1:] - 1, 0)
    may_be = (_ENDS_NOTE[data[last]] & (places[1:] > places[:-1])).nonzero()[0]
    if not len(may_be):
        return texts
    return replaced(texts, may_be, pc.replace_substring_regex(texts.take(pa.array(may_be)), _NOTE, r"\1"))


def read_ordinals(texts: pa.Array) -> pa.Array:
    """Positions: `1st`, `1.`, `1er`, `=9th`, `P3`, `12` to int32; there is no place 0."""
    return _group(pc.extract_regex(texts, _ORDINAL), "n").cast(pa.int32())


def read_integers(texts: pa.Array) -> pa.Array:
    """Laps and lap numbers to int32; a remark in parentheses after the number is passed over."""
    return _group(pc.extract_regex(texts, _INTEGER), "n").cast(pa.int32())


def read_times(texts: pa.Array) -> pa.Array:
    """Times of day, laps and races to int64 milliseconds: `1:27.898`, `1'34.567`, `1min53s062`, `7h 39m 36s`.

    Fractions beyond the millisecond are rounded; minutes and seconds of 60 and more are no time.
    """
    return _milliseconds(texts, _TIMES)


def read_lap_times(texts: pa.Array) -> pa.Array:
    """Lap times to int64 milliseconds: as `read_times`, laps of less than a minute as `58.123`, and `5.56.34`."""
    return _milliseconds(texts, _LAP_TIMES)


def read_hundredths(texts: pa.Array) -> pa.Array:
    """Times of minutes, seconds and hundredths, between points (`4.20.32`), to int64 milliseconds."""
    return _milliseconds(texts, ((_as_printed, _HUNDREDTHS),))


def _as_printed(shapes: pa.Array) -> pa.Array:
    return shapes


def _with_plain_marks(shapes: pa.Array) -> pa.Array:
    """Times with the marks of typographers as plain ones, and without a unit behind them."""
    for typographic, plain in _PRIMES:
        shapes = pc.replace_substring_regex(shapes, typographic, plain)
    return pc.replace_substring_regex(shapes, _AFTER_CLOCK, r"\1")


def _spelt(shapes: pa.Array) -> pa.Array:
    """Times with units or words; null for all others."""
    plain = _with_plain_marks(shapes)
    return pc.if_else(pc.match_substring_regex(plain, r"(?i)\d\s?(?:h|std|m|')"), plain, None)


# How times are printed, the commonest way first: what is done to their shapes, and the pattern that these then have.
_TIMES = (
    (_as_printed, _CLOCK),
    (_with_plain_marks, _CLOCK),
    (_spelt, _WORDS),
    (_with_plain_marks, _POINTS),
    (_as_printed, _ONLY_POINTS),
    (_with_plain_marks, _HOURS_AND_PRIMES),
)
_GAPS = (*_TIMES, (_with_plain_marks, _SECONDS))
_LAP_TIMES = (*_GAPS, (_as_printed, _HUNDREDTHS))


def read_gaps(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Gaps to int64 milliseconds and int32 laps, one of them null: `+1:05.400`, `35.2`, `9 Laps`."""
    laps = _group(pc.extract_regex(texts, _GAP_LAPS), "n").cast(pa.int32())
    behind = pa.array(_BEGINS_BEHIND[first_bytes(texts)])
    bare = change_where(behind, texts, lambda some: pc.replace_substring_regex(some, _BEHIND, ""))
    times = pc.if_else(pc.is_valid(laps), None, _milliseconds(bare, _GAPS))
    return times, laps


def read_speeds(texts: pa.Array, mph: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Speeds to float64 km/h, and whether each was printed in miles; `mph` says so for texts without a unit."""
    value, unit = _number(texts)
    miles = pc.or_(pc.fill_null(pc.starts_with(unit, "m"), False), mph)
    return pc.if_else(miles, pc.round(pc.multiply(value, KM_PER_MILE), 4), value), miles


def read_distances(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Distances to float64 km, and whether each was printed in miles: `3908.2119 kms`, `312.5 miles`."""
    value, unit = _number(texts)
    miles = pc.fill_null(pc.starts_with(unit, "mi"), False)
    return pc.if_else(miles, pc.round(pc.multiply(value, KM_PER_MILE), 4), value), miles


def read_numbers(texts: pa.Array) -> pa.Array:
    """Car numbers as text, without the sign before them: `#12` is 12, `007` stays 007."""
    return pc.replace_substring_regex(texts, rf"^{BEFORE_NUMBER}", "")


def _group(found: pa.StructArray, name: str) -> pa.Array:
    """One group of a pattern, null where the pattern did not match (a struct's own child would be "" there)."""
    return pc.struct_field(found, name)


def _number(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The numbers of texts, and the units behind them in lower case."""
    shaped = Shapes.of(texts)
    found = pc.extract_regex(shaped.shapes, _NUMBER)
    digits = pc.replace_substring_regex(_group(found, "n"), r"[ ']", "")
    # Of two marks the last divides the fraction; a single comma is a decimal comma.
    digits = pc.replace_substring_regex(digits, r"^(\d{1,3})[.,](\d{3})[.,](\d+)$", r"\1\2.\3")
    digits = pc.replace_substring(digits, ",", ".")
    plain = pc.fill_null(pc.match_substring_regex(digits, r"^\d+(?:\.\d+)?$"), False).to_numpy(zero_copy_only=False)
    values, known = np.zeros(len(texts)), np.zeros(len(texts), bool)
    for shape, rows, printed in shaped.digits(plain):
        values[rows], known[rows] = decimal(printed, len(digits[shape].as_py().partition(".")[2])), True
    units = pc.utf8_lower(_group(found, "unit")).take(pa.array(shaped.code))
    return pa.array(values, mask=~known), pc.if_else(texts.is_valid(), units, None)


def _without_fractions(texts: pa.StringArray) -> pa.StringArray:
    """Times with the fifths of seconds that old stopwatches have as decimals: `6h 39m 10 2/5s` -> `6h 39m 10.4`."""
    divided = holding(texts, b"/")
    if not divided.any():
        return texts
    return change_where(
        pa.array(divided), texts, lambda found: pa.array(map(_in_decimals, found.to_pylist()), pa.string())
    )


def _in_decimals(text: str | None) -> str | None:
    return text and _FRACTION.sub(lambda of: f"{of['seconds']}.{100 * int(of['n']) // int(of['of']):02}", text)


def _milliseconds(texts: pa.Array, ways: Sequence[tuple[_Way, str]]) -> pa.Array:
    """Milliseconds from the groups h, m, s and f of the first pattern that gives any; none does for a part over 59."""
    shaped = Shapes.of(_without_fractions(texts))
    millis, left = np.zeros(len(texts), np.int64), shaped.valid.copy()
    for prepare, pattern in ways:
        if not left.any():
            break
        found = pc.extract_regex(prepare(shaped.shapes), pattern)
        lengths = group_lengths(found)
        # Most texts are read in the first way: then only the shapes of the others are of interest.
        wanted = np.bincount(shaped.code[left], minlength=len(shaped.shapes)) > 0
        for shape, rows, digits in shaped.digits(wanted & found.is_valid().to_numpy(zero_copy_only=False)):
            ends = np.cumsum([lengths[name][shape] if name in lengths else 0 for name in "hmsf"])
            hours, minutes, seconds, fraction = np.split(digits, ends[:-1])
            h, m, s = whole(hours), whole(minutes), whole(seconds)
            thousandths = np.floor(decimal(fraction, len(fraction)) * 1000 + 0.5).astype(np.int64)
            known = left[rows] & ~((s >= 60) & (h + m > 0) | (m >= 60) & (h > 0))
            millis[rows[known]] = (((h * 60 + m) * 60 + s) * 1000 + thousandths)[known]
            left[rows[known]] = False
    return pa.array(millis, mask=left | ~shaped.valid)
