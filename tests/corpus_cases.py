"""The corpus: one folder a case, `input.<ext>` and what must become of it in `expected.toml`.

A case states only what it is about; every key is optional but `proves`:

    proves = "what the case shows, in one sentence"
    outcomes = ["caption", "result x12", "section or caption", "result x3"]   # one entry a run of lines
    [source]            what the reader is told beforehand: kind, season, columns, ...
    [sheet]             columns of `sheets`: dialect, layout, layout_basis, results, ...
    [cells.12]          columns of `results` of line 12; `null = [...]` names columns that must be null,
                        `extra` is a table of names and values that must be among the extra cells
    [drivers.12]        columns of `driver_results` of line 12, one list each, in order of seats
    [[rejects]]         line, and a part of the reason
    [[findings]]        line, column, severity where it matters, and a part of the message;
                        `findings = []` says that there is none
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from transforms.sources import Source

HERE = Path(__file__).parent
ROLES = frozenset(
    word
    for line in (
        "position car_number crew car make type model engine entrant principal country class class_position laps",
        "race_time distance race_speed gap lap_time lap_number lap_speed session_time status reason tyre",
        "crew_countries extra empty laps_led grade prize displacement year remarks penalty points grid hometown group",
        "date pit_stops interval chassis gap_laps",
    )
    for word in line.split()
)
_RUN = re.compile(r"(?P<outcome>[a-z]+(?: or [a-z]+)*)(?: x(?P<times>\d+))?")


@dataclass(frozen=True)
class Case:
    """One folder of the corpus."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name, which is also the sheet's id."""
        return self.folder.name

    @cached_property
    def expected(self) -> dict[str, Any]:
        """What the case states."""
        return tomllib.loads((self.folder / "expected.toml").read_text("utf-8"))

    @cached_property
    def source(self) -> Source:
        """The input as the reader is given it."""
        [path] = self.folder.glob("input*")
        data = path.read_bytes()
        facts = dict(self.expected.get("source", {}))
        if "columns" in facts:
            facts["columns"] = tuple(facts["columns"])
        return Source(self.name, None, f"{self.name}{path.suffix}", hashlib.sha256(data).hexdigest(), data, **facts)

    @cached_property
    def outcomes(self) -> list[frozenset[str]] | None:
        """The outcomes that each line may have, if the case states them."""
        runs = self.expected.get("outcomes")
        if runs is None:
            return None
        lines: list[frozenset[str]] = []
        for run in runs:
            match = _RUN.fullmatch(run)
            assert match, f"{self.name}: {run!r} is not `outcome` or `outcome x3`"
            lines += [frozenset(match["outcome"].split(" or "))] * int(match["times"] or 1)
        return lines


def cases(room: str) -> list[Case]:
    """All cases of a folder beside this file, by name."""
    return [Case(path.parent) for path in sorted((HERE / room).glob("*/expected.toml"))]


def run_lengths(outcomes: list[str]) -> list[str]:
    """Outcomes of lines in the short form of the expectations."""
    runs = [(outcome, len(list(lines))) for outcome, lines in groupby(outcomes)]
    return [outcome if times == 1 else f"{outcome} x{times}" for outcome, times in runs]
