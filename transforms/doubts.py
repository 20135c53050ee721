"""What the reader doubts: cells that do not fit, units converted, headers unknown, lines and layouts rejected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags, true
from transforms.columns import Layout
from transforms.crew_words import may_be_several
from transforms.crews import Crews
from transforms.dialect import Lines
from transforms.headings import nearest_headers
from transforms.pages import HEADER, REJECT, Page
from transforms.results import Rows
from transforms.rows import Placed
from transforms.schema import TABLES
from transforms.sources import Source
from transforms.spans import between_blanks, holding
from transforms.text import Text
from transforms.verdicts import Verdict

Finding = dict[str, object]

# The checks that the reader makes; all others are made on the finished tables.
CHECKS = (
    "cell-unreadable", "cell-corrected", "unit-converted", "zero-is-unknown", "crew-undivided", "header-unknown",
    "layout-in-doubt", "lines-rejected", "sheet-empty", "sheet-binary", "encoding-doubtful",
)  # fmt: skip
# What letters of a DOS or Macintosh code page become in Windows-1252: controls, and marks within words.
_ODD = re.compile(r"[\x81\x8d\x8f\x90\x9d]|(?<=[^\W\d_])[‚ƒ„ˆ‰‹”¡¢£¤](?=[^\W\d_])")
# What letters of a page for Central Europe become: no language writes these beside those.
_OF_EAST, _BESIDE_THEM = frozenset("øìòèùØÈ¹¾"), frozenset("ýíáúÝ")
_WITHIN = re.compile(r"(?<=[^\W\d_¹³])[¹³¾¿](?=[^\W\d_¹³])")
_WORD, _MOST_LETTERS = re.compile(r"[\w¹³¾¿]{3,30}"), 100_000  # of a sheet that are looked at
_FEWEST_OF_EAST = 2  # such words
_BESIDE_ODD = 8  # characters shown before and behind
_EXPECTED = {
    "position": "an ordinal", "class_position": "an ordinal", "laps": "a whole number", "lap_number": "a whole number",
    "gap_laps": "a whole number", "lap_time": "a time", "race_time": "a time", "gap": "a gap in time or laps",
    "race_speed": "a speed", "lap_speed": "a speed", "distance": "a distance", "crew": "names", "entrant": "a name",
    "car_number": "a car's number", "reason": "a reason",
}  # fmt: skip


def find_doubts(
    sources: Sequence[Source],
    texts: Sequence[Text],
    binary: Bools,
    lines: Lines,
    page: Page,
    layouts: Sequence[Layout],
    placed: Placed,
    rows: Rows,
    verdict: Verdict,
    crews: Crews,
) -> pa.Table:
    """The reader's findings, in order of sheet, line, check and column."""
    found = [
        *_sheets(sources, texts, binary),
        *_rejected(sources, lines, verdict),
        *_layouts(sources, lines, page, layouts),
        *_headers(sources, lines, page, layouts),
        *_cells(sources, lines, placed, rows),
        *_converted(sources, lines, placed, rows),
        *_zeros(sources, lines, placed, rows),
        *_undivided(sources, lines, placed, crews),
        *_corrected(sources),
    ]
    found.sort(key=_order)
    return TABLES["findings"].conform(pa.Table.from_pylist(found, TABLES["findings"].schema))


def _order(finding: Finding) -> tuple[str, int, str, str]:
    line = finding.get("line")
    return (
        str(finding["sheet_id"]),
        line if isinstance(line, int) else 0,
        str(finding["check"]),
        str(finding.get("column")),
    )


def _finding(source: Source, check: str, severity: str, message: str, **more: object) -> Finding:
    return {
        "check": check,
        "severity": severity,
        "event_id": source.event_id,
        "sheet_id": source.sheet_id,
        "message": message,
        **more,
    }


def _sheets(sources: Sequence[Source], texts: Sequence[Text], binary: Bools) -> Iterator[Finding]:
    for source, text, is_binary in zip(sources, texts, binary.tolist(), strict=True):
        if is_binary:
            yield _finding(source, "sheet-binary", "error", f"{source.path} is not text; put the right file there")
        elif text.encoding == "windows-1252" and (odd := _of_another_page(text.body.decode(errors="ignore"))):
            observed, have, page = odd
            message = f"{have} odd letters: {source.path} may be {page}; save it as UTF-8"
            yield _finding(source, "encoding-doubtful", "warning", message, observed=observed)
        # Nearly every sheet begins with a mark, a letter or a digit.
        elif not b"!" <= text.body[:1] <= b"~" and _is_blank(text.body):
            yield _finding(
                source, "sheet-empty", "warning", f"{source.path} is empty; remove it or copy the page again"
            )


