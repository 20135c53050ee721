"""The data dictionary is whole and current."""

from __future__ import annotations

from pathlib import Path

from flows.dictionary import DICTIONARY, empty_dictionary, objects, page
from flows.views import views
from transforms.schema import TABLES

PROJECT = Path(__file__).resolve().parent.parent


def test_the_page_is_current():
    """warehouse/DICTIONARY.md is what `parcferme dictionary --markdown` prints."""
    assert (PROJECT / "warehouse" / "DICTIONARY.md").read_text("utf-8") == page()


def test_every_column_of_everything_is_described():
    """Each column of each table, view and macro has a type, a unit and a sentence."""
    entries = empty_dictionary().to_pylist()
    assert {entry["table_name"] for entry in entries} == {
        name for name, about in objects().items() if about.kind != "function"
    }
    for entry in entries:
        assert entry["type"], entry
        assert entry["unit"], entry
        assert entry["description"].endswith("."), entry


def test_tables_have_an_example_for_each_column():
    """Columns of tables have examples."""
    tables = {*TABLES, DICTIONARY.name}
    assert all(entry["example"] for entry in empty_dictionary().to_pylist() if entry["table_name"] in tables)


def test_headers_describe_no_column_that_is_not_there():
    """What a header describes is a column of that view."""
    columns: dict[str, set[str]] = {}
    for entry in empty_dictionary().to_pylist():
        columns.setdefault(entry["table_name"], set()).add(entry["column_name"])
    for view in views().values():
        assert view.described <= columns.get(view.name, set()), view.name


def test_every_view_states_its_grain_and_what_it_counts():
    """Each header has a title, a grain and what is counted; each view a key."""
    for view in views().values():
        assert view.title
        assert view.grain
        assert view.counts.endswith((".", ")")), view.name
        assert view.key or view.signature, view.name
