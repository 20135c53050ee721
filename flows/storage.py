"""Where a warehouse lies: a local folder or an `s3://bucket/prefix`, with the same few operations on both."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flows.errors import UserError

if TYPE_CHECKING:
    from pyarrow import fs

DATABASE = "results.db"


class Storage(Protocol):
    """Named pieces below one place. Names are relative, with `/`; each operation raises OSError.

    `staging` is a local folder that no reader lists; `lock` the local file that a writer locks.
    """

    url: str
    staging: Path
    lock: Path

    def files(self) -> tuple[fs.FileSystem, str]:
        """The file system as pyarrow sees it, and the place's path there."""

    def prepare(self) -> None:
        """Make the place fit to be written to."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, or None when there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Put a file in the place of an older one, at once."""

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""

    def folders(self, name: str) -> dict[str, datetime]:
        """Folders in a folder, each with the time when it was last written to."""

    def install(self, staged: Path, name: str) -> None:
        """Move a staged folder to its name, where none is yet; its `manifest.json` is seen last, or all at once."""

    def replace(self, staged: Path, name: str) -> None:
        """Move a staged file into the place of an older one, at once."""

    def remove(self, name: str) -> None:
        """Remove a folder with all that is in it; readers see it whole or not at all."""

    def discard(self, name: str) -> None:
        """Remove a file, if there is one."""

    def point(self, name: str) -> None:
        """Make the pointer that file readers follow name this folder."""

    def pointed(self) -> str | None:
        """The folder that the pointer names."""

    def readable(self, name: str) -> tuple[str, Path | None]:
        """A folder as views name it, and the local folder from which that name is to be read."""


def storage_at(url: str) -> Storage:
    """The storage at a local path or an `s3://` address."""
    if url.startswith("s3://"):
        return Bucket(url)
    if "://" in url:
        raise UserError(f"A warehouse cannot lie at {url}.", "Name a local folder or an s3://bucket/prefix.")
    return Folder(url)


class Folder:
    """A local folder; whatever is replaced is replaced by one rename, and synced to disk."""

    def __init__(self, url: str):
        self.root = Path(url)
        self.url = str(self.root)
        self.staging = self.root / ".staging"
        self.lock = self.root / ".lock"

    def files(self) -> tuple[fs.FileSystem, str]:
        """The local file system."""
        from pyarrow import fs

        return fs.LocalFileSystem(), str(self.root)

    def prepare(self) -> None:
        """Make the folder."""
        self.staging.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, or None when there is none."""
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, data: bytes) -> None:
        """Stage the file, then rename it into place."""
        staged = self.staging / hashlib.sha256(name.encode()).hexdigest()
        staged.write_bytes(data)
        self.replace(staged, name)

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return (self.root / name).is_file()

    def folders(self, name: str) -> dict[str, datetime]:
        """Folders in a folder, each with the time when its list of files last changed."""
        try:
            entries = list(os.scandir(self.root / name))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        return {e.name: datetime.fromtimestamp(e.stat().st_mtime, UTC) for e in entries if e.is_dir()}

    def install(self, staged: Path, name: str) -> None:
        """Rename the folder: it is seen whole or not at all."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        sync(staged)
        staged.rename(target)
        sync(target.parent)

    def replace(self, staged: Path, name: str) -> None:
        """Sync the file and rename it over the older one."""
        sync(staged)
        target = self.root / name
        staged.replace(target)
        sync(target.parent)

    def remove(self, name: str) -> None:
        """Rename the folder away from readers before its files go one by one."""
        doomed = Path(tempfile.mkdtemp(dir=self.staging))
        (self.root / name).rename(doomed / "folder")
        shutil.rmtree(doomed)

    def discard(self, name: str) -> None:
        """Remove a file, if there is one."""
        (self.root / name).unlink(missing_ok=True)

    def point(self, name: str) -> None:
        """Swap the symbolic link `parquet` in one rename."""
        link = self.staging / "parquet"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        link.replace(self.root / "parquet")
        sync(self.root)

    def pointed(self) -> str | None:
        """Where the symbolic link `parquet` leads."""
        try:
            return os.readlink(self.root / "parquet")
        except OSError:
            return None

    def readable(self, name: str) -> tuple[str, Path | None]:
        """The path from the project folder, which is the one that holds the warehouse."""
        root = self.root.resolve()
        return f"{root.name}/{name}", root.parent


class Bucket:
    """A prefix in an object store: a folder is complete once its manifest stands, the pointer is an object.

    Credentials and endpoint come from the usual environment variables (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
    ...). Writers on one machine exclude each other; on several, the scheduler must see to it.
    """

    def __init__(self, url: str):
        from pyarrow import fs

        self.url = url.rstrip("/")
        try:
            self._fs, self._top = fs.FileSystem.from_uri(self.url)
        except (OSError, ValueError) as error:
            raise UserError(f"{url} cannot be opened: {error}", "Write it as s3://bucket/prefix.") from None
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
        return bool(self._fs.get_file_info(self._path(name)).is_file)

    def folders(self, name: str) -> dict[str, datetime]:
        """Prefixes below a prefix, each with the time of its newest object."""
        from pyarrow import fs

        top = self._path(name)
        found: dict[str, datetime] = {}
        for info in self._fs.get_file_info(fs.FileSelector(top, recursive=True, allow_not_found=True)):
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
        from pyarrow import fs

        local = fs.LocalFileSystem()
        fs.copy_files(str(staged), self._path(name), source_filesystem=local, destination_filesystem=self._fs)
        staged.unlink()

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

    def _path(self, name: str) -> str:
        return f"{self._top}/{name}"


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
