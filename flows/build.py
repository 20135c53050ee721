"""The Prefect flow: the steps of a build as few, coarse tasks, with artifacts that show what they led to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from prefect import Task, flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.tasks import exponential_backoff
from prefect.utilities.annotations import quote

from flows import steps
from flows.report import findings_rows, markdown
from flows.snapshots import Warehouse

T = TypeVar("T")
# A disk or a bucket may fail for a moment; what a person has to mend does not mend itself.
RETRIES = 2


def _transient(_task: object, _run: object, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), OSError)


_as_task = task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(2),
    retry_condition_fn=_transient,
)
TASKS: dict[Callable[..., Any], Task[..., Any]] = {
    step: _as_task(step).with_options(name=name)
    for step, name in (
        (steps.survey, "Find what changed"),
        (steps.read_batch, "Read a batch of sheets"),
        (steps.collect, "Collect what was read"),
        (steps.identify, "Tell drivers and entrants apart"),
        (steps.check, "Check the tables"),
        (steps.publish, "Publish the snapshot"),
    )
}


class Tasks:
    """Runs each step as a task of the flow; arguments are handed over as they are, not searched for futures."""

    def run(self, step: Callable[..., T], *arguments: Any) -> T:
        """The result of the step's task."""
        result: T = TASKS[step](*map(quote, arguments))  # type: ignore[assignment]
        return result

    def each(self, step: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> Iterable[T]:
        """The results of one task for each tuple of arguments, run by the flow's task runner."""
        futures = [TASKS[step].submit(*map(quote, arguments)) for arguments in calls]
        return (future.result() for future in futures)

    def staging(self, warehouse: Warehouse) -> str:
        """The warehouse's own staging folder."""
        return steps.Direct().staging(warehouse)


@flow(name="parcferme-build", description=__doc__)
def build(root: str = "seeds", warehouse: str = "warehouse", full: bool = False, wait: float = 0.0) -> steps.Outcome:
    """Read the seeds below `root` and publish them to `warehouse`; `full` reads unchanged sheets again, too."""
    outcome = steps.build(root, Warehouse(warehouse), Tasks(), full=full, wait=wait)
    _show(outcome)
    return outcome


def _show(outcome: steps.Outcome) -> None:
    """Name the run after its snapshot, and leave the summary and the findings where the UI shows them."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, name=outcome.snapshot.id)
    create_markdown_artifact(markdown(outcome), key="parcferme-summary", description="What the build led to.")
    if outcome.summary:
        create_table_artifact(
            findings_rows(outcome.summary), key="parcferme-findings", description="Doubts about cells, rows and sheets."
        )


if __name__ == "__main__":
    from flows.cli import main

    main(["build"])
