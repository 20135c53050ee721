"""Small, reviewable word lists, one CSV each; a cell with several values divides them by `|`.

All lists but the codes of countries and tyre makers are matched by `transforms.fold.fold`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from transforms.fold import fold
from transforms.remember import remember

# A heading may say more than the list knows (`Not classified, less than 70 % of the distance`), up to
# so many words; but of more than four words, a single known one proves nothing.
_LONGEST_HEADING, _SHORT_HEADING = 12, 4
_SESSIONS = {"qualifying", "practice", "warm-up", "grid"}
_NUMBERS = re.compile(r"\b\d+\b\s?")
_BETWEEN_PARTS = re.compile(r"\s[-–—|]\s")  # of a heading: `Tour de Corse - Abandons`


class Section(NamedTuple):
    """What a heading says of the rows below it: their status, the kind of sheet, either or both."""

    status: str | None
    kind: str | None


@cache
def read_list(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of `<name>.csv`, each by column name, in the order of the file; FileNotFoundError when there is none."""
    text = files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(), strict=True))


def parts(cell: str) -> list[str]:
    """The values of one cell: `Alfa|Alfa Romeo` -> two; an empty cell holds none."""
    return cell.split("|") if cell else []


@cache
def header_roles() -> Mapping[str, str]:
    """Folded header -> the role of its column, in many languages and as timing services abbreviate."""
    return {fold(row["text"]): row["role"] for row in read_list("headers")}


@cache
def header_languages() -> Mapping[str, frozenset[str]]:
    """Folded header -> the languages that have it, of which `mul` is none."""
    found: dict[str, set[str]] = {}
    for row in read_list("headers"):
        found.setdefault(fold(row["text"]), set()).add(row["language"])
    return {text: frozenset(languages - {"mul"}) for text, languages in found.items()}


@cache
def header_roles_by_language() -> Mapping[str, Mapping[str, str]]:
    """Folded header -> by language what it heads beside others of that language: `ŠT.` is Slovenian for numbers."""
    found: dict[str, dict[str, str]] = {}
    for row in read_list("headers_by_language"):
        found.setdefault(fold(row["text"]), {})[row["language"]] = row["role"]
    return found


@cache
def statuses() -> Mapping[str, str]:
    """Folded status as printed in a cell (`dnf`, `non classe`) -> one of `schema.STATUSES`."""
    return {fold(row["text"]): row["status"] for row in read_list("statuses")}


@cache
def ordinals() -> Mapping[str, int]:
    """Folded word for a place (`first`, `zweiter`) -> the place."""
    return {fold(row["text"]): int(row["place"]) for row in read_list("ordinals")}


@cache
def class_names() -> frozenset[str]:
    """Folded names of well-known classes: evidence for a class column, never proof."""
    return frozenset(fold(row["class"]) for row in read_list("classes"))


@cache
def tyre_makers() -> Mapping[str, str]:
    """Tyre maker as printed, folded (`michelin`) or by its code as it stands (`M`) -> its name."""
    rows = read_list("tyre_makers")
    names = {fold(row["tyre_make"]): row["tyre_make"] for row in rows}
    return names | {code: row["tyre_make"] for row in rows for code in parts(row["codes"])}


# A flag, for regular expressions, and the sign that stands for A in one.
FLAG, _FLAG_A = "[\U0001f1e6-\U0001f1ff]{2}", 0x1F1E6


def flag_code(flag: str) -> str:
    """The two letters that a flag consists of: the country's code."""
    return "".join(chr(ord(sign) - _FLAG_A + ord("A")) for sign in flag)


def find_flag(text: str) -> str | None:
    """The flag of a country printed as a name or a code; None where no country is known, or no code of two letters."""
    country = find_country(text)
    codes = (parts(row["codes"]) for row in read_list("countries") if row["country"] == country)
    code = next((code for each in codes for code in each if len(code) == len("GB")), None)
    return code and "".join(chr(_FLAG_A + ord(letter) - ord("A")) for letter in code)


def find_country(text: str) -> str | None:
    """The English name of a country printed as a name (`Allemagne`) or a code in capitals (`D`, `GER`, `U.S.A.`)."""
    names, codes = _countries()
    return names.get(fold(text)) or codes.get(text.strip().replace(".", ""))


@cache
def country_names() -> tuple[str, ...]:
    """English and other names of countries as printed, the longest first."""
    names = {name for row in read_list("countries") for name in [row["country"], *parts(row["names"])]}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


@cache
def country_words() -> frozenset[str]:
    """Every folded name and every code, folded, of a country: evidence for a country column."""
    names, codes = _countries()
    return frozenset((*names, *map(fold, codes)))


@cache
def _countries() -> tuple[Mapping[str, str], Mapping[str, str]]:
    rows = read_list("countries")
    names = {fold(name): row["country"] for row in rows for name in [row["country"], *parts(row["names"])]}
    return names, {code: row["country"] for row in rows for code in parts(row["codes"])}


@remember
def read_section(text: str) -> Section | None:
    """What a heading or caption says: `Did not finish:` a status, `(Grid Positions)` a kind; None when nothing known.

    The longest known heading that the text is, begins with or ends with decides, or else the last part that is one;
    but `Race 2 Qualifying` is of a session, however few words say so at its end.
    """
    sections = _sections()
    words = fold(text).split()
    if not words or len(words) > _LONGEST_HEADING:
        return None
    for length in range(len(words), 0 if len(words) <= _SHORT_HEADING else 1, -1):
        for part, behind in ((words[:length], words[length:]), (words[-length:], [])):
            if found := sections.get(" ".join(part)):
                return (found.kind == "race" and _of_session(behind)) or found
    # `Race 2 Results - 10 laps`: which of several races it was changes nothing.
    parts_of = [_NUMBERS.sub("", fold(part)) for part in _BETWEEN_PARTS.split(text)[::-1]]
    # A status in the singular is that of a car: `Moss - Lotus - DNF`.
    told = (sections.get(part) for part in parts_of if part not in statuses())
    return next(filter(None, told), None) if len(parts_of) > 1 else None


def _of_session(words: list[str]) -> Section | None:
    """What words behind a race say where they are the name of a session, such as that in which its grid was driven."""
    found = _sections().get(" ".join(word for word in words if not word.isdigit()))
    return found if found and found.kind in _SESSIONS else None


@cache
def _sections() -> Mapping[str, Section]:
    return {fold(row["text"]): Section(row["status"] or None, row["kind"] or None) for row in read_list("sections")}
