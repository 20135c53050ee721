"""The steps from seeds to a published warehouse, as plain functions, and the order in which they are taken."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flows.decisions import IDENTITY
from flows.errors import DataError, UserError
from flows.events import finding_table
from flows.progress import tell
from flows.sheet_files import Batch, Sheet, batches, read_sources
from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from flows.survey import Outcome, Plan, stands, survey

if TYPE_CHECKING:
    import pyarrow as pa

    from flows.beside import Beside, Job
    from flows.load import Stage
    from flows.report import Summary
    from transforms.parts import Parts, Tables

T = TypeVar("T")
# A batch is large enough that its fixed costs vanish, and small enough for a sixth of a gigabyte to read it; less than
# half of one is not worth another process.
BATCH_BYTES, BATCH_SHEETS = 8 << 20, 4_000
# Of so many sheets that stand a gigabyte is held, and it is worth the time to give back what lies free: of 20,000 that
# would save a tenth of 0.7 GB, for a tenth of the time of a build after a few changes.
MANY_SHEETS = 30_000


class Runner(Protocol):
    """How steps are run: one after the other, as tasks of a flow, or on a cluster."""

    def run(self, step: Callable[..., T], *arguments: Any) -> T:
        """The step's result."""

    def expect(self, size: int) -> None:
        """Get ready to read so many bytes, or more."""

    def each(self, step: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> Generator[T, None, None]:
        """The results of the step for each tuple of arguments, in order; closed, it leaves nobody at work."""

    def staging(self, warehouse: Warehouse) -> str:
        """Where batches are staged: a folder or `s3://` prefix of their own that all who run a step can see."""


class Direct:
    """Runs the steps in this process, one after the other; batches side by side in so many of their own."""

    def __init__(self, workers: int = 1):
        self._workers, self._expecting = workers, False

    def run(self, step: Callable[..., T], *arguments: Any) -> T:
        """Call the step."""
        return step(*arguments)

    def expect(self, size: int) -> None:
        """Let workers get ready as soon as there is more than one batch."""
        if self._workers > 1 and size > BATCH_BYTES and not self._expecting:
            from flows.workers import get_ready

            self._expecting = True
            get_ready()

    def each(self, step: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> Generator[T, None, None]:
        """The results of the step for each tuple of arguments, from processes where there are several of both."""
        if (count := min(self._workers, len(calls))) < 2:
            yield from (step(*arguments) for arguments in calls)
            return
        from flows.workers import Workers

        with Workers(count) as workers:
            yield from workers.each(step, calls)

    def staging(self, warehouse: Warehouse) -> str:
        """The warehouse's own staging folder."""
        return str(warehouse.storage.staging / "batches")


def build(location: str, warehouse: Warehouse, runner: Runner, *, full: bool = False, wait: float = 0.0) -> Outcome:
    """Read the seeds at `location` and publish them, reusing what the last snapshot holds unless `full`.

    A full build takes the ids of drivers from the last sound snapshot, and so writes a damaged one again.
    `wait` is how many seconds to wait for another writer. Raises UserError for a call that cannot work,
    DataError for data that stops a build; readers then keep the snapshot that they had.
    """
    from flows.beside import Beside
    from flows.memory import giving_back
    from flows.staging import emptied

    with warehouse.lock(wait):
        current = warehouse.sound() if full else warehouse.current()
        plan = _run(runner, survey, location, current, full, runner.expect)
        if isinstance(plan, Outcome):
            return plan
        with emptied(runner.staging(warehouse)) as staging, Beside() as beside:
            fresh, names = len(plan.fresh), read(runner, location, plan.fresh, staging)
            plan = plan.read()
            few_stand = 0 < len(plan.reused) <= MANY_SHEETS
            stage = _stage(warehouse, plan, current, beside)
            with nullcontext() if few_stand else giving_back(), closing(stage):
                tables = _run(runner, collect, plan, staging, names, current)
                stage.begin({"lines": tables["lines"]})
                found = beside.submit(doubts, plan, tables, current, staging)  # which do not ask who is who
                tables = _run(runner, identify, plan, tables, current, staging, stage)
                stage.begin({name: table for name, table in tables.items() if name != "findings"})
                tables = _run(runner, check, plan, tables, current, staging, found)
                snapshot, summary = _run(runner, publish, warehouse, plan, tables, stage)
        return Outcome(snapshot, summary, fresh, len(plan.reused), fewer(current, snapshot))


def _run(runner: Runner, step: Callable[..., T], *arguments: Any) -> T:
    tell(NAMES[step])
    return runner.run(step, *arguments)


def read(runner: Runner, location: str, sheets: Sequence[Sheet], staging: str) -> list[str]:
    """Read sheets in batches, and give the names under which these are staged."""
    from flows.workers import cores

    cut = batches(sheets, batch_size(sum(sheet.size for sheet in sheets), cores()), BATCH_SHEETS)
    calls = [(location, batch, staging, f"{number:06}") for number, batch in enumerate(cut)]
    names = []
    with closing(runner.each(read_batch, calls)) as staged:
        for name in staged:
            names.append(name)
            tell(NAMES[read_batch], len(names), len(calls))
    return names


def batch_size(total: int, readers: int) -> int:
    """The most bytes of a batch, where so many read so many bytes in all, each as many batches."""
    if total <= BATCH_BYTES:
        return BATCH_BYTES
    share = total / (readers * ceil(total / (readers * BATCH_BYTES)))
    # A little more, since sheets cannot be cut, and what is left over would be a batch of its own.
    return max(BATCH_BYTES // 2, round(1.02 * share))


def read_batch(location: str, batch: Batch, staging: str, name: str) -> str:
    """Read a batch of sheets and stage their tables under this name, which is returned.

    Raises DataError for a correction that does not fit its sheet.
    """
    import pyarrow as pa

    from flows.load import writing
    from flows.staging import write_batch
    from transforms.corrections import CorrectionError
    from transforms.sheets import read as read_sheets

    sources, doubts = read_sources(location, batch.sheets)
    try:
        tables = read_sheets(sources).tables
    except CorrectionError as error:
        raise DataError(str(error)) from None
    findings = pa.concat_tables([tables["findings"], finding_table(doubts)]).sort_by("sheet_id")
    with writing(staging):
        return write_batch(staging, name, {**tables, "findings": findings})


def collect(plan: Plan, staging: str, names: Sequence[str], current: Snapshot | None) -> Tables:
    """The tables of all sheets, as their readers left them: what was staged now, and what stays from the last build."""
    from flows.staging import as_read, interleave, staged

    fresh = staged(staging, names)
    if not plan.reused or current is None:
        return fresh
    order, reused = plan.seeds.sheet_ids, plan.reused
    return {name: interleave(order, as_read(name, current), reused, rows.whole()) for name, rows in fresh.items()}


def identify(plan: Plan, read: Tables, current: Snapshot | None, staging: str, stage: Stage) -> Tables:
    """The tables with everyone told apart, and the findings of that beside those of reading.

    Those that are finished before the others begin to be written.
    """
    from transforms.identity.decisions import DecisionError
    from transforms.identity.resolution import told_apart
    from transforms.parts import Parts

    known = {**read, "events": plan.seeds.events}
    previous = current.tables if current else None
    try:
        let_go = current.let_go if current else lambda: None
        aside, same = partial(_aside, staging), _as_judged(plan, current)
        found = told_apart(known, plan.seeds.decisions, previous, same, let_go, stage.begin, aside)
    except DecisionError as error:
        raise DataError(str(error)) from None
    return known | found | {"findings": Parts.of(read["findings"]).followed([found["findings"]])}


def _as_judged(plan: Plan, current: Snapshot | None) -> Set[str]:
    """The sheets that are in the last snapshot as they are now, unless people have decided otherwise since."""
    same = current and current.manifest["inputs"]["files"].get(IDENTITY) == plan.inputs["files"].get(IDENTITY)
    return plan.reused if same else frozenset()


def doubts(plan: Plan, read: Tables, current: Snapshot | None, staging: str) -> Parts:
    """What the checks find in tables as they were read, staged; only events in which something changed are checked."""
    from transforms import checks
    from transforms.parts import Parts

    known = {**read, "events": plan.seeds.events, "sheets": Parts.of(read["sheets"]).whole()}
    if plan.reused and current:
        last = {name: current.table(name) for name in ("events", "findings")}
        return _aside(staging, "doubts", checks.recheck(known, last, plan.reused))
    return _aside(staging, "doubts", checks.check(known))


def _aside(staging: str, name: str, rows: pa.Table | Parts) -> Parts:
    """Put a table into staging until it is asked for."""
    from flows.load import writing
    from flows.staging import set_aside

    with writing(staging):
        return set_aside(staging, name, rows)


def check(plan: Plan, tables: Tables, current: Snapshot | None, staging: str, found: Job[Parts]) -> Tables:
    """The finished tables, with every finding in a fixed order, when the checks are done."""
    from transforms.findings import in_order
    from transforms.parts import Parts

    try:
        doubted = found.result()
    except (OSError, UserError):  # as it may be gone when a step is taken again
        doubted = doubts(plan, tables, current, staging)
    if plan.reused and current:
        current.let_go()
    findings = Parts.of(tables["findings"]).followed([plan.seeds.findings, doubted])
    return {**tables, "findings": in_order(findings)}


def publish(warehouse: Warehouse, plan: Plan, tables: Tables, stage: Stage) -> tuple[Snapshot, Summary]:
    """Show the tables to readers, and sum them up."""
    from flows.report import summarise

    snapshot = warehouse.complete(plan.inputs, tables, stage)
    with ThreadPoolExecutor(1) as beside:
        summary = beside.submit(summarise, snapshot)
        warehouse.show(snapshot)
    return snapshot, summary.result()


def fewer(last: Snapshot | None, now: Snapshot) -> int:
    """How many sheets of the last snapshot have fewer results now, or are gone; 0 where that is none or damaged."""
    import pyarrow.compute as pc

    if last is None:
        return 0
    try:
        before, after = (each.table("sheets", ["sheet_id", "results"]) for each in (last, now))
    except (DataError, OSError):
        return 0
    place = pc.index_in(before["sheet_id"], after["sheet_id"])
    results = pc.fill_null(after["results"].take(place), -1)
    return int(pc.sum(pc.less(results, before["results"])).as_py() or 0)


def _stage(warehouse: Warehouse, plan: Plan, current: Snapshot | None, beside: Beside) -> Stage:
    """Where tables are written; one that is as it was is not written anew."""
    from flows.load import Stage

    writing = {name: plan.inputs[name] for name in ("code", "schema_version", "writer")}
    last = current if plan.reused and current and stands(current, writing) else None
    return Stage(warehouse, last, writing, beside)


# What each step is called, on the terminal and in Prefect's UI.
NAMES: Mapping[Callable[..., Any], str] = {
    survey: "Find what changed",
    read_batch: "Read the sheets",
    collect: "Collect what was read",
    identify: "Tell drivers, entrants and cars apart",
    check: "Check the tables",
    publish: "Publish the snapshot",
}
