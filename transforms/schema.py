"""Every table and column of the warehouse, declared once: type, unit, description, example.

From here go the Arrow field metadata, the Parquet key `data_dictionary`, the `COMMENT ON` of the
views and the generated dictionary page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

SCHEMA_VERSION = 2

TEXT, WHOLE, MILLIS, REAL, DATE, FLAG = (
    pa.string(),
    pa.int32(),
    pa.int64(),
    pa.float64(),
    pa.date32(),
    pa.bool_(),
)
# Parquet calls what a list holds its elements.
TEXTS = pa.list_(pa.field("element", TEXT))
EXTRAS = pa.list_(pa.field("element", pa.struct([pa.field("name", TEXT), pa.field("value", TEXT)])))
EVIDENCE = pa.list_(pa.field("element", pa.struct([pa.field("term", TEXT), pa.field("points", WHOLE)])))

STATUSES = (
    "classified",
    "not_classified",
    "did_not_finish",
    "did_not_start",
    "did_not_qualify",
    "disqualified",
    "withdrew",
    "reserve",
    "did_not_arrive",
    "listed",
    "no_time",
    "unknown",
)
KINDS = ("race", "grid", "qualifying", "practice", "warm-up", "fastest-laps", "entry-list", "appearances", "unknown")
OUTCOMES = ("result", "continuation", "header", "caption", "section", "furniture", "blank", "reject")
SEVERITIES = ("error", "warning", "note")
LINK_METHODS = ("name", "variant", "linked", "decision", "ambiguous", "unresolved")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Arrow type, unit, one-sentence description and an example as printed by SQL."""

    name: str
    type: pa.DataType
    unit: str
    description: str
    example: str

    @property
    def field(self) -> pa.Field:
        """The Arrow field, with unit, description and example as its metadata."""
        metadata = {"unit": self.unit, "description": self.description, "example": self.example}
        return pa.field(self.name, self.type, metadata=metadata)


@dataclass(frozen=True)
class Table:
    """One table: its name, what one row is (grain), its key columns, and its columns in order."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with the whole dictionary of the table under the key `data_dictionary`."""
        fields = [column.field for column in self.columns]
        return pa.schema(fields, metadata={"data_dictionary": json.dumps(self.dictionary(), ensure_ascii=False)})

    def dictionary(self) -> dict[str, object]:
        """The table's entry of the data dictionary, as plain JSON values."""
        columns = [
            {"name": c.name, "type": str(c.type), "unit": c.unit, "description": c.description, "example": c.example}
            for c in self.columns
        ]
        return {"table": self.name, "grain": self.grain, "key": list(self.key), "columns": columns}

    def empty(self) -> pa.Table:
        """The table with no rows."""
        return self.schema.empty_table()

    def conform(self, table: pa.Table) -> pa.Table:
        """The given columns in declared order and type; absent ones become null (lists: empty).

        Raises KeyError for a column that is not declared.
        """
        strange = set(table.column_names) - {c.name for c in self.columns}
        if strange:
            raise KeyError(f"{self.name} has no column {', '.join(sorted(strange))}")
        arrays = [
            table[c.name].cast(c.type) if c.name in table.column_names else _absent(c.type, table.num_rows)
            for c in self.columns
        ]
        return pa.Table.from_arrays(arrays, schema=self.schema)


def _absent(type_: pa.DataType, rows: int) -> pa.Array:
    if pa.types.is_list(type_):
        return pa.ListArray.from_arrays(pa.array([0] * (rows + 1), pa.int32()), pa.array([], type_.value_type))
    return pa.nulls(rows, type_)


