"""What a build led to, as Markdown for Prefect's UI; nothing that a sheet says can be taken for markup there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flows.errors import UserError
from flows.report import LONGEST_TEXT, headline, number_rows
from flows.terminal import plain

if TYPE_CHECKING:
    from flows.report import Summary
    from flows.survey import Outcome

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def summary_page(outcome: Outcome) -> str:
    """The outcome in numbers."""
    if outcome.summary is None:
        return f"{headline(outcome)}\n"
    counts = _table(("What was read", "Count"), number_rows(outcome.summary))
    findings = _table(("Severity", "Check", "Count"), outcome.summary.findings)
    return f"{headline(outcome)}\n\n{counts}\n## What is in doubt\n\n{findings}"


def failure_page(error: Exception) -> str:
    """Why a build failed: what is wrong and what to do; readers keep what they had."""
    known = isinstance(error, UserError)
    remedy = error.remedy if isinstance(error, UserError) else "The run's log says where it happened."
    said = verbatim(f"{error}" if known else f"{type(error).__name__}: {error}")
    parts = [f"**{said}**", verbatim(remedy), "Readers keep the snapshot that they had."]
    return "\n\n".join(filter(None, parts)) + "\n"


def sheet_pages(root: str, summary: Summary) -> Iterator[tuple[str, str]]:
    """The sheets that the worst findings are about, and a page for each: where it lies, its lines, what is in doubt.

    Every line of text begins with its number, so that none can end the block of code.
    """
    for sheet, excerpt in summary.excerpts.items():
        found = [row for row in summary.worst if row["sheet_id"] == sheet]
        marked = {row["line"] for row in found}
        block, last = [], 0
        for number, text in excerpt.lines:
            block += ["      ..."] * (number > last + 1)
            block.append(f"{'>' if number in marked else ' '}{number:6}  {plain(text)}")
            last = number
        rows = ((row["severity"], row["check"], row["line"], row["column"], row["message"]) for row in found)
        table = _table(("Severity", "Check", "Line", "Column", "What"), rows)
        listed = "\n".join(block)
        yield sheet, f"## {verbatim(excerpt.path)}\n\nin {verbatim(root)}\n\n~~~text\n{listed}\n~~~\n\n{table}"


def findings_page(summary: Summary, addresses: Mapping[str, str]) -> str:
    """The most severe findings; the line of each leads to its sheet's page, where `addresses` knows one.

    The words of a link are ours: Prefect's UI shows in them what elsewhere keeps Markdown from reading a sign.
    """
    total = sum(count for _, _, count in summary.findings)
    rows = []
    for row in summary.worst:
        line, address = verbatim(row["line"]), addresses.get(row["sheet_id"])
        linked = f"[{line or 'sheet'}]({address})" if address else line
        what = [verbatim(row[name]) for name in ("message", "check", "column")]
        rows.append([verbatim(row["severity"]), verbatim(row["sheet_id"] or row["event_id"]), linked, *what])
    shown = f"{len(rows):,} of {total:,} findings, the most severe first. `parcferme check` lists all of them."
    return f"{shown}\n\n{_lines(('Severity', 'Sheet', 'Line', 'What', 'Check', 'Column'), rows)}"


def _table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return _lines(headers, (map(verbatim, row) for row in rows))


def _lines(headers: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def verbatim(value: object) -> str:
    """A value that reads as it is: no sign in it means anything to Markdown or HTML."""
    if isinstance(value, int):
        return f"{value:,}"
    return _PUNCTUATION.sub(r"\\\1", plain(str(value)[:LONGEST_TEXT]).strip()) if value is not None else ""
