"""What the last snapshot called the mentions of drivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_identity import NO_DECISIONS, archive
from transforms.identity import claims
from transforms.identity.claims import Claims
from transforms.identity.mentions import gather
from transforms.identity.resolution import resolve

Rows = Sequence[tuple[str, str, str]]
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["", "7", "8"]), st.sampled_from(["Ash", "Ann Ash", "Oak"]))
)


def printed(rows: Rows) -> dict[str, pa.Table]:
    """Read tables of drivers, each in a car of his own, by sheet, car number and name."""
    return archive(
        *((f"{sheet}/race", 2000, number, name) for sheet, number, name in sorted(rows, key=lambda row: row[0]))
    )


def keys(rows: pa.Table) -> list[tuple[object, ...]]:
    """Sheet, car number and name of each mention, and which of equal ones it is."""
    found, before = [], Counter[tuple[object, ...]]()
    for row in rows.select(["sheet_id", "car_number", "name_text"]).to_pylist():
        key = tuple(row.values())
        found.append((*key, before[key]))
        before[key] += 1
    return found


@given(old=ROWS, new=ROWS)
def test_a_mention_is_found_again_in_its_sheet_under_its_car_number_and_name(old: Rows, new: Rows) -> None:
    """Of equal ones the first is the first, the second the second, however many are compared at a time."""
    previous, read = resolve(printed(old), NO_DECISIONS, None), printed(new)
    before = previous["driver_results"]
    known = dict(zip(keys(before), before["driver_id"].to_pylist(), strict=True))
    for many in (1, 100):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(claims, "MANY", many)
            borne, _ = Claims.of(previous).borne(gather(read))
        ids = [*borne.ids.to_pylist(), None]
        assert [ids[code] for code in borne.code] == [known.get(key) for key in keys(read["driver_results"])]
