"""Readable ids that stay: each cluster claims the id that most of its mentions bore, the rest get new slugs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import flags
from transforms.fold import fold_array
from transforms.identity.arrays import answers, codes, in_one_piece, ranked_among, texts_joined
from transforms.identity.groups import counted, distinct
from transforms.identity.turns import Codes
from transforms.masks import change_where, mapped, replaced


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
    """Ids in order, or `some` of them, to be searched for a few without making a set of them."""

    def __init__(self, ids: pa.Array | pa.ChunkedArray, some: np.ndarray | None = None) -> None:
        self._ids = in_one_piece(ids)
        self._some = np.append(np.ones(len(ids), dtype=bool) if some is None else some, False)  # the last is for none

    def __len__(self) -> int:
        return int(self._some.sum())

    def __contains__(self, id_: object) -> bool:
        return bool(self.hold(pa.array([id_], pa.string()))[0])

    def hold(self, texts: pa.Array) -> np.ndarray:
        """Which of some texts are among the ids."""
        return np.asarray(self._some[self.places(texts)])

    def places(self, texts: pa.Array) -> Codes:
        """The place of each of some texts among all ids, -1 for none."""
        return ranked_among(texts, self._ids)


@dataclass(frozen=True)
class Borne:
    """Which of the last `ids`, which are in order, each of some rows bore: its place, or -1 for none.

    `nameless` tells which were given to people without a full name.
    """

    code: Codes
    ids: pa.Array
    nameless: np.ndarray | None = None

    @classmethod
    def of(cls, column: pa.Array | pa.ChunkedArray) -> Borne:
        """The ids that rows bore; null for none."""
        return cls(*codes(column))

    def at(self, places: Codes) -> Borne:
        """Which ids some of the rows bore."""
        return Borne(self.code[places], self.ids, self.nameless)

    @property
    def taken(self) -> Ranked:
        """The ids that any row bore."""
        return Ranked(self.ids, flags(self.code[self.code >= 0], len(self.ids)))


MANY = 250_000  # wishes that are written at a time
_HYPHENS = np.arange(256, dtype=np.uint8)
_HYPHENS[[ord(sign) for sign in " #/"]] = ord("-")


@dataclass(frozen=True)
class Retired:
    """Ids that are nobody's any more, in order, and beside each the one that it leads to."""

    ids: pa.Array
    to: pa.Array

    @property
    def taken(self) -> Ranked:
        """All of them."""
        return Ranked(self.ids)

    def led(self, wished: pa.Array) -> tuple[Codes, pa.Array]:
        """The places of those texts that are such an id, and where each of these leads."""
        place = ranked_among(wished, self.ids)
        return np.flatnonzero(place >= 0), self.to.take(pa.array(place[place >= 0]))


@dataclass(frozen=True)
class Wishes:
    """The ids that some clusters would like: the `first`, and what they would take `else_`; `several` have a choice."""

    first: Callable[[Codes], pa.Array]
    else_: Callable[[Codes], pa.Array]
    several: np.ndarray


def assign(
    cluster: Codes, wishes: Wishes, old: Borne, taken: Sequence[Ranked] = (), retired: Retired | None = None
) -> tuple[pa.Array, dict[str, str]]:
    """An id for each cluster; and for each old id that was merged away the id into which.

    `cluster` (-1 for none) and `old` run over mentions, `wishes` over clusters. An old id goes to the cluster with most
    of its mentions (then the one whose slug it is, then the first); it keeps the one that brings it most mentions.
    The id of somebody without a full name gives way to any other wish once a full name is known. No `taken` id is
    given, nor any old one; a `retired` one only to whom it calls by his name, unless it does so whom it leads to.
    """
    held = np.flatnonzero((old.code >= 0) & (cluster >= 0)) if len(old.ids) else np.zeros(0, dtype=np.int64)
    name, home = _homes(*counted(old.code[held], cluster[held]), wishes, old.ids)
    del held
    stays = np.ones(len(name), dtype=bool)
    if old.nameless is not None:
        stays = ~(wishes.several[home] & old.nameless[name])
    kept = np.full(len(wishes.several), -1, dtype=np.int32)
    kept[home[stays][::-1]] = name[stays][::-1]  # of several the first
    given = _Given(wishes, (old.taken, *taken), retired, partial(_namesakes, wishes, kept, old.ids))
    ids = given.to(np.flatnonzero(kept < 0).astype(np.int32))
    if len(ids) < len(kept):
        place = np.cumsum(kept < 0, dtype=np.int32) - np.int32(1)
        starts = range(0, len(kept), MANY)
        ids = texts_joined([_either(old.ids, kept[at : at + MANY], ids, place[at : at + MANY]) for at in starts])
    led = np.flatnonzero(kept[home] != name)
    gone, to = old.ids.take(pa.array(name[led])), ids.take(pa.array(home[led]))
    return ids, dict(zip(gone.to_pylist(), to.to_pylist(), strict=True))


