"""However a sheet is broken, the reader gives an account of it."""

from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import broken_promises, sources
from transforms.sheets import read_sheets
from transforms.sources import Source


@pytest.mark.parametrize("seed", range(4))
def test_broken_sheets_are_accounted_for(seed: int) -> None:
    """A thousand broken sheets a time: no exception, no lost line, byte or driver."""
    given = sources(1_000_000 + seed, 1000)
    assert not broken_promises(given, read_sheets(given))


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=400) | st.text(max_size=200).map(str.encode), max_size=8))
def test_any_bytes_whatsoever_come_back(inputs: list[bytes]) -> None:
    """Whatever bytes a file holds, its lines give them back."""
    given = [Source(f"{i}", None, f"{i}.txt", hashlib.sha256(data).hexdigest(), data) for i, data in enumerate(inputs)]
    assert not broken_promises(given, read_sheets(given))


def test_a_sheet_reads_the_same_in_any_company() -> None:
    """What a sheet becomes does not depend on the sheets read with it."""
    given = sources(2_000_000, 200)
    together = read_sheets(given)
    for source in given[::20]:
        alone = read_sheets([source])
        for name in ("sheets", "lines", "results"):
            rows = [row for row in together[name].to_pylist() if row["sheet_id"] == source.sheet_id]
            assert alone[name].to_pylist() == rows, f"{source.sheet_id} in {name}"


_ROWS = b"| Pos | No | Drivers | Car | Team | Laps |\n" + b"".join(
    b"| %d | %d | Hans Ober / Derek White | Porsche 962C | Rothmans Porsche | %d |\n" % (i, i, 209 - i)
    for i in range(1, 6)
)
_MONSTERS = {
    "bars": b"|" * 500_000,
    "semicolons": b";" * 500_000,
    "quotes": b'"' * 500_000,
    "quoted commas": b'",' * 250_000,
    "blanks between letters": b"a  " * 150_000,
    "line ends": b"\n" * 200_000,
    "short lines": b"a\n" * 50_000,
    "bytes that are no text": b"\xff" * 500_000,
    "one cell": _ROWS + b"| 6 | 7 | " + b"x" * 500_000 + b" | Porsche 956 | Rothmans Porsche | 200 |\n",
    "one crew": _ROWS + b"| 6 | 7 | " + b"A B / " * 80_000 + b"C | Porsche 956 | Rothmans Porsche | 200 |\n",
    "one crew in brackets": _ROWS + b"| 6 | 7 | " + b"(a" * 160_000 + b")" * 160_000 + b" | Porsche 956 | R | 200 |\n",
    "one crew of accents": _ROWS + b"| 6 | 7 | " + "e\u0301".encode() * 160_000 + b" | Porsche 956 | R | 200 |\n",
    "blanks in rows": b"".join(b"%d. " % i + b" " * 100_000 + b"A B 1:23.456\n" for i in range(1, 6)),
    "digits in rows": b"".join(b"%d. x" % i + b"1" * 100_000 + b"y 1:23.456\n" for i in range(1, 6)),
    "lines that go on": b"1  A B        Porsche 962C  200\n2  C D        Lancia LC2    199\n" + b"   E F\n" * 40_000,
    "one number": _ROWS + b"| " + b"9" * 500_000 + b" | 1 | A / B | Porsche 956 | Rothmans Porsche | 200 |\n",
    "wide spans": b"{|\n! Pos !! Driver\n" + (b"|-\n" + b"|colspan=99 rowspan=99| x |" * 700 + b"\n|-\n|x" * 98) * 26,
    "ragged bars": b"".join(b"|" * (i % 400) + b"\n" for i in range(2500)),
}


def test_no_driver_is_told_more_than_any_car_has_printed() -> None:
    """A row of so much text and so many drivers that each would be told all of it is a reject that says why."""
    row = b"| 6 | 7 | " + b"A B / " * 1_000 + b"C | Porsche 956 | " + b"x" * 1_000 + b" | 200 |\n"
    read = read_sheets([Source("long", None, "long.txt", hashlib.sha256(row).hexdigest(), _ROWS + row)])
    assert read["lines"]["reason"].to_pylist()[6].startswith("a crew of 6,001 bytes in a row of 7,0")
    assert len(read["results"]) == 5


@pytest.mark.parametrize("name", _MONSTERS)
def test_half_a_megabyte_of_anything_is_read_in_seconds(name: str) -> None:
    """No sheet of half a megabyte, however made, costs more than a few seconds."""
    given = [Source(name, None, "monster.txt", hashlib.sha256(_MONSTERS[name]).hexdigest(), _MONSTERS[name])]
    started = time.process_time()
    assert not broken_promises(given, read_sheets(given))
    assert time.process_time() - started < 10
