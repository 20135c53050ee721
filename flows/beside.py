"""Work that is done beside the main thread; who waits for what nobody has begun does it himself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from types import TracebackType
from typing import Any, Generic, TypeVar

from flows.workers import cores

T = TypeVar("T")
# More threads would each hold a row group of a table.
MOST = 3


class Job(Generic[T]):
    """One piece of work, which is done once, by whoever comes first; its `future` says how far it is."""

    def __init__(self, threads: ThreadPoolExecutor, work: Callable[..., T], *arguments: Any):
        self._work, self._arguments, self._taking = work, arguments, Lock()
        self.future = threads.submit(work, *arguments)

    def take(self) -> None:
        """Do it here unless somebody has begun it."""
        with self._taking:
            if self.future.cancel():
                self.future = Future()
                try:
                    self.future.set_result(self._work(*self._arguments))
                except Exception as error:
                    self.future.set_exception(error)

    def result(self) -> T:
        """What it led to, or raises."""
        self.take()
        return self.future.result()


class Beside:
    """A thread for each processor but one, which the main thread has: with more, each would wait for the others."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max(1, min(cores() - 1, MOST)))

    def submit(self, work: Callable[..., T], *arguments: Any) -> Job[T]:
        """Let it be done after what was submitted before."""
        return Job(self._threads, work, *arguments)

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._threads.shutdown(cancel_futures=True)


def done(jobs: Sequence[Job[T]]) -> list[T]:
    """What some jobs led to; those that nobody has begun are done here."""
    for job in jobs:
        job.take()
    return [job.result() for job in jobs]


def leave(jobs: Iterable[Job[Any]]) -> None:
    """Begin none of these jobs any more, and wait for those that have begun."""
    wait([future for future in [job.future for job in jobs] if not future.cancel()])
