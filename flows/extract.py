"""Finds the sheets below a root, what is known about each beforehand, and their bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from flows.decisions import CORRECTIONS, IDENTITY, read_corrections, read_identity
from flows.errors import DataError, UserError
from flows.events import Event, Finding, SheetFacts, read_event
from flows.roots import Hashed, Root, open_root
from transforms.schema import TABLES
from transforms.sources import Correction, Source, kind_of

if TYPE_CHECKING:
    import pyarrow as pa

SHEET_ENDINGS = (".txt", ".md", ".csv", ".tsv")
EVENT_FILE = "event.toml"
# A sheet is a page of text; what is larger than this, or grows beyond it when unpacked, is none.
LARGEST_SHEET = 64 << 20
_BLOCK = 1 << 16
# Files that explain a folder rather than hold results.
_DOCUMENTS = ("readme", "license", "licence", "notice", "copying", "contributing", "changelog")


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


@dataclass(frozen=True)
class Scan:
    """What lies below a root: the files that bear on a build, hashed, and what was left aside and why."""

    location: str
    files: Mapping[str, Hashed]
    strays: Mapping[str, str]

    @cached_property
    def inputs(self) -> dict[str, str]:
        """By path, the hash of each file that bears on a build, or why it was left aside."""
        return {path: file.sha256 for path, file in self.files.items()} | dict(self.strays)


@dataclass(frozen=True, slots=True)
class Seeds:
    """All that the seeds say before any sheet is read: tables `events` and `findings`, decisions, and the sheets."""

    sheets: tuple[Sheet, ...]
    events: pa.Table
    decisions: pa.Table
    findings: pa.Table


def scan(location: str) -> Scan:
    """List and hash the files below a root, which is a folder, a glob or an `s3://` prefix.

    Raises UserError when there is no such root.
    """
    root = open_root(location)
    paths, strays = root.files()
    aside = {stray.path: stray.reason for stray in strays}
    read = []
    for path in paths:
        if _bears(path):
            read.append(path)
        elif not _is_document(path):
            aside[path] = f"is no sheet: sheets end in {', '.join(SHEET_ENDINGS)}, each also with .gz"
    files = {}
    for path, found in zip(read, root.hashes(read), strict=True):
        if isinstance(found, Hashed):
            files[path] = found
        else:
            aside[path] = f"cannot be read: {found.strerror or found}"
    return Scan(location, files, aside)


def gather(found: Scan) -> Seeds:
    """Read the event files and the decisions, and say what is known of each sheet.

    Raises DataError for two files with one sheet_id, and for decisions that cannot be read.
    """
    import pyarrow as pa

    root = open_root(found.location)
    paths = _sheet_paths(found.files)
    events = _events(root, found.files, paths)
    corrections = read_corrections(_content(root, found, CORRECTIONS), list(paths))
    sheets = tuple(
        _sheet(sheet_id, path, found.files[path], events, corrections.get(sheet_id, ()))
        for sheet_id, path in sorted(paths.items())
    )
    findings = [finding for event in events.values() for finding in event.findings]
    findings += [_left_aside(path, reason) for path, reason in sorted(found.strays.items())]
    rows = [event.row() for event in events.values() if event.event_id]
    return Seeds(
        sheets,
        pa.Table.from_pylist(rows, schema=TABLES["events"].schema),
        read_identity(_content(root, found, IDENTITY)),
        finding_table(findings),
    )


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
                packed = _read(file, LARGEST_SHEET + 1)
        except OSError as error:
            raise UserError(f"{source.path} cannot be read: {error.strerror or error}.", "Build again.") from error
        if len(packed) <= LARGEST_SHEET and hashlib.sha256(packed).hexdigest() != source.sha256:
            raise DataError(f"{source.path} changed while it was being read.", "Run the build again.")
        try:
            sources.append(replace(source, data=unpacked(source.path, packed)))
        except UnusableError as error:
            findings.append(_unread(source, str(error)))
    return sources, findings


def finding_table(findings: Sequence[Finding]) -> pa.Table:
    """Findings as a table of the declared schema."""
    import pyarrow as pa

    return pa.Table.from_pylist(list(findings), schema=TABLES["findings"].schema)


class UnusableError(Exception):
    """A file whose bytes are no text that could be read as a sheet."""


def _read(file: BinaryIO, most: int) -> bytes:
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


def _left_aside(path: str, reason: str) -> Finding:
    severity = "note" if reason.startswith("is no sheet") else "warning"
    return {
        "check": "file-is-read",
        "severity": severity,
        "event_id": os.path.dirname(path) or None,
        "observed": path,
        "message": f"{path} {reason}",
    }


def stem_of(path: str) -> str | None:
    """The path without the ending of a sheet; None when it has no such ending."""
    base = path[:-3] if path.lower().endswith(".gz") else path
    stem, ending = os.path.splitext(base)
    return stem if ending.lower() in SHEET_ENDINGS else None


def _is_document(path: str) -> bool:
    return os.path.basename(path).split(".")[0].lower() in _DOCUMENTS


def _bears(path: str) -> bool:
    if path in (IDENTITY, CORRECTIONS) or os.path.basename(path) == EVENT_FILE:
        return True
    return stem_of(path) is not None and not _is_document(path)


def _sheet_paths(files: Mapping[str, Hashed]) -> dict[str, str]:
    paths: dict[str, str] = {}
    for path in files:
        sheet_id = None if path in (IDENTITY, CORRECTIONS) else stem_of(path)
        if sheet_id is None:
            continue
        if sheet_id in paths:
            raise DataError(
                f"{paths[sheet_id]} and {path} would both be the sheet {sheet_id}.",
                "Rename one of them, for instance with a number at the end: race-2.txt.",
            )
        paths[sheet_id] = path
    return paths


def _events(root: Root, files: Mapping[str, Hashed], paths: Mapping[str, str]) -> dict[str, Event]:
    """Every folder that holds a sheet or an event.toml, as an event; the root itself is none."""
    stems = defaultdict(set)
    for sheet_id in paths:
        folder, _, stem = sheet_id.rpartition("/")
        stems[folder].add(stem)
    stated = {os.path.dirname(path): path for path in files if os.path.basename(path) == EVENT_FILE}
    return {
        folder: _event(root, folder, stated.get(folder), stems[folder])
        for folder in sorted({*stems, *stated})
        if folder or folder in stated
    }


def _event(root: Root, folder: str, path: str | None, stems: set[str]) -> Event:
    if path is None:
        return Event(folder)
    if not folder:
        message = f"{path} stands at the root, where it names no event: build from the folder above"
        return Event("", findings=({"check": "event-file-has-event", "severity": "warning", "message": message},))
    with root.open(path) as file:
        return read_event(folder, path, _read(file, LARGEST_SHEET), stems)


def _sheet(
    sheet_id: str, path: str, file: Hashed, events: Mapping[str, Event], corrections: tuple[Correction, ...]
) -> Sheet:
    folder, _, stem = sheet_id.rpartition("/")
    event = events[folder] if folder else Event("")
    said = event.sheets.get(stem, SheetFacts())
    source = Source(
        sheet_id,
        folder or None,
        path,
        file.sha256,
        b"",
        kind_of(stem),
        event.season,
        said.lap_time_of,
        said.columns,
        corrections,
    )
    return Sheet(source, file.size)


def _content(root: Root, found: Scan, name: str) -> bytes:
    """The bytes of a decisions file; none when there is no such file."""
    if name in found.strays:
        raise DataError(f"{name} {found.strays[name]}.", "People's decisions must be readable before a build.")
    if name not in found.files:
        return b""
    with root.open(name) as file:
        return _read(file, LARGEST_SHEET)


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
