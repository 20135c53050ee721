"""Words, names and cars come again and again, in batch after batch: what they were read as is remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")
_LONGEST, _MOST = 100, 65_536  # characters of a text, and texts: a few dozen megabytes at most


def remember(read: Callable[[str], T]) -> Callable[[str], T]:
    """Let a function of one text remember its answers; texts that are no word or name would only fill the memory."""
    known = lru_cache(maxsize=_MOST)(read)

    @wraps(read)
    def answer(text: str) -> T:
        return known(text) if len(text) <= _LONGEST else read(text)

    return answer
