"""Crews taken apart: one name per driver, its marks as flags, every name in its seat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags, true
from transforms.crew_letters import letters_behind, towns_behind
from transforms.crew_words import JOIN, divide
from transforms.fold import fold
from transforms.masks import IS_DIGIT, change_where, first_bytes, read_where, replaced
from transforms.nations import (
    begin_with_country,
    countries_before,
    countries_behind,
    grades_behind,
    marks_behind,
    with_countries_shared,
)
from transforms.spans import Spans, bytes_of, cut, holding

# A slash divides names only with a blank beside it: `Lola B2K/10B` and `N/A` are words.
_BETWEEN = r"\s*\x1f\s*|\s+/\s*|/\s+|\s*\|\s*|\s+[&+]\s+|\s*<br\s*/?>\s*"
_LISTED = r"\s*;\s+"
_DASH = r"\s+[-–]\s+"
_HYPHEN_AND_INITIAL = r"(\p{L}{2})-(\p{Lu}\p{Ll}?\.\s?\p{Lu})"
_IS_BLANK = np.isin(np.arange(256), [*b" \t\n\f\r"])
_MARKS = b"\x1f|/&+"
_IS_BLANK_OR_MARK = _IS_BLANK | np.isin(np.arange(256), [*_MARKS, *b"-"])
_NEEDS_BLANKS = np.isin(np.arange(256), [*b"&+-"])
# What may divide the crews of a sheet where no mark does: words between blanks, or a country before each name.
_WORDS = r" (?:und|et|and|y|e|en|og|och) "
# Names in Chinese and Japanese characters hold no slash.
_EASTERN, _BEGINS_EASTERN = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]", 0xE3
_STAR = r"^\*+\s*|\s*\*+$"
_MARK, _BEGINS_MARK = r"^[-–—.…?\s]+$", np.isin(np.arange(256), [*b"-.?", *(c.encode()[0] for c in "–…")])
_EMPHASIS = r"^\*.*\*$"  # of Markdown, around a name
# Marks of footnotes behind names: `Hamilton‡`, `Massa[a]`, `Shelby (1)`, and a raised digit, `Räikkönen1`.
_NOTE = r"^(.*\S)\s?(?:[†‡§¹²³⁴-⁹]+|\[\w{1,3}\]|\(\d{1,2}\))$|^(.+\s.*\p{Ll})\d$"
_ENDS_NOTE = np.isin(np.arange(256), [*b"0123456789]", *(mark.encode()[-1] for mark in "†‡§¹²³⁴⁵⁶⁷⁸⁹")])
_CODED = r"^\(([A-Z]{1,3})\)\s*(\S.*)$"
_LONG_DASH = "–".encode()[:1]
_BEGINS_QUOTE = np.isin(np.arange(256), [c.encode()[0] for c in "\"“”„«‘'"])
_CODE, _IS_CAPITAL = len("VER"), np.isin(np.arange(256), [*b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
_QUOTE = "^[\"“”„«‘']"
_QUOTED = '^["“”„«‘\'](?P<name>[^"“”„«»]+)["”“»’\']$'


@dataclass(frozen=True, slots=True)
class Crews:
    """Crews as a list of printed names per row, and per name: the row, the seat, the bare name, marks and country.

    `mark` is what a sheet prints behind a name and is no country: a grade in brackets (`P`, `Bronze`), or `R` for a
    rookie.
    """

    crew: pa.ListArray
    row: Ints
    seat: Ints
    name: pa.Array
    nominated: pa.Array
    pseudonym: pa.Array
    country: pa.Array
    mark: pa.Array


def read_crews(texts: pa.Array, sheet: Ints, separators: Sequence[str | None] = ()) -> Crews:
    """Take crews apart; `texts` holds one crew per row (null: none printed), `sheet` the sheet of each row.

    Of a sheet for which somebody stated a separator, that divides names too, whatever stands beside it.
    """
    printed = pc.fill_null(texts, "")
    for stated in sorted({separator for separator in separators if separator}):
        of = np.array([separator == stated for separator in separators])[sheet]
        printed = change_where(pa.array(of), printed, partial(_joined, between=re.escape(stated)))
    pieces, row = _pieces(*_part_names(printed, sheet))
    nobody = np.concatenate([_stars_alone(pieces), _marks_alone(pieces)])
    if len(nobody):
        kept = ~flags(nobody, len(row))
        pieces, row = pieces.filter(pa.array(kept)), row[kept]
    pieces = with_countries_shared(_with_brackets_behind(_without_codes(_without_notes(pieces))), row)
    country, pieces = countries_before(pieces, sheet[row])
    letter, pieces = letters_behind(pieces, sheet[row])
    grade, pieces = grades_behind(pieces)
    mark, pieces = marks_behind(pieces, sheet[row])
    if min(grade.null_count, letter.null_count) < len(row):
        mark = pc.coalesce(grade, mark, letter)
    behind, pieces = countries_behind(pieces, sheet[row])
    country = country if behind.null_count == len(behind) else pc.coalesce(country, behind)
    town, pieces = towns_behind(pieces, sheet[row])
    mark = mark if town.null_count == len(town) else pc.coalesce(mark, town)
    sizes = np.bincount(row, minlength=len(texts))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    name, nominated, pseudonym = _marks(pieces)
    # Somebody drove the car: where all of its drivers have a star, it is the mark of a footnote.
    stars = np.flatnonzero(true(nominated))
    nominated = pa.array(
        flags(stars[np.bincount(row[stars], minlength=len(sizes))[row[stars]] < sizes[row[stars]]], len(row))
    )
    return Crews(
        crew=pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pieces),
        row=row,
        seat=np.arange(len(row)) - offsets[row] + 1,
        name=name,
        nominated=nominated,
        pseudonym=pseudonym,
        country=country,
        mark=mark,
    )


def _part_names(printed: pa.StringArray, sheet: Ints) -> tuple[pa.StringArray, Ints]:
    """Crews and the places of single bytes that divide their names."""
    if (bytes_of(printed)[0] - _BEGINS_EASTERN < 0xEA - _BEGINS_EASTERN).any():
        printed = change_where(pa.array(holding(printed, b"/")), printed, _between_eastern_names)
    between, odd = _between_names(printed, _MARKS)
    # A semicolon may end what stands for a letter in HTML (`O&#39;Brien`), and divides where no other mark does.
    listed = holding(printed, b";") & ~holding(printed, b"&/|")
    if listed.any():
        printed = change_where(pa.array(listed), printed, partial(_joined, between=_LISTED))
        between, odd = _between_names(printed, _MARKS)
    # Most that divides names is a single byte and divides them as it stands; what more there is becomes JOIN.
    other = holding(printed, b"<") | flags(_text_of(printed, odd), len(printed))
    if other.any():
        printed = change_where(pa.array(other), printed, partial(_joined, between=_BETWEEN))
        between, _ = _between_names(printed, _MARKS)
    dashes, odd = _between_names(printed, b"-")
    initialled = _matching(printed, holding(printed, b"-") & holding(printed, b"."), _HYPHEN_AND_INITIAL)
    if initialled.any():
        printed = change_where(pa.array(initialled), printed, _before_initials)
        (between, _), (dashes, odd) = (_between_names(printed, marks) for marks in (_MARKS, b"-"))
    long = _matching(printed, holding(printed, _LONG_DASH), _DASH)
    marked = _sheets_with(printed, between, sheet)
    of_sheet = _divided_by_dashes(printed, marked, flags(_text_of(printed, dashes), len(printed)) | long, sheet)
    told = _told_by_sheets(printed, marked, of_sheet, sheet)
    if told is not None:
        printed = told
        (between, _), (dashes, odd) = (_between_names(printed, marks) for marks in (_MARKS, b"-"))
    other = of_sheet & (long | flags(_text_of(printed, odd), len(printed)))
    if other.any():
        printed = change_where(pa.array(other), printed, partial(_joined, between=_DASH))
        (between, _), (dashes, _) = (_between_names(printed, marks) for marks in (_MARKS, b"-"))
    dividing = dashes[of_sheet[_text_of(printed, dashes)]]
    # Both are in order, so that a stable sort only merges them.
    return printed, np.sort(np.concatenate([between, dividing]), kind="stable")


def _told_by_sheets(printed: pa.StringArray, marked: Bools, by_dashes: Bools, sheet: Ints) -> pa.StringArray | None:
    """Crews with JOIN between names in the sheets where commas, words or countries divide them; None without any.

    `marked` are the sheets in which marks divide crews, `by_dashes` the crews of those in which dashes do.
    """
    unmarked = ~(marked[sheet] | by_dashes)
    first = np.diff(sheet, prepend=-1) > 0
    worded = _matching(printed, unmarked, _WORDS) | begin_with_country(printed, unmarked & first)
    chosen = worded | holding(printed, b",")
    if not chosen.any():
        return None
    at, texts = np.flatnonzero(flags(sheet[chosen], len(marked))[sheet]), []
    for crews in np.split(at, np.flatnonzero(np.diff(sheet[at])) + 1):
        between = f"{_BETWEEN}|{_DASH}" if by_dashes[crews[0]] else _BETWEEN
        joined = _joined(printed.take(pa.array(crews)), between).to_pylist()
        texts += divide(joined, marked=not unmarked[crews[0]])
    return replaced(printed, at, pa.array(texts, pa.string()))


def _joined(crews: pa.StringArray, between: str) -> pa.StringArray:
    return pc.replace_substring_regex(crews, between, JOIN)


def _between_eastern_names(crews: pa.StringArray) -> pa.StringArray:
    """Crews with JOIN for slashes that Chinese or Japanese characters stand beside."""
    before = pc.replace_substring_regex(crews, rf"({_EASTERN})\s*/\s*", rf"\1{JOIN}")
    return pc.replace_substring_regex(before, rf"\s*/\s*({_EASTERN})", rf"{JOIN}\1")


def _before_initials(crews: pa.StringArray) -> pa.StringArray:
    """Crews with JOIN for hyphens before initials, which stand in no double name: `F.Bruni-G.Fisichella`."""
    return pc.replace_substring_regex(crews, _HYPHEN_AND_INITIAL, rf"\1{JOIN}\2")


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


def _without_notes(names: pa.StringArray) -> pa.StringArray:
    """Names without the marks of footnotes behind them."""
    data, places = bytes_of(names)
    if not len(data):
        return names
    last, before = (data.take(places[1:] - step, mode="clip") for step in (1, 2))
    at = np.flatnonzero(_ENDS_NOTE[last] | ((last == ord(")")) & IS_DIGIT[before]))
    if not len(at):
        return names
    return replaced(names, at, pc.replace_substring_regex(names.take(pa.array(at)), _NOTE, r"\1\2"))


def _with_brackets_behind(names: pa.StringArray) -> pa.StringArray:
    """Names with the code of a country that stands in brackets before them behind: `(F) Bob Wollek`."""
    at = np.flatnonzero(first_bytes(names) == ord("("))
    if not len(at):
        return names
    return replaced(names, at, pc.replace_substring_regex(names.take(pa.array(at)), _CODED, r"\2 (\1)"))


def _without_codes(names: pa.StringArray) -> pa.StringArray:
    """Names without the letters that television shows for their surname: `Max Verstappen VER`."""
    data, places = bytes_of(names)
    if len(data) <= _CODE + 1:
        return names
    end = np.maximum(places[1:], _CODE + 1)
    coded = data[end - _CODE - 1] == ord(" ")
    for step in range(1, _CODE + 1):
        coded &= _IS_CAPITAL[data[end - step]]
    at = np.flatnonzero(coded & (np.diff(places) > _CODE + 1))
    words = [name.split() for name in names.take(pa.array(at)).to_pylist()]
    of_surname = np.array([len(of) > 2 and fold(of[-2])[:_CODE] == of[-1].lower() for of in words], bool)
    bare = [" ".join(of[:-1]) for of, chosen in zip(words, of_surname, strict=True) if chosen]
    return replaced(names, at[of_surname], pa.array(bare, pa.string())) if bare else names


def _starred(names: pa.StringArray) -> Ints:
    """Names with a star before or behind them."""
    data, places = bytes_of(names)
    if not len(data):
        return np.zeros(0, np.int64)
    ends = data[np.minimum(places[:-1], len(data) - 1)], data[places[1:] - 1]
    return np.flatnonzero(((ends[0] == ord("*")) | (ends[1] == ord("*"))) & (places[1:] > places[:-1]))


def _stars_alone(names: pa.StringArray) -> Ints:
    """Names of nothing but stars."""
    at = _starred(names)
    return at[true(pc.equal(_unstarred(names.take(pa.array(at))), ""))]


def _marks_alone(names: pa.StringArray) -> Ints:
    """Names of nothing but dashes and points: a driver who is not known, or a seat that nobody has."""
    at = np.flatnonzero(_BEGINS_MARK[first_bytes(names)])
    return at[true(pc.match_substring_regex(names.take(pa.array(at)), _MARK))]


def _unstarred(names: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(names, _STAR, "")


def _marks(pieces: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray, pa.BooleanArray]:
    """Names without their marks, whether each had a star, and whether it was in quotes."""
    starred = flags(_starred(pieces), len(pieces))
    emphasised = np.zeros(len(pieces), bool)
    emphasised[starred] = true(pc.match_substring_regex(pieces.filter(pa.array(starred)), _EMPHASIS))
    marked = np.flatnonzero(starred | _BEGINS_QUOTE[first_bytes(pieces)])
    names, star = pieces.take(pa.array(marked)), pa.array(starred[marked])
    names = change_where(star, names, _unstarred)
    quoted = pc.match_substring_regex(names, _QUOTE)
    inner = read_where(quoted, names, lambda found: _part(found, _QUOTED, "name"), pa.string())
    names = change_where(pc.or_(star, quoted), pc.coalesce(inner, names), pc.utf8_trim_whitespace)
    pseudonym = flags(marked[inner.is_valid().to_numpy(zero_copy_only=False)], len(pieces))
    return replaced(pieces, marked, names), pa.array(starred & ~emphasised), pa.array(pseudonym)


def _part(names: pa.Array, pattern: str, group: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(names, pattern), group)


def _matching(texts: pa.StringArray, chosen: Bools, pattern: str) -> Bools:
    """Which of the chosen texts a pattern matches."""
    at = np.flatnonzero(chosen)
    found = np.zeros(len(texts), bool)
    if len(at):
        found[at] = pc.match_substring_regex(texts.take(pa.array(at)), pattern).to_numpy(zero_copy_only=False)
    return found


def _sheets_with(printed: pa.StringArray, marks: Ints, sheet: Ints) -> Bools:
    """Which sheets have some of the marks, given their places, in their crews."""
    first = np.searchsorted(sheet, np.arange(int(sheet.max(initial=0)) + 2))
    return np.asarray(np.diff(np.searchsorted(marks, bytes_of(printed)[1][first])) > 0)


def _divided_by_dashes(printed: pa.StringArray, marked: Bools, dashed: Bools, sheet: Ints) -> Bools:
    """Rows of sheets that divide names by ` - ` wherever they divide them, in a fifth of the crews or more.

    `marked` are the sheets with other marks between names, `dashed` the rows with a dash that may be one.
    """
    dash = np.bincount(sheet, dashed, len(marked))
    crews = np.bincount(sheet, pc.not_equal(printed, "").to_numpy(zero_copy_only=False), len(marked))
    by_dashes = ~marked & (dash > 0) & (dash * 5 >= crews)
    return np.asarray(by_dashes[sheet])
