"""Says on standard error how far a build is: one changing line on a terminal, now and then a plain one elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

from flows.terminal import console

# Where nobody watches a terminal, a log is not to be filled: seconds between two lines.
PAUSE = 10.0
_tell: ContextVar[Callable[[str], None] | None] = ContextVar("tell", default=None)


def tell(step: str, done: int = 0, total: int = 0) -> None:
    """Say which step a build has come to, and how many of its batches are done; silent unless shown."""
    listener = _tell.get()
    if listener is not None:
        listener(f"{step}: {done:,} of {total:,} batches" if total > 1 else step)


@contextmanager
def shown() -> Iterator[None]:
    """Show what is told until the block ends."""
    out = console(stderr=True)
    last = time.monotonic()

    def line(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= PAUSE:
            last = time.monotonic()
            out.print(f"{text} ...")

    with out.status("Starting") if out.is_terminal else nullcontext() as status:
        token = _tell.set(status.update if status else line)
        try:
            yield
        finally:
            _tell.reset(token)
