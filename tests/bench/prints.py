"""How sheets print a name or a team: forms, and every kind of noise that archives show."""

from __future__ import annotations

import random
import unicodedata

from tests.bench.people import Person
from transforms.identity.words import nicknames

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_LETTERS = "abcdefghilmnoprstuvz"
_NICKNAMES: dict[str, list[str]] = {}
for _name, _other in sorted(nicknames()):
    _NICKNAMES.setdefault(_name, []).append(_other)


class Style:
    """How one sheet prints names: its form, and its habits with accents, capitals and particles."""

    def __init__(self, rng: random.Random, form: str) -> None:
        self.rng = rng
        self.form = form
        self.accents = rng.choices(("kept", "dropped", "umlauts"), (80, 15, 5))[0]
        self.capitals = rng.random() < 0.03
        self.particles = rng.choices(("kept", "title", "glued"), (85, 13, 2))[0]

    def name(self, person: Person) -> tuple[str, bool, bool]:
        """The name as printed, whether it is a pseudonym, whether it is starred."""
        rng = self.rng
        if rng.random() < 0.002:
            return rng.choice(("TBA", "N.N.", "?")), False, False
        if person.pseudonym and rng.random() < 0.7:
            return person.pseudonym, True, False
        text = self._accented(self._worded(person))
        if rng.random() < 0.006:
            text = _typo(rng, text)
        return text, False, rng.random() < 0.01

    def _worded(self, person: Person) -> str:
        rng, surname = self.rng, person.surname
        head, _, tail = surname.rpartition(" ")
        if head and head[0].islower():
            if self.particles == "title":
                surname = f"{head.title()} {tail}"
            elif self.particles == "glued":
                surname = f"{head.title()}{tail.lower()}".replace(" ", "")
        elif head and rng.random() < 0.1:
            surname = head
        if self.capitals:
            surname = surname.upper()
        suffix = f" {person.suffix}" if person.suffix and rng.random() < 0.9 else ""
        if self.form == "surname":
            return surname + suffix
        if self.form == "initial":
            return f"{person.given[0]}. {surname}{suffix}"
        given = person.given
        if rng.random() < 0.012:
            given = rng.choice(_NICKNAMES.get(given.lower(), [given])).capitalize()
        if person.middle and rng.random() < 0.5:
            given = f"{given} {person.middle if rng.random() < 0.6 else person.middle[0] + '.'}"
        if rng.random() < 0.002:
            given = f"Dr. {given}"
        return f"{surname} {given}" if self.form == "swapped" else f"{given} {surname}{suffix}"

    def _accented(self, text: str) -> str:
        if self.accents == "kept":
            return text
        if self.accents == "umlauts":
            text = text.translate(_UMLAUTS)
        text = text.replace("ø", "o")
        return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def team_print(rng: random.Random, name: str) -> str:
    """A team's name, one time in six with a generic word added, dropped or dotted."""
    if rng.random() > 0.16:
        return name
    head, _, tail = name.partition(" ")
    return rng.choice(
        (f"Team {head}", f"{name} Ltd.", head, f"{head} Racing Team", name.upper(), f"{head} {tail} Sport")
    )


def _typo(rng: random.Random, text: str) -> str:
    at = rng.randrange(1, len(text)) if len(text) > 3 else 0
    kind = rng.randrange(4)
    if not at or not text[at].isalpha():
        return text
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + rng.choice(_LETTERS) + text[at:]
    if kind == 2:
        return text[:at] + rng.choice(_LETTERS) + text[at + 1 :]
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :] if at > 1 else text
