"""From seeds to a published warehouse: what is read, what is reused, and what stops a build."""

from __future__ import annotations

import gzip
import json
import random
import shlex
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import cli, extract, parquet, progress, report, row_groups, steps, stored, survey
from flows.cli import main
from flows.cluster import BATCHES_OF_A_TASK, even_shares
from flows.database import open_database, outline_database
from flows.errors import DataError, UserError
from flows.events import read_event
from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from flows.steps import Direct
from flows.survey import PROJECT, Outcome
from flows.terminal import console
from tests.bench.build import write_archive
from transforms.runs import Runs
from transforms.schema import TABLES

SPA = "1997-spa-24-hours"


def build(root: Path, warehouse: Path, *, full: bool = False) -> Outcome:
    return steps.build(str(root), Warehouse(str(warehouse)), Direct(), full=full)


def files(snapshot: Snapshot) -> dict[str, bytes]:
    """Every file of a snapshot but the manifest."""
    return {path.name: path.read_bytes() for path in Path(snapshot.path).iterdir() if path.name != "manifest.json"}


def copied(warehouse: Path, place: Path) -> Path:
    """A copy of a warehouse that may be built on."""
    return Path(shutil.copytree(warehouse, place, symlinks=True))


def written(warehouse: Path) -> dict[Path, int]:
    """When each file that readers may see was written."""
    seen = (path for path in warehouse.rglob("[!.]*") if ".staging" not in path.parts)
    return {path: path.lstat().st_mtime_ns for path in seen}


