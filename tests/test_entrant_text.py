import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.entrant_text import ENTRANTS, read_entrant, read_entrants


@pytest.mark.parametrize(
    ("text", "entrant", "operator", "country"),
    [
        ("Eddy Renard (Barwell Motorsport)", "Eddy Renard", "Barwell Motorsport", None),
        ("Porsche AG (D)", "Porsche AG", None, "Germany"),
        ("Rothmans Porsche (Germany)", "Rothmans Porsche", None, "Germany"),
        ("Team X (GB)", "Team X", None, "United Kingdom"),
        ("Equipe Y (Etats-Unis)", "Equipe Y", None, "United States"),
        ("Z Racing [U.S.A.]", "Z Racing", None, "United States"),
        ("Eddy Renard (Barwell Motorsport) (GB)", "Eddy Renard", "Barwell Motorsport", "United Kingdom"),
        ("Eddy Renard (GB) (Barwell Motorsport)", "Eddy Renard", "Barwell Motorsport", "United Kingdom"),
        ("Racing Team (GB/USA)", "Racing Team", None, "United Kingdom / United States"),
        ("Patron (Team (Junior) Two)", "Patron", "Team (Junior) Two", None),
        ("R & M", "R & M", None, None),
        ("Ecurie Toison d'Or", "Ecurie Toison d'Or", None, None),
        ("Team (B) Racing", "Team (B) Racing", None, None),
        ("Team Works (2)", "Team Works (2)", None, None),
        ("Team (b)", "Team (b)", None, None),
        ("Team (GDR)", "Team", None, "East Germany"),
        ("Team Lada (URS)", "Team Lada", None, "Soviet Union"),
        ("🇺🇸 Champion Racing", "Champion Racing", None, "United States"),
        ("🇩🇪Joest Racing (Audi Sport)", "Joest Racing", "Audi Sport", "Germany"),
        ("🇪🇺 Team Europe", "Team Europe", None, "EU"),
        ("🇺🇸", "🇺🇸", None, None),
        ("(Works)", "(Works)", None, None),
        ("(D)", None, None, "Germany"),
        ("Team (", "Team (", None, None),
        ("Team )", "Team )", None, None),
        ("Team ()", "Team ()", None, None),
        ("  ", None, None, None),
    ],
)
def test_an_entrant_is_taken_apart(text, entrant, operator, country):
    """Brackets at the end are a country where one is known, or else the operator; a flag before the name is one."""
    assert read_entrant(text) == (entrant, operator, country)


def test_every_row_of_a_column_is_read_and_nulls_stay_null():
    """The Arrow form keeps order, repeats, nulls and chunks."""
    read = read_entrants(pa.chunked_array([["A (D)", None], ["A (D)", "🇩🇪 B", "C"]], pa.string()))
    assert read.schema == ENTRANTS
    assert read["entrant"].to_pylist() == ["A", None, "A", "B", "C"]
    assert read["country"].to_pylist() == ["Germany", None, "Germany", "Germany", None]


@given(st.text(st.sampled_from("AbcD ()[]&/GB2"), max_size=24))
def test_the_printed_entrant_begins_with_its_name(text):
    """No text whatever raises, and the name is the text up to the brackets that were understood."""
    entrant, operator, country = read_entrant(text)
    assert text.strip().startswith(entrant or "")
    assert operator is None or operator in text
    assert entrant == (text.strip() or None) or operator or country
