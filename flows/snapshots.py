"""The warehouse as its writer sees it: snapshots that never change, and what readers are pointed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from flows.errors import UserError
from flows.lock import exclusive, sign
from flows.snapshot import Snapshot
from flows.storage import storage_at

if TYPE_CHECKING:
    from flows.load import Stage
    from flows.parquet import Rows


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
