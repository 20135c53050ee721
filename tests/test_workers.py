"""Several processes read for one build: with the same bytes and errors, and never one of them left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from flows import steps, workers
from flows.errors import DataError, UserError
from flows.snapshots import Warehouse
from flows.steps import Direct
from flows.survey import PROJECT, survey
from flows.workers import Workers, cores
from tests.bench.build import write_archive
from tests.processes import PATIENCE, of_session, until
from transforms.schema import TABLES

# A build by two workers, each of which begins to stage what it read and never ends.
BUILD = """
import sys
from flows import steps
from flows.cli import main
from tests.test_workers import reads_for_ever
steps.BATCH_SHEETS = 1
steps.NAMES[reads_for_ever] = "Read the sheets"
steps.read_batch = reads_for_ever
main(["build", "--direct", "--workers", "2", *sys.argv[1:]])
"""


def files(warehouse: Path) -> dict[str, bytes]:
    return {name: (warehouse / "parquet" / f"{name}.parquet").read_bytes() for name in TABLES}


@pytest.mark.parametrize("count", [2, 3])
def test_any_number_of_workers_gives_the_same_bytes(tmp_path, seeds, monkeypatch, count):
    """However many processes read, the same bytes are published."""
    list(write_archive(seeds / "more", 40))
    monkeypatch.setattr(steps, "BATCH_SHEETS", 4)
    for name, runner in (("alone", Direct()), ("together", Direct(count))):
        steps.build(str(seeds), Warehouse(str(tmp_path / name)), runner)
    assert files(tmp_path / "alone") == files(tmp_path / "together")


def test_little_to_read_is_read_by_the_build_itself(tmp_path, seeds, monkeypatch):
    """Where there is but one batch, no process is started that would take longer to start than to read it."""
    monkeypatch.delattr(workers, "Workers")
    assert steps.build(str(seeds), Warehouse(str(tmp_path / "warehouse")), Direct(4)).fresh == 4


@pytest.mark.parametrize(("most", "ready"), [(4_000, True), (1 << 20, False)])
def test_workers_get_ready_while_files_are_looked_at(tmp_path, seeds, monkeypatch, most, ready):
    """What workers need is loaded as soon as it is known that there is more than one batch to read, and not else."""
    told = []
    monkeypatch.setattr(steps, "BATCH_BYTES", most)
    monkeypatch.setattr(workers, "get_ready", lambda: told.append("ready"))
    runner = Direct(2)
    survey(str(seeds), None, False, runner.expect)
    assert told == ["ready"] * ready


def fails(kind: str) -> None:
    try:
        raise PermissionError(kind)
    except OSError as cause:
        raise {"data": DataError, "user": UserError}[kind](f"It is the {kind}.", "Mend it.") from cause


@pytest.mark.parametrize(("kind", "type_"), [("data", DataError), ("user", UserError)])
def test_errors_come_as_they_were_raised(kind, type_):
    """What a user can mend is said in the same words, with remedy and cause, wherever it was found."""
    with Workers(2) as pool, pytest.raises(UserError) as told:
        list(pool.each(fails, [(kind,)]))
    assert type(told.value) is type_
    assert (str(told.value), told.value.remedy) == (f"It is the {kind}.", "Mend it.")
    assert isinstance(told.value.__cause__, PermissionError)


def test_a_file_that_changes_meanwhile_stops_the_build(tmp_path, seeds, monkeypatch):
    """A sheet that is no longer what it was when it was listed stops a build of several processes as any other."""
    survey = steps.survey

    def and_change(*arguments):
        plan = survey(*arguments)
        (seeds / "1997-spa-24-hours" / "race.txt").write_text("changed")
        return plan

    monkeypatch.setattr(steps, "BATCH_SHEETS", 1)
    monkeypatch.setattr(steps, "survey", and_change)
    monkeypatch.setattr(steps, "NAMES", {**steps.NAMES, and_change: "Find what changed"})
    warehouse = tmp_path / "warehouse"
    with pytest.raises(DataError, match=r"race\.txt changed while it was being read"):
        steps.build(str(seeds), Warehouse(str(warehouse)), Direct(2))
    assert not list((warehouse / ".staging").iterdir())


def dies_once(mark: str, value: int) -> int:
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        return value
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_what_a_lost_worker_left_undone_is_done(tmp_path):
    """A worker that is killed, as for want of memory, costs time and no result."""
    with Workers(2) as pool:
        assert list(pool.each(dies_once, [(str(tmp_path / "dead"), value) for value in range(8)])) == list(range(8))


def test_workers_may_be_lost_while_others_start(tmp_path):
    """However early a worker is lost, nobody waits for what it held: ten times, within seconds."""
    for turn in range(10):
        with Workers(3) as pool:
            calls = [(str(tmp_path / f"{turn}-{value // 2}"), value) for value in range(6)]
            assert list(pool.each(dies_once, calls)) == list(range(6))


def dies_elsewhere(process: int, value: int) -> int:
    if os.getpid() != process:
        os.kill(os.getpid(), signal.SIGKILL)
    return value


def test_a_build_ends_though_every_worker_is_lost():
    """What no worker survives, the build does itself."""
    with Workers(2) as pool:
        assert list(pool.each(dies_elsewhere, [(os.getpid(), value) for value in range(8)])) == list(range(8))


def turns(mark: str, turn: int) -> int:
    """Whoever takes the first turn dies at the second."""
    process = Path(mark)
    if turn == 0:
        process.write_text(str(os.getpid()))
    elif process.exists() and process.read_text() == str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    return turn


def test_the_process_that_workers_are_forked_from_may_be_lost(tmp_path):
    """Where it is killed as well, workers at work go on, and the next ones come from another."""
    with Workers(1) as pool:
        found = pool.each(turns, [(str(tmp_path / "first"), turn) for turn in range(3)])
        assert next(found) == 0
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
        assert list(found) == [1, 2]
    with Workers(1) as pool:
        assert list(pool.each(turns, [(str(tmp_path / "second"), 0)])) == [0]


def is_deaf() -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_ctrl_c_is_for_the_build_alone():
    """Neither workers nor what they are forked from hear Ctrl-C, from their first instruction on; the build does."""
    with Workers(2) as pool:
        assert list(pool.each(is_deaf, [()] * 4)) == [True] * 4
    assert not is_deaf()


def divides(value: float) -> float:
    return 1 / value


def test_an_error_that_nobody_foresaw_says_where_it_was():
    """A fault in a worker comes with the line at which it was raised there."""
    with Workers(2) as pool, pytest.raises(ZeroDivisionError) as told:
        list(pool.each(divides, [(1.0,), (0.0,)]))
    assert "return 1 / value" in told.value.__notes__[0]


def reads_for_ever(location: str, batch: object, staging: str, name: str) -> None:
    Path(staging).mkdir(parents=True, exist_ok=True)
    Path(staging, name).touch()
    signal.pause()


@pytest.fixture
def reading(seeds, tmp_path) -> Iterator[subprocess.Popen[str]]:
    """A build of its own session, in the middle of its reading."""
    command = [sys.executable, "-c", BUILD, str(seeds), "--warehouse", str(tmp_path / "warehouse")]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            until(lambda: len(list(tmp_path.glob("warehouse/.staging/batches/*"))) == 2)
            assert len(of_session(process.pid)) >= 4  # with the one from which both are forked
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 1)])
def test_told_to_stop_it_leaves_nothing(reading, tmp_path, sent, code):
    """SIGTERM to the build, or Ctrl-C to all of its processes, ends them within seconds, without a trace or a word."""
    (os.killpg if sent == signal.SIGINT else os.kill)(reading.pid, sent)
    assert reading.wait(PATIENCE) == code
    until(lambda: not of_session(reading.pid))
    assert not list((tmp_path / "warehouse" / ".staging").iterdir())
    assert reading.stderr.read().strip() in ("", "Aborted!")


def test_killed_it_leaves_no_worker(reading):
    """A build that is killed takes its workers with it."""
    reading.kill()
    until(lambda: not of_session(reading.pid))


@pytest.mark.parametrize(("quota", "most"), [("max 100000", 64), ("150000 100000", 2), ("5000 100000", 1), ("?", 64)])
def test_cores_are_those_that_may_be_used(tmp_path, monkeypatch, quota, most):
    """The quota of a container bounds the workers as the affinity does."""
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(workers, "_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(64))
    assert cores() == most
