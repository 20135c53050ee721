"""Exports hold the same values as the views, and no cell of them acts as a formula."""

from __future__ import annotations

import csv
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.cli import main
from flows.dictionary import objects
from tests.tables import Sheet, made, published

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]
HARMLESS = ["Alpha", "a=b", "'quoted", "<b>&", "No. 7"]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with hostile entrants."""
    rows = [
        {"position": i, "entrant": text, "crew": ["Ann Lee"]} for i, text in enumerate(FORMULAS + HARMLESS, start=1)
    ]
    return published(made(Sheet("2000-spa/race", rows)), tmp_path_factory.mktemp("root")).parent


@pytest.fixture
def project(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty, to export to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARCFERME_WAREHOUSE", str(warehouse))
    return tmp_path


def export(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(["export", *arguments])
    return int(exit_.value.code or 0)


def test_csv_cells_are_no_formulas(project: Path):
    """In CSV an apostrophe stands before what would be a formula, and nothing else is changed."""
    assert export("results", "--format", "csv") == 0
    with (project / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        entrants = [row["entrant"] for row in csv.DictReader(file)]
    assert entrants == [f"'{text}" for text in FORMULAS] + HARMLESS


def test_xlsx_cells_are_text(project: Path):
    """In a workbook there are no formulas and no links: text is text, numbers are numbers."""
    assert export("results", "driver_careers", "--format", "xlsx", "--output", "out.xlsx") == 0
    with zipfile.ZipFile(project / "out.xlsx") as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert "xl/worksheets/sheet2.xml" in book.namelist()
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert not sheet.findall(".//x:f", space)
    assert not sheet.findall(".//x:hyperlink", space)
    texts = ["".join(cell.itertext()) for cell in sheet.findall(".//x:c[@t='inlineStr']", space)]
    assert set(HARMLESS) | {"=1+1", "@SUM(A1)"} <= set(texts)
    assert sheet.findall(".//x:c[x:v='2']", space)


def test_sqlite_holds_every_table_and_view_as_it_is(project: Path):
    """A SQLite file holds all tables and views, texts unchanged."""
    assert export("--format", "sqlite") == 0
    with closing(sqlite3.connect(project / "parcferme.sqlite")) as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        entrants = [row[0] for row in database.execute("SELECT entrant FROM results ORDER BY line")]
        types = {row[0] for row in database.execute("SELECT typeof(position) FROM results")}
    assert names == {name for name, about in objects().items() if about.kind in ("table", "view")}
    assert entrants == FORMULAS + HARMLESS
    assert types == {"integer"}


def test_several_tables_as_csv_are_several_files(project: Path):
    """CSV holds one table a file: several go into a folder, which is made."""
    assert export("results", "events", "--format", "csv", "--output", "out") == 0
    assert sorted(path.name for path in (project / "out").iterdir()) == ["events.csv", "results.csv"]
    assert export("results", "events", "--format", "csv", "--output", "out/events.csv") == 2


def test_nothing_is_written_to_a_file_called_dash(project: Path, capsys: pytest.CaptureFixture[str]):
    """Who wants the text itself is told which command prints it."""
    assert export("results", "--format", "csv", "--output", "-") == 2
    assert "--csv" in capsys.readouterr().err


def test_files_are_replaced_only_when_told(project: Path, capsys: pytest.CaptureFixture[str]):
    """An existing file stays, unless --force is given."""
    (project / "results.csv").write_text("mine")
    assert export("results", "--format", "csv") == 2
    assert "--force" in capsys.readouterr().err
    assert (project / "results.csv").read_text() == "mine"
    assert export("results", "--format", "csv", "--force") == 0


def test_a_view_too_long_for_a_spreadsheet_leaves_no_file(project: Path, monkeypatch: pytest.MonkeyPatch):
    """More rows than Excel holds are an error, and no half file is left."""
    monkeypatch.setattr("flows.export.XLSX_ROWS", 3)
    assert export("results", "--format", "xlsx") == 2
    assert [path.name for path in project.iterdir()] == []


def test_an_unknown_view_is_answered_with_the_nearest(project: Path, capsys: pytest.CaptureFixture[str]):
    """A misspelt name is an error that names what may have been meant."""
    assert export("crew_pairing", "--format", "csv") == 2
    assert "Did you mean crew_pairings" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_a_clear_error(project: Path, capsys: pytest.CaptureFixture[str]):
    """Writing where nothing can be written is an error of the call."""
    assert export("results", "--format", "csv", "--output", "no/where.csv") == 2
    assert "cannot be written" in capsys.readouterr().err
