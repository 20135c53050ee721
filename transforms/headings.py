"""What one heading says of its column: its role, from the synonyms of several languages, or a part of a crew block."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import cache

from transforms.fold import fold
from transforms.lexicon import header_roles, header_roles_by_language, statuses
from transforms.remember import remember

# A block of columns per driver, as timing services print it: DRIVER2_FIRSTNAME, Driver 2, Pilote n°2.
_BLOCK = re.compile(
    r"^(?:driver|drv|pilote?|piloto|pilota|fahrer|rijder|conductor|coureur)s?"
    r" ?(?:no?|nr)? ?#?(?P<seat>\d{1,2}|(?<= )[a-f])(?: (?P<part>.+))?$"
)
# The same with the number before it: `1. Fahrer`, `2nd driver`, `2ème pilote`.
_NUMBERED_BLOCK = re.compile(
    r"^(?P<seat>[1-9])(?:st|nd|rd|th|er|eme|e|o|a|ro|do)? "
    r"(?:driver|pilote?|piloto|pilota|fahrer|rijder|conductor|conduttore|conducteur|coureur|forare|kuljettaja)(?P<part>)$"
)
_WHOSE = re.compile(r"^(?:driver|fahrer|pilote?|pilota|piloto|rijder|conductor) ")  # has a name in two columns
GIVEN = {"firstname", "first name", "first", "given name", "prenom", "vorname", "nome", "nombre", "voornaam", "name",
         "fornamn", "fornavn", "etunimi", "imie", "jmeno", "meno", "ime", "keresztnev", "имя", "име"}  # fmt: skip
FAMILY = {"secondname", "second name", "lastname", "last name", "last", "surname", "family name", "nom", "nachname",
          "cognome", "apellido", "apelido", "achternaam", "efternamn", "efternavn", "etternavn", "sukunimi", "nazwisko",
          "prijmeni", "priezvisko", "priimek", "prezime", "vezeteknev", "фамилия", "презиме"}  # fmt: skip
_NATION = {"country", "nationality", "nation", "nat", "pays", "land", "pais", "paese", "shortname country"}
_NUMBERED = {"race_time", "lap_time", "lap_number"}  # whose headings with a number are those of runs or laps
# What a heading may name beside its role (`Fahrer / Ort`, `Time / Retired`) without meaning another column.
_BESIDE = {
    "crew": {"hometown", "country"},
    "race_time": {"gap", "laps", "status", "reason"},
    "entrant": {"country", "hometown"},
}
_CHASSIS = re.compile(r"\b(?:chassis|chasis|chassi|telaio|fahrgestell)\b")
_NUMBER_AND = re.compile(r"(?:#|no?|nr|num|car no) ")
_UNIT = re.compile(r"[\[(]?\b(?:in )?(mph|mi/h|miles|km/?h|kph|kms?)\b[\])]?")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_LONGEST = 300  # characters of a heading, be it in several languages
_BEFORE_DIGITS = re.compile(r"(?<=[a-z]{2})(?=\d+$)")
_ODD = re.compile(r"[\d#]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COMPETITOR = re.compile(r"(?:con|com)(?:corr|curr|pet|curs)|teilnehmer|deelnemer|soutezici|nevezo")
_CO_DRIVER = re.compile(
    r"(?:co ?|ko)(?:driver|pilot[eoa]?)s?|navigat\w+|navegador|passenger|beifahrer|bijrijder|spoluj[ae]zdec|suvozac"
    r"|sovoznik|kart(?:leser|lasare|anlukija)|kaardilugeja|sturmanis|штурман|сувозач"
)
# The special stages of a rally in several languages: SS3, ES 3, PS3, WP3, EK3, RZ3, KP3.
_STAGE = re.compile(r"(?:ss|es|ps|wp|ek|rz|kp|os) ?\d{1,2}")
_BETWEEN_PARTS = re.compile(r"\s*/\s*|\s+(?:[-–—&+]|and|und|et|e|y|en|och)\s+")


@dataclass(frozen=True, slots=True)
class Heading:
    """One column as its header names it: role, the name as printed, and for crew blocks the seat and part of name.

    `part` is "first" or "last" where a driver's name is divided over two cells, "nation" for his country, "team" where
    the team stands before its drivers, and "town" where his town or country may stand behind him.
    `known` is false where no synonym fits; then the role is extra and the name says which it was. `by_language` says
    that it means something else beside headings of some language.
    """

    role: str
    name: str
    seat: int = 0
    part: str = ""
    mph: bool = False
    known: bool = True
    by_language: bool = False


def is_header_cell(text: str) -> bool:
    """True when a header of some language reads like this cell."""
    return bool(text) and read_heading(text).known


def may_be_of_people(text: str) -> bool:
    """Whether a heading is of competitors, as drivers and teams are called alike, or of both (`Team/Fahrer`)."""
    parts = _roles_of_parts(text)
    return {"entrant", "crew"} <= set(parts) or (parts == ["entrant"] and bool(_COMPETITOR.match(fold(text))))


def is_of_teams(text: str) -> bool:
    """Whether a heading is of teams with their drivers behind them: `Team/Fahrer`."""
    return _roles_of_parts(text) == ["entrant", "crew"]


def is_of_chassis(text: str) -> bool:
    """Whether a heading is of what a car is built on, which may be a number but is not the car's."""
    return _CHASSIS.search(fold(text)) is not None


