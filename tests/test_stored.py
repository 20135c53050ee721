"""Published tables as they are asked for: whole, by rows, or by columns, held or not."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.stored import Stored, _texts

POINTS = pa.struct([pa.field("term", pa.string()), pa.field("points", pa.int32())])
SCHEMA = pa.schema([("text", pa.string()), ("list", pa.list_(pa.string())), ("points", pa.list_(POINTS))])
SOME = [None, "", "a", "b"] * 500


def rows(texts: list[str | None]) -> pa.Table:
    """A text, a list of some, and a list of points for each of some texts."""
    lists = [None if i % 7 == 0 else texts[i : i + i % 4] for i in range(len(texts))]
    points = [each and [{"term": text, "points": 1} for text in each] for each in lists]
    return pa.table([texts, lists, points], SCHEMA)


@pytest.mark.parametrize("held", [(), SCHEMA.names])
@pytest.mark.parametrize("texts", [SOME, SOME + [f"{i:>40}" for i in range(2_000)]], ids=["recur", "soon differ"])
def test_texts_in_lists(texts, held, tmp_path):
    """Texts in lists that are read as codes come back as they were, also where a dictionary outgrew its page."""
    table, path = rows(texts), tmp_path / "table.parquet"
    pq.write_table(table, path, row_group_size=1_500, dictionary_pagesize_limit=1 << 10)
    assert _texts(pq.ParquetFile(path)) == ["text", "list.list.element", "points.list.element.term"]
    opened = lambda coded=(), footer=None: pq.ParquetFile(path, metadata=footer, read_dictionary=coded)
    stored = Stored(opened, nullcontext)
    stored.hold(held)
    parts, places = stored.parts(), np.arange(3, len(texts), 5)
    assert parts.whole().equals(table)
    assert parts.take(places, SCHEMA.names).equals(table.take(places))
    assert parts.columns(*SCHEMA.names).cast(SCHEMA).equals(table)
