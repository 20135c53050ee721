"""What a printed name is made of: given names, family name with its particles, suffix, and the keys they fold to."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.identity.words import GLUED, SEVERAL, SINGLE, Word, initial_key, key, meanings, squash, word

_NICKNAME = re.compile(r"[\"“”„«»(]+[^\"“”„«»()]*[\"“”„«»)]+|(?<!\S)['‘’][^'‘’]{2,}['’](?!\S)")
# Without any of these a name is its words: no nickname, no comma, nothing glued to initials.
_MARKS = SEVERAL | SINGLE | {"."}
_LONGEST = 200  # characters of a name: what is longer has run together, and no marks in it are sought
SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}


class Name(NamedTuple):
    """A printed name, taken apart: the words as printed, and the keys under which it meets other spellings.

    `form` is full, initial, surname, pseudonym or placeholder; `blocks` are the surnames under which a shorter
    print of the same person may stand, the whole family name first; `nickname` is the key of one that is printed
    beside the given names.
    """

    form: str
    given: str
    family: str
    suffix: str
    given_key: str
    family_key: str
    blocks: tuple[str, ...]
    nickname: str = ""

    @property
    def key(self) -> str:
        """The folded name as a whole; equal keys are equal names, whatever accents, case and blanks were printed."""
        return f"{self.given_key} {self.family_key} {self.suffix}".strip()

    @property
    def display(self) -> str:
        """The name as a reader would write it, given names first."""
        return " ".join(part for part in (self.given, self.family, SUFFIXES.get(self.suffix, self.suffix)) if part)


class Print(NamedTuple):
    """A name as printed: its words without nickname, titles and suffix; the suffix; and the key of the nickname."""

    text: str
    words: list[Word]
    suffix: str
    nickname: str


def take_apart(text: str) -> Print:
    """The words of a printed name that matter; none where it is a placeholder such as `TBA`."""
    text, bare, nickname = text.strip(), text, ""
    if len(text) <= _LONGEST and not _MARKS.isdisjoint(text):
        if not _NICKNAME.fullmatch(text):
            nickname = key("".join(_NICKNAME.findall(text)).split())
            bare = _NICKNAME.sub(" ", text)
        bare = GLUED.sub(r"\1 ", _comma_last(bare))
    return Print(text, *_bare(bare), nickname)


def shape(printed: Print) -> str:
    """How a name looks before its sheet is known: none, surname, initial, given-first, given-last or words."""
    words = printed.words
    if not words:
        return "none"
    first, last = words[0], words[-1]
    if len(words) == 1 or (_opens_family(first) and not _turn(words, "plain")):
        return "surname"
    if first.initial or last.initial:
        return "initial"
    if first.given == last.given:
        return "words"
    return "given-first" if first.given else "given-last"


def parse(text: str, *, pseudonym: bool, reading: str) -> Name:
    """Understand a name as its sheet is read: `plain` (given names first), `surname` or `swapped`."""
    return understand(take_apart(text), pseudonym=pseudonym, reading=reading)


def understand(printed: Print, *, pseudonym: bool, reading: str) -> Name:
    """The name that a print stands for, as `parse` does."""
    text, words, suffix, nickname = printed
    if not words:
        return Name("placeholder", "", text, "", "", "", ())
    if pseudonym:
        return _pseudonym(printed)
    turn, cut = division(words, reading)
    words = words[turn:] + words[:turn]
    given, family = words[:cut], tuple(words[cut:])
    form = form_of(given)
    given_key = initial_key(given[0].text) if form == "initial" else "".join([word.key for word in given])
    printed_family, family_key = " ".join([word.text for word in family]), "".join([word.key for word in family])
    given_names = " ".join([word.text for word in given])
    return Name(form, given_names, printed_family, suffix, given_key, family_key, surnames(family), nickname)


def _pseudonym(printed: Print) -> Name:
    """A name in quotes: one like `John Winter` is known by his surname, too, and without quotes is the same."""
    whole = key(printed.text.split())
    name = understand(printed, pseudonym=False, reading="plain")
    if name.form == "full":
        return name._replace(form="pseudonym", blocks=tuple(dict.fromkeys((*name.blocks, whole))))
    return Name("pseudonym", "", printed.text, "", "", whole, (whole,))


def form_of(given: list[Word]) -> str:
    """The form of a name with these given names."""
    return "surname" if not given else "initial" if given[0].initial else "full"


def division(words: list[Word], reading: str) -> tuple[int, int]:
    """How many words of a name belong behind the others, lest the given names follow; and how many are given names."""
    turn = _turn(words, reading)
    return turn, _given(words[turn:] + words[:turn], reading)


def _bare(text: str) -> tuple[list[Word], str]:
    """The words of a name without titles and suffix; and the suffix."""
    words = list(map(word, text.split()))
    if words and False not in [found.plain for found in words]:
        return words, ""
    words = [found for found in words if found.squashed]
    if "".join([found.squashed for found in words]) in meanings("placeholder"):
        return [], ""
    words = [found for found in words if not found.unknown]
    while len(words) > 1 and words[0].title:
        words = words[1:]
    words = [one for at, one in enumerate(words) if not (one.title and at + 1 < len(words) and words[at + 1].particle)]
    at = _suffix_at(words)
    return (words[:at] + words[at + 1 :], words[at].suffix or "") if at else (words, "")


def _suffix_at(words: list[Word]) -> int:
    """The place of the suffix: behind the name, or behind a family name in capitals that stands first; 0 for none."""
    if len(words) > 1 and words[-1].suffix is not None:
        is_family = len(words) == 2 and words[0].given and words[-1].squashed not in SUFFIXES  # `Carlos Neto`
        return 0 if is_family else len(words) - 1
    if not words or not words[0].capitals or words[-1].capitals:
        return 0
    return next((at for at, one in enumerate(words) if at and one.suffix is not None and one.text.isupper()), 0)


def _comma_last(text: str) -> str:
    """`Terrien, David` -> `David Terrien`, `Unser, Al Jr.` -> `Al Unser Jr.`; one before a suffix only falls away."""
    family, *rest = text.split(",")
    words = " ".join(rest).split()
    cut = len(words)
    while cut and squash(words[cut - 1]) in meanings("suffix"):
        cut -= 1
    return " ".join([*words[:cut], family, *words[cut:]])


def _turn(words: list[Word], reading: str) -> int:
    """How many words stand in front of the given names, where capitals, initials or the sheet say that they do."""
    if len(words) < 2:
        return 0
    capitals = [word.capitals for word in words]
    if any(capitals) and not all(capitals):
        first = capitals.index(False)
        return 0 if capitals[-1] or all(word.particle for word in words[:first]) else first
    if words[-1].initial and not words[0].initial:
        return len(words) - 1
    if reading != "swapped":
        return 0
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].given and not words[cut - 1].particle:
        cut -= 1
    return cut


def _given(words: list[Word], reading: str) -> int:
    """How many words are given names: the first one, and known given names and initials after it."""
    first = words[0]
    if len(words) == 1 or _opens_family(first):
        return 0
    if reading == "surname" and not first.given and not first.initial:
        return 0
    cut = 1
    while cut < len(words) - 1 and (words[cut].given or words[cut].initial) and not words[cut].particle:
        cut += 1
    return cut


def surnames(family: tuple[Word, ...]) -> tuple[str, ...]:
    """The keys of a family name: it whole, without its particles, the last part with and without them, the first."""
    core = [word.text for word in family if not word.particle] or [word.text for word in family]
    parts = [part for text in core for part in text.split("-") if squash(part)]
    whole = "".join([word.key for word in family])
    last = len(family) - 1
    while last > 0 and family[last - 1].particle:
        last -= 1
    keys = [whole, key(core), "".join([word.key for word in family[last:]]), key(parts[-1:]), key(parts[:1])]
    return tuple(dict.fromkeys(k for k in keys if len(k) > 1 or k == whole))


def _opens_family(word: Word) -> bool:
    """A particle in front says that no given name is printed; but `Al` is one (Al Holbert)."""
    return word.particle and not word.given
