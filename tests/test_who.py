"""`parcferme explain` and `parcferme review` say who is who, and note what a person decides."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from flows.cli import parcferme
from flows.commands.explain import hindrance_to, pauses
from flows.commands.review import append
from flows.decisions import read_identity
from flows.errors import UserError
from flows.who import Side, same_but_for_suffix


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
    ("method", "points", "runner_up", "series", "said"),
    [
        ("unresolved", 14, None, 5, "another one of that name on the sheet fits nearly as well"),
        ("unresolved", 12, 3, 0, "they share nothing but the name and the years"),
        ("unresolved", 10, None, 5, None),
        ("ambiguous", 14, 12, 5, None),
        ("linked", 14, None, 5, None),
    ],
)
def test_explain_says_why_enough_points_do_not_link(
    method: str, points: int, runner_up: int | None, series: int, said: str | None
) -> None:
    """Where neither the bar nor the runner-up is the reason, the reason is said."""
    evidence = [{"term": "series", "points": series}]
    row = {"method": method, "points": points, "runner_up": runner_up, "evidence": evidence}
    assert hindrance_to(row) == said


def test_explain_asks_about_a_pause_that_may_part_two_careers() -> None:
    """With the line that parts them; a shorter pause is a comeback."""
    sides = [Side([{"driver_id": "carlos-sainz", "season": year} for year in (1992, last)]) for last in (2020, 2006)]
    assert [any("split,carlos-sainz,2020," in line for line in pauses(side)) for side in sides] == [True, False]


def test_who_is_apart_by_a_suffix_alone_is_found() -> None:
    """Father and son, or one whose suffix a sheet left out; accents and case make no difference."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            CREATE TABLE drivers AS FROM (VALUES
                ('al-unser', 'Al Unser', 'Al', 'Unser', NULL), ('al-unser-jr', 'Al Unser Jr.', 'AL', 'Ünser', 'Jr.'),
                ('al-unser-2', 'Al Unser', 'Al', 'Unser', NULL), ('unser', 'Unser', NULL, 'Unser', NULL)
            ) AS rows (driver_id, driver, given_names, family_name, suffix)
            """
        )
        assert same_but_for_suffix(connection, "al-unser") == [("al-unser-jr", "Al Unser Jr.")]


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


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("Stéphane Sarasin",), "Did you mean Stéphane Sarrazin"),
        (("Henderson", "--event", "1997-spa-24-hour"), "Did you mean 1997-spa-24-hours"),
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
