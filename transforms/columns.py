"""A table's layout: what each of its columns is, how that is known, and what is in doubt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.headings import Heading, names_unit

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


@dataclass(frozen=True, eq=False)
class Form:
    """The headings of a table's columns; tables whose columns are the same share one form, known by itself."""

    headings: tuple[Heading, ...]

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The role of each column."""
        return tuple(heading.role for heading in self.headings)

    @cached_property
    def role_set(self) -> frozenset[str]:
        """The roles that some column has."""
        return frozenset(self.roles)

    @cached_property
    def in_miles(self) -> frozenset[str]:
        """The roles whose headings say that they are printed in miles."""
        return frozenset(heading.role for heading in self.headings if heading.mph)

    @cached_property
    def with_unit(self) -> frozenset[str]:
        """The roles whose headings name a unit."""
        return frozenset(heading.role for heading in self.headings if heading.mph or names_unit(heading.name))


class Layout(NamedTuple):
    """The columns of a table, how they are known (header, declared, inferred), and why they are in doubt, if they are.

    `second` holds the headings of a header's second line, by column: what a continuation row prints there.
    `fitted` gives the columns of the table at a `place` with what speaks for them, where that is known.
    """

    form: Form
    basis: str
    score: float = 1.0
    doubt: str | None = None
    second: Mapping[int, Heading] = MappingProxyType({})
    fitted: Callable[[int], tuple[Column, ...]] | None = None
    place: int = 0

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns as understood."""
        return self.fitted(self.place) if self.fitted else tuple(Column(heading) for heading in self.form.headings)

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each column."""
        return self.form.roles


NO_COLUMNS = Form(())


def by_form(layouts: Sequence[Layout]) -> tuple[npt.NDArray[np.int64], list[Form]]:
    """The forms of tables, and for each table which of them is its own; -1, one more, for lines that are in none."""
    place: dict[Form, int] = {}
    of_tables = [place.setdefault(found.form, len(place)) for found in layouts]
    return np.array([*of_tables, -1], dtype=np.int64), [*place]


@cache
def unnamed(role: str, column: int) -> Heading:
    """The heading of a column that no header names."""
    return Heading(role, f"column {column + 1}")


def either(roles: Sequence[str], i: int, other: str) -> tuple[str, list[str]]:
    """A doubt about one of some columns, which may have another role, and the roles with that."""
    return f"column {i + 1} may be {roles[i]} or {other}", [*roles[:i], other, *roles[i + 1 :]]


def columns_line(roles: Sequence[str]) -> str:
    """The line of event.toml that declares a layout."""
    quoted = ", ".join(f'"{role}"' for role in roles)
    return f"columns = [{quoted}]"
