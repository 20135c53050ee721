"""Readable ids that stay: each cluster claims the id that most of its mentions bore, the rest get new slugs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold
from transforms.identity.groups import Codes, counted


def slug(text: str) -> str:
    """Lower-case words joined by hyphens: `Eric van de Poele` -> `eric-van-de-poele`."""
    return "-".join(filter(None, map(_slug_word, text.split()))) or "unnamed"


@lru_cache(maxsize=1 << 18)
def _slug_word(word: str) -> str:
    if word.isascii() and word.isalnum():
        return word.lower()
    return "-".join("".join(c if c.isalnum() else " " for c in fold(word)).split())


@dataclass(frozen=True)
class Claims:
    """What the last snapshot called each mention: `ids` beside `mentions`.

    `retired` ids are never given again; `nameless` ones were given to people without a full name.
    """

    mentions: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    ids: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    retired: frozenset[str] = frozenset()
    nameless: frozenset[str] = frozenset()

    def of(self, mentions: pa.Array | pa.ChunkedArray) -> list[str | None]:
        """The old id of each mention; None for a new one."""
        if not len(self.mentions):
            return [None] * len(mentions)
        old = self.ids.take(pc.index_in(mentions, self.mentions))
        return list(old.to_pylist())


def assign(
    cluster: Codes, wishes: Sequence[Sequence[str]], old: Sequence[str | None], claims: Claims
) -> tuple[list[str], dict[str, str]]:
    """An id for each cluster; and for each old id that was merged away the id into which.

    `cluster` and `old` run over mentions, `wishes` over clusters. An old id goes to the cluster with most of its
    mentions (then the one whose slug it is, then the first); a cluster keeps the id that brings it most mentions.
    The id of somebody without a full name gives way to any other wish once a full name is known.
    """
    names = sorted({name for name in old if name is not None})
    rank = {name: code for code, name in enumerate(names)}
    claim = np.array([-1 if name is None else rank[name] for name in old], dtype=np.int64)
    held = claim >= 0
    pairs = [column.tolist() for column in counted(claim[held], cluster[held])]
    ids: list[str] = [""] * len(wishes)
    home: dict[int, int] = {}
    for _, _, name, owner in sorted((-n, wishes[c][0] != names[i], i, c) for i, c, n in zip(*pairs, strict=True)):
        home.setdefault(name, owner)
        gives_way = names[name] in claims.nameless and len(wishes[owner]) > 1
        if home[name] == owner and not ids[owner] and not gives_way:
            ids[owner] = names[name]
    taken = set(names) | claims.retired
    for owner, wish in enumerate(wishes):
        if not ids[owner]:
            ids[owner] = free(wish, taken)
            taken.add(ids[owner])
    return ids, {names[i]: ids[owner] for i, owner in home.items() if ids[owner] != names[i]}


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
