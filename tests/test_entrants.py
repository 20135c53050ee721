"""Entrants have an id over all events; a car without an entrant has none."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import Sheet, made
from transforms.identity.entrants import core_words, related
from transforms.identity.resolution import resolve
from transforms.schema import TABLES


def test_a_car_without_an_entrant_has_no_entrant_id():
    """Where no entrant is printed, or only signs, the id is null, beside cars that have one and where none has."""
    for printed in ([None, "Alpha", None, "--"], [None, None]):
        tables = made(Sheet("e/race", [{} for _ in printed]))
        entrants = pa.array(printed, pa.string())
        rows = pa.table({"result_id": [f"e/race:{i}" for i in range(len(printed))], "entrant": entrants})
        resolved = resolve(tables | {"results": TABLES["results"].conform(rows)}, _no_decisions(), None)
        found = resolved["results"]["entrant_id"].to_pylist()
        assert [id_ is not None for id_ in found] == [name == "Alpha" for name in printed]


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("Scuderia Ferrari SpA SEFAC", "ferrari"),
        ("TOM'S", "toms"),
        ("Toyota Team Tom’s", "toms toyota"),
        ("Rob Walker/Jack Durlacher Racing Team", "durlacher jack rob walker"),
        ("AF Corse #51", "af"),
        ("#51 Racing", "#51 racing"),
        ("Hansen A/S", "hansen"),
        ("Team Racing", "racing team"),
    ],
)
def test_a_team_is_known_by_its_core_words(printed: str, words: str) -> None:
    """Signs within words, forms of companies and numbers of cars say nothing of who entered a car."""
    assert core_words(pa.array([printed])).to_pylist() == [words]


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), max_size=12))
def test_teams_are_related_when_one_has_all_words_of_the_other(words: list[set[str]]):
    """However the words are spread, it is what comparing each team with each other one gives."""
    ids = [f"t{(7 * i) % 12:02}" for i in range(len(words))]
    expected = [
        sorted(ids[b] for b, other in enumerate(words) if a != b and (own <= other or other <= own))
        for a, own in enumerate(words)
    ]
    texts = pa.array([" ".join(sorted(own)) for own in words], pa.string())
    assert related(texts, pa.array(ids, pa.string())).to_pylist() == expected


def _no_decisions() -> pa.Table:
    names = ("op", "a", "b", "reason", "date")
    return pa.table({**{name: pa.array([], pa.string()) for name in names}, "row": pa.array([], pa.int32())})
