"""Of many names each is compared with few others, however alike they are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from unittest.mock import patch

import numpy as np
import pytest

from transforms.identity import resemblance
from transforms.identity.names import parse
from transforms.identity.understood import in_columns

SYLLABLES = ("ba", "dor", "fer", "ga", "ko", "li", "me", "pel", "ro", "sen", "ta", "vi")


def _families(same: str) -> Iterator[str]:
    """Different family names with a part that is the same."""
    return (f"{one}{two}{same}{three}{four}".title() for one, two, three, four in product(SYLLABLES, repeat=4))


@pytest.mark.parametrize("printed", ["{0}", "Max {0}", "{0} Schmidt", "{0} {0}"])
def test_names_that_share_most_letters_are_compared_with_a_bounded_number_of_others(printed: str) -> None:
    """Where thousands of names share a half, no more pairs are looked at than so many for each."""
    texts = [printed.format(family) for family in islice(_families("lu"), 3_000)]
    names = [parse(text, pseudonym=False, reading="plain") for text in texts]
    looked_at = []
    joined = resemblance.joined_in_turn

    def counting(key: np.ndarray, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for one, other in joined(key, most):
            looked_at.append(len(one))
            yield one, other

    with patch.object(resemblance, "joined_in_turn", counting):
        resemblance.resembling(in_columns(names))
    assert sum(looked_at) <= len(names) * 12 * resemblance.CROWD / 2
