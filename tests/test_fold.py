import string

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fold import fold, fold_array

_LATIN = st.text(st.sampled_from(string.printable + "ÀÉÈÊËÎÏÔÖÙÜÇÑØŁßẞÆŒİıĐðÞåøłæœđşğžčΣς°ºª№´’“”–—\u00a0\u2003\u0301"))


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("Équipage:", "equipage"),
        ("  Start-Nr. ", "start nr"),
        ("N/C", "n/c"),
        ("#", "#"),
        ("N°", "n"),
        ("Nº", "no"),
        ("1ère  séance", "1ere seance"),
        ("Rückstand", "ruckstand"),
        ("Jørgen Łukasz Weiß-Æbelø", "jorgen lukasz weiss aebelo"),
        ("Ecurie Toison d'Or", "ecurie toison d or"),
        ("FL_LAPNUM", "fl lapnum"),
        ("İSTANBUL Işık", "istanbul isik"),
        ("", ""),
        ("...", ""),
    ],
)
def test_spellings_of_one_word_fold_to_one_text(printed, folded):
    """Case, accents, letters without a decomposition and punctuation make no difference."""
    assert fold(printed) == folded


@given(st.lists(st.one_of(st.none(), _LATIN)))
def test_the_arrow_form_is_the_same_rule(texts):
    """`fold_array` gives what `fold` gives, text by text, and keeps nulls."""
    expected = [None if text is None else fold(text) for text in texts]
    assert fold_array(pa.array(texts, pa.string())).to_pylist() == expected


@given(_LATIN)
def test_folding_twice_changes_nothing(text):
    """A folded text is its own fold."""
    assert fold(fold(text)) == fold(text)
