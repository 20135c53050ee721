"""The mentions of the last build: what each prints and who it was, sought in columns that nobody need encode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.forms import READINGS
from transforms.identity.groups import Codes
from transforms.identity.prints import Prints
from transforms.parts import Parts
from transforms.runs import Runs


@dataclass(frozen=True)
class Former:
    """The last driver_results, the runs of their sheets, and how the names of each were read; `prints` holds these.

    `readings` are sheet_id and name_reading of all sheets.
    """

    rows: Parts
    sheets: Runs
    readings: pa.Table
    prints: Prints

    def printed(self, places: Codes) -> Codes:
        """The print of each of some mentions."""
        text, reading = self._text[places], self._reading[self.sheets.holding(places)]
        plain, quoted = (self.prints.of(text, reading, np.full(len(text), quotes)) for quotes in (False, True))
        either = np.flatnonzero((plain >= 0) & (quoted >= 0))
        if len(either):
            quotes = pc.fill_null(self.rows.take(places[either], ["pseudonym"])["pseudonym"], fill_value=False)
            plain[either] = np.where(quotes, -1, plain[either])
        return np.where(plain >= 0, plain, quoted)

    def bearing(self, some: np.ndarray) -> tuple[Codes, Codes]:
        """The mentions that bear one of some prints, and the print of each."""
        places = np.flatnonzero(self.prints.texts_of(some)[self._text])
        name = self.printed(places)
        return places[some[name]], name[some[name]]

    def ids(self, places: Codes) -> pa.Array:
        """The driver that each of some mentions was."""
        return self.rows.take(places, ["driver_id"])["driver_id"].combine_chunks()

    def being(self, ids: pa.Array) -> Codes:
        """The mentions that were one of some drivers."""
        return self.rows.places("driver_id", ids)

    @cached_property
    def _text(self) -> Codes:
        """What each mention prints, as a place in the texts of `prints`."""
        return self.prints.text(self.rows.columns("name_text")["name_text"])

    @cached_property
    def _reading(self) -> Codes:
        """How the names of each sheet were read, as a place in READINGS."""
        place = pc.index_in(self.sheets.texts, self.readings["sheet_id"])
        return np.asarray(pc.index_in(self.readings["name_reading"].take(place), pa.array(READINGS)), dtype=np.int64)
