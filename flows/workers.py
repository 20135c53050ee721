"""Processes that read batches of sheets side by side, for as long as a build needs them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import zip_longest
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, TypeVar

from flows.errors import UserError
from flows.progress import tell

T = TypeVar("T")
# Loaded once, in the process from which all workers are forked: it does nothing else, so that no thread of Arrow's
# is lost in a fork.
LOADED = ["flows.lean", "flows.steps", "flows.sheet_files", "flows.staging", "transforms.sheets"]
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores() -> int:
    """The processors that this process may use, by its affinity and by the quota of its container."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = map(int, _QUOTA.read_text("ascii").split())
        return max(1, min(own, -(-quota // period)))
    return own


def get_ready() -> None:
    """Begin to load what workers need: until that is done takes half a second, in a process of its own."""
    _context()
    forkserver.ensure_running()


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


class Workers:
    """So many processes, from the first call to the end of the block, or of this process, however it ends.

    Each imports the program's main module, which must not build when it is imported.
    """

    def __init__(self, count: int):
        context = _context()
        theirs, self._life = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(count, context, _begin, (theirs,))
        self._ended = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Wait until all have ended: at once, in the middle of what they do, where an error ends the block."""
        self._ended = True
        if kind is not None:
            self._life.close()
        self._pool.shutdown(cancel_futures=True)
        self._life.close()

    def each(self, step: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> Iterator[T]:
        """The results of the step for each tuple of arguments, in order, and its errors as it raises them.

        What a worker has left undone that was killed, mostly for want of memory, this process does itself.
        """
        futures: list[Future[Any]] = []
        with suppress(BrokenProcessPool):
            for arguments in calls:
                futures.append(self._pool.submit(_tried, step, arguments))
        for arguments, future in zip_longest(calls, futures):
            try:
                found, cause = future.result() if future else _tried(step, arguments)
            except BrokenProcessPool:
                if self._ended:
                    raise
                tell("A worker was lost; what it did is done again")
                found, cause = _tried(step, arguments)
            if isinstance(found, UserError):
                raise found from cause
            yield found


def _tried(step: Callable[..., T], arguments: tuple[Any, ...]) -> tuple[T | UserError, BaseException | None]:
    """The step's result, or the error that a user can mend with its cause, which no process hands on to another."""
    try:
        return step(*arguments), None
    except UserError as error:
        return error, error.__cause__


def _begin(life: Connection) -> None:
    """Settle a worker: Ctrl-C reaches it too, but it is the build that ends it, by closing the pipe or by its end."""
    import pyarrow as pa

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pa.set_cpu_count(1)  # its neighbours have the other cores
    Thread(target=_end_with, args=(life,), daemon=True).start()


def _end_with(life: Connection) -> None:
    with suppress(EOFError, OSError):
        life.recv()
    os._exit(1)
