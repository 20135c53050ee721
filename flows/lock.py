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
from flows.terminal import local_time

PAUSE = 0.1
_held: set[int] = set()


class BusyError(UserError):
    """Another program is writing to the warehouse."""


@contextmanager
def exclusive(path: Path, note: Path, what: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock file at `path`, waiting up to `wait` seconds for another; it is never written to.

    BusyError says who holds what it locks, since when (the owner's `note` tells), and what to do. The
    kernel lets go of it when its owner ends, however that happens. On a network drive it holds among
    machines only where the drive supports `flock`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        _take(descriptor, path, note, what, time.monotonic() + wait)
        _held.add(descriptor)
        yield
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def _let_go() -> None:
    """Close what a forked worker inherited: else it would hold the lock beyond its parent's death."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_let_go)


def _take(descriptor: int, path: Path, note: Path, what: str, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise _busy(path, note, what) from None
            time.sleep(PAUSE)
        else:
            return


def sign(note: Path) -> None:
    """Note who holds the lock, for those who would like to."""
    owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    note.write_text(json.dumps(owner), "utf-8")


def _busy(path: Path, note: Path, what: str) -> BusyError:
    try:
        owner = json.loads(note.read_bytes())
        who = f"process {owner['pid']} on {owner['host']}, since {local_time(owner['since'])}"
        end = f"there (`kill {owner['pid']}`)"
    except (OSError, ValueError, KeyError, TypeError):
        who, end = "another process", f"(`fuser {path}` names it)"
    return BusyError(
        f"The warehouse {what} is being written by {who}.",
        f"Wait for it, as `--wait 600` does, or end it {end}: the lock goes with it, and readers notice nothing.",
    )
