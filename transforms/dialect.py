"""What divides the cells of a sheet, and the division of its lines into cells.

A dialect only divides lines: which lines are rows is never its business, so no line can be lost here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Floats, Ints
from transforms.gutters import divide_aligned
from transforms.markdown import without_markdown
from transforms.masks import change_where, first_bytes
from transforms.spans import Spans, bytes_of, cut, holding

NONE, PIPE, TAB, SEMICOLON, COMMA, BLANKS = range(6)
DIALECTS = ("none", "pipe", "tab", "semicolon", "comma", "blanks")
SEPARATORS = {PIPE: "|", TAB: "\t", SEMICOLON: ";", COMMA: ","}
# A tab is never typed inside a cell, a comma often is: the more a mark is used inside cells, the less it counts.
_WEIGHTS = {PIPE: 1.2, TAB: 1.5, SEMICOLON: 1.2, COMMA: 0.8, BLANKS: 0.7}
# No-break, thin and other blanks of pages, and what Unicode ends lines with.
_HARD_BLANKS = r"[\x{0085}\x{00a0}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
# Soft hyphens, characters without width and direction marks, which browsers copy.
_INVISIBLE = r"[\x{00ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{feff}]"
_WIDE = r"[\x{ff01}-\x{ff5e}]"  # what Japanese pages print for ASCII; a slash as wide as a letter divides by itself
_BLANK_QUOTED, _QUOTED = re.compile(r',\s+"'), re.compile(r'(?:^|,)\s*"[^"]*"\s*(?=,|$)')
_MARKUP = r"^(?:</?[A-Za-z!?]|[{}\[\]]+,?\s*$|[\[{\s]*\{\s*\"|\"[\w ]+\"\s*:)"
_BEGINS_MARKUP = np.isin(np.arange(256), [*b'<{}[]"'])
_ENDS = "\n\v\f\r"  # of lines, that follow one another in ASCII
_BOX = r"[\x{2500}-\x{257f}]"  # lines drawn with characters, as in terminals
_UPRIGHT, _LEVEL = "│┃┆┇┊┋╎╏║", "─━┄┅┈┉╌╍═"
_FROM_WIDE = {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F)} | {0xFF0F: " / "}
_FROM_WIDE |= {c: "|" if chr(c) in _UPRIGHT else "-" if chr(c) in _LEVEL else "+" for c in range(0x2500, 0x2580)}
_RUN_OF_BLANKS = r"\S(?: {2,}|\t)\S"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a batch of sheets, in order: the sheet's place in the batch, the line from 1, the text."""

    sheet: Ints
    number: Ints
    text: pa.Array


@dataclass(frozen=True)
class Cells:
    """The cells of a batch, in order: the line's place in the batch, the column from 0, the code of the trimmed text.

    A code is a place in `texts`, which are distinct: what is asked of a text is asked once, however often it stands.
    """

    line: Ints
    column: Ints
    code: Ints
    texts: pa.StringArray

    @classmethod
    def of(cls, line: Ints, column: Ints, text: Spans) -> Cells:
        """Code the texts of cells."""
        return cls(line, column, *text.coded())

    @cached_property
    def filled(self) -> Bools:
        """Whether each cell holds a text."""
        return np.asarray(pc.not_equal(self.texts, "").to_numpy(zero_copy_only=False)[self.code])

    @cached_property
    def widths(self) -> Ints:
        """How many cells each line has, up to the last that has any."""
        return np.bincount(self.line)

    def where(self, chosen: Bools) -> Cells:
        """The chosen cells."""
        return self if chosen.all() else self.take(np.flatnonzero(chosen))

    def take(self, at: Ints) -> Cells:
        """The cells at some places."""
        return Cells(self.line[at], self.column[at], self.code[at], self.texts)

    def words(self, at: Ints) -> list[str]:
        """The texts of the cells at some places."""
        words: list[str] = self.texts.take(pa.array(self.code[at])).to_pylist()
        return words

    def of_line(self, line: int) -> list[str]:
        """The texts of one line."""
        return self.words(np.arange(*self._span(line)))

    def codes_of(self, line: int) -> Ints:
        """The codes of the texts of one line."""
        return self.code[slice(*self._span(line))]

    def _span(self, line: int) -> tuple[int, int]:
        """Where the cells of a line begin and end; the last lines of a batch may have none."""
        if line >= len(self.widths):
            return 0, 0
        end = int(self._ends[line])
        return end - int(self.widths[line]), end

    @cached_property
    def _ends(self) -> Ints:
        """Where the cells of each line end."""
        return np.cumsum(self.widths)

    def holding(self, test: Callable[[pa.StringArray], pa.BooleanArray]) -> Bools:
        """Whether each cell's text passes a test, which is asked of each distinct text once."""
        used, code = compact(self.code, len(self.texts))
        passes = test(self.texts.take(pa.array(used))).to_numpy(zero_copy_only=False)
        return np.asarray(passes[code], bool)


