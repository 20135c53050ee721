"""Rows with a single blank between all words, below a header, as copies of PDF files have them: told apart by looks.

A header says which columns there are. Numbers, times and codes are one word each; what is left is a name, or a name
and a car that begins with its make. Unless that fits every row in just one way, nothing is told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from transforms.cells import LAPS
from transforms.fold import fold
from transforms.headings import headed_role, is_header_cell
from transforms.lexicon import class_names, find_country, statuses
from transforms.traits import makes, team_words

_FEWEST_HEADINGS, _MOST_WORDS, _FEWEST_ROWS, _MOST_WAYS = 4, 40, 3, 64
_LONGEST_HEADING, _LONGEST_MAKE, _LONGEST_CREW = 4, 3, 20  # words
_GLUE = "\x01"  # for the blank within a cell: `2 laps`
_LAPS = re.compile(rf"(?i)(?<= )(\+?\d{{1,3}}) ({LAPS})(?= |$)")
_TIME, _NUMBER, _SPEED = (re.compile(p) for p in (r"\+?\d[\d:'.,]*[:'.,]\d+\"?", r"\d{1,4}", r"\d{2,3}[.,]\d{1,3}"))
_BEHIND = re.compile(rf"\+?\d[\d:'.,]*\"?|\+?\d+{_GLUE}\w+\.?")
_NAMES, _CARS, _GAPS = ("crew",), ("car", "type", "make"), ("gap", "interval")
_PATTERNS = (
    dict.fromkeys(("laps", "lap_number", "class_position", "grid", "points", "displacement"), _NUMBER)
    | dict.fromkeys(("race_time", "lap_time", "session_time"), _TIME)
    | dict.fromkeys(("race_speed", "lap_speed"), _SPEED)
    | dict.fromkeys(_GAPS, _BEHIND)
    | {"position": re.compile(r"=?\d{1,3}=?[.)]?"), "car_number": re.compile(r"#?\d{1,4}[A-Za-z]?")}
)
_BETWEEN_NAMES = {"/", "&", "+", "-", "–"}


def divide_below_header(words: Sequence[str]) -> dict[int, str]:
    """The texts of the header and its rows, by their places, with tabs between cells; none where that is in doubt."""
    header = next((line for line, text in enumerate(words) if any(_headings(text))), len(words))
    width = next((len(way) for way in _headings(words[header])), 0) if header < len(words) else 0
    at = [line for line in range(header + 1, len(words)) if _begins_row(words[line], width)]
    if len(at) < _FEWEST_ROWS:
        return {}
    rows = [_LAPS.sub(rf"\1{_GLUE}\2", words[line]).split() for line in at]
    by_roles = {tuple(map(headed_role, way)): way for way in islice(_headings(words[header]), _MOST_WAYS)}
    ways = [[way, *found] for roles, way in by_roles.items() if (found := _divide(roles, rows))]
    if len(ways) != 1:
        return {}
    again = [line for line, text in enumerate(words) if text == words[header]]
    cells = zip([*again, *at], [*[ways[0][0]] * len(again), *ways[0][1:]], strict=True)
    return {line: "\t".join(of).replace(_GLUE, " ") for line, of in cells}


def _headings(text: str) -> Iterator[list[str]]:
    """The ways to take a line of words for headings of known columns."""
    words = text.split()
    if not _FEWEST_HEADINGS <= len(words) <= _MOST_WORDS or headed_role(words[0]) != "position":
        return
    ends = {len(words)}
    for start in reversed(range(len(words))):
        ends |= {start} if any(_heads(words, start, end) for end in ends) else set()
    yield from (way for way in _ways(words, 0, ends) if len(way) >= _FEWEST_HEADINGS)


def _ways(words: Sequence[str], start: int, ends: set[int]) -> Iterator[list[str]]:
    """The ways to go on from a word, by headings that end where others can go on."""
    if start == len(words):
        yield []
    for end in sorted(end for end in ends if _heads(words, start, end)):
        yield from ([" ".join(words[start:end]), *others] for others in _ways(words, end, ends))


def _heads(words: Sequence[str], start: int, end: int) -> bool:
    return 0 < end - start <= _LONGEST_HEADING and is_header_cell(" ".join(words[start:end]))


def _begins_row(text: str, width: int) -> bool:
    """Whether a line begins with a place or a status, and has nearly as many words as there are headings."""
    first = text.partition(" ")[0]
    placed = _PATTERNS["position"].fullmatch(first) is not None or fold(first) in statuses()
    return placed and len(text.split()) >= max(width - 1, 2)


def _divide(roles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]] | None:
    """The cells of all rows, of which those in the middle are of words; None where one does not fit the roles."""
    texts = [i for i, role in enumerate(roles) if role in (*_NAMES, *_CARS)]
    if not texts or roles[texts[0]] not in _NAMES or len({*roles}) < len(roles):
        return None
    first, last = texts[0], texts[-1] + 1
    while last < len(roles) and roles[last] == "country":
        last += 1
    while first and roles[first - 1] == "country":
        first -= 1
    divided = [_cells(row, roles, first, last) for row in rows]
    found = [cells for cells in divided if cells is not None]
    # Where others have two words or more, a name of one lost its surname to a car: `Cooper` and `Morgan` are both.
    alone = {" " in cells[texts[0]] for cells in found}
    return found if len(found) == len(rows) and len(alone) == 1 else None


def _cells(row: Sequence[str], roles: Sequence[str], first: int, last: int) -> list[str] | None:
    """The cells of a row whose columns from `first` to `last` are of words; the leader may be without gaps."""
    behind = roles[last:]
    without = [role for role in behind if role not in _GAPS] if row[0].rstrip(".)") == "1" else behind
    for printed in (behind, without):
        end = len(row) - len(printed)
        if end <= first or not all(map(_fits, [*row[:first], *row[end:]], [*roles[:first], *printed])):
            continue
        if middle := _named(row[first:end], roles[first:last]):
            cells = dict(zip(printed, row[end:], strict=True))
            return [*row[:first], *middle, *(cells.get(role, "") for role in behind)]
    return None


def _fits(word: str, role: str) -> bool:
    if role in ("position", "race_time") and fold(word) in statuses():
        return True
    if role == "class":
        return fold(word) in class_names() or (len(word) == 1 and word.isupper())
    return role in _PATTERNS and _PATTERNS[role].fullmatch(word) is not None


def _named(words: Sequence[str], roles: Sequence[str]) -> list[str] | None:
    """Words as names, countries and cars; None where they may be so in no way, or in several."""
    if "country" in roles:
        at = [i for i, word in enumerate(words) if len(word) > 1 and word.isupper() and find_country(word)]
        place = list(roles).index("country")
        if len(at) != 1:
            return None
        sides = (words[: at[0]], roles[:place]), (words[at[0] + 1 :], roles[place + 1 :])
        before, behind = (_named(part, of) if of else ([] if not part else None) for part, of in sides)
        return None if before is None or behind is None else [*before, words[at[0]], *behind]
    if len(roles) == 1:
        named = _is_crew(words) if roles[0] in _NAMES else _is_car(words)
        return [" ".join(words)] if named else None
    last = max((i for i, word in enumerate(words) if word in _BETWEEN_NAMES), default=0)
    begins = [i for i in _begin_makes(words) if i > last] if len(roles) == 2 and roles[1] in _CARS else []
    if len(begins) != 1 or not (_is_crew(words[: begins[0]]) and _is_car(words[begins[0] :])):
        return None
    return [" ".join(words[: begins[0]]), " ".join(words[begins[0] :])]


def _is_crew(words: Sequence[str]) -> bool:
    """Whether words may be drivers: they hold letters and no digits, and none is one that teams have."""
    names = [word for word in words if word not in _BETWEEN_NAMES]
    letters = all(re.fullmatch(r"[^\W\d_][^\d]*", word) for word in names)
    return 0 < len(names) <= _LONGEST_CREW and letters and team_words().isdisjoint(map(fold, names))


def _is_car(words: Sequence[str]) -> bool:
    """Whether words may be a car, which has no time in it."""
    return len(words) > 0 and not any(":" in word for word in words)


def _begin_makes(words: Sequence[str]) -> list[int]:
    """Where a make of cars begins among words, alone or before the maker of an engine (`Lotus-Ford`)."""
    found: list[int] = []
    end = 0
    for i in range(len(words)):
        for used in range(min(_LONGEST_MAKE, len(words) - i), 0, -1):
            text = " ".join(words[i : i + used])
            if i >= end and (fold(text) in makes() or fold(text.partition("-")[0]) in makes()):
                found.append(i)
                end = i + used
                break
    return found
