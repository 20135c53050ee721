"""Codes of all mentions, looked at in turn: numpy copies places as longer integers before it takes by them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Codes = np.ndarray
MANY = 1 << 18  # codes that are looked at at a time


def cut(count: int) -> Iterator[slice]:
    """So many places, MANY at a time."""
    return (slice(start, min(start + MANY, count)) for start in range(0, count, MANY))


def narrowed(codes: Codes) -> Codes:
    """The same codes in the shortest integers that hold them, with some to spare; -1 is the least."""
    return codes.astype(np.min_scalar_type(-int(codes.max(initial=0)) - 3))


def picked(values: Codes, places: Codes) -> Codes:
    """The values at some places, of which there may be as many as mentions."""
    out = np.empty(len(places), dtype=values.dtype)
    for some in cut(len(places)):
        out[some] = values[places[some]]
    return out


def tally(codes: Codes, count: int) -> Codes:
    """How often each of so many codes occurs; -1 is none."""
    times = np.zeros(count + 1, dtype=np.int32)  # the last is for none
    for some in cut(len(codes)):
        np.add.at(times, codes[some].astype(np.intp), 1)
    return times[:-1]


def firsts(owner: Codes, count: int) -> Codes:
    """The first place of each of so many owners; 0 of one who has none."""
    place = np.zeros(count, dtype=np.int32)
    for some in reversed([*cut(len(owner))]):
        place[owner[some][::-1]] = np.arange(some.start, some.stop, dtype=np.int32)[::-1]
    return place
