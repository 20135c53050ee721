"""A file of the last snapshot, from which row groups are copied as far as they are the same."""

from __future__ import annotations

import hashlib
import os
from itertools import accumulate
from typing import BinaryIO, TypedDict

import numpy as np
import pyarrow as pa

from flows.footer import Footer, Group, footer_of
from transforms.identity.arrays import differing
from transforms.parts import Parts

BLOCK = 1 << 20


class Written(TypedDict):
    """What the manifest keeps of one file: rows, length in bytes, and SHA-256 in hex."""

    rows: int
    bytes: int
    sha256: str


class Hashing:
    """A file to write to that hashes what passes through."""

    def __init__(self, file: BinaryIO):
        self._file, self._sha256 = file, hashlib.sha256()
        self.closed = False

    def write(self, data: bytes | pa.Buffer) -> int:
        """Write what comes next."""
        self._sha256.update(data)
        return self._file.write(data)

    def tell(self) -> int:
        """How many bytes were written."""
        return self._file.tell()

    def flush(self) -> None:
        """Let nothing wait."""
        self._file.flush()

    def written(self, rows: int) -> Written:
        """What the file is, now that it has so many rows: it lies on the disk then."""
        self.flush()
        os.fsync(self._file.fileno())
        return Written(rows=rows, bytes=self.tell(), sha256=self._sha256.hexdigest())


class Kept:
    """A file that was written before: its row groups, read in their order while all of its bytes are hashed.

    `before` are its rows, of which some are read where others may be the same.
    """

    def __init__(self, source: BinaryIO, stated: Written, before: Parts):
        self._source, self._stated, self._before = source, stated, before
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
        """The number of the row group that has its rows at just these places, those of new rows (-1) left open."""
        first = places - np.arange(len(places))
        held = first[places >= 0]
        number = self._number.get(int(held[0]), len(self._groups)) if len(held) else len(self._groups)
        if number == len(self._groups) or self._groups[number].rows != len(places):
            return None
        return number if (held == held[0]).all() else None

    def moved(self, rows: Parts, start: int, stays: np.ndarray) -> list[str]:
        """The columns in which rows differ from those of the row group that has the places where they stay."""
        stop = start + len(stays)
        names = {name for name, at in rows.moved.items() if np.diff(np.searchsorted(at, (start, stop))).any()}
        if len(new := np.flatnonzero(stays < 0)):
            held = np.argmax(stays >= 0)
            others = [name for name in rows.schema.names if name not in names]
            now, was = rows.take(start + new, others), self._before.take(stays[held] - held + new, others)
            names |= {name for name in others if differing(now[name], was[name]).any()}
        return [name for name in rows.schema.names if name in names]

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
