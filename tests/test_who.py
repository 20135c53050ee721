"""`parcferme explain` and `parcferme review` say who is who, and note what a person decides."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from flows.cli import parcferme
from flows.commands.explain import _worded, pauses
from flows.commands.review import _weighed, append, beside
from flows.decisions import read_identity
from flows.errors import UserError
from flows.views import views
from flows.who import Side, hindrance_to, same_but_for_suffix


def run(*arguments: str) -> Result:
    """The outcome of the command; an error of the user is raised."""
    return CliRunner().invoke(parcferme, arguments, catch_exceptions=False)


def test_explain_prints_the_sum_term_by_term(warehouse: Path) -> None:
    """Henderson of 1997 may be Martin Henderson: the terms, the sum, the bar, and how to settle it."""
    text = run("explain", "henderson", "--event", "1997-spa-24-hours", "--warehouse", str(warehouse.parent)).output
    assert "may be Martin Henderson (martin-henderson)" in text
    assert "+1  for E.B.R.T. Schröder Motor Sport on both sides" in text
    assert "is,1997-spa-24-hours/race:21/3,martin-henderson" in text


@pytest.mark.parametrize(
    ("method", "points", "runner_up", "series", "best", "said"),
    [
        ("unresolved", 14, None, 5, "name", "another one of that name on the sheet fits nearly as well"),
        ("unresolved", 12, 3, 0, "name", "they share nothing but the name and the years"),
        ("unresolved", 14, None, 5, "unresolved", "no full name of him is known, either"),
        ("unresolved", 10, None, 5, "name", None),
        ("ambiguous", 14, 12, 5, "name", None),
        ("linked", 14, None, 5, "name", None),
    ],
)
def test_explain_says_why_enough_points_do_not_link(
    method: str, points: int, runner_up: int | None, series: int, best: str, said: str | None
) -> None:
    """Where neither the bar nor the runner-up is the reason, the reason is said."""
    evidence = [{"term": "series", "points": series}]
    row = {"method": method, "points": points, "runner_up": runner_up, "evidence": evidence}
    assert hindrance_to(row, Side([{"method": best}])) == said


def test_explain_asks_about_a_pause_that_may_part_two_careers() -> None:
    """With the line that parts them; a shorter pause is a comeback."""
    sides = [Side([{"driver_id": "carlos-sainz", "season": year} for year in (1992, last)]) for last in (2020, 2006)]
    assert [any("split,carlos-sainz,2020," in line for line in pauses(side)) for side in sides] == [True, False]


def test_who_is_apart_by_a_suffix_alone_is_found() -> None:
    """Father and son, or one whose suffix a sheet left out; accents and case make no difference."""
    with duckdb.connect() as connection:
        connection.execute(views()["fold"].statement)
        connection.execute(
            """
            CREATE TABLE drivers AS FROM (VALUES
                ('al-unser', 'Al Unser', 'Al', 'Unser', NULL), ('al-unser-jr', 'Al Unser Jr.', 'AL', 'Ünser', 'Jr.'),
                ('al-unser-2', 'Al Unser', 'Al', 'Unser', NULL), ('unser', 'Unser', NULL, 'Unser', NULL),
                ('soren-moller', 'Søren Møller', 'Søren', 'Møller', NULL),
                ('soren-moller-jr', 'Soren Moller Jr.', 'Soren', 'Moller', 'Jr.')
            ) AS rows (driver_id, driver, given_names, family_name, suffix)
            """
        )
        assert same_but_for_suffix(connection, "al-unser") == [("al-unser-jr", "Al Unser Jr.")]
        assert same_but_for_suffix(connection, "soren-moller") == [("soren-moller-jr", "Soren Moller Jr.")]


def test_explain_as_json_holds_the_same_sum(warehouse: Path) -> None:
    """The terms of the JSON add up to its points."""
    found = json.loads(run("explain", "Henderson", "--json", "--warehouse", str(warehouse.parent)).output)
    mention = next(one for person in found for one in person["mentions"] if one["method"] == "unresolved")
    assert mention["points"] == sum(term["points"] for term in mention["evidence"])
    assert mention["candidates"] == ["martin-henderson"]


def test_explain_finds_any_spelling(warehouse: Path) -> None:
    """Accents, case and blanks of the question do not matter."""
    for name in ("stephane sarrazin", "Stéphane SARRAZIN", "stephane-sarrazin"):
        assert (
            "[stephane-sarrazin]  2003 to 2009, 2 mentions"
            in run("explain", name, "--warehouse", str(warehouse.parent)).output
        )


def test_explain_finds_names_by_some_of_their_words(warehouse: Path) -> None:
    """Where nobody is called just so, all are meant who have these words in their names."""
    text = run("explain", "Poele", "--warehouse", str(warehouse.parent)).output
    assert "[eric-van-de-poele]" in text
    assert "[van-de-poele-1997-spa-24-hours-25]" in text


def test_explain_does_not_invent_years() -> None:
    """Where a season is unknown no number of years is told."""
    unknown = ("season", "car", "entrant", "entrant_id", "series", "event", "car_number", "method", "evidence")
    alone = Side([dict.fromkeys(unknown) | {"name_text": "Kox", "crew": ["Kox"]}])
    assert "unknown" in _worded("years", alone, alone)


def test_explain_counts_those_of_the_initial_alone() -> None:
    """Who is printed with an initial has no rival in a namesake of another one, and that is not denied either."""
    unknown = ("season", "car", "entrant", "entrant_id", "series", "event", "car_number", "method")
    for terms, known in ((["surname", "initial"], "surname and initial"), (["surname"], "surname")):
        row = dict.fromkeys(unknown) | {"name_text": "D. Kox", "crew": ["D. Kox"]}
        mention = Side([row | {"evidence": [{"term": term, "points": 4} for term in terms]}])
        assert _worded("only candidate", mention, mention) == f"nobody else of that {known} is known at the time"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("Stéphane Sarasin",), "Did you mean Stéphane Sarrazin"),
        (("Henderson", "--event", "1997-spa-24-hour"), "Did you mean 1997-spa-24-hours"),
        (("Henderson", "--event", "monza"), "printed at 1997-spa-24-hours and 2000-srwc-magny-cours."),
    ],
)
def test_explain_answers_an_unknown_name_with_the_nearest(
    warehouse: Path, arguments: tuple[str, ...], hint: str
) -> None:
    """A slip in the name or the event is a clear error."""
    with pytest.raises(UserError) as error:
        run("explain", *arguments, "--warehouse", str(warehouse.parent))
    assert hint in str(error.value.remedy)


def test_review_lists_open_cases_side_by_side(warehouse: Path) -> None:
    """Without a terminal nothing is asked."""
    text = run("review", "--limit", "1", "--warehouse", str(warehouse.parent)).output
    assert "1: Martin Henderson" in text
    assert "entrants: E.B.R.T. Schröder Motor" in text


@pytest.mark.parametrize(
    ("points", "series", "said"),
    [
        (10, 5, "10 points for the first, 3 for the next, where 11 link and the next must be 6 behind"),
        (12, 0, "12 points for the first, 3 for the next, but they share nothing but the name and the years"),
        (None, 0, "no points"),
    ],
)
def test_review_says_why_a_case_is_open(points: int | None, series: int, said: str) -> None:
    """As explain does: what is needed, or what is in the way."""
    row = {"method": "unresolved", "points": points, "runner_up": 3, "evidence": [{"term": "series", "points": series}]}
    assert _weighed(row, [Side([{"method": "name"}])]) == said


def test_review_asks_until_it_has_an_answer(warehouse: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the keys passes no case over; an answer is noted beside the warehouse's seeds, with its reason."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    arguments = ("review", "--limit", "2", "--seeds", str(seeds), "--warehouse", str(warehouse.parent))
    typed = "7\nx\nn1\n\na book\nq\n"
    text = CliRunner().invoke(parcferme, arguments, input=typed, catch_exceptions=False).output
    assert text.count("Same as 1") == 4
    assert text.count("Why?") == 2
    decision = read_identity((seeds / "identity.csv").read_bytes()).to_pylist()[-1]
    assert (decision["op"], decision["reason"]) == ("not-same", "a book")


def test_review_asks_nothing_where_it_could_not_note_it(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the seeds is sought beside the warehouse; without one nothing is typed in vain."""
    assert beside(str(warehouse.parent)) == str(warehouse.parent.parent / "seeds")
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    with pytest.raises(UserError, match="There is no folder nowhere"):
        run("review", "--seeds", "nowhere", "--warehouse", str(warehouse.parent))


def test_review_estimates_how_right_links_are(warehouse: Path) -> None:
    """Four events are too few for a link, and it says so."""
    text = run("review", "--estimate", "--warehouse", str(warehouse.parent)).output
    assert "full names hidden" in text
    assert "too little evidence" in text


@pytest.mark.parametrize("before", [b"", b"op,a,b,reason,date\n", b"op,a,b,reason,date\nsame,x,y,seen,2024-01-01"])
def test_a_decision_is_one_more_line(tmp_path: Path, before: bytes) -> None:
    """identity.csv is made where there is none, keeps what it has, and reads back."""
    path = tmp_path / "identity.csv"
    if before:
        path.write_bytes(before)
    append(path, ("is", "a/race:1/1", "karl-amsel", "entry list, page 3", "2024-05-01"))
    assert path.read_bytes().startswith(before)
    assert read_identity(path.read_bytes()).to_pylist()[-1]["reason"] == "entry list, page 3"


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    """The remedy names the option."""
    with pytest.raises(UserError, match="cannot be written"):
        append(tmp_path / "nowhere" / "identity.csv", ("is", "a", "b", "c", "d"))
