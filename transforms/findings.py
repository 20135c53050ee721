"""Findings of all kinds in one order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from transforms.identity.arrays import codes
from transforms.identity.groups import dense, ordered, repeated
from transforms.identity.turns import Codes
from transforms.parts import ROWS, Parts

FIRST = ("sheet_id", "event_id", "line", "check", "column", "observed", "message")  # most are about a sheet


def in_order(findings: Parts) -> Parts:
    """Findings in the order of all columns, so that none is left to chance, and each of them once.

    All texts but messages, of which hardly one recurs, are held as codes.
    """
    schema = findings.schema
    names = [*FIRST, *(name for name in schema.names if name not in FIRST)]
    rest = [name for name in names if name != "message"]
    coded, message = findings.columns(*rest), findings.whole("message").combine_chunks()
    ranks = {name: _rank(coded[name]) for name in rest} | {"message": np.zeros(len(message), dtype=np.int32)}
    alike = np.flatnonzero(repeated(dense(*(ranks[name] for name in FIRST))))
    ranks["message"][alike] = _rank(message["message"].take(pa.array(alike)))
    place = ordered(*(ranks[name] for name in names))
    fresh = np.zeros(len(place), dtype=bool)
    fresh[:1] = True
    for rank in ranks.values():
        fresh[1:] |= np.diff(rank[place]) != 0
    place = place[fresh].astype(np.int32)

    def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
        fields = pa.schema([schema.field(name) for name in columns])
        for some in (pa.array(place[at : at + ROWS]) for at in range(0, len(place), ROWS)):
            own = {name: message[name] if name == "message" else coded[name] for name in columns}
            yield pa.table({name: column.take(some) for name, column in own.items()}).cast(fields)

    return Parts(schema, scan, count=len(place))


def _rank(column: pa.ChunkedArray) -> Codes:
    """The rank of each value, null behind all others."""
    rank, values = codes(column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column)
    return np.where(rank < 0, np.int32(len(values)), rank)
