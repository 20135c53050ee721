"""Crews taken apart: one name per driver, its marks as flags, every name in its seat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints
from transforms.lexicon import FLAG, country_names, flag_code
from transforms.masks import change_where, first_bytes, read_where
from transforms.spans import Spans, bytes_of, cut, holding

JOIN = "\x1f"  # between names that the sheet prints in cells of their own
# A slash divides names only with a blank beside it: `Lola B2K/10B` and `N/A` are words.
_BETWEEN = r"\s*\x1f\s*|\s+/\s*|/\s+|\s*\|\s*|\s+&\s+|\s*<br\s*/?>\s*"
_DASH = r"\s+[-–]\s+"
_STAR = r"^\*+\s*|\s*\*+$"
_COUNTRY = rf"^(?P<country>{'|'.join(country_names())})\s+(?P<name>\S.*)$"
_FLAG = rf"^(?P<country>{FLAG})\s*(?P<name>\S.*)$"
_DASH_BYTES = bytes([ord("-"), "–".encode()[0]])
_FLAG_BYTE = "\U0001f1e6".encode()[0]
_BEGINS_QUOTE = np.isin(np.arange(256), [c.encode()[0] for c in "\"“”„«‘'"])
_NEARLY_ALL = 0.9  # of a sheet's names have a country before them, or words that are countries are names
_QUOTE = "^[\"“”„«‘']"
_QUOTED = '^["“”„«‘\'](?P<name>[^"“”„«»]+)["”“»’\']$'


@dataclass(frozen=True, slots=True)
class Crews:
    """Crews as a list of printed names per row, and per name: the row, the seat, the bare name, marks and country."""

    crew: pa.ListArray
    row: Ints
    seat: Ints
    name: pa.Array
    nominated: pa.Array
    pseudonym: pa.Array
    country: pa.Array


def read_crews(texts: pa.Array, sheet: Ints) -> Crews:
    """Take crews apart; `texts` holds one crew per row (null: none printed), `sheet` the sheet of each row."""
    parted = _part_names(pc.fill_null(texts, ""), sheet)
    pieces, row = _pieces(parted)
    kept = np.ones(len(row), bool)
    stars = _starred(pieces)
    kept[stars] = pc.not_equal(_unstarred(pieces.take(pa.array(stars))), "").to_numpy(zero_copy_only=False)
    kept &= pc.not_equal(pieces, "").to_numpy(zero_copy_only=False)
    if not kept.all():
        pieces, row = pieces.filter(pa.array(kept)), row[kept]
    country, pieces = _countries(pieces, sheet[row])
    sizes = np.bincount(row, minlength=len(texts))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    name, nominated, pseudonym = _marks(pieces)
    return Crews(
        crew=pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pieces),
        row=row,
        seat=np.arange(len(row)) - offsets[row] + 1,
        name=name,
        nominated=nominated,
        pseudonym=pseudonym,
        country=country,
    )


def _part_names(printed: pa.StringArray, sheet: Ints) -> pa.StringArray:
    """Crews with JOIN between their names."""
    parted = pc.replace_substring(printed, " / ", JOIN)
    other = pa.array(holding(parted, b"|&</") | holding(printed, JOIN.encode()))
    slashes = change_where(other, printed, lambda texts: pc.replace_substring_regex(texts, _BETWEEN, JOIN))
    parted = pc.if_else(other, slashes, parted)
    dashed = _divided_by_dashes(printed, parted, sheet)
    return change_where(pa.array(dashed), parted, lambda texts: pc.replace_substring_regex(texts, _DASH, JOIN))


def _pieces(parted: pa.StringArray) -> tuple[pa.StringArray, Ints]:
    """What stands between JOINs, trimmed, and the row of each."""
    data, places = bytes_of(parted)
    marks = np.flatnonzero(data == ord(JOIN))
    bounds = np.searchsorted(marks, places)
    spans, row, _ = cut(Spans(parted, places[:-1], places[1:]), marks, bounds[:-1], np.diff(bounds))
    return spans.trimmed().copy(), row


def _starred(names: pa.StringArray) -> Ints:
    """Names with a star before or behind them."""
    data, places = bytes_of(names)
    if not len(data):
        return np.zeros(0, np.int64)
    ends = data[np.minimum(places[:-1], len(data) - 1)], data[places[1:] - 1]
    return np.flatnonzero(((ends[0] == ord("*")) | (ends[1] == ord("*"))) & (places[1:] > places[:-1]))


def _unstarred(names: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(names, _STAR, "")


def _marks(pieces: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray, pa.BooleanArray]:
    """Names without their marks, whether each had a star, and whether it was in quotes."""
    starred = np.zeros(len(pieces), bool)
    starred[_starred(pieces)] = True
    unstarred = change_where(pa.array(starred), pieces, _unstarred)
    quote = np.flatnonzero(_BEGINS_QUOTE[first_bytes(unstarred)])
    quoted = pc.match_substring_regex(unstarred.take(pa.array(quote)), _QUOTE).to_numpy(zero_copy_only=False)
    may_be = np.zeros(len(pieces), bool)
    may_be[quote[quoted]] = True
    inner = read_where(pa.array(may_be), unstarred, lambda names: _part(names, _QUOTED, "name"), pa.string())
    name = change_where(pa.array(starred | may_be), pc.coalesce(inner, unstarred), pc.utf8_trim_whitespace)
    return name, pa.array(starred), pc.is_valid(inner)


def _part(names: pa.Array, pattern: str, group: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(names, pattern), group)


def _countries(pieces: pa.Array, sheet: Ints) -> tuple[pa.Array, pa.Array]:
    """The country before each name, and the names without it: a flag, or a word where nearly all names have one.

    Copies of encyclopaedia tables hold a country for each flag: `France Jean-Pierre Jabouille`.
    """
    flagged = pa.array(_matching(pieces, first_bytes(pieces) == _FLAG_BYTE, _FLAG))
    flag = _letters(read_where(flagged, pieces, lambda found: _part(found, _FLAG, "country"), pa.string()))
    pieces = change_where(flagged, pieces, lambda found: _part(found, _FLAG, "name"))
    names = np.bincount(sheet)
    # Where nearly all names have a country, one of the first has: only then are the others looked at.
    rank = np.arange(len(sheet)) - (np.cumsum(names) - names)[sheet]
    first = _matching(pieces, rank <= (1 - _NEARLY_ALL) * names[sheet] + 1, _COUNTRY)
    worded = _matching(pieces, (np.bincount(sheet, first) > 0)[sheet], _COUNTRY)
    with_country = np.bincount(sheet, worded)
    usual = pa.array(worded & ((with_country > 2) & (with_country >= _NEARLY_ALL * names))[sheet], pa.bool_())
    country = pc.coalesce(flag, read_where(usual, pieces, lambda found: _part(found, _COUNTRY, "country"), pa.string()))
    return country, change_where(usual, pieces, lambda found: _part(found, _COUNTRY, "name"))


def _matching(texts: pa.StringArray, chosen: Bools, pattern: str) -> Bools:
    """Which of the chosen texts a pattern matches."""
    at = np.flatnonzero(chosen)
    found = np.zeros(len(texts), bool)
    if len(at):
        found[at] = pc.match_substring_regex(texts.take(pa.array(at)), pattern).to_numpy(zero_copy_only=False)
    return found


def _letters(flags: pa.Array) -> pa.Array:
    """Flags as the codes of their countries."""
    coded = flags.dictionary_encode()
    return pa.array(map(flag_code, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)


def _divided_by_dashes(printed: pa.StringArray, parted: pa.StringArray, sheet: Ints) -> Bools:
    """Rows of sheets that divide names by ` - ` wherever they divide them, in a fifth of the crews or more."""
    sheets = int(sheet.max(initial=0)) + 1
    other = np.bincount(sheet, holding(parted, JOIN.encode()), sheets)
    dash = np.bincount(sheet, _matching(printed, holding(printed, _DASH_BYTES), _DASH), sheets)
    crews = np.bincount(sheet, pc.not_equal(printed, "").to_numpy(zero_copy_only=False), sheets)
    return np.asarray(((other == 0) & (dash > 0) & (dash * 5 >= crews))[sheet])
