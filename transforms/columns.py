"""A table's layout: what each of its columns is, how that is known, and what is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from transforms.headers import Heading

EMPTY = "empty"  # the role of a column without a filled cell


class Column(NamedTuple):
    """A column as understood: its heading, the share of cells that fit, the next best role, the margin in nats.

    `looks` is the role that it looks far more like than its own, which only its place speaks for;
    `like_crew` whether it looks more like a crew than like what it is taken for.
    """

    heading: Heading
    fit: float = 1.0
    runner_up: str | None = None
    margin: float | None = None
    looks: str | None = None
    like_crew: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table, how they are known (header, declared, inferred), and why they are in doubt, if they are.

    `second` holds the headings of a header's second line, by column: what a continuation row prints there.
    """

    columns: tuple[Column, ...]
    basis: str
    score: float = 1.0
    doubt: str | None = None
    second: dict[int, Heading] = field(default_factory=dict)

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each column."""
        return tuple(column.heading.role for column in self.columns)


@cache
def unnamed(role: str, column: int) -> Heading:
    """The heading of a column that no header names."""
    return Heading(role, f"column {column + 1}")


def columns_line(roles: Sequence[str]) -> str:
    """The line of event.toml that declares a layout."""
    quoted = ", ".join(f'"{role}"' for role in roles)
    return f"columns = [{quoted}]"
