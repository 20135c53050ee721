"""Rows of two tables laid together: those that stand where they did, and fresh ones between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import in_one_piece
from transforms.pieces import Pieces

RUN = 64  # rows, in the mean, from which on it is cheaper to cut pieces than to take rows one by one
Others: TypeAlias = tuple[np.ndarray, pa.Array]  # places of rows, which rise, and values for these
Rows = TypeVar("Rows", pa.Table, pa.ChunkedArray)


def laid(place: np.ndarray, old: Rows, fresh: Rows) -> Rows:
    """For each row that which has its `place` in `old`, or the next of the `fresh` where that is -1."""
    new = place < 0
    if not new.any():  # to make one dictionary of two would take longer than all the rest
        return taken(old, place)
    at = np.where(new, len(old) + np.cumsum(new) - 1, place)
    if isinstance(old, pa.Table):
        return taken(pa.concat_tables([old, fresh]).unify_dictionaries(), at)
    return taken(pa.chunked_array([*old.chunks, *fresh.chunks], old.type).unify_dictionaries(), at)


def laid_codes(at: np.ndarray, old: pa.ChunkedArray, fresh: pa.ChunkedArray) -> pa.Array:
    """The values at some places of two columns, one after the other; texts as codes."""
    both = pa.chunked_array([*old.chunks, *fresh.chunks], old.type)
    if not pa.types.is_dictionary(both.type):
        return both.combine_chunks().take(pa.array(at))
    both = both.unify_dictionaries()
    code = np.concatenate([np.asarray(pc.fill_null(chunk.indices, -1)) for chunk in both.chunks])[at]
    return pa.DictionaryArray.from_arrays(pa.array(code, mask=code < 0), both.chunk(0).dictionary)


def taken(rows: Rows, places: np.ndarray) -> Rows:
    """The rows at some places; where most of them follow one another, they are not copied."""
    starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    if len(starts) * RUN > len(places):
        return rows.take(pa.array(places))
    sizes = np.diff(np.append(starts, len(places)))
    runs: list[Rows] = [rows.slice(*run) for run in zip(places[starts].tolist(), sizes.tolist(), strict=True)]
    if isinstance(rows, pa.Table):
        return pa.concat_tables([rows.slice(0, 0), *runs])
    return pa.chunked_array([chunk for run in runs for chunk in run.chunks], rows.type)


def laid_in_parts(pieces: Pieces, parts: Iterator[pa.Table], fresh: pa.Table) -> Iterator[pa.Table]:
    """The same of a table in parts; places rise."""
    start = row = used = 0
    for part in parts:
        end = pieces.until(start + part.num_rows)
        own = pieces.places(np.arange(row, end))
        new = int((own < 0).sum())
        if new or (len(own) and own[-1] - own[0] + 1 > len(own)):
            yield laid(np.where(own < 0, -1, own - start), part, fresh.slice(used, new))
        elif len(own):
            yield part.slice(int(own[0]) - start, len(own))
        start, row, used = start + part.num_rows, end, used + new
    if used < fresh.num_rows:
        yield fresh.slice(used)


def with_others(rows: pa.Table, places: np.ndarray, others: Mapping[str, Others]) -> pa.Table:
    """The rows of some places with the other values that there are for these."""
    for name in others.keys() & set(rows.column_names):
        at, values = others[name]
        nth = np.searchsorted(at, places)
        mine = np.append(at, -1)[nth] == places
        if mine.any():
            some = pa.chunked_array([values.take(pa.array(nth[mine]))])
            some = encoded(some) if pa.types.is_dictionary(rows[name].type) else some
            column = laid(np.where(mine, -1, np.arange(len(places))), rows[name], some)
            rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    return rows


def encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column with texts as codes; in one piece, since several would each have all texts, to be compared again."""
    if not pa.types.is_string(column.type):
        return column
    return pa.chunked_array([in_one_piece(column).dictionary_encode()])


def in_one(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in one piece, its codes those of texts that there are."""
    one = column.combine_chunks()  # which joins the texts of its pieces, and asks first whether they are the same
    if not pa.types.is_dictionary(column.type):
        return pa.chunked_array([one], column.type)
    code = np.asarray(pc.fill_null(one.indices, -1))
    there = np.zeros(len(one.dictionary) + 1, dtype=bool)  # the last is for null
    there[code] = True
    if there[:-1].all():
        return pa.chunked_array([one], column.type)
    rank = np.cumsum(there, dtype=np.int32) - 1
    values = one.dictionary.filter(pa.array(there[:-1]))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array(rank[code], mask=code < 0), values)], column.type)