def _either(ids: pa.Array, one: Codes, others: pa.Array, other: Codes) -> pa.Array:
    """The `one` of the ids, and where that is -1, the `other` of the others."""
    if (one < 0).all():
        return others.take(pa.array(other))
    own = ids.take(pa.array(one, mask=one < 0))
    return pc.coalesce(own, others.take(pa.array(other, mask=one >= 0))) if own.null_count else own


def _namesakes(wishes: Wishes, kept: Codes, ids: pa.Array, led: pa.Array, wished: pa.Array) -> np.ndarray:
    """Whether he who kept the id that somebody is led to would like what is wished beside it, too."""
    owner = np.full(len(ids) + 1, -1, dtype=np.int32)  # the last is for none
    owner[kept[kept >= 0]] = np.flatnonzero(kept >= 0)
    owner = owner[ranked_among(led, ids)]
    some = np.flatnonzero(owner >= 0)
    out = np.zeros(len(led), dtype=bool)
    out[some] = np.asarray(pc.equal(wishes.first(owner[some]), wished.take(pa.array(some))))
    return out


@dataclass(frozen=True)
class _Given:
    """Ids for people who keep none: no `taken` one, nor one `retired`, but for those that come back to their name.

    `namesakes` tells of ids that are led to, beside what is wished, whose owner has that name as well.
    """

    wishes: Wishes
    taken: Sequence[Ranked]
    retired: Retired | None
    namesakes: Callable[[pa.Array, pa.Array], np.ndarray]

    def to(self, new: Codes) -> pa.Array:
        """The id of each new cluster: the first of its wishes that is to be had, else the last with a number.

        Most wish for what nobody else could be given, and need not be asked one by one.
        """
        starts = range(0, len(new), MANY)
        first = [self.wishes.first(new[start : start + MANY]) for start in starts]
        asked = _twice(first)
        asked |= np.concatenate([asked[:0], *(self._barred(part) for part in first)])
        while True:
            some = np.flatnonzero(asked)
            own, else_ = _of(first, some), self.wishes.else_(new[some])
            wished = pa.concat_arrays([own, else_])
            met = asked | np.concatenate([asked[:0], *(_met(part, wished) for part in first)])
            if met.sum() == len(some):
                break
            asked = met
        ids, used = self._in_turn(own, else_), 0
        for number, start in enumerate(starts):
            some = np.flatnonzero(asked[start : start + MANY])
            if len(some):
                first[number] = replaced(first[number], some, pa.array(ids[used : used + len(some)], pa.string()))
            used += len(some)
        return texts_joined(first)

    def _in_turn(self, own: pa.Array, else_: pa.Array) -> list[str]:
        """The ids of those who ask one by one."""
        given = set[str]()
        gone = [self.retired.taken] if self.retired else []
        barred = self._barred(own), _held(else_, [*self.taken, *gone])
        numbered = _Numbered((given, *self.taken, *gone))
        ids = []
        for *wishes, no, nor in zip(own.to_pylist(), else_.to_pylist(), *barred, strict=True):
            free = (wish for wish, bar in zip(wishes, (no, nor), strict=True) if not bar and wish not in given)
            ids.append(next(free, None) or numbered.next(wishes[-1]))
            given.add(ids[-1])
        return ids

    def _barred(self, wished: pa.Array) -> np.ndarray:
        """Which first wishes cannot be had."""
        barred = _held(wished, self.taken)
        if self.retired:
            some, led = self.retired.led(wished)
            barred[some] |= self.namesakes(led, wished.take(pa.array(some)))
        return barred


