"""`parcferme dictionary`: which tables and views there are, and what their columns hold."""

from __future__ import annotations

import click

from flows.answers import json_text, table_of
from flows.options import Name, json_option
from flows.terminal import console


@click.command(
    epilog="""\b
Examples:
  parcferme dictionary
  parcferme dictionary driver_careers
  parcferme dictionary results --json
"""
)
@click.argument("table", required=False, type=Name("table", "view", "macro", "function"))
@click.option("--markdown", is_flag=True, help="Print the whole dictionary as a Markdown page.")
@json_option
def command(table: str | None, markdown: bool, as_json: bool) -> None:
    """List tables, views and macros; of TABLE, list the columns with unit and description."""
    from flows.dictionary import empty_dictionary, objects, page

    if markdown:
        click.echo(page(), nl=False)
        return
    entries = [row for row in empty_dictionary().to_pylist() if table in (None, row["table_name"])]
    if as_json:
        click.echo("[\n" + ",\n".join(map(json_text, entries)) + "\n]")
    elif table is None:
        rows = [(about.kind, name, about.title) for name, about in objects().items()]
        console().print(table_of(("kind", "name", "what one row is, or what it is about"), rows))
    else:
        about = objects()[table]
        console().print(f"{about.signature}: {about.text}\n")
        columns = [(row["column_name"], row["type"], row["unit"], row["description"]) for row in entries]
        console().print(table_of(("column", "type", "unit", "description"), columns))
