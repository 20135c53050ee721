"""The footer of a Parquet file, taken apart by column chunks, so that these can be laid into another file as bytes.

It is in Thrift's compact protocol. Fields have the numbers of parquet.thrift; what is not sought is kept as it is, so
that nothing is lost which another version of the writer may say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, TypeAlias, TypeVar

T = TypeVar("T")
MAGIC = b"PAR1"
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, STRUCT = 1, 2, 3, 7, 8, 9, 12
WIDTHS = {TRUE: 0, FALSE: 0, BYTE: 1, DOUBLE: 8}  # of what is no varint
Sought: TypeAlias = Mapping[int, "str | Sought"]
# Of a file the number of rows; of a row group and of a column chunk how many bytes they have, packed and not, and where
# they start, or their dictionary, index and pages.
FILE: Sought = {3: "rows"}
GROUP: Sought = {2: "whole", 3: "rows", 5: "start", 6: "packed"}
CHUNK: Sought = {3: {6: "whole", 7: "packed", 9: "start", 10: "start", 11: "start"}}
GROUPS, CHUNKS = 4, 1  # the lists of FileMetaData and of RowGroup


@dataclass(frozen=True)
class Told:
    """Some bytes of a footer, and the numbers sought in them: what each is, how much, and where that is told."""

    data: bytes
    numbers: Sequence[tuple[str, int, int, int]]

    def all(self, sought: str) -> list[int]:
        """The numbers of one kind; an offset of 0 says that there is nothing."""
        return [number for what, number, *_ in self.numbers if what == sought and number]

    def but(self, by: int = 0, **others: int) -> bytes:
        """The same with other numbers, and with all that lies somewhere moved by so many bytes."""
        pieces, done = [], 0
        for what, number, begin, end in self.numbers:
            moved = number + by if what == "start" and number else number
            pieces += [self.data[done:begin], _signed(others.get(what, moved))]
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

    def holding(self, first: int, chunks: Sequence[Chunk]) -> Group:
        """The row group with these chunks instead of those from the `first` on."""
        return replace(self, chunks=[*self.chunks[:first], *chunks, *self.chunks[first + len(chunks) :]])


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

    def __init__(self, data: bytes, at: int = 0):
        self.data = data
        self.at = at

    def listing(self, sought: Sought, listed: int, item: Callable[[], T]) -> tuple[list[T], tuple[Told, Told]]:
        """The items of the list that is one field of a struct, and what stands before and behind it."""
        start, items, spans = self.at, list[T](), list[tuple[str, int, int]]()
        first = last = -1
        for field, kind in self.fields():
            if field == listed:
                first = self.at
                items = [item() for _ in self.elements()]
                last = self.at
            else:
                self._seek(kind, sought.get(field), spans)
        if first < 0:
            raise ValueError("a list is missing")
        head, tail = [span for span in spans if span[1] < first], [span for span in spans if span[1] >= last]
        return items, (self._told(start, first, head), self._told(last, self.at, tail))

    def group(self) -> Group:
        """A row group."""
        chunks, frame = self.listing(GROUP, CHUNKS, self._chunk)
        return Group(frame[1].all("rows")[0], chunks[0].start, chunks, frame)

    def _chunk(self) -> Chunk:
        start, spans = self.at, list[tuple[str, int, int]]()
        self._seek(STRUCT, CHUNK, spans)
        told = self._told(start, self.at, spans)
        return Chunk(min(told.all("start")), told.all("packed")[0], told.all("whole")[0], told)

    def _told(self, start: int, stop: int, spans: Sequence[tuple[str, int, int]]) -> Told:
        numbers = [(what, _Reader(self.data, at).number(), at - start, end - start) for what, at, end in spans]
        return Told(self.data[start:stop], numbers)

    def _seek(self, kind: int, sought: str | Sought | None, spans: list[tuple[str, int, int]]) -> None:
        """Pass a value, and note the spans of what is sought in it."""
        start = self.at
        if isinstance(sought, str):
            self.skip(kind)
            spans.append((sought, start, self.at))
        elif sought and kind == STRUCT:
            for field, inner in self.fields():
                self._seek(inner, sought.get(field), spans)
        else:
            self.skip(kind)

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
            yield max(BYTE, head & 15)  # of a list, booleans too are bytes

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

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) > 127:
            number |= (byte & 127) << shift
            shift += 7
        return number | byte << shift


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
