"""Where a warehouse lies: a local folder or an `s3://bucket/prefix`, with the same few operations on both."""

from __future__ import annotations

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

    def install_database(self, staged: Path, name: str) -> None:
        """Move results.db, made for the folder of that name, to where readers find it."""

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
        from flows.bucket import Bucket

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
        staged = self.staging / Path(name).name
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

    def install_database(self, staged: Path, name: str) -> None:
        """Rename it over the older one, which stays what it was for those who have it open."""
        self.replace(staged, DATABASE)

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
        """The path from the project folder, which is the one that holds the warehouse or a link to it."""
        root = Path(os.path.abspath(self.root))
        return f"{root.name}/{name}", root.parent


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