# Columns that several tables share are described once.
EVENT_ID = Column(
    "event_id", TEXT, "id", "The event: the path of its folder below the seeds root.", "1997-spa-24-hours"
)
SHEET_ID = Column(
    "sheet_id", TEXT, "id", "The sheet: its path below the root without extension.", "1997-spa-24-hours/race"
)
LINE = Column("line", WHOLE, "line", "Line of the source file, counted from 1.", "27")
RESULT_ID = Column(
    "result_id", TEXT, "id", "One car in one sheet: sheet_id, a colon, the line.", "1997-spa-24-hours/race:27"
)
SEASON = Column(
    "season", WHOLE, "year", "Year of the season, from event.toml, the start date, or the folder's name.", "1997"
)
KIND = Column("kind", TEXT, "enum", f"What the sheet lists: {', '.join(KINDS)}.", "race")
POSITION = Column("position", WHOLE, "ordinal", "Overall position in the sheet; null when none is printed.", "27")
STATUS = Column("status", TEXT, "enum", f"What became of the car: {', '.join(STATUSES)}.", "classified")
CLASS = Column("class", TEXT, "text", "Class as printed.", "ST")
CLASS_POSITION = Column("class_position", WHOLE, "ordinal", "Position within the class.", "3")
CAR_NUMBER = Column("car_number", TEXT, "text", "Start number as printed, leading zeros kept (7 and 007 differ).", "25")
CAR = Column("car", TEXT, "text", "Car as printed: make, model and, where printed, engine.", "BMW 318is")
MAKE = Column("make", TEXT, "text", "Make of the car, from the lexicon; null when unknown.", "BMW")
MODEL = Column("model", TEXT, "text", "Model: the car without make and engine maker.", "318is")
ENGINE_MAKE = Column("engine_make", TEXT, "text", "Engine maker, only where one is printed.", "Judd")
CAR_ID = Column("car_id", TEXT, "id", "The model of car over all events; null where no car is printed.", "bmw-318is")
ENTRANT = Column("entrant", TEXT, "text", "Display name of the entrant, without the operator.", "Ecurie Toison d'Or")
ENTRANT_ID = Column("entrant_id", TEXT, "id", "The entrant over all events.", "ecurie-toison-d-or")
LAPS = Column("laps", WHOLE, "laps", "Laps completed.", "411")
LAP_TIME = Column(
    "lap_time_ms", MILLIS, "ms", "The printed lap time; sheets.lap_time_of says which lap it is.", "159841"
)
DRIVER_ID = Column(
    "driver_id", TEXT, "id", "The person over all events: a readable slug, never reused.", "eric-van-de-poele"
)
DRIVER = Column("driver", TEXT, "text", "Display name of the person.", "Eric van de Poele")
NAME_TEXT = Column(
    "name_text", TEXT, "text", "Name as printed, without the marks that nominated and pseudonym hold.", "van de Poele"
)
NAME_READING = Column(
    "name_reading",
    TEXT,
    "enum",
    "How the sheet's names of several words are read: plain (given names first), surname (compounds) or swapped.",
    "plain",
)
PSEUDONYM = Column("pseudonym", FLAG, "flag", "Printed in quotes: a pseudonym.", "false")
SEAT = Column("seat", WHOLE, "ordinal", "Place of the name in the printed crew, from 1.", "1")

_EVENTS = Table(
    "events",
    "event",
    ("event_id",),
    (
        EVENT_ID,
        Column("name", TEXT, "text", "Name of the event.", "Spa 24 Hours"),
        Column("series", TEXT, "text", "Series or championship that the event counted for.", "FIA GT Championship"),
        SEASON,
        Column("start_date", DATE, "date", "First day.", "1997-07-26"),
        Column("end_date", DATE, "date", "Last day.", "1997-07-27"),
        Column("circuit", TEXT, "text", "Circuit, with its layout where that matters.", "Spa-Francorchamps"),
        Column("circuit_km", REAL, "km", "Length of one lap.", "6.968"),
        Column("country", TEXT, "text", "Country of the circuit.", "Belgium"),
        Column("source", TEXT, "text", "Where the sheets were copied from.", "sports-car results archive"),
    ),
)

