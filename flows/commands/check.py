"""`parcferme check`: the findings, listed as a compiler lists errors."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING

import click

from flows.answers import json_text
from flows.errors import unknown
from flows.options import json_option, warehouse_option
from flows.terminal import plain

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SEVERITIES = ("error", "warning", "note")
_LISTED = {"check": "check", "event": "sql 'FROM events'"}
_COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}


@click.command(
    epilog="""\b
Examples:
  parcferme check
  parcferme check --severity warning
  parcferme check --event 1997-spa-24-hours --check class-position-tie
  parcferme check --json
"""
)
@click.option(
    "--check", "checks", multiple=True, metavar="NAME", help="Only findings of this check; may be given again."
)
@click.option("--event", "events", multiple=True, metavar="EVENT", help="Only this event; may be given again.")
@click.option(
    "--severity", type=click.Choice(_SEVERITIES), default="note", help="Only findings as severe as this, or more."
)
@json_option
@warehouse_option
def command(checks: tuple[str, ...], events: tuple[str, ...], severity: str, as_json: bool, warehouse: str) -> None:
    """List what is in doubt, each with its file and line. Exits with 1 when an error is among it."""
    from flows.database import answering, open_warehouse

    with closing(open_warehouse(warehouse)) as connection, answering():
        _known(connection, "check", checks)
        _known(connection, "event", events)
        found = _findings(connection, checks, events, _SEVERITIES[: _SEVERITIES.index(severity) + 1])
    if as_json:
        click.echo("[\n" + ",\n".join(map(json_text, found)) + "\n]")
    else:
        _print(found)
    sys.exit(any(finding["severity"] == "error" for finding in found))


def _known(connection: DuckDBPyConnection, what: str, names: Iterable[str]) -> None:
    """Refuse a check or event that there is not: it would look as if nothing were in doubt."""
    from transforms.checks import names as check_names

    column = {"check": '"check"', "event": "event_id"}[what]
    table = connection.table("findings" if what == "check" else "events")
    known = {row[0] for row in table.project(column).distinct().fetchall()}
    known.update(check_names() if what == "check" else ())
    for name in names:
        if name not in known:
            raise unknown(what, name, sorted(known), f"`parcferme {_LISTED[what]}` lists them.")


def _findings(
    connection: DuckDBPyConnection, checks: tuple[str, ...], events: tuple[str, ...], severities: tuple[str, ...]
) -> list[dict[str, object]]:
    """The findings asked for, in the order of files and lines, each with the path of what it is about."""
    answer = connection.sql(
        """
        SELECT CASE
            WHEN findings."check" IN ('file-is-read', 'sheet-is-readable') THEN findings.observed
            ELSE coalesce(sheets.path, findings.event_id || '/event.toml') END AS path, findings.*
        FROM findings
        LEFT JOIN sheets ON sheets.sheet_id = findings.sheet_id
        WHERE list_contains($severities, findings.severity)
          AND (len($checks) = 0 OR list_contains($checks, findings."check"))
          AND (len($events) = 0 OR list_contains($events, findings.event_id))
        ORDER BY path NULLS FIRST, findings.line NULLS FIRST, findings."check", findings.message
        """,
        params={"severities": list(severities), "checks": list(checks), "events": list(events)},
    )
    rows: list[dict[str, object]] = answer.to_arrow_table().to_pylist()
    return rows


def _print(found: list[dict[str, object]]) -> None:
    for finding in found:
        severity, path, line = str(finding["severity"]), finding["path"] or "seeds", finding["line"]
        place = ":".join(str(part) for part in (path, line) if part is not None)
        message = re.sub(rf"^{re.escape(str(path))}( line {line})?:? ", "", str(finding["message"]))
        styled = click.style(severity, fg=_COLOURS[severity], bold=severity == "error")
        click.echo(f"{plain(place)}: {styled}: {plain(message)} [{plain(str(finding['check']))}]")
    click.echo(summary(found))


def summary(found: list[dict[str, object]]) -> str:
    """One line such as `Summary: 1 error, 3 warnings, 0 notes in 2 files.`."""
    counts: Mapping[object, int] = Counter(finding["severity"] for finding in found)
    numbers = ", ".join(f"{counts[each]} {each}{'' if counts[each] == 1 else 's'}" for each in _SEVERITIES)
    files = len({finding["path"] for finding in found})
    return f"Summary: {numbers} in {files} file{'' if files == 1 else 's'}."
