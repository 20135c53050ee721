"""Between Arrow columns and numpy codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.turns import Codes


def in_one_piece(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The values of a column; where they are in one piece, no copy of it."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    pieces = [chunk for chunk in column.chunks if len(chunk)]
    return pieces[0] if len(pieces) == 1 else column.combine_chunks()


def codes(column: pa.ChunkedArray | pa.Array) -> tuple[Codes, pa.Array]:
    """Each value's rank among the distinct values (-1 for null), and those values in order."""
    code, values = distinct_of(column)
    order = pc.sort_indices(values).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return rank[code], values.take(pa.array(order))


def codes_behind(ranked: pa.Array, more: pa.Array) -> tuple[Codes, pa.Array]:
    """What `codes` gives of texts that stand in order, equal ones together, and a few more behind them; none is null.

    Those in order are neither sought nor sorted.
    """
    fresh = np.append(True, np.asarray(pc.not_equal(ranked[1:], ranked[:-1])))[: len(ranked)]
    own, values = np.cumsum(fresh, dtype=np.int32) - 1, ranked.filter(pa.array(fresh))
    others = pc.unique(more.filter(pa.array(ranked_among(more, values) < 0))).sort()
    before = np.asarray(pc.search_sorted(values, others)).astype(np.int64)
    own += np.searchsorted(before, np.arange(len(values)), side="right").astype(np.int32)[own]
    order = np.insert(np.arange(len(values)), before, len(values) + np.arange(len(others)))
    values = pa.concat_arrays([values, others]).take(pa.array(order))
    return np.append(own, ranked_among(more, values)), values


def distinct_of(column: pa.ChunkedArray | pa.Array) -> tuple[Codes, pa.Array]:
    """For each value its place among the distinct ones (-1 for null), and those as they come."""
    array = in_one_piece(column)
    encoded = array.dictionary_encode()
    return np.asarray(pc.fill_null(encoded.indices, -1)), encoded.dictionary


def among(column: pa.ChunkedArray | pa.Array, values: pa.Array) -> Codes:
    """The place of each of a column's texts among distinct values, -1 for none; each distinct text is sought once."""
    code, texts = distinct_of(column)
    return np.asarray(np.append(_found(texts, values), np.int32(-1))[code])


def _found(texts: pa.Array, values: pa.Array) -> Codes:
    """The place of each text among the values: of two sides the shorter is made a table to look things up in."""
    if len(values) <= len(texts):
        return np.asarray(pc.fill_null(pc.index_in(texts, values), -1))
    back = np.asarray(pc.fill_null(pc.index_in(values, texts), -1))
    place = np.full(len(texts), -1, dtype=np.int32)
    held = np.flatnonzero(back >= 0)
    place[back[held]] = held
    return place


def ranked_among(texts: pa.Array, ranked: pa.Array) -> Codes:
    """The place of each text among distinct ones that stand in order, -1 for none; no table is made of either."""
    if not len(ranked):
        return np.full(len(texts), -1, dtype=np.int32)
    at = np.minimum(np.asarray(pc.search_sorted(ranked, texts)), len(ranked) - 1).astype(np.int32)
    return np.where(np.asarray(pc.equal(ranked.take(pa.array(at)), texts)), at, np.int32(-1))


def placed(column: pa.ChunkedArray | pa.Array, ranked: pa.Array) -> Codes:
    """The same for a column in which texts recur, of which each is sought once."""
    code, texts = distinct_of(column)
    return np.asarray(np.append(ranked_among(texts, ranked), np.int32(-1))[code])


def coded(code: Codes, texts: pa.Array) -> pa.DictionaryArray:
    """The texts for which codes stand; null for -1."""
    return pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32), mask=code < 0), texts)


def whole(column: pa.ChunkedArray | pa.Array) -> Codes:
    """The integers of a column, -1 for null."""
    return np.asarray(pc.fill_null(column.cast(pa.int32()), -1))


def ranks(texts: pa.Array) -> Codes:
    """Each text's rank among the distinct ones, -1 for null; with one more -1 at the end, for what has no text."""
    return np.append(codes(texts)[0], np.int32(-1))


def answers(column: pa.ChunkedArray | pa.Array, ask: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """What is answered to each text; null to null. Every distinct text is asked once."""
    array = in_one_piece(column)
    encoded = array.dictionary_encode()
    return ask(encoded.dictionary).take(encoded.indices)


def texts_joined(parts: list[pa.Array]) -> pa.Array:
    """Texts in parts, none of them null, as one array; the list is emptied, lest all be held twice."""
    starts = np.zeros(sum(map(len, parts)) + 1, dtype=np.int32)
    letters = np.empty(sum(len(_letters(part)) for part in parts), dtype=np.uint8)
    starts[-1] = len(letters)  # which is an error where they are too many
    row = at = 0
    while parts:
        part = parts.pop(0)
        own, sizes = _letters(part), np.asarray(pc.binary_length(part))
        starts[row + 1 : row + len(part) + 1] = np.cumsum(sizes) + at
        letters[at : at + len(own)] = own
        row, at = row + len(part), at + len(own)
    return pa.StringArray.from_buffers(row, pa.py_buffer(starts), pa.py_buffer(letters))


def _letters(texts: pa.Array) -> np.ndarray:
    """The bytes of texts, one behind the other."""
    _, ends, letters = texts.buffers()
    first, last = np.frombuffer(ends, np.int32)[[texts.offset, texts.offset + len(texts)]] if ends else (0, 0)
    return np.frombuffer(letters, np.uint8)[first:last] if letters else np.zeros(0, dtype=np.uint8)


def grouped(type_: pa.DataType, count: int, owner: Codes, values: pa.Array) -> pa.Array:
    """One list for each of `count` owners, of the values whose owners stand beside them in order."""
    offsets = np.searchsorted(owner, np.arange(count + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=type_)


def with_column(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with a declared column filled."""
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(at), values)


def with_columns(table: pa.Table, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> pa.Table:
    """The table with declared columns filled."""
    for name, values in columns.items():
        table = with_column(table, name, values)
    return table


def differing(one: pa.Array, other: pa.Array) -> np.ndarray:
    """Which values of two arrays of one type differ; null is equal to null, and a list to one of equal values."""
    if isinstance(one, pa.ChunkedArray):
        one, other = (side.combine_chunks() for side in (one, other))
    if pa.types.is_struct(one.type):
        fields = range(one.type.num_fields)
        return np.asarray(np.logical_or.reduce([differing(one.field(at), other.field(at)) for at in fields]))
    if pa.types.is_list(one.type):
        sizes = [np.asarray(pc.fill_null(pc.list_value_length(side), -1)) for side in (one, other)]
        apart = sizes[0] != sizes[1]
        held = np.flatnonzero(~apart & (sizes[0] > 0))
        values = (side.take(pa.array(held)).flatten() for side in (one, other))
        apart[np.repeat(held, sizes[0][held])[differing(*values)]] = True
        return np.asarray(apart)
    same = pc.fill_null(pc.equal(one, other), fill_value=False)
    return np.asarray(pc.invert(pc.or_(same, pc.and_(pc.is_null(one), pc.is_null(other)))))


def runs(column: pa.ChunkedArray | pa.Array) -> Codes:
    """The number of each row's run of equal values, from 0."""
    array = in_one_piece(column)
    return np.cumsum(np.append(0, np.asarray(pc.not_equal(array[1:], array[:-1]))), dtype=np.int32)[: len(array)]
