"""The load: one writer, the same bytes each time, and what happens when the disk or another program is in the way."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import parquet
from flows.errors import UserError
from flows.lock import BusyError
from flows.parquet import write_parquet
from flows.snapshots import Warehouse
from tests.loads import files, load
from transforms.parts import Parts
from transforms.schema import TABLES

DRIVERS = TABLES["driver_results"]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.booleans())
@settings(max_examples=30)
def test_batches_leave_no_trace(tmp_path_factory, sizes, streamed):
    """The same rows give the same bytes, in whatever batches they come, also over the seams of row groups."""
    folder = tmp_path_factory.mktemp("batches")
    whole = pa.concat_tables([load(1, events=9)["driver_results"]] * 2)
    cut, at = [], 0
    while at < whole.num_rows:
        size = sizes[len(cut) % len(sizes)]
        cut.append(whole.slice(at, size).combine_chunks())
        at += size
    pieces = pa.concat_tables(cut)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "MOST", 25)
        one = write_parquet(folder / "one", DRIVERS, whole, [20, 30])
        parts = Parts(pieces.schema, lambda columns: (part.select(columns) for part in cut))
        other = write_parquet(folder / "other", DRIVERS, parts if streamed else pieces, [20, 30])
    assert one == other
    assert one["bytes"] == (folder / "one").stat().st_size
    assert (folder / "one").read_bytes() == (folder / "other").read_bytes()


def test_machines_agree(tmp_path):
    """Another process with other threads and another place publishes the same files under the same id."""
    here = Warehouse(str(tmp_path / "here")).publish({"load": 1}, load(1))
    code = f"""
import pyarrow, sys
from flows.snapshots import Warehouse
from tests.loads import files, load
pyarrow.set_cpu_count(7)
print(Warehouse({str(tmp_path / "there")!r}).publish({{"load": 1}}, load(1)).path)
"""
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "3"}
    there = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert files(here.path) == files(there.stdout.strip())


@pytest.mark.usefixtures("no_database")
def test_declared_in_files(tmp_path):
    """Every file carries unit, description and example of each column, and the dictionary as a key."""
    snapshot = Warehouse(str(tmp_path)).publish({}, {})
    for name, table in TABLES.items():
        schema = snapshot.table(name).schema
        assert json.loads(schema.metadata[b"data_dictionary"]) == table.dictionary()
        units = {field.name: field.metadata[b"unit"].decode() for field in schema}
        assert units == {column.name: column.unit for column in table.columns}


@pytest.mark.usefixtures("no_database")
def test_stale_log(tmp_path):
    """A write-ahead log that a dead session left beside results.db is not replayed into the next one."""
    warehouse = Warehouse(str(tmp_path))
    warehouse.publish({"load": 1}, load(1))
    (tmp_path / "results.db.wal").write_bytes(b"left by a dead session")
    warehouse.publish({"load": 2}, load(2))
    assert not (tmp_path / "results.db.wal").exists()


@pytest.mark.usefixtures("no_database")
def test_one_writer(tmp_path):
    """A second writer is told who writes, since when, and what to do; the lock dies with its owner, not its workers."""
    code = f"""
import os, sys, time
from flows.snapshots import Warehouse
with Warehouse({str(tmp_path)!r}).lock():
    if not os.fork():
        print(os.getpid(), flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        worker = int(holder.stdout.readline())
        with pytest.raises(BusyError, match=f"by process {holder.pid} on .*, since 20") as busy:
            Warehouse(str(tmp_path)).publish({}, {})
        assert f"kill {holder.pid}" in str(busy.value.remedy)
        holder.kill()
        holder.wait()
        os.kill(worker, 0)
        with Warehouse(str(tmp_path)).lock():
            os.kill(worker, signal.SIGKILL)


@pytest.mark.usefixtures("no_database")
def test_waiting(tmp_path):
    """A second writer can wait for the first."""
    first = Warehouse(str(tmp_path))
    with first.lock(), pytest.raises(BusyError), Warehouse(str(tmp_path)).lock(wait=0.2):
        pass
    with Warehouse(str(tmp_path)).lock(wait=0.2):
        pass


def test_nothing_is_written(tmp_path):
    """Who takes the lock and finds nothing to do leaves every file as it was."""
    warehouse = Warehouse(str(tmp_path))
    warehouse.publish({"load": 1}, load(1))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    with warehouse.lock():
        assert warehouse.current()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("writer", ["Hashing.write", "os.fsync"])
def test_disk_refuses(error, writer, tmp_path, monkeypatch):
    """A full, read-only or failing disk is an error with a remedy; readers keep the old load, and one may try again."""
    warehouse = Warehouse(str(tmp_path))
    old = warehouse.publish({"load": 1}, load(1))

    def refuse(*arguments: object) -> None:
        raise OSError(error, os.strerror(error))

    with warehouse.lock():
        with monkeypatch.context() as patch:
            patch.setattr(f"flows.kept.{writer}", refuse)
            with pytest.raises(UserError, match=os.strerror(error)) as refused:
                warehouse.publish({"load": 2}, load(2))
        assert refused.value.remedy
        assert warehouse.current() == old
        assert warehouse.publish({"load": 2}, load(2)) == warehouse.current()
    assert not list((tmp_path / ".staging").iterdir())


@pytest.mark.parametrize("limit", [20_000, 100_000])
def test_no_room(limit, tmp_path):
    """Where the system really lets no file grow further, be it Parquet or results.db, the old load stays."""
    old = Warehouse(str(tmp_path)).publish({"load": 1}, load(1))
    code = f"""
from flows.errors import UserError
from flows.snapshots import Warehouse
from tests.loads import files, load
try:
    Warehouse({str(tmp_path)!r}).publish({{"load": 2}}, load(2))
except UserError as error:
    print(error, error.remedy)
"""
    limited = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert "cannot be written" in limited.stdout
    assert Warehouse(str(tmp_path)).current() == old
    assert Warehouse(str(tmp_path)).publish({"load": 2}, load(2)) == Warehouse(str(tmp_path)).current()


@pytest.mark.usefixtures("no_database")
def test_no_folder(tmp_path):
    """A warehouse that cannot be a folder is an error with a remedy."""
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be written") as error:
        Warehouse(str(tmp_path / "file/warehouse")).publish({}, {})
    assert error.value.remedy
    with pytest.raises(UserError, match="cannot lie at"):
        Warehouse("ftp://example/warehouse")


@pytest.mark.parametrize("step", ["table staged", "manifest staged", "database built"])
def test_staging_vanishes(step, tmp_path):
    """Where something removes what is staged, the build fails with a remedy, and the old load stays."""
    old = Warehouse(str(tmp_path)).publish({"load": 1}, load(1))

    def sweep(name: str) -> None:
        if name == step:
            shutil.rmtree(tmp_path / ".staging")

    with pytest.raises(UserError, match="cannot be written"):
        Warehouse(str(tmp_path), sweep).publish({"load": 2}, load(2))
    assert Warehouse(str(tmp_path)).current() == old
    with Warehouse(str(tmp_path)).lock():
        assert Warehouse(str(tmp_path)).current() == old
