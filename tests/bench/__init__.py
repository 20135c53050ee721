"""What parcferme costs: time, processors and memory, beside others and as archives grow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def compile_modules() -> None:
    """Compile all modules, as an installation does: else, where Python may not keep them, each start would do it."""
    from compileall import compile_dir

    project = Path(__file__).resolve().parent.parent.parent
    for room in ("flows", "transforms", "tests"):
        compile_dir(project / room, quiet=2)


def wide() -> Console:
    """The console, as wide as the tables where it is not a terminal."""
    from flows.terminal import console  # which the scripts below `peers` need not wait for

    out = console()
    out.width = max(out.width, 120)
    return out
