"""`parcferme export`: tables and views as files for spreadsheets and small databases."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from flows.errors import UserError
from flows.options import Name, warehouse_option

_EXPORTED = Name("table", "view")


@click.command(
    epilog="""\b
Examples:
  parcferme export driver_careers --format xlsx
  parcferme export results driver_results --format sqlite --output spa.sqlite
  parcferme export --format sqlite
"""
)
@click.argument("tables", nargs=-1, type=_EXPORTED)
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "sqlite"]), required=True)
@click.option(
    "--output", type=click.Path(path_type=Path), help="The file, or for CSV of several tables the folder, to write."
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@warehouse_option
def command(tables: tuple[str, ...], form: str, output: Path | None, force: bool, warehouse: str) -> None:
    """Write TABLES (tables or views; all of them where none is named) to files.

    Text that a spreadsheet would take for a formula stays text: in CSV with an apostrophe before it.
    """
    from flows.database import answering, open_warehouse
    from flows.export import export

    if str(output) == "-":
        raise UserError("Files are written, not the terminal.", "`parcferme sql 'FROM results' --csv` prints a table.")
    names = list(dict.fromkeys(tables)) or _EXPORTED.known()
    targets = _targets(names, form, output)
    if existing := [target for target in targets if target.exists() and not force]:
        raise UserError(f"{existing[0]} exists.", "Give --force to replace it, or --output for another file.")
    with closing(open_warehouse(warehouse)) as connection, answering():
        for target, contents in targets.items():
            export(connection, contents, form, target)
            click.echo(f"{target}")


def _targets(names: list[str], form: str, output: Path | None) -> dict[Path, list[str]]:
    """Which file holds which tables: CSV one table a file, in a folder that is made, the others all in one."""
    if form != "csv":
        return {output or Path(f"{names[0] if len(names) == 1 else 'parcferme'}.{form}"): names}
    if len(names) == 1 and not (output and output.is_dir()):
        return {output or Path(f"{names[0]}.csv"): names}
    folder = output or Path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} is no folder: {error.strerror or error}.", "Choose another one.") from error
    return {folder / f"{name}.csv": [name] for name in names}
