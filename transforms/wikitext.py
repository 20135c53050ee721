"""Tables in the markup of wikis (`{|`, `|-`, `||`) as rows of cells with tabs between them, each on its first line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints
from transforms.dialect import Lines
from transforms.headings import headed_role
from transforms.lexicon import find_flag
from transforms.masks import first_bytes, replaced

_RULE = "--"  # what a line of markup alone becomes: furniture
_LONGEST = 20_000  # characters of a line of a table, and of a cell of many lines
_WIDEST = 200  # columns of a table in which cells span others
_DEEPEST = 4  # of templates within templates
_TEMPLATE, _LINK = re.compile(r"\{\{([^{}]*)\}\}"), re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]]*)\]\]")
_NOTE = re.compile(
    r"<ref[^<>]*/>|<ref[^<>]*>[^<]*</ref>|<!--[^<>]*-->|</?(?:small|nowiki|big|sup|span|center)[^<>]*>|'{2,}"
)
_VALUE = r"[\w-]+\s*=\s*(?:\"[^\"|]*\"|'[^'|]*'|[^\s|\"']+)"
_ATTRIBUTES = re.compile(rf"\s*{_VALUE}(?:\s+{_VALUE})*\s*\|(?!\|)")
_SPAN = re.compile(r"(row|col)span\s*=\s*[\"']?(\d{1,2})")
_FLAG_TEMPLATES = re.compile(r"flag\b|flag ?(?:icon|deco|u|country|athlete)")
_NOTES = {"efn", "refn", "ref", "sfn", "anchor", "#tag:ref", "dagger", "double-dagger", "ref label", "note"}


@dataclass(slots=True)
class _Row:
    """A row of a table: its lines, its own cells by column, how many rows they span, and how many are headings.

    `end` is the column behind its last cell; `wide` are the columns at which cells of several columns begin.
    """

    lines: list[int] = field(default_factory=list)
    cells: dict[int, str] = field(default_factory=dict)
    spans: dict[int, int] = field(default_factory=dict)
    wide: set[int] = field(default_factory=set)
    headings: int = 0
    end: int = 0


def unwrap(lines: Lines) -> tuple[Lines, Ints]:
    """The lines with the tables of wikis as rows with tabs between cells, and the lines that go on with a row above."""
    begins = np.flatnonzero(first_bytes(lines.text) == ord("{"))
    begins = begins[pc.starts_with(lines.text.take(pa.array(begins)), "{|").to_numpy(zero_copy_only=False)]
    if not len(begins):
        return lines, begins
    at = np.flatnonzero(np.isin(lines.sheet, lines.sheet[begins]))
    texts = dict(zip(at.tolist(), lines.text.take(pa.array(at)).to_pylist(), strict=True))
    continued: list[int] = []
    for first, last in _tables(lines, texts):
        table = {line: texts[line] for line in range(first, last + 1)}
        texts |= {line: _RULE for line, text in table.items() if text.strip()}
        texts |= {line: text.strip()[2:] for line, text in table.items() if text.strip().startswith("|+")}
        for line, text, others in _whole([*_rows(table)]):
            texts |= {line: text} | dict.fromkeys(others, "")
            continued += others
    text = replaced(lines.text, at, pa.array(texts.values(), pa.string()))
    return replace(lines, text=text), np.array(continued, np.int64)


def _tables(lines: Lines, texts: dict[int, str]) -> Iterator[tuple[int, int]]:
    """The first and the last line of each table; one without an end goes on to the end of its sheet."""
    first = last = -1
    for line, text in texts.items():
        if first >= 0 and lines.sheet[line] != lines.sheet[first]:
            yield first, last
            first = -1
        last = line
        if first < 0 and text.startswith("{|"):
            first = line
        elif first >= 0 and text.lstrip().startswith("|}"):
            yield first, line
            first = -1
    if first >= 0:
        yield first, last


def _rows(table: dict[int, str]) -> Iterator[_Row]:
    """The rows of a table, with the cells that rows above them span left out."""
    row, spanned = _Row(), dict[int, int]()
    for line, text in table.items():
        bare = text.strip()[:_LONGEST]
        if bare.startswith(("{|", "|+", "|}", "|-")):
            if row.cells:
                yield row
                spanned = {column: left - 1 for column, left in (spanned | row.spans).items() if left > 1}
                row = _Row()
            continue
        if not bare:
            continue
        row.lines.append(line)
        if bare[0] not in "|!":
            _go_on(row, bare)
            continue
        for cell in _divided(bare):
            while row.end in spanned:
                row.end += 1
            _place(row, cell, heading=bare[0] == "!")
    if row.cells:
        yield row


def _go_on(row: _Row, text: str) -> None:
    """Add a line without a bar to the last cell of a row."""
    if row.cells and len(row.cells[row.end - 1]) < _LONGEST:
        row.cells[row.end - 1] = f"{row.cells[row.end - 1]} {_plain(text)}".strip()


def _divided(line: str) -> list[str]:
    """The cells of a line; bars within templates and links divide none."""
    plain = _plain(line[1:])
    return re.split(r"\|\||!!" if line[0] == "!" else r"\|\|", plain)


def _place(row: _Row, cell: str, *, heading: bool) -> None:
    """Put a cell behind the others of its row; what it spans to its right stays empty."""
    found = _ATTRIBUTES.match(cell)
    spans = {kind: int(size) for kind, size in _SPAN.findall(found[0])} if found and row.end < _WIDEST else {}
    text = " ".join((cell[found.end() :] if found else cell).replace("|", " / ").split())
    end = row.end + max(spans.get("col", 1), 1)
    row.wide |= {row.end} if text and end - row.end > 1 else set()
    for column in range(row.end, end):
        row.cells[column] = text if column == row.end else ""
        row.headings += heading
        if spans.get("row", 1) > 1:
            row.spans[column] = spans["row"]
    row.end = end


def _plain(text: str) -> str:
    """A text without templates, links and notes: what a page shows of them."""
    text = _NOTE.sub("", text)
    for _ in range(_DEEPEST):
        text, count = _TEMPLATE.subn(_shown, text)
        if not count:
            break
    return _LINK.sub(lambda link: link[1].replace("|", " "), text).replace("&nbsp;", " ").replace("\t", " ")


def _shown(template: re.Match[str]) -> str:
    """What a template shows: a flag, nothing for a note, else its first value, or the last of one that sorts."""
    name, *values = (part.strip() for part in template[1].split("|"))
    values = [value for value in values if "=" not in value]
    if name.lower() in _NOTES or not values:
        return ""
    if _FLAG_TEMPLATES.fullmatch(name.lower()):
        return f"{find_flag(values[0]) or ''} "
    return values[-1 if name.lower().startswith("sort") else 0]


def _whole(rows: list[_Row]) -> Iterator[tuple[int, str, list[int]]]:
    """The first line of each row, its cells with tabs between them, and its other lines.

    A row whose first cell is spanned goes on with the row above: with a name of its crew, or below a second heading.
    A cell of several columns is of none of them, but what is printed below the car: it stands behind all others.
    """
    headed = {row.lines[0] for row in rows if row.headings == len(row.cells)}
    heads = [row for row in rows[:2] if row.lines[0] in headed]
    heads = heads[: 2 if len(heads) == 2 and 0 not in heads[1].cells else 1]
    second = {column: place for place, column in enumerate(heads[1].cells)} if len(heads) > 1 else {}
    titles = heads[0].cells if heads else {}
    width = max((max(row.cells) + 1 for row in rows), default=0)
    main: list[_Row] = []
    for i, row in enumerate(rows):
        if 0 in row.cells or not main:
            main.append(row)
            continue
        above = main[-1]
        above.lines += row.lines
        for column, text in row.cells.items():
            into = (
                width + second[column] if column in second and (i == 1 or _role(titles, column) != "crew") else column
            )
            if column in row.wide:
                into = width + len(second)
                titles.setdefault(into, "")
            above.cells[into] = " / ".join(filter(None, (above.cells.get(into, ""), text)))
    for row in main:
        first, last = row.lines[0], row.lines[-1]
        cells = (row.cells.get(column, "") for column in range(max(width - 1, *row.cells) + 1))
        yield first, "\t".join(cells), [] if first in headed else [*range(first + 1, last + 1)]


def _role(titles: dict[int, str], column: int) -> str:
    return headed_role(titles.get(column, ""))
