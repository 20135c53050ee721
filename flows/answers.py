"""Answers of the warehouse in the forms that a terminal, a program or a spreadsheet reads."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Protocol

from flows.terminal import UNFOLDED, console, grid, plain

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.table import Table

Row = Sequence[object]
MOST_ROWS = 100
_BATCH = 10_000
_NARROWEST = 10  # signs that a column of texts keeps, or a table is shown record by record
_FORMULA = re.compile(r"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n]")


class Sink(Protocol):
    """What text can be written to."""

    def write(self, text: str, /) -> object:
        """Take the text."""


def rows_of(connection: DuckDBPyConnection) -> Iterator[Row]:
    """The rows of the statement just executed, fetched in batches."""
    while batch := connection.fetchmany(_BATCH):
        yield from batch


def names_of(connection: DuckDBPyConnection) -> list[str]:
    """The column names of the statement just executed, each once."""
    return distinct([column[0] for column in connection.description or ()])


def distinct(names: Sequence[str]) -> list[str]:
    """The names, a later column of an earlier one's name with a number behind it: as JSON it would replace that one."""
    told: dict[str, None] = {}
    for name in names:
        other = (f"{name}_{number}" for number in count(1))
        told[name if name not in told else next(each for each in other if each not in {*told, *names})] = None
    return list(told)


def print_table(names: Sequence[str], rows: Iterable[Row]) -> None:
    """Print the first MOST_ROWS rows, and say when there are more: as a table, or one by one where that is too wide."""
    rows = iter(rows)
    shown = list(islice(rows, MOST_ROWS))
    out = console()
    out.width = out.width if out.is_terminal else UNFOLDED
    cells = [list(map(cell, row)) for row in shown]
    if _least_width(names, shown, cells) <= out.width:
        out.print(table_of(names, shown))
    elif shown:
        for number, row in enumerate(cells, start=1):
            out.print(_record(number, names, row))
    else:
        out.print("(no rows)")
    if next(rows, None) is not None:
        out.print(f"The first {MOST_ROWS} rows; --csv or --json print all of them.")


def table_of(names: Sequence[str], rows: Sequence[Row]) -> Table:
    """Rows as a table for a terminal: numbers to the right, control characters of sheets made visible."""
    table = grid(*names, right=_numeric(names, rows))
    for row in rows:
        table.add_row(*map(cell, row))
    return table


def _numeric(names: Sequence[str], rows: Sequence[Row]) -> list[int]:
    return [i for i in range(len(names)) if any(isinstance(row[i], (int, float)) for row in rows)]


def _least_width(names: Sequence[str], rows: Sequence[Row], cells: Sequence[Sequence[str]]) -> int:
    """How wide a terminal must be for these rows to read well as a table: numbers whole, texts folded a few times.

    Where there is less room, the widest columns are folded first, down to one common width.
    """
    from rich.cells import cell_len

    columns = [[cell_len(text) for text in column] for column in zip(names, *cells, strict=True)]
    least = max([_NARROWEST, *(max(columns[i][1:]) for i in _numeric(names, rows))])
    return sum(min(max(widths), least) for widths in columns) + 3 * (len(columns) - 1)


def _record(number: int, names: Sequence[str], cells: Sequence[str]) -> Table:
    """One row from top to bottom, for a terminal that is too narrow for all columns side by side."""
    record = grid(f"row {number}", "")
    for name, text in zip(names, cells, strict=True):
        record.add_row(plain(name), text)
    return record


def cell(value: object) -> str:
    """A value as a terminal shows it: lists with commas, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(cell, value))
    return plain(value if isinstance(value, str) else text_of(value))


def text_of(value: object) -> str:
    """A value as text: nested ones as JSON, flags and dates as SQL writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else str(value)


def write_csv(names: Sequence[str], rows: Iterable[Row], file: Sink, guard: bool = False) -> None:
    """Write rows as CSV: null is an empty cell, a list is JSON.

    With `guard`, a text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    # Python 3.11 quotes a lone carriage return only where the line end has one.
    lines = SimpleNamespace(write=lambda line: file.write(line.removesuffix("\r\n") + "\n"))
    writer = csv.writer(lines, lineterminator="\r\n")
    text = guarded if guard else text_of
    writer.writerow(names)
    writer.writerows(["" if value is None else text(value) for value in row] for row in rows)


def guarded(value: object) -> str:
    """The value as text, with an apostrophe before what a spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = text_of(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def write_json(names: Sequence[str], rows: Iterable[Row], file: Sink) -> None:
    """Write rows as a JSON array of objects, one a line."""
    file.write("[")
    for index, row in enumerate(rows):
        file.write(",\n" if index else "\n")
        file.write(json_text(dict(zip(names, row, strict=True))))
    file.write("\n]\n")


def json_text(value: Mapping[str, object]) -> str:
    """The value as JSON; dates and decimals as text, what is no number as null."""
    return json.dumps(_finite(value), ensure_ascii=False, default=str, allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, float) and value - value != 0:
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list) else value


def print_answer(connection: DuckDBPyConnection, form: str = "table") -> None:
    """Print the answer of the statement just executed, as `table`, `csv` or `json`."""
    names, rows = names_of(connection), rows_of(connection)
    rows = chain(list(islice(rows, 1)), rows)  # an error of the first row comes before anything is printed
    if form == "table":
        print_table(names, rows)
    else:
        {"csv": write_csv, "json": write_json}[form](names, rows, _Terminal() if sys.stdout.isatty() else sys.stdout)


class _Terminal:
    """Standard output for data that is printed as it stands, but for what would steer the terminal."""

    def write(self, text: str, /) -> int:
        """Write text with its control characters shown as escapes."""
        return sys.stdout.write("\n".join(map(plain, text.split("\n"))))
