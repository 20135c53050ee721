"""A file of the last snapshot, from which row groups are copied as they are."""

from __future__ import annotations

import hashlib
import os
from itertools import accumulate
from typing import BinaryIO, TypedDict

import numpy as np
import pyarrow as pa

from flows.footer import Footer, Group, footer_of

BLOCK = 1 << 20


class Written(TypedDict):
    """What the manifest keeps of one file: rows, length in bytes, and SHA-256 in hex."""

    rows: int
    bytes: int
    sha256: str


class Kept:
    """A file that was written before: its row groups, read in their order while all of its bytes are hashed."""

    def __init__(self, source: BinaryIO, stated: Written):
        self._source, self._stated = source, stated
        self._sha256, self._at = hashlib.sha256(), 0
        try:
            self._groups = Footer.of(footer_of(source)[1]).groups
        except (ValueError, IndexError, RecursionError):  # it is damaged
            self._groups = ()
        self._size = source.seek(0, os.SEEK_END)
        source.seek(0)
        firsts = accumulate((group.rows for group in self._groups), initial=0)
        self._number = {first: number for number, first in enumerate(firsts)}

    def find(self, places: np.ndarray) -> int | None:
        """The number of the row group that has the rows at just these places."""
        number = self._number.get(int(places[0]), len(self._groups))
        if number == len(self._groups) or self._groups[number].rows != len(places):
            return None
        return number if (np.diff(places) == 1).all() else None

    def group(self, number: int) -> tuple[Group, list[pa.Buffer]]:
        """A row group and its bytes; those before it are passed."""
        group = self._groups[number]
        while self._read(min(BLOCK, group.start - self._at)):
            pass
        return group, [pa.py_buffer(self._read(group.packed))]

    def sound(self) -> bool:
        """Tell whether the file is what was stated of it, once what is left has been read."""
        while self._read(BLOCK):
            pass
        return self._sha256.hexdigest() == self._stated["sha256"]

    def _read(self, size: int) -> bytes:
        data = self._source.read(max(0, min(size, self._size - self._at)))
        self._sha256.update(data)
        self._at += len(data)
        return data
