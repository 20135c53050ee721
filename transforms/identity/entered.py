"""What each result entered: its car and its entrant, of all results or of those that are new."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import with_columns
from transforms.identity.cars import renew_cars, resolve_cars
from transforms.identity.changes import standing_cars
from transforms.identity.entrants import renew_entrants, resolve_entrants
from transforms.parts import Parts

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Entered:
    """What each result entered: the id of its car and of its entrant; `of` is the result of each manned car."""

    car_id: pa.DictionaryArray
    entrant_id: pa.DictionaryArray
    of: np.ndarray

    def columns(self, places: np.ndarray | slice) -> dict[str, pa.Array]:
        """The two ids of the results at some places."""
        at = np.arange(places.start, places.stop) if isinstance(places, slice) else places
        ids = {"car_id": self.car_id, "entrant_id": self.entrant_id}
        return {name: column.take(pa.array(at)).dictionary_decode() for name, column in ids.items()}

    def results(self, part: pa.Table, places: slice) -> pa.Table:
        """The results at these places with their ids."""
        return with_columns(part, self.columns(places))


def entered(results: Parts, previous: Tables | None) -> tuple[Entered, pa.Table, pa.Table]:
    """What each result entered, the table of entrants, and that of cars."""
    keys = ["result_id"] if previous else []
    printed = results.columns("crew_size", "season", "make", "model", "engine_make", "car", "entrant", *keys)
    manned = np.flatnonzero(np.asarray(pc.fill_null(printed["crew_size"], 0))).astype(np.int32)
    entrant, entrants = resolve_entrants(printed, _borne(printed, previous, "entrant_id"))
    car, table = resolve_cars(printed, _borne(printed, previous, "car_id"))
    return Entered(car, entrant, manned), entrants, table


def entered_again(results: pa.Table, previous: Tables, unchanged: Set[str]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Results with their entrants and cars, and the tables of these, where `unchanged` sheets are as they were."""
    place = standing_cars(results, previous["results"], unchanged)
    results, entrants = renew_entrants(results, previous, place)
    results, cars = renew_cars(results, previous, place)
    return results, entrants, cars


def _borne(results: pa.Table, previous: Tables | None, key: str) -> pa.Array | pa.ChunkedArray:
    """Which id of entrant or car each result bore in the last snapshot."""
    before = previous.get("results") if previous else None
    if before is None or key not in before.column_names:
        return pa.nulls(len(results), pa.string())
    return before[key].take(pc.index_in(results["result_id"].cast(pa.string()), before["result_id"].combine_chunks()))
