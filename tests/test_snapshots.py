"""Snapshots: ids by content, files by content, and what the warehouse says of itself."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from flows.snapshots import Warehouse, snapshot_id
from transforms.schema import TABLES

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


def small_tables(count: int = 2) -> dict[str, pa.Table]:
    results = {
        "result_id": [f"e/race:{line}" for line in range(1, count + 1)],
        "sheet_id": ["e/race"] * count,
        "line": list(range(1, count + 1)),
    }
    return {"results": TABLES["results"].conform(pa.table(results))}


@given(st.dictionaries(st.text(), JSON))
def test_id_ignores_order(inputs):
    """The same inputs have the same id, in whatever order they are named."""
    assert snapshot_id(inputs) == snapshot_id(dict(reversed(inputs.items())))


def test_publish_shows(tmp_path):
    """A published snapshot is the current one, and its tables come back as they were given."""
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    tables = small_tables()
    snapshot = warehouse.publish({"sheets": "1"}, tables)
    assert warehouse.current() == snapshot
    assert snapshot.id == snapshot_id({"sheets": "1"})
    assert snapshot.table("results").equals(tables["results"])
    assert snapshot.manifest["tables"]["results"]["rows"] == 2
