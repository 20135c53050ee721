"""Entrants have an id over all events; a car without an entrant has none."""

from __future__ import annotations

import pyarrow as pa

from tests.tables import Sheet, made
from transforms.identity import resolve
from transforms.schema import TABLES


def test_a_car_without_an_entrant_has_no_entrant_id():
    """Where no entrant is printed, or only signs, the id is null, beside cars that have one and where none has."""
    for printed in ([None, "Alpha", None, "--"], [None, None]):
        tables = made(Sheet("e/race", [{} for _ in printed]))
        entrants = pa.array(printed, pa.string())
        rows = pa.table({"result_id": [f"e/race:{i}" for i in range(len(printed))], "entrant": entrants})
        resolved = resolve(tables | {"results": TABLES["results"].conform(rows)}, _no_decisions(), None)
        found = resolved["results"]["entrant_id"].to_pylist()
        assert [id_ is not None for id_ in found] == [name == "Alpha" for name in printed]


def _no_decisions() -> pa.Table:
    names = ("op", "a", "b", "reason", "date")
    return pa.table({**{name: pa.array([], pa.string()) for name in names}, "row": pa.array([], pa.int32())})
