"""The views and macros of warehouse/views: one SQL file each, whose header comment is its documentation.

A header names the title, the grain (what one row is), the key, what is counted and what is not, and each
column that means something new; any other keeps its meaning from the views that this one reads, or from
transforms.schema:

    -- title: Makes
    -- grain: one make
    -- key: make
    -- counts: A shared car once, however many drove it.
    -- starts (count): Cars that started a race.

A macro adds `-- macro: name(parameter, ...)`. A line that goes on is indented after the dashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING

from transforms.schema import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FIELD = re.compile(r"-- (?P<name>[a-z_]+)(?: \((?P<unit>[^)]+)\))?: (?P<text>.+)")
_QUERY = re.compile(r"(SELECT|WITH|FROM)\b")
# What a query reads: names after FROM and JOIN, and functions.
_READ = re.compile(r"\b(?:(?<=FROM )|(?<=JOIN ))[a-z_]+|[a-z_]+(?=\()")
_SIGNATURE = re.compile(r"[a-z_]+\([a-z_, ]+\)")


@dataclass(frozen=True, slots=True)
class Documented:
    """What the dictionary says of one column: its unit and its description."""

    unit: str
    description: str


@dataclass(frozen=True, slots=True)
class View:
    """One view or macro: its documentation and its SQL.

    `columns` holds the columns that its header (`described`), or that of a view it reads, describes;
    `signature` is None for a view, else the macro's name and parameters; a macro whose body is no query
    is a scalar one.
    """

    name: str
    title: str
    grain: str
    counts: str
    sql: str
    key: tuple[str, ...] = ()
    signature: str | None = None
    columns: Mapping[str, Documented] = field(default_factory=dict)
    described: frozenset[str] = frozenset()

    @property
    def type(self) -> str:
        """VIEW, MACRO TABLE (gives rows) or MACRO (gives one value), as `COMMENT ON` calls them."""
        if self.signature is None:
            return "VIEW"
        return "MACRO TABLE" if _QUERY.match(self.sql) else "MACRO"

    @property
    def comment(self) -> str:
        """Title, grain and what is counted, as one text."""
        return f"{self.title}: {self.grain}. {self.counts}".strip()

    @property
    def statement(self) -> str:
        """The statement that creates it."""
        if self.type == "VIEW":
            return f'CREATE VIEW "{self.name}" AS\n{self.sql}'
        body = f"TABLE\n{self.sql}" if self.type == "MACRO TABLE" else f"({self.sql})"
        return f"CREATE MACRO {self.signature} AS {body}"

    def document(self, column: str) -> Documented:
        """What is known of one of its columns; ValueError when neither headers nor transforms.schema describe it."""
        found = self.columns.get(column) or _declared().get(column)
        if found is None:
            raise ValueError(f"warehouse/views/{self.name}.sql: the header does not describe the column {column}")
        return found


@cache
def _declared() -> dict[str, Documented]:
    """The columns that mean the same in every table that has them."""
    meanings: dict[str, set[Documented]] = {}
    for table in TABLES.values():
        for column in table.columns:
            meanings.setdefault(column.name, set()).add(Documented(column.unit, column.description))
    return {name: next(iter(found)) for name, found in meanings.items() if len(found) == 1}


def parse_view(name: str, text: str) -> View:
    """Read one SQL file; ValueError when its header lacks something or a line of it cannot be read."""
    header, body = _split(text)
    fields = dict(_fields(name, header))
    for needed in ("title", "grain", "counts"):
        if needed not in fields:
            raise ValueError(f"warehouse/views/{name}.sql: the header has no line `-- {needed}: ...`")
    known = {each: fields.pop(each).description for each in ("title", "grain", "counts")}
    key = fields.pop("key", None)
    macro = fields.pop("macro", None)
    if macro and not (_SIGNATURE.fullmatch(macro.description) and macro.description.startswith(f"{name}(")):
        raise ValueError(
            f"warehouse/views/{name}.sql: the macro must be declared as `-- macro: {name}(parameter, ...)`"
        )
    return View(
        name=name,
        sql=body,
        key=tuple(re.split(r",\s*", key.description)) if key else (),
        signature=macro.description if macro else None,
        columns=fields,
        described=frozenset(fields),
        **known,
    )


def _split(text: str) -> tuple[list[str], str]:
    lines = text.splitlines()
    length = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return lines[:length], "\n".join(lines[length:]).strip().removesuffix(";")


def _fields(name: str, header: list[str]) -> Iterator[tuple[str, Documented]]:
    joined = re.sub(r"\n--\s{2,}", " ", "\n".join(header)).splitlines()
    for line in joined:
        match = _FIELD.fullmatch(line)
        if match is None:
            raise ValueError(f"warehouse/views/{name}.sql: this header line is no `-- name (unit): text`: {line}")
        yield match["name"], Documented(match["unit"] or "text", match["text"].strip())


@cache
def views() -> dict[str, View]:
    """All views and macros by name, in an order in which each stands after those that it reads."""
    found = {
        path.name.removesuffix(".sql"): parse_view(path.name.removesuffix(".sql"), path.read_text("utf-8"))
        for path in sorted((files("warehouse") / "views").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".sql")
    }
    reads = {name: sorted(set(_READ.findall(view.sql)) & found.keys() - {name}) for name, view in found.items()}
    ordered: dict[str, View] = {}
    for name in TopologicalSorter(reads).static_order():
        inherited = {column: known for read in reads[name] for column, known in ordered[read].columns.items()}
        ordered[name] = replace(found[name], columns={**inherited, **found[name].columns})
    return ordered


def create_views(connection: DuckDBPyConnection) -> None:
    """Create all views and macros over the base tables of this connection, with their comments."""
    for view in views().values():
        connection.execute(view.statement)
        connection.execute(f'COMMENT ON {view.type} "{view.name}" IS {quoted(view.comment)}')
    comments = []
    for name, column, _ in view_columns(connection):
        known = views()[name].document(column)
        text = quoted(f"{known.description} Unit: {known.unit}.")
        comments.append(f'COMMENT ON COLUMN "{name}"."{column}" IS {text}')
    connection.execute(";\n".join(comments))


def view_columns(connection: DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """View, column and SQL type of each column of the views, in order."""
    columns = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() ORDER BY table_name, column_index"
    ).fetchall()
    return [column for column in columns if column[0] in views()]


def describe_table(connection: DuckDBPyConnection, table: Table, type_: str) -> None:
    """Comment a table or base view and its columns as transforms.schema declares them."""
    comments = [f'COMMENT ON {type_} "{table.name}" IS {quoted(f"One row: {table.grain}.")}']
    for column in table.columns:
        text = quoted(f"{column.description} Unit: {column.unit}. Example: {column.example}")
        comments.append(f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS {text}')
    connection.execute(";\n".join(comments))


def quoted(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
