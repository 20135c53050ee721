"""What the cells below a header show of columns of places: those without a heading, and those in classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from transforms.arrays import Bools, flags
from transforms.cells import read_lap_times
from transforms.fold import fold
from transforms.headings import headed_role
from transforms.recognise import TRAITS, trait_index
from transforms.tables import Tables

# Headings of numbers that may be those of places, and the fewest rows that show it.
_NUMBERED, _FEWEST_NUMBERED = {"", "#", "n", "no", "nr", "num", "nbr", "number", "nummer", "numero"}, 5
_EMPTY, _STATUS = trait_index("empty"), trait_index("status")


def among(*traits: str) -> Bools:
    """Which traits are among some, by their index."""
    return flags(np.array([*map(trait_index, traits)]), len(TRAITS))


NUMBERS, ORDINALS = among("digit", "integer", "number"), among("digit", "integer", "ordinal")


def unheaded_positions(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """The columns of positions and car numbers where one of two neighbours has no heading: it is the positions'.

    So is a column of numbers (`No`) that count up where results stand in order: nobody's cars are numbered so.
    """
    if not texts[:1] or (not texts[0] and "car_number" not in roles):
        told = texts and (_are_places(tables, t) or (count_up(tables, t, 0) and _stand_in_order(tables, t, roles)))
        return {0: "position"} if told else {}
    return _places_beside_numbers(tables, t, texts, roles) if "car_number" in roles else {}


def _places_beside_numbers(tables: Tables, t: int, texts: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    if roles.index("car_number") == 0 and fold(texts[0]) in _NUMBERED and _are_numbered_by_place(tables, t, roles):
        return {0: "position"}
    if not texts[0] and count_up(tables, t, 0) and _stand_in_order(tables, t, roles):
        return {0: "position"}
    column = roles.index("car_number")
    others = [i for i, text in enumerate(texts) if i > column and headed_role(text) == "car_number"]
    if others and count_up(tables, t, column):
        return {column: "position", others[0]: "car_number"}
    before, behind = (
        0 <= i < len(texts) and not texts[i] and are_distinct(tables, t, i, ORDINALS) for i in (column - 1, column + 1)
    )
    if before:
        return {column - 1: "position"}
    return {column: "position", column + 1: "car_number"} if behind and count_up(tables, t, column) else {}


def _are_numbered_by_place(tables: Tables, t: int, roles: Sequence[str]) -> bool:
    """Whether the first column counts all rows, of which there are several, and what is measured stands in order."""
    looks = tables.below_header(t)
    numbers = looks.number[looks.column == 0]
    if len(numbers) < _FEWEST_NUMBERED or numbers[0] != 1 or (np.diff(numbers) != 1).any():
        return False
    driven = looks.number[looks.column == roles.index("laps")] if "laps" in roles else numbers
    varies = len(np.unique(driven[~np.isnan(driven)])) > 1
    return varies and roles.count("car_number") == 1 and _stand_in_order(tables, t, roles)


def _stand_in_order(tables: Tables, t: int, roles: Sequence[str]) -> bool:
    """Whether laps or distances never rise from row to row, or else times of laps never fall."""
    looks = tables.below_header(t)
    if driven := next((role for role in ("laps", "distance") if role in roles), None):
        numbers = looks.number[looks.column == roles.index(driven)]
        return bool(len(numbers) > 1 and (np.diff(numbers[~np.isnan(numbers)]) <= 0).all())
    if "lap_time" not in roles or (column := roles.index("lap_time")) >= tables.width[t]:
        return False
    times = read_lap_times(tables.cells.texts.take(pa.array(tables.first_codes(t)[:, column]))).drop_null().to_numpy()
    return len(times) > 1 and bool((np.diff(times) >= 0).all())


def places_in_classes(tables: Tables, t: int, texts: Sequence[str]) -> dict[int, str]:
    """The column of places in classes, headed as a class itself (`Cl.` before `Class`), or as are those overall.

    Of two columns of places the one that holds some again is of classes; one that only repeats the other is, too.
    """
    headed = [headed_role(text) for text in texts[: tables.width[t]]]
    classes, positions = ([i for i, role in enumerate(headed) if role == of] for of in ("class", "position"))
    if len(classes) == 2:
        return {classes[0]: "class_position"} if _are_of_classes(tables, t, *classes) else {}
    if len(positions) != 2 or len(classes) != 1:
        return {}
    again = [i for i in positions if not are_distinct(tables, t, i, ORDINALS)]
    if len({*map(tuple, tables.first_codes(t)[:, positions].T.tolist())}) == 1:
        again = positions[1:]
    told = len(again) == 1 and _are_of_classes(tables, t, *again, *classes)
    return {again[0]: "class_position", sum(positions) - again[0]: "position"} if told else {}


def _are_of_classes(tables: Tables, t: int, places: int, classes: int) -> bool:
    """Whether a column holds a place in the class that another names, each once and from the first on."""
    looks, codes = tables.below_header(t), tables.first_codes(t)[:, [places, classes]]
    traits, numbers = (of[looks.column == places] for of in (looks.trait, looks.number))
    filled = traits != _EMPTY
    both = {*map(tuple, codes[filled].tolist())}
    return bool(1 < len(both) == filled.sum() and ORDINALS[traits[filled]].all() and numbers[filled][0] == 1)


def _are_places(tables: Tables, t: int) -> bool:
    """Whether the first column has places, as `1.` and `2.`, from the first on."""
    looks = tables.below_header(t)
    traits = looks.trait[(looks.column == 0) & (looks.trait != _EMPTY) & (looks.trait != _STATUS)]
    return bool(len(traits) > 1 and (traits == trait_index("ordinal")).all() and are_distinct(tables, t, 0, ORDINALS))


def count_up(tables: Tables, t: int, column: int) -> bool:
    """Whether the first numbers of a column are 1, 2, 3 and so on, with nothing but words behind them."""
    looks = tables.below_header(t)
    numbers = looks.number[looks.column == column]
    counted = np.count_nonzero(~np.isnan(numbers))
    return bool(counted and (numbers[:counted] == np.arange(1, counted + 1)).all())


def are_distinct(tables: Tables, t: int, column: int, traits: Bools) -> bool:
    """Whether the first cells of a column look like that or like a status, there are several, and none stands twice."""
    looks = tables.below_header(t)
    filled = (looks.column == column) & (looks.trait != _EMPTY)
    counted = filled & (looks.trait != _STATUS)
    alike = traits[looks.trait[counted]].all()
    return bool(alike and 1 < counted.sum() == len(np.unique(looks.code[counted])))
