"""Where row groups end: by what stands there, so that a change moves only the ends that are near to it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Rows within which a row group ends but once; in the mean they have twice as many. Half of it would take a twentieth
# more bytes, and spare a build of few changes a fortieth of its time.
NEAR = 16_384
# The most rows: DuckDB, Polars and Spark read one row group per thread, and DuckDB's own are of this size.
MOST = 122_880
PIECE = 8_192  # texts that are hashed at a time
FACTOR, INVERSE = np.uint64(0x9E3779B97F4A7C15), np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))


def group_ends(keys: pa.Array) -> list[int]:
    """The rows before which row groups end, by the key of each row: codes of which equal ones stand together, or texts.

    A group ends behind the key whose hash is the least of all that end within NEAR rows, at the end of the table, and
    where it would have more than MOST rows. So what stands further away has no say in it.
    """
    if not len(keys):
        return []
    ends, texts = np.arange(len(keys) + 1), keys
    if pa.types.is_dictionary(keys.type):
        ends = np.append(0, np.flatnonzero(np.diff(np.asarray(pc.fill_null(keys.indices, -1)), append=-2)) + 1)
        texts = keys.take(pa.array(ends[1:] - 1)).dictionary_decode()
    hashes = np.append(np.uint64(0), _hashes(texts) | np.uint64(1))
    hashes[-1] = 0  # lest a group be small that begins or ends with the table
    blocks = pairwise([*np.flatnonzero(np.diff(ends // NEAR, prepend=-1)), len(ends)])
    likely = (start + int(hashes[start:stop].argmin()) for start, stop in blocks)  # no two ends are in one block
    near = ((end, *np.searchsorted(ends, (ends[end] - NEAR, ends[end] + NEAR + 1))) for end in likely)
    found = [ends[end] for end, start, stop in near if hashes[end] == hashes[start:stop].min()]
    cuts = np.unique([0, *found, len(keys)]).tolist()
    return [end for start, stop in pairwise(cuts) for end in full_ends(start, stop)]


def _hashes(texts: pa.Array) -> np.ndarray:
    """A number for each text that looks as if it were drawn: the polynomial of its bytes, modulo 2 to the 64."""
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data or b"", dtype=np.uint8)
    pieces = list(pairwise([*range(0, len(texts), PIECE), len(texts)]))
    longest = max(int(at[stop] - at[start]) for start, stop in pieces)
    powers, inverse = (np.cumprod(np.append(np.uint64(1), np.full(longest, base))) for base in (FACTOR, INVERSE))
    found = []
    for start, stop in pieces:
        own, held = at[start : stop + 1] - at[start], data[at[start] : at[stop]] + np.uint64(1)
        sums = np.append(np.uint64(0), np.cumsum(held * powers[: len(held)]))
        found.append(np.diff(sums[own]) * inverse[own[:-1]])
    number = np.concatenate(found)
    return np.asarray((number ^ number >> np.uint64(32)) * FACTOR)


def full_ends(start: int, stop: int) -> list[int]:
    """The rows before which row groups of the most rows end."""
    return [*range(start + MOST, stop, MOST), stop] if start < stop else []
