"""A warehouse in an object store, through pyarrow's file system."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pyarrow import fs

from flows.errors import CHECK_STORE, WRITE_STORE, UserError
from flows.storage import DATABASE


class Bucket:
    """A prefix in an object store: a folder is complete once its manifest stands, the pointer is an object.

    Credentials and endpoint come from the usual environment variables (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
    ...). Writers on one machine exclude each other; on several, the scheduler must see to it.
    """

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        try:
            self._fs, self._top = fs.FileSystem.from_uri(self.url)
        except (OSError, ValueError) as error:
            remedy = CHECK_STORE if isinstance(error, OSError) else WRITE_STORE
            raise UserError(f"{url} cannot be opened: {error}", remedy) from None
        key = hashlib.sha256(self.url.encode()).hexdigest()[:16]
        self._local = Path(tempfile.gettempdir()) / f"parcferme-{os.getuid()}"
        self.staging = self._local / key
        self.lock = self._local / f"{key}.lock"

    def files(self) -> tuple[fs.FileSystem, str]:
        """The object store."""
        return self._fs, self._top

    def prepare(self) -> None:
        """Make the local folder for lock and staging, which must be one's own."""
        self._local.mkdir(mode=0o700, exist_ok=True)
        self.staging.mkdir(exist_ok=True)
        if self._local.stat().st_uid != os.getuid() or self._local.is_symlink():
            raise UserError(f"{self._local} belongs to someone else.", "Set TMPDIR to a folder of your own.")

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, or None when there is none."""
        with self._reached():
            try:
                with self._fs.open_input_stream(self._path(name)) as file:
                    data: bytes = file.read()
                    return data
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """Put the object: a store shows the old or the new one."""
        with self._fs.open_output_stream(self._path(name)) as file:
            file.write(data)

    def exists(self, name: str) -> bool:
        """Tell whether there is an object of that name."""
        with self._reached():
            return bool(self._fs.get_file_info(self._path(name)).is_file)

    def folders(self, name: str) -> dict[str, datetime]:
        """Prefixes below a prefix, each with the time of its newest object."""
        top = self._path(name)
        found: dict[str, datetime] = {}
        with self._reached():
            objects = self._fs.get_file_info(fs.FileSelector(top, recursive=True, allow_not_found=True))
        for info in objects:
            if info.type == fs.FileType.File:
                folder = info.path[len(top) + 1 :].split("/")[0]
                found[folder] = max(found.get(folder, info.mtime), info.mtime)
        return found

    def install(self, staged: Path, name: str) -> None:
        """Copy the files, the manifest last."""
        for file in sorted(staged.iterdir(), key=lambda file: (file.name == "manifest.json", file.name)):
            self.replace(file, f"{name}/{file.name}")
        staged.rmdir()

    def replace(self, staged: Path, name: str) -> None:
        """Copy the file over the older object."""
        local = fs.LocalFileSystem()
        fs.copy_files(str(staged), self._path(name), source_filesystem=local, destination_filesystem=self._fs)
        staged.unlink()

    def install_database(self, staged: Path, name: str) -> None:
        """Copy it to its folder, where it never changes under those who have it open, and to the top."""
        data = staged.read_bytes()
        self.write(f"{name}/{DATABASE}", data)
        self.write(DATABASE, data)

    def remove(self, name: str) -> None:
        """Delete the manifest first: without it the folder is none."""
        with contextlib.suppress(FileNotFoundError):
            self._fs.delete_file(self._path(f"{name}/manifest.json"))
        self._fs.delete_dir(self._path(name))

    def discard(self, name: str) -> None:
        """Remove an object, if there is one."""
        with contextlib.suppress(FileNotFoundError):
            self._fs.delete_file(self._path(name))

    def point(self, name: str) -> None:
        """Write the pointer object `current.json`."""
        self.write("current.json", json.dumps({"snapshot": name}).encode())

    def pointed(self) -> str | None:
        """What the pointer object names."""
        try:
            return str(json.loads(self.read("current.json") or b"")["snapshot"])
        except (ValueError, KeyError, TypeError):
            return None

    def readable(self, name: str) -> tuple[str, Path | None]:
        """The folder's own address."""
        return f"{self.url}/{name}", None

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UserError(
                f"The warehouse {self.url} cannot be reached: {error}",
                CHECK_STORE,
            ) from error

    def _path(self, name: str) -> str:
        return f"{self._top}/{name}"
