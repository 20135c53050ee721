"""Each check finds what its name says, and leaves sound sheets alone."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables import Row, Sheet, made
from transforms.checks import check, misplaced, names, recheck
from transforms.checks.scope import seen
from transforms.schema import SEVERITIES, TABLES

SPEED_LAP_KM = 4.25


def found(name: str, *sheets: Sheet) -> list[Row]:
    return [row for row in check(made(*sheets)).to_pylist() if row["check"] == name]


def lines(name: str, *sheets: Sheet) -> list[int | None]:
    return [row["line"] for row in found(name, *sheets)]


def ranked(*rows: Row, kind: str = "race") -> Sheet:
    """A sheet whose rows have the positions 1, 2, 3, ... unless they state others."""
    return Sheet("e/race", [{"position": i, **row} for i, row in enumerate(rows, start=1)], kind)


def cut(value: float, digits: int = 3) -> float:
    """A speed as printed: cut off after the last digit."""
    return float(np.floor(value * 10**digits) / 10**digits)


def timed(*times: int, kind: str = "grid", km: float = SPEED_LAP_KM) -> list[Row]:
    """Rows with lap times in ms and the speeds that belong to them."""
    return [{"lap_time_ms": time, "lap_speed_kmh": cut(km * 3_600_000 / time)} for time in times]


def test_a_sound_sheet_is_free_of_doubt():
    """A sheet in order, with all facts known, has no finding."""
    facts = dict.fromkeys(("name", "series", "circuit", "country"), "x") | {"start_date": None}
    rows = [
        {"position": i, "car_number": str(i), "car": "BMW M3", "make": "BMW", "laps": 50 - i, "class": "GT"}
        | {"class_position": i, "lap_time_ms": 90_000 + 100 * i}
        for i in range(1, 11)
    ]
    findings = check(made(Sheet("e/race", rows, event=facts)))
    assert {row["message"] for row in findings.to_pylist()} == {"event.toml does not state start_date"}


def test_findings_have_the_declared_form_and_known_severities():
    """Findings conform to the schema, with the metadata of its columns."""
    findings = check(made(ranked({"position": 3}, {"car": "Foo"})))
    assert findings.schema.equals(TABLES["findings"].schema, check_metadata=True)
    assert findings.num_rows > 0
    assert set(findings["severity"].to_pylist()) <= set(SEVERITIES)
    assert set(findings["check"].to_pylist()) <= set(names())


def test_a_missing_position_is_found_where_the_next_one_stands():
    """Positions 2 and 3 missing: the row with position 4 is named, and what was expected there."""
    [finding] = found("position-gap", ranked({}, {"position": 4}, {"position": 5}))
    assert (finding["line"], finding["expected"]) == (2, "2")
    assert finding["message"] == "positions 2 to 3 are missing"


def test_sections_that_number_anew_have_no_gap():
    """Two sections with a first position each are two rankings."""
    cars = [{"position": i, "car_number": str(i), "class": "GT", "class_position": i} for i in (1, 2)]
    sheet = Sheet("e/race", cars + [car | {"section": "Second race:"} for car in cars])
    assert {row["check"] for row in check(made(sheet)).to_pylist()} == {"event-facts"}


def test_a_section_that_goes_on_numbering_has_no_gap():
    """Cars under a heading may continue the ranking."""
    assert not found("position-gap", ranked({}, {}, {"section": "Not classified:", "status": "not_classified"}))


def test_a_shared_position_names_all_its_lines():
    """A position printed twice is one finding that names both lines."""
    [finding] = found("position-tie", ranked({}, {"position": 1}))
    assert finding["message"] == "position 1 is printed 2 times: lines 1 and 2"


def test_a_position_out_of_order_is_the_only_one_named():
    """One row printed too far up is one finding, not one for each row that it passed."""
    rows = [{"position": p} for p in (1, 2, 9, 3, 4, 5, 6, 7, 8)]
    assert lines("position-order", Sheet("e/race", rows)) == [3]


def test_class_positions_clash_skip_and_contradict_the_order():
    """In one class: two thirds, no fourth, and a first behind a second."""
    tie = ranked(*({"class": "GT", "class_position": p} for p in (1, 2, 3, 3, 5)))
    assert lines("class-position-tie", tie) == [4]
    assert lines("class-position-gap", tie) == [5]
    turned = ranked(*({"class": "GT", "class_position": p} for p in (1, 3, 2, 4, 5)))
    assert len(lines("class-position-order", turned)) == 1


def test_classes_are_ranked_apart():
    """Two classes mixed in one order have a first position each."""
    rows = [{"class": c, "class_position": p} for c, p in (("A", 1), ("B", 1), ("A", 2), ("B", 2))]
    assert check(made(ranked(*rows))).num_rows == len(found("event-facts", ranked(*rows)))


def test_laps_may_not_rise_among_classified_cars():
    """A classified car with more laps than those ahead is found; one that was not classified may have more."""
    assert lines("laps-order", ranked({"laps": 90}, {"laps": 80}, {"laps": 85}, {"laps": 79})) in ([2], [3])
    assert not found("laps-order", ranked({"laps": 90}, {"laps": 80}, {"laps": 85, "status": "not_classified"}))


def test_race_times_rise_within_equal_laps():
    """Of cars with the same laps the shorter time is ahead; cars with fewer laps may have any time."""
    sound = [{"laps": 90, "race_time_ms": 1000}, {"laps": 90, "race_time_ms": 1001}, {"laps": 89, "race_time_ms": 900}]
    assert not found("race-time-order", ranked(*sound))
    assert len(found("race-time-order", ranked(sound[1], sound[0], sound[2]))) == 1


def test_a_session_out_of_order_is_a_warning_and_a_grid_a_note():
    """Qualifying is in the order of its times; on a grid a penalty may explain a car out of order."""
    rows = timed(90_000, 90_500, 99_000, 91_000, 92_000)
    [session] = found("lap-time-order", ranked(*rows, kind="qualifying"))
    [grid] = found("lap-time-order", ranked(*rows, kind="grid"))
    assert (session["line"], session["severity"]) == (3, "warning")
    assert (grid["line"], grid["severity"]) == (3, "note")


def test_a_grid_by_classes_is_judged_class_by_class():
    """Where each class stands together, the order within the classes counts."""
    rows = [
        row | {"class": c}
        for c, row in zip("AAABBB", timed(90_000, 95_000, 97_000, 91_000, 92_000, 93_000), strict=True)
    ]
    assert not found("lap-time-order", ranked(*rows, kind="grid"))


def test_an_order_by_speeds_is_said_once():
    """A grid in the order of its speeds, whose times are of other laps, is one note, not one for each row."""
    speeds = [180.0 - i for i in range(12)]
    times = [90_000 + 997 * (i * 5 % 12) for i in range(12)]
    rows = [{"lap_time_ms": t, "lap_speed_kmh": s} for t, s in zip(times, speeds, strict=True)]
    [finding] = found("lap-time-order", ranked(*rows, kind="grid"))
    assert finding["line"] is None
    assert "follows the printed speeds (0 rows" in finding["message"]


@pytest.mark.parametrize("digits", [2, 3])
def test_a_lap_time_off_by_a_twentieth_of_a_second_is_found(digits: int):
    """Speeds cut off after the last digit bind the lap length so tightly that 0.05 s stands out."""
    times = [89_449 + 517 * i for i in range(20)]
    rows = [{"lap_time_ms": t, "lap_speed_kmh": cut(SPEED_LAP_KM * 3_600_000 / t, digits)} for t in times]
    assert not found("speed-against-time", ranked(*rows, kind="qualifying"))
    rows[7] = rows[7] | {"lap_time_ms": times[7] + 50}
    assert lines("speed-against-time", ranked(*rows, kind="qualifying")) == [8]


def test_rounded_speeds_are_understood_too():
    """A sheet whose speeds are rounded, not cut off, is as sound."""
    rows = [
        {"lap_time_ms": t, "lap_speed_kmh": round(SPEED_LAP_KM * 3_600_000 / t, 3)} for t in range(89_449, 99_000, 517)
    ]
    assert not found("speed-against-time", ranked(*rows, kind="qualifying"))


def test_one_speed_with_more_digits_does_not_bind_the_others():
    """A single speed printed with another digit leaves a sheet of coarser speeds sound."""
    times = range(89_449, 99_000, 517)
    rows = [{"lap_time_ms": t, "lap_speed_kmh": cut(SPEED_LAP_KM * 3_600_000 / t, 1)} for t in times]
    rows[3] = {"lap_time_ms": times[3], "lap_speed_kmh": cut(SPEED_LAP_KM * 3_600_000 / times[3], 3)}
    assert not found("speed-against-time", ranked(*rows, kind="qualifying"))


def test_speeds_of_other_laps_are_said_once_for_the_sheet():
    """When most rows disagree, one finding says so, with an example."""
    rows = timed(*range(89_449, 99_000, 517))
    wrong = [row if i % 3 == 0 else row | {"lap_speed_kmh": 150.0 + i} for i, row in enumerate(rows)]
    [finding] = found("speed-against-time", ranked(*wrong, kind="grid"))
    assert finding["line"] is None
    assert finding["message"].startswith("12 of 19 rows, such as line 2: ")


def test_a_lap_of_another_length_than_the_circuit_is_found():
    """Times and speeds of a 4.25 km lap contradict an event.toml that says 4.0 km."""
    [finding] = found("lap-length", ranked(*timed(90_000, 91_234, 92_517, 93_001), kind="grid"))
    assert (finding["observed"], finding["expected"]) == ("4.250 km", "4.000 km")


def test_a_far_out_lap_time_is_found_among_its_like():
    """A lap of ten minutes among laps of ninety seconds is found; a slower class is none."""
    rows = timed(*(90_000 + 100 * i for i in range(10)), 600_000)
    assert lines("lap-time-outlier", ranked(*rows, kind="qualifying")) == [11]
    classes = [{"lap_time_ms": 90_000 + 100 * i, "class": "A"} for i in range(8)]
    classes += [{"lap_time_ms": 120_000 + 100 * i, "class": "B"} for i in range(8)]
    assert not found("lap-time-outlier", ranked(*classes, kind="qualifying"))


def test_one_number_on_two_cars_is_found_and_zeros_count():
    """`7` twice is found, `7` and `007` are two numbers; a list of appearances may name a car again."""
    twice = [{"car_number": "7"}, {"car_number": "007"}, {"car_number": "7"}]
    assert lines("number-twice", ranked(*twice)) == [3]
    assert not found("number-twice", ranked(*twice, kind="appearances"))


def test_an_unknown_make_is_said_once_per_car():
    """Two cars of a make that the lexicon lacks are one finding, at the first of them."""
    [finding] = found("unknown-make", ranked({"car": "Zorp 1"}, {"car": "Zorp 1"}, {"car": "BMW M3", "make": "BMW"}))
    assert (finding["line"], finding["observed"]) == (1, "Zorp 1")
    assert "(2 cars)" in finding["message"]


def test_distance_speed_and_laps_of_a_race_agree():
    """A distance that is not its laps, a speed that is not distance over time, a best lap beyond the last."""
    row = {"laps": 100, "distance_km": 400.0, "race_time_ms": 7_200_000, "race_speed_kmh": 200.0, "lap_number": 9}
    assert check(made(ranked(row, row, row))).num_rows == 1  # the missing facts of the event
    assert lines("distance-against-laps", ranked(row, row, row | {"distance_km": 410.0})) == [3]
    assert lines("race-speed", ranked(row, row | {"race_speed_kmh": 210.0})) == [2]
    assert lines("lap-number", ranked(row, row | {"lap_number": 101})) == [2]


def test_missing_facts_of_an_event_are_one_finding():
    """What event.toml does not state is listed once; a missing season weighs more."""
    [finding] = found("event-facts", Sheet("e/race", [{}], event={"season": None, "name": "Spa"}))
    assert finding["severity"] == "warning"
    assert finding["message"] == "event.toml does not state series, season, start_date, circuit, country"


def test_a_sheet_without_an_event_is_told():
    """A sheet outside any event folder loads, and a finding says so."""
    tables = made(Sheet("stray/race", [{}]))
    event = tables["sheets"].column_names.index("event_id")
    tables["sheets"] = tables["sheets"].set_column(
        event, TABLES["sheets"].schema.field("event_id"), pa.nulls(1, pa.string())
    )
    messages = [row["message"] for row in check(tables).to_pylist() if row["sheet_id"] == "stray/race"]
    assert messages == ["the sheet belongs to no event: move it into a folder with an event.toml"]


def test_no_tables_give_no_findings():
    """An empty warehouse has nothing to doubt."""
    assert check({}).num_rows == 0


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_the_order_of_rows(random: Random):
    """Tables in any order give the same findings in the same order."""
    tables = made(ranked(*timed(90_000, 95_000, 91_000), {"position": 9, "car": "Zorp"}, kind="grid"))
    count = tables["results"].num_rows
    shuffled = tables | {"results": tables["results"].take(random.sample(range(count), count))}
    assert check(shuffled).equals(check(tables))


# Cars of a sheet, by whose turn they raise different doubts, and facts of an event that raise some.
_CARS: list[Row] = [{"position": 1, "car": "Zorp 1"}, {"position": 4}, {"position": 1, "laps": 7, "lap_number": 9}]
_STATES = st.dictionaries(
    st.sampled_from(["e/race", "e/grid", "f/race", "f/grid", "g/race", "stray"]),
    st.lists(st.sampled_from(range(len(_CARS))), max_size=3).map(tuple),
)
_FACTS = st.fixed_dictionaries({event: st.sampled_from([None, 4.0, 5.0]) for event in "efg"})


def archive(state: Mapping[str, tuple[int, ...]], lengths: Mapping[str, float | None]) -> dict[str, pa.Table]:
    """Sheets with these cars, of events with these lengths of the circuit; `g` is an event even without a sheet."""
    facts = {event: {"event_id": event, "season": 2000, "circuit_km": km} for event, km in lengths.items()}
    sheets = [Sheet(name, [_CARS[car] for car in cars] * 3) for name, cars in state.items()]
    tables = made(*sheets)
    events = [fact for event, fact in facts.items() if event == "g" or any(name[0] == event for name in state)]
    tables["events"] = TABLES["events"].conform(pa.Table.from_pylist(events))
    for name in ("sheets", "results"):
        there = pc.if_else(pc.equal(tables[name]["event_id"], ""), None, tables[name]["event_id"])
        tables[name] = tables[name].set_column(tables[name].column_names.index("event_id"), "event_id", there)
    return tables


@given(_STATES, _FACTS, _STATES, _FACTS, st.booleans())
@settings(max_examples=60)
def test_findings_about_changes_alone_are_those_of_a_full_check(old, old_facts, new, new_facts, same):
    """However sheets come, change and go and facts change, checking what changed gives what checking all gives."""
    new = {**old, **new} if same else new
    before, now = archive(old, old_facts), archive(new, new_facts)
    last = {"events": before["events"], "findings": check(before)}
    unchanged = {name for name in new if new[name] == old.get(name)}
    order = [(name, "ascending") for name in ("event_id", "sheet_id", "line", "check", "column", "observed", "message")]
    assert recheck(now, last, unchanged).sort_by(order).equals(check(now).sort_by(order))


def test_only_changed_events_are_checked_again():
    """Of two events, the one with nothing new is not looked at: its last findings stand, whatever they say."""
    tables = made(ranked({}, {"position": 4}), Sheet("f/race", [{"position": 2}]))
    findings = check(tables)
    said = findings.set_column(8, findings.schema.field(8), pa.array(["as before"] * findings.num_rows))
    found = recheck(tables, {"events": tables["events"], "findings": said}, {"e/race"}).to_pylist()
    assert {row["message"] == "as before" for row in found if row["event_id"] == "e"} == {True}
    assert {row["message"] == "as before" for row in found if row["event_id"] == "f"} == {False}


def test_checks_see_nothing_of_who_is_who():
    """No check can read what identity fills: changes of it never need checks to be run again."""
    with pytest.raises(duckdb.BinderException):
        duckdb.from_arrow(seen(made(ranked({})))["results"]).select("entrant_id")
    assert not seen({}).keys() & {"driver_results", "drivers", "entrants"}


@given(st.lists(st.integers(-5, 5), max_size=8))
def test_the_fewest_values_are_marked_as_misplaced(values):
    """What is left is in order, and no larger part of the list is."""
    marks = list(misplaced(np.array(values, dtype=np.int64)))
    left = [value for value, mark in zip(values, marks, strict=True) if not mark]
    assert left == sorted(left)
    parts = ([v for i, v in enumerate(values) if bits >> i & 1] for bits in range(1 << len(values)))
    assert len(left) == max(len(part) for part in parts if part == sorted(part))
