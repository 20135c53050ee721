"""The footer of a Parquet file, taken apart by column chunks, so that these can be laid into another file as bytes.

It is in Thrift's compact protocol. Fields have the numbers of parquet.thrift; what is not sought is kept as it is, so
that nothing is lost which another version of the writer may say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias, TypeVar

T = TypeVar("T")
MAGIC = b"PAR1"
TRUE, FALSE, BYTE, SHORT, LONG, DOUBLE, BINARY, LIST, STRUCT = 1, 2, 3, 4, 6, 7, 8, 9, 12
WIDTHS = {TRUE: 0, FALSE: 0, BYTE: 1, DOUBLE: 8}  # of what is no varint
Sought: TypeAlias = Mapping[int, "str | Sought"]
Number: TypeAlias = tuple[str, int, int, int]  # what it is, how much, and where that is told: from here to there
# Of a file the number of rows; of a row group and of a column chunk how many bytes they have, packed and not, and where
# they start, or their dictionary, index and pages.
FILE: Sought = {3: "rows"}
GROUP: Sought = {2: "whole", 3: "rows", 5: "start", 6: "packed"}
CHUNK: Sought = {3: {6: "whole", 7: "packed", 9: "start", 10: "start", 11: "start"}}
GROUPS, CHUNKS = 4, 1  # the lists of FileMetaData and of RowGroup


@dataclass(frozen=True)
class Told:
    """Some bytes of a footer, and the numbers sought in them."""

    data: bytes
    numbers: Sequence[Number]

    def all(self, sought: str) -> list[int]:
        """The numbers of one kind; an offset of 0 says that there is nothing."""
        return [number for what, number, *_ in self.numbers if what == sought and number]

    def but(self, by: int = 0, **others: int) -> bytes:
        """The same with other numbers, and with all that lies somewhere moved by so many bytes."""
        if not by and not others:
            return self.data
        pieces, done = [], 0
        for what, number, begin, end in self.numbers:
            now = others.get(what, number + by if what == "start" and number else number)
            if now != number:
                pieces += [self.data[done:begin], _signed(now)]
                done = end
        return b"".join([*pieces, self.data[done:]])


@dataclass(frozen=True)
class Chunk:
    """A column chunk: where in the file its bytes start, how many they are, packed and not, and what is told of it."""

    start: int
    packed: int
    whole: int
    told: Told


@dataclass(frozen=True)
class Group:
    """A row group: its rows, where in the file it starts, and its column chunks, which lie one behind the other.

    The `frame` is what else is told of it, before and behind these.
    """

    rows: int
    start: int
    chunks: Sequence[Chunk]
    frame: tuple[Told, Told]

    @property
    def packed(self) -> int:
        """How many bytes it has."""
        return sum(chunk.packed for chunk in self.chunks)

    def at(self, start: int) -> bytes:
        """What a footer tells of it where its bytes start there."""
        told, place = [], start
        for chunk in self.chunks:
            told.append(chunk.told.but(by=place - chunk.start))
            place += chunk.packed
        head, tail = self.frame
        whole = sum(chunk.whole for chunk in self.chunks)
        return head.data + _listed(told) + tail.but(whole=whole, start=start, packed=self.packed)


@dataclass(frozen=True)
class Footer:
    """What a file holds: its row groups, and all that is told before and behind them."""

    groups: Sequence[Group]
    frame: tuple[Told, Told]

    @classmethod
    def of(cls, data: bytes) -> Footer:
        """Take a footer apart; raises ValueError or IndexError for what is none."""
        reader = _Reader(data)
        return cls(*reader.listing(FILE, GROUPS, reader.group))

    def file(self, rows: int, groups: Sequence[bytes]) -> bytes:
        """The end of a file that has these row groups instead, of so many rows in all."""
        head, tail = self.frame
        told = head.but(rows=rows) + _listed(groups) + tail.data
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

    def __init__(self, data: bytes):
        self.data = data
        self.at = 0

    def listing(self, sought: Sought, listed: int, item: Callable[[], T]) -> tuple[list[T], tuple[Told, Told]]:
        """The items of the list that is one field of a struct, and what stands before and behind it."""
        start, first, field, items = self.at, -1, 0, list[T]()
        base, head, tail = start, list[Number](), list[Number]()
        while kind := self.data[self.at]:
            field, self.at = _field(self.data, self.at, field)
            if field == listed:
                first = self.at
                size, _, self.at = _size(self.data, self.at)
                items = [item() for _ in range(size)]
                base = last = self.at
            elif field in sought:
                number, end = _number(self.data, self.at)
                (head if first < 0 else tail).append((str(sought[field]), number, self.at - base, end - base))
                self.at = end
            else:
                self.at = _end(self.data, self.at, kind & 15)
        if first < 0:
            raise ValueError("a list is missing")
        self.at += 1
        return items, (Told(self.data[start:first], head), Told(self.data[last : self.at], tail))

    def group(self) -> Group:
        """A row group."""
        chunks, frame = self.listing(GROUP, CHUNKS, self._chunk)
        return Group(frame[1].all("rows")[0], chunks[0].start, chunks, frame)

    def _chunk(self) -> Chunk:
        start, numbers = self.at, list[Number]()
        self.at = _seek(self.data, start, CHUNK, numbers, start)
        told = Told(self.data[start : self.at], numbers)
        return Chunk(min(told.all("start")), told.all("packed")[0], told.all("whole")[0], told)


def _seek(data: bytes, at: int, sought: Sought, found: list[Number], base: int) -> int:
    """Where the struct at a place ends; the numbers sought in it are found, with their places from a `base` on."""
    field = 0
    while head := data[at]:
        field, at = (field + (head >> 4), at + 1) if head > 15 else _field(data, at, field)
        if (wanted := sought.get(field)) is None:
            at = _end(data, at, head & 15)
        elif isinstance(wanted, str):
            number, end = _number(data, at)
            found.append((wanted, number, at - base, end - base))
            at = end
        else:
            at = _seek(data, at, wanted, found, base)
    return at + 1


def _end(data: bytes, at: int, kind: int) -> int:
    """Where the value at a place ends; most are numbers in structs, of which a large file tells ten thousands."""
    if SHORT <= kind <= LONG:
        while data[at] > 127:
            at += 1
        return at + 1
    if kind == STRUCT:
        while head := data[at]:
            at = at + 1 if head > 15 else _field(data, at, 0)[1]
            if SHORT <= (kind := head & 15) <= LONG:
                while data[at] > 127:
                    at += 1
                at += 1
            else:
                at = _end(data, at, kind)
        return at + 1
    if kind == LIST:
        size, kind, at = _size(data, at)
        for _ in range(size):
            at = _end(data, at, kind)
        return at
    if kind in WIDTHS:
        return at + WIDTHS[kind]
    size, at = _varint(data, at)
    return at + size


def _field(data: bytes, at: int, last: int) -> tuple[int, int]:
    """The number of the field whose head is at a place, after the `last` one, and where its value starts."""
    if step := data[at] >> 4:
        return last + step, at + 1
    return _number(data, at + 1)


def _size(data: bytes, at: int) -> tuple[int, int, int]:
    """How many elements a list has, their kind, and where the first starts."""
    head = data[at]
    size, at = _varint(data, at + 1) if head >> 4 == 15 else (head >> 4, at + 1)
    return size, max(BYTE, head & 15), at  # in a list, booleans too are bytes


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The signed number at a place, and where it ends."""
    number, at = _varint(data, at)
    return number >> 1 ^ -(number & 1), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and where it ends."""
    number = shift = 0
    while (byte := data[at]) > 127:
        number |= (byte & 127) << shift
        shift += 7
        at += 1
    return number | byte << shift, at + 1


def _listed(items: Sequence[bytes]) -> bytes:
    size = len(items)
    head = bytes([size << 4 | STRUCT]) if size < 15 else bytes([15 << 4 | STRUCT]) + _unsigned(size)
    return head + b"".join(items)


def _signed(number: int) -> bytes:
    return _unsigned((number << 1 ^ number >> 63) % (1 << 64))


def _unsigned(number: int) -> bytes:
    pieces = bytearray()
    while number > 127:
        pieces.append(number & 127 | 128)
        number >>= 7
    return bytes([*pieces, number])
