"""The load: stage the tables, make them a snapshot, and show it to readers, each by one rename."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flows import mentions
from flows.beside import Beside, Job, done, leave
from flows.database import OUTLINE, build_database, wal
from flows.errors import DataError, UserError
from flows.history import entries, outdated, published, record
from flows.kept import Kept, Written
from flows.manifest import MANIFEST, canonical, id_of, sealed
from flows.outline import lay_outline
from flows.parquet import Rows, rewrite_parquet, write_parquet
from flows.row_groups import LETTERS, full_ends, group_ends
from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from flows.storage import DATABASE, Storage, sync
from flows.verify import file_faults
from transforms.parts import Parts
from transforms.schema import SCHEMA_VERSION, TABLES

# The largest are written first, lest they be waited for.
LARGEST = ("driver_results", "results", "driver_links", "lines", "drivers")
# The table in which it stands of which sheet a row is, where that is another.
BESIDE = {"driver_links": "driver_results"}
_TAKEN = "A file, or a link to nothing, has the folder's name: move it, or choose another folder with --warehouse."
REMEDIES = {
    errno.EFBIG: "The file would be larger than this disk or user may have: choose another folder with --warehouse.",
    errno.ENOSPC: "The disk is full: free some space and build again.",
    errno.EDQUOT: "The disk quota is used up: free some space and build again.",
    errno.EROFS: "The disk is mounted read-only: choose another folder with --warehouse.",
    errno.EACCES: "Give yourself the right to write there, or choose another folder with --warehouse.",
    errno.EPERM: "Give yourself the right to write there, or choose another folder with --warehouse.",
    errno.EEXIST: _TAKEN,
    errno.ENOTDIR: _TAKEN,
    errno.ENOENT: "Something removed a file while it was being written: build again.",
}


class Stage:
    """Tables on their way to files in a folder that no reader lists, some side by side, and the outline of results.db.

    Row groups that are as in `last`, a snapshot that the same code wrote, are copied from there. Writing may begin
    while other tables are still made: Arrow and zstd leave the interpreter to others. `code` names what decides how
    tables and views are written. The lock must be held.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        last: Snapshot | None = None,
        code: Mapping[str, object] | None = None,
        beside: Beside | None = None,
    ):
        self.folder = warehouse.storage.staging / "snapshot"
        self._warehouse, self._last, self._code = warehouse, last, code
        self._beside = beside or Beside()
        self._files: dict[str, Job[Written]] = {}
        self._outline: Job[None] | None = None

    def begin(self, tables: Mapping[str, Rows]) -> None:
        """Begin to write finished tables."""
        if strange := tables.keys() - TABLES.keys() - {mentions.NAME}:
            raise KeyError(f"the schema has no table {', '.join(sorted(strange))}")
        if self._outline is None:
            with writing(self._warehouse.url):
                if self.folder.exists():  # of a first try, which the disk refused
                    shutil.rmtree(self.folder)
                self.folder.mkdir()
            self._warehouse.step("staging made")
            self._outline = self._beside.submit(_outline, self._warehouse.storage, self._code)
        names = sorted(tables.keys() - self._files.keys(), key=[*LARGEST, *TABLES, mentions.NAME].index)
        cut = {*map(_of, names)} & tables.keys() & TABLES.keys()
        ends = {of: self._beside.submit(_ends, of, tables[of]) for of in cut}
        for name in names:
            self._files[name] = self._beside.submit(self._write, name, tables[name], ends.get(_of(name)))

    def finish(self, tables: Mapping[str, Rows]) -> dict[str, Written]:
        """What was written of each table of the schema, and of mentions; what has not begun yet is written now."""
        self.begin({name: table.empty() for name, table in TABLES.items()} | dict(tables))
        try:
            written = dict(zip(self._files, done([*self._files.values()]), strict=True))
            for _ in written:
                self._warehouse.step("table staged")
            if self._outline:
                self._outline.result()
        finally:
            self.close()
        return written

    def close(self) -> None:
        """Leave what has not begun, and wait for the rest; a new beginning is one from nothing."""
        leave([*self._files.values(), *([self._outline] if self._outline else [])])
        self._outline, self._files = None, {}

    def _write(self, name: str, rows: Rows, cut: Job[list[int]] | None) -> Written:
        if name == mentions.NAME:
            return mentions.write(self.folder / mentions.FILE, Parts.of(rows))
        path, table, parts, last = self.folder / f"{name}.parquet", TABLES[name], Parts.of(rows), self._last
        if last and parts.stays is None and last.holds(name, parts):
            parts = last.parts(name)
        ends, full = cut.result() if cut else [], full_ends(0, parts.count or 0)
        if parts.count is not None and ends[-1:] != full[-1:]:  # it is not of the same rows
            ends = full
        if last is None or parts.stays is None:
            return write_parquet(path, table, parts, ends)
        with last.open(path.name) as source:
            kept = Kept(source, last.manifest["tables"][name], last.parts(name))
            return rewrite_parquet(path, table, parts, ends, kept)


