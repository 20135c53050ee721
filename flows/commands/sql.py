"""`parcferme sql`: the DuckDB shell on the warehouse, or the answer to one query."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from flows.answers import distinct, print_answer
from flows.errors import UserError
from flows.options import json_option, warehouse_option
from flows.whole import whole

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation, Statement


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
@click.option("--csv", is_flag=True, help="Print CSV, as it stands in the data (`export` guards formulas).")
@json_option
@click.option(
    "--parquet", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this Parquet file."
)
@warehouse_option
def command(query: str | None, csv: bool, as_json: bool, parquet: Path | None, warehouse: str) -> None:
    """Answer QUERY, statement by statement, or open the DuckDB shell where none is given.

    Works from any directory, and never writes to the warehouse.
    """
    from flows.database import answering, open_warehouse

    forms = [name for name, asked in (("csv", csv), ("json", as_json), ("parquet", parquet)) if asked]
    if len(forms) > 1:
        raise UserError(f"--{forms[0]} and --{forms[1]} exclude each other.", "Ask once for each.")
    if query is None:
        _shell(warehouse, forms)
    with closing(open_warehouse(warehouse)) as connection, answering():
        statements = _statements(connection, query, forms)
        if parquet:
            _write_parquet(connection, query, parquet)
        else:
            for statement, answers in statements:
                connection.execute(statement)
                if answers:
                    print_answer(connection, *forms)


def _statements(connection: DuckDBPyConnection, query: str, forms: Sequence[str]) -> list[tuple[Statement, bool]]:
    """The statements of a query, and whether each has an answer; UserError for none, or several answers in one file."""
    from duckdb import ExpectedResultType

    found = connection.extract_statements(query)
    if not found:
        raise UserError("The query is empty.", 'parcferme sql "FROM driver_careers"')
    answers = [ExpectedResultType.NOTHING not in statement.expected_result_type for statement in found]
    if forms and sum(answers) > 1:
        raise UserError(f"--{forms[0]} is for one answer, the query has {sum(answers)}.", "Ask once for each.")
    return list(zip(found, answers, strict=True))


def _write_parquet(connection: DuckDBPyConnection, query: str, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    answer = connection.sql(query)
    if answer is None:
        raise UserError("The query has no rows to write.", "Give one that begins with SELECT or FROM.")
    reader = answer.to_arrow_reader()
    names = distinct(reader.schema.names)
    schema = pa.schema([column.with_name(name) for column, name in zip(reader.schema, names, strict=True)])
    with whole(path) as staged, pq.ParquetWriter(staged, schema, compression="zstd") as writer:
        for batch in _answered(answer, reader):
            writer.write_batch(batch.rename_columns(names))


def _answered(answer: DuckDBPyRelation, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """What a query answers; as Arrow passes them on, its errors look like those of the disk.

    Where one thread fails, what comes may be the word of another that was told to stop: then it is asked again.
    """
    import duckdb

    try:
        yield from reader
    except OSError as error:
        if "INTERRUPT" in str(error):
            answer.write_parquet(os.devnull)
        raise duckdb.Error(str(error)) from error


def _shell(warehouse: str, forms: Collection[str]) -> NoReturn:
    """Become the DuckDB shell."""
    from flows.database import open_warehouse
    from flows.storage import DATABASE
    from flows.views import quoted

    if forms:
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
