"""All mentions of drivers as arrays of codes: who is printed, and beside what (sheet, event, car, entrant, season)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold_array
from transforms.identity.arrays import codes, ranks, runs, whole
from transforms.identity.entrants import core_keys
from transforms.identity.forms import READINGS, readings, sheet_forms
from transforms.identity.groups import Bag, Codes, dense, distinct, ordered
from transforms.identity.names import Name, Print, shape, take_apart, understand
from transforms.identity.prints import Prints

CREW = 40  # relays and record runs have had two dozen drivers


@dataclass(frozen=True)
class Mentions:
    """One mention per row of `rows` (driver_results in order of sheet, line and seat), and the codes beside it.

    A code of -1 says that nothing is printed; `name` indexes `names`, each as `prints` was understood (the text, the
    reading of its sheet, whether in quotes); `forms` and `readings` are those of each sheet.
    """

    rows: pa.Table
    names: list[Name]
    prints: pa.Table
    name: Codes
    forms: dict[str, str]
    readings: dict[str, str]
    sheet: Codes
    result: Codes
    event: Codes
    season: Codes
    number: Codes
    entrant: Codes
    car: Codes
    series: Codes
    race: Codes

    def __len__(self) -> int:
        return len(self.name)

    def of(self, places: Codes) -> Mentions:
        """The mentions at some places."""
        names = ("names", "prints", "forms", "readings")
        codes = {one.name: getattr(self, one.name)[places] for one in fields(self) if one.name not in (*names, "rows")}
        return replace(self, rows=self.rows.take(pa.array(places)), **codes)

    def coded(self, part: Callable[[Name], str]) -> Codes:
        """A part of each mention's name as a code, in the order of the texts; -1 where it is empty."""
        return np.asarray(codes(pa.array([part(name) or None for name in self.names], pa.string()))[0][self.name])

    def texts(self, part: Callable[[Name], str], places: Codes) -> pa.Array:
        """A part of the name of each mention at these places; null where it is empty."""
        held = distinct(self.name[places])
        parts = pa.array([part(self.names[code]) or None for code in held.tolist()], pa.string())
        return parts.take(pa.array(np.searchsorted(held, self.name[places])))

    @cached_property
    def form(self) -> Codes:
        """The form of each mention, as its place in FORMS."""
        return np.asarray(np.array([FORMS.index(name.form) for name in self.names], dtype=np.int64)[self.name])

    @cached_property
    def family(self) -> Codes:
        """The folded family name, particles included."""
        return self.coded(lambda name: name.family_key)

    @cached_property
    def given(self) -> Codes:
        """The folded given names, or initials."""
        return self.coded(lambda name: name.given_key)

    @cached_property
    def suffix(self) -> Codes:
        """Jr., III and the like."""
        return self.coded(lambda name: name.suffix)

    @cached_property
    def surnames(self) -> tuple[Codes, Codes]:
        """Where the surnames of each name start, and their codes, the whole surname first."""
        size = np.array([0, *(len(name.blocks) for name in self.names)], dtype=np.int64)
        return np.cumsum(size), codes(pa.array([b for name in self.names for b in name.blocks], pa.string()))[0]

    @cached_property
    def heads(self) -> np.ndarray:
        """Codes of no letter (0), the first, and the first two of each name's given names; -1 where it has fewer."""
        given = pa.array([name.given_key for name in self.names], pa.string())
        letters = [pc.utf8_slice_codeunits(given, 0, n) for n in (1, 2)]
        fits = [np.asarray(pc.greater_equal(pc.utf8_length(given), n)) for n in (1, 2)]
        code = codes(pa.concat_arrays(letters))[0].reshape(2, -1) + 1
        return np.concatenate([np.zeros((1, len(given)), dtype=np.int64), np.where(fits, code, -1)])

    @cached_property
    def car_at_event(self) -> Codes:
        """The car by its number at its event, over all sheets of the event."""
        return dense(self.event, self.number)

    @cached_property
    def crew(self) -> Bag:
        """The mentions of each result."""
        return Bag.of(int(self.result.max(initial=-1)) + 1, len(self), self.result, np.arange(len(self)))

    @cached_property
    def partners(self) -> tuple[Codes, Codes]:
        """Each mention beside each other mention of the same car; a line of more than CREW names is no crew."""
        few = np.flatnonzero(self.crew.size(self.result) <= CREW)
        here, other = self.crew.items(self.result[few])
        apart = few[here] != other
        return few[here][apart], other[apart]


FORMS = ("full", "pseudonym", "surname", "initial", "placeholder")


@dataclass(frozen=True)
class Company:
    """Which of some mentions are `judged`; of the others, their company, only the keys of their names are asked."""

    judged: np.ndarray
    prints: Prints


