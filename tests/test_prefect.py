"""The flow on a real Prefect server, embedded or started for a cluster."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows import steps
from flows.snapshots import Warehouse
from flows.steps import PROJECT, Direct
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


def parcferme(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Call the command as a user without any Prefect settings does."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["PYTHONPATH"] = str(PROJECT)
    command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The seeds, built by the flow on an embedded server."""
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


def test_artifacts_hold_summary_and_findings(place):
    """A Markdown artifact holds the summary, a table artifact the findings with their sheets and lines."""
    artifacts = dict(place.asked("SELECT key, data FROM artifact WHERE key IS NOT NULL"))
    assert "| driver rows | 427 |" in json.loads(str(artifacts["parcferme-summary"]))
    rows = json.loads(json.loads(str(artifacts["parcferme-findings"])))
    assert {"check", "sheet_id", "line", "message"} <= rows[0].keys()


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
    assert "there is no sheet `none`" in str(reason)
    ((state,),) = place.asked("SELECT message FROM flow_run_state WHERE name = 'Failed'")
    assert "there is no sheet `none`" in str(state)


def test_dask_workers_give_the_same_bytes(place, tmp_path):
    """Batches read on a Dask cluster give the bytes that this process gives."""
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    shutil.copytree(place.warehouse / ".prefect", warehouse / ".prefect")
    done = parcferme("build", place.seeds, "--warehouse", warehouse, "--runner", "dask")
    assert done.returncode == 0, done.stderr
    assert files(warehouse) == files(place.warehouse)
