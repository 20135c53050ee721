"""What the C library does with memory that is no longer used: as a rule it keeps it for the next who asks."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt in glibc


def keep_at_hand() -> None:
    """Keep pieces of up to 64 MiB for the next who asks, and a quarter of a gigabyte of free memory in all.

    A batch of sheets is read in pieces of some megabytes that come and go: to give each back and to ask for it again
    would take a tenth of reading. Elsewhere than in glibc nothing changes.
    """
    _set(large=64 << 20, spare=256 << 20)


def _give_back_large() -> None:
    """Let pieces of 4 MiB and more go back as soon as they are freed.

    Tables and codes of a whole archive come and go in pieces of many megabytes: kept ones lie between those in use,
    and add up to a fifth of the peak. Of smaller ones 32 MiB stay at hand. Arrow's own allocator keeps more than that.
    """
    import pyarrow as pa

    _set(large=4 << 20, spare=32 << 20)
    pa.set_memory_pool(pa.system_memory_pool())


def _set(large: int, spare: int) -> None:
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, large)
        library.mallopt(M_TRIM_THRESHOLD, spare)


def _give_back() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def giving_back() -> Iterator[None]:
    """Let go of what is free, now and every half second: a quarter lies between pieces that are in use."""
    done = Event()
    _give_back_large()

    def again() -> None:
        _give_back()
        while not done.wait(0.5):
            _give_back()

    thread = Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
