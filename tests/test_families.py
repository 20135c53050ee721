"""Sheets made up from the grammar of families are read back as what they were made from."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.sheets.accuracy import Score, measure, report, score
from tests.sheets.families import in_another_order, sheets
from tests.sheets.rendering import pages
from transforms.sheets import read_sheets
from transforms.sources import Source

CORPUS = Path(__file__).parent / "corpus"
SHEETS = 300


@pytest.fixture(scope="session")
def without_header() -> Score:
    return measure(20, SHEETS, headers=False)[1]


@pytest.fixture(scope="session")
def with_header() -> Score:
    return measure(21, SHEETS, headers=True)[1]


def test_roles_are_found_without_a_header(without_header: Score) -> None:
    """Without a header at least 99.5 % of the columns get the right role."""
    assert without_header.accuracy >= 0.995, report("without a header", without_header)


def test_no_wrong_role_is_accepted(without_header: Score) -> None:
    """A sheet above the bar has every role right."""
    assert not without_header.wrong, report("without a header", without_header)


def test_few_sheets_are_rejected(without_header: Score) -> None:
    """At most one sheet in a hundred is handed back to a person."""
    assert len(without_header.rejected) <= SHEETS * 0.01, report("without a header", without_header)


def test_a_header_settles_every_role(with_header: Score) -> None:
    """With a header all columns get the right role and no sheet is rejected."""
    assert with_header.accuracy == 1, report("with a header", with_header)
    assert not with_header.rejected, report("with a header", with_header)


def test_cells_come_back_typed(without_header: Score, with_header: Score) -> None:
    """Every cell of an accepted sheet holds the value that was printed, and an absent one is null."""
    for read in (without_header, with_header):
        assert not sum(count for (_, same), count in read.cells.items() if not same), report("cells", read)


def test_another_order_is_read_or_rejected() -> None:
    """Columns in an order that no archive page has are read all the same; one such sheet in a hundred may not be."""
    random = Random(22)
    swapped = [sheet for sheet in (in_another_order(random, sheet) for sheet in sheets(22, SHEETS)) if sheet]
    written = pages(22, swapped, headers=False)
    result = score(written, read_sheets([page.source for page in written]))
    assert result.accuracy >= 0.98, report("in another order", result)
    assert len(result.wrong) <= SHEETS * 0.01, report("in another order", result)


def test_numbers_stand_before_names_on_any_number_of_sheets():
    """However many sheets of a batch print car numbers before names, each is read as it is alone."""
    text = (CORPUS / "numbers-before-drivers-headerless" / "input.txt").read_bytes()
    alone = read_sheets([Source("alone/race", None, "race.txt", "", text)])
    all_ = read_sheets([Source(f"{number:04}/race", None, "race.txt", "", text) for number in range(1_200)])
    assert all_["results"]["car_number"].to_pylist() == 1_200 * alone["results"]["car_number"].to_pylist()
    assert alone["results"]["car_number"].null_count == 0 < alone["results"].num_rows
