"""Readable ids that stay: each cluster claims the id that most of its mentions bore, the rest get new slugs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold_array
from transforms.identity.arrays import answers, codes, distinct_of
from transforms.identity.groups import Codes, counted, distinct
from transforms.masks import change_where, mapped


def slugs(*columns: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Of texts that stand beside each other in the columns the lower-case words, joined by hyphens; null is no text.

    `Eric van de Poele` -> `eric-van-de-poele`.
    """
    joined = pc.ascii_ltrim(pc.binary_join_element_wise(*map(_parts, columns), ""), "-")
    return pc.if_else(pc.equal(joined, ""), "unnamed", joined)


def _parts(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """What each text adds to a slug, a hyphen in front."""
    return answers(column.cast(pa.string()).fill_null(""), _words)


def _words(texts: pa.Array) -> pa.Array:
    """The words of texts, a hyphen in front of each."""
    words = mapped(fold_array(texts), _HYPHENS)
    signs = pc.match_substring_regex(words, "^-|--|-$")
    words = change_where(signs, words, lambda some: pc.utf8_trim(pc.replace_substring_regex(some, "-+", "-"), "-"))
    return pc.if_else(pc.equal(words, ""), "", pc.binary_join_element_wise("-", words, ""))


class Ranked:
    """Ids in order but for `others`, to be searched for a few without making a set of them."""

    def __init__(self, ids: pa.Array | pa.ChunkedArray, others: Container[str] = frozenset()) -> None:
        self._ids = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
        self._others = others

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id_: object) -> bool:
        return id_ not in self._others and bool(self.places(pa.array([id_], pa.string()))[0] >= 0)

    def places(self, ids: pa.Array) -> Codes:
        """The place of each of some ids, -1 for none."""
        at = np.asarray(pc.search_sorted(self._ids, ids)).astype(np.int64)
        there = np.flatnonzero(at < len(self._ids))
        same = pc.equal(self._ids.take(pa.array(at[there])), ids.take(pa.array(there)))
        found = np.full(len(ids), -1)
        held = there[np.asarray(same, dtype=bool)]
        found[held] = at[held]
        return found


