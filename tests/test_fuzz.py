"""However a sheet is broken, the reader gives an account of it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import broken_promises, sources
from transforms.sources import Source

sheets = pytest.importorskip("transforms.sheets", reason="the reader is not there yet")


@pytest.mark.parametrize("seed", range(4))
def test_broken_sheets_are_accounted_for(seed: int) -> None:
    """A thousand broken sheets a time: no exception, no lost line, byte or driver."""
    given = sources(1_000_000 + seed, 1000)
    assert not broken_promises(given, sheets.read_sheets(given))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=400) | st.text(max_size=200).map(str.encode), max_size=8))
def test_any_bytes_whatsoever_come_back(inputs: list[bytes]) -> None:
    """Whatever bytes a file holds, its lines give them back."""
    given = [Source(f"{i}", None, f"{i}.txt", hashlib.sha256(data).hexdigest(), data) for i, data in enumerate(inputs)]
    assert not broken_promises(given, sheets.read_sheets(given))


def test_a_sheet_reads_the_same_in_any_company() -> None:
    """What a sheet becomes does not depend on the sheets read with it."""
    given = sources(2_000_000, 200)
    together = sheets.read_sheets(given)
    for source in given[::20]:
        alone = sheets.read_sheets([source])
        for name in ("sheets", "lines", "results"):
            rows = [row for row in together[name].to_pylist() if row["sheet_id"] == source.sheet_id]
            assert alone[name].to_pylist() == rows, f"{source.sheet_id} in {name}"
