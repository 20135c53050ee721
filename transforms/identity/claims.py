"""What the last snapshot called the mentions of drivers, who are found again sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, in_one_piece, placed
from transforms.identity.groups import dense, ordered
from transforms.identity.ids import Borne, Ranked, Retired
from transforms.identity.mentions import Mentions
from transforms.identity.turns import Codes
from transforms.parts import Parts, Tables
from transforms.schema import TABLES

MANY = 100_000  # mentions that are compared at a time, or those of one sheet
NAMELESS = pa.array(["surname", "initial", "placeholder"])  # forms of the names of people who have no full one
PRINTED = ("sheet_id", "car_number", "name_text")


@dataclass(frozen=True)
class Again:
    """Whom a build judges again: the `place` of each in the last driver_results if his sheet stands, else -1.

    The `others` are sought among those at the places that are `left`. `ids` are those of all people, `driver` tells
    which of these each of the last mentions was, `named` and `named_left` who is printed with a full name.
    """

    ids: pa.Array
    driver: Codes
    place: Codes
    others: Codes
    left: Codes
    named: np.ndarray
    named_left: np.ndarray


@dataclass(frozen=True)
class Claims:
    """Who the mentions of the last snapshot were: its driver_results, all its `people`, and ids that lead to them."""

    rows: Parts = field(default_factory=lambda: Parts.of(TABLES["driver_results"].empty()))
    people: Parts = field(default_factory=lambda: Parts.of(TABLES["drivers"].empty()))
    retired: Retired | None = None
    again: Again | None = None

    @classmethod
    def of(cls, previous: Tables | None, again: Again | None = None) -> Claims:
        """The claims of all mentions, or of those who are judged again."""
        if not previous:
            return cls()
        led = redirects(previous).sort_by("old_id").combine_chunks()
        retired = Retired(*(in_one_piece(led[name]) for name in ("old_id", "driver_id")))
        return cls(Parts.of(previous["driver_results"]), Parts.of(previous["drivers"]), retired, again)

    def borne(self, mentions: Mentions) -> tuple[Borne, Sequence[Ranked]]:
        """What each mention was called, and the ids that are of others, but are not to be given again.

        It is the mention that stood in its sheet under its car number and name; of equal ones the first is the first.
        """
        if self.again:
            return self._borne_again(mentions, self.again)
        if self.people.count == 0:
            return Borne(np.broadcast_to(np.int32(-1), len(mentions)), pa.array([], pa.string())), []
        ids = self.people.whole("driver_id")["driver_id"].combine_chunks()
        form = self.people.columns("name_form")["name_form"].combine_chunks()
        nameless = np.asarray(pc.is_in(form.dictionary, NAMELESS))[np.asarray(form.indices)]
        return Borne(_sought(mentions, self.rows, ids)[0], ids, nameless), []

    def _borne_again(self, mentions: Mentions, again: Again) -> tuple[Borne, Sequence[Ranked]]:
        stood, ids = np.flatnonzero(again.place >= 0), again.ids
        code = np.full(len(mentions), -1, dtype=np.int32)
        code[stood] = again.driver[again.place[stood]]
        found, left = _sought(mentions.of(again.others), self.rows.at(again.left), ids)
        mine, named = (np.zeros(len(ids) + 1, dtype=bool) for _ in range(2))  # the last is for none
        mine[code[stood]] = mine[left] = True
        named[code[stood][again.named[stood]]] = named[left[again.named_left]] = True
        code[again.others] = found
        return Borne(code, ids, ~named[:-1]), [Ranked(ids, ~mine[:-1])]


def _sought(mentions: Mentions, rows: Parts, ids: pa.Array) -> tuple[Codes, Codes]:
    """The id of each mention by what it prints, and that of each row, as codes."""
    code, keys = np.full(len(mentions), -1, dtype=np.int32), _Keys.of(mentions)
    of_rows = [np.zeros(0, dtype=np.int32)]

    def coded() -> Iterator[Codes]:
        for part in rows.scan([*PRINTED, "driver_id"]):
            columns = zip(part.columns, (*keys.texts, ids), strict=True)
            found = np.stack([placed(column.fill_null(""), texts) for column, texts in columns])
            of_rows.append(found[-1])
            yield found[:, (found >= 0).all(axis=0)]

    for *old, who in _in_whole_sheets(coded()):
        here = keys.mentions(old[0])
        code[here] = np.append(who, np.int32(-1))[_same(keys.at(here), old)]
    return code, np.concatenate(of_rows)


@dataclass(frozen=True)
class _Keys:
    """By what mentions are found again, as codes: their sheet, car number and name, the `texts` of each in order."""

    texts: Sequence[pa.Array]
    sheet: Codes
    number: Codes
    name: Codes
    of_mentions: Mentions

    @classmethod
    def of(cls, mentions: Mentions) -> _Keys:
        cars = mentions.cars
        name = mentions.names.text
        names = mentions.names.texts("name_text", np.flatnonzero(np.diff(name, prepend=-1)))
        number, numbers = codes(pa.concat_arrays([pa.array([""]), cars.texts["number"]]))  # "" is none, too
        number = np.append(number[1:], np.int32(0))[cars.number]
        return cls((cars.texts["sheet"], numbers, names), cars.sheet, number, name, mentions)

    def mentions(self, sheets: Codes) -> slice:
        """Where the mentions of the sheets from the first to the last of some stand."""
        cars = np.searchsorted(self.sheet, (sheets[0], sheets[-1] + 1) if len(sheets) else (0, 0))
        return slice(*np.searchsorted(self.of_mentions.result, cars).tolist())

    def at(self, some: slice) -> Sequence[Codes]:
        """The keys of some mentions."""
        car, name = self.of_mentions.result[some], self.of_mentions.name[some]
        return self.sheet[car], self.number[car], self.name[name]


def _in_whole_sheets(parts: Iterator[Codes]) -> Iterator[Codes]:
    """Columns of rows in order of sheet, the first, in parts of whole sheets."""
    held = np.zeros((len(PRINTED) + 1, 0), dtype=np.int32)
    for part in parts:
        held = np.concatenate([held, part], axis=1)
        start = int(np.searchsorted(held[0], held[0, -1])) if held.shape[1] > MANY else 0  # of the last sheet
        if start:
            yield held[:, :start]
            held = held[:, start:]
    yield held


def _same(one: Sequence[Codes], other: Sequence[Codes]) -> Codes:
    """The row of `other` that has the key of each of `one`, the first the first, and so on; -1 for none."""
    own = len(one[0])
    code = dense(*map(np.append, one, other))
    order = ordered(code)  # those of one before those of the other
    ranked = np.append(code[order], -1)
    mine = np.flatnonzero(order < own)
    like = np.minimum(mine + np.bincount(code[:own])[ranked[mine]], len(order))
    found = np.full(own, -1, dtype=np.int32)
    there = ranked[like] == ranked[mine]
    found[order[mine[there]]] = order[like[there]] - own
    return found


def redirects(previous: Tables | None) -> pa.Table:
    """The last redirects."""
    return Parts.of((previous or {}).get("driver_redirects", TABLES["driver_redirects"].empty())).whole()
