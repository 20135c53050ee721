"""How the cost of a build grows with its archive, as tables for a terminal and for a page, and the sums behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flows.cluster import BATCHES_OF_A_TASK
from flows.steps import BATCH_BYTES, BATCH_SHEETS, NAMES
from flows.terminal import grid

MIB, GIB = 2**20, 2**30
MANY = 10_000_000
# What Prefect and Dask spend on one task, at most (CONTRIBUTING.md, "Prefect's costs"), and a large machine's memory.
TASK_SECONDS, MACHINE_GIB = 0.2, 64
BUILDS = {"full": "full build", "changed": "ten sheets changed", "nothing": "nothing changed"}
MEASURES = ("seconds", "CPU seconds", "peak memory, MiB")


@dataclass(frozen=True)
class Size:
    """An archive of so many sheets and bytes of text, and what its builds took (see tests.bench.scale.measure)."""

    sheets: int
    text: int
    full: dict[str, Any]
    changed: dict[str, Any]
    nothing: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A table of texts: the first column names the row, numbers stand in the others."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table for a page."""
        rule = ["---", *["---:"] * (len(self.heads) - 1)]
        lines = [self.heads, rule, *self.rows]
        return f"### {self.title}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def per_sheet(sizes: Sequence[Size], of: Callable[[Size], float]) -> float:
    """What one more sheet adds: the slope between the two largest archives, or the mean where there is one only."""
    last = sizes[-1]
    if len(sizes) == 1:
        return of(last) / last.sheets
    before = sizes[-2]
    return max(0.0, (of(last) - of(before)) / (last.sheets - before.sheets))


def _grown(sizes: Sequence[Size]) -> list[Table]:
    heads = ["", *(f"{size.sheets:,} sheets" for size in sizes)]

    def row(name: str, of: Callable[[Size], float], digits: int = 0) -> list[str]:
        return [name, *(f"{of(size):,.{digits}f}" for size in sizes)]

    steps = list(sizes[-1].full["steps"])
    names = {step.__name__: name for step, name in NAMES.items()}
    contents = [
        row(name, lambda size, table=table: size.full["rows"][table])
        for name, table in (("lines", "lines"), ("results", "results"), ("driver rows", "driver_results"))
    ]
    builds = [
        row(f"{name}: {measure}", lambda size, key=key, i=i: getattr(size, key)["all"][i], 0 if i == 2 else 1)
        for key, name in BUILDS.items()
        for i, measure in enumerate(MEASURES)
    ]
    cpu = [row(names[step], lambda size, step=step: size.full["steps"][step][1], 2) for step in steps]
    peak = [row(names[step], lambda size, step=step: size.full["steps"][step][2]) for step in steps]
    disk = [
        row("text of the sheets", lambda size: size.text / MIB, 1),
        row("batches staged", lambda size: size.full["staged"] / MIB, 1),
        row("snapshot", lambda size: size.full["published"] / MIB, 1),
    ]
    return [
        Table("What was built", heads, contents),
        Table("Builds", heads, builds),
        Table("CPU seconds of a full build, by step", heads, cpu),
        Table("Peak of memory so far in a full build, after each step, MiB", heads, peak),
        Table("On disk, MiB", heads, disk),
    ]


def _sums(sizes: Sequence[Size]) -> Table:
    """Ten million sheets, each figure as so much a sheet times their number."""

    def cpu(*steps: str) -> float:
        return per_sheet(sizes, lambda size: sum(size.full["steps"].get(step, [0, 0, 0])[1] for step in steps))

    text = per_sheet(sizes, lambda size: size.text)
    mentions = per_sheet(sizes, lambda size: size.full["rows"]["driver_results"])
    memory = per_sheet(sizes, lambda size: size.full["all"][2] * MIB)
    task = BATCHES_OF_A_TASK * min(BATCH_SHEETS, BATCH_BYTES / text)
    read = cpu("read_batch")
    disk = {
        "text": text,
        "batches staged": per_sheet(sizes, lambda size: size.full["staged"]),
        "snapshot": per_sheet(sizes, lambda size: size.full["published"]),
    }
    work = {
        "find what changed (one process)": cpu("survey"),
        "read the sheets (all workers together)": read,
        "collect (one process)": cpu("collect"),
        "tell drivers and entrants apart, and check the tables (one process)": cpu("identify"),
        "wait for the checks (one process)": cpu("check"),
        "write the tables and publish (one process)": cpu("publish"),
    }
    rows = [["driver rows", f"{mentions:,.1f}", f"{mentions * MANY / 1e6:,.0f} million"]]
    rows += [[name, f"{size:,.0f} bytes", f"{size * MANY / GIB:,.0f} GiB"] for name, size in disk.items()]
    rows += [[name, f"{1000 * time:,.3f} ms", f"{time * MANY / 3600:,.2f} CPU hours"] for name, time in work.items()]
    rows += [
        ["memory of the build's own process", f"{memory:,.0f} bytes", f"{memory * MANY / GIB:,.0f} GiB"],
        ["the same for each driver row", f"{memory / mentions:,.0f} bytes", ""],
        [f"sheets that {MACHINE_GIB} GiB hold", "", f"{MACHINE_GIB * GIB / memory / 1e6:,.2f} million"],
        [f"tasks of a cluster, each {task:,.0f} sheets", "", f"{MANY / task:,.0f}"],
        ["reading of one task's", f"{1000 * read:,.3f} ms", f"{read * task:,.1f} s"],
        [f"a task's own cost ({TASK_SECONDS} s) beside it", "", f"{100 * TASK_SECONDS / (read * task):,.1f} %"],
    ]
    return Table("Ten million sheets", ["", "one sheet more", f"{MANY:,} sheets"], rows)


def tables(sizes: Sequence[Size]) -> Iterator[tuple[str, Any]]:
    """All tables with their titles, small archives to the left, for a terminal."""
    for table in [*_grown(sizes), _sums(sizes)]:
        shown = grid(*table.heads, right=range(1, len(table.heads)))
        for row in table.rows:
            shown.add_row(*row)
        yield table.title, shown


def page(sizes: Sequence[Size], machine: str) -> str:
    """All tables as Markdown; `machine` says where they were measured."""
    steps = sizes[-1].full["steps"]
    names = {step.__name__: name for step, name in NAMES.items()}
    most = max(steps, key=lambda step: steps[step][1])
    share = steps[most][1] / sizes[-1].full["all"][1]
    said = (
        f"Measured on {machine}, without Prefect, each build in a process of its own. At {sizes[-1].sheets:,} sheets"
        f" the step \u201c{names[most]}\u201d takes most: {100 * share:.0f} % of the CPU.\n\n"
    )
    return "\n" + said + "".join(table.markdown() for table in [*_grown(sizes), _sums(sizes)])
