"""Names as columns of a table: as objects they would take many times the memory of their texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes
from transforms.identity.groups import Codes
from transforms.identity.names import Name, parse
from transforms.identity.patterns import Patterns, Runs, chunks
from transforms.schema import TEXTS

FORMS = ("full", "pseudonym", "surname", "initial", "placeholder")
_PARTS = ("form", "given", "family", "suffix", "given_key", "family_key", "display", "key")
UNDERSTOOD = pa.schema([*((name, pa.string()) for name in _PARTS), ("surnames", TEXTS), ("shouted", pa.bool_())])


def understood(prints: pa.Table) -> pa.Table:
    """What prints (name_text, pseudonym, name_reading) are understood as."""
    patterns = Patterns.of(prints["name_text"].combine_chunks())
    alone = (patterns.pattern < 0) | np.asarray(prints["pseudonym"])
    order = np.argsort(alone, kind="stable")
    some, others = np.split(order, [len(order) - int(alone.sum())])
    told = [_by_pattern(*patterns.divided(some, prints["name_reading"].take(pa.array(some)).combine_chunks()))]
    told += map(_parsed, chunks(prints.take(pa.array(others))))
    return pa.concat_tables(told).take(pa.array(np.argsort(order))).combine_chunks()


def _by_pattern(form: pa.Array, given: Runs, family: Runs) -> pa.Table:
    """The parts of names, as `in_columns` gives them, by their form, given names and family name."""
    texts = given.texts, family.texts
    keys = pc.if_else(pc.equal(form, "initial"), given.initials, given.keys), family.keys
    display, key = (pc.coalesce(pc.binary_join_element_wise(*parts, " "), parts[1]) for parts in (texts, keys))
    (small, capital), (others, own) = given.cases, family.cases
    shouted = (others == 0) & ((own > 0) | ((small == 0) & (capital > 0)))
    columns = [form, *texts, pa.nulls(len(form), pa.string()), *keys, display, key, family.surnames, pa.array(shouted)]
    return pa.Table.from_arrays(columns, schema=UNDERSTOOD)


def _parsed(prints: pa.Table) -> pa.Table:
    rows = zip(*(prints[name].to_pylist() for name in ("name_text", "pseudonym", "name_reading")), strict=True)
    return in_columns(parse(text, pseudonym=quoted, reading=reading) for text, quoted, reading in rows)


def in_columns(names: Iterable[Name]) -> pa.Table:
    """The parts of names, null where one is empty; and whether all of it or the family name is in capitals."""
    held = list(names)
    of = {field: [getattr(name, field) for name in held] for field in (*Name._fields, "display", "key")}
    texts = (pa.array(of[part], pa.string()) for part in _PARTS)
    parts = [pc.if_else(pc.equal(some, ""), None, some) for some in texts]
    shouted = [any(map(str.isupper, pair)) for pair in zip(of["display"], of["family"], strict=True)]
    return pa.Table.from_arrays(
        [*parts, pa.array(of["blocks"], TEXTS), pa.array(shouted, pa.bool_())], schema=UNDERSTOOD
    )


@dataclass(frozen=True)
class Names:
    """Names by place in a table of their prints and parts, and codes of what several ask of them."""

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def texts(self, part: str, places: Codes) -> pa.Array:
        """A part of the names at these places; null where it is empty."""
        return self.table[part].take(pa.array(places)).combine_chunks()

    def taken(self, places: Codes) -> Names:
        """The names at some places, without how they are printed and displayed."""
        return Names(self.table.select([*_PARTS[:6], "surnames"]).take(pa.array(places)))

    def at(self, places: Codes) -> list[Name]:
        """The names at some places."""
        some = self.table.take(pa.array(places))
        parts = [some[part].fill_null("").to_pylist() for part in _PARTS[:6]]
        return list(map(Name, *parts, map(tuple, some["surnames"].to_pylist())))

    @cached_property
    def form(self) -> Codes:
        """The form of each name, as its place in FORMS."""
        return np.asarray(pc.index_in(self.table["form"], pa.array(FORMS))).astype(np.int8)

    @cached_property
    def family(self) -> Codes:
        """The folded family name, particles included."""
        return codes(self.table["family_key"])[0]

    @cached_property
    def given(self) -> Codes:
        """The folded given names, or initials."""
        return codes(self.table["given_key"])[0]

    @cached_property
    def suffix(self) -> Codes:
        """Jr., III and the like."""
        return codes(self.table["suffix"])[0]

    @cached_property
    def surnames(self) -> tuple[Codes, Codes]:
        """Where the surnames of each name start, and their codes, the whole surname first."""
        surnames = self.table["surnames"].combine_chunks()
        return np.append(0, np.cumsum(pc.list_value_length(surnames))), codes(surnames.flatten())[0]

    @cached_property
    def heads(self) -> np.ndarray:
        """Codes of no letter (0), the first, and the first two of each name's given names; -1 where it has fewer."""
        given = pc.fill_null(self.table["given_key"], "").combine_chunks()
        letters = [pc.utf8_slice_codeunits(given, 0, n) for n in (1, 2)]
        fits = [np.asarray(pc.greater_equal(pc.utf8_length(given), n)) for n in (1, 2)]
        code = codes(pa.concat_arrays(letters))[0].reshape(2, -1) + 1
        return np.concatenate([np.zeros((1, len(given)), dtype=np.int64), np.where(fits, code, -1)])
