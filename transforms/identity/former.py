"""The mentions of the last build: what each prints, and who it was, both told by its table of mentions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import in_one_piece
from transforms.identity.ids import Ranked
from transforms.identity.prints import Prints
from transforms.identity.turns import Codes
from transforms.parts import Parts, Tables


@dataclass(frozen=True)
class Former:
    """The last mentions in order: the `name` of each is a place in `prints`, its `driver` one in `drivers`, the ids.

    `mark` tells what was said of each in driver_links.
    """

    prints: Prints
    drivers: pa.Array
    name: Codes
    driver: Codes
    mark: np.ndarray

    @classmethod
    def of(cls, previous: Tables, prints: Prints) -> Former:
        """Those of the last tables, of whose names `prints` knows."""
        mentions = Parts.of(previous["mentions"]).whole()
        drivers = in_one_piece(Parts.of(previous["drivers"]).whole("driver_id")["driver_id"])
        name, driver, mark = (in_one_piece(column).to_numpy() for column in mentions.columns)
        return cls(prints, drivers, prints.known[name], driver, mark)

    @cached_property
    def ranked(self) -> Ranked:
        """The ids of the drivers, to be searched."""
        return Ranked(self.drivers)

    def bearing(self, some: np.ndarray) -> Codes:
        """The mentions that bear one of some prints."""
        return np.flatnonzero(some[self.name])

    def pairs(self, drivers: Parts) -> tuple[Codes, Codes]:
        """Prints that belong together: of one driver, or of two who are called nearly the same and are kept apart."""
        first = np.full(len(self.drivers) + 1, -1, dtype=np.int32)  # the last is for none
        first[self.driver[::-1]] = self.name[::-1]
        several = np.flatnonzero(self.name != first[self.driver])
        alike = in_one_piece(drivers.whole("alike")["alike"])
        one, other = np.asarray(pc.list_parent_indices(alike)), self.ranked.places(alike.flatten())
        left, right = np.append(self.name[several], first[one]), np.append(first[self.driver[several]], first[other])
        held = (left >= 0) & (right >= 0)
        return left[held], right[held]

    def ids(self, places: Codes) -> pa.Array:
        """The driver that each of some mentions was."""
        return self.drivers.take(pa.array(self.driver[places]))

    def being(self, ids: pa.Array) -> Codes:
        """The mentions that were one of some drivers."""
        wanted = np.zeros(len(self.drivers) + 1, dtype=bool)
        wanted[self.ranked.places(ids)] = True
        wanted[-1] = False  # for an id that was nobody's
        return np.flatnonzero(wanted[self.driver])
