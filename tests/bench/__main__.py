"""How fast, beside other ways to do the same: `python -m tests.bench --sheets 20000` (fewer by default).

Makes up an archive without headers and runs in turn, each in a process of its own from start to exit: this
pipeline, which finds the columns, tells people apart, checks the tables and publishes; its reading alone; scripts
for DuckDB, Polars, pandas and dlt, which are told the columns and only split, cast, explode and write (what each
writes, and what only this pipeline does: `tests.bench.peers`); and the floor, which reads the bytes and writes the
finished tables. Then builds after changes.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from flows.steps import BATCH_BYTES
from flows.terminal import grid
from tests.bench import compile_modules, wide
from tests.bench.processes import Run, run

PIPELINE, READING, FLOOR = "parcferme build", "parcferme, reading alone", "floor: bytes in, tables out"
# How each way is called in the report, and its module below tests.bench.peers.
PEERS = {
    READING: "reading",
    "DuckDB, one SQL script": "duckdb_sql",
    "Polars script": "polars_script",
    "pandas script": "pandas_script",
    "dlt into DuckDB": "dlt_pipeline",
    FLOOR: "floor",
}
TABLES = ("results", "driver_results")
WITHOUT_DLT = """
dlt is not installed here and is left out; with it: pip install -c constraints.txt 'parcferme[bench]'"""
HOW = """
{sheets:,} sheets without a header, {lines:,} lines, {size:.1f} MiB of text; {processors} processors, Python {python}.
Every way runs in a process of its own, from its start to its exit, in turn, {times} times; the medians are shown.
Modules of Python are compiled beforehand, as they are where they are installed.
Each may use all processors, and does but for pandas, dlt and the floor: DuckDB and Polars by threads, parcferme by
processes, whose CPU and memory count."""
ALONE = """
Reading and writing alone
  Take the text apart, type the cells, give each driver a row, write lines, results and drivers as Parquet. parcferme
  finds out what the columns are, says what became of every line, and knows makes and models; the others are told the
  columns, and take them to be right in every row.
"""
WHOLE = """
The whole pipeline
  parcferme also tells drivers and entrants apart, runs every check, and publishes a snapshot with views. No other
  way here does that: they show what it costs beyond reading and writing.
"""
LEGEND = """
The last three columns set parcferme against the way in that line: "1.50 x" its time says that parcferme takes half as
long again, "0.50 x" that it takes half as long. CPU counts the seconds of all processors together. The floor is what
nobody can save."""
BUILDS = {
    "careers": "people who come again, as in archives",
    "strangers": "of 749 surnames, hardly anybody met twice, so that a change may concern one mention in twenty",
}
MORE = """
More: `python -m tests.bench.read` (the reader against SQL, without start-up), `... .identity` (who is who against a
simulated truth), `... .scale` (builds of 1,000 to 100,000 sheets by step)."""


def compare(times: int, folder: Path, many: bool) -> tuple[dict[str, Run], dict[str, list[int]]]:
    """Build the archive in `folder` in every way, in turn, so many times: the medians, and the rows of both tables.

    `many` says that there is more to read than a process reads alone.
    """
    ways = {name: module for name, module in PEERS.items() if module != "dlt_pipeline" or find_spec("dlt")}
    runs: dict[str, list[Run]] = {name: [] for name in (PIPELINE, *ways)}
    for _ in range(times):
        warehouse = folder / "warehouse"
        shutil.rmtree(warehouse, ignore_errors=True)
        build = ("build", "--direct", str(folder / "seeds"), "--warehouse", str(warehouse))
        runs[PIPELINE].append(run("-m", "flows.cli", *build))
        for name, module in ways.items():
            out = folder / module
            out.mkdir(exist_ok=True)
            told = {FLOOR: [str((warehouse / "parquet").resolve())], READING: ["many"] if many else []}
            arguments = (str(folder / "places.parquet"), str(out), *told.get(name, []))
            runs[name].append(run("-m", f"tests.bench.peers.{module}", *arguments))
    places = {name: folder / module for name, module in ways.items()} | {PIPELINE: folder / "warehouse" / "parquet"}
    rows = {
        name: [pq.read_metadata(at / f"{table}.parquet").num_rows for table in TABLES] for name, at in places.items()
    }
    return {name: _median(of) for name, of in runs.items()}, rows


def _median(runs: Sequence[Run]) -> Run:
    return Run(*(statistics.median(getattr(each, field) for each in runs) for field in ("wall", "cpu", "memory")))


def make(folder: Path, sheets: int) -> None:
    """Write the archive, and what the peers are told of it."""
    from tests.bench.build import write_archive
    from tests.bench.peers.places import write_places

    write_places(folder / "places.parquet", folder / "seeds", write_archive(folder / "seeds", sheets))


def report(title: str, ours: str, runs: Mapping[str, Run], rows: Mapping[str, Sequence[int]]) -> None:
    """Print one way of ours above all others, and how many times as much it takes."""
    out = wide()
    out.print(title)
    heads = ("time s", "CPU s", "memory MiB", "results", "driver rows", "its time", "its CPU", "its memory")
    table = grid("", *heads, right=range(1, len(heads) + 1))
    for name in [ours, *(other for other in runs if other not in (PIPELINE, READING))]:
        run = runs[name]
        beside = [] if name == ours else [f"{ratio:.2f} x" for ratio in runs[ours].beside(run)]
        counts = [f"{count:,}" for count in rows[name]]
        table.add_row(name, f"{run.wall:.2f}", f"{run.cpu:.2f}", f"{run.memory:,.0f}", *counts, *beside)
    out.print(table)


def main() -> None:
    """Compare, report, and build after changes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=1_000, help="size of the archive, some 35 rows a sheet")
    parser.add_argument("--runs", type=int, default=3, help="how often each way runs")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make(options.make, options.sheets)
        return
    compile_modules()
    out = wide()
    if not find_spec("dlt"):
        out.print(WITHOUT_DLT)
    with TemporaryDirectory() as name:
        folder = Path(name)
        run("-m", "tests.bench", "--make", name, "--sheets", str(options.sheets))
        texts = [file.read_bytes() for file in (folder / "seeds").rglob("*.txt")]
        size = {"lines": sum(text.count(b"\n") for text in texts), "size": sum(map(len, texts)) / 2**20}
        machine = {"processors": os.cpu_count(), "python": platform.python_version()}
        out.print(HOW.format(sheets=options.sheets, times=options.runs, **size, **machine))
        runs, rows = compare(options.runs, folder, sum(map(len, texts)) > BATCH_BYTES)
    report(ALONE, READING, runs, rows)
    report(WHOLE, PIPELINE, runs, rows)
    out.print(LEGEND)
    for kind, people in BUILDS.items():
        out.print(f"\nBuilds in full, after ten changes and after none: {people}\n")
        build = [sys.executable, "-m", "tests.bench.build", "--sheets", str(options.sheets), "--kind", kind]
        subprocess.run(build, check=True)
    out.print(MORE)


if __name__ == "__main__":
    main()