_SHEETS = Table(
    "sheets",
    "source file",
    ("sheet_id",),
    (
        SHEET_ID,
        EVENT_ID,
        Column("path", TEXT, "path", "Path of the file below the seeds root.", "1997-spa-24-hours/race.txt"),
        Column("sha256", TEXT, "hash", "SHA-256 of the file's bytes, in hex.", "9f86d081884c7d65…"),
        Column(
            "encoding",
            TEXT,
            "enum",
            "How the bytes were read: utf-8, utf-8-bom, utf-16-le-bom, utf-16-be-bom or windows-1252.",
            "utf-8",
        ),
        Column(
            "newline",
            TEXT,
            "enum",
            "What ends each line: lf, crlf or cr (with -open where the last line has no end), "
            "none (one unended line), mixed (each line's text keeps its own).",
            "lf",
        ),
        Column("dialect", TEXT, "enum", "What divides cells: pipe, tab, semicolon, comma, blanks or none.", "pipe"),
        KIND,
        Column("kind_basis", TEXT, "enum", "How the kind is known: file (its name), caption, content or none.", "file"),
        Column(
            "layout",
            TEXTS,
            "roles",
            "Role of each column of the sheet's largest table.",
            "[position, car_number, crew]",
        ),
        Column(
            "layout_basis", TEXT, "enum", "How the layout is known: header, inferred, declared or none.", "inferred"
        ),
        Column("layout_score", REAL, "0 to 1", "Share of the evidence that the layout explains.", "0.97"),
        Column(
            "lap_time_of", TEXT, "text", "Which lap the lap-time column holds, as event.toml states it.", "qualifying"
        ),
        Column(
            "name_form",
            TEXT,
            "enum",
            "How drivers are printed: full, surname, initial, swapped, mixed or none.",
            "surname",
        ),
        NAME_READING,
        Column("lines", WHOLE, "count", "Lines of the file, each with one row in lines.", "44"),
        Column("results", WHOLE, "count", "Lines that became results.", "44"),
        Column("rejects", WHOLE, "count", "Lines that were rejected.", "0"),
    ),
)

_LINES = Table(
    "lines",
    "line of a source",
    ("sheet_id", "line"),
    (
        SHEET_ID,
        LINE,
        Column("outcome", TEXT, "enum", f"What became of the line: {', '.join(OUTCOMES)}.", "result"),
        Column(
            "reason",
            TEXT,
            "text",
            "Why a line was rejected, and what would settle it; null otherwise.",
            "2 cells where the layout has 9",
        ),
        Column(
            "text", TEXT, "text", "The line as it stands in the file.", "| 1st | 1 | de Radigues / Duez / Hélary | …"
        ),
    ),
)

_RESULTS = Table(
    "results",
    "one car in one sheet",
    ("result_id",),
    (
        RESULT_ID,
        SHEET_ID,
        LINE,
        EVENT_ID,
        SEASON,
        KIND,
        Column(
            "section", TEXT, "text", "Heading under which the row stands; null in the main table.", "Did not finish:"
        ),
        POSITION,
        Column("position_text", TEXT, "text", "Position as printed.", "27th"),
        STATUS,
        Column("reason", TEXT, "text", "Reason for not finishing, as printed.", "gearbox"),
        CAR_NUMBER,
        Column(
            "crew",
            TEXTS,
            "names",
            "Drivers as printed, marks included, in printed order; empty when none.",
            "[van de Poele, Witmeur, Maréchal]",
        ),
        Column("crew_size", WHOLE, "count", "Number of drivers in the crew.", "3"),
        CAR,
        CAR_ID,
        MAKE,
        MODEL,
        ENGINE_MAKE,
        ENTRANT,
        Column("entrant_text", TEXT, "text", "Entrant as printed.", "Eddy Renard (Barwell Motorsport)"),
        ENTRANT_ID,
        Column("operator", TEXT, "text", "Team that ran the car, where printed in parentheses.", "Barwell Motorsport"),
        Column("country", TEXT, "text", "Country of the entrant, where printed.", "Belgium"),
        CLASS,
        CLASS_POSITION,
        LAPS,
        Column("race_time_ms", MILLIS, "ms", "Time in the race.", "86400000"),
        Column("distance_km", REAL, "km", "Distance covered, as printed.", "3908.2119"),
        Column("race_speed_kmh", REAL, "km/h", "Average speed over the race, as printed.", "162.83"),
        Column("gap_ms", MILLIS, "ms", "Printed gap in time to the car that the sheet measures from.", "65400"),
        Column("gap_laps", WHOLE, "laps", "Printed gap in laps.", "9"),
        LAP_TIME,
        Column("lap_time_text", TEXT, "text", "Lap time as printed.", "2:39.8410"),
        Column("lap_number", WHOLE, "lap", "Lap on which the printed lap time was set.", "112"),
        Column("lap_speed_kmh", REAL, "km/h", "Speed of the lap, as printed.", "182.67"),
        Column(
            "extra", EXTRAS, "name, value", "Cells that have no column of their own, named.", "[{name: tyre, value: M}]"
        ),
    ),
)