def command(*arguments: object) -> tuple[int, str, str]:
    """Call `parcferme build`, and give its exit code, output and error output."""
    from flows.cli import parcferme

    result: Result = CliRunner().invoke(parcferme, ["build", "--direct", *map(str, arguments)], catch_exceptions=True)
    if isinstance(result.exception, UserError):
        return result.exception.exit_code, result.output, f"{result.exception}\n{result.exception.remedy}"
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output, result.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the seeds as they are, to be read only."""
    warehouse = tmp_path_factory.mktemp("built") / "warehouse"
    build(PROJECT / "seeds", warehouse)
    return warehouse


def test_the_first_four_sheets_load_whole(built):
    """143 lines of the four seeds are 143 results with 427 driver rows, and nothing is rejected."""
    sheets = pq.read_table(built / "parquet" / "sheets.parquet")
    assert [sum(sheets[name].to_pylist()) for name in ("lines", "results", "rejects")] == [143, 143, 0]
    assert pq.read_metadata(built / "parquet" / "driver_results.parquet").num_rows == 427


def test_a_second_build_with_nothing_new_changes_no_file(seeds, tmp_path):
    """A build that finds nothing new says so, and leaves every published file as it was."""
    warehouse = tmp_path / "warehouse"
    first = build(seeds, warehouse)
    before = written(warehouse)
    again = build(seeds, warehouse)
    assert (again.summary, again.snapshot.id, again.reused) == (None, first.snapshot.id, 4)
    assert written(warehouse) == before


def change_a_sheet(seeds: Path) -> None:
    with (seeds / SPA / "race.txt").open("a") as file:
        file.write("45th | 99 | Nobody / Someone | BMW M3 | Team | 10 | 2:40.0000\n")


def add_a_sheet(seeds: Path) -> None:
    shutil.copytree(seeds / SPA, seeds / "1998-spa-24-hours")


def remove_an_event(seeds: Path) -> None:
    shutil.rmtree(seeds / "2003-le-mans-1000-km")


def change_the_facts(seeds: Path) -> None:
    path = seeds / SPA / "event.toml"
    path.write_text(path.read_text().replace("season = 1997", "season = 1998"))


def break_the_facts(seeds: Path) -> None:
    (seeds / SPA / "event.toml").write_text("name = \n")


def declare_columns(seeds: Path) -> None:
    with (seeds / "2009-spa-24-hours" / "event.toml").open("a") as file:
        file.write('columns = ["car_number", "crew"]\n')


def pack_a_sheet(seeds: Path) -> None:
    path = seeds / SPA / "race.txt"
    path.with_suffix(".txt.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()


def add_what_is_no_sheet(seeds: Path) -> None:
    (seeds / SPA / "empty.txt").write_bytes(b"")
    (seeds / SPA / "binary.txt").write_bytes(bytes(range(256)) * 4)
    (seeds / SPA / "prose.txt").write_text("The race was run in fine weather.\nNobody was hurt.\n")
    (seeds / SPA / "torn.txt.gz").write_bytes(b"\x1f\x8b torn")


CHANGES = [
    change_a_sheet,
    add_a_sheet,
    remove_an_event,
    change_the_facts,
    break_the_facts,
    declare_columns,
    pack_a_sheet,
    add_what_is_no_sheet,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_reusing_unchanged_sheets_gives_the_bytes_of_a_full_build(seeds, tmp_path, built, change):
    """After any change, a build that reads only what changed publishes the same bytes as one that reads all."""
    change(seeds)
    quick, whole = (build(seeds, copied(built, tmp_path / name), full=name == "whole") for name in ("quick", "whole"))
    assert whole.reused == 0
    assert quick.summary is not None
    assert quick.snapshot.id == whole.snapshot.id
    assert files(quick.snapshot) == files(whole.snapshot)


def test_a_few_changes_among_many_sheets_give_the_bytes_of_a_full_build(tmp_path, monkeypatch):
    """Where few of many sheets changed, those few are read, checked and judged again, and all bytes are as in full."""
    monkeypatch.setattr(stored, "ROWS", 300)
    monkeypatch.setattr(row_groups, "NEAR", 100)
    monkeypatch.setattr(row_groups, "MOST", 700)
    seeds, warehouse = tmp_path / "seeds", tmp_path / "warehouse"
    sheets = [path for path, _ in write_archive(seeds, 60)]
    build(seeds, warehouse)
    for file, line in zip(sheets[5::20], ("1 | 7 | New Comer / Ann Other | BMW M3\n", "", "note\n"), strict=True):
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]) + line)
    sheets[0].unlink()
    quick, whole = (
        build(seeds, copied(warehouse, tmp_path / name), full=name == "whole") for name in ("quick", "whole")
    )
    assert (quick.fresh, quick.reused, whole.reused) == (3, 56, 0)
    assert files(quick.snapshot) == files(whole.snapshot)


def test_the_runs_of_sheets_are_those_that_stand_there(built):
    """How many lines, results and mentions each sheet has tells where its rows stand, without reading the column."""
    snapshot = Warehouse(str(built)).named("current")
    for name in ("lines", "results", "driver_results"):
        told, read = snapshot.parts(name).runs("sheet_id"), Runs.of(snapshot.table(name)["sheet_id"])
        assert told.texts.equals(read.texts), name
        assert (told.start.tolist(), told.size.tolist()) == (read.start.tolist(), read.size.tolist()), name


def test_what_is_kept_for_the_next_build_may_be_damaged(tmp_path):
    """A build that cannot trust what the last one left for it says which file is damaged and how to mend that."""
    seeds, warehouse = tmp_path / "seeds", tmp_path / "warehouse"
    sheets = [path for path, _ in write_archive(seeds, 12)]
    build(seeds, warehouse)
    sheets[0].unlink()
    (warehouse / "parquet" / ".mentions.arrow").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"mentions\.arrow cannot be read") as error:
        build(seeds, warehouse)
    assert "build --full" in error.value.remedy


def test_the_outline_of_the_database_is_kept(seeds, tmp_path, monkeypatch):
    """The same code lays results.db out but once, and again where what it kept is damaged."""
    laid = []
    monkeypatch.setattr("flows.outline.outline_database", lambda path: laid.append(path) or outline_database(path))
    warehouse = tmp_path / "warehouse"
    for damaged in (False, True, False):
        build(seeds, warehouse, full=True)
        (kept,) = warehouse.glob(".outline-*.db")
        if damaged:
            kept.write_bytes(b"nothing")
    assert len(laid) == 2
    with open_database(warehouse / "results.db") as connection:
        assert connection.table("driver_careers").aggregate("count(*)").fetchone() > (0,)


def test_what_is_known_of_a_folder_is_not_asked_again(tmp_path, monkeypatch):
    """Facts, doubts and sheets of folders whose files are as they were come from the last snapshot."""
    seeds, warehouse = tmp_path / "seeds", tmp_path / "warehouse"
    sheets = [path for path, _ in write_archive(seeds, 12)]
    with sheets[0].with_name("event.toml").open("a") as file:
        file.write('nmae = "A slip"\n')
    build(seeds, warehouse)
    sheets[4].write_text(sheets[4].read_text() + "note\n")
    whole = build(seeds, copied(warehouse, tmp_path / "whole"), full=True)
    asked: list[str] = []
    monkeypatch.setattr(extract, "read_event", lambda event, *rest: asked.append(event) or read_event(event, *rest))
    quick = build(seeds, warehouse)
    assert asked == ["event-00001"]
    assert files(quick.snapshot) == files(whole.snapshot)
    doubts = quick.snapshot.table("findings", ["check", "event_id"]).to_pylist()
    assert {"check": "event-key-is-known", "event_id": "event-00000"} in doubts


@pytest.mark.parametrize(
    ("change", "fresh"),
    [(change_a_sheet, 1), (add_a_sheet, 1), (remove_an_event, 0), (change_the_facts, 1), (declare_columns, 1)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_only_what_changed_is_read(seeds, tmp_path, built, change, fresh):
    """A build reads a sheet again only when its bytes, its facts or the code changed."""
    warehouse = copied(built, tmp_path / "warehouse")
    change(seeds)
    assert build(seeds, warehouse).fresh == fresh


def test_new_code_reads_everything_again(seeds, tmp_path, built, monkeypatch):
    """When the reader's code changed, no row of the last snapshot is trusted."""
    warehouse = copied(built, tmp_path / "warehouse")
    monkeypatch.setattr(survey, "_code", lambda parts: "another version")
    outcome = build(seeds, warehouse)
    assert (outcome.fresh, outcome.reused) == (4, 0)


