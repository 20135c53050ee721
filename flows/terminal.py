"""What is printed on a terminal: colour only where there is one, and no control character from a sheet."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# C0 and C1 controls, DEL, and the bidirectional overrides that make a line read other than it is.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

UNFOLDED = 10_000  # columns of a terminal in which no line is folded


def plain(text: str) -> str:
    """Text with each control character shown as its escape, so that no sheet can steer the terminal."""
    return _CONTROLS.sub(lambda match: ascii(match.group())[1:-1], text)


def local_time(moment: str) -> str:
    """A moment in ISO 8601 as the clock of this place shows it, to the second."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def console(*, stderr: bool = False) -> Console:
    """A console that colours only on a terminal and never reads markup or emoji codes in data."""
    from rich.console import Console

    return Console(file=sys.stderr if stderr else sys.stdout, markup=False, emoji=False, highlight=False)


def grid(*headers: str, right: Collection[int] = ()) -> Table:
    """An empty table in the house's style: bold headers over one rule; the columns in `right` hold numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index, header in enumerate(headers):
        table.add_column(plain(header), justify="right" if index in right else "left", overflow="fold")
    return table


def whole_width(out: Console, table: Table) -> int:
    """How wide a terminal must be to show the table with every cell on one line."""
    from rich.measure import Measurement

    return Measurement.get(out, out.options.update(max_width=UNFOLDED), table).maximum
