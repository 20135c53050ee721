"""results.db answers from wherever it is opened, and says what each column means."""

import shutil
from pathlib import Path

import duckdb
import pytest

from flows.database import build_database, open_database, wal
from flows.errors import UserError
from tests.tables import published
from transforms.schema import TABLES


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder whose warehouse is empty: every table is there, none has rows."""
    root = tmp_path_factory.mktemp("root") / "pro'ject"
    published({}, root)
    return root


def test_every_view_answers_over_an_empty_warehouse(project: Path):
    """A warehouse without rows has every table and view, and no write-ahead log is left beside it."""
    path = project / "warehouse" / "results.db"
    with open_database(path) as connection:
        names = {
            row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
        assert set(TABLES) | {"rejects"} <= names
        for name in names:
            connection.execute(f'SELECT * FROM "{name}"').fetchall()
    assert not wal(path).exists()


def test_the_database_opens_from_the_project_root_without_settings(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """`duckdb warehouse/results.db` in the project folder answers, and so it does after the folder was moved."""
    moved = shutil.copytree(project, tmp_path / "moved")
    monkeypatch.chdir(moved)
    with duckdb.connect("warehouse/results.db", read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM results").fetchone() == (0,)


def test_columns_carry_their_description(project: Path):
    """Every column of every base view has its unit and description as a comment."""
    with open_database(project / "warehouse" / "results.db") as connection:
        comments = dict(
            connection.execute(
                "SELECT (table_name, column_name), comment FROM duckdb_columns() WHERE NOT internal"
            ).fetchall()
        )
    for table in TABLES.values():
        for column in table.columns:
            assert column.description in comments[(table.name, column.name)]


def test_it_is_read_only(project: Path):
    """What readers open cannot be written."""
    with (
        open_database(project / "warehouse" / "results.db") as connection,
        pytest.raises(duckdb.InvalidInputException, match="read-only"),
    ):
        connection.execute("CREATE TABLE x (a INTEGER)")


def test_a_missing_warehouse_is_a_clear_error(tmp_path: Path):
    """Opening what is not there says how to make it."""
    with pytest.raises(UserError, match="no warehouse"):
        open_database(tmp_path / "warehouse" / "results.db")


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path):
    """Opening a file of another kind says how to make a new one."""
    path = tmp_path / "results.db"
    path.write_text("no database" * 1000)
    with pytest.raises(UserError, match="cannot be read"):
        open_database(path)


def test_a_folder_that_reads_as_a_pattern_is_refused(tmp_path: Path):
    """A folder name with wildcards would make views read other folders."""
    with pytest.raises(UserError, match="pattern"):
        build_database(tmp_path / "results.db", "ware*house/snapshots/abc")
