"""`parcferme read`: how sheets are understood, column by column and line by line, without loading them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.options import json_option
from flows.terminal import console, grid, plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_BASES = {
    "header": "named by their header",
    "declared": "declared in event.toml",
    "inferred": "decoded from their content",
    "none": "unknown",
}
_DIALECTS = {
    "pipe": "divided by pipes",
    "tab": "divided by tabs",
    "semicolon": "divided by semicolons",
    "comma": "divided by commas",
    "blanks": "aligned by blanks",
    "none": "divided by nothing",
}
_KIND_BASES = {"file": "by its file name", "caption": "by its caption", "content": "by its columns", "none": "unknown"}
_STYLES, _OTHER, _REASON = {"result": "green", "reject": "bold red", "blank": "dim"}, "yellow", "red"
_WIDTH = 120  # where there is no terminal to ask
_GAP, _LEAST = 3, 12  # blanks between columns, and the narrowest column of samples


@click.command(
    epilog="""\b
Examples:
  parcferme read seeds/1997-spa-24-hours/race.txt
  parcferme read seeds/1998-spa-24-hours
  parcferme read --json new-sheet.txt | jq .tables
  xclip -o | parcferme read -
"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE...")
@json_option
def command(files: tuple[Path, ...], as_json: bool) -> None:
    """Show how sheets are understood: each column's role, how sure it is, and what becomes of each line.

    Nothing is loaded. The event.toml beside the sheet counts, as it does in a build, and what is wrong with it is
    told. Exits with 1 when a line would be rejected. FILE may be a folder, for each sheet below it, or - for a sheet
    that is piped in.
    """
    from flows.one_sheet import sheets_at

    accounts = [_account(sheet) for path in files for sheet in sheets_at(path)]
    if as_json:
        from flows.answers import json_text

        for account in accounts:
            click.echo(json_text(account))
    else:
        out = console()
        out.width = out.width if out.is_terminal else _WIDTH
        for account in accounts:
            _print(out, account)
    sys.exit(any(account["sheet"]["rejects"] for account in accounts))


def _account(path: Path) -> dict[str, Any]:
    from flows.one_sheet import STANDARD_INPUT, from_input, read_one
    from transforms.account import account
    from transforms.sheets import read

    if str(path) == STANDARD_INPUT:
        return {**account(read([from_input(sys.stdin.buffer.read())])), "event_findings": []}
    source, doubts = read_one(path)
    return {**account(read([source])), "event_findings": doubts}


def _print(out: Console, account: dict[str, Any]) -> None:
    from flows.events import section_of
    from flows.extract import EVENT_FILE
    from flows.sheet_files import stem_of

    sheet = account["sheet"]
    out.print(plain(sheet["path"]), style="bold")
    kind = "of unknown kind" if sheet["kind"] == "unknown" else f"{sheet['kind']} {_KIND_BASES[sheet['kind_basis']]}"
    newline = "" if sheet["newline"] == "none" else f", {sheet['newline']}"
    out.print(f"{_DIALECTS[sheet['dialect']]} · {sheet['encoding']}{newline} · {kind}", style="dim")
    out.print(f"{_count(sheet['lines'], 'line')}: {_count(sheet['results'], 'result')}, {_rejects(sheet['rejects'])}")
    for number, table in enumerate(account["tables"], start=1):
        _print_table(out, number, table)
    if any("columns = [" in (table["doubt"] or "") for table in account["tables"]) and sheet["event_id"]:
        place = Path(sheet["path"])
        where = f"{section_of(stem_of(place.name) or '')} in {place.with_name(EVENT_FILE)}"
        out.print(plain(f"Write columns = [...] below {where}."), soft_wrap=True)
    _print_lines(out, account["lines"])
    _print_findings(out, account)
    out.print()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _rejects(number: int) -> str:
    return _count(number, "reject") if number else "no rejects"


