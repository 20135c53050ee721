"""Work on part of an array: what is dear is done only where it is needed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.arrays import Ints

IS_DIGIT = np.isin(np.arange(256), [*b"0123456789"])  # of each byte, such as the first of a text


def change_where(mask: pa.BooleanArray, values: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The values, changed where `mask` is true.

    Testing a text costs a tenth of rewriting it, so a change that few texts need is asked for first.
    """
    at = true_places(mask)
    if len(at) in (0, len(values)):
        return change(values) if len(at) else values
    return replaced(values, at, change(values.take(pa.array(at))))


def read_where(
    mask: pa.BooleanArray, values: pa.Array, read: Callable[[pa.Array], pa.Array], type_: pa.DataType
) -> pa.Array:
    """What `read` gives, in this type, for the values where `mask` is true; null elsewhere."""
    at = true_places(mask)
    return scattered(read(values.take(pa.array(at))), at, len(values)) if len(at) else pa.nulls(len(values), type_)


def true_places(mask: pa.BooleanArray) -> Ints:
    """Where a mask is true."""
    return np.flatnonzero(mask.fill_null(False).to_numpy(zero_copy_only=False))


def replaced(values: pa.Array, at: Ints, new: pa.Array) -> pa.Array:
    """The values with those at some places replaced; with texts, three times faster than Arrow's own kernel."""
    place = np.arange(len(values))
    place[at] = len(values) + np.arange(len(at))
    return pa.concat_arrays([values, new]).take(pa.array(place))


def scattered(values: pa.Array, at: Ints, size: int) -> pa.Array:
    """Values at some of so many places; null elsewhere."""
    place = np.full(size, -1)
    place[at] = np.arange(len(at))
    return values.take(pa.array(place, mask=place < 0))


def mapped(texts: pa.StringArray, table: npt.NDArray[np.uint8]) -> pa.StringArray:
    """The texts with each byte replaced by the one that stands in its place in a table of 256; null stays null."""
    validity, offsets, data = texts.buffers()
    if not data or not data.size:
        return texts
    changed = pa.py_buffer(table.take(np.frombuffer(data, np.uint8)))
    return pa.Array.from_buffers(pa.string(), len(texts), [validity, offsets, changed], offset=texts.offset)


def first_bytes(texts: pa.StringArray) -> npt.NDArray[np.uint8]:
    """The first byte of each text in UTF-8; 0 where there is none. Ten times faster than to match a pattern."""
    if not len(texts):
        return np.zeros(0, np.uint8)
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    flat = np.frombuffer(data, np.uint8) if data and data.size else np.zeros(1, np.uint8)
    first = flat.take(places[:-1], mode="clip")
    first[places[1:] == places[:-1]] = 0
    return first
