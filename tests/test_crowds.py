"""A sheet of many names takes as much longer as it has more of them, however alike they are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice, product
from unittest.mock import patch

import numpy as np
import pytest

from tests.bench.identity import NO_DECISIONS
from transforms.checks import check
from transforms.identity import resemblance, resolve
from transforms.identity.names import parse
from transforms.identity.understood import in_columns
from transforms.sheets import read_sheets
from transforms.sources import Source

SYLLABLES = ("ba", "dor", "fer", "ga", "ko", "li", "me", "pel", "ro", "sen", "ta", "vi")


def _families(same: str) -> Iterator[str]:
    """Different family names with a part that is the same."""
    return (f"{one}{two}{same}{three}{four}".title() for one, two, three, four in product(SYLLABLES, repeat=4))


@pytest.mark.parametrize("printed", ["{0}", "Max {0}", "{0} Schmidt", "{0} {0}"])
def test_four_times_as_many_different_names_take_no_sixteen_times_as_long(printed: str) -> None:
    """Reading a sheet, telling its people apart and checking it takes far less than a time that grows by the square."""
    spent = [min(_spent(count, printed) for _ in range(2)) for count in (2_000, 8_000)]
    assert spent[1] < 8 * spent[0]


def _spent(count: int, printed: str) -> float:
    names = islice(_families(""), count)
    rows = "".join(f"{i} | {printed.format(name)} | BMW M3\n" for i, name in enumerate(names, start=1))
    source = Source("e/race", "e", "e/race.txt", "", f"No | Driver | Car\n{rows}".encode())
    started = time.process_time()
    read = read_sheets([source])
    assert len(read["driver_results"]) == count
    resolve(read, NO_DECISIONS.empty_table(), None)
    check(read)
    return time.process_time() - started


def test_names_that_share_most_letters_are_compared_with_a_bounded_number_of_others() -> None:
    """Where thousands of names share a half, no more pairs are looked at than so many for each."""
    names = [parse(f"Max {family}", pseudonym=False, reading="plain") for family in islice(_families("lu"), 3_000)]
    looked_at = []
    joined = resemblance.joined_in_turn

    def counting(key: np.ndarray, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for one, other in joined(key, most):
            looked_at.append(len(one))
            yield one, other

    with patch.object(resemblance, "joined_in_turn", counting):
        resemblance.resembling(in_columns(names))
    assert sum(looked_at) <= len(names) * 12 * resemblance.CROWD / 2
