"""What a build led to, in numbers and words, and in small tables for a terminal."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.options import pasteable
from flows.terminal import console, grid, plain
from transforms.schema import OUTCOMES, SEVERITIES

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console, RenderableType
    from rich.table import Table

    from flows.snapshot import Snapshot
    from flows.survey import Outcome
    from transforms.parts import Parts

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
# Up to so many driver rows the answers take a moment; of a large archive they would take longer than its reading.
MOST_ASKED = 100_000
# Of how many findings, and of how many of their sheets, the UI shows more than the count; so many lines around
# each, and so many signs of any text.
MOST_FINDINGS, MOST_SHEETS, AROUND, LONGEST_TEXT = 500, 50, 3, 500


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a sheet says near its findings: its path below the root, and the number and text of each line."""

    path: str
    lines: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Summary:
    """A snapshot in numbers: rows by table, lines by outcome, findings by severity and check; and the worst.

    `excerpts` are of the sheets that these are about, by sheet_id.
    """

    rows: Mapping[str, int]
    lines: Mapping[str, int]
    findings: Sequence[tuple[str, str, int]]
    worst: Sequence[Mapping[str, Any]]
    excerpts: Mapping[str, Excerpt]


def summarise(snapshot: Snapshot) -> Summary:
    """Count what the tables of a snapshot hold."""
    lines = _outcomes(snapshot)
    findings = snapshot.parts("findings").whole("severity", "check")
    checks = findings.group_by(["severity", "check"]).aggregate([([], "count_all")]).to_pylist()
    counted = [(row["severity"], row["check"], row["count_all"]) for row in checks]
    worst = _most_severe(findings["severity"], snapshot.parts("findings")).to_pylist()
    return Summary(
        {name: written["rows"] for name, written in snapshot.manifest["tables"].items()},
        {outcome: lines[outcome] for outcome in OUTCOMES if outcome in lines},
        sorted(counted, key=lambda row: (SEVERITIES.index(row[0]), -row[2], row[1])),
        worst,
        _excerpts(snapshot, worst),
    )


def _outcomes(snapshot: Snapshot) -> Counter[str]:
    """The number of lines by outcome."""
    found: Counter[str] = Counter()
    for batch in snapshot.parquet("lines").iter_batches(columns=["outcome"]):
        found.update({row["values"]: row["counts"] for row in batch.column(0).value_counts().to_pylist()})
    return found


def _most_severe(severity: pa.ChunkedArray, findings: Parts) -> pa.Table:
    import numpy as np
    import pyarrow.compute as pc

    places = [np.flatnonzero(pc.equal(severity, one))[:MOST_FINDINGS] for one in SEVERITIES]
    return findings.take(np.concatenate(places)[:MOST_FINDINGS], findings.schema.names)


def _excerpts(snapshot: Snapshot, worst: Sequence[Mapping[str, Any]]) -> dict[str, Excerpt]:
    """The lines around each finding, and the first ones of sheets whose findings are about no line."""
    about: dict[str, set[int]] = {}
    for finding in worst:
        sheet, line = finding["sheet_id"], finding["line"] or 1
        if sheet is not None and (sheet in about or len(about) < MOST_SHEETS):
            about.setdefault(sheet, set()).update(range(line - AROUND, line + AROUND + 1))
    read = _of_sheets(snapshot, "sheets", ["sheet_id", "path"], about.keys())
    excerpts = {row["sheet_id"]: Excerpt(row["path"], []) for row in read}
    for row in _of_sheets(snapshot, "lines", ["sheet_id", "line", "text"], about.keys()):
        if row["line"] in about[row["sheet_id"]]:
            excerpts[row["sheet_id"]].lines.append((row["line"], row["text"][:LONGEST_TEXT]))
    return excerpts


def _of_sheets(snapshot: Snapshot, table: str, columns: list[str], sheets: Set[str]) -> list[dict[str, Any]]:
    """Rows of some sheets, which stand in order: what lies before and after all of them is not read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not sheets:
        return []
    sheet = pc.field("sheet_id")
    among = sheet.isin(pa.array(sorted(sheets), pa.string())) & (sheet >= min(sheets)) & (sheet <= max(sheets))
    found = snapshot.dataset(table).to_table(columns, among, batch_readahead=1)
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def headline(outcome: Outcome) -> str:
    """The outcome in one sentence."""
    if outcome.summary is None:
        return f"Nothing changed since snapshot {outcome.snapshot.id} ({outcome.reused:,} sheets)."
    return f"Snapshot {outcome.snapshot.id}: {_sheets(outcome)}."


def show(outcome: Outcome, database: Path | None, seconds: float) -> None:
    """Print the outcome; with a local database also three questions, and their answers where they take a moment."""
    out = console()
    if outcome.summary is None:
        out.print(f"{headline(outcome)} Nothing was written.")
        return
    out.print(f"{headline(outcome)} {seconds:.1f} s.\n")
    out.print(_columns(_counts(outcome.summary), _findings(outcome.summary)))
    if database is not None:
        (_answers if outcome.summary.rows["driver_results"] <= MOST_ASKED else _questions)(out, database)


def _sheets(outcome: Outcome) -> str:
    parts = [f"{outcome.fresh:,} sheet{'' if outcome.fresh == 1 else 's'} read"]
    if outcome.reused:
        parts.append(f"{outcome.reused:,} unchanged")
    if outcome.fewer:
        parts.append(f"{outcome.fewer:,} with fewer results than before ({pasteable('`parcferme diff`')} says which)")
    return ", ".join(parts)


def number_rows(summary: Summary) -> list[tuple[str, int]]:
    """What was read, and how much of it."""
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
        ("cars", rows["cars"]),
        ("findings", rows["findings"]),
    ]


def _counts(summary: Summary) -> Table:
    table = grid("What was read", "", right=[1])
    for name, count in number_rows(summary):
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
    from flows.answers import names_of, print_table, rows_of
    from flows.database import open_database

    with open_database(database) as connection:
        for title, query in QUESTIONS:
            connection.execute(query)
            out.print(f"\n{title}", style="bold")
            out.print(query, style="dim")
            names, rows = [name.replace("_", " ") for name in names_of(connection)], list(rows_of(connection))
            if rows:
                print_table(names, rows)
            else:
                out.print("  (no rows)")


def _questions(out: Console, database: Path) -> None:
    place = shlex.quote(str(database.parent))
    for title, query in QUESTIONS:
        out.print(f"\n{title}", style="bold")
        out.print(f'parcferme sql --warehouse {place} "{query}"', style="dim", soft_wrap=True)
