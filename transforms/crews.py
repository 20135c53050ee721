"""Crews taken apart: one name per driver, its marks as flags, every name in its seat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints
from transforms.lexicon import FLAG, country_names, flag_code
from transforms.masks import change_where, read_where

JOIN = "\x1f"  # between names that the sheet prints in cells of their own
# A slash divides names only with a blank beside it: `Lola B2K/10B` and `N/A` are words.
_BETWEEN = r"\s*\x1f\s*|\s+/\s*|/\s+|\s*\|\s*|\s+&\s+|\s*<br\s*/?>\s*"
_DASH = r"\s+[-–]\s+"
_STAR = r"^\*+\s*|\s*\*+$"
_COUNTRY = rf"^(?P<country>{'|'.join(country_names())})\s+(?P<name>\S.*)$"
_FLAG = rf"^(?P<country>{FLAG})\s*(?P<name>\S.*)$"
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
    printed = pc.fill_null(texts, "")
    parted = pc.replace_substring_regex(printed, _BETWEEN, JOIN)
    dashed = pa.array(_divided_by_dashes(printed, parted, sheet))
    parted = pc.if_else(dashed, pc.replace_substring_regex(parted, _DASH, JOIN), parted)
    lists = pc.split_pattern(parted, JOIN)
    pieces = pc.utf8_trim_whitespace(lists.flatten())
    row = np.repeat(np.arange(len(texts)), np.diff(lists.offsets.to_numpy()))
    kept = pc.not_equal(_unstarred(pieces), "").to_numpy(zero_copy_only=False)
    pieces, row = pieces.filter(pa.array(kept)), row[kept]
    country, pieces = _countries(pieces, sheet[row])
    sizes = np.bincount(row, minlength=len(texts))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    unstarred = _unstarred(pieces)
    quote = pc.match_substring_regex(unstarred, _QUOTE)
    quoted = read_where(quote, unstarred, lambda names: _part(names, _QUOTED, "name"), pa.string())
    return Crews(
        crew=pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pieces),
        row=row,
        seat=np.arange(len(row)) - offsets[row] + 1,
        name=pc.utf8_trim_whitespace(pc.coalesce(quoted, unstarred)),
        nominated=_starred(pieces),
        pseudonym=pc.is_valid(quoted),
        country=country,
    )


def _starred(names: pa.Array) -> pa.BooleanArray:
    return pc.or_(pc.starts_with(names, "*"), pc.ends_with(names, "*"))


def _unstarred(names: pa.Array) -> pa.Array:
    return change_where(_starred(names), names, lambda starred: pc.replace_substring_regex(starred, _STAR, ""))


def _part(names: pa.Array, pattern: str, group: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(names, pattern), group)


def _countries(pieces: pa.Array, sheet: Ints) -> tuple[pa.Array, pa.Array]:
    """The country before each name, and the names without it: a flag, or a word where nearly all names have one.

    Copies of encyclopaedia tables hold a country for each flag: `France Jean-Pierre Jabouille`.
    """
    flagged = pc.match_substring_regex(pieces, _FLAG)
    flag = _letters(read_where(flagged, pieces, lambda found: _part(found, _FLAG, "country"), pa.string()))
    pieces = change_where(flagged, pieces, lambda found: _part(found, _FLAG, "name"))
    worded = pc.match_substring_regex(pieces, _COUNTRY).to_numpy(zero_copy_only=False)
    with_country, names = np.bincount(sheet, worded), np.bincount(sheet)
    usual = pa.array(worded & ((with_country > 2) & (with_country >= 0.9 * names))[sheet], pa.bool_())
    country = pc.coalesce(flag, read_where(usual, pieces, lambda found: _part(found, _COUNTRY, "country"), pa.string()))
    return country, change_where(usual, pieces, lambda found: _part(found, _COUNTRY, "name"))


def _letters(flags: pa.Array) -> pa.Array:
    """Flags as the codes of their countries."""
    coded = flags.dictionary_encode()
    return pa.array(map(flag_code, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)


def _divided_by_dashes(printed: pa.Array, parted: pa.Array, sheet: Ints) -> npt.NDArray[np.bool_]:
    """Rows of sheets that divide names by ` - ` wherever they divide them, in a fifth of the crews or more."""
    sheets = int(sheet.max(initial=0)) + 1
    other = np.bincount(sheet, pc.match_substring(parted, JOIN).to_numpy(zero_copy_only=False), sheets)
    dash = np.bincount(sheet, pc.match_substring_regex(printed, _DASH).to_numpy(zero_copy_only=False), sheets)
    crews = np.bincount(sheet, pc.not_equal(printed, "").to_numpy(zero_copy_only=False), sheets)
    return np.asarray(((other == 0) & (dash > 0) & (dash * 5 >= crews))[sheet])
