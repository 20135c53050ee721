"""What became of a car: from its status, its position, its section and its times, in that order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, true
from transforms.coded import Coded
from transforms.fold import fold
from transforms.lexicon import statuses
from transforms.remember import remember
from transforms.schema import STATUSES
from transforms.traits import reasons

_STATUSES = pa.array(STATUSES)
_LISTS = ("entry-list", "appearances")
_TIMED = ("grid", "qualifying", "practice", "warm-up", "fastest-laps")

_WITH_STATUS = ("status", "position", "race_time", "gap", "laps", "lap_time", "reason")
_WITH_REASON = ("status", "position", "race_time", "gap", "laps")
# In a session, who prints a reason for a lap time may have driven others before: it tells no status.
_WITH_REASON_ALONE = ("lap_time",)
# A status and more: why a car stopped (`Ret (gearbox)`, `DNF: engine`), or where (`Retired SS12`).
_AND_MORE = re.compile(
    r"(?P<status>[^\W\d][^\W\d. ]*(?:[. ][^\W\d. ]+){0,3}\.?)"
    r"(?:\s?[(:,]\s?|\s[-–]\s|\s(?=(?i:ss|es|lap|tour|runde|giro|l)\.?\s?\d))(?P<more>[^()]*)\)?"
)
_LONGEST = 80  # characters of a status and more


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
    return statuses().get(fold(text)) or (_with_more(text) or (None,))[0]


def _with_more(text: str) -> tuple[str, str] | None:
    """A status and what is printed behind it; None where a text is none with more.

    A blank will do before a reason: `DNF engine`.
    """
    found = _AND_MORE.fullmatch(text) if len(text) <= _LONGEST else None
    status = found and statuses().get(fold(found["status"]))
    if found and status and found["more"].strip():
        return status, found["more"].strip()
    first, _, why = text.partition(" ")
    status = statuses().get(fold(first)) if _names_reason(why) else None
    return (status, why.strip()) if status else None


@remember
def _reason(text: str) -> str | None:
    if told := _with_more(text):
        return told[1] if told[1].split()[0].isalpha() else None
    return text if _names_reason(text) and not _status(text) else None


def _names_reason(text: str) -> bool:
    """Whether a text begins with a word of reasons."""
    return "".join(takewhile(str.isalpha, fold(text))) in reasons()


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of slots as words: by slot the status of each row, as its place in STATUSES, -1 for none.

    `retired` is why a car stopped, where its status, its position or a time prints that; else null. `stopped` says
    where such a reason stands alone, `failed` where it has a column of its own. `why` is what that column prints but
    for a status (`Running`), text by text.
    """

    status: Mapping[str, Ints]
    retired: pa.StringArray
    stopped: Bools
    failed: Bools
    why: pa.StringArray

    @classmethod
    def of(cls, texts: Mapping[str, Coded], unread: Mapping[str, pa.Array]) -> Words:
        """Read the slots where words may stand; `unread` has, by slot, the texts in which no value was read."""
        words = {slot: unread.get(slot, text.texts) for slot, text in texts.items()}
        read = {slot: read_status(words[slot]) for slot in _WITH_STATUS}
        status = {slot: np.append(_places(found), -1)[texts[slot].code] for slot, found in read.items()}
        reasons, told = (
            {slot: texts[slot].spread(reason_in(words[slot])) for slot in slots}
            for slots in (_WITH_REASON, _WITH_REASON_ALONE)
        )
        alone = (true(reason.is_valid()) & (status[slot] < 0) for slot, reason in reasons.items())
        own, known = texts["reason"], reason_in(texts["reason"].texts)
        failed = own.rows(true(known.is_valid())) & (status["reason"] < 0)
        why = pc.if_else(read["reason"].is_valid(), known, own.texts)
        return cls(status, pc.coalesce(*reasons.values(), *told.values()), np.any([*alone], axis=0), failed, why)


def _places(statuses: pa.StringArray) -> Ints:
    """Statuses as their places in STATUSES; -1 for null."""
    return np.asarray(pc.index_in(statuses, value_set=_STATUSES).fill_null(-1).to_numpy())


def decide(words: Words, columns: Mapping[str, pa.Array], section: pa.Array, kind: Coded) -> pa.Array:
    """The status of each row, from its slots without values, typed columns, section's status and kind."""
    listed, timed = (kind.spread(pc.is_in(kind.texts, value_set=pa.array(kinds))) for kinds in (_LISTS, _TIMED))
    placed = pc.or_(pc.is_valid(columns["position"]), pc.and_(timed, pc.is_valid(columns["lap_time_ms"])))
    raced = kind.rows(true(pc.equal(kind.texts, "race")))
    without_laps = columns["laps"].is_null().to_numpy(zero_copy_only=False)
    deciding = (
        words.status["status"],
        np.where(words.stopped, STATUSES.index("did_not_finish"), -1),
        *(words.status[slot] for slot in ("position", "race_time", "gap", "laps")),
        _places(section),
        np.where(without_laps, words.status["lap_time"], -1),
        _where(listed, "listed"),
        _where(placed, "classified"),
        words.status["reason"],
        np.where(words.failed & raced, STATUSES.index("did_not_finish"), -1),
    )
    decided = np.full(len(section), -1)
    for status in deciding:
        decided = np.where(decided < 0, status, decided)
    # `N.G.` is Dutch for not started, and German for not classified: who drove laps did start, unless in practice.
    drove = raced & true(pc.and_(pc.greater(columns["laps"], 0), section.is_null()))
    decided[(decided == STATUSES.index("did_not_start")) & drove] = STATUSES.index("not_classified")
    return _STATUSES.take(pa.array(np.where(decided < 0, STATUSES.index("unknown"), decided)))


def _where(mask: pa.BooleanArray, status: str) -> Ints:
    return np.where(mask.to_numpy(zero_copy_only=False), STATUSES.index(status), -1)
