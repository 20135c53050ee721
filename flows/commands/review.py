"""`parcferme review`: goes through the open identities, biggest first, and notes what a person decides."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.decisions import IDENTITY, IDENTITY_COLUMNS, line_more, read_identity
from flows.errors import UserError
from flows.options import Place, pasteable, warehouse_option
from flows.terminal import console, grid, plain

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from flows.who import Row, Side

_SHOWN = 3  # candidates side by side
_WHERE = "Name the folder of the seeds: --seeds DIR."


@click.command(
    epilog="""\b
Examples:
  parcferme review
  parcferme review --list --limit 50
  parcferme review --estimate
"""
)
@click.option(
    "--seeds", type=Place(), metavar="DIR", help="The folder of identity.csv; by default `seeds` beside the warehouse."
)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many cases at most.")
@click.option("--list", "listed", is_flag=True, help="Show the cases and ask nothing.")
@click.option("--estimate", is_flag=True, help="Hide known given names, link again, and say how many links are right.")
@warehouse_option
def command(seeds: str | None, limit: int, listed: bool, estimate: bool, warehouse: str) -> None:
    """Go through the open identities - those first that settle most mentions - and decide who they are.

    Each decision is a line in identity.csv, with its reason and the date; the next build applies it.
    """
    from flows.database import answering, open_warehouse
    from flows.who import open_cases

    asked = sys.stdin.isatty() and not listed
    with closing(open_warehouse(warehouse)) as connection, answering():
        if estimate:
            _print_estimate(connection)
            return
        path = Path(seeds or beside(warehouse)) / IDENTITY
        cases = open_cases(connection, limit, _noted(path))
        if not cases:
            click.echo("No open identity has a candidate: there is nothing to decide.")
        elif asked and not path.parent.is_dir():
            raise UserError(f"There is no folder {path.parent}.", _WHERE)
        for number, who in enumerate(cases, 1):
            click.echo(f"\n{number} of {len(cases)}")
            if not _review(connection, who, path if asked else None):
                break


def beside(warehouse: str) -> str:
    """The folder of the seeds that a warehouse is built from where no other is named."""
    return "seeds" if "://" in warehouse else str(Path(warehouse).parent / "seeds")


def _review(connection: DuckDBPyConnection, who: str, path: Path | None) -> bool:
    """Show one case and, with a path, note the decision; False when the user has had enough."""
    from flows.who import side

    case = side(connection, who)
    row = max(case.rows, key=lambda row: row["points"] or 0)
    people = [side(connection, candidate) for candidate in row["candidates"][:_SHOWN]]
    _show(case, row, people)
    if path is None:
        return True
    answer = _answer(len(people))
    if answer in ("q", "quit"):
        return False
    if answer:
        while not (reason := _said("Why? (a source, or what settles it)")):
            pass
        op = "not-same" if answer.startswith("n") else "is"
        mention, person = f"{row['result_id']}/{row['seat']}", people[int(answer.removeprefix("n")) - 1]
        append(path, (op, mention, person.driver_id, reason, date.today().isoformat()))
        click.echo(pasteable(f"Noted in {path}; `parcferme build` applies it."))
    return True


def _answer(count: int) -> str:
    """A candidate's number, that with an n before it, q or nothing: asked for until it is one of these."""
    numbers = [str(number) for number in range(1, count + 1)]
    answers = {"", "q", "quit", *numbers, *(f"n{number}" for number in numbers)}
    listed = "/".join(numbers)
    question = f"Same as {listed}, not {listed} (write n1), skip (enter), quit (q)?"
    while (answer := _said(question).lower()) not in answers:
        pass
    return answer


def _said(question: str) -> str:
    answer: str = click.prompt(question, default="", show_default=False, prompt_suffix=" ")
    return answer.strip()


def append(path: Path, line: Sequence[str]) -> None:
    """Add one decision to identity.csv, which is made when it is not there; UserError when it cannot be written."""
    try:
        data = path.read_bytes() if path.exists() else b""
        added = line_more(data, dict(zip(IDENTITY_COLUMNS, line, strict=True)))
        with path.open("ab") as file:
            file.write(added)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.", _WHERE) from None


def _noted(path: Path) -> list[str]:
    """What identity.csv has a line about already: the next build will settle it."""
    noted = read_identity(path.read_bytes() if path.exists() else b"")
    return sorted({name for column in "ab" for name in noted[column].to_pylist()})


def _show(case: Side, row: Row, people: Sequence[Side]) -> None:
    """The case and its candidates side by side, what they share in front."""
    mentions = f"{case.name} ({len(case.rows)} mention{'s' * (len(case.rows) != 1)})"
    table = grid("", mentions, *(f"{number}: {one.name} ({one.driver_id})" for number, one in enumerate(people, 1)))
    everybody = [case, *people]
    table.add_row("seasons", *(one.years for one in everybody))
    for title, column in (("events", "event"), ("entrants", "entrant"), ("cars", "car"), ("series", "series")):
        table.add_row(title, *(_some(one.values(column)) for one in everybody))
    table.add_row("co-drivers", *(_some(list(one.co_drivers.values())) for one in everybody))
    table.add_row("in common", "", *(_in_common(case, person) for person in people))
    out = console()
    out.print(table)
    out.print(plain(f"{row['method']}: {_weighed(row, people)}; first seen in {row['path']} line {row['line']}."))


def _weighed(row: Row, people: Sequence[Side]) -> str:
    """What the candidates weigh, and why that is not enough."""
    from flows.who import hindrance_to
    from transforms.identity.linking import BAR, LEAD

    if row["points"] is None:
        return "no points"
    after = "" if row["runner_up"] is None else f", {row['runner_up']} for the next"
    hindrance = hindrance_to(row, people[0]) if people else None
    asked = f"but {hindrance}" if hindrance else f"where {BAR} link and the next must be {LEAD} behind"
    return f"{row['points']} points for the first{after}, {asked}"


def _some(texts: list[str]) -> str:
    rest = f" and {len(texts) - 4} more" if len(texts) > 4 else ""
    return plain(", ".join(texts[:4]) + rest)


def _in_common(case: Side, person: Side) -> str:
    return plain("; ".join(f"{what}: {', '.join(texts[:3])}" for what, texts in case.shared(person).items() if texts))


def _print_estimate(connection: DuckDBPyConnection) -> None:
    """Print the outcome of the mask test."""
    from transforms.identity.estimate import mask_test

    names = ("sheets", "results", "driver_results", "events")
    found = mask_test({name: connection.table(name).to_arrow_table() for name in names})
    click.echo(f"{found.hidden:,} full names hidden, in three of ten seasons of each series;")
    click.echo(f"{found.findable:,} of them belong to people who are printed in full elsewhere.")
    if not found.linked:
        click.echo("No link was made: there is too little evidence in the archive to say how right links are.")
        return
    click.echo(f"{found.linked:,} were linked by their surname, {found.right / found.linked:.1%} of them rightly;")
    click.echo(f"{found.right / max(found.findable, 1):.1%} of those who could be found were found.")
