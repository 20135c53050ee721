"""What the reader is given: the bytes of one sheet and what is known about it beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.schema import KINDS


@dataclass(frozen=True, slots=True)
class Correction:
    """A human correction of one printed cell; `row` is its line in corrections.csv, for messages."""

    line: int
    column: str
    expect: str
    value: str
    reason: str
    row: int


@dataclass(frozen=True, slots=True)
class Source:
    """One sheet: its decompressed bytes, and the facts of event.toml that bear on reading it.

    `event_id` and `season` are None where nothing states them; `kind` is "unknown" where the file's
    name is none of the known kinds; `columns` holds the roles that event.toml declares, if any, and
    `crew_separator` what it says stands between drivers, beside what always does; `circuit_km` is the length of a lap.
    """

    sheet_id: str
    event_id: str | None
    path: str
    sha256: str
    data: bytes
    kind: str = "unknown"
    season: int | None = None
    lap_time_of: str | None = None
    columns: tuple[str, ...] | None = None
    crew_separator: str | None = None
    corrections: tuple[Correction, ...] = ()
    circuit_km: float | None = None


def kind_of(stem: str) -> str:
    """The kind that a file's stem names: `qualifying-2` is a qualifying; "unknown" if none."""
    head, _, number = stem.rpartition("-")
    name = head if number.isdigit() and head else stem
    return name.lower() if name.lower() in KINDS else "unknown"
