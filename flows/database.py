"""results.db: a small DuckDB file of views over one snapshot's Parquet files, which any client can open."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.dictionary import create_dictionary, objects
from flows.errors import CHECK_STORE, DataError, UserError, unknown
from flows.roots import printable
from flows.storage import DATABASE
from flows.views import create_views, describe_table, quoted
from transforms.schema import TABLES, Table

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection

# A file in this storage version opens in every DuckDB since 1.2.
STORAGE_VERSION = "v1.2.0"
# What lies beside results.db while that is made.
OUTLINE = "outline.db"
_REBUILD = "`parcferme build --full` makes a new one."


def outline_database(path: Path) -> None:
    """Create what the databases of all snapshots have in common: every view over no rows, and the dictionary.

    It can be made beside the tables, and is complete once it has its name.
    """
    begun = path.with_name(f"{path.name}.begun")
    for old in (begun, wal(begun)):
        old.unlink(missing_ok=True)
    with closing(_connected(begun)) as connection:
        connection.begin()
        for table in TABLES.values():
            nothing = ", ".join(f'CAST(NULL AS {type_}) AS "{name}"' for name, type_ in _types(connection, table))
            connection.execute(f'CREATE VIEW "{table.name}" AS SELECT {nothing}')
        create_views(connection)
        create_dictionary(connection)
        connection.commit()
    begun.replace(path)


def build_database(path: Path, folder: str, root: Path | None = None) -> None:
    """Create the database at `path` with all views over `<folder>/<table>.parquet`, and try these.

    `folder` is written into the views as it stands: relative to `root` (the project folder, from where
    readers open the database; by default the working directory), or an `s3://` address. An older file
    at `path` is replaced, by the outline if there is one. DataError names a view that does not answer.
    """
    if re.search(r"[*?\[\]]", folder):
        raise UserError(f"DuckDB would read the folder {folder} as a pattern.", "Choose one without * ? [ ].")
    for old in (path, wal(path)):
        old.unlink(missing_ok=True)
    if not (outline := path.with_name(OUTLINE)).exists():
        outline_database(outline)
    outline.replace(path)
    with closing(_connected(path)) as connection:
        settle_paths(connection, folder, root)
        # Each view is bound down to its file, whose footer is long: once read it is kept for the trial.
        connection.execute("SET parquet_metadata_cache = true")
        connection.begin()
        for table in TABLES.values():
            _create_base_view(connection, table, f"{folder}/{table.name}.parquet")
        connection.commit()
        try_views(connection)
        connection.execute("CHECKPOINT")
    wal(path).unlink(missing_ok=True)


def open_database(path: Path, root: Path | None = None) -> DuckDBPyConnection:
    """Open results.db read-only from any working directory; its views' paths start at `root`.

    `root` is by default the folder that holds the warehouse folder. UserError when there is no
    database, when it is no database, or when another program holds it for writing.
    """
    import duckdb

    if not path.is_file():
        raise UserError(
            f"There is no warehouse at {path.parent}.",
            "`parcferme build` makes one from the seeds; --warehouse DIR names one that lies elsewhere.",
        )
    try:
        connection = duckdb.connect(_named(path), read_only=True)
    except duckdb.IOException as error:
        locked = "lock" in str(error)
        problem = "is held by another program" if locked else "cannot be read"
        remedy = "Close it there, or open it there read-only." if locked else _remedy(error)
        raise UserError(f"{path} {problem}: {_first_line(error)}", remedy) from error
    folder, here = snapshot_folder(connection), Path(os.path.abspath(path)).parent
    named = Path(folder).parts[:1]
    if root is None and named != (here.name,) and (here / Path(*Path(folder).parts[1:])).is_dir():
        raise UserError(
            f"The warehouse {path.parent} was called {named[0]} when it was built; its views look for that.",
            f"Give it that name again, or let `parcferme build --full --warehouse {path.parent}` write it anew.",
        )
    settle_paths(connection, folder, root or here.parent)
    return connection


def open_warehouse(url: str) -> DuckDBPyConnection:
    """Open the warehouse in a local folder or at an `s3://` address, read-only; errors as for open_database.

    In a store it is the results.db of the current snapshot's own folder, which never changes: DuckDB reads
    an attached file bit by bit, and would mix the one at the top with its successor.
    """
    import duckdb

    from flows.snapshots import Warehouse

    if not url.startswith("s3://"):
        return open_database(Path(url) / DATABASE)
    connection = duckdb.connect()
    _allow_s3(connection)
    snapshot = Warehouse(url).current()
    if snapshot is None:
        raise UserError(f"There is no warehouse at {url}.", "`parcferme build --warehouse URL` makes one.")
    address = f"{snapshot.path}/{DATABASE}"
    try:
        connection.execute(f"ATTACH {quoted(address)} AS results (READ_ONLY)")
    except duckdb.Error as error:
        raise UserError(f"The warehouse {url} cannot be opened: {_first_line(error)}", CHECK_STORE) from error
    connection.execute("USE results")
    return connection


@contextmanager
def answering() -> Iterator[None]:
    """Word what DuckDB refuses as an error that a user can mend."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _worded(error) from error


