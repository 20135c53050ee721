"""From the bytes of a sheet to its lines and back, byte for byte.

Every line keeps its text; what ends a line and how bytes became characters is said once for the sheet.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from transforms.arrays import Bools, Ints

# Windows-1252 leaves five bytes without a character; as in the WHATWG standard they become the C1
# control of the same number, so that any bytes whatsoever can be decoded and come back.
_WINDOWS_1252 = "".join(bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in range(256))
_WINDOWS_1252_BACK = codecs.charmap_build(_WINDOWS_1252)

_BOMS = (
    ("utf-8-bom", codecs.BOM_UTF8, "utf-8"),
    ("utf-16-le-bom", codecs.BOM_UTF16_LE, "utf-16-le"),
    ("utf-16-be-bom", codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKS = tuple(bom for _, bom, _ in _BOMS)
_NEWLINES = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
_MIXED = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# What ends lines where nothing common does: tabs down and page breaks of word processors, and the ends of Unicode.
_RARE_ENDS = re.compile(r"[^\v\f\x85\u2028\u2029]*[\v\f\x85\u2028\u2029]|[^\v\f\x85\u2028\u2029]+")
_FEED, _FIRST_PRINTED = ord("\n"), ord(" ")
_IS_CONTROL = np.isin(np.arange(256), [b for b in (*range(_FIRST_PRINTED), 0x7F) if b not in b"\t\n\v\f\r\x1b"])
# Where ends of line are mixed, or rare ones, lines keep theirs; no other line feed is within a line. UTF-8 has no
# such byte.
_KEPT_FEED = b"\xff"


class Text(NamedTuple):
    """A sheet as lines, with the encoding and newline that `replay` needs to give its bytes back.

    `body` holds the lines in UTF-8, each with a line feed behind it that is no part of the line; `size` is how many
    bytes the sheet has, as UTF-8 where it is UTF-16.
    """

    encoding: str
    newline: str
    body: bytes
    size: int

    @property
    def lines(self) -> list[str]:
        """The lines, one by one."""
        lines: list[str] = join_lines([self])[0].to_pylist()
        return lines


def read_text(data: bytes) -> Text:
    """Decode a sheet (BOM, else UTF-8, else Windows-1252) and divide it into lines; never fails."""
    if _is_plain(data):
        body = data if data.endswith(b"\n") or not data else data + b"\n"
        newline = "none" if not data else "lf" if body is data else "lf-open"
        return Text("utf-8", newline, body, len(data))
    encoding, text = _decode(data)
    newline, lines = _divide(text)
    body = b"".join(line.encode().replace(b"\n", _KEPT_FEED) + b"\n" for line in lines)
    return Text(encoding, newline, body, len(text.encode() if encoding.startswith("utf-16") else data))


def join_lines(texts: Sequence[Text]) -> tuple[pa.StringArray, Ints, Bools]:
    """The lines of sheets, one after another, how many each has, and which sheets are binary.

    Those are of which over a fiftieth of the characters are controls that no text has.
    """
    bodies = [text.body for text in texts]
    body = b"".join(bodies)
    data, ends = np.frombuffer(body, np.uint8), np.cumsum([0, *map(len, bodies)])
    unprinted = np.flatnonzero((data < _FIRST_PRINTED) | (data == 0x7F))
    byte = data[unprinted]
    feeds, controls = unprinted[byte == _FEED], unprinted[_IS_CONTROL[byte]]
    binary = np.diff(np.searchsorted(controls, ends)) * 50 > np.array([text.size for text in texts])
    offsets = np.zeros(len(feeds) + 1, np.int32)
    offsets[1:] = feeds - np.arange(len(feeds))
    flat = body.replace(b"\n", b"").replace(_KEPT_FEED, b"\n")
    lines = pa.StringArray.from_buffers(len(feeds), pa.py_buffer(offsets), pa.py_buffer(flat))
    return lines, np.diff(np.searchsorted(feeds, ends)), binary


def _is_plain(data: bytes) -> bool:
    """Whether a sheet is UTF-8 without a mark before it, and ends its lines by line feeds: then it is read already."""
    if b"\r" in data or (b"\n" not in data and data) or data.startswith(_MARKS):
        return False
    try:
        return data.isascii() or bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def replay(encoding: str, newline: str, texts: Iterable[str]) -> bytes:
    """The bytes of a sheet, from its lines in order and `sheets.encoding` and `sheets.newline`."""
    lines = list(texts)
    end = _NEWLINES.get(newline.removesuffix("-open"), "")
    text = end.join(lines)
    if newline in _NEWLINES and lines:
        text += end
    return _encode(encoding, text)


def _decode(data: bytes) -> tuple[str, str]:
    for name, bom, codec in _BOMS:
        if data.startswith(bom):
            try:
                return name, data[len(bom) :].decode(codec)
            except UnicodeDecodeError:
                break
    try:
        return "utf-8", data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252", codecs.charmap_decode(data, "strict", _WINDOWS_1252)[0]


def _encode(encoding: str, text: str) -> bytes:
    for name, bom, codec in _BOMS:
        if encoding == name:
            return bom + text.encode(codec)
    if encoding == "windows-1252":
        return codecs.charmap_encode(text, "strict", _WINDOWS_1252_BACK)[0]
    return text.encode("utf-8")


def _divide(text: str) -> tuple[str, list[str]]:
    crlf = text.count("\r\n")
    counts = {"crlf": crlf, "cr": text.count("\r") - crlf, "lf": text.count("\n") - crlf}
    used = [name for name, count in counts.items() if count]
    if not used:
        rare = _RARE_ENDS.findall(text)
        return ("mixed" if len(rare) > 1 else "none"), rare
    if len(used) > 1:
        return "mixed", _MIXED.findall(text)
    name = used[0]
    lines = text.split(_NEWLINES[name])
    if lines[-1]:
        return f"{name}-open", lines
    return name, lines[:-1]
