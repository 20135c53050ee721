"""The tables drivers and names: who was told apart, how each is called, and how each print was understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, grouped
from transforms.identity.decisions import DecisionError
from transforms.identity.groups import counted, distinct, in_ranges, ordered, repeated, spread
from transforms.identity.mentions import Mentions
from transforms.identity.names import SUFFIXES
from transforms.identity.people import People
from transforms.identity.spellings import NEVER
from transforms.identity.turns import Codes, cut, narrowed
from transforms.identity.understood import Names
from transforms.parts import ROWS, Parts
from transforms.schema import MENTIONS, TABLES, TEXTS


@dataclass(frozen=True)
class Drivers:
    """The people, numbered from 0: the id of each, the name to be called by, first and last season.

    `spellings` tells of those who are printed in several ways who bears which names, in order of both.
    """

    people: People
    names: Names
    ids: pa.Array
    name: Codes
    spellings: tuple[Codes, Codes]
    seasons: tuple[Codes, Codes]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rank(self) -> Codes:
        """The row of each in the table drivers."""
        rank = np.empty(len(self), dtype=np.int32)
        rank[self._order] = np.arange(len(self), dtype=np.int32)
        return rank

    @cached_property
    def _order(self) -> Codes:
        """The people in order of their ids."""
        return np.asarray(pc.sort_indices(self.ids)).astype(np.int32)

    def parts(self) -> Parts:
        """The table drivers, in order of the ids."""
        order = self._order

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            parts = (order[start : start + ROWS] for start in range(0, len(order), ROWS))
            if list(columns) == ["driver_id"]:  # for which nothing else is asked
                return (pa.table([self.ids.take(pa.array(some))], columns) for some in parts)
            return (self.rows(some).select(columns) for some in parts)

        return Parts(TABLES["drivers"].schema, scan, count=len(order))

    def rows(self, some: Codes) -> pa.Table:
        """The rows of some people in drivers."""
        seasons = [season[some] for season in self.seasons]
        texts = {part: self.names.texts(part, self.name[some]) for part in ("given", "family", "suffix", "form")}
        known = seasons[1] >= 0
        suffix = texts["suffix"]
        for key, text in SUFFIXES.items():
            suffix = pc.if_else(pc.equal(suffix, key), text, suffix)
        table = {
            "driver_id": self.ids.take(pa.array(some)),
            "driver": self.displays(some),
            "given_names": texts["given"],
            "family_name": texts["family"],
            "suffix": suffix,
            "name_form": texts["form"],
            "first_season": pa.array(seasons[0], pa.int32(), mask=~known),
            "last_season": pa.array(seasons[1], pa.int32(), mask=~known),
            "names": self._spelled(some),
            "alike": self._alike(some),
        }
        return TABLES["drivers"].conform(pa.table(table))

    def displays(self, some: Codes) -> pa.Array:
        """The display names of some people."""
        display = self._displays(some)
        if not self._labels:
            return display
        labels = pa.array([self._labels.get(one) for one in some.tolist()], pa.string())
        return pc.coalesce(labels, display)

    def check_labels(self) -> None:
        """Raise DecisionError for a display name that a decision gives a person who is called so anyway."""
        _ = self._labels

    def _displays(self, some: Codes) -> pa.Array:
        return self.names.texts("display", self.name[some]).fill_null("")

    @cached_property
    def _labels(self) -> dict[int, str]:
        """The display name that a decision gives a person; raises DecisionError for one that is his anyway."""
        labels = {}
        for owner, (text, row) in self.people.labels.items():
            if text == self._displays(np.array([owner]))[0].as_py():
                raise DecisionError(row, f"`{text}` is the display name anyway", "Delete the line.")
            labels[owner] = text
        return labels

    def _spelled(self, some: Codes) -> pa.Array:
        bearer, name = self.spellings
        start = np.searchsorted(bearer, some)
        size = np.searchsorted(bearer, some, side="right") - start
        owner, at = spread(np.where(size > 0, start, len(name) + np.arange(len(some))), np.maximum(size, 1))
        return grouped(TEXTS, len(some), owner, self.names.texts("name_text", np.append(name, self.name[some])[at]))

    @cached_property
    def _kept_apart(self) -> tuple[Codes, Codes]:
        """The people of nearly the same name who are kept apart, in order, in both orders."""
        pairs = np.array([*self.people.alike, *((b, a) for a, b in self.people.alike)], dtype=np.int64).reshape(-1, 2)
        one, other, _ = counted(*pairs.T)
        return one, other

    @property
    def alike(self) -> pa.Array:
        """The ids of those who are kept apart from somebody of nearly the same name."""
        return self.ids.take(pa.array(distinct(self._kept_apart[0])))

    def _alike(self, some: Codes) -> pa.Array:
        """For some people the ids of those of nearly the same name who are kept apart."""
        one, other = self._kept_apart
        start = np.searchsorted(one, some)
        owner, at = spread(start, np.searchsorted(one, some, side="right") - start)
        ids = self.ids.take(pa.array(other[at]))
        order = ordered(owner, codes(ids)[0])
        return grouped(TEXTS, len(some), owner, ids.take(pa.array(order)))


def _seasons(mentions: Mentions, person: Codes, count: int) -> tuple[Codes, Codes]:
    """The first and the last known season of each person; NEVER and -1 without one."""
    first, last = np.full(count, NEVER, dtype=np.int32), np.full(count, -1, dtype=np.int32)
    for some in cut(len(person)):
        season, owner = mentions.beside("season", some), person[some].astype(np.intp)
        np.minimum.at(first, owner, np.where(season >= 0, season, np.int32(NEVER)))
        np.maximum.at(last, owner, season)
    return narrowed(first), narrowed(last)


@dataclass(frozen=True)
class Called:
    """How people are printed: the `best` mention of each, by which he is named; the rest is as in Drivers."""

    best: Codes
    spellings: tuple[Codes, Codes]
    seasons: tuple[Codes, Codes]

    @classmethod
    def of(cls, mentions: Mentions, person: Codes) -> Called:
        """Count the prints of people; `person` is that of each mention, numbered from 0."""
        best, several = np.empty(int(person.max(initial=-1)) + 1, dtype=np.int32), []
        for some in in_ranges(person):
            owner, name, size = counted(person[some], mentions.name[some])
            best[owner[np.diff(owner, prepend=-1) != 0]] = _best(mentions, owner, name, size)
            several.append(_several(owner, name, mentions.names.text[name]))
        spellings = np.concatenate(several, axis=1)
        return cls(_first(mentions, person, best), (*spellings,), _seasons(mentions, person, len(best)))


def _several(owner: Codes, name: Codes, text: Codes) -> np.ndarray:
    """The owners of several texts, above a name of each of these, in order of both."""
    fresh = np.append(True, (np.diff(owner) != 0) | (np.diff(text) != 0))[: len(text)]
    owner, name = owner[fresh], name[fresh]
    held = repeated(owner)
    return np.stack([owner[held], name[held]]).astype(np.int32)


def _best(mentions: Mentions, owner: Codes, name: Codes, size: Codes) -> Codes:
    """The name to call each by, in order: the fullest form, not in capitals, most frequent, with accents, the first."""
    start = np.flatnonzero(np.diff(owner, prepend=-1))
    best, times = name[start], np.diff(np.append(start, len(owner)))
    several = np.flatnonzero(np.repeat(times > 1, times))
    person, name, size = np.repeat(np.arange(len(start)), times)[several], name[several], size[several]
    rank = np.array([0, 0, 2, 1, 3, 1], dtype=np.int8)[mentions.names.form[name]]
    shouted = np.asarray(mentions.names.table["shouted"])[name]
    plain = np.asarray(pc.string_is_ascii(mentions.names.table["name_text"]))[name]
    order = ordered(person, rank, shouted.astype(np.int8), -size, plain.astype(np.int8), name)[::-1]
    best[person[order]] = name[order]
    return best


def _first(mentions: Mentions, person: Codes, best: Codes) -> Codes:
    """The first mention of each person under the name to call him by."""
    first = np.empty(len(best), dtype=np.int32)
    for some in reversed([*cut(len(person))]):
        held = np.flatnonzero(mentions.name[some] == best[person[some]])[::-1] + some.start
        first[person[held]] = held
    return first


def mentioned(name: Codes, driver: Codes, mark: np.ndarray) -> pa.Table:
    """The table mentions, of the rows in names and in drivers of each, by which the next build finds it again."""
    columns = zip((name, driver, mark), MENTIONS.types, strict=True)
    return pa.table([pa.array(column, type_) for column, type_ in columns], schema=MENTIONS)


def names(mentions: Mentions) -> pa.Table:
    """One row for each print, as it was understood."""
    parts = [column for column in mentions.names.table.column_names if column in TABLES["names"].schema.names]
    return TABLES["names"].conform(mentions.names.table.select(parts))
