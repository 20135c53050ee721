"""All mentions of drivers as arrays of codes: who is printed, and beside what (sheet, event, car, entrant, season)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold_array
from transforms.identity.arrays import codes, ranks, runs, whole
from transforms.identity.entrants import core_keys
from transforms.identity.forms import READINGS, readings, sheet_forms
from transforms.identity.groups import compact, dense, distinct, ordered, paired, repeated, spread
from transforms.identity.patterns import Patterns
from transforms.identity.prints import Prints
from transforms.identity.turns import MANY, Codes, narrowed, picked
from transforms.identity.understood import Names, understood
from transforms.laying import in_one
from transforms.parts import Parts

# What of a car may stand beside two mentions of one person.
KINDS = (
    *("sheet", "event", "car_at_event", "entrant", "series", "race", "car"),
    *("number_kept", "number_of_season", "season"),
)
YEARLY = ("series", "race")  # which return from season to season
YEARS = 10_000  # between the codes of seasons of two series
# What of a car, and of a mention, bears on who it is.
CAR = ("sheet_id", "event_id", "season", "car_number", "entrant", "car")
ASKED = ("seat", "name_text", "pseudonym", *CAR)
_YEAR = re.compile(r"\b(19|20)\d\d\b")
CREW = 40  # relays and record runs have had two dozen drivers


@dataclass(frozen=True)
class Cars:
    """What is printed of each car of a sheet, as codes; -1 says that nothing is. `texts` holds what some stand for."""

    sheet: Codes
    event: Codes
    entrant: Codes
    car: Codes
    season: Codes
    number: Codes
    series: Codes
    race: Codes
    texts: Mapping[str, pa.Array]

    def text(self, kind: str, places: Codes) -> pa.Array:
        """The sheet, event or number of the cars at some places; null where it is not printed."""
        code = getattr(self, kind)[places]
        return self.texts[kind].take(pa.array(code, mask=code < 0))

    @cached_property
    def spans(self) -> Mapping[str, int]:
        """More than the greatest code of each kind."""
        held = {kind: int(getattr(self, kind).max(initial=0)) + 1 for kind in KINDS}
        return held | {f"season_of_{kind}": held[kind] * YEARS for kind in YEARLY}

    def at(self, kind: str, places: Codes) -> Codes:
        """What is printed of the cars at some places.

        Codes of `season_of_series` and `season_of_race` are as far apart as their years, in one series or race.
        """
        of = kind.removeprefix("season_of_")
        if of == kind:
            return np.asarray(getattr(self, kind)[places])
        code, season = getattr(self, of)[places], self.season[places]
        return np.where((code < 0) | (season < 0), -1, paired(code, YEARS, season))

    @cached_property
    def car_at_event(self) -> Codes:
        """The car by its number at its event, over all sheets of the event."""
        return dense(self.event, self.number)

    @cached_property
    def number_kept(self) -> Codes:
        """The car by its number in its team."""
        return dense(self.entrant, self.number)

    @cached_property
    def number_of_season(self) -> Codes:
        """The car by its number in its team and season."""
        return dense(self.number_kept, self.season)


@dataclass(frozen=True)
class Mentions:
    """One mention per row of driver_results, in order of sheet, line and seat: its name and the car that it is of.

    `name` is the place in `names`, a row for each print (the text, the reading of its sheet, whether in quotes) with
    what was understood; `result` the place in `cars`; `forms` and `readings` are those of each sheet.
    """

    name: Codes
    result: Codes
    names: Names
    cars: Cars
    forms: dict[str, str]
    readings: dict[str, str]

    def __len__(self) -> int:
        return len(self.name)

    def of(self, places: Codes) -> Mentions:
        """The mentions at some places."""
        return replace(self, name=self.name[places], result=self.result[places])

    def judged(self) -> Mentions:
        """The mentions without what is asked only until it is known who they are."""
        none = np.zeros(0, dtype=np.int32)
        return replace(self, cars=replace(self.cars, entrant=none, car=none, series=none, race=none))

    def beside(self, kind: str, places: Codes | slice = slice(None)) -> Codes:
        """What is printed of the car of each mention, of all or at some places, as codes."""
        return picked(getattr(self.cars, kind), self.result[places])

    def twice(self, code: Codes) -> np.ndarray:
        """Which mentions have a name of the same `code` as that of another one of their car."""
        span, found = int(code.max(initial=0)) + 2, [np.zeros(0, dtype=bool)]
        starts = np.searchsorted(self.result, self.result[::MANY])  # of whole crews
        for start, stop in pairwise([*starts.tolist(), len(self)]):
            own = code[self.name[start:stop]] + 1
            found.append(repeated(paired(self.result[start:stop], span, own)))
        return np.concatenate(found)

    def texts(self, part: str, places: Codes) -> pa.Array:
        """A part of the name of each mention at these places; null where it is empty."""
        return self.names.texts(part, self.name[places])

    def named(self, part: str) -> Codes:
        """A part of each mention's name, as codes."""
        return picked(getattr(self.names, part), self.name)

    def partners(self, places: Codes) -> tuple[Codes, Codes]:
        """Which of these places stands beside each other mention of its car; more than CREW names are no crew."""
        start = self._crews
        car = self.result[places]
        size = start[car + 1] - start[car]
        here, other = spread(start[car], np.where(size > CREW, 0, size))
        apart = np.flatnonzero(places[here] != other)  # numpy takes by places sooner than by marks
        return here[apart], other[apart]

    @cached_property
    def _crews(self) -> Codes:
        """Where the mentions of each car begin, and where those of the last one end."""
        size = np.bincount(self.result, minlength=len(self.cars.sheet))
        return np.append(np.int32(0), np.cumsum(size, dtype=np.int32))


