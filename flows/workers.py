"""Processes that read batches of sheets side by side, for as long as a build needs them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from traceback import format_exc
from types import TracebackType
from typing import Any, TypeVar

from flows.errors import UserError
from flows.progress import tell

T = TypeVar("T")
# What a step returned, what it raised, and the cause of that.
Done = tuple[Any, Exception | None, BaseException | None]
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
    with suppress(OSError), _deaf():  # where it cannot start, the build reads by itself
        forkserver.ensure_running()


@contextmanager
def _deaf() -> Iterator[None]:
    """Let what starts now, and all that it forks, not hear Ctrl-C: that is for the build, which ends its workers."""
    resource_tracker.ensure_running()  # which would else be started on the way, and lets all signals pass then
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


class Workers:
    """So many processes, from the first call to the end of the block, or of this process, however it ends.

    Each imports the program's main module, which must not build when it is imported. Each has a pipe and a thread
    of this process to itself, so that one that is killed leaves no lock held that others wait for.
    """

    def __init__(self, count: int):
        self._context = _context()
        self._theirs, self._life = self._context.Pipe(duplex=False)
        self._idle: SimpleQueue[_Worker | None] = SimpleQueue()
        for _ in range(count):
            self._idle.put(None)  # to be started when there is something to do
        self._count, self._threads, self._ended = count, ThreadPoolExecutor(count), False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Wait until all have ended: at once, in the middle of what they do, where an error ends the block."""
        self._ended = True
        with self._theirs, self._life:  # closed even where this is told to stop, too: nobody may outlive that
            if kind is not None:
                self._life.close()
            self._threads.shutdown(cancel_futures=True)
            for worker in [self._idle.get() for _ in range(self._count)]:
                if worker:
                    worker.end()

    def each(self, step: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> Iterator[T]:
        """The results of the step for each tuple of arguments, in order, and its errors as it raises them.

        What a worker has left undone that was killed, mostly for want of memory, this process does itself.
        """
        futures = [self._threads.submit(self._ask, step, arguments) for arguments in calls]
        for arguments, future in zip(calls, futures, strict=True):
            done = future.result()
            if done is None:
                if self._ended:
                    raise CancelledError
                tell("A worker was lost; what it did is done again")
                done = _tried(step, arguments)
            found, error, cause = done
            if error is not None:
                raise error from cause
            yield found

    def _ask(self, step: Callable[..., Any], arguments: tuple[Any, ...]) -> Done | None:
        """What a worker found; none if it was lost, in whose place another will start."""
        worker = self._idle.get()
        try:
            worker = worker or _Worker(self._context, self._theirs)
            return worker.ask(step, arguments)
        except (EOFError, OSError):
            if worker:
                worker.end()
            worker = None
            return None
        finally:
            self._idle.put(worker)


class _Worker:
    """A process that does one thing at a time."""

    def __init__(self, context: ForkServerContext, life: Connection):
        self._pipe, theirs = context.Pipe()
        with theirs, _deaf():  # the process that forks it may have been lost, and be started again
            self._process = context.Process(target=_work, args=(theirs, life), daemon=True)
            self._process.start()

    def ask(self, step: Callable[..., Any], arguments: tuple[Any, ...]) -> Done:
        """Wait for what it finds; raises EOFError or OSError if it has ended before."""
        self._pipe.send((step, arguments))
        done: Done = self._pipe.recv()
        return done

    def end(self) -> None:
        """Let it end, and wait until it has."""
        self._pipe.close()
        self._process.join()


def _work(asked: Connection, life: Connection) -> None:
    """Do what is asked for as long as somebody asks."""
    import pyarrow as pa

    pa.set_cpu_count(1)  # its neighbours have the other cores
    Thread(target=_end_with, args=(life,), daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            asked.send(_tried(*asked.recv()))


def _tried(step: Callable[..., Any], arguments: tuple[Any, ...]) -> Done:
    """What the step returns, or what it raises with what processes do not hand on: the cause, or where it was."""
    try:
        return step(*arguments), None, None
    except UserError as error:
        return None, error, error.__cause__
    except Exception as error:
        error.add_note(format_exc())
        return None, error, None


def _end_with(life: Connection) -> None:
    with suppress(EOFError, OSError):
        life.recv()
    os._exit(1)