def test_a_changed_decision_reads_no_sheet(seeds, tmp_path, built):
    """Decisions on who is who are applied without reading any sheet again."""
    warehouse = copied(built, tmp_path / "warehouse")
    with (seeds / "identity.csv").open("a") as file:
        file.write("\n")
    outcome = build(seeds, warehouse)
    assert outcome.summary is not None
    assert (outcome.fresh, outcome.reused) == (0, 4)


@pytest.mark.parametrize("damaged", [False, True])
def test_tables_that_are_as_they_were_are_not_written_anew(seeds, tmp_path, built, monkeypatch, damaged):
    """After a decision that changes nobody, files are copied, but for one that is damaged: no damage is handed on."""
    warehouse = copied(built, tmp_path / "warehouse")
    before = Warehouse(str(warehouse)).current()
    assert before is not None
    if damaged:
        path = Path(before.path, "lines.parquet")
        path.write_bytes(path.read_bytes().replace(b"data_dictionary", b"data_dictionarx"))
    with (seeds / "identity.csv").open("a") as file:
        file.write("\n")
    anew = set()
    encode = parquet._encoded

    def encoded(rows, settings):
        if rows.num_rows:
            anew.add(json.loads(rows.schema.metadata[b"data_dictionary"])["table"])
        return encode(rows, settings)

    monkeypatch.setattr(parquet, "_encoded", encoded)
    after = build(seeds, warehouse).snapshot
    assert after.id != before.id
    assert files(after) == files(Warehouse(str(built)).named("current"))
    assert "results" not in anew
    assert ("lines" in anew) == damaged


