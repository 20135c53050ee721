"""Tables and views as files for spreadsheets and small databases, in which no cell can act as a formula."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.answers import Row, names_of, rows_of, text_of, write_csv
from flows.errors import UserError
from flows.whole import whole

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What Excel can hold (Microsoft, "Excel specifications and limits").
XLSX_ROWS = 1_048_576
XLSX_TEXT = 32_767
XLSX_NAME = 31


def export(connection: DuckDBPyConnection, names: Sequence[str], form: str, target: Path) -> None:
    """Write the tables or views of those names as `csv` (one name), `xlsx` or `sqlite` to the target file.

    The file appears whole or not at all. UserError when it cannot be written, or holds too much for the form.
    """
    writer: Callable[[DuckDBPyConnection, Sequence[str], Path], None] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "sqlite": _sqlite,
    }[form]
    with whole(target) as staged:
        writer(connection, names, staged)


def _asked(connection: DuckDBPyConnection, name: str) -> tuple[list[str], Iterable[Row]]:
    connection.execute(f'FROM "{name}"')
    return names_of(connection), rows_of(connection)


def _csv(connection: DuckDBPyConnection, names: Sequence[str], path: Path) -> None:
    columns, rows = _asked(connection, names[0])
    # Excel takes a CSV for UTF-8 only when it begins with the byte order mark.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_csv(columns, rows, file, guard=True)


def _xlsx(connection: DuckDBPyConnection, names: Sequence[str], path: Path) -> None:
    import xlsxwriter

    # Text stays text: neither formulas nor links nor numbers are made of it.
    as_text = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd", **as_text}) as book:
        bold = book.add_format({"bold": True})
        for name in names:
            sheet = book.add_worksheet(name[:XLSX_NAME])
            columns, rows = _asked(connection, name)
            sheet.write_row(0, 0, columns, bold)
            sheet.freeze_panes(1, 0)
            _fill(sheet, name, rows)


def _fill(sheet: Any, name: str, rows: Iterable[Row]) -> None:
    for index, row in enumerate(rows, start=1):
        if index >= XLSX_ROWS:
            raise UserError(
                f"{name} has more rows than a spreadsheet holds ({XLSX_ROWS:,}).", "Choose --format csv or sqlite."
            )
        for column, value in enumerate(row):
            if isinstance(value, (list, dict)):
                sheet.write_string(index, column, text_of(value)[:XLSX_TEXT])
            elif isinstance(value, str):
                sheet.write_string(index, column, value[:XLSX_TEXT])
            elif value is not None:
                sheet.write(index, column, value)


def _sqlite(connection: DuckDBPyConnection, names: Sequence[str], path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for name in names:
            columns, rows = _asked(connection, name)
            types = [str(description[1]) for description in connection.description or ()]
            declared = ", ".join(f'"{column}" {_affinity(type_)}' for column, type_ in zip(columns, types, strict=True))
            database.execute(f'CREATE TABLE "{name}" ({declared})')
            marks = ", ".join("?" * len(columns))
            database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', (list(map(_plain, row)) for row in rows))  # noqa: S608


def _affinity(type_: str) -> str:
    if type_ in ("DOUBLE", "FLOAT"):
        return "REAL"
    return "INTEGER" if "INT" in type_ or type_ == "BOOLEAN" else "TEXT"


def _plain(value: object) -> object:
    """A value as SQLite stores it: dates as ISO text, lists as JSON."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else value