def _print_table(out: Console, number: int, table: dict[str, Any]) -> None:
    first, last = table["first_line"], table["last_line"]
    place = f"line {first}" if first == last else f"lines {first} to {last}"
    below = f", below “{plain(table['section'])}”" if table["section"] else ""
    out.print()
    out.print(f"Table {number}, {place}{below}", style="bold")
    fit = f", {table['score']:.0%} of the cells fit" if table["basis"] in ("inferred", "declared") else ""
    out.print(f"{_count(table['rows'], 'row')}, columns {_BASES[table['basis']]}{fit}")
    if table["doubt"]:
        out.print(plain(table["doubt"]), style="bold red")
    if table["columns"]:
        out.print(_columns(table, out.width))


def _columns(table: dict[str, Any], width: int) -> Table:
    """The columns of a table; where the terminal is narrow, only the sample cells are cut."""
    names, rows = _facts(table)
    shown = grid(*names, "cells", right=[i for i, name in enumerate(names) if name in ("#", "fits", "behind by")])
    shown.columns[1].style = "cyan"
    room = width - sum(max(map(len, texts)) + _GAP for texts in zip(names, *rows, strict=True))
    for row, column in zip(rows, table["columns"], strict=True):
        shown.add_row(*row, _cut(" │ ".join(plain(text) for text in column["samples"]), max(room, _LEAST)))
    return shown


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _facts(table: dict[str, Any]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What is said of each column: for decoded ones how sure the role is, for others the header."""
    columns = table["columns"]
    if table["basis"] != "inferred":
        return ("#", "role", "header"), [(str(c["column"]), c["role"], plain(c["name"])) for c in columns]
    rows: list[tuple[str, ...]] = [
        (str(c["column"]), c["role"], f"{c['fit']:.0%}", c["runner_up"] or "", _margin(c["margin"])) for c in columns
    ]
    return ("#", "role", "fits", "next best", "behind by"), rows


def _margin(nats: float | None) -> str:
    return "" if nats is None else f"{nats:.1f}"


def _print_lines(out: Console, lines: list[dict[str, Any]]) -> None:
    """Each line's outcome: runs of results and blanks in one, all others with their text."""
    if not lines:
        return
    out.print("\nLines", style="bold")
    paint = {style: _painter(out, style) for style in {*_STYLES.values(), _OTHER, _REASON}}
    for (outcome, _), run in groupby(lines, key=_run):
        group = list(run)
        first, last = group[0]["line"], group[-1]["line"]
        place = str(first) if first == last else f"{first}–{last}"
        text = "" if outcome in ("result", "blank") else plain(group[0]["text"].strip())
        head = f"{place:>9}  ", f"{outcome:<12}"
        shown = paint[_STYLES.get(outcome, _OTHER)](head[1])
        out.file.write(f"{head[0]}{shown}{_fitting(text, out.width - sum(map(len, head)))}\n")
        if group[0]["reason"]:
            out.file.write(paint[_REASON](" " * 23 + plain(group[0]["reason"])) + "\n")


def _painter(out: Console, style: str) -> Callable[[str], str]:
    """What puts text in a style as the console would, which takes a hundred times as long for each text."""
    from rich.text import Text

    with out.capture() as painted:
        out.print(Text("|", style), end="")
    before, _, after = painted.get().partition("|")
    return lambda text: f"{before}{text}{after}"


def _fitting(text: str, width: int) -> str:
    """The text, cut where it would be wider than so many columns of a terminal."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _run(line: dict[str, Any]) -> tuple[str, object]:
    """What lines are shown as one: neighbours with the same outcome, and rejects with the same reason."""
    alone = line["outcome"] not in ("result", "blank") and not line["reason"]
    return line["outcome"], line["line"] if alone else line["reason"]


def _print_findings(out: Console, account: dict[str, Any]) -> None:
    """What is in doubt about the event.toml beside the sheet, and about the sheet but for what is told above."""
    told = [(finding, "") for finding in account["event_findings"]]
    for finding in account["findings"]:
        if finding["check"] not in ("lines-rejected", "layout-in-doubt"):
            told.append((finding, f"line {finding['line']}: " if finding["line"] else ""))
    if told:
        out.print("\nFindings", style="bold")
    for finding, place in told:
        out.file.write(f"  {finding['severity']}: {place}{plain(finding['message'])}\n")
