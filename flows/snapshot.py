"""One snapshot: a complete set of tables in files that never change, each read as it is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO

from flows.errors import DataError
from flows.manifest import MANIFEST
from flows.storage import Storage

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import dataset

    from flows.stored import Stored
    from transforms.parts import Parts


@dataclass(frozen=True)
class Snapshot:
    """One complete set of tables, in a folder whose files never change."""

    id: str
    storage: Storage = field(compare=False, repr=False)
    _tables: dict[str, Stored] = field(default_factory=dict, init=False, compare=False, repr=False)

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
        with self._readable(f"{name}.parquet"):
            return self.parquet(name).read(columns=columns)

    def parts(self, name: str) -> Parts:
        """One table, read as it is asked for; DataError then, where a page is not as it was written."""
        return self._stored(name).parts()

    def expect(self, columns: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Begin to read columns that will be asked for, one table after the other, while something else is done."""
        if self._tables:
            return
        reader = ThreadPoolExecutor(1)
        for name, some in columns:
            reader.submit(self._stored(name).hold, some)
        reader.shutdown(wait=False)

    def let_go(self) -> None:
        """Hold no columns any more."""
        for stored in list(self._tables.values()):  # others may ask for more meanwhile
            stored.let_go()

    def holds(self, name: str, rows: pa.Table | Parts) -> bool:
        """Tell whether these are the rows of one of its tables, which is read up to the first other one."""
        from transforms.parts import Parts

        return Parts.of(rows).equals(self.parts(name))

    def mentions(self) -> Parts:
        """What it keeps for the next build, read at once; DataError where that is not as it was written."""
        from flows import mentions
        from transforms.parts import Parts

        with self._readable(mentions.FILE):
            data = self.storage.read(f"{self.name}/{mentions.FILE}")
            return Parts.of(mentions.parse(data, self.manifest[mentions.NAME]))

    @property
    def tables(self) -> Mapping[str, Parts]:
        """All tables by name, and mentions if it keeps them, each read as it is asked for."""
        from flows import mentions

        beside = {mentions.NAME: self.mentions} if mentions.NAME in self.manifest else {}
        return _Tables({name: partial(self.parts, name) for name in self.manifest["tables"]} | beside)

    def _stored(self, name: str) -> Stored:
        from flows.stored import Stored, runs_of_sheets

        if name not in self._tables:
            readable = partial(self._readable, f"{name}.parquet")
            stored = Stored(partial(self.parquet, name), readable, partial(runs_of_sheets, self, name))
            return self._tables.setdefault(name, stored)
        return self._tables[name]

    @contextmanager
    def _readable(self, file: str) -> Iterator[None]:
        import pyarrow as pa

        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise DataError(
                f"{self.path}/{file} cannot be read: {error}",
                f"`parcferme verify {self.id}` says what is damaged; `parcferme build --full` writes it again.",
            ) from error


class _Tables(Mapping[str, "Parts"]):
    """Tables by name, each made when it is asked for."""

    def __init__(self, made: Mapping[str, Callable[[], Parts]]):
        self._made = made

    def __getitem__(self, name: str) -> Parts:
        return self._made[name]()

    def __contains__(self, name: object) -> bool:
        return name in self._made

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)
