import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.crews import JOIN, read_crews


def _names(*crews, sheets=None):
    read = read_crews(pa.array(crews, pa.string()), np.array(sheets or [0] * len(crews)))
    return read.crew.to_pylist()


def test_slashes_with_blanks_divide_names():
    """A slash with a blank beside it divides drivers; one without belongs to the name."""
    assert _names("Kox / Menzel / Naspetti", "A. Smith/B. Jones") == [
        ["Kox", "Menzel", "Naspetti"],
        ["A. Smith/B. Jones"],
    ]


def test_slashes_without_blanks_never_divide_by_themselves():
    """However a sheet prints its crews, a slash without blanks stays in the name, until somebody states otherwise."""
    crews = ["Siffert/Redman", "Herrmann/Stommelen/Ahrens", "Jo Siffert/Brian Redman", "Kox", "AC/DC"]
    assert _names(*crews) == [[crew] for crew in crews]


def test_stated_separator_divides_beside_the_usual_ones():
    """What event.toml states to stand between the drivers of a sheet divides these, and those of no other sheet."""
    printed = [
        "Siffert/Redman",
        "Kox / Duez/ Bovy",
        "v. Hanstein/Koch, G.",
        "Siffert/Redman",
        "Ickx-Bell",
        "Kox / Bell",
    ]
    read = read_crews(pa.array(printed), np.array([0, 0, 0, 1, 2, 2]), ["/", None, "-"])
    assert read.crew.to_pylist() == [
        ["Siffert", "Redman"],
        ["Kox", "Duez", "Bovy"],
        ["v. Hanstein", "Koch, G."],
        ["Siffert/Redman"],
        ["Ickx", "Bell"],
        ["Kox", "Bell"],
    ]


def test_dashes_divide_only_where_the_sheet_uses_them_throughout():
    """` - ` divides the crews of a sheet that divides by nothing else, and is part of a name in all others."""
    assert _names("A. Kox - B. Menzel", "C. Duez") == [["A. Kox", "B. Menzel"], ["C. Duez"]]
    assert _names("A. Kox / B. Menzel", "C. Duez - Late entry") == [["A. Kox", "B. Menzel"], ["C. Duez - Late entry"]]


def test_marks_are_flags_and_not_part_of_the_name():
    """A star says nominated, quotes around a whole name a pseudonym; a nickname inside a name stays."""
    crews = read_crews(
        pa.array(['*Romain Dumas / "Linos" / Richard "Dickie" Attwood / Al Holbert, Jr.']), np.array([0])
    )
    assert crews.name.to_pylist() == ["Romain Dumas", "Linos", 'Richard "Dickie" Attwood', "Al Holbert, Jr."]
    assert crews.nominated.to_pylist() == [True, False, False, False]
    assert crews.pseudonym.to_pylist() == [False, True, False, False]


def test_an_empty_crew_stays():
    """A car without a printed crew keeps its row, with no driver."""
    assert _names("Kox", None, "") == [["Kox"], [], []]


def test_a_page_of_blanks_or_countries_is_one_name():
    """What no crew is long enough for is read in one pass, and stays as it is printed."""
    blanks, countries = "A" + " " * 300_000 + "x (F", "Spain " * 100_000
    assert _names(blanks + ")", countries.strip(), sheets=[0, 1]) == [["A" + " " * 300_000 + "x"], [countries.strip()]]
    assert _names(blanks, "Kox") == [[blanks], ["Kox"]]


@given(st.lists(st.lists(st.from_regex(r"\A[A-Z][a-z]{1,8}\Z"), max_size=6), min_size=1, max_size=8))
def test_crews_in_are_drivers_out(crews):
    """However many names a crew has, each gets a seat, in order."""
    read = read_crews(pa.array([" / ".join(crew) or None for crew in crews], pa.string()), np.zeros(len(crews), int))
    assert read.crew.to_pylist() == crews
    assert read.seat.tolist() == [seat for crew in crews for seat in range(1, len(crew) + 1)]
    assert _names(*(JOIN.join(crew) or None for crew in crews)) == crews