@dataclass(frozen=True)
class Crews:
    """The cars of mentions in order, with what is `printed` of them (CAR); `result` is the place of each mention's."""

    result: Codes
    printed: pa.Table

    @classmethod
    def at(cls, car: Codes, results: Parts) -> Crews:
        """Those of mentions of which the place of each one's result is told; they rise."""
        first = np.diff(car, prepend=-1) != 0
        return cls(np.cumsum(first, dtype=np.int32) - 1, results.at(car[first]).columns(*CAR))

    @classmethod
    def of(cls, rows: Parts) -> Crews:
        """Those of driver_results."""
        found: list[np.ndarray] = []

        def scan(columns: Sequence[str]) -> Iterator[pa.Table]:
            for part in rows.scan([*columns, "seat"]):
                first = pc.equal(part["seat"], 1)
                found.append(np.asarray(first))
                yield part.select(list(columns)).filter(first)

        printed = Parts(rows.schema, scan).columns(*CAR)
        return cls(np.cumsum(np.concatenate([np.zeros(0, dtype=bool), *found]), dtype=np.int32) - 1, printed)

    @classmethod
    def in_results(cls, results: pa.Table) -> Crews:
        """Those of results (CAR, crew_size)."""
        size = np.asarray(pc.fill_null(results["crew_size"], 0))
        manned = np.flatnonzero(size)
        printed = results.select(CAR).take(pa.array(manned))
        columns = {name: in_one(printed[name]) for name in CAR}
        return cls(np.repeat(np.arange(len(manned), dtype=np.int32), size[manned]), pa.table(columns))


def gather(read: Mapping[str, pa.Table | Parts], crews: Crews | None = None) -> Mentions:
    """Encode the mentions of the read tables, which stand in order, and what is printed beside them.

    `crews` spares the reading of what stands in results as well. Raises ValueError where these are others than the
    mentions'.
    """
    crews = crews or Crews.of(Parts.of(read["driver_results"]))
    result, cars = crews.result, _cars(crews.printed, read.get("events"))
    del crews
    printed = Parts.of(read["driver_results"]).columns("name_text", "pseudonym")
    text, texts = codes(pc.fill_null(printed["name_text"].combine_chunks(), ""))
    quoted = np.asarray(pc.fill_null(printed["pseudonym"], fill_value=False)).astype(np.int8)
    del printed
    if len(text) != len(result):
        raise ValueError("results and driver_results are not of the same crews")
    sheets: list[str] = cars.texts["sheet"].to_pylist()
    patterns = Patterns.of(texts)
    sheet = picked(cars.sheet, result)
    reading = readings(sheet, len(sheets), patterns.shapes, text, quoted)
    name, printed, prints = _prints(text, texts, picked(reading, sheet), quoted)
    del text
    names = _names(prints, understood(prints, patterns.at(printed)))
    del patterns
    forms = sheet_forms(sheet, len(sheets), picked(names.printed, name), reading)
    read_as = (READINGS[code] for code in reading.tolist())
    return Mentions(
        name, result, names, cars, dict(zip(sheets, forms, strict=True)), dict(zip(sheets, read_as, strict=True))
    )


