"""Crews whose names no mark divides, but commas, words (`und`, `et`) or the countries before them: told by the sheet.

A comma stands between names as well as within one (`Last, First`, `Unser, Jr.`), and `y` or `e` joins surnames, too.
What divides the crews of a sheet is told from all of them together; in doubt a crew stays whole. Slashes without
blanks never divide, whatever stands beside them, unless event.toml says so: they are in names (`AC/DC`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from transforms.fold import fold
from transforms.identity.names import take_apart
from transforms.identity.words import Word, word
from transforms.nations import country_before
from transforms.traits import team_words

JOIN = "\x1f"  # between names
_COMMA = re.compile(r"\s*,\s*")
_JOINING = re.compile(r"\s+(?:und|et|and|y|e|en|og|och)\s+")
_IN_NAMES = re.compile(r"\s(?:y|e|en)\s")
_MOST_WORDS = 200  # of a crew and its countries
_FEWEST_TOWNS = 3
_OFTEN, _SELDOM, _NEARLY_ALL, _ALL = 0.5, 0.2, 0.8, 0.95  # of the names of a sheet


def divide(crews: Sequence[str], *, marked: bool) -> list[str]:
    """The crews of one sheet with JOIN between names; where marks divide them (`marked`) they have it already."""
    return _with_towns(crews) or _by_commas(crews if marked else _by_words(_by_countries(crews)))


def _with_towns(crews: Sequence[str]) -> list[str]:
    """Names with what follows their comma in brackets (`Fred Smith, Leeds`), where that is nobody; else nothing."""
    parted = [between_commas(crew) for crew in crews if crew]
    pairs = [pieces for pieces in parted if len(pieces) == 2 and JOIN not in "".join(pieces)]
    if len(pairs) < max(_FEWEST_TOWNS, _NEARLY_ALL * len(parted)) or not all(_is_full(name) for name, _ in pairs):
        return []
    people, towns = (_share(_has_given, names) for names in zip(*pairs, strict=True))
    if people < _OFTEN or towns > 0 or len(pairs) < len(parted):
        return []
    return [re.sub(_COMMA, " (", crew, count=1) + ")" if crew else crew for crew in crews]


def _by_countries(crews: Sequence[str]) -> Sequence[str]:
    """Divide crews before each country where they begin with one: `Österreich Helmut Marko Niederlande Gijs Berg`."""
    begun = sum(country_before(crew) is not None for crew in crews)
    if begun < max(2, _NEARLY_ALL * sum(map(bool, crews))):
        return crews
    return [JOIN.join(_countries_and_names(crew)) for crew in crews]


def _countries_and_names(crew: str) -> list[str]:
    """The names of a crew, each with its country; a country that is a surname (`Innes Ireland`) begins no name."""
    names, words = [""], crew.split()
    if len(words) > _MOST_WORDS:
        return [crew]
    for i, each in enumerate(words):
        found = country_before(names[-1])
        if found and len(found[1].split()) > 1 and country_before(" ".join(words[i:])):
            names.append(each)
        else:
            names[-1] = f"{names[-1]} {each}".strip()
    return [name.rstrip(",; ") for name in names]


def _by_words(crews: Sequence[str]) -> Sequence[str]:
    """Divide crews at the words that join them, in a fifth of them or more and nearly always two names of one form."""
    several = [names for crew in crews if len(names := _JOINING.split(crew)) > 1]
    if not several or len(several) * 5 < sum(map(bool, crews)):
        return crews
    if (
        len(several) > 2
        and len(several) >= _ALL * sum(map(bool, crews))
        and not any(len(names) > 2 for names in several)
    ):
        # Some have double surnames; that all have, joined by a word, is not to be thought of.
        return [JOIN.join(_JOINING.split(crew)) for crew in crews]
    if sum(map(_are_alike, several)) < _NEARLY_ALL * len(several):
        return crews
    others = [name for names in several for name in names[1:]]
    surnames = not any(map(_is_full, others)) and len(several) * 2 >= sum(map(bool, crews))
    if any(map(_IN_NAMES.search, crews)) and not surnames and _share(_has_given, others) < _OFTEN:
        return crews
    return [JOIN.join(names) if _are_alike(names := _JOINING.split(crew)) else crew for crew in crews]


def _are_alike(names: Sequence[str]) -> bool:
    """Whether all names are full, or all single words."""
    return all(map(_is_full, names)) or not any(map(_is_full, names))


def _by_commas(crews: Sequence[str]) -> list[str]:
    """Divide crews at every comma, or at every second one (`Senna, Bruno, Nato, Norman`), or at none."""
    lists = [pieces for crew in crews for unit in crew.split(JOIN) if len(pieces := between_commas(unit)) > 1]
    step = _commas_a_name(lists) if lists else 0
    return [JOIN.join(_grouped(crew, step)) for crew in crews] if step else [*crews]


def _grouped(crew: str, step: int) -> Iterator[str]:
    for unit in crew.split(JOIN):
        pieces = between_commas(unit)
        yield from (", ".join(pieces[i : i + step]) for i in range(0, len(pieces), step))


def may_be_several(name: str) -> bool:
    """Whether a name may be those of several drivers.

    It has more commas or hyphens than a name has, or a slash, which never divides, or a word between surnames that
    joins them.
    """
    joined = _JOINING.search(name) is not None and not _has_given(name)
    hyphens = name.count("-") > 1 and " " not in name
    return "/" in name or joined or hyphens or len(between_commas(name)) > 2


def between_commas(names: str) -> list[str]:
    """What stands between commas; a suffix belongs to what stands before it."""
    pieces: list[str] = []
    for piece in filter(None, _COMMA.split(names)):
        if pieces and " " not in piece and word(piece).suffix:
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    return pieces


def _commas_a_name(lists: Sequence[Sequence[str]]) -> int:
    """How many pieces between commas make a name; 0 where the names of the sheet do not tell."""
    names = [piece for pieces in lists for piece in pieces]
    first, second = ([piece for pieces in lists for piece in pieces[i::2]] for i in (0, 1))
    full = _share(_is_full, names)
    if full >= _NEARLY_ALL:
        return int(_share(_has_given, [pieces[0] for pieces in lists]) >= _OFTEN)
    if full > _SELDOM:
        return 0
    if all(len(pieces) % 2 == 0 for pieces in lists):
        in_pairs = _share(_has_given, second) >= _OFTEN and _share(_has_given, first) <= _SELDOM
        return 2 if in_pairs and any(len(pieces) > 2 for pieces in lists) else 0
    return int(_share(_has_given, names) <= _SELDOM)


def _share(test: Callable[[str], bool], names: Sequence[str]) -> float:
    """The share of names that pass a test."""
    return sum(map(test, names)) / len(names)


def _words(name: str) -> list[Word]:
    return take_apart(name).words


def _is_full(name: str) -> bool:
    """Whether a name has two words or more; one in quotes counts as such, and so does `TBA`."""
    return len(_words(name)) != 1 or name[:1] in '"“„«'


def _has_given(name: str) -> bool:
    """Whether a name begins or ends with a given name or an initial, or is one."""
    words = _words(name)
    return any(end.given or end.initial for end in (*words[:1], *words[-1:]))


def begins_with_given(name: str) -> bool:
    """Whether a name begins with a given name or an initial."""
    return any(first.given or first.initial for first in _words(name)[:1])


def is_person(name: str) -> bool:
    """Whether a name has a given one, and no word that teams have: `Max Kruse Racing` is a team."""
    return _has_given(name) and team_words().isdisjoint(fold(name).split())


def share_of_given(names: Sequence[str]) -> float:
    """The share of names that begin or end with a given name or an initial; of nobody, all."""
    filled = [name for name in names if name]
    return _share(_has_given, filled) if filled else 1.0
