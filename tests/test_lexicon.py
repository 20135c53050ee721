import csv
from importlib.resources import files

import pytest

from transforms.fold import fold
from transforms.lexicon import parts, read_list

_LISTS = ("makes", "engine_makers")


def _rows(name):
    text = files("transforms.lexicon").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines(), strict=True))


@pytest.mark.parametrize("name", _LISTS)
def test_a_list_is_sorted_unique_and_regular(name):
    """Each list is sorted as a reader would look a word up, without repeats, stray blanks or ragged rows."""
    header, *rows = _rows(name)
    assert rows == sorted(rows, key=lambda row: [(fold(cell), cell) for cell in row])
    assert len({tuple(row) for row in rows}) == len(rows)
    assert {len(row) for row in rows} == {len(header)}
    assert all(cell == " ".join(cell.split()) and row[0] for row in rows for cell in row)


@pytest.mark.parametrize(("name", "column"), [("makes", "make"), ("engine_makers", "engine_make")])
def test_a_maker_has_one_spelling_of_a_name(name, column):
    """No name and no alias stands for two makers, or twice for one."""
    names = [fold(text) for row in read_list(name) for text in [row[column], *parts(row["aliases"])]]
    assert len(names) == len(set(names))


def test_a_model_word_names_a_known_make():
    """A make that claims an engine maker's word for its models is itself in the list of makes."""
    makes = {row["make"] for row in read_list("makes")}
    claimed = {make for row in read_list("engine_makers") for make in parts(row["model_word_of"])}
    assert claimed <= makes


def test_an_absent_list_is_an_error():
    """A list that does not exist is never an empty one."""
    with pytest.raises(FileNotFoundError):
        read_list("no-such-list")
