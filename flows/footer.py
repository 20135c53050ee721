"""The footer of a Parquet file, taken apart by row groups, so that these can be laid into another file as bytes.

It is in Thrift's compact protocol. Fields have the numbers of parquet.thrift; what is not sought is kept as it is, so
that nothing is lost which another version of the writer may say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

MAGIC = b"PAR1"
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, STRUCT = 1, 2, 3, 7, 8, 9, 12
WIDTHS = {TRUE: 0, FALSE: 0, BYTE: 1, DOUBLE: 8}  # of what is no varint
Sought: TypeAlias = Mapping[int, "str | Sought"]
# Of a file's FileMetaData; and of each RowGroup how many rows it has, and where its pages and their indices start.
ROWS, GROUPS = 3, 4
GROUP: Sought = {
    1: {2: "offset", 3: dict.fromkeys((9, 10, 11, 14), "offset"), 4: "offset", 6: "offset"},
    3: "rows",
    5: "offset",
}


@dataclass(frozen=True)
class Group:
    """A row group: how many rows it has, where in the file its bytes start, and all that the footer tells of it.

    `offsets` are the numbers in there that say where something starts, with the span of bytes that tell it.
    """

    rows: int
    start: int
    told: bytes
    offsets: Sequence[tuple[int, int, int]]

    def moved(self, start: int) -> bytes:
        """What a footer tells of it where its bytes start elsewhere."""
        pieces, done = [], 0
        for offset, begin, end in self.offsets:
            pieces += [self.told[done:begin], _signed(offset + start - self.start)]
            done = end
        return b"".join([*pieces, self.told[done:]])


@dataclass(frozen=True)
class Footer:
    """What a file holds: its row groups, and all else, before and behind the number of rows and behind the groups."""

    groups: Sequence[Group]
    frame: tuple[bytes, bytes, bytes]

    @classmethod
    def of(cls, told: bytes) -> Footer:
        """Take a footer apart; raises ValueError or IndexError for what is none."""
        reader, spans = _Reader(told), {}
        groups: list[Group] = []
        for field, kind in reader.fields():
            start = reader.at
            if field == GROUPS:
                groups = [reader.group() for _ in reader.elements()]
            else:
                reader.skip(kind)
            spans[field] = start, reader.at
        if ROWS not in spans or GROUPS not in spans:
            raise ValueError("it is no footer")
        (rows, behind), (first, last) = spans[ROWS], spans[GROUPS]
        return cls(groups, (told[:rows], told[behind:first], told[last:]))

    def written(self, rows: int, groups: Sequence[bytes]) -> bytes:
        """The end of a file that has these row groups instead, of so many rows in all."""
        size = len(groups)
        many = bytes([size << 4 | STRUCT]) if size < 15 else bytes([15 << 4 | STRUCT]) + _unsigned(size)
        told = b"".join([self.frame[0], _signed(rows), self.frame[1], many, *groups, self.frame[2]])
        return told + len(told).to_bytes(4, "little") + MAGIC


def footer_of(file: BinaryIO) -> tuple[int, bytes]:
    """Where the footer of a file starts and its bytes, as the file says, be it damaged or not."""
    end = max(0, file.seek(0, os.SEEK_END) - len(MAGIC) - 4)
    file.seek(end)
    start = max(0, end - int.from_bytes(file.read(4), "little"))
    file.seek(start)
    return start, file.read(end - start)


class _Reader:
    """Reads values one after the other."""

    def __init__(self, data: bytes, at: int = 0):
        self.data = data
        self.at = at

    def group(self) -> Group:
        """A row group; an offset of 0 says that there is nothing."""
        start, spans = self.at, list[tuple[str, int, int]]()
        self._seek(STRUCT, GROUP, spans)
        numbers = [(_Reader(self.data, at).number(), at - start, end - start) for _, at, end in spans]
        told = list(zip((what for what, *_ in spans), numbers, strict=True))
        offsets = [number for what, number in told if what == "offset" and number[0]]
        rows = [number for what, (number, *_) in told if what == "rows"]
        return Group(rows[0], min(offsets)[0], self.data[start : self.at], offsets)

    def fields(self) -> Iterator[tuple[int, int]]:
        """The number and kind of each field of a struct; its value is to be read before the next is asked for."""
        field = 0
        while head := self._byte():
            field = field + (head >> 4) if head >> 4 else self.number()
            yield field, head & 15

    def elements(self) -> Iterator[int]:
        """The kind of each element of a list, which is to be read before the next is asked for."""
        head = self._byte()
        size = head >> 4
        for _ in range(self._varint() if size == 15 else size):
            yield head & 15

    def skip(self, kind: int) -> None:
        """Pass a value."""
        if kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner)
        elif kind == LIST:
            for inner in self.elements():
                self.skip(inner)
        elif kind in WIDTHS:
            self.at += WIDTHS[kind]
        else:
            size = self._varint()
            self.at += size if kind == BINARY else 0

    def number(self) -> int:
        """A signed number."""
        number = self._varint()
        return number >> 1 ^ -(number & 1)

    def _seek(self, kind: int, sought: str | Sought | None, spans: list[tuple[str, int, int]]) -> None:
        """Pass a value, and note the spans of what is sought in it."""
        start = self.at
        if isinstance(sought, str):
            self.skip(kind)
            spans.append((sought, start, self.at))
        elif not sought:
            self.skip(kind)
        elif kind == STRUCT:
            for field, inner in self.fields():
                self._seek(inner, sought.get(field), spans)
        else:
            for inner in self.elements():
                self._seek(inner, sought, spans)

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) > 127:
            number |= (byte & 127) << shift
            shift += 7
        return number | byte << shift


def _signed(number: int) -> bytes:
    return _unsigned((number << 1 ^ number >> 63) % (1 << 64))


def _unsigned(number: int) -> bytes:
    pieces = bytearray()
    while number > 127:
        pieces.append(number & 127 | 128)
        number >>= 7
    return bytes([*pieces, number])
