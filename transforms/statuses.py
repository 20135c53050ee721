"""What became of a car: from its status, its position, its section and its times, in that order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold_array
from transforms.lexicon import statuses
from transforms.traits import reasons

_LISTS = ("entry-list", "appearances")
_TIMED = ("grid", "qualifying", "practice", "warm-up", "fastest-laps")

_VALUES = {"position": "position", "laps": "laps", "race_time": "race_time_ms", "lap_time": "lap_time_ms"}


@cache
def _known() -> tuple[pa.Array, pa.Array]:
    return pa.array(list(statuses())), pa.array(list(statuses().values()))


def read_status(texts: pa.Array) -> pa.Array:
    """The status that each text prints in some language; null where it prints none."""
    coded = pc.dictionary_encode(texts)
    keys, values = _known()
    found = values.take(pc.index_in(fold_array(coded.dictionary), value_set=keys))
    return found.take(coded.indices)


def is_status(texts: pa.Array) -> pa.Array:
    """Whether each text prints a status."""
    return pc.is_valid(read_status(texts))


def without_values(texts: Mapping[str, pa.Array], columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The printed slots, null where a position, a time or a lap count was read: what is left may be words."""
    unread = {slot: pc.if_else(pc.is_null(columns[column]), texts[slot], None) for slot, column in _VALUES.items()}
    return {**texts, **unread}


def decide(
    texts: Mapping[str, pa.Array],
    columns: Mapping[str, pa.Array],
    retired: pa.Array,
    section: pa.Array,
    kind: pa.Array,
) -> pa.Array:
    """The status of each row, from its slots without values, typed columns, retirement, section's status and kind."""
    time_status = read_status(texts["lap_time"])
    no_laps = pc.is_null(columns["laps"])
    listed = pc.is_in(kind, value_set=pa.array(_LISTS))
    timed = pc.and_(pc.is_in(kind, value_set=pa.array(_TIMED)), pc.is_valid(columns["lap_time_ms"]))
    placed = pc.or_(pc.is_valid(columns["position"]), timed)
    return pc.coalesce(
        read_status(texts["status"]),
        pc.if_else(pc.is_valid(retired), "did_not_finish", None),
        read_status(texts["position"]),
        read_status(texts["race_time"]),
        read_status(texts["gap"]),
        read_status(texts["laps"]),
        section,
        pc.if_else(no_laps, time_status, None),
        pc.if_else(listed, "listed", None),
        pc.if_else(placed, "classified", None),
        pa.scalar("unknown"),
    )


def reason_in(texts: pa.Array) -> pa.Array:
    """The texts that print why a car stopped, such as `Gearbox`, where a status or a time would stand; else null."""
    coded = pc.dictionary_encode(texts)
    word = pc.struct_field(pc.extract_regex(fold_array(coded.dictionary), r"^(?P<word>\p{L}+)"), "word")
    found = pc.if_else(pc.is_in(word, value_set=pa.array(sorted(reasons()))), coded.dictionary, None)
    return pc.if_else(pc.is_valid(read_status(texts)), None, found.take(coded.indices))


def read_retired(texts: Mapping[str, pa.Array]) -> pa.Array:
    """Why a car stopped, where its status or a time, in slots without values, prints that; else null."""
    return pc.coalesce(*(reason_in(texts[slot]) for slot in ("status", "race_time", "gap")))
