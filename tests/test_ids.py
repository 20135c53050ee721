"""Readable ids."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity.ids import slug, slugs

TEXT = st.none() | st.text("aBé -.'\t0", max_size=5)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_slugs_of_columns_are_those_of_their_texts(rows: list[tuple[str | None, str | None]]) -> None:
    """Column by column or text by text, a slug is the same; what is not printed adds nothing."""
    columns = [pa.array([row[side] for row in rows], pa.string()) for side in (0, 1)]
    assert slugs(*columns).to_pylist() == [slug(" ".join(filter(None, row))) for row in rows]
