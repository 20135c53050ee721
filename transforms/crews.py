"""Crews taken apart: one name per driver, its marks as flags, every name in its seat."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags
from transforms.lexicon import FLAG, country_names, flag_code
from transforms.masks import change_where, first_bytes, read_where, replaced, scattered
from transforms.spans import Spans, bytes_of, cut, holding

JOIN = "\x1f"  # between names that the sheet prints in cells of their own
# A slash divides names only with a blank beside it: `Lola B2K/10B` and `N/A` are words.
_BETWEEN = r"\s*\x1f\s*|\s+/\s*|/\s+|\s*\|\s*|\s+&\s+|\s*<br\s*/?>\s*"
_DASH = r"\s+[-–]\s+"
_IS_BLANK = np.isin(np.arange(256), [*b" \t\n\f\r"])
_MARKS = b"\x1f|/&"
_IS_BLANK_OR_MARK = _IS_BLANK | np.isin(np.arange(256), [*_MARKS, *b"-"])
_NEEDS_BLANKS = np.isin(np.arange(256), [*b"&-"])
_STAR = r"^\*+\s*|\s*\*+$"
_COUNTRY = rf"^(?P<country>{'|'.join(country_names())})\s+(?P<name>\S.*)$"
_FLAG = rf"^(?P<country>{FLAG})\s*(?P<name>\S.*)$"
_LONG_DASH = "–".encode()[:1]
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
    pieces, row = _pieces(*_part_names(pc.fill_null(texts, ""), sheet))
    stars = _starred(pieces)
    named = pc.not_equal(_unstarred(pieces.take(pa.array(stars))), "").to_numpy(zero_copy_only=False)
    if not named.all():
        kept = ~flags(stars[~named], len(row))
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


def _part_names(printed: pa.StringArray, sheet: Ints) -> tuple[pa.StringArray, Ints]:
    """Crews and the places of single bytes that divide their names."""
    between, odd = _between_names(printed, _MARKS)
    # Most that divides names is a single byte and divides them as it stands; what more there is becomes JOIN.
    other = holding(printed, b"<") | flags(_text_of(printed, odd), len(printed))
    if other.any():
        printed = change_where(pa.array(other), printed, partial(_joined, between=_BETWEEN))
        between, _ = _between_names(printed, _MARKS)
    dashes, odd = _between_names(printed, b"-")
    long = _matching(printed, holding(printed, _LONG_DASH), _DASH)
    of_sheet = _divided_by_dashes(printed, _text_of(printed, between), _text_of(printed, dashes), long, sheet)
    other = of_sheet & (long | flags(_text_of(printed, odd), len(printed)))
    if other.any():
        printed = change_where(pa.array(other), printed, partial(_joined, between=_DASH))
        (between, _), (dashes, _) = (_between_names(printed, marks) for marks in (_MARKS, b"-"))
    return printed, np.sort(np.concatenate([between, dashes[of_sheet[_text_of(printed, dashes)]]]))


def _joined(crews: pa.StringArray, between: str) -> pa.StringArray:
    return pc.replace_substring_regex(crews, between, JOIN)


def _between_names(crews: pa.StringArray, marks: bytes) -> tuple[Ints, Ints]:
    """Where single bytes divide names, and which of them could share a blank with another, so that only one does."""
    data, _ = bytes_of(crews)
    found = data == marks[0]
    for byte in marks[1:]:
        found |= data == byte
    at = np.flatnonzero(found)
    mark, *beside = (data.take(at + step, mode="clip") for step in (0, -1, 1, -2, 2))
    before, behind = (_IS_BLANK[byte] for byte in beside[:2])
    divides = np.where(mark == ord("/"), before | behind, ~_NEEDS_BLANKS[mark] | (before & behind))
    shared = (before & _IS_BLANK_OR_MARK[beside[2]]) | (behind & _IS_BLANK_OR_MARK[beside[3]])
    return at[divides], at[divides & shared]


def _text_of(texts: pa.StringArray, places: Ints) -> Ints:
    """The number of the text that each byte is in."""
    return np.asarray(np.searchsorted(bytes_of(texts)[1], places, "right") - 1)


def _pieces(parted: pa.StringArray, marks: Ints) -> tuple[pa.StringArray, Ints]:
    """What stands between marks, trimmed, and the row of each; nothing where that is empty."""
    places = bytes_of(parted)[1]
    bounds = np.searchsorted(marks, places)
    spans, row, _ = cut(Spans(parted, places[:-1], places[1:]), marks, bounds[:-1], np.diff(bounds))
    spans = spans.trimmed()
    filled = spans.start < spans.end
    return Spans(parted, spans.start[filled], spans.end[filled]).copy(), row[filled]


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
    starred = flags(_starred(pieces), len(pieces))
    marked = np.flatnonzero(starred | _BEGINS_QUOTE[first_bytes(pieces)])
    names, star = pieces.take(pa.array(marked)), pa.array(starred[marked])
    names = change_where(star, names, _unstarred)
    quoted = pc.match_substring_regex(names, _QUOTE)
    inner = read_where(quoted, names, lambda found: _part(found, _QUOTED, "name"), pa.string())
    names = change_where(pc.or_(star, quoted), pc.coalesce(inner, names), pc.utf8_trim_whitespace)
    pseudonym = flags(marked[inner.is_valid().to_numpy(zero_copy_only=False)], len(pieces))
    return replaced(pieces, marked, names), pa.array(starred), pa.array(pseudonym)


def _part(names: pa.Array, pattern: str, group: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(names, pattern), group)


def _countries(pieces: pa.Array, sheet: Ints) -> tuple[pa.Array, pa.Array]:
    """The country before each name, and the names without it: a flag, or a word where nearly all names have one.

    Copies of encyclopaedia tables hold a country for each flag: `France Jean-Pierre Jabouille`.
    """
    flagged = _matching(pieces, first_bytes(pieces) == _FLAG_BYTE, _FLAG)
    flag, pieces = _taken_apart(pieces, flagged, _FLAG)
    names = np.bincount(sheet)
    # Where nearly all names have a country, one of the first has: only then are the others looked at.
    rank = np.arange(len(sheet)) - (np.cumsum(names) - names)[sheet]
    first = _matching(pieces, rank <= (1 - _NEARLY_ALL) * names[sheet] + 1, _COUNTRY)
    if not first.any():
        return _letters(flag), pieces
    worded = _matching(pieces, (np.bincount(sheet, first) > 0)[sheet], _COUNTRY)
    with_country = np.bincount(sheet, worded)
    usual = worded & ((with_country > 2) & (with_country >= _NEARLY_ALL * names))[sheet]
    if not usual.any():
        return _letters(flag), pieces
    word, pieces = _taken_apart(pieces, usual, _COUNTRY)
    return pc.coalesce(_letters(flag), word), pieces


def _taken_apart(names: pa.StringArray, chosen: Bools, pattern: str) -> tuple[pa.StringArray, pa.StringArray]:
    """The country before each of the chosen names, null elsewhere, and the names without it."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return pa.nulls(len(names), pa.string()), names
    found = pc.extract_regex(names.take(pa.array(at)), pattern)
    country, name = (pc.struct_field(found, part) for part in ("country", "name"))
    return scattered(country, at, len(names)), replaced(names, at, name)


