"""Asks the warehouse who is who: mentions with the evidence for their person, and what two sides have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]

# One row for each mention: what is printed, beside what, and how its person is known.
_MENTIONS = """
SELECT driven.result_id, driven.seat, driven.driver_id, driven.driver, driven.name_text, driven.event_id,
  driven.season, driven.kind, driven.car_number, driven.car, driven.entrant, driven.entrant_id, driven.sheet_id,
  events.series, coalesce(events.name, driven.event_id) AS event, results.crew, results.line, sheets.path,
  links.method, links.points, links.runner_up, links.evidence, links.candidates
FROM driver_results AS driven
JOIN driver_links AS links ON links.result_id = driven.result_id AND links.seat = driven.seat
JOIN results ON results.result_id = driven.result_id
JOIN sheets ON sheets.sheet_id = driven.sheet_id
LEFT JOIN events ON events.event_id = driven.event_id
"""
_ORDER = " ORDER BY driven.season, driven.sheet_id, results.line, driven.seat"


@dataclass(frozen=True)
class Side:
    """Some mentions of one person or of one open identity, in order of season."""

    rows: Sequence[Row]

    @property
    def name(self) -> str:
        """The display name."""
        return str(self.rows[0]["driver"])

    @property
    def driver_id(self) -> str:
        """The id."""
        return str(self.rows[0]["driver_id"])

    @property
    def is_open(self) -> bool:
        """Whether nobody printed in full is known to be behind the name."""
        return self.rows[0]["method"] in ("ambiguous", "unresolved")

    @cached_property
    def seasons(self) -> list[int]:
        """The seasons with a mention."""
        return sorted({row["season"] for row in self.rows if row["season"] is not None})

    @property
    def years(self) -> str:
        """`1997` or `1997 to 2009`."""
        if not self.seasons:
            return "season unknown"
        first, last = self.seasons[0], self.seasons[-1]
        return str(first) if first == last else f"{first} to {last}"

    def values(self, column: str) -> list[str]:
        """The distinct texts of a column, in order of appearance."""
        return list(dict.fromkeys(str(row[column]) for row in self.rows if row[column] is not None))

    @cached_property
    def co_drivers(self) -> dict[str, str]:
        """The others in the cars, by folded surname: the name as first printed."""
        from transforms.identity.names import parse

        found: dict[str, str] = {}
        for row in self.rows:
            own = {str(row["name_text"])}
            for printed in row["crew"]:
                text = printed.strip('*" ')
                if text not in own:
                    found.setdefault(parse(text, pseudonym=False, reading="plain").family_key, text)
        return found

    def shared(self, other: Side) -> dict[str, list[str]]:
        """What both sides have in common: co-drivers, entrants, series, events and cars, by what they are."""
        return {
            "co-drivers": [name for key, name in self.co_drivers.items() if key and key in other.co_drivers],
            "entrants": _common(self, other, "entrant_id", "entrant"),
            "series": _common(self, other, "series"),
            "events": _common(self, other, "event"),
            "cars": _common(self, other, "car"),
        }

    def gap(self, other: Side) -> int | None:
        """Years between the nearest seasons of both; None where one has none."""
        return min((abs(a - b) for a in self.seasons for b in other.seasons), default=None)


def _common(one: Side, other: Side, column: str, shown: str | None = None) -> list[str]:
    theirs = set(other.values(column))
    return list(dict.fromkeys(str(row[shown or column]) for row in one.rows if str(row[column]) in theirs))


def side(connection: DuckDBPyConnection, driver_id: str) -> Side:
    """All mentions of an id."""
    return people(connection, [driver_id])[driver_id]


def people(connection: DuckDBPyConnection, ids: Sequence[str], event: str | None = None) -> dict[str, Side]:
    """The mentions of each of these ids, of those that have some; with `event`, only the mentions there."""
    found: dict[str, list[Row]] = {}
    where = "WHERE driven.driver_id IN (SELECT unnest(?)) AND (? IS NULL OR driven.event_id = ?)"
    for row in _rows(connection, where, [ids, event, event]):
        found.setdefault(row["driver_id"], []).append(row)
    return {who: Side(rows) for who, rows in found.items()}


def sides(connection: DuckDBPyConnection, name: str, event: str | None) -> list[Side]:
    """Everybody called so, by id, display name or print, the most often mentioned first; [] when nobody is.

    A surname alone finds all who bear it, and some words of a name those who have them where nobody is called just so.
    With `event`, only the mentions at that event.
    """
    found = people(connection, _called(connection, name), event)
    return sorted(found.values(), key=lambda one: (-len(one.rows), one.driver_id))


def _called(connection: DuckDBPyConnection, name: str) -> list[str]:
    """The ids of those whose id, whole name or family name is the one given, else of those with all these words."""
    from transforms.identity.names import parse
    from transforms.identity.words import key

    redirected = connection.execute("SELECT driver_id FROM driver_redirects WHERE old_id = ?", [name]).fetchall()
    rows = connection.execute("SELECT driver_id, names, family_name FROM drivers ORDER BY driver_id").fetchall()
    known = {row[0] for row in rows}
    if name in known or redirected:
        return [name] if name in known else [redirected[0][0]]
    wanted = key(name.split())
    whole = [i for i, names, _ in rows if any(key(text.split()) == wanted for text in names)]
    family = [i for i, _, own in rows if own and key(own.split()) == wanted]
    given = parse(name, pseudonym=False, reading="plain").given
    if found := whole if given and whole else sorted({*whole, *family}):
        return found
    return [row[0] for row in connection.execute("SELECT driver_id FROM drivers_named(?)", [name]).fetchall()]


def same_but_for_suffix(connection: DuckDBPyConnection, driver_id: str) -> list[tuple[str, str]]:
    """The ids and display names of those whose names differ from this driver's in nothing but `Jr.` and the like."""
    return connection.execute(
        """
        SELECT other.driver_id, other.driver
        FROM drivers AS one
        JOIN drivers AS other ON fold(other.given_names) = fold(one.given_names)
          AND fold(other.family_name) = fold(one.family_name)
          AND other.suffix IS DISTINCT FROM one.suffix
        WHERE one.driver_id = ?
        ORDER BY other.driver_id
        """,
        [driver_id],
    ).fetchall()


