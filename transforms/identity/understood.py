"""Names as columns of a table: as objects they would take many times the memory of their texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, distinct_of, runs
from transforms.identity.groups import paired, places_in
from transforms.identity.names import Name, parse
from transforms.identity.patterns import Patterns, Runs, chunks
from transforms.identity.turns import Codes
from transforms.identity.words import squash
from transforms.masks import scattered
from transforms.schema import TEXTS

FORMS = ("full", "pseudonym", "surname", "initial", "placeholder", "initials")
MANY = 1 << 21  # more than there are letters
_LETTERS = re.compile(r"[^\W\d_]+")
_PARTS = ("form", "given", "family", "suffix", "given_key", "family_key", "display", "key", "nickname")
UNDERSTOOD = pa.schema([*((name, pa.string()) for name in _PARTS), ("surnames", TEXTS), ("shouted", pa.bool_())])


def understood(prints: pa.Table, patterns: Patterns | None = None) -> pa.Table:
    """What prints (name_text, pseudonym, name_reading) are understood as; `patterns` are those of their texts."""
    patterns = patterns or Patterns.of(prints["name_text"].combine_chunks())
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
    none = pa.nulls(len(form), pa.string())
    columns = [form, *texts, none, *keys, display, key, none, family.surnames, pa.array(shouted)]
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


def _letters(given: str) -> str | None:
    """The letters of several initials, however printed: `A.J.`, `A J`, `AJ`; None of a single one, such as `Ch.`."""
    pieces = _LETTERS.findall(given)
    if pieces == [given] and len(given) == 2:
        pieces = list(given)
    return squash("".join(pieces)) if len(pieces) > 1 else None


def _nth_letters(given: pa.Array, initials: pa.Array) -> list[Codes]:
    """Codes of the first letter of given names, and of the first three of initials; -1 where there is none."""
    parts = [(given, 0), *((initials, nth) for nth in range(3))]
    letters = (pc.utf8_slice_codeunits(text, nth, nth + 1) for text, nth in parts)
    code, _ = codes(pa.concat_arrays([pc.if_else(pc.equal(letter, ""), None, letter) for letter in letters]))
    return np.split(code, np.cumsum([len(text) for text, _ in parts])[:-1])


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
        return Names(self.table.select([*_PARTS[:6], "surnames", "nickname"]).take(pa.array(places)))

    def at(self, places: Codes) -> list[Name]:
        """The names at some places."""
        some = self.table.take(pa.array(places))
        parts = [some[part].fill_null("").to_pylist() for part in _PARTS[:6]]
        surnames, nicknames = some["surnames"].to_pylist(), some["nickname"].fill_null("").to_pylist()
        return list(map(Name, *parts, map(tuple, surnames), nicknames))

    @cached_property
    def text(self) -> Codes:
        """The printed text of each name, in order of which they stand."""
        return runs(self.table["name_text"])

    @cached_property
    def printed(self) -> Codes:
        """The form in which each name is printed, as its place in FORMS."""
        return np.asarray(pc.index_in(self.table["form"], pa.array(FORMS))).astype(np.int8)

    @cached_property
    def form(self) -> Codes:
        """The form of each name, as its place in FORMS; `initials` are those that are all that is known of a name."""
        return np.where(np.asarray(self.initials.is_valid()), np.int8(FORMS.index("initials")), self.printed)

    @cached_property
    def initials(self) -> pa.Array:
        """The letters of several initials (`A.J. Foyt`) none of which fits anybody's full name; null of other names."""
        some = np.flatnonzero(self.printed == FORMS.index("initial"))
        code, givens = distinct_of(self.texts("given", some).fill_null(""))
        letters = pa.array(map(_letters, givens.to_pylist()), pa.string()).take(pa.array(code))
        start, surname = self.surnames
        full = np.isin(self.printed, (FORMS.index("full"), FORMS.index("pseudonym")))
        owner = np.repeat(np.arange(len(self)), np.diff(start))
        head, *own = _nth_letters(self.table["given_key"].combine_chunks(), letters)
        held = (full & (head >= 0))[owner]
        borne = paired(surname[held], MANY, head[owner][held])
        whole = np.append(surname, -1)[start[some]]
        sought = paired(np.tile(whole, len(own)), MANY, np.concatenate(own))
        fits = (np.concatenate(own) >= 0) & (places_in(borne, sought) >= 0)
        fit = fits.reshape(len(own), -1).any(axis=0)
        return scattered(pc.if_else(pa.array(fit), None, letters), some, len(self))

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
