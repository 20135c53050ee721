"""Reads batches of sheets on a Dask cluster; all else runs where the flow does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from ipaddress import ip_address
from math import ceil
from pathlib import Path
from socket import gethostbyname
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from flows.errors import UserError
from flows.roots import absolute
from flows.server import free_port, start_server
from flows.workers import cores

if TYPE_CHECKING:
    from flows.survey import Outcome

T = TypeVar("T")
# Each worker with one thread: readers of sheets compute. No dashboard on a port of its own.
LOCAL = {"threads_per_worker": 1, "dashboard_address": None}
# What Prefect and Dask need for a task, up to a fifth of a second, is less than a twentieth of reading so many batches.
BATCHES_OF_A_TASK = 8


def build_on_dask(root: str, warehouse: str, scheduler: str | None, home: Path, options: dict[str, Any]) -> Outcome:
    """Build with the workers of the scheduler at that address, or of a cluster on this machine.

    Batches are staged where `options` say, else beside the warehouse, on the same disk or in the same store.
    Without a server at PREFECT_API_URL one is started first, since every worker would else start its
    own. Raises UserError when prefect-dask is not installed, or when that server could not be reached
    from the scheduler's machine.
    """
    if find_spec("prefect_dask") is None:
        raise UserError("--runner dask needs prefect-dask.", "pip install 'parcferme[dask]'")
    if "PREFECT_API_URL" not in os.environ:
        if scheduler and not _is_here(scheduler):
            raise UserError(
                f"The workers of {scheduler} need a Prefect server that they can reach.",
                "Start one (`prefect server start --host 0.0.0.0`) and set PREFECT_API_URL to its address.",
            )
        os.environ["PREFECT_API_URL"] = start_server(free_port(), home / "server.log")
    # Prefect reads its settings when it is imported, so only now.
    from prefect_dask.task_runners import DaskTaskRunner

    from flows.build import build

    own = LOCAL | {"n_workers": options["workers"] or cores()}
    runner = DaskTaskRunner(address=scheduler, cluster_kwargs=None if scheduler else own)
    options = options | {"staging": _staging(options["staging"], warehouse)}
    on_dask = build.with_options(task_runner=runner)  # type: ignore[arg-type]
    outcome: Outcome = on_dask(absolute(root), absolute(warehouse), **options)
    return outcome


def even_shares(calls: Sequence[T], workers: int) -> list[Sequence[T]]:
    """The calls in order, cut evenly: a share for each worker, or more of them where that would be too much for one."""
    count = max(min(workers, len(calls)), ceil(len(calls) / BATCHES_OF_A_TASK))
    return [calls[i * len(calls) // count : (i + 1) * len(calls) // count] for i in range(count)]


def _staging(place: str | None, warehouse: str) -> str | None:
    """A place that means the same to every worker; None for the staging folder of a warehouse on a disk."""
    if place is not None:
        return absolute(place)
    return warehouse if "://" in warehouse else None


def _is_here(scheduler: str) -> bool:
    """True for an address on this machine's loopback, such as `tcp://127.0.0.1:8786`."""
    host = urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}").hostname
    try:
        return ip_address(gethostbyname(host or "")).is_loopback
    except OSError:
        return False
