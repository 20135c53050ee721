"""The arrays of numbers, flags and texts that steps hand on, by their types; and flags by their places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]


def flags(places: Ints, size: int) -> Bools:
    """Which of so many places are among the given ones."""
    found = np.zeros(size, bool)
    found[places] = True
    return found


def true(mask: pa.BooleanArray | pa.ChunkedArray) -> Bools:
    """A mask as flags; null is false."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), bool)
