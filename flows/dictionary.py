"""The data dictionary: every column of every table, view and macro, as a table in results.db and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from flows.views import View, create_views, describe_table, view_columns, views
from transforms.schema import TABLES, TEXT, WHOLE, Column, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DICTIONARY = Table(
    "data_dictionary",
    "column of a table, view or macro",
    ("table_name", "column_name"),
    (
        Column("table_name", TEXT, "id", "The table, view or macro.", "results"),
        Column("table_kind", TEXT, "enum", "table (has a Parquet file), view or macro (takes arguments).", "table"),
        Column("grain", TEXT, "text", "What one row of it is.", "one car in one sheet"),
        Column("column_name", TEXT, "id", "The column.", "lap_time_ms"),
        Column("column_index", WHOLE, "ordinal", "Place of the column, from 1.", "34"),
        Column("type", TEXT, "text", "SQL type of the column.", "BIGINT"),
        Column("unit", TEXT, "text", "Unit of its values, or what kind of text they are.", "ms"),
        Column("description", TEXT, "text", "What it holds, in a sentence or two.", "Laps completed."),
        Column("example", TEXT, "text", "An example, for columns of tables.", "159841"),
    ),
)


_ORDER = ("view", "macro", "function")


@dataclass(frozen=True, slots=True)
class About:
    """A table, view, macro or function in a few words; `signature` is how a query calls it."""

    kind: str
    title: str
    signature: str
    text: str


@cache
def objects() -> dict[str, About]:
    """All that can be asked, by name: tables, then views, macros and functions."""
    tables = {
        table.name: About("table", table.grain, table.name, f"One row: {table.grain}.") for table in TABLES.values()
    }
    last = About("view", "Columns of all tables, views and macros", DICTIONARY.name, f"One row: {DICTIONARY.grain}.")
    kinds = {"VIEW": "view", "MACRO TABLE": "macro", "MACRO": "function"}
    others = {
        view.name: About(kinds[view.type], view.title, view.signature or view.name, f"{view.grain}. {view.counts}")
        for view in views().values()
    }
    others[DICTIONARY.name] = last
    return tables | dict(sorted(others.items(), key=lambda item: (_ORDER.index(item[1].kind), item[0])))


def create_dictionary(connection: DuckDBPyConnection) -> None:
    """Store the dictionary as a table of the database, which has all tables and views by now."""
    entries = dictionary(connection)  # noqa: F841 (the statement reads it)
    connection.execute(f"CREATE TABLE {DICTIONARY.name} AS FROM entries")
    describe_table(connection, DICTIONARY, "TABLE")


def dictionary(connection: DuckDBPyConnection) -> pa.Table:
    """All entries, in the shape of DICTIONARY: tables as declared, then views and macros by name."""
    rows: list[dict[str, object]] = []
    for table in (*TABLES.values(), DICTIONARY):
        rows += _table_entries(connection, table)
    for name, columns in sorted(_columns(connection).items()):
        rows += _view_entries(views()[name], columns)
    return DICTIONARY.conform(pa.Table.from_pylist(rows, schema=DICTIONARY.schema))


def _table_entries(connection: DuckDBPyConnection, table: Table) -> Iterator[dict[str, object]]:
    kind = "table" if table.name in TABLES else "view"
    types = connection.from_arrow(table.empty()).types
    for index, (column, type_) in enumerate(zip(table.columns, types, strict=True), start=1):
        yield {
            "table_name": table.name,
            "table_kind": kind,
            "grain": table.grain,
            "column_name": column.name,
            "column_index": index,
            "type": str(type_),
            "unit": column.unit,
            "description": column.description,
            "example": column.example,
        }


def _view_entries(view: View, columns: Iterable[tuple[str, str]]) -> Iterator[dict[str, object]]:
    for index, (column, type_) in enumerate(columns, start=1):
        known = view.document(column)
        yield {
            "table_name": view.name,
            "table_kind": "view" if view.type == "VIEW" else "macro",
            "grain": view.grain,
            "column_name": column,
            "column_index": index,
            "type": type_,
            "unit": known.unit,
            "description": known.description,
        }


def _columns(connection: DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Name and SQL type of each column of each view and macro; macros are asked with a null for each argument."""
    found: dict[str, list[tuple[str, str]]] = {view.name: [] for view in views().values()}
    for name, column, type_ in view_columns(connection):
        found[name].append((column, type_))
    for view in views().values():
        if view.signature and view.type == "MACRO TABLE":
            nulls = ", ".join(["NULL"] * (view.signature.count(",") + 1))
            described = connection.execute(f'DESCRIBE FROM "{view.name}"({nulls})').fetchall()
            found[view.name] = [(column, type_) for column, type_, *_ in described]
    return found


def empty_dictionary() -> pa.Table:
    """The entries without any warehouse: the views are asked over empty tables."""
    import duckdb

    with duckdb.connect() as connection:
        for table in TABLES.values():
            empty = table.empty()  # noqa: F841 (the statement reads it)
            connection.execute(f'CREATE TABLE "{table.name}" AS FROM empty')
        create_views(connection)
        return dictionary(connection)


def page() -> str:
    """The dictionary as a Markdown page, for people."""
    entries = empty_dictionary().to_pylist()
    parts = [_INTRODUCTION]
    for kind, title in (("table", "Tables"), ("view", "Views"), ("macro", "Macros")):
        parts.append(f"## {title}\n")
        of_kind = [entry for entry in entries if entry["table_kind"] == kind]
        parts += [_section(name, list(columns)) for name, columns in groupby(of_kind, key=lambda e: e["table_name"])]
    scalar = [f"- `{view.signature}`: {view.counts}" for view in views().values() if view.type == "MACRO"]
    return "\n".join([*parts, "## Functions\n", *sorted(scalar), ""])


_INTRODUCTION = """# Data dictionary

Generated from `transforms/schema.py` and the headers of `warehouse/views/*.sql`: do not edit, run
`parcferme dictionary --markdown > warehouse/DICTIONARY.md`.
"""


def _section(name: str, columns: list[dict[str, str]]) -> str:
    view = views().get(name)
    heading = view.signature if view and view.signature else name
    lines = [f"### {heading}\n", f"One row: {columns[0]['grain']}.", *([view.counts] if view else []), ""]
    lines += ["| column | type | unit | description |", "|---|---|---|---|"]
    for column in columns:
        example = f" Example: `{column['example']}`" if column["example"] else ""
        cells = (column["column_name"], column["type"], column["unit"], column["description"] + example)
        lines.append("| " + " | ".join(re.sub(r"\|", r"\\|", cell) for cell in cells) + " |")
    return "\n".join([*lines, ""])
