"""Small, reviewable word lists, one CSV each; a cell with several values divides them by `|`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def read_list(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of `<name>.csv`, each by column name, in the order of the file; FileNotFoundError when there is none."""
    text = files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(), strict=True))


def parts(cell: str) -> list[str]:
    """The values of one cell: `Alfa|Alfa Romeo` -> two; an empty cell holds none."""
    return cell.split("|") if cell else []
