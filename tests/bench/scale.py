"""What builds cost as an archive grows: `python -m tests.bench.scale --sheets 1000 20000 100000`.

For each size makes up an archive, builds it in full, after ten changes and after none, each in a process of its own
and without Prefect, and prints tables of time, CPU and memory by step and of bytes on disk. `--page FILE` also
writes them, as Markdown and with the sums for ten million sheets, between the two marks in FILE.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows import steps
from flows.snapshots import Warehouse
from tests.bench import compile_modules, wide
from tests.bench.build import change, far_apart, write_archive
from tests.bench.growth import Size, page, tables
from tests.bench.meter import Meter

BEGIN, END = "<!-- measured -->\n", "<!-- until here -->\n"
MIB = 2**20


class Stages(Meter):
    """Keeps also how much the readers of sheets have staged, in bytes."""

    staged = 0

    def each(self, step: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> Generator[Any, None, None]:
        """The step's results; after the last one, see how much is staged."""
        yield from super().each(step, calls)
        if calls:
            self.staged = folder_size(Path(calls[0][2]))


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def measure(root: str, warehouse: str) -> dict[str, Any]:
    """Build once: seconds, CPU seconds and peak MiB in all and by step, bytes staged and published, rows by table."""
    stages, wall = Stages(), time.perf_counter()
    outcome = steps.build(root, Warehouse(warehouse), stages)
    wall, cpu = time.perf_counter() - wall, sum(spent[1] for spent in stages.spent.values())
    published = outcome.snapshot.manifest["tables"]
    return {
        "all": [wall, cpu, stages.peak],
        "steps": stages.spent,
        "staged": stages.staged,
        "published": folder_size(Path(outcome.snapshot.path)),
        "rows": {name: table["rows"] for name, table in published.items()},
    }


def _measured(what: str, root: Path, warehouse: Path) -> dict[str, Any]:
    """The same in a process of its own, whose memory is not that of earlier builds."""
    print(f"  {what} ...", end="", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "tests.bench.scale", "--run", str(root), str(warehouse)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    print(f" {found['all'][0]:,.1f} s", file=sys.stderr, flush=True)
    return found


def size_of(sheets: int, folder: Path) -> Size:
    """Make up so many sheets below the folder, and build them in three ways."""
    root, warehouse = folder / "seeds", folder / "warehouse"
    print(f"{sheets:,} sheets: writing them ...", file=sys.stderr, flush=True)
    chosen = far_apart(write_archive(root, sheets), sheets)
    text = sum(file.stat().st_size for file in root.rglob("*.txt"))
    full = _measured("full build", root, warehouse)
    change(chosen)
    changed = _measured("ten sheets changed", root, warehouse)
    return Size(sheets, text, full, changed, _measured("nothing changed", root, warehouse))


def main() -> None:
    """Measure each size, and print or write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, nargs="+", default=[1_000], metavar="N", help="sizes, small to large")
    parser.add_argument("--page", type=Path, metavar="FILE", help="where to write the tables, as warehouse/SCALE.md")
    parser.add_argument("--run", nargs=2, metavar=("ROOT", "WAREHOUSE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        import flows.lean  # noqa: F401  as the command does

        print(json.dumps(measure(*options.run)))
        return
    compile_modules()
    sizes = []
    for sheets in sorted(options.sheets):
        with TemporaryDirectory() as folder:
            sizes.append(size_of(sheets, Path(folder)))
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    out = wide()
    for title, table in tables(sizes):
        out.print(f"\n{title}", style="bold")
        out.print(table)
    if options.page:
        before, rest = options.page.read_text("utf-8").split(BEGIN)
        options.page.write_text(f"{before}{BEGIN}{page(sizes, machine)}{END}{rest.split(END)[1]}", "utf-8")


if __name__ == "__main__":
    main()
