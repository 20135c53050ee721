"""What became of a car: from its status, its position, its section and its times, in that order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.coded import Coded
from transforms.fold import fold
from transforms.lexicon import statuses
from transforms.remember import remember
from transforms.traits import reasons

_LISTS = ("entry-list", "appearances")
_TIMED = ("grid", "qualifying", "practice", "warm-up", "fastest-laps")

_WITH_STATUS = ("status", "position", "race_time", "gap", "laps", "lap_time")
_WITH_REASON = ("status", "race_time", "gap")


def read_status(texts: pa.StringArray) -> pa.StringArray:
    """The status that each text prints in some language; null where it prints none."""
    return _read(texts, _status)


def reason_in(texts: pa.StringArray) -> pa.StringArray:
    """The texts that print why a car stopped, such as `Gearbox`, where a status or a time would stand; else null."""
    return _read(texts, _reason)


def say_nothing(texts: pa.StringArray) -> pa.BooleanArray:
    """Whether each text is neither a status nor a reason."""
    return pc.and_(pc.is_null(read_status(texts)), pc.is_null(reason_in(texts)))


def _read(texts: pa.StringArray, read: Callable[[str], str | None]) -> pa.StringArray:
    """What `read` finds in each text; most texts are null, and those that print words are few."""
    at = np.flatnonzero(texts.is_valid())
    if not len(at):
        return texts
    found = pa.array([read(text) for text in texts.take(pa.array(at)).to_pylist()], pa.string())
    places = np.full(len(texts), -1)
    places[at] = np.arange(len(at))
    return found.take(pa.array(places, mask=places < 0))


@remember
def _status(text: str) -> str | None:
    return statuses().get(fold(text))


@remember
def _reason(text: str) -> str | None:
    word = "".join(takewhile(str.isalpha, fold(text)))
    return text if word in reasons() and not _status(text) else None


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of slots as words: what status each row's text is, and why a car stopped; null where it is neither."""

    status: Mapping[str, pa.Array]
    reason: Mapping[str, pa.Array]

    @classmethod
    def of(cls, texts: Mapping[str, Coded], unread: Mapping[str, pa.Array]) -> Words:
        """Read the slots where words may stand; `unread` has, by slot, the texts in which no value was read."""
        words = {slot: (text, unread.get(slot, text.texts)) for slot, text in texts.items()}
        status = {slot: words[slot][0].spread(read_status(words[slot][1])) for slot in _WITH_STATUS}
        reason = {slot: words[slot][0].spread(reason_in(words[slot][1])) for slot in _WITH_REASON}
        return cls(status, reason)

    @property
    def retired(self) -> pa.Array:
        """Why a car stopped, where its status or a time prints that; else null."""
        return pc.coalesce(*self.reason.values())


def decide(words: Words, columns: Mapping[str, pa.Array], section: pa.Array, kind: pa.Array) -> pa.Array:
    """The status of each row, from its slots without values, typed columns, section's status and kind."""
    no_laps = pc.is_null(columns["laps"])
    listed = pc.is_in(kind, value_set=pa.array(_LISTS))
    timed = pc.and_(pc.is_in(kind, value_set=pa.array(_TIMED)), pc.is_valid(columns["lap_time_ms"]))
    placed = pc.or_(pc.is_valid(columns["position"]), timed)
    return pc.coalesce(
        words.status["status"],
        pc.if_else(pc.is_valid(words.retired), "did_not_finish", None),
        *(words.status[slot] for slot in ("position", "race_time", "gap", "laps")),
        section,
        pc.if_else(no_laps, words.status["lap_time"], None),
        pc.if_else(listed, "listed", None),
        pc.if_else(placed, "classified", None),
        pa.scalar("unknown"),
    )
