"""The lines of a page told apart: tables of rows, their headers, captions, sections and furniture.

What a line is follows from its form and its neighbours, never from its place in a known file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags
from transforms.dialect import Cells, Lines
from transforms.fold import fold
from transforms.header_lines import above_headers, above_places, any_of, headers, holds, numbered_headers
from transforms.headings import headed_role, is_header_cell
from transforms.lexicon import read_section, statuses
from transforms.lone_texts import ENDS_WITH_PAGE, OFFICIAL, PAGE, is_lost_car, is_of_cars, text_outcome
from transforms.masks import IS_DIGIT, first_bytes
from transforms.schema import OUTCOMES
from transforms.spans import bytes_of

RESULT, CONTINUATION, HEADER, CAPTION, SECTION, FURNITURE, BLANK, REJECT = range(len(OUTCOMES))

RUNS_ON = r'(?:^|[,;\t])\s*"[^",;\t]*$|^[^",;\t]*"\s*(?:[,;\t]|$)'
_SECONDS = r"(['′’]\s?\d{1,2})\""  # marked as such: no quote ends there
_RULE = r"^[:\s]*(?:[-=_*+~–—]{2,}[-=_*+~–—:\s]*|:-:?|-:)$"
_IS_WORD = np.array([bool(re.match(rb"\w", bytes([b]))) for b in range(256)])
_NUMBER = re.compile(r"#?\d{1,4}[A-Z]?")  # a car's number: such a line is a car of its own
_ABOUT_PAGE = f"(?i)^{PAGE}$|{OFFICIAL}"
_OF_DRIVERS = {"crew", "country", "crew_countries", "hometown", "grade"}  # columns that tell drivers of one car apart
_FEWEST_NUMBERS = 2  # by which a row says which car it is of: its place and its number
_FEW = 3  # cells of a line that tells the page beside what is printed on it


@dataclass(frozen=True, slots=True)
class Page:
    """Per line of a batch: its outcome so far, its table, the header and the section in force (-1 for none).

    `table` numbers the runs of rows between headers, captions and sections; `header` and `section` are
    places of lines in the batch, and `first` is the first row of each table; `width` and `filled` count a line's cells
    and those that are not empty.
    """

    outcome: Ints
    table: Ints
    header: Ints
    section: Ints
    width: Ints
    filled: Ints
    first: Ints

    @property
    def tables(self) -> int:
        """How many tables there are."""
        return len(self.first)


def read_pages(lines: Lines, cells: Cells, continued: Ints) -> Page:
    """Tell the lines of a batch apart; the cells of `continued` lines are in the rows above them."""
    count = len(lines.sheet)
    width = np.pad(cells.widths, (0, count - len(cells.widths)))
    full = cells.filled
    filled = np.bincount(cells.line[full], minlength=count)
    outcome = np.full(count, RESULT)
    outcome[filled == 0] = BLANK
    outcome[(filled == 0) & (width > 0)] = FURNITURE
    outcome[continued] = CONTINUATION
    numbered = any_of(cells, _begin_with_number(cells), count)
    # Nearly every row has a cell that begins with a number; what else a line may be is asked of the others only.
    other = cells.where(~numbered[cells.line])
    outcome[_rules(other, filled)] = FURNITURE
    outcome[holds(other, _ABOUT_PAGE, count) & (filled <= _FEW)] = FURNITURE
    outcome[_titles(lines, cells, outcome)] = FURNITURE
    outcome[headers(other, filled) & (outcome == RESULT)] = HEADER
    outcome[numbered_headers(cells, numbered, filled) & (outcome == RESULT)] = HEADER
    outcome[above_headers(lines, cells, outcome, filled)] = CAPTION
    outcome[above_places(lines, cells, outcome, filled)] = CAPTION
    outcome[_runs_on(lines) & (outcome == RESULT)] = REJECT
    indented = _starts_empty(cells, full, count)
    texts = np.flatnonzero((filled == 1) & (outcome == RESULT) & ~indented)
    below = indented & (filled <= 2)
    _place_words(
        lines, cells, numbered | holds(other, r"\d", count), outcome, texts, _seconds(lines, cells, full, below)
    )
    _place_texts(lines, cells, full, outcome, texts)
    _place_indented(lines, cells, outcome, np.flatnonzero(below & (outcome == RESULT)))
    _place_further_drivers(lines, cells, width, outcome)
    for line in np.sort(continued).tolist():
        if outcome[line] == CONTINUATION and outcome[line - 1] == HEADER and lines.sheet[line] == lines.sheet[line - 1]:
            outcome[line] = HEADER
    return _number_tables(lines, outcome, width, filled)


def _place_further_drivers(lines: Lines, cells: Cells, width: Ints, outcome: Ints) -> None:
    """Rows that differ from the one above in the driver alone, under a header that says so: the rest of its crew."""
    first = np.append(cells.code, -1)[np.cumsum(width) - width]
    alike = (first[1:] == first[:-1]) & (width[1:] == width[:-1]) & (width[1:] > 2) & (np.diff(lines.sheet) == 0)
    alike = np.flatnonzero(alike & (outcome[1:] == RESULT)) + 1
    heads = np.maximum.accumulate(np.where(outcome == HEADER, np.arange(len(outcome)), -1)) if len(alike) else alike
    for line in alike.tolist():
        if heads[line] < 0 or lines.sheet[heads[line]] != lines.sheet[line]:
            continue
        other = np.flatnonzero(cells.codes_of(line - 1) != cells.codes_of(line)).tolist()
        if len(other) > len(_OF_DRIVERS):
            continue
        headed, above, row = (cells.of_line(at) for at in (int(heads[line]), line - 1, line))
        numbers = sum(text[:1].isdigit() for text in row)
        if not other or len(headed) != len(row) or not row[0]:
            continue
        roles = [headed_role(heading) for heading in headed]
        crew = [i for i in other if roles[i] == "crew"]
        numbered = numbers >= _FEWEST_NUMBERS or "car_number" in {roles[i] for i in range(len(row)) if i not in other}
        if len(crew) == 1 and numbered and {roles[i] for i in other} <= _OF_DRIVERS and above[crew[0]] and row[crew[0]]:
            outcome[line] = CONTINUATION


def _begin_with_number(cells: Cells) -> Bools:
    """Cells whose first letter or digit is a digit, whatever marks stand before it."""
    first = first_bytes(cells.texts)
    begins = IS_DIGIT[first]
    marked = np.flatnonzero(~_IS_WORD[first] & (first > 0))
    inner = pc.match_substring_regex(cells.texts.take(pa.array(marked)), r"^\W*\d")
    begins[marked] = inner.to_numpy(zero_copy_only=False)
    return np.asarray(begins[cells.code])


def _titles(lines: Lines, cells: Cells, outcome: Ints) -> Ints:
    """Lines of several texts that begin with a word and end with the number of the page."""
    at = np.flatnonzero((cells.column == 0) & ~IS_DIGIT[first_bytes(cells.texts)][cells.code] & cells.filled)
    at = cells.line[at][outcome[cells.line[at]] == RESULT]
    ends = pc.match_substring_regex(lines.text.take(pa.array(at)), ENDS_WITH_PAGE)
    return np.asarray(at[ends.to_numpy(zero_copy_only=False)])


def _rules(cells: Cells, filled: Ints) -> Bools:
    """Lines that only draw a rule, such as the second line of a Markdown table."""
    rule = cells.holding(lambda texts: pc.match_substring_regex(texts, _RULE))
    drawn = np.bincount(cells.line[rule], minlength=len(filled))
    return np.asarray((drawn > 0) & (drawn == filled))


def _runs_on(lines: Lines) -> Bools:
    """Lines where a quoted cell opens and does not close, or closes and did not open: it runs over the line's end."""
    data, places = bytes_of(lines.text)
    quoted = np.searchsorted(places, np.flatnonzero(data == ord('"')), "right") - 1
    quotes = np.bincount(quoted, minlength=len(lines.text))
    odd = np.flatnonzero(quotes % 2)
    runs_on = np.zeros(len(quotes), bool)
    texts = pc.replace_substring_regex(lines.text.take(pa.array(odd)), _SECONDS, r"\1")
    at_edge = pc.match_substring_regex(texts, RUNS_ON)
    runs_on[odd] = at_edge.to_numpy(zero_copy_only=False)
    return runs_on


