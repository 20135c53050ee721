"""`parcferme diff`, `history` and `rollback`: what changed, what is kept, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner

from flows.cli import parcferme
from flows.diff import Change, FindingChange, Loss, Redirect, diff
from flows.errors import DataError, UserError
from flows.snapshots import Warehouse
from flows.verify import verify
from tests.loads import load
from transforms.schema import SCHEMA_VERSION, TABLES

pytestmark = pytest.mark.usefixtures("no_database")

DOUBT = {"check": "gap", "severity": "note", "sheet_id": "event-00000/race", "line": 2, "message": "hm \x1b[31m"}


@pytest.fixture
def warehouse(tmp_path) -> Warehouse:
    """Two snapshots: in the second an event is gone, a car disqualified, an id redirected, a finding new."""
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    warehouse.publish({"load": 1}, load(1, events=3))
    tables = load(1, events=2)
    results = tables["results"]
    place = results.column_names.index("status")
    status = pc.if_else(pc.equal(results["result_id"], "event-00001/race:2"), "disqualified", results["status"])
    tables["results"] = results.set_column(place, "status", status)
    tables["driver_redirects"] = pa.table({"old_id": ["d-1"], "driver_id": ["driver-1-1"], "since": ["line 3"]})
    tables["findings"] = pa.Table.from_pylist([DOUBT])
    warehouse.publish({"load": 2}, tables)
    return warehouse


def run(warehouse: Warehouse, *arguments: str) -> tuple[int, str]:
    """Exit code and output of a command that went well or said that the data has errors."""
    done = CliRunner().invoke(parcferme, [*arguments, "--warehouse", warehouse.url])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_diff(warehouse):
    """Rows are counted by table and event; redirects, findings and lost coverage are listed."""
    found = diff(warehouse.named("previous"), warehouse.named("current"))
    assert found.changes == [
        Change("events", "event-00002", 0, 1, 0),
        Change("sheets", "event-00002", 0, 1, 0),
        Change("lines", "event-00002", 0, 3, 0),
        Change("results", "event-00001", 0, 0, 1),
        Change("results", "event-00002", 0, 3, 0),
        Change("driver_results", "event-00002", 0, 6, 0),
        Change("driver_links", "event-00002", 0, 6, 0),
        Change("driver_redirects", None, 1, 0, 0),
    ]
    assert found.redirects == [Redirect("d-1", "driver-1-1", "line 3")]
    assert found.findings == [FindingChange(True, *DOUBT.values())]
    assert found.losses == [Loss("event-00002/race", 3, 0, True)]


def test_diff_of_one(warehouse):
    """A snapshot does not differ from itself."""
    assert run(warehouse, "diff", "current", "current")[1].endswith("nothing changed\n")


def test_diff_command(warehouse):
    """Lost coverage comes first and can fail the command; no control character of a sheet reaches the terminal."""
    code, output = run(warehouse, "diff", "--fail-on-loss")
    assert code == 1
    assert "COVERAGE SHRANK: results fewer by 3" in output.splitlines()[2]
    assert "\x1b" not in output
    code, output = run(warehouse, "diff", "current", "previous", "--fail-on-loss", "--json")
    assert code == 0
    assert json.loads(output)["changes"][0] == Change("events", "event-00002", 1, 0, 0)._asdict()


def test_rollback(warehouse):
    """Readers are pointed back to a kept snapshot, and forth again by its id."""
    first, second = warehouse.named("previous"), warehouse.named("current")
    assert "again" in run(warehouse, "rollback")[1]
    assert (warehouse.current(), warehouse.named("previous")) == (first, second)
    assert "already" in run(warehouse, "rollback", first.id)[1]
    warehouse.publish({"load": 2}, {name: second.table(name) for name in second.manifest["tables"]})
    assert warehouse.current() == second
    history = json.loads(run(warehouse, "history", "--json")[1])
    assert [(entry["snapshot"], entry["state"]) for entry in history] == [(second.id, "current"), (first.id, "kept")]
    assert second.id in run(warehouse, "history", "--all")[1]


def test_rollback_refuses_damage(warehouse):
    """A damaged snapshot is not shown to readers."""
    path = Path(warehouse.named("previous").path) / "lines.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    done = CliRunner().invoke(parcferme, ["rollback", "--warehouse", warehouse.url])
    assert isinstance(done.exception, DataError)
    assert "lines.parquet" in str(done.exception)


def test_diff_of_damage(warehouse):
    """A damaged file is named, with the command that says more."""
    path = Path(warehouse.named("previous").path) / "lines.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    done = CliRunner().invoke(parcferme, ["diff", "--warehouse", warehouse.url])
    assert isinstance(done.exception, DataError)
    assert "parcferme verify" in str(done.exception.remedy)


def test_what_helps_is_about_the_warehouse_of_the_call(warehouse, monkeypatch):
    """A command that a message names has the --warehouse of the call; the variable of the shell holds without."""
    remedies = []
    for place in (["--warehouse", "a b"], []):
        monkeypatch.setenv("PARCFERME_WAREHOUSE", "a b")
        done = CliRunner().invoke(parcferme, ["status", *place])
        assert isinstance(done.exception, UserError)
        remedies.append(str(done.exception.remedy).partition(" makes")[0])
    assert remedies == ["`parcferme build --warehouse 'a b'`", "`parcferme build`"]
    assert f"The next `parcferme build --warehouse {warehouse.url}`" in run(warehouse, "rollback")[1]


@pytest.mark.parametrize("width", [30, 60, 76, 78, 120])
def test_history_on_a_narrow_terminal(warehouse, width, monkeypatch):
    """Where its columns do not fit side by side, each snapshot has its counts below it, and none is cut."""
    monkeypatch.setenv("COLUMNS", str(width))
    (Path(warehouse.named("previous").path) / "manifest.json").write_text("no")
    out = run(warehouse, "history")[1]
    assert "…" not in out
    words = [line.split() for line in out.splitlines()]
    drivers = str(warehouse.named("current").table("drivers").num_rows)
    assert any(drivers in line for line in words)
    assert any("damaged" in line for line in words)
    assert sum("findings" in line for line in words) == 1


def test_other_schema(warehouse, monkeypatch):
    """A snapshot of another schema is sound, but not shown: the views do not know it; a new build passes it by."""
    old = warehouse.named("previous")
    for place in ("flows.load.SCHEMA_VERSION", "transforms.schema.SCHEMA_VERSION"):
        monkeypatch.setattr(place, 99)
    monkeypatch.setitem(TABLES, "more", replace(TABLES["drivers"], name="more"))
    assert verify(old) == []
    with pytest.raises(UserError, match=f"has schema version {SCHEMA_VERSION}, this program 99"):
        warehouse.show(old)
    (Path(warehouse.url) / "results.db").unlink()
    assert warehouse.publish({"load": 3}, load(3)) == warehouse.current()


def test_unknown(warehouse, tmp_path):
    """An id that is not there is answered with those that are; an empty warehouse with the command that fills it."""
    with pytest.raises(UserError, match="no snapshot zz") as error:
        warehouse.named("zz")
    assert warehouse.named("current").id in str(error.value.remedy)
    with pytest.raises(UserError, match="no snapshot"):
        Warehouse(str(tmp_path / "nothing")).named("current")
    assert "parcferme build" in run(Warehouse(str(tmp_path / "nothing")), "history")[1]
