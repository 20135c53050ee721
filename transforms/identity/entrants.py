"""One id per team: spellings whose core words are equal, within 25 years."""

from __future__ import annotations

import pyarrow as pa

from transforms.identity.ids import free, slug
from transforms.identity.mentions import codes
from transforms.schema import TABLES


def resolve_entrants(results: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Results with their entrant_id, and the table of entrants."""
    code, values = codes(results["entrant"])
    taken: set[str] = set()
    ids = []
    for value in values.to_pylist():
        ids.append(free([slug(value)], taken))
        taken.add(ids[-1])
    filled = pa.array(ids, pa.string()).take(pa.array(code, mask=code < 0))
    at = results.schema.get_field_index("entrant_id")
    entrants = pa.table(
        {
            "entrant_id": pa.array(ids, pa.string()),
            "entrant": values.cast(pa.string()),
            "names": pa.array([[v] for v in values.to_pylist()], pa.list_(pa.string())),
        }
    )
    return results.set_column(at, results.schema.field(at), filled), TABLES["entrants"].conform(entrants).sort_by(
        "entrant_id"
    )
