"""Snapshots: named by content, never changed, put right where damaged, and kept as long as someone may read them."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from flows.cli import parcferme
from flows.database import open_database
from flows.history import outdated
from flows.manifest import is_sealed, sealed, snapshot_id
from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from tests.loads import files, load

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
NOW = datetime(2026, 1, 31, tzinfo=UTC)


@given(st.dictionaries(st.text(), JSON))
def test_id_ignores_order(inputs):
    """The same inputs have the same id, in whatever order they are named."""
    assert snapshot_id(inputs) == snapshot_id(dict(reversed(inputs.items())))


@given(st.dictionaries(st.text().filter(lambda key: key != "sha256"), JSON), st.data())
def test_a_changed_manifest_shows(content, data):
    """A manifest is sealed, now and when manifests were indented, and any byte that changes breaks the seal."""
    line = json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    before = {**content, "sha256": hashlib.sha256(line.encode()).hexdigest()}
    for text in (sealed(content), (json.dumps(before, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()):
        assert is_sealed(text)
        place = data.draw(st.integers(0, len(text) - 1))
        assert not is_sealed(text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :])


def test_publish_shows(tmp_path):
    """A published snapshot is the current one, and its tables come back as they were given."""
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    tables = load(1)
    snapshot = warehouse.publish({"sheets": "1"}, tables)
    assert warehouse.current() == snapshot
    assert snapshot.id == snapshot_id({"sheets": "1"})
    assert snapshot.table("results").equals(tables["results"])
    assert snapshot.manifest["tables"]["results"]["rows"] == 6


def test_what_is_held_is_let_go_while_others_ask_for_more(tmp_path, monkeypatch):
    """One thread may let go of the tables of a snapshot while another opens one of them."""
    snapshot = Warehouse(str(tmp_path)).publish({"load": 1}, load(1))
    snapshot.parts("results")
    monkeypatch.setattr("flows.stored.Stored.let_go", lambda _: snapshot.parts("lines"))
    snapshot.let_go()
    assert snapshot.parts("lines").count == 6


def cut(path: Path) -> None:
    """Take the last byte from a file."""
    path.write_bytes(path.read_bytes()[:-1])


def test_again_is_the_same(tmp_path):
    """Publishing the same again leaves every file of the snapshot as it is, and no second entry in the history."""
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    snapshot = warehouse.publish({"load": 1}, load(1))
    before = {path: path.stat().st_mtime_ns for path in Path(snapshot.path).iterdir()}
    assert warehouse.publish({"load": 1}, load(1)) == snapshot
    assert {path: path.stat().st_mtime_ns for path in Path(snapshot.path).iterdir()} == before
    assert len((tmp_path / "warehouse/history.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "damage"), [("results.parquet", cut), ("lines.parquet", Path.unlink), ("manifest.json", cut)]
)
def test_repair(name, damage, tmp_path):
    """A snapshot with a missing or damaged file is put right by publishing it again; so are results.db and the link."""
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    snapshot = warehouse.publish({"load": 1}, load(1))
    sound = files(snapshot.path)
    damage(Path(snapshot.path) / name)
    (tmp_path / "warehouse/results.db").write_bytes(b"no database")
    (tmp_path / "warehouse/parquet").unlink()
    warehouse.publish({"load": 1}, load(1))
    assert files(snapshot.path) == sound
    assert warehouse.current() == snapshot
    with open_database(tmp_path / "warehouse/results.db") as connection:
        assert connection.table("results").count("*").fetchone() == (6,)


@pytest.mark.usefixtures("no_database")
def test_sound_snapshot_never_changes(tmp_path):
    """Should the same inputs lead to other tables, they become a snapshot of their own."""
    warehouse = Warehouse(str(tmp_path))
    first = warehouse.publish({"load": 1}, load(1))
    before = files(first.path)
    second = warehouse.publish({"load": 1}, load(2))
    assert first.id != second.id
    assert files(first.path) == before
    assert warehouse.publish({"load": 1}, load(2)) == second


def hours_ago(*hours: int) -> dict[str, datetime]:
    """Kept snapshots, named by letters, published so many hours ago, newest first."""
    return {letter: NOW - timedelta(hours=each) for letter, each in zip("abcdef", hours, strict=False)}


@pytest.mark.parametrize(
    ("kept", "current", "expected"),
    [
        (hours_ago(1000, 2000, 3000), "a", []),
        (hours_ago(1000, 2000, 3000, 4000, 5000), "a", ["d", "e"]),
        (hours_ago(1, 2, 3, 4, 5), "a", []),
        (hours_ago(1, 2, 3, 1000, 2000), "a", ["e"]),
        (hours_ago(1000, 2000, 3000, 4000), "d", []),
    ],
)
def test_outdated(kept, current, expected):
    """Kept are the last three, what readers were shown within 48 hours, and the current one."""
    assert outdated(kept, current, NOW) == expected


@pytest.mark.usefixtures("no_database")
def test_collection(tmp_path):
    """A publication removes what is outdated, and nothing else."""
    warehouse = Warehouse(str(tmp_path))
    ids = [warehouse.publish({"load": each}, {}).id for each in range(5)]
    history = tmp_path / "history.jsonl"
    history.write_text(re.sub(r'"20\d\d-', '"2001-', history.read_text()))
    last = warehouse.publish({"load": 5}, {})
    assert [snapshot.id for snapshot in warehouse.snapshots()] == [last.id, *ids[:2:-1]]
    assert warehouse.find(ids[0]) is None
    assert not Snapshot(ids[0], warehouse.storage).complete


@pytest.mark.usefixtures("no_database")
def test_history_with_a_torn_line(tmp_path):
    """A line of the history that cannot be read is passed over; a lost history costs no snapshot."""
    warehouse = Warehouse(str(tmp_path))
    ids = [warehouse.publish({"load": each}, {}).id for each in range(4)]
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"snapshot": "half\n')
    assert [snapshot.id for snapshot in warehouse.snapshots()] == ids[::-1]
    (tmp_path / "history.jsonl").unlink()
    with warehouse.lock():
        assert {snapshot.id for snapshot in warehouse.snapshots()} == set(ids)
        assert warehouse.current() == Snapshot(ids[-1], warehouse.storage)


@pytest.mark.parametrize("name", ["drivers.parquet", "manifest.json", ".mentions.arrow"])
def test_full_build_writes_again(name, tmp_path, seeds):
    """Whatever file of the current snapshot is damaged, `build --full` writes it again as it was."""
    warehouse = tmp_path / "warehouse"

    def build(*options: str) -> object:
        return CliRunner().invoke(parcferme, ["build", str(seeds), "--direct", "--warehouse", str(warehouse), *options])

    build()
    sound = files(warehouse / "snapshots")
    damaged = bytearray((warehouse / "parquet" / name).read_bytes())
    damaged[len(damaged) // 4] ^= 1
    (warehouse / "parquet" / name).write_bytes(damaged)
    build("--full")
    assert files(warehouse / "snapshots") == sound
