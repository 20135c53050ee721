"""Reads event.toml: the facts of an event, and what it says of its sheets; doubts become findings."""

from __future__ import annotations

import datetime
import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from transforms.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

Finding = dict[str, object]
Test = Callable[[object], str | None]

# What is doubted about one event.toml and the sheets beside it.
CHECKS = (
    "event-file-is-toml",
    "event-key-is-known",
    "event-fact-has-its-type",
    "event-sheet-exists",
    "event-days-in-order",
    "event-season-fits-days",
    "event-season-is-stated",
)
_YEARS = range(1880, 2101)
_BEGINS_WITH_YEAR = re.compile(r"[0-9]{4}(?![^\W_])")
_LONGEST_LAP_KM = 1000.0
_LONGEST_MARK, _IN_WORDS = 3, re.compile(r"[^\W_]|[\s.'\x00-\x1f]").search  # a mark is none of these


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What event.toml says of one sheet."""

    lap_time_of: str | None = None
    columns: tuple[str, ...] | None = None
    crew_separator: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its row of the table `events`, what is said of its sheets, and the doubts about both."""

    event_id: str
    facts: Mapping[str, object] = field(default_factory=dict)
    sheets: Mapping[str, SheetFacts] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def circuit_km(self) -> float | None:
        """The length of a lap; None when it is not stated."""
        km = self.facts.get("circuit_km")
        return float(km) if isinstance(km, (int, float)) else None

    @property
    def season(self) -> int | None:
        """The season stated, else that with which the folder's name begins; None without either."""
        return self._stated_season or self._season_of_folder

    @property
    def doubts(self) -> list[Finding]:
        """The findings, and a note where nothing but the folder's name tells the season."""
        if self._stated_season or not self.season:
            return [*self.findings]
        message = f"the season is taken from the folder's name: state `season = {self.season}` in event.toml"
        note: Finding = {"check": "event-season-is-stated", "severity": "note", "event_id": self.event_id}
        return [*self.findings, note | {"column": "season", "observed": self.event_id[:200], "message": message}]

    @property
    def _stated_season(self) -> int | None:
        """The season stated, else the year of the first day."""
        season = self.facts.get("season")
        start = self.facts.get("start_date")
        if isinstance(season, int):
            return season
        return start.year if isinstance(start, datetime.date) else None

    @property
    def _season_of_folder(self) -> int | None:
        """The year with which the name of the event's folder begins, or else that of a folder around it."""
        begun = filter(None, map(_BEGINS_WITH_YEAR.match, reversed(self.event_id.split("/"))))
        return next((year for found in begun if (year := int(found[0])) in _YEARS), None)

    def row(self) -> dict[str, object]:
        """The event's row of the table `events`; what is not known is None."""
        stated = {name: self.facts.get(name) for name in TABLES["events"].schema.names}
        return stated | {"event_id": self.event_id, "season": self.season}


def read_event(event_id: str, path: str, data: bytes, stems: set[str]) -> Event:
    """The event whose event.toml holds these bytes; `stems` are the sheets that lie beside it.

    Nothing in the file stops a build: what cannot be used is null, and a finding says where and why.
    """
    try:
        text = data.decode("utf-8-sig")
        stated = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Event(event_id, findings=(_broken(event_id, path, data, error),))
    reading = _Reading(event_id, path, text, stems)
    facts = dict(reading.checked("", stated, _EVENT))
    sheets = reading.sheets(facts.pop("sheets", {}))
    first, last = facts.get("start_date"), facts.get("end_date")
    if first and last and last < first:
        message = f"`end_date` {last} is before `start_date` {first}"
        reading.doubt("event-days-in-order", "", "end_date", message, observed=str(last), expected=f"{first} or later")
    season = facts.get("season")
    if first and season and abs(first.year - season) > 1:  # a winter's season bears the year of its end or beginning
        message = f"`season` is {season}, `start_date` {first}: correct one of them"
        reading.doubt("event-season-fits-days", "", "season", message, observed=str(season), expected=str(first.year))
    return Event(event_id, facts, sheets, tuple(reading.findings))


def _broken(event_id: str, path: str, data: bytes, error: Exception) -> Finding:
    if isinstance(error, UnicodeDecodeError):
        line, what = data.count(b"\n", 0, error.start) + 1, "is not UTF-8: save it as UTF-8"
    else:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else data.count(b"\n") + 1
        what = f"is not TOML: {str(error).split(' (at ')[0]}; the event's facts are null until it is mended"
    return {
        "check": "event-file-is-toml",
        "severity": "error",
        "event_id": event_id,
        "line": line,
        "message": f"{path} line {line} {what}",
    }


def finding_table(findings: Sequence[Finding]) -> pa.Table:
    """Findings as a table of the declared schema."""
    import pyarrow as pa

    return pa.Table.from_pylist(list(findings), schema=TABLES["findings"].schema)


# Each fact's test answers None when the value can be used, else what to write instead.


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else 'a text in quotes: "..."'


def _year(value: object) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and value in _YEARS
    return None if fits else "a year of four digits: 1997"


def _date(value: object) -> str | None:
    fits = type(value) is datetime.date and value.year in _YEARS
    return None if fits else "a date without quotes or time: 1997-07-26"


def _km(value: object) -> str | None:
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < _LONGEST_LAP_KM
    return None if fits else "a length in kilometres: 6.968"


def _roles(value: object) -> str | None:
    fits = isinstance(value, list) and value and all(isinstance(role, str) for role in value)
    return None if fits else 'a list of roles: ["position", "car_number", "crew"]'


