"""What a line of a single text is: a caption, a section, furniture, or a car whose cells have run together."""

from __future__ import annotations

import re
from itertools import pairwise

from transforms.class_sections import class_of
from transforms.fold import fold
from transforms.lexicon import read_section, statuses
from transforms.schema import OUTCOMES
from transforms.traits import makes

_CAPTION, _SECTION, _FURNITURE, _REJECT = map(OUTCOMES.index, ("caption", "section", "furniture", "reject"))
# What timing services print of themselves, of the weather and of the officials: `Timing by: ...`, `Weather: Dry`.
OFFICIAL = (
    r"^(?:weather|wetter|m[ée]t[ée]o|air temp\w*|track|timing|timekeep\w*|stewards?|clerk of)\b[^:]{0,24}:(?:\s|$)"
)
# What ends the title of a page that is printed again on each: `FIA GT Championship   Race results   Page 2 of 4`.
PAGE = r"(?:page|seite|pagina|página|blad|strana?)\s?\d+(?:\s?(?:/|of|von|de|di|van|sur)\s?\d+)?"
ENDS_WITH_PAGE = rf"(?i)(?:^|\s{{2}}|[\t;,|])\W*{PAGE}\W*$"
_LONGEST = 1_000  # characters of a text by themselves that are looked at
_OF_PAGE = re.compile(
    r"(?i)(?:©|\(c\)|copyright|https?:|www\.|@\w+\.|all rights|page \d|back to|print(?:er)? |source:|cookies|privacy"
    r"|(?:seite|pagina|página|blad|strana?) \d|last (?:updated|modified)|click |share |home \||\bnext\b.*\bprevious\b"
    rf"|{OFFICIAL}|^[-–—]\s?\d{{1,4}}\s?[-–—]$|^note|^remark|^\*+\s?\D|^[†‡§¹²³]|^\(\d\)|^\d\)|^[a-z]\)\s)"
)
_NEVER, _SENTENCE = re.compile(r"(?!)"), re.compile(r"\w\s\w.*\.$")
_IN_BRACKETS = re.compile(r"^[^\W\d].*\s\([A-Z][^()]*\)$")  # the car, behind its driver
# A time in a heading: then it tells who was fastest (`Fastest lap: Siffert, 3:06.1`), and not of the rows below it.
_TIMED, _TIME_OF_LAP = re.compile(r"\d\s?[:'m]\s?\d\d"), re.compile(r"\d\s?[:'m]\s?\d\d[.,\"]\d")
_PLACED = re.compile(r"\d{1,3}[.)°ºª]\s?:?\s+[^\W\d]")  # a place, and who had it
# The rows of a starting grid, which go through its table: `Row 2`, `3. Reihe`, `Deuxième ligne`.
_GRID_ROW = re.compile(
    r"(?i)^\W*(?:(?:front|back|first|second|third|fourth|fifth|last|\d{1,2}(?:st|nd|rd|th)) row|row \d{1,2}"
    r"|(?:start)?reihe \d{1,2}|\d{1,2}\. (?:start)?reihe|ligne \d{1,2}|(?:1[èe]?re|\d{1,2}e|\d{1,2}[èe]me) ligne"
    r"|(?:premi|deuxi|troisi|quatri|cinqui|derni)[èe](?:me|re) ligne|fila \d{1,2}|(?:\d{1,2}[ªa.] )fila|rij \d{1,2}"
    r"|\d{1,2}e rij)\W*$"
)
# A row whose cells have run together: a crew, a number and a time or more numbers in one cell.
_GLUED = re.compile(
    r"(?:\d.*\s/\s.*\d)|(?:^\W*\d{1,3}(?:st|nd|rd|th)?\s+#?\d{1,3}\s+\D{5,}\d)|(?:\d+:\d\d[.,]\d{2,}.*\s\d)"
)


def is_of_cars(heading: str) -> bool:
    """Whether a heading gives the cars below it a status."""
    known = read_section(heading[:_LONGEST])
    return bool(known and known.status)


def is_lost_car(text: str) -> bool:
    """Whether a text below a heading of cars, where no row follows, is a car whose cells nothing divides."""
    return not _OF_PAGE.search(text[:_LONGEST]) and _holds_car(text)


def _holds_car(text: str) -> bool:
    """Whether a text names a car or a crew: a make stands in it, a mark between drivers, or brackets at its end."""
    words = [] if _SENTENCE.search(text) else fold(text[:_LONGEST]).split()
    return (
        " / " in text
        or bool(_IN_BRACKETS.search(text))
        or not makes().isdisjoint((*words, *map(" ".join, pairwise(words))))
    )


def _lists_cars(text: str, *, placed: bool) -> bool:
    """Whether a text is cars behind a status (`Ret: Brooks (BRM); Clark (Lotus)`), or one behind its place."""
    heading, _, listed = text.partition(":")
    if listed and (is_of_cars(heading) or fold(heading) in statuses()) and _holds_car(listed):
        return True
    return bool(placed and _PLACED.match(text)) and _holds_car(text)


def text_outcome(text: str, before: bool, after: bool) -> int:
    """The outcome of a text, as a place in OUTCOMES, given whether it stands before all rows of its sheet or after."""
    text = text[:_LONGEST]
    known = None if _OF_PAGE.search(text) else read_section(text)
    if _lists_cars(text, placed=not before):
        return _REJECT
    begun = read_section(text.partition(":")[0].partition(" - ")[0])
    kinds = {of.kind for of in (known, begun) if of and not of.status} - {None}
    told = _TIMED if "fastest-laps" in kinds else _NEVER if before else _TIME_OF_LAP
    if _GRID_ROW.match(text) or (kinds and (after or told.search(text))):
        return _FURNITURE
    if (known and known.status) or class_of(text):
        return _SECTION
    if _GLUED.search(text) and not _OF_PAGE.search(text):
        return _REJECT
    if known or not (_OF_PAGE.search(text) or after):
        return _CAPTION if before else _SECTION
    return _FURNITURE
