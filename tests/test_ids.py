"""Readable ids."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.fold import fold
from transforms.identity.ids import slugs

TEXT = st.none() | st.text("aBé -.'\t0#/", max_size=5)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_slugs_of_columns_are_those_of_their_texts(rows: list[tuple[str | None, str | None]]) -> None:
    """A slug is all folded words of the texts of a row; what is not printed adds nothing."""
    columns = [pa.array([row[side] for row in rows], pa.string()) for side in (0, 1)]
    words = [fold(" ".join(filter(None, row))).replace("#", " ").replace("/", " ").split() for row in rows]
    assert slugs(*columns).to_pylist() == ["-".join(some) or "unnamed" for some in words]
