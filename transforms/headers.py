"""What a header row says of its columns: roles from the synonyms of several languages, crew blocks folded into one."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from types import MappingProxyType

from transforms.fold import fold
from transforms.lexicon import header_languages, header_roles, header_roles_by_language, statuses
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
_FIRST = {"firstname", "first name", "first", "given name", "prenom", "vorname", "nome", "nombre", "voornaam", "name",
          "fornamn", "fornavn", "etunimi", "imie", "jmeno", "meno", "ime", "keresztnev", "имя", "име"}  # fmt: skip
_LAST = {"secondname", "second name", "lastname", "last name", "last", "surname", "family name", "nom", "nachname",
         "cognome", "apellido", "apelido", "achternaam", "efternamn", "efternavn", "etternavn", "sukunimi", "nazwisko",
         "prijmeni", "priezvisko", "priimek", "prezime", "vezeteknev", "фамилия", "презиме"}  # fmt: skip
_NATION = {"country", "nationality", "nation", "nat", "pays", "land", "pais", "paese", "shortname country"}
# What a role is when a second column of the same header has it.
_SECOND = {"lap_time": "session_time", "race_speed": "lap_speed"}
_NUMBERED = {"race_time", "lap_time", "lap_number"}  # whose headings with a number are those of runs or laps
_SPEEDS = {"race_speed", "lap_speed"}
_OF_LAPS = {"laps", "race_time", "lap_time", "distance", "gap"}
_SEVERAL = {"crew", "session_time", "extra", "empty"}
_AVERAGE = re.compile(r"\b(?:average|avg|mean|moy\w*|schnitt|durchschnitt\w*|medi[ao]|gem\w*)\b")
# What a heading may name beside its role (`Fahrer / Ort`, `Time / Retired`) without meaning another column.
_BESIDE = {
    "crew": {"hometown", "country"},
    "race_time": {"gap", "laps", "status", "reason"},
    "entrant": {"country", "hometown"},
}
TEAM_AND_CREW = "entrant and crew"  # what cells of a column show that hold both
TEAM_ABOVE_CREW = "entrant above crew"  # and those that hold teams, with their drivers on the lines below
_CHASSIS = re.compile(r"\b(?:chassis|chasis|chassi|telaio|fahrgestell)\b")
_NUMBER_AND = re.compile(r"(?:#|no?|nr|num|car no) ")
_MODEL = re.compile(r"\b(?:model[loe]?|modele|typ[eo]?)\b")
_UNIT = re.compile(r"[\[(]?\b(?:in )?(mph|mi/h|miles|km/?h|kph|kms?)\b[\])]?")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_LONGEST_MARK = len("OUT")  # of cars that stopped, which is no word for a column
_FEWEST_OF_LANGUAGE = 2  # headings that say in which language others are
_LONGEST = 300  # characters of a heading, be it in several languages
_BEFORE_DIGITS = re.compile(r"(?<=[a-z]{2})(?=\d+$)")
_ODD = re.compile(r"[\d#]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# The special stages of a rally in several languages: SS3, ES 3, PS3, WP3, EK3, RZ3, KP3.
_COMPETITOR = re.compile(r"(?:con|com)(?:corr|curr|pet|curs)|teilnehmer|deelnemer|soutezici|nevezo")
_CO_DRIVER = re.compile(
    r"(?:co ?|ko)(?:driver|pilot[eoa]?)s?|navigat\w+|navegador|passenger|beifahrer|bijrijder|spoluj[ae]zdec|suvozac"
    r"|sovoznik|kart(?:leser|lasare|anlukija)|kaardilugeja|sturmanis|штурман|сувозач"
)
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
    return bool(text) and _heading(text).known


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
    return _heading(text).role


@remember
def _heading(text: str) -> Heading:
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
    texts = {*header_roles(), *_FIRST, *_LAST}
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
        if part := "first" if own in _FIRST else "last" if own in _LAST else "":
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
    if part == "" or part in _FIRST | _LAST:
        return Heading("crew", text.strip(), seat, {"": ""}.get(part, "first" if part in _FIRST else "last"))
    return Heading("extra", text.strip(), seat)


def read_header(cells: Sequence[str], shown: Mapping[int, str] = MappingProxyType({})) -> tuple[Heading, ...]:
    """The headings of a header row, one per cell; a role for one column goes to the first that names it.

    `shown` are the roles of columns whose cells show that an ambiguous heading means another than it mostly does.
    """
    headings = _in_their_language([_heading(cell) for cell in cells])
    headings = [_as_shown(h, shown[i]) if i in shown else h for i, h in enumerate(headings)]
    roles = [heading.role for heading in headings]
    if "reason" not in roles and not all(heading.known for heading in headings):
        # `Retired` heads why a car was.
        headings = [replace(h, role="reason", known=True) if _is_of_the_lost(h) else h for h in headings]
        roles = [heading.role for heading in headings]
    if any(h.role == "car" and is_of_chassis(h.name) for h in headings):
        # Beside its chassis, a car's name is that under which it was entered.
        headings = [replace(h, role="extra") if fold(h.name) == "car name" else h for h in headings]
        roles = [heading.role for heading in headings]
    if ("make" in roles and {"model", "type"} & set(roles)) or roles.count("car") > 1:
        # Beside what the car is, its chassis is but a number.
        headings = [replace(h, role="chassis") if is_of_chassis(h.name) else h for h in headings]
    if roles.count("car") > 1:
        # Behind the car, `Car Model` tells more of it.
        behind = roles.index("car") + 1
        headings[behind:] = [
            replace(h, role="model") if h.role == "car" and _MODEL.search(fold(h.name)) else h
            for h in headings[behind:]
        ]
    if "lap_time" in roles and not {"race_time", "distance"} & set(roles):
        # Where no time of a race is told, a speed behind a lap time is that of the lap.
        lap = roles.index("lap_time")
        headings = [_of_lap(heading) if i > lap else heading for i, heading in enumerate(headings)]
    if roles.count("session_time") == 1 and not (_OF_LAPS - {"gap"}) & set(roles):
        # The time of the only session is what the cars stand in order of.
        headings = [replace(h, role="lap_time") if _is_of_qualifying(h) else h for h in headings]
    if "race_speed" in roles and not _OF_LAPS & set(roles):
        # A speed that is no average, where neither laps nor times are told, was measured in one place.
        headings = [replace(h, role="extra") if _is_plain_speed(h) else h for h in headings]
    if any(heading.mph and heading.role in _SPEEDS for heading in headings):
        headings = [replace(h, mph=h.mph or (h.role in _SPEEDS and not _UNIT.search(fold(h.name)))) for h in headings]
    parts = {heading.part for heading in headings}
    if "last" in parts and "first" not in parts and any(h.role == "crew" and not h.part for h in headings):
        # Beside whole names, `Last` heads the last lap.
        named = any(h.part == "last" and fold(h.name) != "last" for h in headings)
        headings = [_beside_family_names(h) if named else _of_last_lap(h) for h in headings]
    nations = [i + 1 for i, (a, b) in enumerate(pairwise(headings)) if (a.role, b.role) == ("crew", "country")]
    if len(nations) > 1:
        # Behind each of several drivers stands the country of his.
        headings = [replace(h, role="extra", part="nation") if i in nations else h for i, h in enumerate(headings)]
    if any(heading.part == "first" and not heading.seat for heading in headings):
        headings = [replace(h, part="last") if _is_family_name(h) else h for h in headings]
    return tuple(_once(headings))


def _as_shown(heading: Heading, role: str) -> Heading:
    if role == TEAM_AND_CREW:
        return replace(heading, role="crew", part="team", known=True)
    if role == TEAM_ABOVE_CREW:
        return replace(heading, role="entrant", known=True)
    return replace(heading, role=role, known=True)


def _in_their_language(headings: list[Heading]) -> list[Heading]:
    """Headings of which some mean something else in the language that most of the others are of."""
    if not any(heading.by_language for heading in headings):
        return headings
    known, texts = header_roles_by_language(), [fold(heading.name) for heading in headings]
    spoken = Counter(language for text in texts for language in header_languages().get(text, ()))
    return [_in_language(h, known.get(text, {}), spoken) for h, text in zip(headings, texts, strict=True)]


def _in_language(heading: Heading, roles: Mapping[str, str], spoken: Counter[str]) -> Heading:
    """What a heading means, given in how many headings beside it each language is `spoken`."""
    language = max(roles, key=lambda one: spoken[one], default="")
    usual = max((spoken[one] for one in header_languages().get(fold(heading.name), ())), default=0)
    if spoken[language] < max(_FEWEST_OF_LANGUAGE, usual + 1):
        return heading
    role = roles[language]
    return replace(heading, role=role, known=role != "extra")


def _is_of_the_lost(heading: Heading) -> bool:
    """Whether a heading that is none by itself is the word for cars that stopped."""
    word = "" if heading.known else fold(heading.name)
    return len(word) > _LONGEST_MARK and statuses().get(word) == "did_not_finish"


def _beside_family_names(heading: Heading) -> Heading:
    """A heading beside that of family names: `Name` is of given ones."""
    given = heading.role == "crew" and not (heading.part or heading.seat) and fold(heading.name) in _FIRST
    return replace(heading, part="first") if given else heading


def _of_last_lap(heading: Heading) -> Heading:
    return replace(heading, role="extra", part="") if heading.part == "last" and not heading.seat else heading


def _is_family_name(heading: Heading) -> bool:
    """Whether a heading is of the family names where given names have a column of their own."""
    return heading.role == "crew" and not (heading.part or heading.seat) and fold(heading.name) in {"name", *_LAST}


def _of_lap(heading: Heading) -> Heading:
    return replace(heading, role="lap_speed") if _is_plain_speed(heading) else heading


def _is_of_qualifying(heading: Heading) -> bool:
    """Whether a heading is of the times of one whole session, which has no number."""
    return heading.role == "session_time" and heading.name[-1:].isalpha()


def _is_plain_speed(heading: Heading) -> bool:
    return heading.role == "race_speed" and not _AVERAGE.search(fold(heading.name))


def _once(headings: Sequence[Heading]) -> Iterator[Heading]:
    """Each role for the first column that names it: a second lap time is another session's, all else is extra."""
    seen: dict[str, Heading] = {}
    for heading in headings:
        first = seen.get(heading.role)
        if first is None or heading.role in _SEVERAL:
            yield heading
        elif heading.mph != first.mph:  # the same speed in another unit
            yield replace(heading, role="extra")
        else:
            yield replace(heading, role=_SECOND.get(heading.role, "extra"))
        seen[heading.role] = heading


@remember
def nearest_headers(text: str) -> tuple[str, ...]:
    """Up to three known headers that read most like this one, for messages."""
    return tuple(difflib.get_close_matches(fold(text), header_roles(), n=3, cutoff=0.6))
