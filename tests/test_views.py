"""The views count what their headers say, over an empty warehouse, the seeds, and a warehouse full of traps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.database import open_database
from flows.views import parse_view, views
from tests.tables import Sheet, made, published
from transforms.fold import fold
from transforms.schema import TABLES

DATA_TESTS = sorted((Path(__file__).parent / "views").glob("*.sql"))
ANN, BOB, CY, DEE = "Ann Lee", "Bob Ray", "Cy Ohm", "Dée Noël"

RACE = Sheet(
    "1999-spa/race",
    [
        {"position": 1, "class": "A", "class_position": 1, "crew": [ANN, BOB], "make": "BMW", "entrant": "Alpha"}
        | {"laps": 100, "race_time_ms": 3_600_000, "lap_time_ms": 90_000, "car_number": "1", "car": "BMW M3"},
        {"position": 1, "class": "B", "class_position": 1, "crew": [CY, "*" + DEE], "make": "Audi", "entrant": "Beta"}
        | {"laps": 100, "race_time_ms": 3_600_000, "lap_time_ms": 90_000, "car_number": "2", "car": "Audi R8"},
        {"position": 3, "class": "A", "class_position": 2, "crew": [ANN, DEE], "make": "BMW", "entrant": "Alpha"}
        | {"laps": 100, "race_time_ms": 3_601_000, "car_number": "3", "car": "BMW M3"},
        {"position": 4, "class": "A", "class_position": 3, "crew": ["Wauters", "Wauters", BOB]}
        | {"methods": ["unresolved", "unresolved", "linked"], "make": "BMW", "entrant": "Gamma", "laps": 98},
        {"status": "did_not_finish", "class": "B", "crew": [DEE], "make": "Audi", "laps": 10, "car_number": "5"},
        {"status": "did_not_start", "crew": [CY], "make": "Audi", "car_number": "6"},
        {"status": "reserve", "crew": [BOB], "car_number": "7"},
        {"status": "disqualified", "position": None, "crew": [CY], "car": "Zorp", "laps": 99, "car_number": "8"},
        {"status": "unknown", "crew": [], "car_number": "9"},
    ],
    event={"season": 1999, "circuit": "Spa", "name": "Spa"},
)  # fmt: skip
QUALIFYING = [
    Sheet(f"1999-spa/qualifying-{n}", [{"position": 1, "lap_time_ms": ms, "crew": crew, "make": make}], "qualifying",
          event={"season": 1999, "circuit": "Spa", "name": "Spa"})
    for n, ms, crew, make in ((1, 89_000, [ANN, BOB], "BMW"), (2, 88_000, [CY], "Audi"))
]  # fmt: skip
GRID = Sheet(
    "2001-spa/grid",
    [{"position": 1, "crew": [ANN, "*" + CY], "make": "BMW"}, {"position": 2, "crew": [BOB, CY], "make": "BMW"}],
    "grid",
    event={"season": 2001, "circuit": "Spa"},
)
SECOND_QUALIFYING = Sheet(
    "2001-spa/qualifying", [{"position": 1, "crew": [BOB, CY], "lap_time_ms": 1}], "qualifying",
    event={"season": 2001, "circuit": "Spa"},
)  # fmt: skip


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of ties, shared cars, nominations, non-starters and names tied to nobody."""
    tables = made(RACE, *QUALIFYING, GRID, SECOND_QUALIFYING)
    with open_database(published(tables, tmp_path_factory.mktemp("traps"), "traps")) as connection:
        yield connection


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse without a row."""
    with open_database(published({}, tmp_path_factory.mktemp("empty"), "empty")) as connection:
        yield connection


@pytest.fixture(scope="module")
def real(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the seeds."""
    with open_database(warehouse) as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = connection.execute(query).fetchall()
    return found


@pytest.mark.parametrize("over", ["empty", "traps", "real"])
@pytest.mark.parametrize("path", DATA_TESTS, ids=lambda path: path.stem)
def test_no_row_offends(path: Path, over: str, request: pytest.FixtureRequest):
    """Each query in tests/views returns the rows that offend what its first line states: there are none."""
    assert rows(request.getfixturevalue(over), path.read_text("utf-8")) == []


@pytest.mark.parametrize("over", ["empty", "traps", "real"])
def test_keys_are_unique(over: str, request: pytest.FixtureRequest):
    """No view has two rows of one key, nor a key that is null where nothing says that it may be."""
    connection = request.getfixturevalue(over)
    keys = {table.name: table.key for table in TABLES.values()}
    keys |= {view.name: view.key for view in views().values() if view.type == "VIEW"}
    for name, key in keys.items():
        columns = ", ".join(f'"{column}"' for column in key)
        assert rows(connection, f'SELECT {columns}, count(*) FROM "{name}" GROUP BY ALL HAVING count(*) > 1') == [], (
            name
        )


