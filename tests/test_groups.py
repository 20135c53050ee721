"""The arithmetic under identities: order, ranks, pairs and shared items of codes, as plain Python would have them."""

from __future__ import annotations

from itertools import combinations, pairwise
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import groups, turns
from transforms.identity.arrays import codes, codes_behind, texts_joined
from transforms.identity.groups import Bag, Bags, dense, in_ranges, joined, ordered, sought
from transforms.identity.turns import firsts, narrowed, picked, tally

FEW, MANY = st.integers(-1, 5), st.integers(-(1 << 40), 1 << 40)
ROWS = st.lists(st.tuples(FEW, MANY, FEW), max_size=20)
ITEMS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=20)


def columns(rows: list[tuple[int, ...]], count: int) -> list[np.ndarray]:
    """The rows as columns of codes."""
    return list(np.array(rows, dtype=np.int64).reshape(-1, count).T)


TEXTS = st.lists(st.text("abé", max_size=3), max_size=9)


@given(TEXTS, TEXTS)
def test_texts_behind_others_in_order_have_the_codes_of_all(known: list[str], more: list[str]) -> None:
    """Where texts stand in order, and others behind them, the codes and the distinct texts are those of all."""
    ranked, others = pa.array(sorted(known), pa.string()), pa.array(more, pa.string())
    code, texts = codes(pa.concat_arrays([ranked, others]))
    again, distinct = codes_behind(ranked, others)
    assert again.tolist() == code.tolist()
    assert distinct.equals(texts)


@given(ROWS)
def test_rows_are_ordered_by_their_columns_in_turn(rows: list[tuple[int, int, int]]) -> None:
    """However large or negative the codes, the order is that of the rows, and equals stay as they stand."""
    assert ordered(*columns(rows, 3)).tolist() == sorted(range(len(rows)), key=rows.__getitem__)


@given(ROWS)
def test_ranks_follow_the_order_of_distinct_rows(rows: list[tuple[int, int, int]]) -> None:
    """A row with a code below zero has no rank, and takes none."""
    ranks = sorted({row for row in rows if min(row) >= 0})
    assert dense(*columns(rows, 3)).tolist() == [ranks.index(row) if min(row) >= 0 else -1 for row in rows]


@given(st.lists(FEW, max_size=40))
def test_rows_come_in_ranges_of_keys_each_once(keys: list[int]) -> None:
    """Every row is in one range, in order, and no key in two; what is counted in turn is what there is."""
    key = np.array(keys, dtype=np.int32)
    with patch.multiple(groups, MANY=4, SAMPLED=2), patch.object(turns, "MANY", 4):
        found = [some.tolist() for some in in_ranges(key)]
        assert tally(key, 6).tolist() == [keys.count(number) for number in range(6)]
        assert picked(np.arange(7) ** 2, key).tolist() == [number**2 if number >= 0 else 36 for number in keys]
        there = np.maximum(key, 0)
        assert firsts(there, 6).tolist() == [
            [*there.tolist(), number].index(number) % (len(keys) or 1) for number in range(6)
        ]
    assert sorted(place for some in found for place in some) == list(range(len(keys)))
    assert all(some == sorted(some) for some in found)
    tops = [(min(own), max(own)) for some in found if (own := [keys[place] for place in some])]
    assert all(one[1] < other[0] for one, other in pairwise(tops))


@given(st.integers(0, 1 << 40))
def test_codes_are_shortened_to_integers_that_hold_them_and_the_next(most: int) -> None:
    """No code changes, and one more than the greatest, or less the least, can still be told."""
    short = narrowed(np.array([-1, most], dtype=np.int64))
    assert short.tolist() == [-1, most]
    assert (short - short.min()).tolist() == [0, most + 1]


@given(st.lists(TEXTS), st.integers(0, 3))
def test_texts_in_parts_are_joined_as_they_are(parts: list[list[str]], skipped: int) -> None:
    """Texts of parts that begin anywhere in what they were cut from follow one another; the list is left empty."""
    cut = [pa.array(part, pa.string())[skipped:] for part in parts]
    wanted = pa.concat_arrays([pa.array([], pa.string()), *cut])
    found = texts_joined(cut)
    found.validate(full=True)
    assert found.equals(wanted)
    assert not cut


@given(st.lists(FEW, max_size=20))
def test_every_pair_of_equals_comes_once(keys: list[int]) -> None:
    """No pair is left out or given twice, and what is below zero pairs with nothing."""
    found = zip(*(side.tolist() for side in joined(np.array(keys, dtype=np.int64))), strict=True)
    assert sorted(found) == [(a, b) for a, b in combinations(range(len(keys)), 2) if keys[a] == keys[b] >= 0]


@given(ITEMS, ITEMS, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
def test_shared_items_are_counted_once(
    own: list[tuple[int, int]], other: list[tuple[int, int]], pairs: list[tuple[int, int]]
) -> None:
    """Two owners share as many items as both hold, however often each holds them."""
    bags = [Bag.of(5, 7, *columns(items, 2)) for items in (own, other)]
    left, right = columns(pairs, 2)
    expected = [len({i for o, i in own if o == a} & {i for o, i in other if o == b}) for a, b in pairs]
    assert bags[0].shared(left, bags[1], right).tolist() == expected


@given(ITEMS, ITEMS, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=8))
def test_two_bags_are_as_one_made_of_all(
    items: list[tuple[int, int]], more: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    """What owners hold besides is theirs like what they hold."""
    two = Bags(*(Bag.of(5, 7, *columns(some, 2)) for some in (items, more)))
    whole = Bag.of(5, 7, *columns(items + more, 2))
    owner, item = columns(asked, 2)
    assert two.has(owner, item).tolist() == whole.has(owner, item).tolist()
    assert two.distance(owner, item).tolist() == whole.distance(owner, item).tolist()
    assert (two.size(owner) > 0).tolist() == (whole.size(owner) > 0).tolist()
    found, expected = (zip(*bag.items(owner), strict=True) for bag in (two, whole))
    assert sorted(found) == sorted(expected)


@given(st.lists(FEW, max_size=9), st.lists(FEW, max_size=9))
def test_what_is_sought_is_found_where_it_begins(held: list[int], wanted: list[int]) -> None:
    """Each value is counted, and what stands nowhere has no size."""
    start, size = sought(np.sort(np.array(held, dtype=np.int64)), np.array(wanted, dtype=np.int64))
    assert size.tolist() == [held.count(value) for value in wanted]
    assert all(
        sorted(held).index(value) == at for value, at in zip(wanted, start.tolist(), strict=True) if value in held
    )
