"""Words that tell what a cell may be: evidence for its column, never proof. All are folded."""

from __future__ import annotations

from functools import cache

from transforms.fold import fold
from transforms.lexicon import parts, read_list


@cache
def makes() -> frozenset[str]:
    """Makes of cars, with their aliases."""
    return frozenset(fold(name) for row in read_list("makes") for name in (row["make"], *parts(row["aliases"])))


@cache
def tyres() -> frozenset[str]:
    """Makers of tyres, by their names: their codes are letters, as those of classes are."""
    return frozenset(fold(row["tyre_make"]) for row in read_list("tyre_makers"))


@cache
def team_words() -> frozenset[str]:
    """Words that entrants' names hold and drivers' names do not."""
    return frozenset(row["word"] for row in read_list("team_words"))


@cache
def reasons() -> frozenset[str]:
    """Words that reasons for not finishing hold."""
    return frozenset(row["word"] for row in read_list("reasons"))
