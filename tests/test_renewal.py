"""Judging again only those whom a change concerns gives what judging everybody gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.bench.archive import simulate
from transforms.identity import told
from transforms.identity.decisions import DecisionError
from transforms.identity.resolution import resolve, told_apart
from transforms.identity.scope import concerned
from transforms.parts import Parts

Tables = dict[str, pa.Table]
NO_DECISIONS = pa.schema([(name, pa.string()) for name in ("op", "a", "b", "reason", "date")] + [("row", pa.int64())])


def replaced(table: pa.Table, name: str, places: np.ndarray, values: list[str | None] | list[int]) -> pa.Table:
    """The table with other values in some rows of a column."""
    column = np.array(table[name].to_pylist(), dtype=object)
    column[places] = values
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(at), pa.array(column.tolist(), table.schema.field(at).type))


def kept(read: Tables, sheets: set[str], cars: set[str]) -> Tables:
    """The archive without some sheets and cars."""

    def without(table: pa.Table, column: str, gone: set[str]) -> pa.Table:
        return table.filter(pc.invert(pc.is_in(table[column], pa.array(sorted(gone), pa.string()))))

    rows = {name: without(read[name], "sheet_id", sheets) for name in ("sheets", "results", "driver_results")}
    return read | rows | {name: without(rows[name], "result_id", cars) for name in ("results", "driver_results")}


@pytest.fixture(scope="module")
def archive() -> Tables:
    """A simulated archive of some five thousand mentions, in order of sheet, line and seat."""
    read = simulate(5_000, seed=8).read
    line = read["results"]["line"].take(
        pc.index_in(read["driver_results"]["result_id"], read["results"]["result_id"].combine_chunks())
    )
    by = [(name, "ascending") for name in ("sheet_id", "line", "seat")]
    rows = read["driver_results"].append_column("line", line).sort_by(by).drop_columns("line")
    names = pc.replace_substring_regex(rows["name_text"], r"^([A-M])\. ", r"\1.X. ")  # several initials are a name
    rows = rows.set_column(rows.schema.get_field_index("name_text"), rows.schema.field("name_text"), names)
    return read | {"driver_results": rows, "results": read["results"].sort_by(by[:2])}


def changed(read: Tables, draw: np.random.Generator) -> tuple[Tables, set[str]]:
    """The archive after a handful of changes of every kind, and the sheets that they touch."""
    rows, results = read["driver_results"], read["results"]
    result = np.array(results["result_id"].to_pylist(), dtype=object)
    sheet, car = (np.array(rows[name].to_pylist(), dtype=object) for name in ("sheet_id", "result_id"))
    names = np.array(rows["name_text"].to_pylist(), dtype=object)
    touched = set(draw.choice(np.unique(sheet), 6, replace=False).tolist())
    sheets, cars = set(), set()
    for what, name in enumerate(sorted(touched)):
        at = draw.choice(np.flatnonzero(sheet == name))
        if what == 0:
            sheets.add(name)
        elif what == 1:
            cars.add(car[at])
        elif what in (2, 3):
            column = "car_number" if what == 2 else "entrant"
            value = "999" if what == 2 else draw.choice(rows["entrant"].to_pylist())
            rows = replaced(rows, column, car == car[at], [value])
            results = replaced(results, column, result == car[at], [value])
        else:
            slip = names[at][:-1] if what == 4 else draw.choice(names)
            rows = replaced(rows, "name_text", np.array([at]), [slip])
    return kept(read | {"driver_results": rows, "results": results}, sheets, cars), touched


def rest(read: Tables, touched: set[str]) -> frozenset[str]:
    """The sheets that are as they were."""
    return frozenset(read["sheets"]["sheet_id"].to_pylist()) - touched


def plain(tables: Tables) -> Tables:
    """The tables with the findings in order, each once; whoever gathers all findings does that."""
    found = tables["findings"]
    by = [(name, "ascending") for name in found.column_names]
    return tables | {"findings": found.group_by(found.column_names).aggregate([]).sort_by(by)}


def assert_same(again: Tables, whole: Tables) -> None:
    """Every table has the same rows in the same order."""
    for name, table in plain(whole).items():
        assert plain(again)[name].equals(table), name


@pytest.mark.parametrize("seed", range(12))
def test_judging_those_concerned_is_judging_all(archive: Tables, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After sheets, cars, numbers, entrants and names have changed, all tables are those of judging everybody."""
    monkeypatch.setattr(told, "MANY", 50)
    draw, read = np.random.default_rng(seed), archive
    before = read | resolve(read, NO_DECISIONS.empty_table(), None)
    for _ in range(3):
        after, touched = changed(read, draw)
        again = resolve(after, NO_DECISIONS.empty_table(), before, rest(after, touched))
        assert_same(again, resolve(after, NO_DECISIONS.empty_table(), before))
        read, before = after, after | again