def is_of_co_drivers(text: str) -> bool:
    """Whether a heading is of those beside the drivers alone."""
    return _CO_DRIVER.fullmatch(fold(text)) is not None


def names_unit(text: str) -> bool:
    """Whether a heading names the unit of a speed or distance."""
    return _UNIT.search(fold(text)) is not None


def headed_role(text: str) -> str:
    """The role that a heading names by itself."""
    return read_heading(text).role


@remember
def read_heading(text: str) -> Heading:
    """What a heading says by itself."""
    if len(text) > _LONGEST:
        return Heading("extra", text.strip(), known=False)
    key = fold(text)
    by_language = key in header_roles_by_language()
    if _has_no_word_of_headings(text, key):
        return Heading("extra", text.strip(), known=not key, by_language=by_language)
    return replace(_read(text, key), by_language=True) if by_language else _read(text, key)


def _has_no_word_of_headings(text: str, key: str) -> bool:
    """Whether none of the words of a text, most often of a name, is in any heading; such are not looked at further."""
    plain = not _ODD.search(key) and not _CAMEL.search(text)
    return plain and _words_of_headings().isdisjoint(key.replace("/", " ").split())


@cache
def _words_of_headings() -> frozenset[str]:
    texts = {*header_roles(), *GIVEN, *FAMILY}
    return frozenset(word for text in texts for word in text.replace("/", " ").split())


def _read(text: str, key: str) -> Heading:
    block = _BLOCK.match(key) or _NUMBERED_BLOCK.match(key)
    if block:
        return _block_heading(text, _seat(block["seat"]), (block["part"] or "").strip())
    if _STAGE.fullmatch(key):
        return Heading("session_time", text.strip())
    roles = header_roles()
    mph = bool(re.search(r"\b(mph|m p h|mi/h|miles)\b", key))
    unnumbered, bare = re.sub(r"\s*#?\d+$", "", key), fold(_IN_BRACKETS.sub("", text))
    numbered = _NUMBER_AND.match(key)
    if "crew" in (roles.get(bare), numbered and roles.get(key[numbered.end() :])):
        # `Driver (Country)` and `# Driver` head names, whatever stands behind them, or before.
        return Heading("crew", text.strip())
    told = _IN_BRACKETS.search(text)
    if told and roles.get(bare) == "race_time" and roles.get(fold(told[0])) == "gap":
        key = bare  # `Time (Gap)`
    united, worded = _UNIT.sub("", key).strip(), _BEFORE_DIGITS.sub(" ", fold(_CAMEL.sub(" ", text)))
    for candidate in (key, united, unnumbered, re.sub(r"\s*#$", " no", key), worded, bare):
        if role := roles.get(candidate):
            of_several = role in _NUMBERED and candidate == unnumbered != key
            return Heading("session_time" if of_several else role, text.strip(), mph=mph)
        own = _WHOSE.sub("", candidate)
        if part := "first" if own in GIVEN else "last" if own in FAMILY else "":
            return Heading("crew", text.strip(), part=part)
    role = _role_of_parts(text)
    part = "town" if role == "crew" and _BESIDE["crew"].intersection(_roles_of_parts(text)) else ""
    return Heading(role or "extra", text.strip(), part=part, mph=mph and bool(role), known=bool(role) or not key)


def _role_of_parts(text: str) -> str | None:
    """The role that a heading of several parts names once: `Bewerber / Team`, `Tempo/Ritirato`, `Pilote – Copilote`."""
    first, *others = _parts(text)
    role = header_roles().get(first)
    may_be = {role, *_BESIDE.get(role or "", ())}
    found = (header_roles().get(part, "status" if part in statuses() else None) for part in others)
    return role if others and all(other in may_be for other in found) else None


def _roles_of_parts(text: str) -> list[str | None]:
    return [header_roles().get(part) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    """The parts of a heading; of blanks that follow one another, of which there may be very many, only one is left."""
    return [fold(part) for part in _BETWEEN_PARTS.split(" ".join(text.split()))]


def _seat(seat: str) -> int:
    """The number of a driver, who may have a letter: `Driver B` is the second."""
    return int(seat) if seat.isdigit() else ord(seat) - ord("a") + 1


def _block_heading(text: str, seat: int, part: str) -> Heading:
    if part in _NATION:
        return Heading("extra", text.strip(), seat, "nation")
    if part == "" or part in GIVEN | FAMILY:
        return Heading("crew", text.strip(), seat, {"": ""}.get(part, "first" if part in GIVEN else "last"))
    return Heading("extra", text.strip(), seat)


@remember
def nearest_headers(text: str) -> tuple[str, ...]:
    """Up to three known headers that read most like this one, for messages."""
    return tuple(difflib.get_close_matches(fold(text), header_roles(), n=3, cutoff=0.6))
