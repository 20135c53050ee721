"""The warehouse as its writer sees it: snapshots that never change, and what readers are pointed to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO

from flows.errors import DataError, UserError
from flows.lock import exclusive, sign
from flows.manifest import MANIFEST
from flows.storage import Storage, storage_at

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import dataset

    from flows.load import Stage
    from flows.parquet import Rows
    from flows.stored import Stored
    from transforms.parts import Parts


@dataclass(frozen=True)
class Snapshot:
    """One complete set of tables, in a folder whose files never change."""

    id: str
    storage: Storage = field(compare=False, repr=False)

    @classmethod
    def of(cls, manifest: dict[str, Any], storage: Storage) -> Snapshot:
        """The snapshot of a manifest that was just written, and need not be read."""
        snapshot = cls(manifest["id"], storage)
        snapshot.__dict__["manifest"] = manifest
        return snapshot

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
            manifest["inputs"], manifest["tables"], manifest["schema_version"]
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(
                f"{self.path}/manifest.json is damaged: {error}",
                "`parcferme build --full` writes it again; `parcferme rollback` goes back to an older snapshot.",
            ) from None
        return manifest

    @property
    def of_this_schema(self) -> bool:
        """Tell whether its tables are those that this program knows."""
        from transforms.schema import SCHEMA_VERSION

        return bool(self.manifest["schema_version"] == SCHEMA_VERSION)

    def sha256(self, file: str) -> str | None:
        """The hash of one of its files as it now is, in hex; None when there is none."""
        digest = hashlib.sha256()
        try:
            with self.open(file) as source:
                while block := source.read(1 << 20):
                    digest.update(block)
        except FileNotFoundError:
            return None
        return digest.hexdigest()

    def open(self, file: str) -> BinaryIO:
        """One of its files; raises OSError."""
        files, top = self.storage.files()
        source: BinaryIO = files.open_input_file(f"{top}/{self.name}/{file}")
        return source

    def parquet(self, name: str, coded: Sequence[str] = (), footer: pq.FileMetaData | None = None) -> pq.ParquetFile:
        """One table's file, to be read page by page against its checksums; raises OSError or ArrowException.

        The texts of `coded` columns come as codes. A `footer` that was read before need not be read again.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        files, top = self.storage.files()
        path = f"{top}/{self.name}/{name}.parquet"
        try:
            return pq.ParquetFile(
                path, filesystem=files, metadata=footer, page_checksum_verification=True, read_dictionary=coded
            )
        except UnicodeDecodeError as error:  # of a damaged name in the footer
            raise pa.ArrowInvalid(f"{path} names no column: {error}") from error

    def dataset(self, name: str) -> dataset.Dataset:
        """One table, to be queried without reading all of it."""
        from pyarrow import dataset

        files, top = self.storage.files()
        return dataset.dataset(f"{top}/{self.name}/{name}.parquet", filesystem=files, format="parquet")

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """One table, or some columns of it; DataError where a page is not as it was written."""
        with self._readable(name):
            return self.parquet(name).read(columns=columns)

    def parts(self, name: str) -> Parts:
        """One table, read as it is asked for; DataError then, where a page is not as it was written."""
        return self._stored(name).parts()

    def expect(self, columns: Sequence[tuple[str, Sequence[str]]], once: Collection[str] = ()) -> None:
        """Begin to read columns that will be asked for, one table after the other, while something else is done.

        Those that are read through `once` are held until then.
        """
        if self._tables:
            return
        reader = ThreadPoolExecutor(1)
        for name, some in columns:
            reader.submit(self._stored(name).hold, some, once)
        reader.shutdown(wait=False)

    def let_go(self) -> None:
        """Hold no columns any more."""
        for stored in self._tables.values():
            stored.let_go()

    def holds(self, name: str, rows: pa.Table | Parts) -> bool:
        """Tell whether these are the rows of one of its tables, which is read up to the first other one."""
        from transforms.parts import Parts

        return Parts.of(rows).equals(self.parts(name))

    @property
    def tables(self) -> Mapping[str, Parts]:
        """All tables by name, each read as it is asked for."""
        return _Tables(self)

    @cached_property
    def _tables(self) -> dict[str, Stored]:
        return {}

    def _stored(self, name: str) -> Stored:
        from flows.stored import Stored

        if name not in self._tables:
            self._tables[name] = Stored(partial(self.parquet, name), partial(self._readable, name))
        return self._tables[name]

    @contextmanager
    def _readable(self, name: str) -> Iterator[None]:
        import pyarrow as pa

        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise DataError(
                f"{self.path}/{name}.parquet cannot be read: {error}",
                f"`parcferme verify {self.id}` says what is damaged; `parcferme build --full` writes it again.",
            ) from error