def _starts_empty(cells: Cells, full: Bools, count: int) -> Bools:
    """Lines of several cells whose first is empty: what stands there belongs to the row above."""
    starts = np.zeros(count, bool)
    starts[cells.line[(cells.column == 0) & ~full]] = True
    return starts


def _seconds(lines: Lines, cells: Cells, full: Bools, below: Bools) -> Bools:
    """The lines, of those that start empty, whose text stands where one above them in their sheet has its own."""
    if not below.any():
        return below
    at = np.flatnonzero(full & below[cells.line])
    at = at[np.diff(cells.line[at], prepend=-1) > 0]
    place = lines.sheet[cells.line[at]] * (int(cells.column.max(initial=0)) + 1) + cells.column[at]
    again = np.ones(len(at), bool)
    again[np.unique(place, return_index=True)[1]] = False
    return flags(cells.line[at[again]], len(below))


def _place_words(lines: Lines, cells: Cells, numbered: Bools, outcome: Ints, texts: Ints, seconds: Bools) -> None:
    """Rows hold numbers: divided words above all of them are a caption (`Home | Results`), below them furniture.

    But for `seconds`, which are likely to belong to the rows above them, and cars with a status in place of theirs.
    """
    rows = outcome == RESULT
    rows[texts] = False
    first, last = _span(lines.sheet, np.flatnonzero((rows & numbered) | (outcome == HEADER)))
    place = np.arange(len(outcome))
    words = rows & ~numbered & (last[lines.sheet] < len(outcome))
    outcome[words & (place < first[lines.sheet])] = CAPTION
    below = np.flatnonzero(words & (place > last[lines.sheet]) & ~seconds)
    outcome[below] = FURNITURE
    outcome[[line for line in below.tolist() if _is_unplaced_car(cells.of_line(line))]] = RESULT


