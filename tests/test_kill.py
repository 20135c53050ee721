"""A writer that dies at any moment leaves the old or the new warehouse, whole, and the next one cleans up."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.database import open_database
from flows.snapshots import Warehouse
from tests.loads import load
from tests.publisher import Publisher, publisher
from transforms.schema import TABLES

OLD, NEW, NEXT = 4, 5, 6
# Each says its generation: a view over two loads would show two.
GENERATIONS = """
    SELECT DISTINCT unnest([e.name, s.lap_time_of, r.laps::TEXT, d.laps::TEXT, l.points::TEXT, t.entrant])::INT
    FROM events e JOIN sheets s USING (event_id) JOIN results r USING (sheet_id)
    JOIN driver_results d USING (result_id) JOIN driver_links l USING (result_id, seat)
    JOIN entrants t ON t.entrant_id = r.entrant_id
"""


def shown_by_database(root: Path) -> set[int]:
    with open_database(root / "results.db") as connection:
        return {row[0] for row in connection.execute(GENERATIONS).fetchall()}


def shown_by_files(root: Path) -> set[int]:
    texts = [pq.read_table(root / f"parquet/{t}.parquet")[c].to_pylist() for t, c in MARKS.items()]
    return {int(text) for column in texts for text in column}


MARKS = {"events": "name", "sheets": "lap_time_of", "results": "laps", "driver_results": "laps", "entrants": "entrant"}


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Path:
    """A warehouse with four snapshots, the first two of them long outdated."""
    root = tmp_path_factory.mktemp("old") / "warehouse"
    for generation in range(OLD + 1):
        Warehouse(str(root)).publish({"generation": generation}, load(generation))
    history = root / "history.jsonl"
    entries = [json.loads(line) for line in history.read_text().splitlines()]
    for age, entry in zip(range(1000, 0, -100), entries, strict=False):
        entry["published"] = (datetime.now(UTC) - timedelta(hours=age)).isoformat()
    history.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return root


@pytest.fixture(scope="module")
def publish() -> Iterator[Publisher]:
    with publisher() as started:
        yield started


def copy_of(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(old, tmp_path / "warehouse", symlinks=True))


def assert_whole(root: Path) -> None:
    """Readers by SQL and by file each see one generation, and every complete snapshot is sound."""
    assert shown_by_database(root) in ({OLD}, {NEW})
    assert shown_by_files(root) in ({OLD}, {NEW})
    for snapshot in Warehouse(str(root)).snapshots():
        for name in TABLES:
            assert snapshot.sha256(f"{name}.parquet") == snapshot.manifest["tables"][name]["sha256"]


def assert_heals(root: Path, publish: Publisher, generation: int) -> None:
    """The next build shows its own generation everywhere, and leaves nothing of the dead one in staging.

    One that shows something new also removes what is outdated.
    """
    assert publish(root, generation) == 0
    assert shown_by_database(root) == shown_by_files(root) == {generation}
    assert not list((root / ".staging").iterdir())
    assert not (root / "results.db.wal").exists()
    if generation == NEXT:
        assert len(list((root / "snapshots").iterdir())) <= 4


def steps(old: Path, tmp_path: Path) -> list[str]:
    """All steps of a publication, in order."""
    seen: list[str] = []
    Warehouse(str(copy_of(old, tmp_path / "steps")), seen.append).publish({"generation": NEW}, load(NEW))
    return seen


def test_every_step(old, tmp_path, publish):
    """Killed at any named step, the warehouse is whole; the next build, of whatever input, mends it."""
    names = steps(old, tmp_path)
    assert len(set(names)) >= 12
    for place, name in enumerate(dict.fromkeys(names)):
        root = copy_of(old, tmp_path / str(place))
        assert publish(root, NEW, name) == -9, name
        assert_whole(root)
        assert_heals(root, publish, (OLD, NEW, NEXT)[place % 3])
        shutil.rmtree(root)


def kill_at_random(moments: int, old: Path, tmp_path: Path, publish: Publisher) -> None:
    chance = random.Random(moments)
    for moment in range(moments):
        root = copy_of(old, tmp_path / str(moment))
        assert publish(root, NEW, chance.uniform(0.0, 0.7)) in (-9, 0)
        assert_whole(root)
        assert_heals(root, publish, (OLD, NEW, NEXT)[moment % 3])
        shutil.rmtree(root)


def test_random_moments(old, tmp_path, publish):
    """Killed at random moments, the warehouse is whole, and the next build mends it."""
    kill_at_random(6, old, tmp_path, publish)


@pytest.mark.fuzz
def test_a_hundred_random_moments(old, tmp_path, publish):
    """Killed at a hundred random moments, the warehouse is whole, and the next build mends it."""
    kill_at_random(100, old, tmp_path, publish)
