"""Marks tell rows apart as their contents do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.archive import simulate
from transforms.identity.marks import NOTHING, mixed, of_lists, of_texts
from transforms.identity.resolution import resolve
from transforms.identity.sums import REASONS

NUMBERS = st.sampled_from([NOTHING, -1, 0, 1, 2, 2**62])


def alike(marks: np.ndarray, contents: list[object]) -> bool:
    """Tell whether just those have one mark whose contents are the same."""
    pairs = set(zip(marks.tolist(), map(repr, contents), strict=True))
    return len(pairs) == len({mark for mark, _ in pairs}) == len({text for _, text in pairs})


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1))
def test_rows(rows):
    """Rows of numbers have one mark when they are the same, in the same order."""
    assert alike(mixed(*np.array(rows, dtype=np.int64).T), rows)


@given(st.lists(st.lists(st.sampled_from(["", "a", "b", "ab"]), max_size=4)))
def test_lists(lists):
    """Lists of texts have one mark when they hold the same in the same order, wherever they lie."""
    size = np.array([len(texts) for texts in lists], dtype=np.int64)
    texts = pa.array([text for texts in lists for text in texts], pa.string()).dictionary_encode()
    marks = of_texts(texts.dictionary)[texts.indices.to_numpy()] if len(texts) else np.zeros(0, dtype=np.uint64)
    assert alike(of_lists(np.cumsum(size) - size, size, marks), lists)


def test_links():
    """Mentions have one mark when driver_links tells the same of them, but for the keys and the person."""
    read, decisions = simulate(3_000, seed=5).read, ("op", "a", "b", "reason", "date")
    schema = pa.schema([*((name, pa.string()) for name in decisions), ("row", pa.int64())])
    told = resolve(read, schema.empty_table(), None)
    links = told["driver_links"].to_pylist()
    doubted = next(row for row in links if row["method"] == "unresolved" and row["candidates"])
    mention = f"{doubted['result_id']}/{doubted['seat']}"
    line = {"op": "is", "a": mention, "b": doubted["candidates"][0], "reason": "seen", "date": "2026", "row": 2}
    decided = resolve(read, pa.Table.from_pylist([line], schema), None)
    for found in (told, decided):
        rows = found["driver_links"].select(["method", "points", *REASONS]).to_pylist()
        assert len({repr(row) for row in rows}) > 50
        assert alike(found["mentions"]["mark"].to_numpy(), rows)
