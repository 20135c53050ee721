"""The flow on a real Prefect server, of its own or started for a cluster."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyarrow import fs

from flows import steps
from flows.snapshots import Warehouse
from flows.steps import Direct
from flows.survey import PROJECT
from flows.verify import verify
from tests import lost_worker
from tests.processes import PATIENCE, about, end, until
from transforms.schema import TABLES


@dataclass(frozen=True)
class Place:
    """Seeds and the warehouse that the flow has built from them."""

    seeds: Path
    warehouse: Path
    said: str

    def asked(self, query: str) -> list[tuple[object, ...]]:
        """Ask the server's database, which the flow left in the warehouse."""
        with closing(sqlite3.connect(self.warehouse / ".prefect" / "prefect.db")) as connection:
            return connection.execute(query).fetchall()


def environment_of_a_user(**more: str) -> dict[str, str]:
    """What a user has set who has no settings for Prefect."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return environment | {"PYTHONPATH": str(PROJECT)} | more


def parcferme(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """Call the command as a user without any Prefect settings does."""
    command, environment = [sys.executable, "-m", "flows.cli", *map(str, arguments)], environment_of_a_user(**settings)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The seeds, built by the flow on a server of its own, with nothing at home yet."""
    folder = tmp_path_factory.mktemp("flow")
    shutil.copytree(PROJECT / "seeds", folder / "seeds")
    done = parcferme("build", folder / "seeds", "--warehouse", folder / "warehouse")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return Place(folder / "seeds", folder / "warehouse", done.stdout)


def files(warehouse: Path) -> dict[str, bytes]:
    return {name: (warehouse / "parquet" / f"{name}.parquet").read_bytes() for name in TABLES}


def test_flow_publishes_the_bytes_of_a_direct_build(place, tmp_path):
    """With Prefect and without, the same seeds give the same bytes."""
    steps.build(str(place.seeds), Warehouse(str(tmp_path / "direct")), Direct())
    assert files(place.warehouse) == files(tmp_path / "direct")


def test_flow_reads_by_workers_with_a_task_for_each_batch(place, tmp_path):
    """Several batches are read by processes of this machine, each seen as a task, with the same bytes.

    A proxy that the user has set is not asked for what is on this machine.
    """
    warehouse = tmp_path / "warehouse"
    shutil.copytree(place.warehouse / ".prefect", warehouse / ".prefect")
    build = "import sys; from flows import cli, steps; steps.BATCH_SHEETS = 1; cli.main(['build', *sys.argv[1:]])"
    options = [str(place.seeds), "--warehouse", str(warehouse), "--workers", "2"]
    command = [sys.executable, "-c", build, *options]
    environment = environment_of_a_user(http_proxy="http://127.0.0.1:9", no_proxy="", NO_PROXY="")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert files(warehouse) == files(place.warehouse)
    here = Place(place.seeds, warehouse, done.stdout)
    ((tasks,),) = here.asked(
        "SELECT max(count) FROM (SELECT count(*) AS count FROM task_run WHERE name LIKE 'Read%' GROUP BY flow_run_id)"
    )
    assert tasks == 4


def test_output_is_the_summary_alone(place):
    """The terminal shows the summary, not Prefect's log."""
    assert place.said.startswith("Snapshot ")
    assert "427" in place.said
    assert "prefect" not in place.said.lower()


def test_run_is_named_after_its_snapshot_and_has_few_tasks(place):
    """In the UI the run bears the snapshot's id, says what it did, and has one task per step."""
    from flows.build import TASKS

    current = Warehouse(str(place.warehouse)).current()
    assert current is not None
    states = place.asked(
        "SELECT flow_run.name, state.name, state.message FROM flow_run"
        " JOIN flow_run_state AS state ON state.id = flow_run.state_id ORDER BY flow_run.start_time"
    )
    assert states[0] == (current.id, "Completed", f"Snapshot {current.id}: 4 sheets read.")
    tasks = place.asked("SELECT name FROM task_run")
    assert {str(name).rpartition("-")[0] for (name,) in tasks} == {task.name for task in TASKS.values()}