@pytest.mark.parametrize(("most_bytes", "most_sheets"), [(1, 1), (8_000, 2)])
def test_batches_of_any_size_give_the_same_bytes(tmp_path, built, monkeypatch, most_bytes, most_sheets):
    """However the sheets are cut into batches, the same bytes are published."""
    monkeypatch.setattr(steps, "BATCH_BYTES", most_bytes)
    monkeypatch.setattr(steps, "BATCH_SHEETS", most_sheets)
    snapshot = build(PROJECT / "seeds", tmp_path / "warehouse").snapshot
    current = Warehouse(str(built)).current()
    assert current is not None
    assert files(snapshot) == files(current)


@pytest.mark.parametrize("readers", [1, 2, 3, 7])
def test_every_reader_gets_as_many_batches(readers):
    """Readers side by side end together: each has as many batches as the others, of about the same size."""
    sizes = random.Random(readers).choices(range(1_000, 9_000), k=20_000)
    total = sum(sizes)
    most = steps.batch_size(total, readers)
    counts, size = 1, 0
    for sheet in sizes:
        counts, size = (counts + 1, sheet) if size + sheet > most else (counts, size + sheet)
    assert counts % readers == 0
    assert size > 0.7 * most


@given(count=st.integers(0, 200), workers=st.integers(0, 20))
def test_tasks_of_a_cluster_are_even_shares(count, workers):
    """Each call is in one task, in order; tasks are even, none too large, and no worker idle while others have two."""
    calls = list(range(count))
    shares = even_shares(calls, workers)
    assert [call for share in shares for call in share] == calls
    assert all(1 <= len(share) <= BATCHES_OF_A_TASK for share in shares)
    assert max(map(len, shares), default=0) - min(map(len, shares), default=0) <= 1
    assert len(shares) >= min(workers, count)


def test_what_is_no_sheet_stops_nothing(seeds, tmp_path):
    """Empty, binary and torn files and prose make findings or rejects; every other sheet loads."""
    add_what_is_no_sheet(seeds)
    break_the_facts(seeds)
    outcome = build(seeds, tmp_path / "warehouse")
    assert outcome.summary is not None
    assert outcome.summary.rows["results"] == 143
    checks = {check for _, check, _ in outcome.summary.findings}
    assert {"sheet-is-readable", "event-file-is-toml"} <= checks
    findings = outcome.snapshot.table("findings").to_pylist()
    assert {f"{SPA}/{stem}" for stem in ("empty", "binary", "prose", "torn")} <= {row["sheet_id"] for row in findings}


def test_every_sheet_and_event_named_by_a_row_exists(built):
    """Rows name only sheets and events that are in their tables."""
    tables = {name: pq.read_table(built / "parquet" / f"{name}.parquet") for name in TABLES}
    sheets = {*tables["sheets"]["sheet_id"].to_pylist(), None}
    events = {*tables["events"]["event_id"].to_pylist(), None}
    for name, table in tables.items():
        assert "sheet_id" not in table.column_names or set(table["sheet_id"].to_pylist()) <= sheets, name
        assert "event_id" not in table.column_names or set(table["event_id"].to_pylist()) <= events, name


def test_a_large_archive_is_not_searched_for_answers_that_nobody_asked_for(seeds, tmp_path, monkeypatch):
    """Above so many driver rows a build prints, for each question, the command that answers it."""
    monkeypatch.setattr(report, "MOST_ASKED", 426)
    _, output, _ = command(seeds, "--warehouse", tmp_path / "a warehouse")
    _, *asked = output.split("parcferme ")
    assert len(asked) == len(report.QUESTIONS)
    for call in asked:
        answer = CliRunner().invoke(cli.parcferme, shlex.split(call.partition("\n")[0]), catch_exceptions=False)
        assert answer.exit_code == 0
        assert "Ferrari" in answer.output or "Niarchos" in answer.output