class _Tables(Mapping[str, "Parts"]):
    """The tables of a snapshot."""

    def __init__(self, snapshot: Snapshot):
        self._snapshot = snapshot

    def __getitem__(self, name: str) -> Parts:
        self._snapshot.manifest["tables"][name]  # KeyError for a table that an older schema did not have
        return self._snapshot.parts(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._snapshot.manifest["tables"])

    def __len__(self) -> int:
        return len(self._snapshot.manifest["tables"])


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

        with ExitStack() as held:
            with writing(self.url):
                self.storage.prepare()
                note = self.storage.staging / "writer.json"
                held.enter_context(exclusive(self.storage.lock, note, self.url, wait))
                clear(self.storage.staging)
                sign(note)
                mend(self)
            self._locked = True
            try:
                yield
            finally:
                self._locked = False
                with suppress(OSError):
                    clear(self.storage.staging)

    def current(self) -> Snapshot | None:
        """The snapshot that readers are pointed to, or None before the first build."""
        name = self.storage.pointed()
        return self.find(name.rpartition("/")[2]) if name else None

    def sound(self) -> Snapshot | None:
        """The snapshot that was shown last of those whose files are as they were published."""
        from flows.verify import file_faults

        return next((snapshot for snapshot in self.snapshots() if not any(file_faults(snapshot))), None)

    def find(self, id_: str) -> Snapshot | None:
        """The snapshot of that id, if it is kept."""
        snapshot = Snapshot(id_, self.storage)
        return snapshot if snapshot.complete else None

    def snapshots(self) -> list[Snapshot]:
        """All snapshots that are kept, the one published last first."""
        from flows.history import published

        return [snapshot for id_ in published(self.storage) if (snapshot := self.find(id_))]

    def named(self, text: str) -> Snapshot:
        """The kept snapshot that a person means by an id, its beginning, `current` or `previous`.

        Raises UserError when there is none, or more than one.
        """
        kept = self.snapshots()
        if not kept:
            raise UserError(f"There is no snapshot in {self.url}.", "`parcferme build` makes one from the seeds.")
        if text == "current":
            found = [current] if (current := self.current()) else []
        elif text == "previous":
            found = [snapshot for snapshot in kept if snapshot != self.current()][:1]
        else:
            found = [snapshot for snapshot in kept if text and snapshot.id.startswith(text)]
        if len(found) == 1:
            return found[0]
        if text == "previous":
            raise UserError(f"{self.url} has one snapshot alone, and none before it.", "`parcferme history` shows it.")
        raise UserError(
            f"{self.url} has {'more than one snapshot that begins with' if found else 'no snapshot'} {text}.",
            f"Kept are {', '.join(snapshot.id for snapshot in kept)}; `parcferme history` says more.",
        )

    def publish(self, inputs: Mapping[str, object], tables: Mapping[str, Rows]) -> Snapshot:
        """Make these tables a snapshot, and show it to readers at once; as for complete."""
        with self.lock():
            snapshot = self.complete(inputs, tables)
            self.show(snapshot)
        return snapshot

    def complete(
        self, inputs: Mapping[str, object], tables: Mapping[str, Rows], stage: Stage | None = None
    ) -> Snapshot:
        """Make these tables a snapshot, of which some may have begun to be written on a stage.

        Each table is held, or in parts, which are read in bounded memory; it is conformed to
        transforms.schema, and tables that are not given are empty. Files that are there already are not
        written again unless they are damaged. Raises UserError when the place cannot be written to.
        """
        from flows.load import complete, writing

        with self.lock(), writing(self.url):
            return complete(self, inputs, tables, stage)

    def show(self, snapshot: Snapshot) -> None:
        """Point readers to a kept snapshot."""
        from flows.load import show, writing

        with self.lock(), writing(self.url):
            show(self, snapshot)