@dataclass(frozen=True)
class Claims:
    """What the last snapshot called each mention: `ids` beside `mentions`.

    `taken` ids are never given again: they are retired, or of people who are not judged now; `nameless` ones were
    given to people without a full name. Of mentions whose sheet stands as it stood the ids are `known`, with null for
    others, and with the places of all those whose sheet does not.
    """

    mentions: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    ids: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    taken: Sequence[Container[str]] = ()
    nameless: Container[str] = frozenset()
    known: tuple[pa.Array, Codes] | None = None

    @property
    def given(self) -> bool:
        """Whether anybody was called anything."""
        return self.known is not None or len(self.ids) > 0

    def of(self, mentions: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The old id of each mention; null for a new one."""
        return self.ids.take(pc.index_in(mentions, self.mentions))


MANY = 250_000  # wishes that are written at a time
_HYPHENS = np.arange(256, dtype=np.uint8)
_HYPHENS[[ord(sign) for sign in " #/"]] = ord("-")


@dataclass(frozen=True)
class Wishes:
    """The ids that some clusters would like: the `first`, and what they would take `else_`; `several` have a choice."""

    first: Callable[[Codes], pa.Array]
    else_: Callable[[Codes], pa.Array]
    several: np.ndarray


def assign(
    cluster: Codes,
    wishes: Wishes,
    old: pa.Array | pa.ChunkedArray,
    taken: Sequence[Container[str]] = (),
    nameless: Container[str] = frozenset(),
) -> tuple[pa.Array, dict[str, str]]:
    """An id for each cluster; and for each old id that was merged away the id into which.

    `cluster` (-1 for none) and `old` run over mentions, `wishes` over clusters. An old id goes to the cluster with most
    of its mentions (then the one whose slug it is, then the first); it keeps the one that brings it most mentions.
    The id of somebody without a full name (the `nameless` ones) gives way to any other wish once a full name is known.
    No `taken` id is given.
    """
    claim, bearers = codes(old)
    names = bearers.to_pylist()
    held = (claim >= 0) & (cluster >= 0)
    claimed, owner, size = counted(claim[held], cluster[held])
    home = dict(_homes(claimed, owner, size, wishes, names))
    kept: dict[int, str] = {}
    for name, at in home.items():
        if at not in kept and not (wishes.several[at] and names[name] in nameless):
            kept[at] = names[name]
    open_ = np.ones(len(wishes.several), dtype=bool)
    open_[list(kept)] = False
    ids = _given(np.flatnonzero(open_).astype(np.int32), wishes, (set(names), *taken))
    if kept:
        place = np.cumsum(open_, dtype=np.int32) - np.int32(1)
        place[list(kept)] = len(ids) + np.arange(len(kept), dtype=np.int32)
        ids = pa.concat_arrays([ids, pa.array(list(kept.values()), pa.string())]).take(pa.array(place))
    places = np.array(list(home.values()), dtype=np.int64)
    led = zip(home, ids.take(pa.array(places)).to_pylist(), strict=True)
    return ids, {names[name]: to for name, to in led if to != names[name]}


def _given(new: Codes, wishes: Wishes, taken: Sequence[Container[str]]) -> pa.Array:
    """The id of each new cluster: the first of its wishes that nobody before it has, else the last with a number.

    Most wish for what nobody else could be given, and need not be asked one by one.
    """
    parts = [wishes.first(new[start : start + MANY]) for start in range(0, len(new), MANY)]
    first = pa.concat_arrays([pa.array([], pa.string()), *parts])
    del parts
    asked = _twice(first)
    if any(taken):
        asked |= np.array([any(wish in ids for ids in taken) for wish in first.to_pylist()], dtype=bool)
    while True:
        some = np.flatnonzero(asked)
        wished = pa.concat_arrays([first.take(pa.array(some)), wishes.else_(new[some])])
        again = [_met(first[start : start + MANY], wished) for start in range(0, len(first), MANY)]
        met = asked | np.concatenate([asked[:0], *again])
        if met.sum() == len(some):
            break
        asked = met
    given: set[str] = set()
    ids = []
    for choice in zip(*(wished[start : start + len(some)].to_pylist() for start in (0, len(some))), strict=True):
        ids.append(free(choice, (given, *taken)))
        given.add(ids[-1])
    place = pa.array(np.cumsum(asked, dtype=np.int32) - np.int32(1), mask=~asked)
    return pc.if_else(pa.array(asked), pa.array(ids, pa.string()).take(place), first)


def _met(wishes: pa.Array, others: pa.Array) -> np.ndarray:
    """Which wishes are among others, or could be one of them with a number."""
    bare = pc.ascii_rtrim(wishes, "0123456789")
    met = pc.and_(pc.ends_with(bare, "-"), pc.is_in(pc.ascii_rtrim(bare, "-"), others))
    return np.asarray(pc.or_(pc.is_in(wishes, others), met))


def _twice(texts: pa.Array) -> np.ndarray:
    """Which texts occur more than once."""
    code = distinct_of(texts)[0]
    return np.asarray(np.bincount(code)[code] > 1)


def _homes(claimed: Codes, owner: Codes, size: Codes, wishes: Wishes, names: list[str]) -> Iterator[tuple[int, int]]:
    """Each old id with its cluster, in the order of their claims."""
    lone = (np.bincount(claimed)[claimed] == 1) & (np.bincount(owner)[owner] == 1)
    yield from zip(claimed[lone].tolist(), owner[lone].tolist(), strict=True)
    some = distinct(owner[~lone])
    slugs = dict(zip(some.tolist(), wishes.first(some).to_pylist(), strict=True))
    rows = zip(*(column[~lone].tolist() for column in (size, claimed, owner)), strict=True)
    settled = set()
    for _, _, name, at in sorted((-n, slugs[c] != names[i], i, c) for n, i, c in rows):
        if name not in settled:
            settled.add(name)
            yield name, at


def free(wishes: Sequence[str], taken: Sequence[Container[str]]) -> str:
    """The first wish that is not taken, else the last one with a number."""
    numbered = (f"{wishes[-1]}-{number}" for number in count(2))
    return next(wish for wish in chain(wishes, numbered) if not any(wish in ids for ids in taken))
