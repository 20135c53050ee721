"""Readers at work while the writer publishes as fast as it can: which way of reading gives which promise."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from tests.loads import load
from tests.processes import PATIENCE

# Readers go on until each has read so often, and seen all loads.
READS, LOADS = 20, 5
PAUSE = 0.01

# Each reader adds what it has seen in one read to `seen`: one generation, or it was mixed.
READERS = {
    "sql": """
import duckdb
from flows.database import open_database
query = '''SELECT (SELECT list(DISTINCT name) FROM events) || (SELECT list(DISTINCT laps::TEXT) FROM results)
    || (SELECT list(DISTINCT laps::TEXT) FROM driver_results) || (SELECT list(DISTINCT lap_time_of) FROM sheets)'''
def read():
    with open_database(root / 'results.db') as connection:
        return connection.execute(query).fetchone()[0]
""",
    "one file": """
import pyarrow.parquet as pq
def read():
    return pq.ParquetFile(root / 'parquet/driver_results.parquet').read(['laps'])['laps'].to_pylist()
""",
    "one file, opened twice": """
import pyarrow.parquet as pq
def read():
    return pq.read_table(root / 'parquet/driver_results.parquet', columns=['laps'])['laps'].to_pylist()
""",
    "one file, Polars": """
import polars
def read():
    return polars.read_parquet(root / 'parquet/results.parquet', columns=['laps'])['laps'].to_list()
""",
    "script": """
import pyarrow.parquet as pq
def read():
    folder = (root / 'parquet').resolve()
    columns = {'results': 'laps', 'driver_results': 'laps', 'events': 'name', 'sheets': 'lap_time_of'}
    return [each for t, c in columns.items() for each in pq.read_table(folder / f'{t}.parquet')[c].to_pylist()]
""",
}
LOOP = """
import json, sys, time
from pathlib import Path
root, enough, stop = map(Path, sys.argv[1:])
{reader}
reads, bad, seen = 0, [], set()
while not stop.exists():
    reads += 1
    try:
        found = set(map(str, read()))
        seen |= found
        if len(found) != 1:
            bad.append(f'mixed: {{sorted(found)}}')
    except Exception as error:
        bad.append(repr(error))
    if reads >= {reads} and len(seen) >= {loads}:
        enough.touch()
    time.sleep({pause})
print(json.dumps([reads, bad[:20], len(seen)]))
"""


@contextmanager
def ready_databases(warehouse: Warehouse) -> Iterator[list[Snapshot]]:
    """Some snapshots, each with its results.db made once, so that showing one takes milliseconds."""
    made: dict[str, bytes] = {}
    shown = []
    for generation in range(LOADS):
        shown.append(warehouse.publish({"generation": generation}, load(generation)))
        made[warehouse.storage.readable(shown[-1].name)[0]] = (Path(warehouse.url) / "results.db").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.load.build_database", lambda path, folder, root: path.write_bytes(made[folder]))
        yield shown


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, tuple[int, list[str], int]]:
    """Per reader: how often it read, what went wrong, and how many loads it saw."""
    root = tmp_path_factory.mktemp("readers") / "warehouse"
    warehouse = Warehouse(str(root))
    enough, stop = root.parent / "enough", root.parent / "stop"
    enough.mkdir()
    with ready_databases(warehouse) as snapshots, ExitStack() as reading:
        processes = {}
        for name, reader in READERS.items():
            code = LOOP.format(reader=reader, pause=PAUSE, reads=READS, loads=LOADS)
            command = [sys.executable, "-c", code, str(root), str(enough / name), str(stop)]
            processes[name] = reading.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            reading.callback(processes[name].kill)
        turns, end = 0, time.monotonic() + PATIENCE
        while len(list(enough.iterdir())) < len(READERS) and time.monotonic() < end:
            turns += 1
            warehouse.show(snapshots[turns % len(snapshots)])
        stop.touch()
        found = {name: json.loads(process.communicate()[0]) for name, process in processes.items()}
    print(turns, "publications;", {name: (reads, len(bad)) for name, (reads, bad, _) in found.items()})
    return found


@pytest.mark.parametrize("reader", READERS)
def test_reader(reader, outcomes):
    """Through results.db, one file at a time, or below the link once resolved: no read fails or mixes two loads.

    Only who opens a file twice by its path, as `pyarrow.parquet.read_table` does, may find another one there
    the second time, and fails then; rows of two loads are never mixed.
    """
    reads, bad, seen = outcomes[reader]
    if reader.endswith("opened twice"):
        bad = [what for what in bad if what.startswith("mixed")]
    assert not bad
    assert reads >= READS
    assert seen == LOADS
