"""The commands that read the warehouse: answers in every form, from any directory, with errors that help."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.answers import print_table
from flows.cli import main
from flows.commands.sql import _answered
from flows.database import build_database
from flows.terminal import local_time
from tests.tables import Sheet, made, published
from transforms.checks import check
from transforms.schema import TABLES

HOSTILE = "=cmd()|' /C calc'!A0 \x1b[31m<b>"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with a small warehouse, and some findings in it."""
    rows = [
        {"position": 1, "crew": ["Ann Lee", "Bob Ray"], "car": "BMW M3", "make": "BMW", "entrant": "Alpha", "laps": 90},
        {"position": 3, "crew": ["Cy Ohm"], "car": "Zorp", "entrant": HOSTILE, "laps": 80},
    ]
    tables = made(Sheet("2000-spa/race", rows), Sheet("2001-spa/race", rows[:1], event={"season": 2001}))
    root = tmp_path_factory.mktemp("root") / "a project"
    published(tables | {"findings": check(tables)}, root)
    return root


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run `parcferme` in the project folder: exit code, output, errors."""
    monkeypatch.chdir(project)

    def run_(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            main(list(arguments))
        printed = capsys.readouterr()
        return int(exit_.value.code or 0), printed.out, printed.err

    return run_


def test_one_answer_as_a_table(run):
    """A query is answered as a table."""
    code, out, _ = run("sql", "SELECT driver, starts FROM driver_careers WHERE identified ORDER BY driver")
    assert code == 0
    assert [line.split() for line in out.splitlines()[2:]] == [
        ["Ann", "Lee", "2"],
        ["Bob", "Ray", "2"],
        ["Cy", "Ohm", "1"],
    ]


def test_what_is_too_wide_for_a_terminal_is_shown_row_by_row(capsys: pytest.CaptureFixture[str], monkeypatch):
    """Where columns would be too narrow to read, each row stands from top to bottom; numbers are never cut."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    narrow, wide = ["driver", "starts"], [f"column {number}" for number in range(9)]
    print_table(narrow, [("Ann Lee", 1_234_567)])
    assert "Ann Lee   1234567" in capsys.readouterr().out
    print_table(wide, [("a text of some length",) * 8 + (7_654_321,), ("b",) * 9])
    out = capsys.readouterr().out
    lines = [line.strip() for line in out.splitlines()]
    assert "column 0   a text of some length" in lines
    assert "column 8   7654321" in lines
    assert "row 2" in out
    print_table(wide, [])
    assert capsys.readouterr().out == "(no rows)\n"


@pytest.mark.parametrize("query", ["DELETE FROM results", "INSERT INTO results VALUES (1)", "CREATE TABLE x (a INT)"])
def test_a_query_that_would_change_the_warehouse_is_told_where_to_change_it(run, query: str):
    """A query that would change the warehouse is refused, and who tried is led to the seeds."""
    code, _, err = run("sql", query)
    assert code == 2
    assert "a query cannot change it" in err
    assert "corrections.csv" in err


def test_answers_as_csv_json_and_parquet_agree(run, project: Path):
    """The same rows come as CSV, as JSON and as Parquet."""
    query = "SELECT result_id, position, crew FROM results ORDER BY ALL"
    rows = json.loads(run("sql", query, "--json")[1])
    table = csv.DictReader(io.StringIO(run("sql", query, "--csv")[1]))
    assert [{**row, "position": int(row["position"]), "crew": json.loads(row["crew"])} for row in table] == rows
    assert run("sql", query, "--parquet", "answer.parquet")[0] == 0
    assert pq.read_table(project / "answer.parquet").to_pylist() == rows


def test_columns_of_one_name_are_told_apart(run, project: Path):
    """What a join answers twice under one name stands in every form, the second with a number."""
    query = "SELECT 1 AS a, 2 AS a, 3 AS a_1"
    assert json.loads(run("sql", query, "--json")[1]) == [{"a": 1, "a_2": 2, "a_1": 3}]
    assert run("sql", query, "--csv")[1] == "a,a_2,a_1\n1,2,3\n"
    run("sql", query, "--parquet", "a.parquet")
    assert pq.read_table(project / "a.parquet").to_pylist() == [{"a": 1, "a_2": 2, "a_1": 3}]