def test_findings_lead_to_their_sheets_and_lines(place):
    """An artifact holds the summary, another the findings, each of which leads to its line on its sheet's own page."""
    pages = {key or id_: json.loads(str(data)) for id_, key, data in place.asked("SELECT id, key, data FROM artifact")}
    assert "| driver rows | 427 |" in pages["parcferme-summary"]
    found = re.search(r"/race \| \[44\]\(/artifacts/artifact/([0-9a-f-]{36})\)", pages["parcferme-findings"])
    assert found
    assert re.search(r"^>    44  .*6th", pages[found[1]], re.MULTILINE)


def test_nothing_new_is_said_without_a_server(place):
    """A second build by the command says that nothing changed, and does not wait for a server to tell it."""
    runs = place.asked("SELECT count(*) FROM flow_run")
    done = parcferme("build", place.seeds, "--warehouse", place.warehouse)
    assert done.returncode == 0
    assert done.stdout.startswith("Nothing changed since snapshot")
    assert place.asked("SELECT count(*) FROM flow_run") == runs


def test_failed_run_says_why_and_what_to_do(place):
    """A build that data stops exits with 1 and two lines, and its run holds the reason in state and artifact."""
    (place.seeds / "corrections.csv").write_text("sheet,line,column,expect,value,reason\nnone,1,position,a,b,why\n")
    try:
        done = parcferme("build", place.seeds, "--warehouse", place.warehouse)
    finally:
        (place.seeds / "corrections.csv").unlink()
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if not line.endswith(" ...")]
    assert said[0] == "error: corrections.csv line 2: there is no sheet `none`."
    assert len(said) == 2
    ((reason,),) = place.asked("SELECT data FROM artifact WHERE key = 'parcferme-failure'")
    assert "there is no sheet" in str(reason)
    ((state,),) = place.asked("SELECT message FROM flow_run_state WHERE name = 'Failed'")
    assert "there is no sheet `none`" in str(state)


def test_disk_that_refuses_is_asked_again_before_the_run_fails(place, tmp_path):
    """A step that the disk refuses runs three times; then state and artifact hold the reason, and nothing is left."""
    warehouse, way = tmp_path / "warehouse", tmp_path / "a file in the way"
    shutil.copytree(place.warehouse / ".prefect", warehouse / ".prefect")
    way.touch()
    flow = "import sys; from flows.build import build; build(*sys.argv[1:3], staging=sys.argv[3])"
    command = [sys.executable, "-c", flow, *map(str, (place.seeds, warehouse, way))]
    home = environment_of_a_user(PREFECT_HOME=str(warehouse / ".prefect"))
    done = subprocess.run(command, env=home, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    here = Place(place.seeds, warehouse, done.stderr)
    # What is printed counts: a server that ends with its run may not have kept every state of a task.
    assert re.findall(r"Task run 'Read the sheets.*Retry (\d)/2 will start", done.stderr) == ["1", "2"]
    for reason in ("message FROM flow_run_state WHERE name = 'Failed'", "data FROM artifact"):
        assert "Not a directory" in str(here.asked(f"SELECT {reason}"))
    assert Warehouse(str(warehouse)).current() is None
    assert not list((warehouse / ".staging").iterdir())


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_however_a_build_ends_its_server_ends_with_it(place, tmp_path, sent, code):
    """Told to stop, or killed, a build leaves no process, nor anything of what it staged to those who come next."""
    warehouse = tmp_path / "warehouse"
    command = [sys.executable, "-m", "flows.cli", "build", str(place.seeds), "--warehouse", str(warehouse)]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, env=environment_of_a_user(), stdout=said, stderr=said)
    try:
        until(lambda: len(about(tmp_path)) >= 2)
        process.send_signal(sent)
        assert process.wait(PATIENCE) == code
        until(lambda: not about(tmp_path))
    finally:
        end(lambda: about(tmp_path))
        process.wait()
    assert (tmp_path / "said").read_text() == ""
    assert not list((warehouse / ".staging").iterdir())


