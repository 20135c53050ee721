"""Work on part of an array: what is dear is done only where it is needed."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc


def change_where(mask: pa.BooleanArray, values: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The values, changed where `mask` is true; where it is null the result is null.

    Testing a text costs a tenth of rewriting it, so a change that few texts need is asked for first.
    """
    chosen = values.filter(mask)
    if len(chosen) in (0, len(values)):
        return change(values) if len(chosen) else values
    return pc.replace_with_mask(values, mask, change(chosen))


def read_where(mask: pa.BooleanArray, values: pa.Array, read: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """What `read` gives for the values where `mask` is true; null elsewhere."""
    found = read(values.filter(mask))
    return pc.replace_with_mask(pa.nulls(len(values), found.type), pc.fill_null(mask, False), found)
