"""`parcferme sql`: the DuckDB shell on the warehouse, or the answer to one query."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from flows.answers import print_answer
from flows.errors import UserError
from flows.options import warehouse_option

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@click.command(
    epilog="""\b
Examples:
  parcferme sql
  parcferme sql "FROM driver_careers LIMIT 10"
  parcferme sql "FROM driver('helary')"
  parcferme sql "SELECT make, wins FROM make_records" --csv > makes.csv
  parcferme sql "FROM results WHERE season = 1997" --parquet results-1997.parquet
"""
)
@click.argument("query", required=False)
@click.option("--csv", "form", flag_value="csv", help="Print CSV, as it stands in the data (`export` guards formulas).")
@click.option("--json", "form", flag_value="json", help="Print JSON, for programs.")
@click.option(
    "--parquet", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this Parquet file."
)
@warehouse_option
def command(query: str | None, form: str | None, parquet: Path | None, warehouse: str) -> None:
    """Answer QUERY, or open the DuckDB shell where none is given.

    Works from any directory, and never writes to the warehouse.
    """
    from flows.database import answering, open_warehouse

    if query is None:
        _shell(warehouse, form or parquet)
    elif not query.strip(" ;\n\t"):
        raise UserError("The query is empty.", 'parcferme sql "FROM driver_careers"')
    with closing(open_warehouse(warehouse)) as connection, answering():
        if parquet:
            _write_parquet(connection, query, parquet)
        else:
            connection.execute(query)
            print_answer(connection, form or "table")


def _write_parquet(connection: DuckDBPyConnection, query: str, path: Path) -> None:
    import pyarrow.parquet as pq

    answer = connection.sql(query)
    if answer is None:
        raise UserError("The query has no rows to write.", "Give one that begins with SELECT or FROM.")
    reader = answer.to_arrow_reader()
    try:
        with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}", "Choose another file.") from error


def _shell(warehouse: str, form: object) -> NoReturn:
    """Become the DuckDB shell."""
    from flows.database import open_warehouse
    from flows.storage import DATABASE
    from flows.views import quoted

    if form:
        raise UserError("--csv, --json and --parquet need a query.", 'parcferme sql "FROM results" --csv')
    if warehouse.startswith("s3://"):
        raise UserError("The shell opens local warehouses only.", 'Give a query: parcferme sql "FROM results"')
    open_warehouse(warehouse).close()  # to word what is wrong with it, if anything is
    beside = Path(sys.executable).with_name("duckdb")
    shell = str(beside) if beside.exists() else shutil.which("duckdb")
    if shell is None:
        raise UserError("The DuckDB shell is not installed.", "pip install 'duckdb-cli>=1.5.5,<1.6'")
    path = Path(os.path.abspath(warehouse)) / DATABASE
    settle = f"SET file_search_path = {quoted(str(path.parent.parent))}"
    os.execv(shell, [shell, "-readonly", "-cmd", settle, str(path)])  # noqa: S606
