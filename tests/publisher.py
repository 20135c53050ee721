"""A process that publishes on demand, and dies when told: `python -m tests.publisher`.

Each line on standard input is a JSON list: warehouse, generation, the step or the seconds after which to
die by SIGKILL (null: not at all). Each is done in a fork, so that what takes longest is done once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pandas  # noqa: F401 (pyarrow imports it as soon as it can)

import flows.load  # noqa: F401
from flows.snapshots import Warehouse
from flows.views import views
from tests.loads import load


def publish(url: str, generation: int, last: str | None = None) -> None:
    def step(name: str) -> None:
        if name == last:
            os.kill(os.getpid(), signal.SIGKILL)

    Warehouse(url, step).publish({"generation": generation}, load(generation))


def main() -> None:
    views()
    for line in sys.stdin:
        url, generation, end = json.loads(line)
        worker = os.fork()
        if not worker:
            publish(url, generation, end if isinstance(end, str) else None)
            os._exit(0)
        if isinstance(end, float):
            time.sleep(end)
            os.kill(worker, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]), flush=True)


class Publisher:
    """The other end: asks the process, and gives the exit code of what it did."""

    def __init__(self, process: subprocess.Popen[str]):
        self.process = process

    def __call__(self, url: object, generation: int, end: str | float | None = None) -> int:
        """Publish a generation, to its end or to the step or second at which it dies."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([str(url), generation, end]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def publisher() -> Iterator[Publisher]:
    command = [sys.executable, "-m", "tests.publisher"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Publisher(process)
        assert process.stdin
        process.stdin.close()


if __name__ == "__main__":
    main()
