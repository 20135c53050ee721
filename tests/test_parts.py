"""Tables in parts hold what tables do, however they are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

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


def assert_runs(parts: Parts, expected: pa.Table) -> None:
    """The runs of texts are those in which equal ones stand together, as long as they are."""
    runs = parts.runs("text")
    groups = [(text, len(list(same))) for text, same in groupby(expected["text"].to_pylist())]
    assert list(zip(runs.texts.to_pylist(), runs.size.tolist(), strict=True)) == groups
    assert parts.runs("text", 1).size.tolist() == runs.size.tolist()
    assert runs.start.tolist() == [sum(size for _, size in groups[:at]) for at in range(len(groups))]


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
    assert_runs(laid, expected)
    some = np.array(data.draw(st.lists(st.integers(0, max(0, len(place) - 1)), max_size=5 if place else 0)), np.int64)
    assert laid.take(some, ["number", "text"]).equals(expected.select(["number", "text"]).take(pa.array(some)))


@given(ROWS, st.integers(1, 5))
def test_columns_are_filled(rows, size):
    """Columns that are filled make up one table with the others."""
    whole = table(rows)
    double = pa.array([2 * n for _, n in rows], pa.int64())
    filled = cut(whole, size).filled(["number"], lambda places: {"number": double[places]})
    expected = whole.set_column(1, "number", double)
    assert filled.whole("text", "number").equals(expected)
    assert filled.whole("number").equals(expected.select(["number"]))


@given(st.data(), ROWS, st.integers(1, 5))
def test_values_are_replaced(data, rows, size):
    """Other values at some places of some columns are there in parts, as codes and one by one; the rest stays."""
    some = st.lists(st.integers(0, max(0, len(rows) - 1)), unique=True, max_size=4 if rows else 0).map(sorted)
    others, expected = {}, table(rows)
    for number, (name, value) in enumerate({"text": "z", "number": 77}.items()):
        places = np.array(data.draw(some), dtype=np.int64)
        values = pa.array([value] * len(places), expected.schema.field(name).type)
        others[name] = places, values
        column = [value if at in places else row[number] for at, row in enumerate(rows)]
        expected = expected.set_column(number, name, pa.array(column, values.type))
    replaced = replace(cut(table(rows), size), stays=lambda rows: rows).replaced(others)
    assert replaced.whole().equals(expected)
    assert replaced.columns("number", "text")["text"].to_pylist() == expected["text"].to_pylist()
    assert_runs(replaced, expected)
    places = np.array(data.draw(some), np.int64)
    assert replaced.take(places, ["number", "text"]).equals(expected.select(["number", "text"]).take(pa.array(places)))
    kept = np.array(data.draw(some), np.int32)
    touched = np.union1d(*(places for places, _ in others.values()))
    again = replaced.laid(kept, table([]))
    assert again.standing(0, len(kept)).tolist() == [-1 if at in touched else at for at in kept]


@given(ROWS, ROWS, st.integers(1, 5), st.integers(1, 5))
def test_equal_tables_are_known(one, two, size, other):
    """Tables are equal when their rows are, whatever the parts."""
    assert cut(table(one), size).equals(cut(table(one), other))
    assert cut(table(one), size).equals(cut(table(two), other)) == (one == two)


@given(st.lists(ROWS, max_size=3), st.sets(st.none() | st.sampled_from("abcxyz")))
def test_rows_are_found_by_their_texts(pieces, wanted):
    """Rows that have one of some texts are found in texts as such, and in codes of which each piece has its own."""
    whole = pa.concat_tables([table([]), *map(table, pieces)])
    coded = pa.chunked_array([chunk.dictionary_encode() for chunk in whole["text"].chunks])
    found = [at for at, text in enumerate(whole["text"].to_pylist()) if text in wanted]
    for parts in (cut(whole, 2), replace(cut(whole, 2), coded=lambda _: iter([pa.table({"text": coded})]))):
        assert parts.places("text", pa.array(wanted, pa.string())).tolist() == found
