"""Where seeds lie: a folder, a glob below one, or an `s3://bucket/prefix`; files by path below the root."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from flows.decisions import CORRECTIONS, IDENTITY
from flows.errors import CHECK_STORE, WRITE_STORE, UserError

if TYPE_CHECKING:
    import pyarrow.fs

# Why what people decided is left aside where a pattern names some of the events only.
NOT_NAMED = "is not named by the pattern: its decisions are not applied"
_WILD = "*?["
_BUCKET_READERS = 16
_BLOCK = 1 << 18  # bytes; most sheets are read at once


@dataclass(frozen=True, slots=True)
class Stray:
    """A name below the root that is not read as a file, and why not."""

    path: str
    reason: str


class Hashed(NamedTuple):
    """A file's SHA-256 in hex, and its size in bytes."""

    sha256: str
    size: int


class Root(Protocol):
    """A place with files in it."""

    name: str

    def files(self) -> tuple[list[str], list[Stray]]:
        """Every regular file below the root, as sorted paths with `/`, and what was not followed."""

    def open(self, path: str) -> BinaryIO:
        """The file of that path, to be read; raises OSError."""

    def hashes(self, paths: Sequence[str]) -> Iterator[Hashed | OSError]:
        """The hash and size of each file, or the error that kept it from being read."""


def open_root(location: str) -> Root:
    """The root at a path, a glob or an `s3://` prefix.

    Raises UserError when there is nothing there.
    """
    if "://" in location:
        return _Bucket(location)
    if any(sign in location for sign in _WILD) and not os.path.lexists(location):
        return _Glob(location)
    return _Folder(location)


def absolute(location: str) -> str:
    """A location that means the same from every working directory."""
    return location if "://" in location else os.path.abspath(location)


def _hashed(read: Callable[[int], bytes]) -> Hashed:
    """The hash of what is read, so many bytes at a time, until nothing is left."""
    block = read(_BLOCK)
    digest, size = hashlib.sha256(block), len(block)
    while block := read(_BLOCK):
        digest.update(block)
        size += len(block)
    return Hashed(digest.hexdigest(), size)


class _Folder:
    def __init__(self, location: str):
        self.name = location
        self._top = os.path.realpath(location)
        if not os.path.isdir(self._top):
            what = "is not a folder" if os.path.exists(self._top) else "does not exist"
            raise UserError(
                f"The seeds root {location} {what}.",
                "Name a folder with one folder per event in it, a glob, or an s3://bucket/prefix:"
                " parcferme build path/to/seeds",
            )

    def files(self) -> tuple[list[str], list[Stray]]:
        return self._walk("")

    def open(self, path: str) -> BinaryIO:
        return open(os.path.join(self._top, path), "rb", buffering=0)

    def hashes(self, paths: Sequence[str]) -> Iterator[Hashed | OSError]:
        return map(self._hash, paths)

    def _hash(self, path: str) -> Hashed | OSError:
        """Without an object for the file, which takes as long as to read it."""
        try:
            file = os.open(f"{self._top}/{path}", os.O_RDONLY)
            try:
                return _hashed(partial(os.read, file))
            finally:
                os.close(file)
        except OSError as error:
            return error

    def _walk(self, start: str) -> tuple[list[str], list[Stray]]:
        files, strays, folders = [], [], [start]
        while folders:
            folder = folders.pop()
            try:
                entries = list(os.scandir(os.path.join(self._top, folder)))
            except OSError as error:
                strays.append(Stray(folder or ".", f"cannot be listed: {error.strerror}"))
                continue
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.name.startswith("."):
                    continue
                if reason := self._stray(path, entry):
                    strays.append(Stray(printable(path), reason))
                elif entry.is_dir():
                    folders.append(path)
                else:
                    files.append(path)
        return sorted(files), sorted(strays, key=lambda stray: stray.path)

    def _stray(self, path: str, entry: os.DirEntry[str]) -> str | None:
        """Why an entry is not followed: a link out of the root could publish any file of the machine."""
        if not path.isascii() and path != printable(path):
            return "has a name that is not UTF-8: rename it"
        if entry.is_symlink():
            target = os.path.realpath(entry.path)
            if not target.startswith(self._top + os.sep):
                return "is a link that leads out of the root: copy the file here instead"
            if not os.path.exists(target):
                return "is a link to nothing: remove it"
            if os.path.isdir(target):
                return "is a link to a folder, which is not followed: move the folder here instead"
        if not entry.is_file() and not entry.is_dir():
            return "is neither a file nor a folder"
        return None


class _Glob(_Folder):
    """The files that a pattern names, and all files of the folders that it names."""

    def __init__(self, location: str):
        parts = Path(location).parts
        fixed = list(takewhile(lambda part: not any(sign in part for sign in _WILD), parts))
        super().__init__(str(Path(*fixed)) if fixed else ".")
        self.name = location
        self._pattern = str(Path(*parts[len(fixed) :]))

    def files(self) -> tuple[list[str], list[Stray]]:
        found, strays = super().files()
        hits = glob.glob(self._pattern, root_dir=self._top, recursive=True)
        if not hits:
            raise UserError(f"No file matches {self.name}.", "Check the pattern, and quote it for the shell.")
        whole = set(hits)
        folders = tuple(f"{hit.rstrip('/')}/" for hit in hits)
        facts = {f"{os.path.dirname(hit)}/event.toml".lstrip("/") for hit in hits}

        def named(path: str) -> bool:
            return path in whole or path in facts or path.startswith(folders)

        strays = [stray for stray in strays if named(stray.path)]
        strays += [Stray(name, NOT_NAMED) for name in (IDENTITY, CORRECTIONS) if name in found and not named(name)]
        return [path for path in found if named(path)], strays


class _Bucket:
    """Objects below a prefix; credentials and endpoint come from the usual environment variables."""

    def __init__(self, location: str):
        from pyarrow import fs

        self.name = location
        if not location.startswith("s3://"):
            raise UserError(f"Seeds cannot lie at {location}.", WRITE_STORE)
        try:
            self._files, top = fs.FileSystem.from_uri(location)
        except (OSError, ValueError) as error:
            remedy = CHECK_STORE if isinstance(error, OSError) else WRITE_STORE
            raise UserError(f"The seeds root {location} cannot be opened: {error}", remedy) from None
        self._top: str = top.rstrip("/")

    def files(self) -> tuple[list[str], list[Stray]]:
        from pyarrow import fs

        try:
            found: list[pyarrow.fs.FileInfo] = self._files.get_file_info(fs.FileSelector(self._top, recursive=True))
        except OSError as error:
            raise UserError(f"The seeds root {self.name} cannot be listed: {error}", CHECK_STORE) from error
        paths = (info.path[len(self._top) + 1 :] for info in found if info.type == fs.FileType.File)
        return sorted(p for p in paths if not any(part.startswith(".") for part in p.split("/"))), []

    def open(self, path: str) -> BinaryIO:
        file: BinaryIO = self._files.open_input_stream(f"{self._top}/{path}")
        return file

    def hashes(self, paths: Sequence[str]) -> Iterator[Hashed | OSError]:
        with ThreadPoolExecutor(_BUCKET_READERS) as pool:
            yield from pool.map(self._hash, paths)

    def _hash(self, path: str) -> Hashed | OSError:
        try:
            with self.open(path) as file:
                return _hashed(file.read)
        except OSError as error:
            return error


def printable(path: str) -> str:
    """The path with bytes that are no UTF-8 shown as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
