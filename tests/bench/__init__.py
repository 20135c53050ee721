"""What parcferme costs: time, processors and memory, beside others and as archives grow."""

from rich.console import Console

from flows.terminal import console


def wide() -> Console:
    """The console, as wide as the tables where it is not a terminal."""
    out = console()
    out.width = max(out.width, 120)
    return out