def decided(*lines: tuple[str, str, str]) -> pa.Table:
    """Decisions (op, a, b), each on its line."""
    rows = [
        {"op": op, "a": a, "b": b, "reason": "told", "date": "2026-01-01", "row": n}
        for n, (op, a, b) in enumerate(lines, 2)
    ]
    return pa.Table.from_pylist(rows, schema=NO_DECISIONS)


def test_decisions_hold_when_only_some_are_judged(archive: Tables) -> None:
    """People whom decisions join, part and name stay so, by name, id or mention; one that falls flat is an error."""
    first = resolve(archive, NO_DECISIONS.empty_table(), None)
    full = first["drivers"].filter(pc.equal(first["drivers"]["name_form"], "full"))["driver"].to_pylist()[::40]
    track = next(row for row in first["driver_links"].to_pylist() if row["method"] == "unresolved")
    lines = [
        ("same", full[0], full[1]),
        ("label", full[2], "Somebody Else"),
        ("is", f"{track['result_id']}/{track['seat']}", full[3]),
    ]
    decisions = decided(*lines)
    before = archive | resolve(archive, decisions, None)
    after, touched = changed(archive, np.random.default_rng(1))
    again = resolve(after, decisions, before, rest(after, touched))
    assert_same(again, resolve(after, decisions, before))
    assert "Somebody Else" in again["drivers"]["driver"].to_pylist()
    flat = decided(*lines, ("same", full[0], "Nobody Known"))
    with pytest.raises(DecisionError, match="line 5: nobody is called"):
        resolve(after, flat, before, rest(after, touched))


def test_an_event_of_another_series_is_judged_again(archive: Tables) -> None:
    """When event.toml names another series, the drivers of the event are judged again though its sheets stand."""
    before = archive | resolve(archive, NO_DECISIONS.empty_table(), None)
    events = archive["events"]
    after = archive | {"events": replaced(events, "series", np.arange(3), ["Another Cup"])}
    unchanged = frozenset(archive["sheets"]["sheet_id"].to_pylist())
    again = resolve(after, NO_DECISIONS.empty_table(), before, unchanged)
    assert_same(again, resolve(after, NO_DECISIONS.empty_table(), before))
    assert not again["driver_links"].equals(before["driver_links"])


def with_countries(read: Tables, sheets: list[str], countries: list[str]) -> Tables:
    """The archive with these countries, in turn, beside the crews of some sheets."""
    results = read["results"]
    crew, cells = results["crew_size"].to_pylist(), results["extra"].to_pylist()
    for at in np.flatnonzero(pc.is_in(results["sheet_id"], pa.array(sheets))).tolist():
        value = "|".join(countries[(at + seat) % len(countries)] for seat in range(crew[at] or 0))
        cells[at] = [{"name": "crew_countries", "value": value}]
    at = results.schema.get_field_index("extra")
    return read | {
        "results": results.set_column(at, results.schema.field(at), pa.array(cells, results.schema.field(at).type))
    }