def _of_another_page(text: str) -> tuple[str, str, str] | None:
    """Words whose letters seem to be misread, the beginning of a sentence on them, and what page they may be of."""
    if word := _odd_word(text):
        return word, f"'{word}' has", "of an old code page, as of DOS"
    words = _words_of_east(text)
    return (words, f"{words} have", "in Windows-1250") if words else None


def _words_of_east(text: str) -> str | None:
    """The first words that hold letters of Central Europe misread, where there are some."""
    words = [*dict.fromkeys(filter(_is_of_east, _WORD.findall(text[:_MOST_LETTERS])))]
    return " and ".join(words[:2]) if len(words) >= _FEWEST_OF_EAST else None


def _is_of_east(word: str) -> bool:
    letters = set(word)
    return bool(letters & _OF_EAST and letters & _BESIDE_THEM) or _WITHIN.search(word) is not None


def _odd_word(text: str) -> str | None:
    """The first word that letters of another code page may be in."""
    found = _ODD.search(text)
    if not found:
        return None
    before, behind = text[max(found.start() - _BESIDE_ODD, 0) : found.start()], text[found.start() :][:_BESIDE_ODD]
    return (re.split(r"\s", before)[-1] + re.split(r"\s", behind)[0]).replace(found[0], "?")


def _is_blank(body: bytes) -> bool:
    return not body.decode(errors="ignore").strip()


def _rejected(sources: Sequence[Source], lines: Lines, verdict: Verdict) -> Iterator[Finding]:
    rejected = np.flatnonzero(verdict.outcome == REJECT)
    counts = np.bincount(lines.sheet[rejected], minlength=len(sources))
    for s in np.flatnonzero(counts).tolist():
        first = int(lines.number[rejected[np.searchsorted(lines.sheet[rejected], s)]])
        lost = _some(int(counts[s]), "line")
        message = f"{lost} rejected, the first is line {first}: `parcferme read`, or the view rejects, says why"
        yield _finding(sources[s], "lines-rejected", "warning", message, observed=str(counts[s]), expected="0")


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _layouts(sources: Sequence[Source], lines: Lines, page: Page, layouts: Sequence[Layout]) -> Iterator[Finding]:
    for line, found in zip(page.first.tolist(), layouts, strict=True):
        if found.doubt:
            source = sources[lines.sheet[line]]
            yield _finding(source, "layout-in-doubt", "warning", found.doubt, line=int(lines.number[line]),
                           observed=" ".join(found.roles) or None)  # fmt: skip


def _headers(sources: Sequence[Source], lines: Lines, page: Page, layouts: Sequence[Layout]) -> Iterator[Finding]:
    said: set[tuple[int, str]] = set()
    for line, found in zip(page.first.tolist(), layouts, strict=True):
        sheet = int(lines.sheet[line])
        for heading in found.form.headings if found.basis == "header" else ():
            name = heading.name
            if heading.known or (sheet, name) in said:
                continue
            said.add((sheet, name))
            near = nearest_headers(name)
            hint = f"; the nearest known are {', '.join(near)}" if near else ""
            message = f"no known column is headed '{name}': its cells are in extra under that name{hint}"
            at = int(lines.number[_header_line(page, line)])
            yield _finding(sources[sheet], "header-unknown", "note", message, line=at, column=name,
                           observed=name, expected=", ".join(near) or None)  # fmt: skip


def _header_line(page: Page, line: int) -> int:
    header = int(page.header[line])
    return header if header >= 0 and page.outcome[header] == HEADER else line


def _cells(sources: Sequence[Source], lines: Lines, placed: Placed, rows: Rows) -> Iterator[Finding]:
    for slot, mask in rows.typed.misfits.items():
        at = np.flatnonzero(mask)
        for row, text in zip(at.tolist(), rows.texts[slot].words(at), strict=True):
            line = int(placed.lines[row])
            message = (
                f"{slot} reads '{text}', which is not {_EXPECTED[slot]}: the value is null, the text is kept in lines"
            )
            yield _finding(sources[lines.sheet[line]], "cell-unreadable", "warning", message, column=slot,
                           line=int(lines.number[line]), observed=text, expected=_EXPECTED[slot])  # fmt: skip


