"""Marks: numbers of 64 bits by which something is known again, without what it says; no two are likely to be alike."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa

from transforms.identity.turns import Codes

NOTHING = np.iinfo(np.int64).min  # what is marked where there is nothing


def mixed(*columns: np.ndarray) -> np.ndarray:
    """The mark of each row of some columns of whole numbers, which may be marks: SplitMix64 (Steele et al., 2014)."""
    mark = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        mark += np.uint64(0x9E3779B97F4A7C15)
        mark ^= column.astype(np.int64, copy=False).view(np.uint64) if column.dtype != np.uint64 else column
        mark = (mark ^ (mark >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mark = (mark ^ (mark >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mark ^= mark >> np.uint64(31)
    return mark


def of_texts(texts: pa.Array) -> np.ndarray:
    """The mark of each of some texts, which are distinct, since they are marked one by one."""
    digests = (blake2b(text.encode(), digest_size=8).digest() for text in texts.to_pylist())
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def of_lists(start: Codes, size: Codes, marks: np.ndarray) -> np.ndarray:
    """The mark of each list, given where it begins and how long it is among the marks of all that is in lists."""
    place = np.arange(len(marks)) - np.repeat(start, size)
    running = np.append(np.uint64(0), np.cumsum(mixed(marks, place), dtype=np.uint64))
    return mixed(running[start + size] - running[start], size)