def test_every_statement_is_answered(run):
    """Of several statements each is answered; settings have no answer, and a file holds one only."""
    said = run("sql", "SET threads = 1; SELECT 11 AS a; SELECT 22 AS b")[1]
    assert said.split() == ["a", "──", "11", "b", "──", "22"]
    assert json.loads(run("sql", "SET threads = 1; SELECT 11 AS a", "--json")[1]) == [{"a": 11}]
    code, _, err = run("sql", "SELECT 1; SELECT 2", "--json")
    assert code == 2
    assert "--json is for one answer, the query has 2." in err


def test_a_file_is_replaced_by_a_whole_one_alone(run, project: Path):
    """A query that fails at its thousandth row leaves the older file as it was, and nothing beside it."""
    file = project / "old.parquet"
    file.write_text("old")
    late = "SELECT CAST(CASE WHEN range < 300000 THEN '1' ELSE 'a' END AS INT) FROM range(400000)"
    before = sorted(project.iterdir())
    code, _, err = run("sql", late, "--parquet", "old.parquet")
    assert code == 2
    assert "Could not convert string 'a'" in err
    assert "another file" not in err
    assert file.read_text() == "old"
    assert sorted(project.iterdir()) == before


def test_the_reason_is_told_whichever_thread_failed(project: Path):
    """Where the word of a thread that was told to stop comes first, what stopped it is said all the same."""

    def stopped() -> Iterator[pa.RecordBatch]:
        raise OSError("INTERRUPT Error: Interrupted!")
        yield

    with duckdb.connect() as connection, pytest.raises(duckdb.Error, match="Could not convert string 'a"):
        list(_answered(connection.sql("SELECT CAST('a' || range AS INT) FROM range(9)"), stopped()))


def test_a_file_may_be_a_link_or_a_pipe(run, project: Path):
    """What is asked for is written through a link, and into a pipe rather than in its place."""
    (project / "link.parquet").symlink_to("linked.parquet")
    run("sql", "SELECT 1 AS a", "--parquet", "link.parquet")
    assert (project / "link.parquet").is_symlink()
    assert pq.read_table(project / "linked.parquet").to_pylist() == [{"a": 1}]
    assert run("sql", "SELECT 1 AS a", "--parquet", "/dev/null")[0] == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("forms", [("--csv", "--json"), ("--json", "--parquet=x"), ("--csv", "--parquet=x")])
def test_an_answer_has_one_form(run, project: Path, forms: tuple[str, ...]):
    """Two forms at once are refused, rather than one of them be left out."""
    code, out, err = run("sql", "SELECT 1", *forms)
    assert (code, out) == (2, "")
    assert "exclude each other" in err
    assert not (project / "x").exists()


def test_it_works_from_any_directory_below(run, project: Path, monkeypatch: pytest.MonkeyPatch):
    """The nearest warehouse above the working directory is found, and its views answer."""
    below = project / "notes" / "2000"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert run("sql", "SELECT count(*) AS n FROM results", "--csv")[1] == "n\n3\n"


def test_another_warehouse_by_option_and_by_variable(
    run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """`--warehouse` and PARCFERME_WAREHOUSE name a warehouse anywhere."""
    monkeypatch.chdir(tmp_path)
    query = ("sql", "SELECT count(*) AS n FROM results", "--csv")
    assert run(*query, "--warehouse", str(project / "warehouse"))[1] == "n\n3\n"
    monkeypatch.setenv("PARCFERME_WAREHOUSE", str(project / "warehouse"))
    assert run(*query)[1] == "n\n3\n"


def test_the_shell_opens_with_its_paths_settled(project: Path, tmp_path: Path):
    """Without a query the DuckDB shell runs, read-only, and answers from another directory."""
    script = "SELECT 'rows ' || count(*) FROM results; CREATE TABLE x (a INTEGER);"
    environment = {**os.environ, "PARCFERME_WAREHOUSE": str(project / "warehouse"), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "sql"],
        input=script, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "rows 3" in done.stdout
    assert "read-only" in done.stderr


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("FROM driver_carers", "Did you mean driver_careers"),
        ("FROM drivr('Lee')", "Did you mean driver"),
        ("SELECT drivr FROM drivers", "driver"),
        ("SELECT FROM WHERE", "syntax error"),
        ("FROM read_csv('nowhere.csv')", "nowhere.csv"),
        (" ; ", "The query is empty"),
    ],
)
def test_a_wrong_query_is_answered_with_the_nearest_names(run, query: str, hint: str):
    """A query with an error ends with exit code 2, one line that says what is wrong, and a hint."""
    code, _, err = run("sql", query)
    assert code == 2
    assert hint in err
    assert "Traceback" not in err