_DRIVER_RESULTS = Table(
    "driver_results",
    "one driver in one car in one sheet",
    ("result_id", "seat"),
    (
        RESULT_ID,
        SEAT,
        DRIVER_ID,
        DRIVER,
        NAME_TEXT,
        Column("nominated", FLAG, "flag", "Marked with *: nominated or practised, not known to have raced.", "false"),
        PSEUDONYM,
        Column("link_method", TEXT, "enum", f"How the person is known: {', '.join(LINK_METHODS)}.", "linked"),
        Column(
            "link_points", WHOLE, "half bits", "Sum of the evidence for the link; null where no sum was needed.", "14"
        ),
        EVENT_ID,
        SEASON,
        SHEET_ID,
        KIND,
        POSITION,
        STATUS,
        CLASS,
        CLASS_POSITION,
        CAR_NUMBER,
        CAR,
        CAR_ID,
        MAKE,
        ENTRANT,
        ENTRANT_ID,
        LAPS,
        LAP_TIME,
    ),
)

_DRIVERS = Table(
    "drivers",
    "person",
    ("driver_id",),
    (
        DRIVER_ID,
        DRIVER,
        Column("given_names", TEXT, "text", "Given names or initials; null when only a surname is known.", "Eric"),
        Column("family_name", TEXT, "text", "Family name with its particles.", "van de Poele"),
        Column("suffix", TEXT, "text", "Jr., Sr., III and the like.", "Jr."),
        Column(
            "name_form",
            TEXT,
            "enum",
            "Fullest form known: full, pseudonym, initial, surname or placeholder (TBA, ?).",
            "full",
        ),
        Column("first_season", WHOLE, "year", "First season with a mention.", "1997"),
        Column("last_season", WHOLE, "year", "Last season with a mention.", "2009"),
        Column("names", TEXTS, "names", "Every spelling printed for this person.", "[Eric van de Poele, van de Poele]"),
        Column(
            "alike",
            TEXTS,
            "ids",
            "Drivers of nearly the same name and in the same company who are kept apart: they stand on one sheet.",
            "[erik-van-de-poele]",
        ),
    ),
)

_NAMES = Table(
    "names",
    "printed name as read",
    ("name_text", "name_reading", "pseudonym"),
    (
        NAME_TEXT,
        NAME_READING,
        PSEUDONYM,
        Column("form", TEXT, "enum", "What it is: full, pseudonym, initial, surname or placeholder.", "full"),
        Column("given_key", TEXT, "text", "Given names or initials, folded.", "eric"),
        Column("family_key", TEXT, "text", "Family name with its particles, folded.", "vandepoele"),
        Column("suffix", TEXT, "text", "jr, sr, iii and the like.", "jr"),
        Column(
            "surnames",
            TEXTS,
            "names",
            "Folded surnames under which a shorter print of this name may stand, the whole family name first.",
            "[vandepoele, poele]",
        ),
    ),
)

