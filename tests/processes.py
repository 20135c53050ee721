"""Processes that a test has started, and those that they have: found, waited for, ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

# Far longer than anything takes on a machine that has much else to do; a test that fails may take its time.
PATIENCE = 240.0


def until(true: Callable[[], object], pause: float = 0.02) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(pause)


def of_session(session: int) -> list[int]:
    """The processes of a session that have not ended."""
    return [process for process, fields in _stats() if int(fields[3]) == session and fields[0] != "Z"]


def about(folder: Path) -> list[int]:
    """The processes that run on something below the folder, or were started by one that does."""
    found = []
    for process in _all():
        with suppress(OSError):  # it has ended meanwhile
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if f"{folder}/".encode() in words:
                found.append(int(process.name))
    return found


def end(found: Callable[[], list[int]]) -> None:
    """Kill all that are found, until none is."""
    while left := found():
        for process in left:
            with suppress(ProcessLookupError):  # it has gone with another
                os.kill(process, signal.SIGKILL)


def _all() -> Iterator[Path]:
    return Path("/proc").glob("[0-9]*")


def _stats() -> Iterator[tuple[int, list[str]]]:
    for process in _all():
        with suppress(OSError):
            yield int(process.name), (process / "stat").read_text().rpartition(")")[2].split()
