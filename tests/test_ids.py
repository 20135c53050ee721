"""Readable ids."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.fold import fold
from transforms.identity.ids import _Numbered, slugs

TEXT = st.none() | st.text("aBé -.'\t0#/", max_size=5)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_slugs_of_columns_are_those_of_their_texts(rows: list[tuple[str | None, str | None]]) -> None:
    """A slug is all folded words of the texts of a row; what is not printed adds nothing."""
    columns = [pa.array([row[side] for row in rows], pa.string()) for side in (0, 1)]
    words = [fold(" ".join(filter(None, row))).replace("#", " ").replace("/", " ").split() for row in rows]
    assert slugs(*columns).to_pylist() == ["-".join(some) or "unnamed" for some in words]


def test_ids_are_numbered_in_turn():
    """However many wish for one id, each is given the next number, and none that is taken."""
    given: set[str] = {"smith-3"}
    numbered = _Numbered([given])
    for _ in range(50_000):
        given.add(numbered.next("smith"))
    assert given == {f"smith-{number}" for number in range(2, 50_003)}
    assert numbered.next("jones") == "jones-2"
