"""Which snapshot was shown to readers when, and which of them are still kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flows.storage import Storage

FILE = "history.jsonl"
KEPT_SNAPSHOTS = 3
KEPT_FOR = timedelta(hours=48)


def entries(storage: Storage) -> list[tuple[str, datetime]]:
    """Every publication, oldest first: id, and when."""
    found = []
    for line in (storage.read(FILE) or b"").splitlines():
        try:
            entry = json.loads(line)
            found.append((str(entry["snapshot"]), datetime.fromisoformat(entry["published"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def record(storage: Storage, id_: str, now: datetime) -> None:
    """Note that a snapshot is being shown from now on, unless it was before."""
    if entries(storage)[-1:] and entries(storage)[-1][0] == id_:
        return
    line = json.dumps({"snapshot": id_, "published": now.astimezone(UTC).isoformat(timespec="seconds")})
    storage.write(FILE, (storage.read(FILE) or b"") + line.encode() + b"\n")


def published(storage: Storage) -> dict[str, datetime]:
    """The kept snapshots and when each was last shown, newest first.

    Those that the history does not know come last, with the time when their folder was written.
    """
    shown = dict(entries(storage))
    order = {id_: place for place, (id_, _) in enumerate(entries(storage))}
    kept = {id_: shown.get(id_, written) for id_, written in storage.folders("snapshots").items()}
    return dict(sorted(kept.items(), key=lambda item: (order.get(item[0], -1), *item[::-1]), reverse=True))


def outdated(kept: Mapping[str, datetime], current: str, now: datetime) -> list[str]:
    """Which of the kept snapshots (newest first) no reader can still need.

    A reader may have opened a snapshot until the moment when the next one was shown, and is given
    KEPT_FOR from then; the newest KEPT_SNAPSHOTS stay in any case. One that was never shown may be another
    machine's, not yet complete, and is given as long from when it was written.
    """
    superseded = dict(zip(kept, [now, *kept.values()], strict=False))
    old = [id_ for id_ in list(kept)[KEPT_SNAPSHOTS:] if now - max(superseded[id_], kept[id_]) > KEPT_FOR]
    return [id_ for id_ in old if id_ != current]
