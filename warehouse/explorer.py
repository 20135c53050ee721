"""The explorer: a web page that asks the warehouse, or that carries the answers with it.

The page is one HTML document without outside parts. Served, it fetches one answer after the other; exported,
it has them in itself as JSON. What a sheet says reaches it as data only, and it shows data as text only; its
content security policy allows no script and no style but its own, which it names by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]

# What a list holds at most; and how many cars and how many mentions of drivers an exported page does.
LISTED, MATES, MAKES = 300, 24, 60
EXPORTED = 10_000
# In the order in which they build on one another.
_SCRIPTS = ("elements.js", "charts.js", "answers.js", "driver.js", "event.js", "overview.js", "page.js")


class Explorer:
    """The questions that the page asks of an open results.db, each answered by a file of warehouse/explorer.

    It keeps names of drivers and events, to search them, in temporary tables of the connection. Not to
    be used by two threads at once.
    """

    def __init__(self, connection: DuckDBPyConnection):
        self._connection = connection
        for table in ("people", "programme"):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {_text(f'{table}.sql')}")
        self._questions: dict[str, Callable[[str], object]] = {
            "home": lambda _: self._home(),
            "season": self._season,
            "makes": lambda _: self._rows("makes", most=MAKES),
            "open": lambda _: self._rows("open", most=LISTED),
            "search": lambda text: self._rows("search", text=text[:200])[0],
            "driver": lambda driver_id: next(iter(self._drivers([self._current(driver_id)]).values()), None),
            "event": lambda event_id: next(iter(self._events([event_id]).values()), None),
        }

    def answer(self, question: str, about: str = "") -> object:
        """The answer as JSON values; None when there is no such question, or nothing that it could be about."""
        ask = self._questions.get(question)
        return ask(about) if ask else None

    def everything(self) -> Row:
        """All answers, by question and what they are about, of a warehouse that fits in one page.

        Of a larger one: the latest events, to EXPORTED cars, and the drivers with most events, to EXPORTED
        mentions.
        """
        events, drivers = (
            self._first("event_id", "programme", "results"),
            self._first("driver_id", "people", "mentions"),
        )
        home = self._home()
        extent = self._asked(
            "SELECT (SELECT count(*) FROM programme) AS events, (SELECT count(*) FROM people) AS people"
        )[0]
        seasons = [str(row["season"]) for row in home["seasons"]]
        return {
            "home": {"": home},
            "season": {season: self._season(season) for season in seasons},
            "makes": {"": self._rows("makes", most=MAKES)},
            "open": {"": self._rows("open", most=LISTED)},
            "event": self._events(events),
            "driver": self._drivers(drivers),
            "extent": {
                "events": {"shown": len(events), "all": extent["events"]},
                "people": {"shown": len(drivers), "all": extent["people"]},
            },
            "index": {
                "drivers": self._asked(
                    "SELECT driver_id, driver, first_season, last_season, events, identified, folded FROM people"
                    " WHERE driver_id IN $ids ORDER BY rowid",
                    ids=drivers,
                ),
                "events": self._asked(
                    "SELECT event_id, name, season, circuit, folded FROM programme"
                    " WHERE event_id IN $ids ORDER BY rowid",
                    ids=events,
                ),
            },
        }

    def _home(self) -> Row:
        latest = self._asked("SELECT * EXCLUDE (folded, results) FROM programme ORDER BY rowid LIMIT 12")
        busiest = self._asked("SELECT * EXCLUDE (folded) FROM people WHERE identified ORDER BY rowid LIMIT 12")
        return {
            "counts": self._rows("counts")[0],
            "seasons": self._rows("seasons"),
            "events": latest,
            "drivers": busiest,
        }

    def _season(self, season: str) -> list[Row] | None:
        query = "SELECT * EXCLUDE (folded, results) FROM programme WHERE season::VARCHAR = $season ORDER BY rowid"
        return self._asked(query, season=season) or None

    def _current(self, driver_id: str) -> str:
        """The id itself, or the one that it was merged into."""
        query = "SELECT driver_id FROM driver_redirects WHERE old_id = $old"
        merged = self._asked(query, old=driver_id)
        return str(merged[0]["driver_id"]) if merged else driver_id

    def _drivers(self, ids: Sequence[str]) -> dict[str, Row]:
        alone = {"mates_found": 0, "mates": [], "bonds": []}
        crews = {row["driver_id"]: row for row in self._rows("crews", ids=ids, most=MATES)}
        found = {row["driver_id"]: row for row in self._rows("driver", ids=ids)}
        return {one: found[one] | crews.get(one, alone) for one in ids if one in found}

    def _events(self, ids: Sequence[str]) -> dict[str, Row]:
        found = {row["event_id"]: row for row in self._rows("event", ids=ids)}
        return {one: found[one] for one in ids if one in found}

    def _first(self, column: str, table: str, size: str) -> list[str]:
        """The ids of the first rows whose sizes add up to no more than EXPORTED."""
        query = f"SELECT {column} FROM {table} QUALIFY sum({size}) OVER (ORDER BY rowid) <= $most ORDER BY rowid"  # noqa: S608
        return [row[column] for row in self._asked(query, most=EXPORTED)]

    def _rows(self, question: str, **about: object) -> list[Row]:
        return self._asked(_text(f"{question}.sql"), **about)

    def _asked(self, query: str, **about: object) -> list[Row]:
        found = self._connection.execute(query, about)
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def json_text(answer: object) -> str:
    """An answer as JSON that can stand inside HTML: it holds no `<`; dates are ISO text."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.replace("<", "\\u003c")


def page(answers: Mapping[str, object] | None = None) -> str:
    """The HTML document; with `answers` (of Explorer.everything) it needs no server."""
    parts = {"policy": policy(), "style": _text("page.css"), "answers": json_text(answers), "script": _script()}
    head, *rest = _text("page.html").split("{{")
    return head + "".join(parts[name] + text for name, _, text in (piece.partition("}}") for piece in rest))


@cache
def policy() -> str:
    """The content security policy of the page: its own script and style, answers from its own server, nothing else."""
    return (
        f"default-src 'none'; script-src {_hash(_script())}; style-src {_hash(_text('page.css'))}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _script() -> str:
    """All scripts as one, in a scope of its own."""
    scripts = "\n".join(map(_text, _SCRIPTS))
    return f"(() => {{\n'use strict';\n{scripts}\n}})();"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _text(name: str) -> str:
    return (files("warehouse") / "explorer" / name).read_text("utf-8")