def _separator(value: object) -> str | None:
    fits = isinstance(value, str) and (mark := value.strip()) and len(mark) <= _LONGEST_MARK and not _IN_WORDS(mark)
    return None if fits else 'the mark between drivers: "/"'


def _table(value: object) -> str | None:
    return None if isinstance(value, dict) else "a section for each sheet: [sheets.race]"


_EVENT = {
    "name": _text,
    "series": _text,
    "season": _year,
    "start_date": _date,
    "end_date": _date,
    "circuit": _text,
    "circuit_km": _km,
    "country": _text,
    "source": _text,
    "sheets": _table,
}
_SHEET = {"original": _text, "lap_time_of": _text, "note": _text, "columns": _roles, "crew_separator": _separator}


class _Reading:
    """One event.toml while it is read: where its keys stand, and the findings so far."""

    def __init__(self, event_id: str, path: str, text: str, stems: set[str]):
        self.event_id, self.path, self.text, self.stems = event_id, path, text, stems
        self.findings: list[Finding] = []

    @cached_property
    def lines(self) -> dict[tuple[str, str], int]:
        """Where each key stands; looked up only where there is a doubt."""
        return dict(_key_lines(self.text))

    def doubt(self, check: str, section: str, key: str, message: str, **cells: str) -> None:
        """Note a doubt about one key, with its line where the file's plain style shows it."""
        line = self.lines.get((section, key))
        where = f"{self.path} line {line}" if line else self.path
        finding: Finding = {"check": check, "severity": "warning", "event_id": self.event_id, "line": line}
        self.findings.append(finding | {"column": key, "message": f"{where}: {message}"} | cells)

    def checked(self, section: str, stated: Mapping[str, Any], known: Mapping[str, Test]) -> Iterator[tuple[str, Any]]:
        """The keys of one section that are known and of the right type, with their values."""
        for key, value in stated.items():
            test = known.get(key)
            if test is None:
                message, expected = self.misplaced(section, key) or _unknown(key, known)
                self.doubt("event-key-is-known", section, key, message, observed=key, expected=expected)
            elif remedy := test(value):
                observed = _shown(value)
                message = f"`{key}` is {observed!r}; write {remedy}"
                self.doubt("event-fact-has-its-type", section, key, message, observed=observed, expected=remedy)
            else:
                yield key, _kept(value)

    def misplaced(self, section: str, key: str) -> tuple[str, str] | None:
        """What is said of a key that belongs to another place, and that place; None where it belongs nowhere."""
        if section and key in _EVENT:
            return f"`{key}` is about the event: write it above all sections", "above all sections"
        if not section and key in _SHEET:
            place = section_of(min(self.stems, default="race"))
            return f"`{key}` is about one sheet: write it below a line that names this, such as {place}", place
        if not section and key in self.stems:
            return f"`{key}` is a sheet: write {section_of(key)}", section_of(key)
        return None

    def sheets(self, sections: Mapping[str, object]) -> dict[str, SheetFacts]:
        """What the sections [sheets.<stem>] say, by stem."""
        facts = {}
        for stem, stated in sections.items():
            if stem not in self.stems:
                near = difflib.get_close_matches(stem, sorted(self.stems), n=1, cutoff=0.0)
                hint = f"; nearest is {section_of(near[0])}" if near else ""
                message = f"{section_of(stem)} names no sheet of this folder{hint}"
                self.doubt("event-sheet-exists", "sheets", stem, message, observed=stem, expected="".join(near))
            elif not isinstance(stated, dict):
                message = f"`{stem}` under [sheets] is no section; write {section_of(stem)}"
                self.doubt("event-fact-has-its-type", "sheets", stem, message, observed=_shown(stated))
            else:
                said = dict(self.checked(f"sheets.{stem}", stated, _SHEET))
                facts[stem] = SheetFacts(**{key: said[key] for key in SheetFacts.__annotations__ if key in said})
        return facts


def section_of(stem: str) -> str:
    """The line above what event.toml says of a sheet, given its name without ending."""
    return f"[sheets.{stem}]" if _BARE(stem) else f"[sheets.{json.dumps(stem, ensure_ascii=False)}]"


def _unknown(key: str, known: Iterable[str]) -> tuple[str, str]:
    """What is said of a key that there is not, and the known one that resembles it most, else all of them."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    expected = near[0] if near else ", ".join(known)
    hint = f"did you mean `{expected}`?" if near else f"known are {expected}"
    return f"the key `{key}` is not known; {hint}", expected


def _shown(value: object) -> str:
    """The value as a finding shows it: cut short, and a number too long for decimal digits in hex."""
    return f"{value:#x}"[:200] if isinstance(value, int) and value.bit_length() > 64 else str(value)[:200]


def _kept(value: object) -> object:
    """The value as it is kept: texts without outer blanks, lists as tuples."""
    if isinstance(value, str):
        return value.strip()
    return tuple(value) if isinstance(value, list) else value


_BARE = re.compile(r"[A-Za-z0-9_-]+").fullmatch
_SECTION = re.compile(r"\s*\[\s*(?P<name>[^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*["']?(?P<key>[^"'=#\s]+)["']?\s*=""")


def _key_lines(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    """Where each key and section of a plainly written TOML file stands, as ((section, key), line)."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _SECTION.match(line):
            section = re.sub("[\"']", "", match["name"])
            parent, _, name = section.partition(".") if "." in section else ("", "", section)
            yield (parent, name), number
        elif match := _KEY.match(line):
            yield (section, match["key"]), number