def _worded(error: duckdb.Error) -> UserError:
    import duckdb

    said = str(error)
    if isinstance(error, (duckdb.IOException, duckdb.InvalidInputException)) and "/snapshots/" in said:
        return UserError(f"Part of the warehouse cannot be read: {_first_line(error)}", _remedy(error))
    if isinstance(error, duckdb.IOException):
        return UserError(_one_line(error), "Check the file or address that the query names.")
    if type(error) is duckdb.Error:  # so are those that come from within a file
        return UserError(_one_line(error), "`parcferme verify` says whether the warehouse is as it was published.")
    if re.search("read-only mode|is not an table|Can only (update|delete from) base table", said):
        return UserError(
            "The warehouse is for reading: a query cannot change it.",
            "Change the seeds, or identity.csv and corrections.csv beside them, and build again.",
        )
    if match := re.search(r"(?:Table|Function) with name (\S+) does not exist", said):
        return unknown("table, view or macro", match[1], objects(), "`parcferme dictionary` lists them.")
    columns = isinstance(error, duckdb.BinderException)
    return UserError(
        _one_line(error),
        "`parcferme dictionary NAME` lists the columns of a table, or what a macro takes."
        if columns
        else "Check the SQL there; `parcferme sql` alone opens a shell.",
    )


def _remedy(error: duckdb.Error) -> str:
    """What helps where a file of the warehouse cannot be read."""
    return "Give yourself the right to read it." if os.strerror(errno.EACCES) in str(error) else _REBUILD


def _one_line(error: Exception) -> str:
    """The message without the excerpt of the query that DuckDB adds."""
    return " ".join(str(error).partition("\n\nLINE ")[0].split())


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def wal(path: Path) -> Path:
    """The write-ahead log that a dead session leaves beside a database, to be replayed into the next one."""
    return path.with_name(path.name + ".wal")


def settle_paths(connection: DuckDBPyConnection, folder: str, root: Path | None) -> None:
    """Let relative paths of views start at `root`, and `s3://` ones be read."""
    if folder.startswith("s3://"):
        _allow_s3(connection)
    elif root is not None:
        top = _named(root.resolve())
        if "," in top:
            raise UserError(f"DuckDB cannot search the folder {top}: its name has a comma.", "Rename or move it.")
        connection.execute(f"SET file_search_path = {quoted(top)}")


def _named(path: Path) -> str:
    """The path as DuckDB takes it: in UTF-8."""
    name = str(path)
    if name != printable(name):
        raise UserError(f"DuckDB cannot open {printable(name)}: its name is not UTF-8.", "Rename or move it.")
    return name


def try_views(connection: DuckDBPyConnection) -> None:
    """Read a row of every base view; DataError names the first that does not answer.

    A row has every column found, decoded and cast, in each file; all other views were planned over the same columns
    when they were made. To read all rows, or to answer the other views, would take longer than all the rest of a large
    load; `parcferme verify` reads everything.
    """
    import duckdb

    for name in TABLES:
        try:
            connection.table(name).limit(1).fetchall()
        except duckdb.Error as error:
            raise DataError(f"The view {name} does not answer: {error}") from error


def _create_base_view(connection: DuckDBPyConnection, table: Table, file: str) -> None:
    """A view with explicit columns and casts: it follows the declared schema, not the drift of a file."""
    columns = ",\n  ".join(f'CAST("{name}" AS {type_}) AS "{name}"' for name, type_ in _types(connection, table))
    connection.execute(
        f'CREATE OR REPLACE VIEW "{table.name}" AS\nSELECT\n  {columns}\nFROM read_parquet({quoted(file)})'
    )
    describe_table(connection, table, "VIEW")


def _types(connection: DuckDBPyConnection, table: Table) -> list[tuple[str, str]]:
    """The columns of a table and their SQL types."""
    declared = connection.from_arrow(table.empty())
    return [(name, str(type_)) for name, type_ in zip(declared.columns, declared.types, strict=True)]


def _connected(path: Path) -> DuckDBPyConnection:
    """A new connection to make a database with, on one thread: there is nothing to share."""
    import duckdb

    return duckdb.connect(_named(path), config={"storage_compatibility_version": STORAGE_VERSION, "threads": 1})


def snapshot_folder(connection: DuckDBPyConnection) -> str:
    """The folder that the base views read."""
    found = connection.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'events' AND NOT internal").fetchall()
    match = re.search(r"read_parquet\('(.*)/events\.parquet'\)", found[0][0]) if found else None
    return match[1].replace("''", "'") if match else ""


def _allow_s3(connection: DuckDBPyConnection) -> None:
    """Load httpfs, from its Python package where that is installed, and take keys and endpoint from AWS_* variables."""
    package = find_spec("duckdb_extension_httpfs")
    files = (
        sorted(Path(next(iter(package.submodule_search_locations or ()))).rglob("*.duckdb_extension"))
        if package
        else []
    )
    connection.execute(f"LOAD {quoted(str(files[-1]))}" if files else "INSTALL httpfs; LOAD httpfs")
    environment = os.environ
    endpoint = urlsplit(environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL") or "")
    options = {
        "KEY_ID": environment.get("AWS_ACCESS_KEY_ID"),
        "SECRET": environment.get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": environment.get("AWS_SESSION_TOKEN"),
        "REGION": environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"),
        "ENDPOINT": endpoint.netloc,
        "URL_STYLE": "path" if endpoint.netloc else None,
        "USE_SSL": "false" if endpoint.scheme == "http" else None,
    }
    given = "".join(f", {name} {quoted(value)}" for name, value in options.items() if value)
    connection.execute(f"CREATE OR REPLACE TEMPORARY SECRET parcferme (TYPE s3{given})")
