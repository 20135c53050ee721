import pytest

from transforms.corrections import CorrectionError
from transforms.sheets import read_sheets
from transforms.sources import Correction, Source

_SHEET = b"".join(b"| %d | %d | Kox / Menzel | BMW M3 | %d | 2:38.794 |\n" % (i, i + 40, 90 - i) for i in range(1, 9))


def _read(**changed):
    fields = {
        "line": 3,
        "column": "lap_time_ms",
        "expect": "2:38.794",
        "value": "2:37.900",
        "reason": "typing",
        "row": 2,
    }
    correction = Correction(**(fields | changed))
    return read_sheets([Source("s", "e", "s.txt", "", _SHEET, corrections=(correction,))])


def test_a_correction_changes_one_cell_and_says_so():
    """A corrected cell has its new value, the ledger keeps the printed one, and a finding says who was right."""
    tables = _read()
    assert [row["lap_time_ms"] for row in tables["results"].to_pylist()][2:4] == [157_900, 158_794]
    assert "2:38.794" in tables["lines"]["text"][2].as_py()
    [finding] = [f for f in tables["findings"].to_pylist() if f["check"] == "cell-corrected"]
    assert (finding["observed"], finding["expected"], finding["line"]) == ("2:38.794", "2:37.900", 3)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"expect": "2:38.000"}, "reads '2:38.794', not '2:38.000'"),
        ({"line": 99}, "line 99 is not a row of results"),
        ({"column": "tyre"}, "has no column tyre; it has position, car_number"),
    ],
)
def test_a_correction_that_no_longer_fits_fails(changed, message):
    """A correction expires: when the expected text is gone, its line of corrections.csv and the remedy are named."""
    with pytest.raises(CorrectionError, match=r"corrections\.csv line 2") as caught:
        _read(**changed)
    assert message in str(caught.value)