_DRIVER_LINKS = Table(
    "driver_links",
    "mention",
    ("result_id", "seat"),
    (
        RESULT_ID,
        SEAT,
        DRIVER_ID,
        Column("method", TEXT, "enum", f"How the person is known: {', '.join(LINK_METHODS)}.", "linked"),
        Column("points", WHOLE, "half bits", "Sum of the evidence; null where no sum was needed.", "14"),
        Column("runner_up", WHOLE, "half bits", "Sum of the next best candidate; null when there is none.", "3"),
        Column("evidence", EVIDENCE, "term, points", "The terms of the sum.", "[{term: co-driver, points: 1}]"),
        Column("candidates", TEXTS, "ids", "Every person considered, best first.", "[eric-van-de-poele]"),
    ),
)

_DRIVER_REDIRECTS = Table(
    "driver_redirects",
    "retired id",
    ("old_id",),
    (
        Column("old_id", TEXT, "id", "An id that was merged away.", "van-de-poele"),
        DRIVER_ID,
        Column(
            "since",
            TEXT,
            "text",
            "How its mentions are known now, which is what merged it: a link method.",
            "linked",
        ),
    ),
)

_ENTRANTS = Table(
    "entrants",
    "team",
    ("entrant_id",),
    (
        ENTRANT_ID,
        ENTRANT,
        Column(
            "core_words",
            TEXT,
            "text",
            "Folded words by which it is known, legal and generic ones left out: equal within 25 years is one team.",
            "bmw fina",
        ),
        Column("names", TEXTS, "names", "Every spelling printed for this entrant.", "[BMW Fina, BMW Fina Bastos Team]"),
        Column("related", TEXTS, "ids", "Entrants whose name contains this one's or is contained in it.", "[bmw-fina]"),
    ),
)

_CARS = Table(
    "cars",
    "model of car with its engine, in its most frequent print",
    ("car_id",),
    (
        CAR_ID,
        CAR,
        MAKE,
        MODEL,
        ENGINE_MAKE,
        Column("names", TEXTS, "names", "Every print of this car.", "[Porsche 996 GT3 RS, Porsche 996 GT3-RS]"),
        Column(
            "variant_of",
            TEXT,
            "id",
            "The car whose name this one's extends by a word, a letter or an engine; null where none is printed.",
            "lola-b2k-10-judd",
        ),
    ),
)

_FINDINGS = Table(
    "findings",
    "one doubt about one cell, row or sheet",
    ("check", "sheet_id", "line", "column", "observed"),
    (
        Column("check", TEXT, "id", "The check that found it, named by what it asserts.", "position-gap"),
        Column("severity", TEXT, "enum", f"One of {', '.join(SEVERITIES)}.", "warning"),
        EVENT_ID,
        SHEET_ID,
        LINE,
        Column("column", TEXT, "id", "Column in doubt; null when the row or sheet is.", "position"),
        Column("observed", TEXT, "text", "What stands there.", "14th"),
        Column("expected", TEXT, "text", "What would be free of doubt.", "13th"),
        Column(
            "message",
            TEXT,
            "text",
            "The doubt in one sentence, with the remedy where there is one.",
            "position 13 is missing",
        ),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _EVENTS,
        _SHEETS,
        _LINES,
        _RESULTS,
        _DRIVER_RESULTS,
        _DRIVERS,
        _DRIVER_LINKS,
        _DRIVER_REDIRECTS,
        _NAMES,
        _ENTRANTS,
        _CARS,
        _FINDINGS,
    )
}

# Beside driver_results lies for the next build, and for nobody else, which row of names and of drivers each mention is,
# and a mark of its row in driver_links: while that is the same, the row is, but for the keys and the person.
MENTIONS = pa.schema([pa.field("name", WHOLE), pa.field("driver", WHOLE), pa.field("mark", pa.uint64())])
# The tables that a reader of sheets fills, and their columns that only the step after it can know: who is who.
READ = ("sheets", "lines", "results", "driver_results", "findings")
IDENTIFIED = {
    "sheets": ("name_form",),
    "results": ("car_id", "entrant_id"),
    "driver_results": ("driver_id", "driver", "link_method", "link_points", "car_id", "entrant_id"),
}
