"""How fast, beside other ways to do the same: `python -m tests.bench --sheets 20000` (fewer by default).

Makes up an archive without headers and runs in turn, each in a process of its own from start to exit: this
pipeline, which finds the columns, tells people apart, checks the tables and publishes; its reading alone; a DuckDB,
a Polars and a pandas script, which are told the columns and only split, cast, explode and write; and the floor,
which reads the bytes and writes the finished tables. Then the reader without files and imports against SQL, builds
after changes, and the identity step.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PEERS = {
    "reading": "reading",
    "DuckDB": "duckdb_sql",
    "Polars": "polars_script",
    "pandas": "pandas_script",
    "floor": "floor",
}
PIPELINE = "parcferme"


@dataclass(frozen=True)
class Run:
    """One process from start to exit: seconds by the clock, seconds of processors, peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


def run(*command: str) -> Run:
    """Run Python with these arguments; RuntimeError when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # A build whose data has errors exits with 1, and is a build all the same.
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} exited with {process.returncode}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(sheets: int, times: int, folder: Path) -> dict[str, list[Run]]:
    """Build the same archive in every way, in turn, so many times."""
    run("-m", "tests.bench", "--make", str(folder), "--sheets", str(sheets))
    runs: dict[str, list[Run]] = {name: [] for name in (PIPELINE, *PEERS)}
    for _ in range(times):
        warehouse = folder / "warehouse"
        shutil.rmtree(warehouse, ignore_errors=True)
        build = ("build", "--direct", str(folder / "seeds"), "--warehouse", str(warehouse))
        runs[PIPELINE].append(run("-m", "flows.cli", *build))
        [finished] = (warehouse / "snapshots").glob("*/results*.parquet")
        for name, module in PEERS.items():
            out = folder / module
            out.mkdir(exist_ok=True)
            last = [str(finished.parent)] if module == "floor" else []
            runs[name].append(run("-m", f"tests.bench.peers.{module}", str(folder / "places.parquet"), str(out), *last))
    return runs


def make(folder: Path, sheets: int) -> None:
    """Write the archive, and what the peers are told of it."""
    from tests.bench.build import write_archive
    from tests.bench.peers.places import write_places

    files, made = write_archive(folder / "seeds", sheets)
    write_places(folder / "places.parquet", folder / "seeds", files, made)


def report(runs: dict[str, list[Run]]) -> None:
    """Print the medians, and how many times as much the pipeline and its reading alone take."""
    fields = ("wall", "cpu", "memory")
    medians = {
        name: [statistics.median(getattr(r, field) for r in of) for field in fields] for name, of in runs.items()
    }
    print(f"{'':10} {'wall s':>8} {'CPU s':>8} {'MiB':>7}   {PIPELINE}: wall, CPU, memory   reading: wall, CPU, memory")
    for name, of_peer in medians.items():
        ratios = [
            " ".join(f"{ours / theirs:5.2f} x" for ours, theirs in zip(medians[who], of_peer, strict=True))
            for who in (PIPELINE, "reading")
        ]
        print(f"{name:10} {of_peer[0]:8.2f} {of_peer[1]:8.2f} {of_peer[2]:7.0f}   {'      '.join(ratios)}", flush=True)


def main() -> None:
    """Run all benches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=2_000, help="size of the archive, some 35 rows a sheet")
    parser.add_argument("--runs", type=int, default=3, help="how often each way runs")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make(options.make, options.sheets)
        return
    print(f"Builds of {options.sheets:,} sheets, whole processes, medians of {options.runs} runs in turn", flush=True)
    with TemporaryDirectory() as folder:
        report(compare(options.sheets, options.runs, Path(folder)))
    sheets = ("--sheets", str(options.sheets))
    others = (
        ("The reader alone, against SQL that is told the columns", "read", *sheets, "--runs", str(options.runs)),
        ("Builds in full, after ten changes and after none", "build", *sheets),
        (
            "The identity step, against a simulated truth",
            "identity",
            "--mentions",
            str(min(options.sheets * 20, 100_000)),
        ),
    )
    for title, module, *arguments in others:
        print(f"\n{title}", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.bench.{module}", *arguments], check=True)


if __name__ == "__main__":
    main()