def test_a_missing_warehouse_says_how_to_make_one(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Every reading command names the remedy where there is no warehouse."""
    for command in (["sql", "FROM results"], ["sql"], ["status"], ["check"], ["export", "results", "--format", "csv"]):
        code, _, err = run(*command, "--warehouse", str(tmp_path / "nowhere"))
        assert code == 2
        assert "parcferme build" in err


@pytest.mark.parametrize("left", [None, b"x", b"no Parquet file, but as long as one"])
def test_a_half_deleted_warehouse_is_a_clear_error(
    left: bytes | None, run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """When a Parquet file is gone, or is none any more, the error says so and how to mend it."""
    copy = Path(shutil.copytree(project, tmp_path / "copy")) / "warehouse"
    damaged = copy / "snapshots" / "abc" / "results.parquet"
    damaged.unlink()
    if left is not None:
        damaged.write_bytes(left)
    monkeypatch.chdir(tmp_path)
    for command in (["sql", "FROM results"], ["status"]):
        code, _, err = run(*command, "--warehouse", str(copy))
        assert code == 2
        assert "Part of the warehouse cannot be read" in err
        assert "`parcferme build --full" in err


def test_bytes_that_were_changed_are_no_error_of_the_query(
    run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Where a file's bytes make no sense, the command that tells which are wrong is named, not the query."""
    copy = Path(shutil.copytree(project, tmp_path / "copy")) / "warehouse"
    damaged = copy / "snapshots" / "abc" / "results.parquet"
    data = bytearray(damaged.read_bytes())
    data[4:64] = b"A" * 60
    damaged.write_bytes(data)
    monkeypatch.chdir(tmp_path)
    code, _, err = run("sql", "FROM results", "--warehouse", str(copy))
    assert code == 2
    assert f"parcferme verify --warehouse {copy}" in err


def test_a_file_that_may_not_be_read_is_a_clear_error(run, monkeypatch: pytest.MonkeyPatch):
    """Whatever file the disk keeps from a command is named, with what the disk says."""
    refused = PermissionError(errno.EACCES, "Permission denied", "warehouse/history.jsonl")
    monkeypatch.setattr("flows.history.entries", lambda _: (_ for _ in ()).throw(refused))
    code, _, err = run("status")
    assert code == 2
    assert "warehouse/history.jsonl cannot be used: Permission denied." in err
    assert "Traceback" not in err


def test_a_full_disk_is_a_clear_error(project: Path):
    """Where what is printed goes to a disk that is full, the error says so."""
    command = [sys.executable, "-m", "flows.cli", "sql", "FROM range(100000)", "--csv"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, cwd=project, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_renamed_warehouse_says_what_it_was_called(run, project: Path, tmp_path: Path):
    """Views name the folder of their warehouse: another name for it is told from files that are gone."""
    copy = Path(shutil.copytree(project / "warehouse", tmp_path / "archive"))
    code, _, err = run("sql", "FROM results", "--warehouse", str(copy))
    assert code == 2
    assert "was called warehouse when it was built" in err
    assert run("sql", "FROM results", "--warehouse", str(copy.rename(tmp_path / "warehouse")))[0] == 0


@pytest.mark.parametrize("name", ["o'clock", "it's o''clock", 'a "house"'])
def test_a_warehouse_with_quotes_in_its_name_is_read(run, tmp_path: Path, name: str):
    """Views find their files whatever quotes the name of the warehouse has."""
    tables = made(Sheet("2000-spa/race", [{"position": 1, "crew": ["Ann Lee"]}]))
    folder = published(tables, tmp_path).parent.rename(tmp_path / name)
    build_database(folder / "results.db", f"{name}/snapshots/abc", tmp_path)
    assert run("sql", "SELECT driver FROM drivers", "--csv", "--warehouse", str(folder))[:2] == (0, "driver\nAnn Lee\n")


def test_a_folder_that_duckdb_cannot_search_is_a_clear_error(run, project: Path, tmp_path: Path):
    """A warehouse below a folder with a comma, or with bytes that are no UTF-8, in its name says what to do."""
    for name, what in ((b"a,b", "has a comma"), (b"caf\xe9", "is not UTF-8")):
        below = tmp_path / os.fsdecode(name)
        shutil.copytree(project, below)
        code, _, err = run("status", "--warehouse", str(below / "warehouse"))
        assert code == 2
        assert f"its name {what}" in err


def test_a_database_held_by_another_program_is_a_clear_error(run, project: Path):
    """While another process holds results.db for writing, the error says so."""
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(project / "warehouse" / "results.db")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        code, _, err = run("status")
        holder.communicate()
    assert code == 2
    assert "held by another program" in err


def test_control_characters_of_sheets_do_not_reach_the_terminal(run):
    """An escape sequence in a sheet is shown, not obeyed."""
    _, out, _ = run("sql", "SELECT entrant FROM results WHERE position = 3")
    assert "\x1b" not in out
    assert "\\x1b[31m" in out


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_data_on_a_terminal_is_shown_plain_too(run, form: str, monkeypatch: pytest.MonkeyPatch):
    """CSV and JSON are as they stand for a program, but for a terminal without escape sequences."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    _, out, _ = run("sql", "SELECT entrant FROM results WHERE position = 3", form)
    assert "\x1b" not in out
    assert "[31m" in out


def test_status_says_what_is_loaded(run):
    """Status counts rows, links and findings, and names the snapshot; as JSON too."""
    code, out, _ = run("status")
    assert code == 0
    assert "Snapshot abc" in out
    assert "Seasons 2000 to 2001." in out
    state = json.loads(run("status", "--json")[1])
    assert state["rows"]["results"] == 3
    assert state["links"] == {"name": 5}


def test_moments_are_told_by_the_clock_of_the_place(monkeypatch: pytest.MonkeyPatch):
    """Status and history show the same moment, in local time; JSON keeps the offset."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert local_time("2026-11-22T14:17:49+00:00") == "2026-11-22 23:17:49"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_check_lists_findings_like_a_compiler(run):
    """Each finding is a line with file, line, severity, message and check; then a summary."""
    code, out, _ = run("check")
    assert code == 0
    assert "2000-spa/race.txt:2: warning: position 2 is missing [position-gap]" in out.splitlines()
    assert out.splitlines()[-1] == "Summary: 0 errors, 2 warnings, 2 notes in 3 files."


def test_check_names_the_file_that_could_not_be_read(run, tmp_path: Path):
    """A finding about a file that is no sheet stands at that file, and says its name once."""
    rows = [{"check": "file-is-read", "severity": "warning", "event_id": "e", "line": None, "observed": "e/a.txt"}]
    rows += [{"check": "event-key-is-known", "severity": "note", "event_id": "e", "line": 3, "observed": "nmae"}]
    said = ["e/a.txt is a link to nothing: remove it", "e/event.toml line 3: the key `nmae` is not known"]
    findings = pa.Table.from_pylist([row | {"message": text} for row, text in zip(rows, said, strict=True)])
    tables = made(Sheet("e/race", [])) | {"findings": TABLES["findings"].conform(findings)}
    path = published(tables, tmp_path, "files")
    _, out, _ = run("check", "--warehouse", str(path.parent))
    assert out.splitlines()[:2] == [
        "e/a.txt: warning: is a link to nothing: remove it [file-is-read]",
        "e/event.toml:3: note: the key `nmae` is not known [event-key-is-known]",
    ]


def test_check_filters_by_check_event_and_severity(run):
    """Filters narrow the list; JSON gives the same findings."""
    assert run("check", "--severity", "error")[1] == "Summary: 0 errors, 0 warnings, 0 notes in 0 files.\n"
    found = json.loads(run("check", "--event", "2000-spa", "--check", "unknown-make", "--json")[1])
    assert [finding["observed"] for finding in found] == ["Zorp"]
    assert json.loads(run("check", "--check", "laps-order", "--json")[1]) == []


def test_check_refuses_names_that_there_are_not(run):
    """A misspelt check or event would look as if nothing were in doubt: it is refused with the nearest name."""
    assert "Did you mean position-gap" in run("check", "--check", "position-gaps")[2]
    code, _, err = run("check", "--event", "2000-spy")
    assert code == 2
    assert "Did you mean 2000-spa" in err


def test_check_colours_only_where_it_may(run, monkeypatch: pytest.MonkeyPatch):
    """NO_COLOR is obeyed on a terminal, too."""
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda _, color=None: color is False)
    assert "\x1b[" in run("check")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check")[1]


@pytest.mark.parametrize("call", [("build", ""), ("build", "--warehouse", " "), ("status", "--warehouse", "")])
def test_an_empty_place_is_refused(run, project: Path, call: tuple[str, ...]):
    """A variable of the shell that is not set does not mean the working directory."""
    code, _, err = run(*call)
    assert code == 2
    assert "it is empty" in err
    assert not (project / "results.db").exists()


def test_check_ends_with_1_when_there_is_an_error(run, tmp_path: Path):
    """An error among the findings is exit code 1."""
    tables = made(Sheet("2000-spa/race", [{"position": 2}]))
    error = TABLES["findings"].conform(pa.table({"check": ["x"], "severity": ["error"], "message": ["wrong"]}))
    published(tables | {"findings": error}, tmp_path / "bad", snapshot="bad")
    assert run("check", "--warehouse", str(tmp_path / "bad" / "warehouse"))[0] == 1


def test_dictionary_lists_tables_and_columns(run):
    """The dictionary names every table, and of one table each column with unit and description."""
    assert "crew_pairings" in run("dictionary")[1]
    _, out, _ = run("dictionary", "results")
    assert "lap_time_ms" in out
    columns = json.loads(run("dictionary", "make_records", "--json")[1])
    assert {"make", "wins"} <= {column["column_name"] for column in columns}
    code, _, err = run("dictionary", "make_record")
    assert code == 2
    assert "Did you mean make_records" in err


def test_the_shell_completes_names(project: Path):
    """Shell completion knows commands, and names of tables and views."""
    environment = {**os.environ, "_PARCFERME_COMPLETE": "bash_complete"}

    def completed(words: str, index: int) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", "from flows.cli import main; main()"],
            env={**environment, "COMP_WORDS": words, "COMP_CWORD": str(index)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert "status" in completed("parcferme st", 1)
    assert completed("parcferme dictionary driver_car", 2) == ["driver_careers", "driver_careers_strict"]


@pytest.mark.parametrize("name", ["sql", "status", "check", "dictionary", "export"])
def test_help_has_examples(run, name: str):
    """Every reading command shows examples in its help."""
    code, out, _ = run(name, "--help")
    assert code == 0
    assert "Examples:" in out
    assert f"parcferme {name}" in out


def test_fixture_has_a_hostile_name(project: Path):
    """The hostile name of these tests stands in the warehouse as it was printed."""
    with duckdb.connect() as connection:
        path = str(project / "warehouse" / "snapshots" / "abc" / "results.parquet")
        assert (HOSTILE,) in connection.execute("SELECT entrant FROM read_parquet(?)", [path]).fetchall()


def test_names_are_printed_where_the_locale_has_not_their_letters(project: Path):
    """A pipe gets UTF-8 whatever the locale, so that no name ends a command."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PARCFERME_WAREHOUSE": str(project / "warehouse")}
    query = [sys.executable, "-m", "flows.cli", "sql", "SELECT 'Hélary' AS name", "--csv"]
    done = subprocess.run(query, env=environment, capture_output=True, check=True, timeout=60)
    assert done.stdout.decode() == "name\nHélary\n"
