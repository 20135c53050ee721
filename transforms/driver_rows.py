"""The table driver_results, a row for each driver: of his car it says what results say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from transforms.schema import IDENTIFIED, TABLES

if TYPE_CHECKING:
    from transforms.crews import Crews

_SCHEMA, _LATER = TABLES["driver_results"].schema, IDENTIFIED["driver_results"]
_OF_CARS = tuple(name for name in TABLES["results"].schema.names if name in set(_SCHEMA.names).difference(_LATER))
# The columns that say of a driver what no column of results says.
OWN = pa.schema([field for field in _SCHEMA if field.name not in (*_OF_CARS, *_LATER)])


def own_columns(crews: Crews) -> pa.Table:
    """A row for each driver, seat by seat, with what is his own."""
    columns = {
        "seat": pa.array(crews.seat, pa.int32()),
        "name_text": crews.name,
        "nominated": crews.nominated,
        "pseudonym": crews.pseudonym,
    }
    return pa.table(columns).select(OWN.names).cast(OWN)


def of_cars(columns: Sequence[str]) -> list[str]:
    """Those of some columns that stand in results, with the sizes of crews, by which drivers find their cars."""
    return ["crew_size", *(name for name in columns if name in _OF_CARS)]


def with_cars(drivers: pa.Table, cars: pa.Table, columns: Sequence[str] = _SCHEMA.names) -> pa.Table:
    """Some columns of driver_results: the drivers' own beside what is told of their cars, which are all of these.

    Columns that only identities can fill are null.
    """
    row = pa.array(np.repeat(np.arange(cars.num_rows), cars["crew_size"].to_numpy()))
    found = {name: cars[name].take(row) for name in of_cars(columns)[1:]}
    found |= {name: drivers[name] for name in columns if name in OWN.names}
    found |= {name: pa.nulls(len(row), _SCHEMA.field(name).type) for name in columns if name in _LATER}
    return pa.table({name: found[name] for name in columns}, pa.schema([_SCHEMA.field(name) for name in columns]))