def test_command_prints_counts_and_answers_then_says_that_nothing_changed(seeds, tmp_path):
    """`parcferme build` prints what was read and answers three questions; the second time, that nothing changed."""
    code, said, _ = command(seeds, "--warehouse", tmp_path / "w")
    assert code == 0
    for words in ("4 sheets read", "results", "143", "driver rows", "427", "What is in doubt", "FROM driver_careers"):
        assert words in said
    code, said, _ = command(seeds, "--warehouse", tmp_path / "w")
    assert code == 0
    assert said.startswith("Nothing changed since snapshot")


def test_answers_of_a_build_are_whole_on_a_narrow_terminal(built, capsys, monkeypatch):
    """Where the columns of an answer would be too narrow to read, its rows stand from top to bottom."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "50")
    report._answers(console(), built / "results.db")
    assert "finishes   " in capsys.readouterr().out


def test_missing_seeds_are_a_wrong_call(tmp_path):
    """A root that is not there exits with 2, and says what to name."""
    code, _, said = command(tmp_path / "nothing", "--warehouse", tmp_path / "w")
    assert code == 2
    assert "does not exist" in said
    assert "parcferme build path/to/seeds" in said


def test_warehouse_that_cannot_be_made_is_a_wrong_call(seeds, tmp_path):
    """A warehouse that cannot be written exits with 2, and says what to do."""
    (tmp_path / "file").write_text("")
    code, _, said = command(seeds, "--warehouse", tmp_path / "file" / "w")
    assert code == 2
    assert "cannot be written" in said


@pytest.mark.parametrize("correction", ["none,1,position,1st,2nd,why", f"{SPA}/race,3,laps,1,2,why"])
def test_decisions_that_contradict_exit_with_1_and_keep_the_old_warehouse(seeds, tmp_path, correction):
    """Data that stops a build exits with 1 and its line; readers keep the snapshot that they had."""
    warehouse = tmp_path / "w"
    before = build(seeds, warehouse).snapshot.id
    (seeds / "corrections.csv").write_text(f"sheet,line,column,expect,value,reason\n{correction}\n")
    code, _, said = command(seeds, "--warehouse", warehouse)
    assert code == 1
    assert "corrections.csv line 2" in said
    current = Warehouse(str(warehouse)).current()
    assert current is not None
    assert current.id == before


def test_nothing_in_a_sheet_can_steer_the_terminal(tmp_path):
    """Escape sequences in a sheet's names are printed as text."""
    (tmp_path / "seeds" / "e").mkdir(parents=True)
    (tmp_path / "seeds" / "e" / "event.toml").write_text('name = "E"\nseason = 2000\nnme\u202e = 1\n')
    rows = "".join(f"{n}. | {n} | A\x1b[2Jlan Jones / Bob Smith | BMW M3 | Team | 1:0{n}.000\n" for n in range(1, 6))
    (tmp_path / "seeds" / "e" / "race.txt").write_text(rows)
    _, said, _ = command(tmp_path / "seeds", "--warehouse", tmp_path / "w")
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_environment_names_the_warehouse(seeds, tmp_path, monkeypatch):
    """PARCFERME_WAREHOUSE says where to publish, as it says to other commands where to read."""
    monkeypatch.setenv("PARCFERME_WAREHOUSE", str(tmp_path / "elsewhere"))
    code, _, said = command(seeds)
    assert code == 0, said
    assert Warehouse(str(tmp_path / "elsewhere")).current()


def test_errors_of_the_command_have_no_traceback(capsys, tmp_path):
    """The command words an error in two lines: what is wrong, and what to do."""
    with pytest.raises(SystemExit) as end:
        main(["build", "--direct", str(tmp_path / "nothing")])
    said = capsys.readouterr().err.splitlines()
    assert end.value.code == 2
    assert said[0].startswith("error: ")
    assert len(said) == 2


