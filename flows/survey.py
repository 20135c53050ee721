"""What a build has to do: which files, which code, and which of the sheets are not as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.decisions import CORRECTIONS
from flows.events import CHECKS
from flows.extract import Known, Scan, Seeds, folder_of, gather, scan
from flows.roots import Hashed
from flows.sheet_files import Sheet
from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from transforms.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from flows.report import Summary

PROJECT = Path(__file__).resolve().parent.parent
# What decides how a sheet is read, and what else decides which tables and views are published.
READING = ("transforms", *(f"flows/{name}.py" for name in ("extract", "sheet_files", "events", "decisions", "roots")))
_WRITING = ("load", "parquet", "row_groups", "footer", "kept", "mentions")
_SHOWING = ("views", "dictionary", "database", "outline")
PUBLISHING = ("warehouse/views", *(f"flows/{name}.py" for name in (*_WRITING, *_SHOWING)))
# The columns of the last snapshot that are sought through when a few sheets changed, in the order in which they are.
COMPARED = (
    ("results", ("crew_size", "entrant_id", "car_id")),
    ("drivers", ("driver_id", "alike")),
)
# Those of which scattered rows are asked; they are held where the last snapshot has no more than MANY mentions.
SCATTERED = (
    ("results", ("event_id", "season", "car_number", "entrant", "car", "make", "model", "engine_make", "line")),
)
MANY = 3_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do: the seeds, the inputs that name the snapshot, and the sheets that stand."""

    seeds: Seeds
    inputs: Mapping[str, Any]
    reused: Set[str]

    @property
    def fresh(self) -> list[Sheet]:
        """The sheets that are not in the last snapshot as they are now."""
        return [sheet for sheet in self.seeds.sheets if sheet.sheet_id not in self.reused]

    def read(self) -> Plan:
        """The same without the sheets, which are read."""
        return replace(self, seeds=replace(self.seeds, sheets=()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build led to: the snapshot shown to readers, and what it holds, or None where nothing changed.

    `fewer` counts the sheets that have fewer results than in the last snapshot, or are gone.
    """

    snapshot: Snapshot
    summary: Summary | None
    fresh: int
    reused: int
    fewer: int = 0


def survey(location: str, current: Snapshot | None, full: bool, expect: Callable[[int], None]) -> Plan | Outcome:
    """What has to be done; the outcome at once when the snapshot was made from the same inputs, unless `full`.

    While files are still looked at, `expect` is told again and again how many bytes have to be read by now.
    """
    code = _code(READING)
    found = scan(location, _ahead(None if full else current, code, expect))
    inputs = _inputs(found, code)
    if current and not full and stands(current, inputs):
        return _unchanged(current)
    known = _known(current, found, code) if current and not full else Known()
    seeds = gather(found, known)
    before = current.manifest["inputs"]["sheets"] if current and known.folders else {}
    keys = {sheet.sheet_id: sheet.key(code) for sheet in seeds.sheets}
    keys = {sheet_id: keys.get(sheet_id) or before[sheet_id] for sheet_id in seeds.sheet_ids}
    reused = frozenset[str]() if full or not current else _reusable(current, keys)
    return Plan(seeds, inputs | {"sheets": keys}, reused)


def standing(location: str, warehouse: Warehouse, wait: float = 0.0) -> Outcome | None:
    """The outcome of a build that finds nothing changed; None when there is something to do."""
    with warehouse.lock(wait):
        current = warehouse.current()
        return _unchanged(current) if current and stands(current, _inputs(scan(location), _code(READING))) else None


def _ahead(last: Snapshot | None, code: str, expect: Callable[[int], None]) -> Callable[[str, Hashed], None]:
    """Looks at files that are not what they were: lets all get ready for these, and reads ahead what is compared."""
    before = last.manifest["inputs"] if last else {}
    files = before["files"] if before.get("code", {}).get("reading") == code else {}
    many = bool(last and files and last.manifest["tables"]["driver_results"]["rows"] > MANY)
    size = 0

    def look(path: str, file: Hashed) -> None:
        nonlocal size
        if files.get(path) == file.sha256:
            return
        if last and files:
            last.expect(COMPARED if many else COMPARED + SCATTERED)
        size += file.size
        expect(size)

    return look


def _inputs(found: Scan, reading: str) -> dict[str, object]:
    """All that the tables and views depend on, but for the keys of sheets; `reading` is the hash of what reads them."""
    import pyarrow as pa

    return {
        "files": found.inputs,
        "code": {"reading": reading, "publishing": _code(PUBLISHING)},
        "schema_version": SCHEMA_VERSION,
        "writer": f"pyarrow {pa.__version__}",
    }


def stands(current: Snapshot, inputs: Mapping[str, object]) -> bool:
    """Tell whether a snapshot was made from all of these inputs."""
    before = current.manifest["inputs"]
    return all(before.get(name) == value for name, value in inputs.items())


def _unchanged(current: Snapshot) -> Outcome:
    return Outcome(current, None, 0, current.manifest["tables"]["sheets"]["rows"])


def _known(last: Snapshot, found: Scan, code: str) -> Known:
    """What the last snapshot tells of folders in which nothing changed, nor in what reads and corrects their sheets."""
    import pyarrow as pa
    import pyarrow.compute as pc

    before = last.manifest["inputs"]
    moved = {path for path, _ in before["files"].items() ^ found.inputs.items()}
    if before.get("code", {}).get("reading") != code or CORRECTIONS in moved:
        return Known()
    unread = before["sheets"].keys() - _read(last)
    folders = {folder_of(path) for path in found.files} - {folder_of(path) for path in moved | unread} - {""}
    of, events, findings = pa.array(folders, pa.string()), last.table("events"), last.table("findings")
    doubted = pc.is_in(findings["check"], pa.array(CHECKS))
    return Known(
        folders,
        [sheet_id for sheet_id in before["sheets"] if folder_of(sheet_id) in folders],
        events.filter(pc.is_in(events["event_id"], of)),
        findings.filter(pc.and_(doubted, pc.is_in(findings["event_id"], of))),
    )


def _reusable(current: Snapshot, keys: Mapping[str, str]) -> Set[str]:
    """The sheets that were read before, from the same bytes, facts and code."""
    before = current.manifest["inputs"].get("sheets", {})
    same = {sheet_id for sheet_id, key in keys.items() if before.get(sheet_id) == key}
    return frozenset(same & _read(current) if same else ())


def _read(last: Snapshot) -> set[str]:
    """The sheets that the last snapshot holds."""
    return set(last.parts("sheets").whole("sheet_id")["sheet_id"].to_pylist())


def _code(parts: Sequence[str]) -> str:
    """A hash of the code and the lexicons below these paths."""
    digest = hashlib.sha256()
    for part in parts:
        place = PROJECT / part
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.suffix in {".py", ".sql", ".csv", ".toml", ".json"}:
                digest.update(f"{file.relative_to(PROJECT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:32]
