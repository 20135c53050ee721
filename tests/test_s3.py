"""A warehouse in an object store: the same tables and commands as in a folder, and the pointer written last."""

from __future__ import annotations

import json
from contextlib import closing
from unittest.mock import Mock

import pytest
from click.testing import CliRunner

from flows.cli import parcferme
from flows.database import open_warehouse
from flows.errors import UserError
from flows.roots import open_root
from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from flows.verify import verify
from tests.loads import load
from transforms.schema import TABLES


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    """Rows that the results.db of a warehouse in a store answers with."""
    with closing(open_warehouse(url)) as connection:
        rows: list[tuple[object, ...]] = connection.execute(query).fetchall()
        return rows


@pytest.mark.usefixtures("no_database")
def test_same_files(bucket, tmp_path):
    """What is published to a store has the id and the bytes of what is published to a folder."""
    there = Warehouse(f"{bucket}/same").publish({"load": 1}, load(1))
    here = Warehouse(str(tmp_path)).publish({"load": 1}, load(1))
    assert there.id == here.id
    assert there.manifest == here.manifest
    assert verify(there) == []
    assert [there.table(name) for name in TABLES] == [here.table(name) for name in TABLES]


def test_views(bucket):
    """The views answer from the store, each publication with its own rows."""
    url = f"{bucket}/views"
    for generation in (1, 2):
        Warehouse(url).publish({"load": generation}, load(generation))
        query = "SELECT count(*), min(laps), max(name) FROM results JOIN events USING (event_id)"
        assert ask(url, query) == [(6, generation, str(generation))]


class Stopped(BaseException):
    """The writer ends here."""


def test_build(bucket, seeds, tmp_path):
    """`parcferme build` reads seeds from a store and publishes to one: the same snapshot as from and to a folder."""
    from pyarrow import fs

    store, top = fs.FileSystem.from_uri(f"{bucket}/seeds")
    fs.copy_files(str(seeds), top, source_filesystem=fs.LocalFileSystem(), destination_filesystem=store)

    def build(root: str, warehouse: str) -> Snapshot:
        done = CliRunner().invoke(parcferme, ["build", root, "--direct", "--warehouse", warehouse])
        assert done.exit_code == 0, done.output
        return Warehouse(warehouse).named("current")

    there = build(f"{bucket}/seeds", f"{bucket}/built")
    here = build(str(seeds), str(tmp_path / "warehouse"))
    assert there.manifest == here.manifest
    assert verify(there) == verify(here) == []
    assert ask(f"{bucket}/built", "SELECT count(*) FROM driver_results") == [(427,)]


def test_open_session(bucket):
    """A session that was open before a publication goes on to read all of what it began with."""
    url = f"{bucket}/session"
    Warehouse(url).publish({"load": 1}, load(1))
    with closing(open_warehouse(url)) as session:
        Warehouse(url).publish({"load": 2}, load(2))
        assert session.execute("SELECT max(laps) FROM results").fetchone() == (1,)
        assert session.execute("SELECT description FROM data_dictionary WHERE column_name = 'laps'").fetchall()


@pytest.mark.usefixtures("no_database")
def test_pointer_is_last(bucket):
    """Wherever the writer ends, the pointer names a whole snapshot, and the next writer finishes or begins anew."""
    url = f"{bucket}/pointer"
    old = Warehouse(url).publish({"load": 1}, load(1))
    steps: list[tuple[str, str]] = []

    def watch(name: str) -> None:
        steps.append((name, Warehouse(url).named("current").id))

    new = Warehouse(url, watch).publish({"load": 2}, load(2))
    names = [name for name, _ in steps]
    swapped = names.index("pointer swapped")
    assert {id_ for _, id_ in steps[:swapped]} == {old.id}
    assert {id_ for _, id_ in steps[swapped:]} == {new.id}
    assert names[swapped + 1 :] == ["old snapshots collected"]


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize("step", ["table staged", "snapshot complete", "history written", "database swapped"])
def test_stopped(step, bucket):
    """A writer that ends at any step leaves a whole warehouse, which the next one brings up to date."""
    url = f"{bucket}/{step.replace(' ', '-')}"
    old = Warehouse(url).publish({"load": 1}, load(1))

    def stop(name: str) -> None:
        if name == step:
            raise Stopped

    with pytest.raises(Stopped):
        Warehouse(url, stop).publish({"load": 2}, load(2))
    assert Warehouse(url).current() == old
    new = Warehouse(url).publish({"load": 2}, load(2))
    assert Warehouse(url).current() == new
    assert verify(new) == []


@pytest.mark.usefixtures("no_database")
def test_half_a_snapshot(bucket):
    """Objects of a snapshot that was never completed are no snapshot, and are completed by the next writer."""
    url = f"{bucket}/half"
    whole = Warehouse(url).publish({"load": 1}, load(1))
    whole.storage.discard(f"{whole.name}/manifest.json")
    whole.storage.write(f"{whole.name}/results.parquet", b"torn")
    assert Warehouse(url).current() is None
    again = Warehouse(url).publish({"load": 1}, load(1))
    assert again == whole
    assert verify(again) == []


@pytest.mark.usefixtures("no_database")
def test_commands(bucket):
    """The commands of a folder serve a store as well."""
    url = f"{bucket}/commands"
    first = Warehouse(url).publish({"load": 1}, load(1, events=2))
    second = Warehouse(url).publish({"load": 2}, load(1, events=3))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(parcferme, [*arguments, "--warehouse", url], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert f"{first.id} is sound" in run("verify", "previous")
    assert {change["event_id"] for change in json.loads(run("diff", "--json"))["changes"]} == {"event-00002"}
    assert f"{first.id} again" in run("rollback")
    assert [entry["snapshot"] for entry in json.loads(run("history", "--json"))] == [first.id, second.id]


@pytest.mark.usefixtures("no_database")
def test_no_bucket(bucket):
    """A bucket that is not there is an error with a remedy."""
    with pytest.raises(UserError, match="s3://nowhere/warehouse") as error:
        Warehouse("s3://nowhere/warehouse").publish({}, {})
    assert error.value.remedy


def test_no_endpoint(bucket, monkeypatch):
    """A store that does not answer is an error with a remedy."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(UserError, match="cannot be reached") as error:
        open_warehouse(f"{bucket}/warehouse")
    assert "AWS_ENDPOINT_URL" in str(error.value.remedy)


@pytest.mark.parametrize(
    ("error", "remedy"), [(OSError("no host"), "AWS_ENDPOINT_URL"), (ValueError("no URI"), "s3://")]
)
def test_address_that_cannot_be_opened(error, remedy, monkeypatch):
    """A store that does not answer and an address that is none have remedies of their own."""
    monkeypatch.setattr("pyarrow.fs.FileSystem", Mock(from_uri=Mock(side_effect=error)))
    for opened in (lambda: Warehouse("s3://b/w"), lambda: open_root("s3://b/seeds")):
        with pytest.raises(UserError) as caught:
            opened()
        assert remedy in str(caught.value.remedy)