def test_every_view_has_a_data_test():
    """Each view has at least one query in tests/views, named after it."""
    tested = {path.stem.partition("-")[0] for path in DATA_TESTS}
    assert {view.name for view in views().values() if view.type == "VIEW"} <= tested


def test_a_tie_gives_each_car_the_win_and_each_driver_once(traps):
    """Two cars first are two wins of makes; of a driver in two cars of a race it is one start."""
    assert rows(traps, "SELECT make, wins, starts, class_wins FROM make_records ORDER BY make") == [
        ("Audi", 1, 2, 1),
        ("BMW", 1, 3, 1),
    ]
    assert rows(traps, "SELECT starts, wins, podiums, finishes FROM driver_careers WHERE driver_id = 'ann-lee'") == [
        (1, 1, 1, 1)
    ]


def test_records_are_kept_by_any_column(traps):
    """What is counted of makes is counted of whatever else results say of a car, and nothing of cars that lack it."""
    query = "SELECT subject, starts, wins, podiums, makes FROM records({}) ORDER BY subject"
    assert rows(traps, query.format("class")) == [("A", 3, 1, 2, ["BMW"]), ("B", 2, 1, 1, ["Audi"])]
    assert rows(traps, query.format("season"))[0] == ("1999", 6, 2, 3, ["Audi", "BMW"])
    assert rows(traps, "SELECT subject, drivers FROM persons(car_number) WHERE subject = '1'") == [("1", 2)]


def test_nominated_reserve_and_not_started_have_no_start(traps):
    """A star, a reserve and a non-starter are mentions, not starts; a retirement and a disqualification are starts."""
    starts = dict(rows(traps, "SELECT driver, starts FROM driver_careers WHERE identified"))
    assert starts == {ANN: 1, BOB: 1, CY: 1, DEE: 1}
    assert rows(
        traps, "SELECT count(*) FROM driver_honours WHERE driver_id = 'bob-ray' AND kind = 'race' AND NOT started"
    ) == [(1,)]
    assert rows(
        traps, "SELECT seat, started, won FROM driver_honours WHERE result_id = '1999-spa/race:2' ORDER BY seat"
    ) == [
        (1, True, True),
        (2, False, False),
    ]


def test_poles_come_from_the_grid_or_the_fastest_qualifying(traps):
    """With a grid, only the grid counts; without one the fastest of the qualifyings; never a nominated driver."""
    assert rows(traps, "SELECT driver, poles FROM driver_careers WHERE poles > 0 ORDER BY driver") == [
        (ANN, 1),
        (CY, 1),
    ]


def test_surnames_are_visible_and_no_persons(traps):
    """Names tied to nobody have a row each, say so, and are left out of what counts persons."""
    open_rows = rows(traps, "SELECT driver, starts, certain_mentions FROM driver_careers WHERE NOT identified")
    assert open_rows == [("Wauters", 1, 0), ("Wauters", 1, 0)]
    assert rows(traps, "SELECT drivers, open_names FROM event_summaries WHERE event_id = '1999-spa'") == [(4, 2)]
    assert rows(traps, "SELECT drivers, open_names FROM make_records WHERE make = 'BMW'") == [(4, 2)]


def test_careers_tell_how_much_rests_on_evidence(traps):
    """A linked mention counts in the career, is told apart, and is not in the strict one."""
    query = "SELECT starts, mentions, certain_mentions, linked_mentions FROM {} WHERE driver_id = 'bob-ray'"
    assert rows(traps, query.format("driver_careers")) == [(1, 6, 5, 1)]
    assert rows(traps, query.format("driver_careers_strict")) == [(1, 5, 5, 0)]
    assert rows(traps, query.format("careers(['linked'])")) == [(1, 1, 0, 1)]


def test_pairs_count_events_not_sheets(traps):
    """A qualifying and a race of one event are one event together; a nominated partner shares no start."""
    query = "SELECT other, events, starts, wins FROM crew_pairings WHERE driver_id = 'ann-lee' ORDER BY other"
    assert rows(traps, query) == [(BOB, 1, 1, 1), (CY, 1, 0, 0), (DEE, 1, 1, 0)]
    assert rows(traps, "SELECT count(*) FROM crew_pairings WHERE NOT identified") == [(3,)]


