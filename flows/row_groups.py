"""Where row groups end: by what stands there, so that a change moves only the ends that are near to it."""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.runs import Runs

# Rows within which a row group ends but once; in the mean they have twice as many. Twice of it would take a twentieth
# less bytes and time to write all, and twice the time to write what is near a change.
NEAR = 8_192
# So many letters begin the keys between which row groups of tables end that are in their order, and not of sheets.
LETTERS = 4
# The most rows: DuckDB, Polars and Spark read one row group per thread, and DuckDB's own are of this size.
MOST = 122_880


def group_ends(keys: Runs) -> list[int]:
    """The rows before which row groups end, by the runs of their keys.

    A group ends behind the key whose hash is the least of all that end within NEAR rows, at the end of the table, and
    where it would have more than MOST rows. So what stands further away has no say in it.
    """
    if not len(keys.texts):
        return []
    ends = np.append(0, keys.start + keys.size)
    hashes = np.array([0, *map(crc32, pc.fill_null(keys.texts, "").cast(pa.binary()).to_pylist())])
    hashes[[0, -1]] = -1  # lest a group be small that begins or ends with the table
    blocks = pairwise([*np.flatnonzero(np.diff(ends // NEAR, prepend=-1)), len(ends)])
    likely = (start + int(hashes[start:stop].argmin()) for start, stop in blocks)  # no two ends are in one block
    near = ((end, *np.searchsorted(ends, (ends[end] - NEAR, ends[end] + NEAR + 1))) for end in likely)
    found = [ends[end] for end, start, stop in near if hashes[end] == hashes[start:stop].min()]
    cuts = np.unique([0, *found, ends[-1]]).tolist()
    return [end for start, stop in pairwise(cuts) for end in full_ends(start, stop)]


def full_ends(start: int, stop: int) -> list[int]:
    """The rows before which row groups of the most rows end."""
    return [*range(start + MOST, stop, MOST), stop] if start < stop else []
