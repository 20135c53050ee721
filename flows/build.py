"""The Prefect flow: the steps of a build as few, coarse tasks, with artifacts that show what they led to."""

# Prefect makes its form from the annotations, which must not be put off to strings, and from the docstring.
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from prefect import Task, flow, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.runtime import flow_run
from prefect.settings import PREFECT_UI_URL
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import exponential_backoff
from prefect.utilities.annotations import quote
from pydantic import Field

from flows import steps
from flows.artifacts import failure_page, findings_page, sheet_pages, summary_page, verbatim
from flows.cluster import even_shares
from flows.report import headline
from flows.roots import absolute
from flows.snapshots import Warehouse
from flows.survey import Outcome
from flows.workers import Workers, cores

T = TypeVar("T")
# A disk or a bucket may fail for a moment; what a person has to mend does not mend itself.
RETRIES = 2


def _transient(_task: object, _run: object, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError) or isinstance(getattr(error, "__cause__", None), OSError)


_as_task = task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(2),
    retry_condition_fn=_transient,
)
TASKS: dict[Callable[..., Any], Task[..., Any]] = {
    step: _as_task(step).with_options(name=name) for step, name in steps.NAMES.items()
}


class Tasks:
    """Runs each step as a task of the flow; tables are handed over as they are, not searched for futures."""

    def __init__(self, place: str | None = None, workers: int | None = None):
        self._place, self._workers, self._here = place, workers, steps.Direct(workers or 1)

    def run(self, step: Callable[..., T], *arguments: Any) -> T:
        """The result of the step's task."""
        return TASKS[step](*map(quote, arguments))  # type: ignore[return-value]

    def expect(self, size: int) -> None:
        """Let workers get ready, where this flow has its own."""
        self._here.expect(size)

    def each(self, step: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> Generator[T, None, None]:
        """The results of the step for each tuple of arguments: from a cluster, or threads that wait for workers."""
        with ExitStack() as at_work:
            shares: list[Sequence[tuple[Any, ...]]] = [[call] for call in calls]
            hands: steps.Direct | Workers = steps.Direct()
            if self._workers is None:
                shares = even_shares(calls, _workers_of_the_cluster())
            elif self._workers > 1 and len(calls) > 1:
                hands = at_work.enter_context(Workers(min(self._workers, len(calls))))
            task = _by(hands, step)
            futures = [task.submit(share) for share in shares]
            progress = create_progress_artifact(0.0, description="Batches of sheets read.") if len(calls) > 1 else None
            done = 0
            for future in futures:
                yield from (results := future.result())
                done += len(results)
                if isinstance(progress, UUID):
                    update_progress_artifact(progress, 100.0 * done / len(calls))

    def staging(self, warehouse: Warehouse) -> str:
        """A folder for this warehouse at the place given, which all workers see; else its own staging folder."""
        if self._place is None:
            return steps.Direct().staging(warehouse)
        return f"{self._place.rstrip('/')}/.parcferme-{sha256(absolute(warehouse.url).encode()).hexdigest()[:16]}"


def _by(hands: steps.Direct | Workers, step: Callable[..., T]) -> Task[..., list[T]]:
    """A task like the step's own for several calls in turn, done here, or by workers while this thread waits."""

    def work(calls: Sequence[tuple[Any, ...]]) -> list[T]:
        return list(hands.each(step, calls))

    return _as_task(work).with_options(name=TASKS[step].name)


def _workers_of_the_cluster() -> int:
    """How many tasks the flow's cluster runs at a time, as far as its workers are there by now."""
    runner: Any = FlowRunContext.get().task_runner  # type: ignore[union-attr]
    return sum(runner.client.ncores().values())


@flow(
    name="parcferme-build",
    description="Reads raw result sheets, and publishes them as a warehouse of typed, traceable tables.",
    task_runner=ThreadPoolTaskRunner[Any](max_workers=cores()),  # type: ignore[arg-type]
)
def build(
    root: str = "seeds",
    warehouse: str = "warehouse",
    full: bool = False,
    wait: Annotated[float, Field(ge=0, le=86400)] = 0.0,
    staging: str | None = None,
    workers: Annotated[int | None, Field(ge=1)] = None,
) -> Outcome:
    """Read the seeds and publish them; what failed, an artifact says with the remedy.

    Args:
        root: Where the sheets are: a folder, a glob or an s3://bucket/prefix.
        warehouse: Where to publish: a folder or an s3://bucket/prefix.
        full: Read every sheet again, also those that did not change.
        wait: Seconds to wait for another build to finish.
        staging: Where batches are staged, for all workers to see; by default below the warehouse.
        workers: Processes that read, if no cluster does; by default one a core.
    """
    context = FlowRunContext.get()
    here = context is not None and isinstance(context.task_runner, ThreadPoolTaskRunner)
    tasks = Tasks(staging, (workers or cores()) if here else None)
    try:
        outcome = steps.build(root, Warehouse(warehouse), tasks, full=full, wait=wait)
    except Exception as error:
        create_markdown_artifact(failure_page(error), key="parcferme-failure", description="Why the build failed.")
        raise
    _show(root, outcome)
    # Prefect takes the state for the UI, and gives the caller its data.
    return Completed(message=headline(outcome), data=outcome)  # type: ignore[return-value]


def build_here(root: str, warehouse: str, workers: int | None, **options: Any) -> Outcome:
    """Run the flow with as many workers at a time as asked for, if any number is."""
    runner = ThreadPoolTaskRunner[Any](max_workers=workers or cores())
    flow = build.with_options(task_runner=runner)  # type: ignore[arg-type]
    outcome: Outcome = flow(root, warehouse, workers=workers, **options)
    return outcome


def _show(root: str, outcome: Outcome) -> None:
    """Name the run after its snapshot, and leave the summary and the findings where the UI shows them."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, name=outcome.snapshot.id)
    create_markdown_artifact(summary_page(outcome), key="parcferme-summary", description="What the build led to.")
    if outcome.summary:
        addresses = {sheet: _artifact(page, sheet) for sheet, page in sheet_pages(root, outcome.summary)}
        findings = findings_page(outcome.summary, addresses)
        create_markdown_artifact(findings, key="parcferme-findings", description="Doubts about cells, rows and sheets.")


def _artifact(page: str, about: str) -> str:
    """Leave a page in the UI, and give its address there: a path, since the UI may be seen under several names."""
    id_ = create_markdown_artifact(page, description=f"Doubts about {verbatim(about)}.")
    return f"{urlsplit(PREFECT_UI_URL.value() or '').path.rstrip('/')}/artifacts/artifact/{id_}"


if __name__ == "__main__":
    from flows.cli import main

    main(["build"])
