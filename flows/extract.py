"""Finds what lies below a root: the sheets, what is known about each beforehand, and what people decided."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from flows.decisions import CORRECTIONS, IDENTITY, read_corrections, read_identity
from flows.errors import DataError, UserError
from flows.events import Event, Finding, SheetFacts, finding_table, read_event
from flows.roots import NOT_NAMED, Hashed, Root, open_root
from flows.sheet_files import SHEET_ENDINGS, Sheet, is_document, read_most, stem_of
from transforms.schema import TABLES
from transforms.sources import Correction, Source, kind_of

if TYPE_CHECKING:
    import pyarrow as pa

EVENT_FILE = "event.toml"


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
class Known:
    """What is known of `folders` whose files are as they were: their sheets, and their rows of events and findings."""

    folders: Set[str] = frozenset()
    sheet_ids: Sequence[str] = ()
    events: pa.Table | None = None
    findings: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class Seeds:
    """All that the seeds say before any sheet is read: tables `events` and `findings`, decisions, and the sheets.

    `sheet_ids` are those of all sheets, in order; of folders that were known `sheets` has none.
    """

    sheet_ids: Sequence[str]
    sheets: tuple[Sheet, ...]
    events: pa.Table
    decisions: pa.Table
    findings: pa.Table


def scan(location: str, looked_at: Callable[[str, Hashed], None] | None = None) -> Scan:
    """List and hash the files below a root, which is a folder, a glob or an `s3://` prefix.

    `looked_at` is told of each file that bears on a build. Raises UserError when there is no such root, or no
    sheet below it: its disk may be missing, and readers would lose all that they have.
    """
    root = open_root(location)
    paths, strays = root.files()
    aside = {stray.path: stray.reason for stray in strays}
    read = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        kind = _kind(name)
        if kind == "decisions" and folder:
            aside[path] = "holds decisions, which count only at the root of the seeds: move it there"
        elif kind in ("sheet", "facts", "decisions"):
            read.append(path)
        elif kind != "document":
            aside[path] = f"is no sheet: sheets end in {', '.join(SHEET_ENDINGS)}, each also with .gz"
    files = {}
    for path, found in zip(read, root.hashes(read), strict=True):
        if isinstance(found, Hashed):
            files[path] = found
            if looked_at:
                looked_at(path, found)
        else:
            aside[path] = f"cannot be read: {found.strerror or found}"
    if not any(map(_is_sheet, files)):
        reasons = [f"{path} {reason}." for path, reason in aside.items()][:1]
        remedy = "Is it the right folder, and is its disk there? Readers keep what they had."
        raise UserError(" ".join([f"There is no sheet below {location}.", *reasons]), remedy)
    return Scan(location, files, aside)


def gather(found: Scan, known: Known = Known()) -> Seeds:
    """Read the event files and the decisions, and say what is known of each sheet, but for what is `known`.

    Raises DataError for two files with one sheet_id, and for decisions that cannot be read.
    """
    import pyarrow as pa

    root = open_root(found.location)
    files = {path: file for path, file in found.files.items() if folder_of(path) not in known.folders}
    paths = _sheet_paths(files)
    sheet_ids = sorted([*paths, *known.sheet_ids])
    events = _events(root, files, paths)
    corrections = read_corrections(_content(root, found, CORRECTIONS), sheet_ids)
    sheets = tuple(
        _sheet(sheet_id, path, files[path], events, corrections.get(sheet_id, ()))
        for sheet_id, path in sorted(paths.items())
    )
    findings = [finding for event in events.values() for finding in event.doubts]
    findings += [_left_aside(path, reason) for path, reason in sorted(found.strays.items())]
    rows = [event.row() for event in events.values() if event.event_id]
    told = pa.Table.from_pylist(rows, schema=TABLES["events"].schema), finding_table(findings)
    before = (known.events, known.findings)
    both = [pa.concat_tables([now, *([then] if then else [])]) for now, then in zip(told, before, strict=True)]
    return Seeds(
        sheet_ids, sheets, both[0].sort_by("event_id"), read_identity(_content(root, found, IDENTITY)), both[1]
    )


def folder_of(path: str) -> str:
    """The folder in which a file or sheet lies; empty for the root."""
    return path.rpartition("/")[0]


def _left_aside(path: str, reason: str) -> Finding:
    severity = "note" if reason.startswith("is no sheet") else "warning"
    return {
        "check": "file-is-read",
        "severity": severity,
        "event_id": os.path.dirname(path) or None,
        "observed": path,
        "message": f"{path} {reason}",
    }


@lru_cache(1 << 12)  # in all events files are called the same
def _kind(name: str) -> str | None:
    """What a file of that name holds: decisions, facts, a document or a sheet; None for what no build reads."""
    if name in (IDENTITY, CORRECTIONS):
        return "decisions"
    if name == EVENT_FILE:
        return "facts"
    if is_document(name):
        return "document"
    return None if stem_of(name) is None else "sheet"


def _is_sheet(path: str) -> bool:
    return _kind(path.rpartition("/")[2]) == "sheet"


def _sheet_paths(files: Mapping[str, Hashed]) -> dict[str, str]:
    paths: dict[str, str] = {}
    for path in files:
        if not _is_sheet(path) or (sheet_id := stem_of(path)) is None:
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
    return read_event(folder, path, _bytes(root, path), stems)


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
        said.crew_separator,
        corrections,
        event.circuit_km,
    )
    return Sheet(source, file.size)


def _content(root: Root, found: Scan, name: str) -> bytes:
    """The bytes of a decisions file; none when there is no such file."""
    if found.strays.get(name) == NOT_NAMED:
        return b""
    if name in found.strays:
        raise DataError(f"{name} {found.strays[name]}.", "People's decisions must be readable before a build.")
    return _bytes(root, name) if name in found.files else b""


def _bytes(root: Root, path: str) -> bytes:
    """The bytes of a file that was there when the root was listed; UserError when it cannot be read any more."""
    try:
        with root.open(path) as file:
            return read_most(file)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.", "Build again.") from error