def test_dask_workers_give_the_same_bytes_though_one_is_lost(place, tmp_path):
    """A worker killed in the middle of a batch is replaced, and the cluster gives the bytes of a local run."""
    warehouse, lost = tmp_path / "warehouse", tmp_path / "lost"
    shutil.copytree(place.warehouse / ".prefect", warehouse / ".prefect")
    options = ["--warehouse", warehouse, "--runner", "dask"]
    done = parcferme("build", place.seeds, *options, **lost_worker.ENVIRONMENT, LOST_WORKER=str(lost))
    assert done.returncode == 0, done.stderr
    assert lost.read_text().startswith(str(warehouse / ".staging"))
    assert files(warehouse) == files(place.warehouse)
    assert not list((warehouse / ".staging").iterdir())


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own that knows nothing of the build."""
    written, lost = tmp_path / "scheduler.json", tmp_path / "lost"
    environment = environment_of_a_user(**lost_worker.ENVIRONMENT, LOST_WORKER=str(lost))
    command = [sys.executable, "-m", "distributed.cli.dask_{}", "--scheduler-file", str(written), "--no-dashboard"]
    with ExitStack() as running:
        for who, options in (("scheduler", ["--port", "0"]), ("worker", ["--nworkers", "2", "--nthreads", "1"])):
            words = [word.format(who) for word in command] + ["--host", "127.0.0.1", *options]
            with (tmp_path / who).open("wb") as log:
                process = subprocess.Popen(words, env=environment, cwd=tmp_path, stdout=log, stderr=log)
            running.callback(ended, process)
        until(lambda: written.exists() and written.read_text().endswith("}"))  # it is written after it is there
        yield json.loads(written.read_text())["address"]


def ended(process: subprocess.Popen[bytes]) -> None:
    """Tell a process to end, and kill it if it does not."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(60)
    process.kill()
    process.wait()


def test_scheduler_elsewhere_stages_in_the_store_of_the_warehouse(place, tmp_path, bucket, scheduler):
    """With an address and a warehouse in a store, batches pass through that store alone, and nothing stays of them."""
    home = tmp_path / f"parcferme-{os.getuid()}"
    home.mkdir(mode=0o700)
    shutil.copytree(place.warehouse / ".prefect", home / ".prefect")
    warehouse = f"{bucket}/warehouse"
    options = ["--warehouse", warehouse, "--runner", "dask", "--scheduler", scheduler]
    done = parcferme("build", place.seeds, *options, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "lost").read_text().startswith("cars/warehouse/.parcferme-")
    store, top = fs.FileSystem.from_uri(warehouse)
    current = Warehouse(warehouse).named("current")
    assert current.manifest == Warehouse(str(place.warehouse)).named("current").manifest
    assert verify(current) == []
    assert not [info for info in store.get_file_info(fs.FileSelector(top)) if ".parcferme" in info.path]


def test_scheduler_on_another_machine_needs_a_server_that_it_can_reach(place, tmp_path):
    """Workers elsewhere cannot tell a server on this machine's loopback how far they are: the call says what to set."""
    options = ["--warehouse", tmp_path / "w", "--runner", "dask", "--scheduler", "tcp://192.0.2.1:8786"]
    done = parcferme("build", place.seeds, *options)
    assert done.returncode == 2
    assert "PREFECT_API_URL" in done.stderr


@pytest.mark.parametrize("command", [("build", "--full"), ("schedule", "--every", "10s")])
@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api", "nonsense"])
def test_a_server_that_does_not_answer_is_a_clear_error(command, address, tmp_path):
    """Where nothing answers at PREFECT_API_URL, the call says so and what to do, before anything is read."""
    name, *options = command
    done = parcferme(name, PROJECT / "seeds", "--warehouse", tmp_path / "w", *options, PREFECT_API_URL=address)
    assert done.returncode == 2
    assert f"No Prefect server answers at {address}" in done.stderr
    assert "unset PREFECT_API_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "w").exists()
