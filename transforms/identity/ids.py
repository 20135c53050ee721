"""Readable ids that stay: each cluster claims the id that most of its mentions bore, the rest get new slugs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transforms.fold import fold


def slug(text: str) -> str:
    """Lower-case words joined by hyphens: `Eric van de Poele` -> `eric-van-de-poele`."""
    return "-".join("".join(c if c.isalnum() else " " for c in fold(text)).split()) or "unnamed"


def free(wishes: Iterable[str], taken: set[str]) -> str:
    """The first wish that is not taken, else the last one with a number."""
    last = ""
    for last in wishes:
        if last not in taken:
            return last
    return next(wish for wish in _numbered(last) if wish not in taken)


def _numbered(text: str) -> Iterator[str]:
    number = 2
    while True:
        yield f"{text}-{number}"
        number += 1
