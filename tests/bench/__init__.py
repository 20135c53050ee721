"""What parcferme costs: time, processors and memory, beside others and as archives grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def wide() -> Console:
    """The console, as wide as the tables where it is not a terminal."""
    from flows.terminal import console  # which the scripts below `peers` need not wait for

    out = console()
    out.width = max(out.width, 120)
    return out