def gather_again(printed: Codes, judged: np.ndarray, prints: Prints, crews: Crews, events: pa.Table | None) -> Mentions:
    """The mentions of some cars, each `printed` as `prints` tell; of those not `judged` only the keys are asked."""
    name, held = compact(printed)
    some = prints.table.select(["name_text", "name_reading", "pseudonym"]).take(pa.array(held))
    asked, at = distinct(name[judged]), np.arange(len(held))
    at[asked] = len(held) + np.arange(len(asked))
    told = pa.concat_tables([prints.keys(held), understood(some.take(pa.array(asked)))])
    names = _names(some, told.take(pa.array(at)).combine_chunks())
    return Mentions(name, crews.result, names, _cars(crews.printed, events), {}, {})


def _names(prints: pa.Table, told: pa.Table) -> Names:
    columns = prints.columns + told.columns
    return Names(pa.table(dict(zip(prints.column_names + told.column_names, columns, strict=True))))


def _cars(printed: pa.Table, events: pa.Table | None) -> Cars:
    """The cars of which CAR is printed, in order."""
    sheet, event, number = (codes(printed[name]) for name in ("sheet_id", "event_id", "car_number"))
    series, race = _calendar(event[1], events)
    car, cars = codes(printed["car"])
    season = whole(printed["season"])
    entrant = core_keys(printed["entrant"])[0]
    model = np.append(codes(fold_array(cars))[0], np.int32(-1))[car]
    texts = {"sheet": sheet[1], "event": event[1], "number": number[1]}
    season, place, series, race = map(narrowed, (season, number[0], series[event[0]], race[event[0]]))
    return Cars(sheet[0], event[0], entrant, model, season, place, series, race, texts)


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


def _prints(text: Codes, texts: pa.Array, reading: Codes, quoted: Codes) -> tuple[Codes, Codes, pa.Table]:
    """The distinct prints, in order of text, reading and quotes, with the place of the text of each.

    And before them which of them each mention is.
    """
    key = text * np.int32(2 * len(READINGS))
    key += reading * np.int8(2) + quoted
    name, held = compact(key)
    printed = held // 2 // len(READINGS)
    prints = {
        "name_text": texts.take(pa.array(printed)),
        "name_reading": pa.array(READINGS).take(pa.array(held // 2 % len(READINGS))),
        "pseudonym": pa.array(held % 2 == 1),
    }
    return name, printed, pa.table(prints)


def _calendar(ids: pa.Array, events: pa.Table | None) -> tuple[Codes, Codes]:
    """The series of each event, and the race that returns every year: the event's name without numbers.

    With one more -1 at the end, for no event.
    """
    names, series = pa.nulls(len(ids), pa.string()), pa.nulls(len(ids), pa.string())
    if events is not None:
        place = pc.index_in(ids, events["event_id"].combine_chunks())
        names, series = (events[name].combine_chunks().take(place) for name in ("name", "series"))
    called = pc.if_else(pc.equal(pc.fill_null(names, ""), ""), ids, names)
    return ranks(series), ranks(pa.array(map(_race, called.to_pylist()), pa.string()))


def _race(text: str) -> str | None:
    """`1997-spa-24-hours` -> `spa 24 hours`: years fall away."""
    words = text.rpartition("/")[2].replace("-", " ")
    dated = "19" in words or "20" in words
    return " ".join((_YEAR.sub(" ", words) if dated else words).lower().split()) or None
