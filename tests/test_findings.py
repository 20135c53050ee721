"""Findings of all kinds are put in one order, each once, though only their keys are compared."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.findings import FIRST, in_order
from transforms.parts import Parts
from transforms.schema import TABLES

SCHEMA = TABLES["findings"].schema
ORDER = [*FIRST, *(name for name in SCHEMA.names if name not in FIRST)]
ROW = st.fixed_dictionaries(
    {
        field.name: st.sampled_from([1, 2, None] if pa.types.is_integer(field.type) else ["a", "é", "", None])
        for field in SCHEMA
    }
)


def key(row: dict[str, object]) -> list[tuple[bool, object]]:
    """What a row is sorted by: null behind all values, texts by their bytes."""
    values = [row[name] for name in ORDER]
    return [(value is None, value.encode() if isinstance(value, str) else value or 0) for value in values]


@given(st.lists(ROW, max_size=12), st.integers(0, 12))
def test_findings_are_in_the_order_of_all_columns_each_once(rows: Sequence[dict[str, object]], cut: int) -> None:
    """Wherever they come from, the same findings are the same table: by all columns in turn, and none of them twice."""
    sides = [pa.Table.from_pylist(list(some), SCHEMA) for some in (rows[:cut], [*rows[cut:], *rows[:2]])]
    found = in_order(Parts.of(sides[0]).followed(sides[1:]))
    wanted = sorted((list(row.items()) for row in rows), key=lambda row: key(dict(row)))
    distinct = [dict(row) for at, row in enumerate(wanted) if at == 0 or row != wanted[at - 1]]
    assert found.whole().to_pylist() == distinct
    assert found.count == len(distinct)
    assert found.whole("message")["message"].to_pylist() == [row["message"] for row in distinct]
