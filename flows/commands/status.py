"""`parcferme status`: what is loaded, from when, and how sound it is."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from flows.answers import json_text
from flows.options import json_option, warehouse_option
from flows.terminal import console, grid, local_time, plain

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@click.command(
    epilog="""\b
Examples:
  parcferme status
  parcferme status --json
"""
)
@json_option
@warehouse_option
def command(as_json: bool, warehouse: str) -> None:
    """Say what the warehouse holds, since when, and how much of it is in doubt."""
    from flows.database import answering, open_warehouse

    with closing(open_warehouse(warehouse)) as connection, answering():
        state = {"warehouse": warehouse, **_published(connection, warehouse), **_counts(connection)}
    if as_json:
        click.echo(json_text(state))
    else:
        _print(state)


def _published(connection: DuckDBPyConnection, warehouse: str) -> dict[str, object]:
    """The snapshot that the views read, and when it was last shown."""
    from flows.database import snapshot_folder
    from flows.history import entries
    from flows.storage import storage_at

    snapshot = snapshot_folder(connection).rpartition("/")[2]
    shown = dict(entries(storage_at(warehouse))).get(snapshot)
    return {"snapshot": snapshot, "published": shown.isoformat() if shown else None}


def _counts(connection: DuckDBPyConnection) -> dict[str, object]:
    """Rows by table; lines by outcome, mentions by link method, findings by severity; first and last season."""
    from transforms.schema import TABLES

    def counted(table: str, column: str) -> dict[str, int]:
        found = connection.table(table).aggregate(f"{column}, count(*)", column).order(f"2 DESC, {column}")
        return {str(name): count for name, count in found.fetchall()}

    seasons = connection.table("results").aggregate("min(season), max(season)").fetchall()[0]
    return {
        "rows": {name: connection.table(name).aggregate("count(*)").fetchall()[0][0] for name in TABLES},
        "first_season": seasons[0],
        "last_season": seasons[1],
        "lines": counted("lines", "outcome"),
        "links": counted("driver_links", "method"),
        "findings": counted("findings", "severity"),
    }


def _print(state: dict[str, object]) -> None:
    out = console()
    when = local_time(str(state["published"])) if state["published"] else "at an unknown time"
    out.print(plain(f"Snapshot {state['snapshot']} in {state['warehouse']}, published {when}."), soft_wrap=True)
    first, last = state["first_season"], state["last_season"]
    if first is not None:
        out.print(f"Season {first}." if first == last else f"Seasons {first} to {last}.")
    titles = {"rows": "table", "lines": "lines", "links": "drivers known by", "findings": "findings"}
    for part, title in titles.items():
        counts = state[part]
        assert isinstance(counts, dict)  # noqa: S101 (for the type checker)
        out.print()
        table = grid(title, "count", right=[1])
        for name, count in counts.items():
            table.add_row(plain(name), f"{count:,}")
        out.print(table if counts else f"{title}: none")