def _of(name: str) -> str:
    """The table by whose rows row groups end."""
    return BESIDE.get(name, name)


def _ends(name: str, rows: Rows) -> list[int]:
    """Where row groups end: by sheets, or by how keys begin, so that those that changed are in few of them."""
    parts = Parts.of(rows)
    sheets = "sheet_id" in parts.schema.names
    return group_ends(parts.runs("sheet_id") if sheets else parts.runs(TABLES[name].key[0], LETTERS))


def complete(
    warehouse: Warehouse, inputs: Mapping[str, object], tables: Mapping[str, Rows], stage: Stage | None = None
) -> Snapshot:
    """Stage tables and make them a snapshot; the lock must be held."""
    stage = stage or Stage(warehouse)
    stage.begin(tables)
    text = canonical(inputs)  # a long one, while tables are written
    return _install(warehouse, stage.folder, inputs, text, stage.finish(tables))


def show(warehouse: Warehouse, snapshot: Snapshot) -> None:
    """Point readers to a snapshot: SQL readers by its database, then file readers by the pointer.

    Raises UserError when it was written with another schema, which the views do not know.
    """
    if not snapshot.of_this_schema:
        raise UserError(
            f"{snapshot.id} has schema version {snapshot.manifest['schema_version']}, this program {SCHEMA_VERSION}.",
            "Show it with the program that published it, or build the seeds anew with this one.",
        )
    storage, step = warehouse.storage, warehouse.step
    database = storage.staging / DATABASE
    folder, root = storage.readable(snapshot.name)
    _build_database(database, folder, root)
    step("database built")
    record(storage, snapshot.id, datetime.now(UTC))
    step("history written")
    _replace_database(warehouse, database, snapshot)
    storage.point(snapshot.name)
    step("pointer swapped")
    _collect(warehouse, snapshot)


def mend(warehouse: Warehouse) -> None:
    """Finish what a writer that died had begun to show.

    What turns out to be damaged then is declared no snapshot, so that the next build makes it again.
    """
    storage = warehouse.storage
    shown = entries(storage)
    current = warehouse.current()
    last = (warehouse.find(shown[-1][0]) if shown else None) or current
    unfinished = current is None or last != current or not storage.exists(DATABASE)
    if not last or not unfinished:
        return
    try:
        if last.of_this_schema:
            show(warehouse, last)
    except (OSError, DataError):
        if not any(file_faults(last)):
            raise
        storage.discard(f"{last.name}/{MANIFEST}")


def clear(staging: Path) -> None:
    """Remove all that lies in staging."""
    for left in staging.iterdir():
        shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


