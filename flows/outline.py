"""The outline of results.db: the same for all snapshots of one code, and kept in the warehouse until that changes."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from flows.database import OUTLINE, outline_database
from flows.manifest import snapshot_id
from flows.storage import Storage


def lay_outline(storage: Storage, code: Mapping[str, object] | None) -> None:
    """Lay an outline into staging: the one that was kept of this `code`, if it is as it was, or a new one to be kept.

    Of code that nobody names none is kept.
    """
    import duckdb

    path, folder = storage.staging / OUTLINE, storage.lock.parent
    if code is None:
        outline_database(path)
        return
    own = f".outline-{snapshot_id({**code, 'duckdb': duckdb.__version__})}"
    for kept in folder.glob(f"{own}-*.db"):
        shutil.copyfile(kept, path)
        if kept.name == _name(own, path):
            return
    outline_database(path)
    for old in folder.glob(".outline-*.db"):
        old.unlink(missing_ok=True)
    copy = Path(shutil.copyfile(path, path.with_name(f"{path.name}.kept")))
    copy.replace(folder / _name(own, copy))


def _name(own: str, path: Path) -> str:
    """The name under which an outline is kept, which tells its content."""
    return f"{own}-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}.db"