def _held(texts: pa.Array, taken: Sequence[Ranked]) -> np.ndarray:
    """Which texts are taken."""
    none = np.zeros(len(texts), dtype=bool)
    return np.asarray(np.logical_or.reduce([none, *(ids.hold(texts) for ids in taken if len(ids))]))


class _Numbered:
    """Gives each wish with the first number with which it is not taken, and never looks at a lesser one again."""

    def __init__(self, taken: Sequence[Container[str]]):
        self._taken, self._numbers = taken, defaultdict[str, Iterator[int]](lambda: count(2))

    def next(self, wish: str) -> str:
        """The wish with a number."""
        numbered = (f"{wish}-{number}" for number in self._numbers[wish])
        return next(one for one in numbered if not any(one in ids for ids in self._taken))


def _of(parts: Sequence[pa.Array], places: Codes) -> pa.Array:
    """The texts at some places, which rise, of parts of MANY each."""
    cuts = np.searchsorted(places, range(0, MANY * len(parts) + 1, MANY))
    some = (part.take(pa.array(places[slice(*cuts[at : at + 2])] - MANY * at)) for at, part in enumerate(parts))
    return pa.concat_arrays([pa.array([], pa.string()), *some])


def _met(wishes: pa.Array, others: pa.Array) -> np.ndarray:
    """Which wishes are among others, or could be one of them with a number."""
    bare = pc.ascii_rtrim(wishes, "0123456789")
    met = pc.and_(pc.ends_with(bare, "-"), pc.is_in(pc.ascii_rtrim(bare, "-"), others))
    return np.asarray(pc.or_(pc.is_in(wishes, others), met))


def _twice(parts: Sequence[pa.Array]) -> np.ndarray:
    """Which texts occur more than once, and, hardly ever, one whose hash does: it may be asked for in vain."""
    own = [np.fromiter(map(hash, part.to_pylist()), np.int64, len(part)) for part in parts]
    again = [np.zeros(0, dtype=np.int64)]
    for turn in range(8):  # each of those that end alike
        ranked = np.sort(np.concatenate([again[0], *(part[part & 7 == turn] for part in own)]))
        again.append(ranked[1:][ranked[1:] == ranked[:-1]])
    several = np.append(distinct(np.concatenate(again)), 0)
    twice = (several[np.searchsorted(several[:-1], part)] == part for part in own)
    return np.concatenate([np.zeros(0, dtype=bool), *twice])


def _homes(claimed: Codes, owner: Codes, size: Codes, wishes: Wishes, ids: pa.Array) -> tuple[Codes, Codes]:
    """The places of old ids, and the cluster of each, in the order of their claims."""
    lone = (np.bincount(claimed)[claimed] == 1) & (np.bincount(owner)[owner] == 1)
    some, rest = distinct(owner[~lone]), distinct(claimed[~lone])
    slugs = dict(zip(some.tolist(), wishes.first(some).to_pylist(), strict=True))
    names = dict(zip(rest.tolist(), ids.take(pa.array(rest)).to_pylist(), strict=True))
    rows = zip(*(column[~lone].tolist() for column in (size, claimed, owner)), strict=True)
    home: dict[int, int] = {}
    for _, _, name, at in sorted((-n, slugs[c] != names[i], i, c) for n, i, c in rows):
        home.setdefault(name, at)
    told = (np.array(list(side), dtype=np.int32) for side in (home.keys(), home.values()))
    first, last = (
        np.append(side[lone], own).astype(np.int32) for side, own in zip((claimed, owner), told, strict=True)
    )
    return first, last
