"""Builds that run by themselves: what the command takes, and what a real server does with it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest

from flows.errors import UserError
from flows.schedule import duration
from flows.server import _die_with, free_port, start_server
from flows.snapshots import Warehouse
from flows.survey import PROJECT
from tests.processes import PATIENCE, about, end, until

PAUSE = 0.5  # between two questions to a server, which has else to do
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
ENVIRONMENT["PYTHONPATH"] = str(PROJECT)


def parcferme(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "flows.cli", *map(str, arguments)]


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", timedelta(seconds=90)), ("10m", timedelta(minutes=10)), ("6 h", timedelta(hours=6)), ("1d", timedelta(1))],
)
def test_lengths_of_time_are_numbers_with_a_unit(text, length):
    """Seconds, minutes, hours and days are understood."""
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", "10", "0s", "4s", "-1m", "ten minutes", "1w", "9999999s"])
def test_other_lengths_of_time_are_refused_with_an_example(text):
    """What is no length of time, or too short to build in, is a wrong call."""
    with pytest.raises(UserError, match="is no interval") as error:
        duration(text)
    assert "--every 10m" in (error.value.remedy or "")


@pytest.mark.parametrize(
    "arguments",
    [[], ["--cron", "0 6 * * 1", "--every", "10m"], ["--cron", "every monday"], ["--every", "soon"]],
    ids=["neither", "both", "no cron line", "no interval"],
)
def test_schedules_that_cannot_be_are_wrong_calls(tmp_path, arguments):
    """A schedule needs exactly one of a cron line and an interval, and each must be one."""
    command = parcferme("schedule", PROJECT / "seeds", "--warehouse", tmp_path / "w", *arguments)
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_port_that_is_taken_is_a_wrong_call(tmp_path):
    """A port on which something listens is named, with what to do."""
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UserError, match="cannot be used") as error:
            start_server(other.getsockname()[1], tmp_path / "log")
    assert "--port" in (error.value.remedy or "")


def test_a_server_does_not_begin_without_the_one_that_starts_it():
    """Who is killed while the server is born leaves none, either."""
    born = subprocess.run([sys.executable, "-c", ""], preexec_fn=partial(_die_with, 0), check=False)
    assert born.returncode == 1


def ask(port: int, what: str) -> list[dict[str, object]]:
    """Ask the server's API for all of something; nothing while it does not answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/{what}/filter", b"{}", {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: list[dict[str, object]] = json.load(answer)
            return found
    except (OSError, HTTPException):
        return []


def said(port: int) -> list[str]:
    """What the finished runs say of themselves, first to last."""
    runs = [run for run in ask(port, "flow_runs") if run["state_type"] == "COMPLETED"]
    return [str(run["state"]["message"]) for run in sorted(runs, key=lambda run: str(run["start_time"]))]  # type: ignore[index]


@contextmanager
def schedule(seeds: Path, warehouse: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = parcferme("schedule", seeds, "--warehouse", warehouse, "--every", "5s", "--port", port)
    with (warehouse.parent / "log").open("ab") as log:
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def states(port: int, name: str) -> list[dict[str, object]]:
    """The states of that name that runs are in now."""
    return [run["state"] for run in ask(port, "flow_runs") if run["state_name"] == name]  # type: ignore[misc]


@pytest.mark.timeout(900)
def test_schedule_survives_whatever_befalls_it(seeds, tmp_path):
    """Killed in the middle of a run, the next start takes up from there; stopped in another, it ends that soon.

    Before, runs fire by themselves: the first publishes, the next finds nothing new.
    """
    warehouse, port = tmp_path / "warehouse", free_port()
    with schedule(seeds, warehouse, port) as process:
        until(lambda: len(said(port)) >= 2, PAUSE)
        assert "4 sheets read" in said(port)[0]
        assert said(port)[1].startswith("Nothing changed")
        deployment = ask(port, "deployments")[0]
        assert "Runs never overlap: one that finds another waits" in str(deployment["description"])
        deploy(port)
        with Warehouse(str(warehouse)).lock(PATIENCE):
            shutil.copytree(seeds / "1997-spa-24-hours", seeds / "more" / "1997")
            until(lambda: states(port, "Running"), PAUSE)
            end(lambda: about(tmp_path))
        assert process.wait(PATIENCE) == -signal.SIGKILL
    assert sheets(warehouse) == 4
    with schedule(seeds, warehouse, port) as process:
        until(lambda: any("1 sheet read, 4 unchanged" in message for message in said(port)), PAUSE)
        assert "killed in the middle" in str(states(port, "Crashed"))
        with Warehouse(str(warehouse)).lock(PATIENCE):
            until(lambda: states(port, "Running"), PAUSE)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
            until(lambda: not about(tmp_path), PAUSE)
    with closing(sqlite3.connect(warehouse / ".prefect" / "prefect.db")) as records:
        left = dict(records.execute("SELECT state_type, max(state_name) FROM flow_run GROUP BY 1").fetchall())
        ends = records.execute("SELECT message FROM flow_run_state WHERE type = 'CRASHED'").fetchall()
    assert not {"PENDING", "RUNNING", "CANCELLING"} & left.keys()
    assert "termination signal" in str(ends)
    assert sheets(warehouse) == 5
    assert "Traceback" not in (tmp_path / "log").read_text()


def sheets(warehouse: Path) -> int:
    """How many sheets readers are shown."""
    count: int = Warehouse(str(warehouse)).named("current").manifest["tables"]["sheets"]["rows"]
    return count


def deploy(port: int) -> None:
    """The deployments of prefect.yaml are taken by a server, with parameters that its form describes."""
    environment = ENVIRONMENT | {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    for words in (["work-pool", "create", "parcferme", "--type", "process"], ["--no-prompt", "deploy", "--all"]):
        command = [sys.executable, "-m", "prefect", *words]
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    deployments = {str(found["name"]): found for found in ask(port, "deployments")}
    assert {"parcferme", "weekly", "full"} <= deployments.keys()
    form = deployments["weekly"]["parameter_openapi_schema"]["properties"]  # type: ignore[index]
    assert all(field.get("description") for field in form.values())
