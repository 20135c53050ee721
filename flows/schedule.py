"""Serves the flow on a schedule, from a Prefect server that runs as long as the schedule does."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from flows.errors import UserError
from flows.load import writing
from flows.prefect_home import CONSOLE_LEVEL, settle
from flows.roots import absolute, open_root
from flows.server import reach, start_server
from flows.storage import storage_at

if TYPE_CHECKING:
    from prefect.runner import Runner

NAME = "parcferme"
# How many seconds a run waits for a build that someone has started by hand.
LONGEST_WAIT = 3600.0
# Told to stop, how many seconds a run is given to finish, and then as many to end by itself before it is killed.
# Either way readers keep a whole warehouse, and the next run does what this one has not done.
GRACE = 5.0
# What a run does that finds another one: Prefect's strategy, and how the UI words it.
OVERLAPS = {
    "wait": ("ENQUEUE", "waits until that is done"),
    "skip": ("CANCEL_NEW", "is cancelled: the next one will find what changed"),
}
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_CRON = re.compile(r"(?:[\w*,/#-]+\s+){4}[\w*,/#-]+")
_DURATION = re.compile(r"(\d{1,6})\s*([smhd])")


def duration(text: str) -> timedelta:
    """A length of time such as `90s`, `10m`, `6h` or `1d`.

    Raises UserError for anything else, and for less than five seconds.
    """
    match = _DURATION.fullmatch(text.strip())
    length = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if length < timedelta(seconds=5):
        raise UserError(f"`{text}` is no interval.", "Write a number and s, m, h or d, from 5s up: --every 10m.")
    return length


def when(cron: str | None, every: str | None) -> str | timedelta:
    """A cron line or an interval, whichever is given.

    Raises UserError when neither or both are, or when it is none.
    """
    if (cron is None) == (every is None):
        raise UserError(
            "A schedule needs either --cron or --every, and not both.",
            'parcferme schedule --every 10m, or --cron "0 6 * * 1"',
        )
    if cron is None:
        return duration(every or "")
    if not _CRON.fullmatch(cron.strip()):
        raise _no_cron_line(cron)
    return cron.strip()


def serve(root: str, warehouse: str, when: str | timedelta, overlap: str = "wait", port: int = 4200) -> None:
    """Build the warehouse from `root` on a cron line or at an interval, until stopped.

    Uses the server at PREFECT_API_URL where that is set, else one of its own on loopback. Raises
    UserError when that cannot start, when there is no such root, or for a cron line that is none.
    """
    open_root(root)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    os.environ.setdefault(CONSOLE_LEVEL, "INFO")
    reach(os.environ.get("PREFECT_API_URL"))
    home = storage_at(warehouse).lock.parent / ".prefect"
    with writing(warehouse):
        settle(home)
    if "PREFECT_API_URL" not in os.environ:
        click.echo("Starting Prefect's server ...")
        os.environ["PREFECT_API_URL"] = start_server(port, home / "server.log")
        _give_up_lost_runs()
    click.echo(
        f"Building on schedule; the UI is at {os.environ['PREFECT_API_URL'].removesuffix('/api')}. Ctrl-C stops."
    )
    _serve(absolute(root), absolute(warehouse), when, overlap)


def _give_up_lost_runs() -> None:
    """Say of runs that an earlier server left under way that they crashed: others would wait for them forever."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    under_way = filters.FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(
            flow_run_filter=filters.FlowRunFilter(state=filters.FlowRunFilterState(type=under_way)),
            deployment_filter=filters.DeploymentFilter(name=filters.DeploymentFilterName(any_=[NAME])),
        ):
            client.set_flow_run_state(run.id, Crashed(message="The schedule was killed in the middle."), force=True)


def _serve(root: str, warehouse: str, when: str | timedelta, overlap: str) -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
    from prefect.types.entrypoint import EntrypointType

    from flows.build import build

    try:
        schedule = CronSchedule(cron=when) if isinstance(when, str) else IntervalSchedule(interval=when)
    except ValueError:
        raise _no_cron_line(str(when)) from None
    strategy, meaning = OVERLAPS[overlap]
    runner = _runner()
    runner.add_flow(
        build,
        name=NAME,
        schedules=[schedule],
        parameters={"root": root, "warehouse": warehouse, "wait": LONGEST_WAIT},
        description=f"{build.description}\n\nRuns never overlap: one that finds another {meaning}.",
        tags=["parcferme"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy[strategy]),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(runner.start())


def _runner() -> Runner:
    """A runner that, told to stop, ends its run in bounded time and leaves by the door; the schedule stays active."""
    from multiprocessing.context import SpawnProcess

    from prefect.runner import Runner

    class Stoppable(Runner):
        async def start(self, *arguments: Any, **options: Any) -> None:
            self.loop, self.work = asyncio.get_running_loop(), asyncio.current_task()
            await super().start(*arguments, **options)

        def handle_sigterm(self, *arguments: Any, **options: Any) -> None:
            if self.work is not None:
                self.loop.call_soon_threadsafe(self.leave, self.work)

        def leave(self, work: asyncio.Task[Any]) -> None:
            work.cancel()
            for times, end in enumerate((SpawnProcess.terminate, SpawnProcess.kill), 1):
                self.loop.call_later(times * GRACE, _each_run, end)

    return Stoppable(name=NAME, pause_on_shutdown=False)


def _each_run(act: Callable[[Any], None]) -> None:
    """Do that with the processes of the runs that are under way."""
    for process in multiprocessing.active_children():
        act(process)


def _no_cron_line(text: str) -> UserError:
    return UserError(
        f"`{text}` is no cron line.",
        'Write minute, hour, day, month and weekday: --cron "0 6 * * 1" is Mondays at six.',
    )
