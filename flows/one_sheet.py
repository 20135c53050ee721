"""One sheet on its own, wherever it lies: its bytes, and what the event.toml beside it says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from flows.decisions import CORRECTIONS, IDENTITY
from flows.errors import UserError
from flows.events import Event, Finding, SheetFacts, read_event
from flows.extract import EVENT_FILE
from flows.sheet_files import LARGEST_SHEET, SHEET_ENDINGS, UnusableError, is_document, stem_of, unpacked
from transforms.sources import Source, kind_of

STANDARD_INPUT = "-"


def sheets_at(path: Path) -> list[Path]:
    """The sheet itself, or those below a folder, in the order of their names; UserError where there is none.

    What a build takes for no sheet is none here: hidden files, documents, and the files of decisions of a root.
    """
    if not path.is_dir():
        return [path]
    below = (file for file in path.rglob("*") if stem_of(file.name) and not is_document(file.name) and file.is_file())
    shown = (file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts))
    found = sorted(file for file in shown if file not in (path / IDENTITY, path / CORRECTIONS))
    if not found:
        raise UserError(
            f"There is no sheet below {path}.", f"Sheets end in {', '.join(SHEET_ENDINGS)}, each also with .gz."
        )
    return found


def read_one(path: Path) -> tuple[Source, Sequence[Finding]]:
    """The sheet in a file, with the facts of the event.toml in its folder, if there is one, and the doubts about that.

    Raises UserError when there is no such file, or when it cannot be a sheet.
    """
    stem = stem_of(path.name)
    if stem is None:
        raise UserError(f"{path} is no sheet.", f"Sheets end in {', '.join(SHEET_ENDINGS)}, each also with .gz.")
    try:
        packed = _bounded(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Name a file that you may read.") from None
    try:
        data = unpacked(path.name, packed)
    except UnusableError as error:
        raise UserError(f"{path} {error}.") from None
    folder = path.resolve().parent.name
    event = _event(path.parent / EVENT_FILE, folder)
    said = event.sheets.get(stem, SheetFacts())
    source = Source(
        sheet_id=f"{folder}/{stem}",
        event_id=folder,
        path=str(path),
        sha256=hashlib.sha256(packed).hexdigest(),
        data=data,
        kind=kind_of(stem),
        season=event.season,
        lap_time_of=said.lap_time_of,
        columns=said.columns,
        crew_separator=said.crew_separator,
        circuit_km=event.circuit_km,
    )
    return source, event.findings


def from_input(data: bytes) -> Source:
    """A sheet that came through the standard input: nothing but its bytes is known."""
    return Source("standard-input", None, STANDARD_INPUT, hashlib.sha256(data).hexdigest(), data)


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_SHEET + 1)


def _event(path: Path, event_id: str) -> Event:
    if not path.is_file():
        return Event(event_id)
    stems = {stem for entry in path.parent.iterdir() if (stem := stem_of(entry.name))}
    return read_event(event_id, str(path), _bounded(path), stems)