def compact(codes: Ints, size: int) -> tuple[Ints, Ints]:
    """The codes below `size` that are used, in order, and for each code given its place among them."""
    found = np.zeros(size, bool)
    found[codes] = True
    used, places = np.flatnonzero(found), np.empty(size, np.int64)
    places[used] = np.arange(len(used))
    return used, places[codes]


@dataclass(frozen=True, slots=True)
class Marks:
    """The separators in some texts: by dialect where they are, and which of them are in each text."""

    places: dict[int, Ints]
    bounds: dict[int, Ints]

    @classmethod
    def of(cls, texts: pa.StringArray) -> Marks:
        """Find the separators of all dialects."""
        data, starts = bytes_of(texts)
        places = {dialect: np.flatnonzero(data == ord(separator)) for dialect, separator in SEPARATORS.items()}
        return cls(places, {dialect: np.searchsorted(found, starts) for dialect, found in places.items()})


def choose_dialects(lines: Lines, marks: Marks, sheets: int) -> Ints:
    """The dialect of each sheet (an index into DIALECTS): the mark that stands most often, two or more to a line."""
    data, starts = bytes_of(lines.text)
    weights = np.zeros((len(DIALECTS), sheets))
    for dialect in SEPARATORS:
        weights[dialect] = _weigh(lines.sheet, dialect, np.diff(marks.bounds[dialect]), sheets)
    blank = data == ord(" ")
    runs = np.flatnonzero(blank[:-1] & blank[1:])
    gaps = np.sort(np.concatenate([runs[np.diff(runs, prepend=-2) > 1], marks.places[TAB]]))
    most = np.diff(np.searchsorted(gaps, starts))
    # Runs of blanks divide few sheets: they are counted where all of them together would outweigh the marks.
    likely = _weigh(lines.sheet, BLANKS, most, sheets) > weights.max(axis=0)
    at = np.flatnonzero(likely[lines.sheet] & (most >= 2))
    counts = pc.count_substring_regex(pc.utf8_trim_whitespace(lines.text.take(pa.array(at))), _RUN_OF_BLANKS)
    weights[BLANKS] = _weigh(lines.sheet[at], BLANKS, counts.to_numpy(), sheets)
    return np.asarray(weights.argmax(axis=0))


def in_markup(lines: Lines, sheets: int) -> Bools:
    """Which sheets are HTML, XML or JSON: half their lines or more are tags, or keys and values in quotes."""
    trimmed = pc.utf8_ltrim_whitespace(lines.text)
    first = first_bytes(trimmed)
    written = np.bincount(lines.sheet, first > 0, sheets)
    at = np.flatnonzero(_BEGINS_MARKUP[first])
    at = at[(np.bincount(lines.sheet[at], minlength=sheets) * 2 >= written)[lines.sheet[at]]]
    found = pc.match_substring_regex(trimmed.take(pa.array(at)), _MARKUP).to_numpy(zero_copy_only=False)
    marked = np.bincount(lines.sheet[at], found, sheets)
    return np.asarray((marked > 0) & (marked * 2 >= written))


def _weigh(sheet: Ints, dialect: int, counts: Ints, sheets: int) -> Floats:
    """What a dialect weighs in each sheet, given how often its mark stands in lines, and the sheet of each."""
    marks = np.minimum(counts, 24)
    return np.asarray(_WEIGHTS[dialect] * np.bincount(sheet, np.where(marks >= 2, marks, 0), sheets))


def split_cells(lines: Lines, marks: Marks, dialects: Ints) -> Cells:
    """Divide each line that is not blank into cells by its sheet's dialect; an undivided line is one cell.

    The lines are plain ones, with their `marks`.
    """
    text = lines.text
    whole = Spans.whole(text)
    inner = whole.trimmed()
    filled, of_line, quoted = inner.start < inner.end, dialects[lines.sheet], holding(text, b'"')
    parts = []
    for dialect in SEPARATORS:
        at = np.flatnonzero(filled & (of_line == dialect) & ~(quoted & (dialect != PIPE)))
        if len(at):
            parts.append(_divide_marked(dialect, whole, inner, at, marks, lines.sheet))
    for dialect in (NONE, TAB, SEMICOLON, COMMA, BLANKS):
        at = np.flatnonzero(filled & (of_line == dialect) & (quoted | np.isin(of_line, (NONE, BLANKS))))
        if len(at):
            parts.append(_flatten(at, _divide(dialect, text.take(pa.array(at)), lines.sheet[at])))
    if len(parts) == 1:
        return Cells.of(*parts[0])
    line, column = (np.concatenate([np.zeros(0, np.int64), *(part[i] for part in parts)]) for i in (0, 1))
    texts = pa.concat_arrays([pa.array([], pa.string()), *(part[2].copy() for part in parts)])
    return Cells.of(line, column, Spans.whole(texts)).take(np.argsort(line, kind="stable"))


