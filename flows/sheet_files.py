"""Files that hold sheets: what they are called, what is known of each, and their bytes, unpacked and within bounds."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from flows.errors import DataError, UserError
from flows.events import Finding
from flows.roots import open_root
from transforms.sources import Source

SHEET_ENDINGS = (".txt", ".md", ".csv", ".tsv")
# A sheet is a page of text; what is larger than this, or grows beyond it when unpacked, is none.
LARGEST_SHEET = 64 << 20
_BLOCK = 1 << 16
_ENDINGS = "|".join(map(re.escape, SHEET_ENDINGS))
_SHEET = re.compile(rf"(?P<stem>(?:.*/)?\.*[^./][^/]*)(?:{_ENDINGS})(?:\.gz)?", re.ASCII | re.IGNORECASE | re.DOTALL)
# Files that explain a folder rather than hold results.
_DOCUMENTS = frozenset({"readme", "license", "licence", "notice", "copying", "contributing", "changelog"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it lies below the root: what is known of it, its bytes not yet read, and its size on disk."""

    source: Source
    size: int

    @property
    def sheet_id(self) -> str:
        """The sheet's id."""
        return self.source.sheet_id

    def key(self, code: str) -> str:
        """A hash of all that bears on how the sheet is read: its bytes, its facts and the code."""
        return hashlib.sha256(f"{code}\0{self.source!r}".encode()).hexdigest()[:32]


class Batch:
    """Sheets that are read together; no collection, so that no task runner searches through them."""

    def __init__(self, sheets: Sequence[Sheet]):
        self.sheets = tuple(sheets)


class UnusableError(Exception):
    """A file whose bytes are no text that could be read as a sheet."""


def stem_of(path: str) -> str | None:
    """The path without the ending of a sheet; None when it has no such ending."""
    sheet = _SHEET.fullmatch(path)
    return sheet["stem"] if sheet else None


def is_document(path: str) -> bool:
    """Tell whether the file's name is that of a text about its folder, such as a README."""
    return path.rpartition("/")[2].partition(".")[0].lower() in _DOCUMENTS


def batches(sheets: Sequence[Sheet], most_bytes: int, most_sheets: int) -> Iterator[Batch]:
    """The sheets in order, cut into batches of bounded size; a sheet larger than that is a batch of its own."""
    batch: list[Sheet] = []
    size = 0
    for sheet in sheets:
        if batch and (size + sheet.size > most_bytes or len(batch) == most_sheets):
            yield Batch(batch)
            batch, size = [], 0
        batch.append(sheet)
        size += sheet.size
    if batch:
        yield Batch(batch)


def read_sources(location: str, sheets: Sequence[Sheet]) -> tuple[list[Source], list[Finding]]:
    """The bytes of each sheet, unpacked, and a finding for each that cannot be unpacked or is too large.

    Raises DataError when a file is no longer what it was when it was listed, and UserError when it
    cannot be read.
    """
    root = open_root(location)
    sources, findings = [], []
    for source in (sheet.source for sheet in sheets):
        try:
            with root.open(source.path) as file:
                packed = read_most(file)
        except OSError as error:
            raise UserError(f"{source.path} cannot be read: {error.strerror or error}.", "Build again.") from error
        if len(packed) <= LARGEST_SHEET and hashlib.sha256(packed).hexdigest() != source.sha256:
            raise DataError(f"{source.path} changed while it was being read.", "Run the build again.")
        try:
            sources.append(replace(source, data=unpacked(source.path, packed)))
        except UnusableError as error:
            findings.append(_unread(source, str(error)))
    return sources, findings


def read_most(file: BinaryIO) -> bytes:
    """The bytes of a file, up to one more than a sheet may have."""
    most = LARGEST_SHEET + 1
    blocks = []
    while most > 0 and (block := file.read(min(most, _BLOCK))):
        blocks.append(block)
        most -= len(block)
    return b"".join(blocks)


def unpacked(path: str, packed: bytes) -> bytes:
    """The text of a sheet as it lies on disk, unpacked; raises UnusableError when it is none or too large."""
    data = packed
    if path.lower().endswith(".gz") and len(packed) <= LARGEST_SHEET:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
                data = file.read(LARGEST_SHEET + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise UnusableError(f"is no whole gzip file ({error}): pack it again") from None
    if len(data) > LARGEST_SHEET:
        raise UnusableError(f"holds more than {LARGEST_SHEET >> 20} MiB of text: split it into one file per sheet")
    return data


def _unread(source: Source, reason: str) -> Finding:
    return {
        "check": "sheet-is-readable",
        "severity": "error",
        "event_id": source.event_id,
        "sheet_id": source.sheet_id,
        "observed": source.path,
        "message": f"{source.path} {reason}",
    }