def names(connection: DuckDBPyConnection) -> list[str]:
    """The display names of all drivers."""
    return [row[0] for row in connection.execute("SELECT DISTINCT driver FROM drivers ORDER BY driver").fetchall()]


def open_cases(connection: DuckDBPyConnection, limit: int, noted: Sequence[str]) -> list[str]:
    """The ids without a person that have candidates: those first whose decision settles most mentions.

    Cases with a mention in `noted` (as sheet_id:line/seat) are passed over.
    """
    rows = connection.execute(
        """
        SELECT driver_id FROM driver_links
        WHERE method IN ('ambiguous', 'unresolved') AND len(candidates) > 0
        GROUP BY driver_id HAVING NOT bool_or(list_contains(?, result_id || '/' || seat))
        ORDER BY count(*) DESC, max(points) DESC, driver_id LIMIT ?
        """,
        [list(noted), limit],
    )
    return [row[0] for row in rows.fetchall()]


def _rows(connection: DuckDBPyConnection, where: str, values: Sequence[object]) -> list[Row]:
    found = connection.execute(_MENTIONS + where + _ORDER, values)
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def hindrance_to(row: Row, best: Side) -> str | None:
    """What keeps a mention open although its points would link it to the best candidate; None where nothing does."""
    from transforms.identity.linking import BAR, LEAD
    from transforms.identity.points import SHARED

    short = row["points"] < BAR or (row["runner_up"] is not None and row["points"] - row["runner_up"] < LEAD)
    if row["method"] == "linked" or short:
        return None
    if best.is_open:
        return "no full name of him is known, either"
    if all(term["points"] <= 0 for term in row["evidence"] if term["term"] in SHARED):
        return "they share nothing but the name and the years"
    return "another one of that name on the sheet fits nearly as well"
