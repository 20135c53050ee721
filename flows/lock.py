"""One writer at a time: a lock that dies with its owner, and tells the next one who that is."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flows.errors import UserError

PAUSE = 0.1
_held: set[int] = set()


class BusyError(UserError):
    """Another program is writing to the warehouse."""


@contextmanager
def exclusive(path: Path, what: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock file at `path` on a warehouse, waiting up to `wait` seconds for another's.

    BusyError says who holds it, since when, and what to do.

    The kernel lets go of it when its owner ends, however that happens. On a network drive it holds
    among machines only where the drive supports `flock`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        _take(descriptor, path, what, time.monotonic() + wait)
        _held.add(descriptor)
        _sign(descriptor)
        yield
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def _let_go() -> None:
    """Close what a forked worker inherited: else it would hold the lock beyond its parent's death."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_let_go)


def _take(descriptor: int, path: Path, what: str, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise _busy(descriptor, path, what) from None
            time.sleep(PAUSE)
        else:
            return


def _sign(descriptor: int) -> None:
    owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(owner).encode(), 0)


def _busy(descriptor: int, path: Path, what: str) -> BusyError:
    try:
        owner = json.loads(os.pread(descriptor, 1000, 0))
        who = f"process {owner['pid']} on {owner['host']}, since {owner['since']}"
        remedy = (
            f"Wait for it, or end it there (`kill {owner['pid']}`): the lock goes with it, and readers notice nothing."
        )
    except (ValueError, KeyError, TypeError):
        who, remedy = "another process", f"Wait for it, or end it (`fuser {path}` names it): the lock goes with it."
    return BusyError(f"The warehouse {what} is being written by {who}.", remedy)
