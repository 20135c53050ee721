"""All prints of names in an archive, as they are read: which share a surname, and which resemble each other."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import among, codes, codes_behind
from transforms.identity.forms import READINGS
from transforms.identity.groups import Codes, components
from transforms.identity.names import Name, parse
from transforms.identity.resemblance import resembling
from transforms.identity.understood import UNDERSTOOD


class Prints:
    """The distinct rows of two tables like `names`, the `known` in order, by place: text, reading and quotes."""

    def __init__(self, known: pa.Table, printed: pa.Table) -> None:
        texts = (side["name_text"].combine_chunks() for side in (known, printed))
        table, (text, self.texts) = pa.concat_tables([known, printed]), codes_behind(*texts)
        reading = np.asarray(pc.index_in(table["name_reading"], pa.array(READINGS)))
        key = _key(text, reading, np.asarray(table["pseudonym"]))
        first = self._given = np.unique(key, return_index=True)[1]
        self.table = table.take(pa.array(first))
        self._place = np.full(len(self.texts) * len(READINGS) * 2, -1)
        self._place[key[first]] = np.arange(len(first))
        self._text = text[first]
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

    def texts_of(self, some: np.ndarray) -> np.ndarray:
        """Which of the texts some prints have."""
        texts = np.zeros(len(self.texts), dtype=bool)
        texts[self._text[some]] = True
        return texts

    @cached_property
    def kin(self) -> Codes:
        """The least place among the prints with which each is joined by surnames, be it over others."""
        surname = codes(self._surname)[0]
        count = len(self.table) + int(surname.max(initial=-1)) + 1
        return components(count, self._owner, len(self.table) + surname)[: len(self.table)]

    def joined(self, printed: pa.ListArray, alike: tuple[Codes, Codes]) -> Codes:
        """The least place among the prints with which each is joined by surnames or by people, be it over others.

        `printed` are the texts under which each person is, `alike` the places of people who are nearly called so.
        """
        kin = np.append(self.kin, -1)[self._place].reshape(len(self.texts), -1)
        one = np.append(kin.max(axis=1, initial=-1), -1)  # of each text, and of none
        text, reading = np.nonzero((kin >= 0) & (kin != one[:-1, None]))
        person, own = np.asarray(pc.list_parent_indices(printed)), one[among(printed.flatten(), self.texts)]
        first = np.full(len(printed), -1, dtype=own.dtype)
        first[person[::-1]] = own[::-1]
        left = np.concatenate([one[text], first[person], first[alike[0]]])
        right = np.concatenate([kin[text, reading], own, first[alike[1]]])
        held = (left >= 0) & (right >= 0)
        return np.asarray(components(len(self.kin), left[held], right[held])[self.kin])

    def standing(self, used: np.ndarray) -> Codes:
        """The places of the prints that are used, in order, among the rows that were given."""
        return np.asarray(self._given[used])

    def like(self, some: Codes) -> Codes:
        """The prints that some resemble."""
        column = {name: self.table[name] for name in ("form", "given_key", "family_key")}
        own = {name: column[name].take(pa.array(some)) for name in column}
        turned = pc.and_(
            pc.is_in(column["given_key"], own["family_key"]), pc.is_in(column["family_key"], own["given_key"])
        )
        near = pc.and_(
            pc.equal(column["form"], "full"), pc.or_(pc.is_in(column["given_key"], own["given_key"]), turned)
        )
        places = np.flatnonzero(np.asarray(near))
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
