"""Words, names and cars come again and again, in batch after batch: what they were read as is remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

T = TypeVar("T")
_LONGEST, _MOST = 100, 65_536  # characters of a text, and texts: a few dozen megabytes at most


def remember(read: Callable[[str], T]) -> Callable[[str], T]:
    """Let a function of one text remember its answers; texts that are no word or name would only fill the memory."""
    known = lru_cache(maxsize=_MOST)(read)

    @wraps(read)
    def answer(text: str) -> T:
        return known(text) if len(text) <= _LONGEST else read(text)

    return answer


def read_distinct(
    texts: pa.Array | pa.ChunkedArray, read: Callable[[str], tuple[str | None, ...]], schema: pa.Schema
) -> pa.Table:
    """What `read` gives for each text, row by row, null for null; every distinct text is read once.

    Of each answer the first values fill the columns of the schema, which are texts.
    """
    chunk = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    coded = pc.dictionary_encode(chunk.cast(pa.string()))
    answers = [read(text) for text in coded.dictionary.to_pylist()]
    columns = [pa.array([answer[i] for answer in answers], pa.string()) for i in range(len(schema))]
    return pa.Table.from_arrays(columns, schema=schema).take(coded.indices)
