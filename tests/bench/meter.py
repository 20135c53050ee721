"""What each step of a direct build takes, its workers included."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any

from flows import steps
from flows.workers import cores


class Meter(steps.Direct):
    """Runs the steps, and keeps of each: seconds, CPU seconds, and the peak of memory so far in MiB.

    While there are workers, their peaks are added to that of this process; the second in which all of them start
    together, half of it CPU, counts as time alone.
    """

    def __init__(self) -> None:
        super().__init__(cores())
        self.spent: dict[str, list[float]] = {}
        self.peak = 0.0
        self._peaks: dict[int, float] = {}

    def run(self, step: Callable[..., Any], *arguments: Any) -> Any:
        """The step's result."""
        start = time.perf_counter()
        result, *used = metered(step, *arguments)
        self._note(step, time.perf_counter() - start, *used)
        return result

    def each(self, step: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> Generator[Any, None, None]:
        """The step's results."""
        start = time.perf_counter()
        for result, *used in super().each(metered, [(step, *arguments) for arguments in calls]):
            self._note(step, time.perf_counter() - start, *used)
            start = time.perf_counter()
            yield result
        self._peaks.clear()  # the workers have ended

    def _note(self, step: Callable[..., Any], wall: float, cpu: float, process: int, peak: float) -> None:
        self._peaks[process] = peak
        self.peak = max(self.peak, sum(self._peaks.values()))
        before = self.spent.get(step.__name__, [0.0, 0.0, 0.0])
        self.spent[step.__name__] = [before[0] + wall, before[1] + cpu, self.peak]


def metered(step: Callable[..., Any], *arguments: Any) -> tuple[Any, float, int, float]:
    """The step's result, its CPU seconds, and the process that did it with its peak of memory so far in MiB."""
    start = time.process_time()
    result = step(*arguments)
    cpu = time.process_time() - start
    return result, cpu, os.getpid(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