def _is_unplaced_car(row: list[str]) -> bool:
    """Whether a row without a number begins with a status, and has the cells of a car: `DNQ | Villota | March`."""
    return fold(row[0]) in statuses() and sum(map(bool, row)) >= _FEW


def _place_indented(lines: Lines, cells: Cells, outcome: Ints, indented: Ints) -> None:
    """Lines of one or two texts that start empty: the second line of a header, or of the row above."""
    for line in indented.tolist():
        above = line - 1
        if above < 0 or lines.sheet[above] != lines.sheet[line]:
            continue
        words = [text for text in cells.of_line(line) if text]
        if outcome[above] == HEADER:
            outcome[line] = HEADER if all(map(is_header_cell, words)) else RESULT
        elif outcome[above] in (RESULT, CONTINUATION) and not any(map(_NUMBER.fullmatch, words)):
            outcome[line] = CONTINUATION


def _place_texts(lines: Lines, cells: Cells, full: Bools, outcome: Ints, texts: Ints) -> None:
    """Name lines of a single text: captions before, sections between, furniture after the rows."""
    rows = np.flatnonzero(outcome == RESULT)
    rows = rows[~flags(texts, len(outcome))[rows]]
    first, last = _span(lines.sheet, np.concatenate([rows, np.flatnonzero(outcome == HEADER)]))
    words = cells.words(np.flatnonzero(full & flags(texts, len(outcome))[cells.line]))
    two_line_headers: set[int] = set()
    of_cars: set[int] = set()  # the sheets whose last heading is of cars with one status
    for line, text in zip(texts.tolist(), words, strict=True):
        sheet = int(lines.sheet[line])
        if _follows_header(outcome, line, text):
            outcome[line] = HEADER
            two_line_headers.add(sheet)
        elif sheet in two_line_headers and outcome[line - 1] in (RESULT, CONTINUATION) and not read_section(text):
            # The header has a second line of one word, and so has every car: an engine below its chassis.
            outcome[line] = CONTINUATION
        else:
            outcome[line] = text_outcome(text, line < first[sheet], line > last[sheet])
            if outcome[line] == SECTION:
                of_cars -= {sheet}
                of_cars |= {sheet} if is_of_cars(text) else set()
            elif outcome[line] == FURNITURE and sheet in of_cars and is_lost_car(text):
                outcome[line] = REJECT


def _span(sheet: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """The first and the last row of each sheet; where there is none, nothing is after and all is before."""
    sheets = int(sheet.max(initial=0)) + 1
    first, last = np.full(sheets, len(sheet)), np.full(sheets, len(sheet))
    order = np.flatnonzero(flags(rows, len(sheet)))
    first[sheet[order[::-1]]] = order[::-1]
    last[sheet[order]] = order
    return first, last


def _follows_header(outcome: Ints, line: int, text: str) -> bool:
    return line > 0 and outcome[line - 1] == HEADER and is_header_cell(text)


def _number_tables(lines: Lines, outcome: Ints, width: Ints, filled: Ints) -> Page:
    """Number the tables and carry each header and section down to the rows below it, within its sheet."""
    new_sheet = np.diff(lines.sheet, prepend=-1) != 0
    breaks = new_sheet | np.isin(outcome, (HEADER, CAPTION, SECTION))
    rows = outcome == RESULT
    run = np.cumsum(breaks)
    new = np.diff(run[rows], prepend=-1) != 0
    numbered = np.full(len(outcome), -1)
    numbered[rows] = np.cumsum(new) - 1
    # The second line of a header is part of it: the first of the two is what the rows below look up.
    heads = (outcome == HEADER) & ~(np.roll(outcome == HEADER, 1) & ~new_sheet)
    return Page(
        outcome=outcome,
        table=numbered,
        header=_carry(heads, np.zeros(len(outcome), bool), lines.sheet),
        section=_carry(outcome == SECTION, outcome == CAPTION, lines.sheet),
        width=width,
        filled=filled,
        first=np.flatnonzero(rows)[new],
    )


def _carry(marks: Bools, ends: Bools, sheet: Ints) -> Ints:
    """For each line, the last marked line at or above it in its sheet; -1 where there is none or it has ended."""
    places = np.where(marks | ends, np.arange(len(marks)), -1)
    last = np.maximum.accumulate(places) if len(places) else places
    valid = (last >= 0) & marks[last] & (sheet[last] == sheet)
    return np.where(valid, last, -1)