def plain(text: pa.StringArray) -> pa.StringArray:
    """Lines without what ends them, with plain blanks and letters for hard and wide ones, and bars for drawn lines."""
    data, _ = bytes_of(text)
    if (data - ord("\n") < len(_ENDS)).any():
        text = pc.utf8_trim(text, _ENDS)
    text = without_markdown(text)
    data, _ = bytes_of(text)
    # Blanks and marks beyond Latin letters begin with these bytes in UTF-8.
    if not ((data == 0xC2) | (data > 0xDF)).any():
        return text
    odd = pc.match_substring_regex(text, rf"{_INVISIBLE}|{_HARD_BLANKS}|{_WIDE}|{_BOX}")
    return change_where(odd, text, _plain_characters)


def _plain_characters(text: pa.Array) -> pa.Array:
    wide = pc.match_substring_regex(text, rf"{_WIDE}|{_BOX}")
    text = change_where(wide, text, lambda found: pa.array(t.translate(_FROM_WIDE) for t in found.to_pylist()))
    return pc.replace_substring_regex(pc.replace_substring_regex(text, _INVISIBLE, ""), _HARD_BLANKS, " ")


_Part = tuple[Ints, Ints, Spans]  # the line of each cell, its column, its text


def _flatten(at: Ints, divided: pa.ListArray) -> _Part:
    offsets = divided.offsets.to_numpy()
    widths = np.diff(offsets)
    column = np.arange(offsets[-1] - offsets[0]) - np.repeat(offsets[:-1] - offsets[0], widths)
    return np.repeat(at, widths), column, Spans.whole(pc.utf8_trim_whitespace(divided.flatten()))


def _divide_marked(dialect: int, whole: Spans, inner: Spans, at: Ints, marks: Marks, sheet: Ints) -> _Part:
    """Divide the lines at some places at each mark of a dialect."""
    places, bounds = marks.places[dialect], marks.bounds[dialect]
    first, count = bounds[at], bounds[at + 1] - bounds[at]
    start, end = whole.start[at], whole.end[at]
    if dialect == PIPE:
        opens, closes = _outer_bars(whole, inner, at, sheet, places, first, count)
        start, end = inner.start[at] + opens, inner.end[at] - closes
        first, count = first + opens, count - opens - closes
    cells, part, column = cut(Spans(whole.texts, start, end), places, first, count)
    return at[part], column, cells.trimmed()


def _outer_bars(
    whole: Spans, inner: Spans, at: Ints, sheet: Ints, bars: Ints, first: Ints, count: Ints
) -> tuple[Bools, Bools]:
    """Whether the bars at both ends of lines are outer ones, in sheets where most lines start with one.

    Elsewhere such a bar ends an empty cell. `inner` are the lines without blanks at their ends; `first` and `count`
    say which bars are in each line.
    """
    barred = count > 0
    starts, ends = barred.copy(), barred.copy()
    starts[barred] = bars[first[barred]] == inner.start[at][barred]
    ends[barred] = bars[(first + count - 1)[barred]] == inner.end[at][barred] - 1
    # A bar at the start of a row either opens it, and then another closes it, or ends an empty first cell.
    opens = starts & (ends | (inner.start[at] == whole.start[at]))
    sheets = sheet[at]
    outer = (np.bincount(sheets, opens) * 2 > np.bincount(sheets, barred))[sheets]
    opens &= outer
    return opens, ends & outer & (count > opens)


def _divide(dialect: int, text: pa.Array, sheet: Ints) -> pa.Array:
    if dialect == NONE:
        return pc.split_pattern(text, "\x00\x00")
    if dialect == BLANKS:
        return divide_aligned(text, sheet)
    separator = SEPARATORS[dialect]
    # Only lines with a quote need a quote's reading; they are few. A number in quotes is no pseudonym.
    quoted = pc.match_substring_regex(text, rf'(?:^|{separator})"\d[\d.,:]*"(?:{separator}|$)')
    programs = set(sheet[quoted.to_numpy(zero_copy_only=False)].tolist())
    divided = [
        _divide_quoted(line, separator, by_program=of in programs)
        for line, of in zip(text.to_pylist(), sheet.tolist(), strict=True)
    ]
    return pa.array(divided, pa.list_(pa.string()))


def _divide_quoted(line: str, separator: str, *, by_program: bool) -> list[str]:
    """Read quotes as a delimited file's where they are needed; a quoted driver is a pseudonym and keeps his quotes.

    `by_program` says that a program wrote the sheet, which puts quotes around any cell.
    """
    plain = line.split(separator)
    # A quoted cell may stand behind a blank, but quotes within a cell are those of a pseudonym.
    blanks = separator == "," and _BLANK_QUOTED.search(line) is not None and '"' not in _QUOTED.sub("", line)
    try:
        read = next(csv.reader([line], delimiter=separator, skipinitialspace=blanks), [])
    except csv.Error:
        return plain
    throughout = all(cell.strip()[:1] == '"' == cell.strip()[-1:] for cell in plain if cell.strip())
    needed = by_program or separator == "," or throughout or '""' in line or len(read) != len(plain)
    return read if needed and line.count('"') % 2 == 0 else plain
