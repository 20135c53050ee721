"""What each result entered: its car and its entrant, of all results or of those that are new."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, placed, whole, with_columns
from transforms.identity.cars import renew_cars, resolve_cars
from transforms.identity.entrants import renew_entrants, resolve_entrants
from transforms.identity.groups import paired, places_in
from transforms.identity.ids import Borne
from transforms.identity.standing import Renewed, Standing
from transforms.identity.turns import Codes
from transforms.parts import Parts, Tables
from transforms.schema import TABLES

FILLED = ("car_id", "entrant_id")
PRINTED = ("crew_size", "season", "make", "model", "engine_make", "car", "entrant")


@dataclass(frozen=True)
class Entered:
    """What each result entered: the id of its car and of its entrant; `start` is where the mentions of each begin."""

    car_id: pa.DictionaryArray
    entrant_id: pa.DictionaryArray
    start: Codes

    def columns(self, places: np.ndarray | slice) -> dict[str, pa.Array]:
        """The two ids of the results at some places."""
        at = np.arange(places.start, places.stop) if isinstance(places, slice) else places
        ids = {"car_id": self.car_id, "entrant_id": self.entrant_id}
        return {name: column.take(pa.array(at)).dictionary_decode() for name, column in ids.items()}

    def of_mentions(self, places: slice) -> dict[str, pa.Array]:
        """The two ids of the results of the mentions at some places."""
        return self.columns(np.searchsorted(self.start, np.arange(places.start, places.stop), side="right") - 1)

    @property
    def manned(self) -> Codes:
        """The places of the results that have a crew."""
        return np.flatnonzero(np.diff(self.start)).astype(np.int32)


def entered(printed: pa.Table, previous: Tables | None) -> tuple[Entered, pa.Table, pa.Table]:
    """What each result entered, by what is PRINTED of it, with its sheet and line if there are `previous` tables.

    With the table of entrants, and that of cars.
    """
    before = Parts.of((previous or {}).get("results", TABLES["results"].empty()))
    place = _places(printed, before) if previous else np.broadcast_to(np.int32(-1), len(printed))
    entrant, entrants = resolve_entrants(printed, _borne(before, "entrant_id", place))
    car, table = resolve_cars(printed, _borne(before, "car_id", place))
    size = np.asarray(pc.fill_null(printed["crew_size"], 0))
    start = np.append(np.int32(0), np.cumsum(size, dtype=np.int32))
    return Entered(car, entrant, start), entrants, table


@dataclass(frozen=True)
class EnteredAgain:
    """What each result entered, beside those of the last build of which some are told anew."""

    standing: Standing
    renewed: Mapping[str, Renewed]

    def columns(self, places: Codes) -> dict[str, pa.Array]:
        """The two ids of the results at some places."""
        return {name: ids.of(places) for name, ids in self.renewed.items()}

    def results(self) -> Parts:
        """The table of results."""
        rows, new, place = self.standing.results, self.standing.new, self.standing.place
        fresh = with_columns(rows.take(new, rows.schema.names), self.columns(new))
        kept = {name: ids.changed[place[ids.changed] >= 0] for name, ids in self.renewed.items()}
        others = {name: (places, self.renewed[name].of(places)) for name, places in kept.items()}
        return self.standing.before.laid(place, fresh).replaced(others)


def entered_again(results: Parts, previous: Tables, unchanged: Set[str]) -> tuple[EnteredAgain, Parts, Parts]:
    """What each result entered, and the tables of entrants and of cars, where `unchanged` sheets are as they were."""
    standing = Standing.of(results, Parts.of(previous["results"]), unchanged)
    entrant, entrants = renew_entrants(standing, Parts.of(previous["entrants"]))
    car, cars = renew_cars(standing, Parts.of(previous["cars"]))
    return EnteredAgain(standing, dict(zip(FILLED, (car, entrant), strict=True))), entrants, cars


def _places(results: pa.Table, before: Parts) -> Codes:
    """The place of each result in the last snapshot, by its sheet and line; -1 for none."""
    sheet, sheets = codes(results["sheet_id"])
    last = before.columns("sheet_id", "line")
    old = paired(placed(last["sheet_id"], sheets), 1 << 32, whole(last["line"]))
    return places_in(old, paired(sheet, 1 << 32, whole(results["line"])))


def _borne(before: Parts, key: str, place: Codes) -> Borne:
    """Which id of entrant or car each result bore, by its place in the last snapshot."""
    if key not in before.schema.names:
        return Borne(np.full(len(place), -1, dtype=np.int32), pa.array([], pa.string()))
    code, ids = codes(before.columns(key)[key])
    return Borne(np.append(code, np.int32(-1))[place], ids)
