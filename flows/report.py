"""What a build led to, in words and small tables: for a terminal, and as Markdown for Prefect's UI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import UserError
from flows.terminal import console, grid, plain
from transforms.schema import OUTCOMES, SEVERITIES

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console, RenderableType
    from rich.table import Table

    from flows.steps import Outcome

# Three questions across events, for a first look; `parcferme sql` and any client can ask them, too.
QUESTIONS = (
    (
        "Who came back?",
        "SELECT driver, events, first_season, last_season, makes FROM driver_careers"
        " WHERE identified AND events > 1 ORDER BY events DESC, driver LIMIT 5",
    ),
    (
        "Who drove together?",
        "SELECT driver, other, events, event_ids FROM crew_pairings"
        " WHERE identified AND events > 1 ORDER BY events DESC, driver, other LIMIT 5",
    ),
    (
        "Which makes were there most?",
        "SELECT make, events, starts, finishes, wins, poles, drivers FROM make_records"
        " ORDER BY events DESC, starts DESC, make LIMIT 5",
    ),
)
MOST_FINDINGS = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """A snapshot in numbers: rows by table, lines by outcome, findings by severity and check; and the worst."""

    rows: Mapping[str, int]
    lines: Mapping[str, int]
    findings: Sequence[tuple[str, str, int]]
    worst: Sequence[Mapping[str, object]]


def summarise(tables: Mapping[str, pa.Table]) -> Summary:
    """Count what the finished tables hold."""
    lines = {row["values"]: row["counts"] for row in tables["lines"]["outcome"].value_counts().to_pylist()}
    findings = tables["findings"]
    checks = findings.group_by(["severity", "check"]).aggregate([([], "count_all")]).to_pylist()
    counted = [(row["severity"], row["check"], row["count_all"]) for row in checks]
    return Summary(
        {name: table.num_rows for name, table in tables.items()},
        {outcome: lines[outcome] for outcome in OUTCOMES if outcome in lines},
        sorted(counted, key=lambda row: (SEVERITIES.index(row[0]), -row[2], row[1])),
        _most_severe(findings).to_pylist(),
    )


def _most_severe(findings: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [findings.filter(pc.field("severity") == severity).slice(0, MOST_FINDINGS) for severity in SEVERITIES]
    return pa.concat_tables(parts).slice(0, MOST_FINDINGS)


def headline(outcome: Outcome) -> str:
    """The outcome in one sentence."""
    if outcome.summary is None:
        return f"Nothing changed since snapshot {outcome.snapshot.id} ({outcome.reused:,} sheets)."
    return f"Snapshot {outcome.snapshot.id}: {_sheets(outcome)}."


def show(outcome: Outcome, database: Path | None, seconds: float) -> None:
    """Print the outcome; with a local database also three questions and their answers."""
    out = console()
    if outcome.summary is None:
        out.print(f"{headline(outcome)} Nothing was written.")
        return
    out.print(f"{headline(outcome)} {seconds:.1f} s.\n")
    out.print(_columns(_counts(outcome.summary), _findings(outcome.summary)))
    if database is not None:
        _answers(out, database)


def _sheets(outcome: Outcome) -> str:
    fresh = f"{outcome.fresh:,} sheet{'' if outcome.fresh == 1 else 's'} read"
    return f"{fresh}, {outcome.reused:,} unchanged" if outcome.reused else fresh


def _number_rows(summary: Summary) -> list[tuple[str, int]]:
    rows = summary.rows
    lines = [(f"  {outcome}", count) for outcome, count in summary.lines.items()]
    if "reject" not in summary.lines:
        lines.append(("  reject", 0))
    return [
        ("events", rows["events"]),
        ("sheets", rows["sheets"]),
        ("lines", rows["lines"]),
        *lines,
        ("results", rows["results"]),
        ("driver rows", rows["driver_results"]),
        ("drivers", rows["drivers"]),
        ("entrants", rows["entrants"]),
        ("findings", rows["findings"]),
    ]


def _counts(summary: Summary) -> Table:
    table = grid("What was read", "", right=[1])
    for name, count in _number_rows(summary):
        table.add_row(name, f"{count:,}")
    return table


def _findings(summary: Summary) -> Table:
    table = grid("What is in doubt", "", "", right=[2])
    for severity, check, count in summary.findings:
        table.add_row(plain(check), severity, f"{count:,}", style={"error": "red", "note": "dim"}.get(severity))
    if not summary.findings:
        table.add_row("nothing", "", "")
    return table


def _columns(*tables: Table) -> RenderableType:
    from rich.columns import Columns

    return Columns(tables, padding=(0, 6))


def _answers(out: Console, database: Path) -> None:
    from flows.answers import names_of, rows_of, table_of
    from flows.database import open_database

    with open_database(database) as connection:
        for title, query in QUESTIONS:
            connection.execute(query)
            names, rows = [name.replace("_", " ") for name in names_of(connection)], list(rows_of(connection))
            out.print(f"\n{title}", style="bold")
            out.print(query, style="dim")
            out.print(table_of(names, rows) if rows else "  (no rows)")


def markdown(outcome: Outcome) -> str:
    """The outcome as Markdown, for Prefect's UI."""
    if outcome.summary is None:
        return f"{headline(outcome)}\n"
    counts = _markdown_table(("What was read", "Count"), _number_rows(outcome.summary))
    findings = _markdown_table(("Severity", "Check", "Count"), outcome.summary.findings)
    return f"{headline(outcome)}\n\n{counts}\n## What is in doubt\n\n{findings}"


def failure(error: Exception) -> str:
    """Why a build failed, as Markdown: what is wrong and what to do; readers keep what they had."""
    remedy = (error.remedy if isinstance(error, UserError) else None) or "The run's log says where it happened."
    said = _markdown_cell(f"{error}" if isinstance(error, UserError) else f"{type(error).__name__}: {error}")
    return f"**{said}**\n\n{_markdown_cell(remedy)}\n\nReaders keep the snapshot that they had.\n"


def _markdown_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "".join(f"| {' | '.join(map(_markdown_cell, line))} |\n" for line in lines)


def _markdown_cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else plain(str(value)).strip()
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def findings_rows(summary: Summary) -> list[dict[str, object]]:
    """The most severe findings, as rows for a table in Prefect's UI, each with the place it is about."""
    shown = ("severity", "check", "sheet_id", "line", "column", "message")
    return [{name: row[name] for name in shown} for row in summary.worst]