def test_a_list_of_names_is_no_crew_of_pairs(tmp_path):
    """A car of hundreds of names pairs the first 32 of them, so that no sheet can make tens of thousands of pairs."""
    sheet = Sheet("1999-spa/race", [{"position": 1, "crew": [f"Ann Lee {i}" for i in range(300)]}])
    with open_database(published(made(sheet), tmp_path, "list")) as connection:
        assert rows(connection, "SELECT crew_size FROM results") == [(300,)]
        assert rows(connection, "SELECT count(*) FROM crew_pairings") == [(32 * 31 // 2,)]


def test_gaps_are_to_the_leader_and_to_the_class(traps):
    """Gaps in laps and time run to the first car and to the first of the class."""
    query = "SELECT position, laps_behind, ms_behind, class_laps_behind, class_ms_behind FROM gaps_to_leader"
    assert rows(traps, f"{query} WHERE sheet_id = '1999-spa/race' ORDER BY ALL") == [
        (1, 0, 0, 0, 0),
        (1, 0, 0, 0, 0),
        (3, 0, 1000, 0, 1000),
        (4, 2, None, 2, None),
    ]


def test_only_the_first_of_several_rankings_is_overall(tmp_path: Path):
    """Where each class is ranked anew under its heading, only the first ranking has an overall winner."""
    crews = {"GT1": (ANN, BOB), "GT2": (CY, DEE)}
    cars = [
        {"position": position, "class_position": position, "crew": [name], "section": section}
        for section, names in crews.items()
        for position, name in enumerate(names, start=1)
    ]
    with open_database(published(made(Sheet("e/race", cars)), tmp_path, "rankings")) as connection:
        found = rows(connection, "SELECT driver, wins, class_wins, best_finish FROM driver_careers ORDER BY driver")
    assert found == [(ANN, 1, 1, 1), (BOB, 0, 0, 2), (CY, 0, 1, None), (DEE, 0, 0, None)]


def test_without_places_in_class_the_best_placed_classified_car_wins_it(tmp_path: Path):
    """A class without printed places is won by its first classified car, unless the sheet begins below the winner."""
    cars = [
        {"position": 1, "class": "GT1", "crew": [ANN]},
        {"position": 2, "class": "GT2", "crew": [BOB], "status": "disqualified"},
        {"position": 3, "class": "GT2", "crew": [CY]},
        {"position": 4, "class": "GT2", "crew": [DEE]},
        {"position": 5, "class": "N", "class_position": 2, "crew": [BOB]},
        {"class": "P", "crew": [DEE]},
    ]
    below = [{"position": 11, "class": "GT2", "crew": [BOB]}]
    with open_database(published(made(Sheet("e/race", cars), Sheet("f/race", below)), tmp_path, "classes")) as found:
        assert rows(found, "SELECT driver, class_wins FROM driver_careers WHERE class_wins > 0 ORDER BY driver") == [
            (ANN, 1),
            (CY, 1),
        ]


def test_gaps_run_to_the_leader_of_each_ranking(tmp_path: Path):
    """Under a heading as in the main table, cars have gaps; of sections that number anew each has a leader."""
    one = [
        {"position": 1, "laps": 100, "section": "Classified:"},
        {"position": 2, "laps": 98, "section": "Classified:"},
    ]
    two = [
        {"position": place, "laps": laps, "section": heat}
        for heat, laps_run in (("Heat 1", (30, 29)), ("Heat 2", (40, 37)))
        for place, laps in enumerate(laps_run, start=1)
    ]
    with open_database(published(made(Sheet("e/race", one), Sheet("f/race", two)), tmp_path, "gaps")) as connection:
        query = "SELECT laps_behind FROM gaps_to_leader WHERE event_id = '{}' ORDER BY result_id"
        assert rows(connection, query.format("e")) == [(0,), (2,)]
        assert rows(connection, query.format("f")) == [(0,), (1,), (0,), (3,)]


def test_laps_of_a_qualifying_are_no_gap(tmp_path: Path):
    """Who drove fewer laps in qualifying is not behind by them: there the lap times tell."""
    cars = [
        {"position": place, "class": "A", "laps": laps, "lap_time_ms": ms}
        for place, laps, ms in ((1, 8, 90_000), (2, 14, 90_500))
    ]
    with open_database(published(made(Sheet("e/qualifying", cars, "qualifying")), tmp_path, "laps")) as connection:
        query = "SELECT laps_behind, class_laps_behind, lap_ms_behind FROM gaps_to_leader ORDER BY position"
        assert rows(connection, query) == [(None, None, 0), (None, None, 500)]


def test_places_of_different_rankings_are_no_duel(tmp_path: Path):
    """Whoever is second of the first group did not finish behind the winner of another group."""
    cars = [
        {"position": place, "crew": [name], "section": section}
        for section, names in {"Group 1": (ANN, BOB), "Group 2": (CY, DEE)}.items()
        for place, name in enumerate(names, start=1)
    ]
    with open_database(published(made(Sheet("e/race", cars)), tmp_path, "groups")) as connection:
        assert rows(connection, "SELECT meetings, ahead FROM head_to_head('ann lee', 'bob ray')") == [(1, 1)]
        assert rows(connection, "FROM head_to_head('bob ray', 'cy ohm')") == []


def test_several_races_of_an_event_stand_in_their_order(tmp_path: Path):
    """The first race comes before the second, and line 2 before line 10, wherever results are listed."""
    event = {"name": "Spa"}
    first = [{"position": 1, "crew": [ANN], "car_number": "1", "car": "BMW M3"}]
    second = [{"position": 9}] * 8 + [{"position": 1, "crew": [ANN]}, {"position": 1, "crew": [BOB]}]
    tables = made(Sheet("e/race", first, event=event), Sheet("e/race-2", second, event=event))
    with open_database(published(tables, tmp_path, "races")) as connection:
        assert rows(connection, "SELECT winners FROM event_summaries") == [
            (["#1 BMW M3: Ann Lee", "Ann Lee", "Bob Ray"],)
        ]
        assert rows(connection, "SELECT result_id FROM driver('ann lee')") == [("e/race:1",), ("e/race-2:9",)]


def test_cars_without_a_number_are_counted_by_the_fullest_sheet(tmp_path: Path):
    """A car is counted once an event by its number; of those without one there are as many as one sheet has."""
    race = [{"car_number": "1"}, {"car_number": "2"}, {}, {}, {}]
    grid = [{"car_number": "1"}, {}]
    with open_database(published(made(Sheet("e/race", race), Sheet("e/grid", grid, "grid")), tmp_path, "n")) as found:
        assert rows(found, "SELECT cars, results FROM event_summaries") == [(5, 7)]


def test_equal_laps_share_the_record(traps):
    """Two cars with the same best lap both hold it."""
    assert rows(traps, "SELECT count(*) FROM circuit_records WHERE kind = 'race'") == [(2,)]


def test_names_are_found_without_accents_and_by_part(traps):
    """A driver is found by any words of any spelling, accents optional; several bearers are all listed."""
    assert {row[0] for row in rows(traps, "SELECT driver FROM driver('noel dee')")} == {DEE}
    assert len(rows(traps, "SELECT DISTINCT driver_id FROM driver('WAUTERS')")) == 2
    assert rows(traps, "FROM driver('')") == []
    assert rows(traps, "FROM driver('nobody of that name')") == []
    assert rows(traps, "FROM driver(NULL)") == []


def test_an_id_names_one_person_also_after_a_merge(tmp_path: Path):
    """A driver_id is taken literally, and one that was merged away leads to the person."""
    tables = made(RACE)
    redirect = pa.table({"old_id": ["a-lee"], "driver_id": ["ann-lee"], "since": ["test"]})
    path = published(tables | {"driver_redirects": TABLES["driver_redirects"].conform(redirect)}, tmp_path, "redirects")
    with open_database(path) as connection:
        for id_ in ("ann-lee", "a-lee"):
            assert {row[0] for row in rows(connection, f"SELECT driver FROM driver('{id_}')")} == {ANN}


@pytest.mark.parametrize(
    ("view", "column", "value"),
    [
        *((view, "driver", ANN) for view in ("driver_careers", "driver_seasons", "crew_pairings", "open_identities")),
        ("make_records", "make", "BMW"),
        ("entrant_records", "entrant_id", "alpha"),
        *(("gaps_to_leader", column, "1999-spa") for column in ("event_id", "sheet_id")),
    ],
)
def test_one_of_many_is_sought_in_the_file(traps, view: str, column: str, value: str):
    """Who asks for one driver, event or sheet waits for its rows only: the files are read with that filter."""
    plan = traps.execute(f"EXPLAIN (FORMAT json) FROM {view} WHERE {column} = '{value}'").fetchall()[0][1]
    assert re.search(rf'"Filters": [^}}]*\b{column}=\'{value}\'', plan), plan


def test_team_mates_are_seen_from_both_sides(traps):
    """Whoever shares a car is a team-mate of the other."""
    assert ANN in {row[0] for row in rows(traps, "SELECT team_mate FROM team_mates('bob ray')")}
    assert BOB in {row[0] for row in rows(traps, "SELECT team_mate FROM team_mates('ann lee')")}


def test_rivals_meet_in_different_cars(traps):
    """Who shared a car did not meet; a tie is a meeting that nobody won."""
    query = "SELECT kind, meetings, ahead, behind FROM head_to_head('ann lee', '{}')"
    assert rows(traps, query.format("cy ohm")) == [("grid", 1, 1, 0), ("race", 1, 0, 0)]
    assert rows(traps, query.format("dee noel")) == []


def test_makes_meet_by_their_best_car(traps):
    """Of two makes in a race the better of the best placed cars counts."""
    query = "SELECT cars, rival_cars, best_finish, rival_best_finish, ahead FROM makes_head_to_head('bmw', 'AUDI')"
    assert rows(traps, query) == [(3, 2, 1, 1, None)]


def test_texts_are_the_files(real, seeds: Path):
    """Lines put together again are the source files, byte for byte."""
    texts = rows(real, "SELECT path, text FROM sheet_texts")
    assert len(texts) == 4
    for path, text in texts:
        assert str(text).encode() == (seeds / str(path)).read_bytes()


@pytest.mark.parametrize(("newline", "end"), [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")])
def test_texts_keep_their_line_ends(newline: str, end: str, tmp_path: Path):
    """Each way to end lines is put back, and a last line without an end stays without."""
    assert _text(newline, ["a", "b"], tmp_path / "closed") == f"a{end}b{end}"
    assert _text(f"{newline}-open", ["a", "b"], tmp_path / "open") == f"a{end}b"


def test_texts_of_mixed_ends_of_one_line_and_of_none(tmp_path: Path):
    """Lines that keep their own ends, a single unended line, and an empty file."""
    assert _text("mixed", ["a\r\n", "b\n", "c"], tmp_path / "mixed") == "a\r\nb\nc"
    assert _text("none", ["a"], tmp_path / "none") == "a"
    assert _text("none", [], tmp_path / "empty") == ""


def _text(newline: str, lines: list[str], root: Path) -> object:
    sheet = {
        "sheet_id": "e/race",
        "path": "e/race.txt",
        "newline": newline,
        "lines": len(lines),
        "results": 0,
        "rejects": 0,
    }
    numbered = {"sheet_id": ["e/race"] * len(lines), "line": list(range(1, len(lines) + 1)), "text": lines}
    types = pa.schema([("sheet_id", pa.string()), ("line", pa.int32()), ("text", pa.string())])
    tables = {
        "sheets": TABLES["sheets"].conform(pa.Table.from_pylist([sheet])),
        "lines": TABLES["lines"].conform(pa.table(numbered, schema=types)),
    }
    with open_database(published(tables, root, f"text-{newline}")) as connection:
        return rows(connection, "SELECT text FROM sheet_texts")[0][0]


FOLD = duckdb.connect()
FOLD.execute(views()["fold"].statement)
LETTERS = st.characters(codec="windows-1252", categories=["Lu", "Ll", "Nd", "Pd", "Po", "Zs"], exclude_characters="µ")


@given(st.text(LETTERS, max_size=20) | st.sampled_from(["Łukasz Ørsted", "Straße", "Şahin", "Đoković"]))
def test_sql_folds_names_as_python_does(text: str):
    """The macro fold() and transforms.fold agree on letters, digits and punctuation of Western sheets."""
    assert FOLD.execute("SELECT fold(?)", [text]).fetchone() == (fold(text),)


def test_a_header_that_lacks_something_is_refused():
    """A view without a grain, and a header line that cannot be read, are errors that name the file."""
    with pytest.raises(ValueError, match=re.escape("x.sql: the header has no line `-- grain: ...`")):
        parse_view("x", "-- title: X\n-- counts: all.\nSELECT 1")
    with pytest.raises(ValueError, match="is no `-- name"):
        parse_view("x", "-- Some words\nSELECT 1")
    with pytest.raises(ValueError, match="must be declared"):
        parse_view("x", "-- title: X\n-- grain: x\n-- counts: all.\n-- macro: y(z)\nSELECT 1")


def test_comments_reach_the_database(real):
    """Every view and every column of it is commented in results.db."""
    missing = "SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL"
    assert rows(real, missing) == []
    assert (
        rows(real, "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL") == []
    )