def _converted(sources: Sequence[Source], lines: Lines, placed: Placed, rows: Rows) -> Iterator[Finding]:
    for slot, mask in rows.typed.miles.items():
        sheets = lines.sheet[placed.lines[np.flatnonzero(mask)]]
        for sheet, count in zip(*np.unique(sheets, return_counts=True), strict=True):
            unit = "miles to km" if slot == "distance" else "mph to km/h"
            message = f"{slot}: {_some(int(count), 'value')} converted from {unit} (1 mile = 1.609344 km)"
            yield _finding(sources[sheet], "unit-converted", "note", message, column=slot)


def _zeros(sources: Sequence[Source], lines: Lines, placed: Placed, rows: Rows) -> Iterator[Finding]:
    for slot, mask in rows.typed.zeros.items():
        sheets = lines.sheet[placed.lines[np.flatnonzero(mask)]]
        for sheet, count in zip(*np.unique(sheets, return_counts=True), strict=True):
            message = f"{slot}: 0 stands for each of the {count} cars without a position, so it is read as unknown"
            yield _finding(sources[sheet], "zero-is-unknown", "note", message, column=slot, observed="0")


_FEWEST_HYPHENED, _NEARLY_ALL = 3, 0.8  # names of a sheet
# Marks that may stand between drivers, and why they divide nobody by themselves; "" is in every name: for words.
_WITHIN_NAMES = {
    "/": "a slash without blanks is part of a name",
    ",": "commas also turn a name round",
    "-": "hyphens also join double names",
    "": "such a word also joins the surnames of one",
}


def _undivided(sources: Sequence[Source], lines: Lines, placed: Placed, crews: Crews) -> Iterator[Finding]:
    joined = between_blanks(crews.name, "y") | between_blanks(crews.name, "e")
    hyphened = np.flatnonzero(holding(crews.name, b"-"))
    throughout = _with_one_hyphen(crews, hyphened, lines.sheet[placed.lines], len(sources))
    at = np.flatnonzero(holding(crews.name, b",/") | joined | _with_hyphens(crews.name, hyphened) | throughout)
    names = crews.name.take(pa.array(at)).to_pylist()
    for row, name, told in zip(crews.row[at].tolist(), names, throughout[at].tolist(), strict=True):
        if told or may_be_several(name):
            line = int(placed.lines[row])
            why, mark = next((why, mark) for mark, why in _WITHIN_NAMES.items() if mark in name)
            stated = f', or state crew_separator = "{mark}" for the sheet in event.toml' if mark else ""
            message = f"'{name}' may be several drivers, but {why}: put ' / ' between drivers{stated}"
            yield _finding(sources[lines.sheet[line]], "crew-undivided", "warning", message, column="crew",
                           line=int(lines.number[line]), observed=name)  # fmt: skip


def _with_hyphens(names: pa.StringArray, at: Ints) -> Bools:
    """Names of three words or more with nothing but hyphens between them, of those at some places."""
    found = true(pc.match_substring_regex(names.take(pa.array(at)), r"^[^\s-]+(?:-[^\s-]+){2,}$"))
    return flags(at[found], len(names))


def _with_one_hyphen(crews: Crews, at: Ints, sheet: Ints, sheets: int) -> Bools:
    """Names of two words with a hyphen between them, in sheets of which nearly all are: those of few people are so.

    They are among those at some places.
    """
    at = at[true(pc.match_substring_regex(crews.name.take(pa.array(at)), r"^\p{Lu}[\p{L}'’]+-\p{Lu}[\p{L}'’]+$"))]
    of = sheet[crews.row]
    hyphened, named = (np.bincount(some, minlength=sheets) for some in (of[at], of))
    told = (hyphened >= _FEWEST_HYPHENED) & (hyphened >= _NEARLY_ALL * named)
    return flags(at[told[of[at]]], len(of))


def _corrected(sources: Iterable[Source]) -> Iterator[Finding]:
    for source in sources:
        for c in source.corrections:
            yield _finding(source, "cell-corrected", "note", f"corrected by hand: {c.reason}", line=c.line,
                           column=c.column, observed=c.expect, expected=c.value)  # fmt: skip