def gather(
    read: Mapping[str, pa.Table], known: Mapping[str, str] = MappingProxyType({}), company: Company | None = None
) -> Mentions:
    """Encode the mentions of the read tables, which stand in order, and what is printed beside them.

    `known` tells by sheet how names are to be read; the names of other sheets decide that themselves.
    """
    rows = read["driver_results"]
    sheet, sheets = codes(rows["sheet_id"])
    text, texts = codes(pc.fill_null(rows["name_text"], ""))
    quoted = np.asarray(pc.fill_null(rows["pseudonym"], fill_value=False)).astype(np.int64)
    apart = cache(take_apart)
    reading = _readings(sheet, sheets.to_pylist(), text, texts.to_pylist(), quoted, known, apart)
    name, prints = _prints(text, texts, reading[sheet], quoted)
    if company is None:
        names = _understood(prints, apart)
    else:
        names = _known(prints, np.unique(name[company.judged]), company.prints, apart)
    form = np.array([FORMS.index(n.form) for n in names], dtype=np.int64)[name]
    forms = sheet_forms(sheet, len(sheets), form, reading)
    series, race = _calendar(rows["event_id"], read.get("events"))
    return Mentions(
        rows=rows,
        names=names,
        prints=prints,
        name=name,
        forms=dict(zip(sheets.to_pylist(), forms, strict=True)),
        readings=dict(zip(sheets.to_pylist(), (READINGS[code] for code in reading.tolist()), strict=True)),
        sheet=sheet,
        result=runs(rows["result_id"]),
        event=codes(rows["event_id"])[0],
        season=whole(rows["season"]),
        number=codes(rows["car_number"])[0],
        entrant=core_keys(rows["entrant"])[0],
        car=codes(fold_array(rows["car"]))[0],
        series=series,
        race=race,
    )


def in_order(rows: pa.Table, results: pa.Table) -> pa.Table:
    """The mentions in order of sheet, line and seat, whatever order they came in."""
    line = whole(results["line"].take(cars_of(rows, results)))
    order = ordered(codes(rows["sheet_id"])[0], line, whole(rows["seat"]))
    return rows.take(pa.array(order)) if (np.diff(order) != 1).any() else rows


def cars_of(rows: pa.Table, results: pa.Table) -> pa.Array:
    """The place in results of the car of each mention; found without a search where both stand in one order."""
    manned = np.flatnonzero(np.asarray(pc.fill_null(results["crew_size"], 0)))
    run = runs(rows["result_id"])
    first = np.flatnonzero(np.diff(run, prepend=-1))
    cars = results["result_id"].take(pa.array(manned))
    if (
        len(first) == len(manned)
        and pc.all(pc.equal(rows["result_id"].take(pa.array(first)), cars)).as_py() is not False
    ):
        return pa.array(manned[run])
    return pc.index_in(rows["result_id"], results["result_id"].combine_chunks()).combine_chunks()


def _readings(
    sheet: Codes,
    sheets: list[str],
    text: Codes,
    texts: list[str],
    quoted: Codes,
    known: Mapping[str, str],
    apart: Callable[[str], Print],
) -> Codes:
    """How the names of each sheet are to be read, as a place in READINGS: as is known, else as they themselves tell."""
    told = np.array([READINGS.index(known[name]) if name in known else -1 for name in sheets], dtype=np.int64)
    if (told >= 0).all():
        return told
    shapes = [shape(apart(text)) for text in texts]
    return np.where(told < 0, readings(sheet, len(sheets), shapes, text, quoted), told)


def _prints(text: Codes, texts: pa.Array, reading: Codes, quoted: Codes) -> tuple[Codes, pa.Table]:
    """The distinct prints, in order of text, reading and quotes, and which of them each mention is."""
    held, name = np.unique((text * len(READINGS) + reading) * 2 + quoted, return_inverse=True)
    prints = {
        "name_text": texts.take(pa.array(held // 2 // len(READINGS))),
        "name_reading": pa.array(READINGS).take(pa.array(held // 2 % len(READINGS))),
        "pseudonym": pa.array(held % 2 == 1),
    }
    return name, pa.table(prints)


def _understood(prints: pa.Table, apart: Callable[[str], Print]) -> list[Name]:
    return [
        understand(apart(row["name_text"]), pseudonym=row["pseudonym"], reading=row["name_reading"])
        for row in prints.to_pylist()
    ]


def _known(prints: pa.Table, asked: Codes, known: Prints, apart: Callable[[str], Print]) -> list[Name]:
    """Those of the prints that are `asked` understood, and of the others what is known."""
    names = known.keys(prints)
    for place, name in zip(asked.tolist(), _understood(prints.take(pa.array(asked)), apart), strict=True):
        names[place] = name
    return names


def _calendar(event: pa.ChunkedArray, events: pa.Table | None) -> tuple[Codes, Codes]:
    """The series of each mention's event, and the race that returns every year: the event's name without numbers."""
    code, ids = codes(event)
    known = {row["event_id"]: row for row in events.to_pylist()} if events is not None else {}
    facts = [known.get(event_id, {}) for event_id in ids.to_pylist()]
    race = [_race(fact.get("name") or event_id) for fact, event_id in zip(facts, ids.to_pylist(), strict=True)]
    return ranks([fact.get("series") for fact in facts])[code], ranks(race)[code]


def _race(text: str) -> str | None:
    """`1997-spa-24-hours` -> `spa 24 hours`: years fall away."""
    return " ".join(re.sub(r"\b(19|20)\d\d\b", " ", text.rpartition("/")[2].replace("-", " ")).lower().split()) or None
