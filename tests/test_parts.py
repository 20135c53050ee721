"""Tables in parts hold what tables do, however they are cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.parts import Parts

ROWS = st.lists(st.tuples(st.none() | st.sampled_from("abcdef"), st.integers(0, 9)), max_size=12)


def table(rows: Sequence[tuple[str | None, int]]) -> pa.Table:
    """Rows of a text and a number."""
    texts, numbers = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({"text": pa.array(texts, pa.string()), "number": pa.array(numbers, pa.int64())})


def cut(whole: pa.Table, size: int) -> Parts:
    """The table in parts of so many rows."""
    starts = range(0, whole.num_rows, size)
    return Parts(
        whole.schema,
        lambda columns: (whole.select(columns).slice(start, size) for start in starts),
        count=whole.num_rows,
    )


@given(st.data(), ROWS, ROWS, st.integers(1, 5))
def test_rows_are_laid_where_they_belong(data, old, fresh, size):
    """Rows kept from one table, with those of another between them, are the same in parts, as codes and one by one."""
    kept = data.draw(st.lists(st.booleans(), min_size=len(old), max_size=len(old)))
    place = list(np.flatnonzero(kept))
    for _ in fresh:
        place.insert(data.draw(st.integers(0, len(place))), -1)
    rest = iter(fresh)
    expected = table([old[at] if at >= 0 else next(rest) for at in place])
    laid = cut(table(old), size).laid(np.array(place, dtype=np.int32), table(fresh))
    assert laid.whole().equals(expected)
    assert laid.count == expected.num_rows
    assert laid.columns("text", "number")["text"].to_pylist() == expected["text"].to_pylist()
    some = np.array(data.draw(st.lists(st.integers(0, max(0, len(place) - 1)), max_size=5 if place else 0)), np.int64)
    assert laid.take(some, ["number", "text"]).equals(expected.select(["number", "text"]).take(pa.array(some)))


@given(ROWS, st.integers(1, 5), st.integers(1, 5))
def test_tables_are_put_side_by_side(rows, size, other):
    """Columns of two tables, cut differently, and columns that are filled make up one table."""
    whole = table(rows)
    numbers = pa.table({"double": pa.array([2 * n for _, n in rows], pa.int64())})
    schema = pa.schema([*whole.schema, *numbers.schema])
    both = cut(whole, size).beside(cut(numbers, other), schema)
    expected = whole.append_column("double", numbers["double"])
    assert both.whole().equals(expected)
    assert both.whole("double").equals(numbers)
    filled = both.filled(["number"], lambda places: {"number": numbers["double"].chunk(0)[places] if rows else []})
    assert filled.whole("text", "number")["number"].to_pylist() == numbers["double"].to_pylist()
    assert filled.whole("text", "double").equals(expected.select(["text", "double"]))


@given(ROWS, ROWS, st.integers(1, 5), st.integers(1, 5))
def test_equal_tables_are_known(one, two, size, other):
    """Tables are equal when their rows are, whatever the parts."""
    assert cut(table(one), size).equals(cut(table(one), other))
    assert cut(table(one), size).equals(cut(table(two), other)) == (one == two)
