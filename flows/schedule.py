"""Serves the flow on a schedule, from a Prefect server that runs as long as the schedule does."""

from __future__ import annotations

import os
import re
from datetime import timedelta

from flows.errors import UserError
from flows.prefect_home import settle
from flows.roots import absolute
from flows.server import start_server
from flows.storage import storage_at

NAME = "parcferme"
# What a run does that finds another one: Prefect's strategy, and how the UI words it.
OVERLAPS = {
    "wait": ("ENQUEUE", "waits until that is done"),
    "skip": ("CANCEL_NEW", "is cancelled: the next one will find what changed"),
}
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
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


def serve(
    root: str, warehouse: str, *, cron: str | None, every: timedelta | None, overlap: str = "wait", port: int = 4200
) -> None:
    """Build the warehouse from `root` on a cron line or at an interval, until stopped.

    Uses the server at PREFECT_API_URL where that is set, else one of its own on loopback. Raises
    UserError when that cannot start, or for a cron line that is none.
    """
    home = storage_at(warehouse).lock.parent / ".prefect"
    settle(home)
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO")
    if "PREFECT_API_URL" not in os.environ:
        os.environ["PREFECT_API_URL"] = start_server(port, home / "server.log")
    _serve(absolute(root), absolute(warehouse), cron, every, overlap)


def _serve(root: str, warehouse: str, cron: str | None, every: timedelta | None, overlap: str) -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.types.entrypoint import EntrypointType

    from flows.build import build

    strategy, meaning = OVERLAPS[overlap]
    build.serve(
        name=NAME,
        cron=cron,
        interval=every,
        parameters={"root": root, "warehouse": warehouse, "wait": 3600.0},
        description=f"{build.description}\n\nRuns never overlap: one that finds another {meaning}.",
        tags=["parcferme"],
        global_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy[strategy]),
        entrypoint_type=EntrypointType.MODULE_PATH,
        pause_on_shutdown=False,
        print_starting_message=False,
    )
