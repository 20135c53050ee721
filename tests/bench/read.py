"""How fast sheets are read: the reader, which finds the columns itself, against SQL that is told them.

`python -m tests.bench.read` makes up 20,000 sheets without a header, runs both in turn, each in a process of
its own, and prints the ratios of CPU, wall time and memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import flows  # noqa: F401  it chooses Arrow's allocator for the processes that run below, as for every build

PEER = Path(__file__).with_name("peer.sql")
Measure = dict[str, float]


def write_sheets(path: Path, count: int, seed: int = 5) -> None:
    """Make up `count` sheets between bars, some 35 rows each, and keep them with the place of each column."""
    from tests.bench.peers.places import TOLD, told
    from tests.sheets.families import sheets
    from tests.sheets.rendering import bars

    rows = []
    for i, sheet in enumerate(sheets(seed, count, size=(10, 60))):
        text = "".join(f"{line}\n" for line in bars([row.cells for row in sheet.rows]))
        rows.append({"text": text, **told(f"{i:06}", sheet)})
    pq.write_table(pa.Table.from_pylist(rows, pa.schema([("text", pa.string()), *TOLD])), path)


def run_reader(path: Path, batch: int) -> Measure:
    """Read the sheets with the reader, a batch at a time as the flow does."""
    from transforms.sheets import read_sheets
    from transforms.sources import Source

    table = pq.read_table(path, columns=["sheet_id", "text"])
    sources = [
        Source(name, None, f"{name}.txt", "", text.encode())
        for name, text in zip(table["sheet_id"].to_pylist(), table["text"].to_pylist(), strict=True)
    ]
    read_sheets(sources[:1])  # imports and lexicons are not what is measured
    start, counts = _Clock(), [0, 0]
    for i in range(0, len(sources), batch):
        tables = read_sheets(sources[i : i + batch])
        counts = [counts[0] + tables["results"].num_rows, counts[1] + tables["driver_results"].num_rows]
    return start.stop(*counts)


def run_peer(path: Path, batch: int) -> Measure:
    """Read the sheets with the SQL script, all at once."""
    import duckdb

    connection = duckdb.connect()
    connection.register("sheet", pq.read_table(path))
    start = _Clock()
    connection.execute(PEER.read_text("utf-8"))
    counts = [connection.execute(f"select count(*) from {table}").fetchone() for table in ("results", "driver_results")]
    return start.stop(*(count[0] for count in counts if count))


class _Clock:
    """CPU, wall time and peak memory of this process from here on."""

    def __init__(self) -> None:
        self.usage, self.wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()

    def stop(self, results: int, drivers: int) -> Measure:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu = usage.ru_utime + usage.ru_stime - self.usage.ru_utime - self.usage.ru_stime
        wall = time.perf_counter() - self.wall
        return {"cpu": cpu, "wall": wall, "MiB": usage.ru_maxrss / 1024, "results": results, "drivers": drivers}


RUNNERS = {"reader": run_reader, "peer": run_peer}


def main() -> None:
    """Run both in turn and print each run, then the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=2_000, help="sheets that the reader is given at a time")
    parser.add_argument("--run", nargs=2, metavar=("WHO", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(RUNNERS[options.run[0]](Path(options.run[1]), options.batch)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheets.parquet"
        write_sheets(path, options.sheets)
        runs: dict[str, list[Measure]] = {who: [] for who in RUNNERS}
        for _ in range(options.runs):
            for who in RUNNERS:
                runs[who].append(_measure(who, path, options.batch))
    _report(runs)


def _measure(who: str, path: Path, batch: int) -> Measure:
    command = [sys.executable, "-m", "tests.bench.read", "--run", who, str(path), "--batch", str(batch)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measure: Measure = json.loads(done.stdout)
    print(f"{who:6}  " + "  ".join(f"{name} {value:,.2f}".removesuffix(".00") for name, value in measure.items()))
    return measure


def _report(runs: dict[str, list[Measure]]) -> None:
    for name in ("cpu", "wall", "MiB"):
        reader, peer = (statistics.median(run[name] for run in runs[who]) for who in ("reader", "peer"))
        print(f"{name:4} reader {reader:,.2f}, peer {peer:,.2f}, ratio {reader / peer:.2f}")


if __name__ == "__main__":
    main()
