"""What the C library does with memory that is no longer used: as a rule it keeps it for the next who asks."""

from __future__ import annotations

import ctypes
from contextlib import suppress

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt in glibc
LARGE, SPARE = 4 << 20, 32 << 20


def give_back_large() -> None:
    """Let pieces of LARGE bytes and more go back as soon as they are freed; left alone, glibc raises that bar itself.

    Tables and codes come and go in pieces of many megabytes: kept ones lie between those in use, and add up to a
    fifth of the peak. Of smaller ones SPARE bytes stay at hand: to give them back and ask for them again would take a
    tenth of reading. Elsewhere than in glibc nothing changes.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, LARGE)
        library.mallopt(M_TRIM_THRESHOLD, SPARE)


def give_back() -> None:
    """Let go of what is free, once a step is done."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
