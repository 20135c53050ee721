"""What a command takes from its start to its exit, with all processes that it starts (on Linux)."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

# A process that its own parent does not wait for becomes a child of this one, which learns what it took.
_PR_SET_CHILD_SUBREAPER = 36
# Seconds between two looks at the memory of all processes; a peak of one alone is known to the byte.
_PAUSE = 0.05


@dataclass(frozen=True)
class Run:
    """One command: seconds by the clock, seconds of processors, peak memory in MiB, of all its processes together."""

    wall: float
    cpu: float
    memory: float

    def beside(self, other: Run) -> list[float]:
        """How many times as much this takes as the other: time, CPU, memory."""
        return [self.wall / other.wall, self.cpu / other.cpu, self.memory / other.memory]


def run(*command: str) -> Run:
    """Run Python with these arguments; RuntimeError when it fails."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, start_new_session=True)
    watch = _Watch(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    wall, cpu = time.perf_counter() - start, usage.ru_utime + usage.ru_stime
    memory = max(usage.ru_maxrss / 1024, watch.stop())
    with suppress(ChildProcessError):
        while True:
            _, _, left = os.wait4(-1, 0)
            cpu += left.ru_utime + left.ru_stime
    process.returncode = os.waitstatus_to_exitcode(status)
    # A build whose data has errors exits with 1, and is a build all the same.
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} exited with {process.returncode}")
    return Run(wall, cpu, memory)


class _Watch(Thread):
    """Looks now and then how much memory a session's processes hold, in MiB; pages that they share count in each."""

    def __init__(self, session: int):
        super().__init__(daemon=True)
        self._session, self._peak, self._over = session, 0.0, Event()
        self.start()

    def run(self) -> None:
        while not self._over.wait(_PAUSE):
            self._peak = max(self._peak, sum(map(self._resident, Path("/proc").glob("[0-9]*"))))

    def stop(self) -> float:
        """The peak."""
        self._over.set()
        self.join()
        return self._peak

    def _resident(self, process: Path) -> float:
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == self._session:
                return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        return 0.0