def test_long_builds_say_how_far_they_are(tmp_path, monkeypatch, capsys):
    """Where no terminal is watched, a long build writes plain lines on standard error, a short one none."""
    monkeypatch.setattr(steps, "BATCH_SHEETS", 1)
    with progress.shown():
        build(PROJECT / "seeds", tmp_path / "quick")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    with progress.shown():
        build(PROJECT / "seeds", tmp_path / "slow")
    assert "Read the sheets: 3 of 4 batches ...\n" in capsys.readouterr().err


SHEETS = ["race", "grid", "qualifying", "race-2", "practice"]


# Cars by sheet, the length of the circuit that event.toml states, and whether a person corrects the first race.
_STATES = st.tuples(
    st.dictionaries(st.sampled_from(SHEETS), st.integers(1, 4), min_size=1, max_size=5),
    st.none() | st.integers(4, 5),
    st.booleans(),
)


def lay(root: Path, cars: dict[str, int], km: int | None, corrected: bool) -> None:
    """Lay a root of one event anew: its sheets, its facts and the corrections."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "2001-event").mkdir(parents=True)
    for stem, count in cars.items():
        numbers = range(1, count)
        rows = (f"{n} | {n} | Ann A{n}son / Bob B{n}son | BMW M3 | Team {n} | 1:0{n}.000\n" for n in numbers)
        (root / "2001-event" / f"{stem}.txt").write_text("".join(rows))
    if km is not None:
        (root / "2001-event" / "event.toml").write_text(f"season = 2001\ncircuit_km = {km}\n")
    if corrected and cars.get("race", 0) > 1:
        row = "2001-event/race,1,car_number,1,7,the programme has 7"
        (root / "corrections.csv").write_text(f"sheet,line,column,expect,value,reason\n{row}\n")


@settings(max_examples=4)
@given(states=st.lists(_STATES, min_size=2, max_size=3))
def test_any_history_of_changes_ends_where_full_builds_end(states):
    """However sheets, facts and corrections come, change and go, reading the changes gives the bytes of reading all."""
    with TemporaryDirectory() as place:
        root = Path(place, "seeds")
        for state in states:
            lay(root, *state)
            quick, whole = (build(root, Path(place, name), full=name == "whole") for name in ("quick", "whole"))
            assert quick.snapshot.id == whole.snapshot.id
            assert files(quick.snapshot) == files(whole.snapshot)


def test_a_root_without_a_sheet_is_not_published(seeds, tmp_path, built):
    """When all sheets are gone, as with the disk that they lie on, the build stops and readers keep what they had."""
    warehouse = copied(built, tmp_path / "warehouse")
    before = Warehouse(str(warehouse)).current().id
    for folder in seeds.iterdir():
        shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
    with pytest.raises(UserError, match="There is no sheet below"):
        build(seeds, warehouse)
    assert Warehouse(str(warehouse)).current().id == before


def test_sheets_that_shrank_or_went_are_counted(seeds, tmp_path, built):
    """A build says of how many sheets there are fewer results than in the last snapshot, as when one is gone."""
    warehouse = copied(built, tmp_path / "warehouse")
    remove_an_event(seeds)
    outcome = build(seeds, warehouse)
    said = "0 sheets read, 3 unchanged, 1 with fewer results than before (`parcferme diff` says which)."
    assert report.headline(outcome).endswith(said)
    race = seeds / SPA / "race.txt"
    race.write_text(race.read_text().partition("\n")[2])
    assert build(seeds, warehouse).fewer == 1
    race.write_text(race.read_text() + "\nnote\n")
    assert build(seeds, warehouse).fewer == 0


def test_data_errors_are_told_apart_from_wrong_calls():
    """Exit code 1 is for data, 2 for the call."""
    assert (DataError.exit_code, UserError.exit_code) == (1, 2)
