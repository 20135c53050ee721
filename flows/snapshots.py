"""The warehouse as its writer sees it: snapshots that never change, and what readers are pointed to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flows.errors import DataError
from flows.lock import exclusive
from flows.storage import Storage, storage_at

if TYPE_CHECKING:
    import pyarrow as pa

    from flows.parquet import Rows

ID_LENGTH = 12
MANIFEST = "manifest.json"


def snapshot_id(inputs: Mapping[str, object]) -> str:
    """The id that belongs to these inputs: a hash of their canonical JSON.

    `inputs` holds all that the tables depend on: hashes of sheets, event facts and decisions, versions of
    code and schema. TypeError for what JSON cannot hold.
    """
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


@dataclass(frozen=True)
class Snapshot:
    """One complete set of tables, in a folder whose files never change."""

    id: str
    storage: Storage = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """The folder's name below the warehouse."""
        return f"snapshots/{self.id}"

    @property
    def path(self) -> str:
        """The folder, as a local path or an `s3://` address."""
        return f"{self.storage.url}/{self.name}"

    @property
    def complete(self) -> bool:
        """Tell whether it is there."""
        return self.storage.exists(f"{self.name}/{MANIFEST}")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the snapshot was made from and holds: id, inputs, schema_version, and rows, bytes and sha256 by table.

        DataError when it is damaged.
        """
        data = self.storage.read(f"{self.name}/{MANIFEST}")
        try:
            manifest: dict[str, Any] = json.loads(data or b"")
            manifest["inputs"], manifest["tables"]
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(
                f"{self.path}/manifest.json is damaged: {error}",
                "`parcferme build --full` writes it again; `parcferme rollback` goes back to an older snapshot.",
            ) from None
        return manifest

    def sha256(self, file: str) -> str | None:
        """The hash of one of its files as it now is, in hex; None when there is none."""
        files, top = self.storage.files()
        digest = hashlib.sha256()
        try:
            with files.open_input_stream(f"{top}/{self.name}/{file}") as source:
                while block := source.read(1 << 20):
                    digest.update(block)
        except FileNotFoundError:
            return None
        return digest.hexdigest()

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Read one table, or some columns of it; DataError where a page is not as it was written."""
        import pyarrow.parquet as pq

        files, top = self.storage.files()
        path = f"{top}/{self.name}/{name}.parquet"
        try:
            return pq.read_table(path, columns=columns, filesystem=files, page_checksum_verification=True)
        except OSError as error:
            raise DataError(
                f"{self.path}/{name}.parquet cannot be read: {error}",
                f"`parcferme verify {self.id}` says what is damaged; `parcferme build --full` writes it again.",
            ) from error


def _unseen(step: str) -> None:
    """Let a step pass."""


class Warehouse:
    """A warehouse at a local path or an `s3://bucket/prefix`.

    `step` is told the name of each step of a publication as it is done: for progress, and for tests
    that stop there.
    """

    def __init__(self, url: str, step: Callable[[str], None] = _unseen):
        self.url = url
        self.storage = storage_at(url)
        self.step = step
        self._locked = False

    @contextmanager
    def lock(self, wait: float = 0.0) -> Iterator[None]:
        """Be the only writer, waiting up to `wait` seconds for another one; what a dead writer left is mended first.

        Raises flows.lock.BusyError, which says who holds the lock. Within itself it is free.
        """
        if self._locked:
            yield
            return
        from flows.load import clear, mend, writing

        with writing(self.url):
            self.storage.prepare()
        with exclusive(self.storage.lock, self.url, wait):
            self._locked = True
            try:
                with writing(self.url):
                    mend(self)
                yield
            finally:
                self._locked = False
                with suppress(OSError):
                    clear(self.storage.staging)

    def current(self) -> Snapshot | None:
        """The snapshot that readers are pointed to, or None before the first build."""
        name = self.storage.pointed()
        return self.find(name.rpartition("/")[2]) if name else None

    def find(self, id_: str) -> Snapshot | None:
        """The snapshot of that id, if it is kept."""
        snapshot = Snapshot(id_, self.storage)
        return snapshot if snapshot.complete else None

    def snapshots(self) -> list[Snapshot]:
        """All snapshots that are kept, the one published last first."""
        from flows.history import published

        return [Snapshot(id_, self.storage) for id_ in published(self.storage)]

    def publish(self, inputs: Mapping[str, object], tables: Mapping[str, Rows]) -> Snapshot:
        """Make these tables a snapshot, and show it to readers at once.

        Each table is a pa.Table, or a pa.RecordBatchReader that is read in bounded memory; it is conformed to
        transforms.schema, and tables that are not given are empty. The same inputs and tables that are
        shown already change nothing. Raises UserError when the place cannot be written to.
        """
        from flows.load import publish, writing

        with self.lock(), writing(self.url):
            return publish(self, inputs, tables)

    def show(self, snapshot: Snapshot) -> None:
        """Point readers to a kept snapshot."""
        from flows.load import show, writing

        with self.lock(), writing(self.url):
            show(self, snapshot)