@contextmanager
def writing(url: str) -> Iterator[None]:
    """Word what the disk refuses as an error that a user can mend."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise UserError(
            f"The warehouse {url} cannot be written: {error.strerror or error}{where}. Readers keep what they had.",
            REMEDIES.get(error.errno or 0, "Mend that and build again."),
        ) from error


def _install(
    warehouse: Warehouse, staged: Path, inputs: Mapping[str, object], text: bytes, written: Mapping[str, Written]
) -> Snapshot:
    """Make the staged folder the snapshot of these inputs, whose canonical text is at hand, unless it is.

    What is damaged there is put right. Should the inputs have led to other tables before (something that bears on
    them is missing among the inputs), then the tables count among the inputs: a snapshot never changes under its
    readers.
    """
    snapshot = Snapshot(id_of(text), warehouse.storage)
    if _holds_other_tables(snapshot, written):
        inputs = {**inputs, "tables": {name: written[name]["sha256"] for name in TABLES}}
        text = canonical(inputs)
        snapshot = Snapshot(id_of(text), warehouse.storage)
    tables = {name: written[name] for name in TABLES}
    manifest = {"id": snapshot.id, "inputs": inputs, "schema_version": SCHEMA_VERSION, "tables": tables}
    manifest |= {name: file for name, file in written.items() if name not in TABLES}
    (staged / MANIFEST).write_bytes(sealed(manifest, inputs=text))
    sync(staged / MANIFEST)
    warehouse.step("manifest staged")
    if snapshot.id not in warehouse.storage.folders("snapshots"):
        warehouse.storage.install(staged, snapshot.name)
    else:
        _repair(snapshot, staged)
    warehouse.step("snapshot complete")
    return Snapshot.of(manifest, warehouse.storage)


def _holds_other_tables(snapshot: Snapshot, written: Mapping[str, Written]) -> bool:
    """Tell whether a sound snapshot of this id has a file other than the one just written."""
    if not snapshot.complete:
        return False
    try:
        kept = snapshot.manifest["tables"]
    except DataError:
        return False
    other = [name for name in TABLES if kept.get(name) != written[name]]
    return any(snapshot.sha256(f"{name}.parquet") == kept.get(name, {}).get("sha256") for name in other)


def _repair(snapshot: Snapshot, staged: Path) -> None:
    """Put each file that is missing or damaged in its place, the manifest last."""
    for file in sorted(staged.iterdir(), key=lambda file: file.name == MANIFEST):
        with file.open("rb") as meant:
            if snapshot.sha256(file.name) != hashlib.file_digest(meant, "sha256").hexdigest():
                snapshot.storage.replace(file, f"{snapshot.name}/{file.name}")


def _build_database(path: Path, folder: str, root: Path | None) -> None:
    with _worded(path):
        build_database(path, folder, root)
    sync(path)


def _outline(storage: Storage, code: Mapping[str, object] | None) -> None:
    with _worded(storage.staging / OUTLINE):
        lay_outline(storage, code)


@contextmanager
def _worded(path: Path) -> Iterator[None]:
    """Raise what DuckDB says of the disk as what the disk says."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        text = str(error).splitlines()[0]
        code = next((code for code in REMEDIES if os.strerror(code) in text), None)
        raise OSError(code, os.strerror(code) if code else text, str(path)) from error


def _replace_database(warehouse: Warehouse, database: Path, snapshot: Snapshot) -> None:
    """Swap results.db; a log that a dead session left beside it would be replayed into the new one."""
    storage, step = warehouse.storage, warehouse.step
    log = wal(Path(DATABASE)).name
    storage.discard(log)
    step("old log removed")
    storage.install_database(database, snapshot.name)
    step("database swapped")
    storage.discard(log)
    step("log removed")


def _collect(warehouse: Warehouse, current: Snapshot) -> None:
    """Remove the snapshots that no reader can still need."""
    storage = warehouse.storage
    for id_ in outdated(published(storage), current.id, datetime.now(UTC)):
        storage.remove(f"snapshots/{id_}")
        warehouse.step("old snapshot removed")
    warehouse.step("old snapshots collected")