def _matching(texts: pa.StringArray, chosen: Bools, pattern: str) -> Bools:
    """Which of the chosen texts a pattern matches."""
    at = np.flatnonzero(chosen)
    found = np.zeros(len(texts), bool)
    if len(at):
        found[at] = pc.match_substring_regex(texts.take(pa.array(at)), pattern).to_numpy(zero_copy_only=False)
    return found


def _letters(printed: pa.Array) -> pa.Array:
    """Flags as the codes of their countries."""
    if printed.null_count == len(printed):
        return printed
    coded = printed.dictionary_encode()
    return pa.array(map(flag_code, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)


def _divided_by_dashes(printed: pa.StringArray, divided: Ints, dashed: Ints, long: Bools, sheet: Ints) -> Bools:
    """Rows of sheets that divide names by ` - ` wherever they divide them, in a fifth of the crews or more.

    `divided` and `dashed` are the rows with other marks and with dashes, `long` says which have dashes of print.
    """
    sheets = int(sheet.max(initial=0)) + 1
    dash = np.bincount(sheet, flags(dashed, len(sheet)) | long, sheets)
    crews = np.bincount(sheet, pc.not_equal(printed, "").to_numpy(zero_copy_only=False), sheets)
    by_dashes = (np.bincount(sheet[divided], minlength=sheets) == 0) & (dash > 0) & (dash * 5 >= crews)
    return np.asarray(by_dashes[sheet])
