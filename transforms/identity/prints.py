"""All prints of names in an archive, as they are read: which share a surname, and which resemble each other."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among, codes_behind, distinct_of
from transforms.identity.forms import READINGS
from transforms.identity.groups import components
from transforms.identity.names import Name, parse
from transforms.identity.resemblance import alike_as_wholes, resembling
from transforms.identity.turns import Codes
from transforms.identity.understood import UNDERSTOOD


class Prints:
    """The distinct rows of two tables like `names`, the `known` in order, by place: text, reading and quotes.

    `known` tells the place of each of the known.
    """

    def __init__(self, known: pa.Table, printed: pa.Table) -> None:
        texts = (side["name_text"].combine_chunks() for side in (known, printed))
        table, (text, self.texts) = pa.concat_tables([known, printed]), codes_behind(*texts)
        reading = np.asarray(pc.index_in(table["name_reading"], pa.array(READINGS)))
        key = _key(text, reading, np.asarray(table["pseudonym"]))
        first = self._given = np.unique(key, return_index=True)[1]
        self.table = table.take(pa.array(first))
        self._place = np.full(len(self.texts) * len(READINGS) * 2, -1)
        self._place[key[first]] = np.arange(len(first))
        self.known = self._place[key[: len(known)]]
        self._again = np.flatnonzero(np.diff(text[first], prepend=-1) == 0)  # the prints of the text before
        surnames = self.table["surnames"].combine_chunks()
        self._owner, self._surname = np.asarray(pc.list_parent_indices(surnames)), surnames.flatten()

    def keys(self, places: Codes) -> pa.Table:
        """What is known of some prints, as UNDERSTOOD but without what is displayed."""
        rows = self.table.take(pa.array(places))
        parts = (pc.fill_null(rows[part], "") for part in ("given_key", "family_key", "suffix"))
        key = pc.utf8_trim(pc.binary_join_element_wise(*parts, " "), " ")
        known = {name: rows[name] for name in ("form", "suffix", "given_key", "family_key", "surnames")}
        known |= {"key": pc.if_else(pc.equal(key, ""), None, key), "shouted": pa.repeat(pa.scalar(False), len(rows))}
        columns = [known.get(field.name, pa.nulls(len(rows), field.type)) for field in UNDERSTOOD]
        return pa.Table.from_arrays(columns, schema=UNDERSTOOD)

    def text(self, column: pa.ChunkedArray) -> Codes:
        """The place of each text of a column among those printed, `texts`; null is none."""
        # Where nothing is printed, the text is empty, and so the first.
        return np.asarray(among(column, self.texts).clip(0))

    def of(self, text: Codes, reading: Codes, quoted: np.ndarray) -> Codes:
        """The print of each mention of such a `text`, whose sheet is read so, as a place in READINGS."""
        return np.asarray(self._place[_key(text, reading, quoted)])

    @cached_property
    def kin(self) -> Codes:
        """The least place among the prints with which each is joined by surnames, be it over others."""
        surname = distinct_of(self._surname)[0]
        count = len(self.table) + int(surname.max(initial=-1)) + 1
        return components(count, self._owner, len(self.table) + surname)[: len(self.table)]

    def joined(self, one: Codes, other: Codes) -> Codes:
        """The least place among the prints with which each is joined by surnames or as a pair, be it over others.

        Equal texts are joined too, which their sheets may read in another order.
        """
        left, right = np.append(one, self._again - 1), np.append(other, self._again)
        return np.asarray(components(len(self.kin), self.kin[left], self.kin[right])[self.kin])

    def standing(self, used: np.ndarray) -> Codes:
        """The places of the prints that are used, in order, among the rows that were given."""
        return np.asarray(self._given[used])

    def like(self, some: Codes) -> Codes:
        """The prints that some resemble."""
        given = self.table["given_key"]
        near = np.asarray(pc.is_in(given, given.take(pa.array(some)))) | alike_as_wholes(self.table, some)
        near &= np.asarray(pc.equal(self.table["form"], "full"))
        places = np.flatnonzero(near)
        left, right = (places[side] for side in resembling(self.table.take(pa.array(places))))
        return np.concatenate([right[np.isin(left, some)], left[np.isin(right, some)]])

    def named(self, texts: Iterable[str]) -> Codes:
        """The prints that share a surname with a name, or a slug, that somebody wrote."""
        written = [
            parse(form, pseudonym=False, reading="plain") for text in texts for form in (text, text.replace("-", " "))
        ]
        wanted = pa.array({block for name in written for block in name.blocks}, pa.string())
        return np.asarray(self._owner[np.asarray(pc.is_in(self._surname, wanted))])

    def _names(self, places: Codes) -> list[Name]:
        """The names at these places, as far as their keys go."""
        rows = self.table.select(["form", "suffix", "given_key", "family_key", "surnames"]).take(pa.array(places))
        return [
            Name(form, "", "", suffix or "", given or "", family or "", tuple(surnames))
            for form, suffix, given, family, surnames in zip(*map(pa.ChunkedArray.to_pylist, rows.columns), strict=True)
        ]


def _key(text: Codes, reading: Codes, quoted: np.ndarray) -> Codes:
    return np.asarray((text.astype(np.int64) * len(READINGS) + reading) * 2 + quoted)