@pytest.mark.parametrize("seed", range(3))
def test_countries_of_changed_sheets_are_looked_at_again(archive: Tables, seed: int) -> None:
    """When a sheet gains, changes or loses countries, who contradicts them is found as in a build of everything."""
    draw, none = np.random.default_rng(seed), NO_DECISIONS.empty_table()
    sheets = draw.choice(archive["sheets"]["sheet_id"].to_pylist(), 60, replace=False).tolist()
    read = with_countries(archive, sheets, ["GBR", "FRA", "ITA"])
    before = read | resolve(read, none, None)
    for touched, countries in ((sheets[:2], ["FRA", "BEL"]), (sheets[:1], [""])):
        after = with_countries(read, touched, countries)
        again = resolve(after, none, before, rest(after, set(touched)))
        assert_same(again, resolve(after, none, before))
        assert "country-contradiction" in again["findings"]["check"].to_pylist()
        assert not plain(again)["findings"].equals(plain(before)["findings"])
        read, before = after, after | again


def test_tables_that_are_ready_before_the_others_are_those_given(archive: Tables) -> None:
    """What is handed on while people are still told apart is what is given in the end."""
    before = archive | resolve(archive, NO_DECISIONS.empty_table(), None)
    after, touched = changed(archive, np.random.default_rng(3))
    ready: dict[str, pa.Table | Parts] = {}
    let_go = lambda: None
    found = told_apart(after, NO_DECISIONS.empty_table(), before, rest(after, touched), let_go, ready.update)
    assert ready.keys() == found.keys() - {"findings"}
    assert all(ready[name] is found[name] for name in ready)


def test_names_printed_with_and_without_quotes_are_told_apart_again(archive: Tables) -> None:
    """Of those who bear a changed name some stand in quotes and others do not: each is judged by his own print."""
    rows, draw = archive["driver_results"], np.random.default_rng(5)
    some = draw.choice(len(rows), 300, replace=False)
    names = [rows["name_text"][place].as_py() for place in draw.choice(len(rows), 10, replace=False)]
    rows = replaced(rows, "name_text", some, [names[n % 10] for n in range(300)])
    read = archive | {"driver_results": replaced(rows, "pseudonym", some, [n % 20 < 10 for n in range(300)])}
    before = read | resolve(read, NO_DECISIONS.empty_table(), None)
    for at in some[:3]:
        after = read | {"driver_results": replaced(read["driver_results"], "name_text", np.array([at]), ["A Stranger"])}
        touched = {rows["sheet_id"][at].as_py()}
        again = resolve(after, NO_DECISIONS.empty_table(), before, rest(after, touched))
        assert_same(again, resolve(after, NO_DECISIONS.empty_table(), before))


def test_an_unrelated_sheet_concerns_nobody_else(archive: Tables) -> None:
    """Of an archive to which a sheet of strangers is added only the strangers are judged."""
    before = archive | resolve(archive, NO_DECISIONS.empty_table(), None)
    rows = archive["driver_results"].slice(0, 2)
    for name, values in (
        ("sheet_id", ["zz/race"] * 2),
        ("event_id", ["zz"] * 2),
        ("result_id", ["zz/race:1", "zz/race:2"]),
        ("name_text", ["Xq Zzyzx", "Yv Qwrtz"]),
    ):
        rows = replaced(rows, name, np.arange(2), values)
    cars = replaced(archive["results"].slice(0, 2), "result_id", np.arange(2), ["zz/race:1", "zz/race:2"])
    cars = replaced(cars, "crew_size", np.arange(2), [1, 1])
    after = archive | {
        "driver_results": pa.concat_tables([archive["driver_results"], rows]),
        "results": pa.concat_tables([archive["results"], cars]),
        "sheets": pa.concat_tables(
            [archive["sheets"], replaced(archive["sheets"].slice(0, 1), "sheet_id", np.arange(1), ["zz/race"])]
        ),
    }
    scope = concerned(after, NO_DECISIONS.empty_table(), before, rest(after, {"zz/race"}))
    assert scope
    assert scope.judged.tolist() == [len(scope.stood) - 2, len(scope.stood) - 1]
