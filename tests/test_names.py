"""Names are taken apart as a reader of result sheets would."""

from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity.forms import READINGS
from transforms.identity.names import parse, shape, take_apart
from transforms.identity.patterns import Patterns
from transforms.identity.resemblance import resembling
from transforms.identity.spelling import alike, sound, sounds
from transforms.identity.understood import in_columns, understood
from transforms.identity.words import nicknames


@pytest.mark.parametrize(
    ("text", "form", "given", "family", "suffix"),
    [
        ("Eric van de Poele", "full", "Eric", "van de Poele", ""),
        ("van de Poele", "surname", "", "van de Poele", ""),
        ("Dalla Lana", "surname", "", "Dalla Lana", ""),
        ("Mc Laren", "surname", "", "Mc Laren", ""),
        ("McNISH Allan", "full", "Allan", "McNISH", ""),
        ("Allan McNISH", "full", "Allan", "McNISH", ""),
        ("DiRESTA P.", "initial", "P.", "DiRESTA", ""),
        ("McLaren Bruce", "full", "McLaren", "Bruce", ""),
        ("Jean-René de Fournoux", "full", "Jean-René", "de Fournoux", ""),
        ("D. Terrien", "initial", "D.", "Terrien", ""),
        ("Terrien D.", "initial", "D.", "Terrien", ""),
        ("J.-P. Jarier", "initial", "J.-P.", "Jarier", ""),
        ("J.P.Jarier", "initial", "J.P.", "Jarier", ""),
        ("J-P. Cottret", "initial", "J-P.", "Cottret", ""),
        ("Stuck, H-J.", "initial", "H-J.", "Stuck", ""),
        ("AJ Foyt", "initial", "AJ", "Foyt", ""),
        ("Terrien, David", "full", "David", "Terrien", ""),
        ("TERRIEN David", "full", "David", "TERRIEN", ""),
        ("DE CADENET Alain", "full", "Alain", "DE CADENET", ""),
        ("VAN DE POELE Eric", "full", "Eric", "VAN DE POELE", ""),
        ("AL RAJHI Yazeed", "full", "Yazeed", "AL RAJHI", ""),
        ("AL Unser", "full", "AL", "Unser", ""),
        ("Don Whittington", "full", "Don", "Whittington", ""),
        ("M. v. Brauchitsch", "initial", "M.", "v. Brauchitsch", ""),
        ("v. Trips", "surname", "", "v. Trips", ""),
        ("V. Schuppan", "initial", "V.", "Schuppan", ""),
        ("Ho-Pin Tung", "full", "Ho-Pin", "Tung", ""),
        ("Luis Pérez Companc", "full", "Luis", "Pérez Companc", ""),
        ("Dr. Al Holbert Jr.", "full", "Al", "Holbert", "jr"),
        ("Al Unser, Jr.", "full", "Al", "Unser", "jr"),
        ("Unser, Al Jr.", "full", "Al", "Unser", "jr"),
        ("Unser Jr., Al", "full", "Al", "Unser", "jr"),
        ("PIQUET JR Nelson", "full", "Nelson", "PIQUET", "jr"),
        ("Paul Jr.", "surname", "", "Paul", "jr"),
        ("Carlos Neto", "full", "Carlos", "Neto", ""),
        ("Wolfgang Graf von Trips", "full", "Wolfgang", "von Trips", ""),
        ("Klaus Graf", "full", "Klaus", "Graf", ""),
        ("HRH Prince Bira", "surname", "", "Bira", ""),
        ("f.n.u. Smith", "surname", "", "Smith", ""),
        ('Robert "Bob" Akin III', "full", "Robert", "Akin", "iii"),
        ('Robert ("Bob") Akin', "full", "Robert", "Akin", ""),
        ("Robert 'Bob' Akin", "full", "Robert", "Akin", ""),
        ("Michael O'Brien", "full", "Michael", "O'Brien", ""),
        ("TBA", "placeholder", "", "TBA", ""),
        ("?", "placeholder", "", "?", ""),
    ],
)
def test_names_are_taken_apart(text: str, form: str, given: str, family: str, suffix: str) -> None:
    """Particles go with the family name; titles and nicknames fall away; suffixes stand apart."""
    name = parse(text, pseudonym=False, reading="plain")
    assert (name.form, name.given, name.family, name.suffix) == (form, given, family, suffix)


@pytest.mark.parametrize(
    ("text", "surnames"),
    [
        ("Wolfgang Berghe von Trips", {"berghevontrips", "berghetrips", "vontrips", "trips", "berghe"}),
        ("Luis Pérez-Sala", {"perezsala", "sala", "perez"}),
        ("Eric van de Poele", {"vandepole", "pole"}),
    ],
)
def test_who_has_a_long_name_may_stand_under_a_part_of_it(text: str, surnames: set[str]) -> None:
    """`Trips`, `von Trips` and `Berghe von Trips` may be one person."""
    assert set(parse(text, pseudonym=False, reading="plain").blocks) == surnames


def test_a_sheet_of_surnames_reads_two_words_as_a_compound() -> None:
    """`Pérez Companc` is a family name where surnames are printed, and `Alex Caffi` is still a full name."""
    assert parse("Pérez Companc", pseudonym=False, reading="surname").form == "surname"
    assert parse("Alex Caffi", pseudonym=False, reading="surname").form == "full"


def test_a_swapped_sheet_puts_family_names_first() -> None:
    """On a swapped sheet the last word, and known given names before it, are the given names."""
    name = parse("van de Poele Eric", pseudonym=False, reading="swapped")
    assert (name.given, name.family) == ("Eric", "van de Poele")


def test_spellings_of_one_name_share_a_key() -> None:
    """Accents, case, hyphens and blanks inside particles do not make another person."""
    for spellings in (
        ("Éric Van De Poele", "eric vandepoele", "Eric van de Poele"),
        ("Manfred von Brauchitsch", "Manfred v. Brauchitsch"),
        ("Renger van der Zande", "Renger v.d. Zande", "Renger vd Zande"),
        ("Bruce McLaren", "Bruce Mc Laren", "McLAREN Bruce", "MCLAREN Bruce"),
        ("Jörg Müller", "Joerg Mueller", "Jorg Muller"),
    ):
        assert len({parse(text, pseudonym=False, reading="plain").key for text in spellings}) == 1


def test_a_name_in_quotes_has_a_surname_if_it_is_like_a_name() -> None:
    """`John Winter` in quotes is who he is without, and may stand as `Winter`; `Beurlys` is all of a name."""
    one, other = (parse("John Winter", pseudonym=quoted, reading="surname") for quoted in (True, False))
    assert (one.form, one.key, one.blocks[0]) == ("pseudonym", other.key, "winter")
    name = parse("Beurlys", pseudonym=True, reading="plain")
    assert (name.form, name.key, name.blocks) == ("pseudonym", "beurlys", ("beurlys",))


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Joseph Siffert", "Jo Siffert", "two forms of one given name"),
        ("Willi Kauhsen", "Willy Kauhsen", "two forms of one given name"),
        ("Daniel Juncadella", "Dani Juncadella", "two forms of one given name"),
        ("Jean-Pierre Jarier", "Jean Jarier", "one given name more"),
        ("José Carlos Pace", "Carlos Pace", "one given name more"),
        ("Jean-Pierre Jarier", "Pierre Jarier", None),
        ("Emanuel Collard", "Manuel Collard", None),
        ("Dirk Müller", "Dick Müller", "two forms of one given name"),
        ("Marco Andretti", "Mario Andretti", None),
        ('Joan "Nani" Roma', "Nani Roma", "nickname in print"),
        ("Keijo (Keke) Rosberg", "Keke Rosberg", "nickname in print"),
        ('Joan "Nani" Roma', "Nani Galli", None),
        ("Nick Catsburg", "Nicky Catsburg", "two forms of one given name"),
        ("Bob Akin", "Bobby Akin", None),
        ("Jan Magnussen", "Jane Magnussen", None),
        ("Ma Qinghua", "Qing Hua Ma", "order or division of the names"),
        ("Ho-Pin Tung", "Ho Pin Tung", "order or division of the names"),
        ("Tung Ho-Pin", "Ho-Pin Tung", "order or division of the names"),
        ("Alexey Vasilyev", "Alexei Vassiliev", "another transliteration"),
        ("Vitaly Petrov", "Witalij Petrow", "another transliteration"),
        ("Jan Jansen", "Ian Janssen", None),
    ],
)
def test_what_makes_names_alike(one: str, other: str, likeness: str | None) -> None:
    """Forms of one name are alike, and one of several; other names are not, however near."""
    names = [parse(text, pseudonym=False, reading="plain") for text in (one, other)]
    assert alike(*names) == alike(*names[::-1]) == likeness


WORDS = st.sampled_from(
    [
        "Eric",
        "ERIC",
        "van",
        "de",
        "Poele",
        "POELE",
        "Pérez",
        "D.",
        "v.",
        "DE",
        "'Bob'",
        "J.-P.",
        "J.P.Jarier",
        "AJ",
        "Jr.",
        "III",
        "Dr.",
        "TBA",
        "Hansson",
        "HANSSON",
        "Berg-Hansson",
    ]
)
WORDS |= st.text("aÀ.,\"'/ \x1f(-", max_size=4) | st.text("aeoutqßÉÜøǅºm\u0308", min_size=2, max_size=5)


@given(st.lists(st.lists(WORDS, max_size=9), max_size=8), st.sampled_from(READINGS), st.booleans())
def test_names_of_one_pattern_are_understood_like_each_of_them(
    printed: list[list[str]], reading: str, quoted: bool
) -> None:
    """What is asked once for all names of a pattern is what `parse` and `shape` say of each."""
    texts = pa.array([" ".join(words) for words in printed], pa.string())
    prints = {
        "name_text": texts,
        "pseudonym": pa.repeat(quoted, len(texts)),
        "name_reading": pa.repeat(reading, len(texts)),
    }
    alone = [parse(text, pseudonym=quoted, reading=reading) for text in texts.to_pylist()]
    assert understood(pa.table(prints)).equals(in_columns(alone))
    assert Patterns.of(texts).shapes.to_pylist() == [shape(take_apart(text)) for text in texts.to_pylist()]


LETTERS = st.sampled_from(["dcace", "edacab", "vasiliev", "wassilyeff", "vasiljev"]) | st.text(
    "abcdeé", min_size=1, max_size=9
)


def _edits(word: str) -> list[str]:
    """A word, and what it becomes when a letter is left out, added or changed, or swapped with the next one."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    edited = [
        (head + tail[1:], f"{head}a{tail}", f"{head}b{tail[1:]}", head + tail[1::-1] + tail[2:]) for head, tail in cuts
    ]
    return [word, word[::-1], *(text for texts in edited for text in texts if text)]


EDITED = LETTERS.flatmap(lambda word: st.sampled_from(_edits(word)))
GIVEN = EDITED | st.sampled_from(sorted({name for pair in nicknames() for name in pair})[:20])


@given(st.lists(st.text("aabceehjkkosswxyyüж ", max_size=9)))
def test_many_names_sound_like_each_of_them(names: list[str]) -> None:
    """What is written for a sound is told of many names as of a single one."""
    assert sounds(pa.array(["", *names])[1:]).to_pylist() == [sound(name) for name in names]


@given(st.lists(st.tuples(GIVEN, EDITED), min_size=1, max_size=12))
def test_all_alike_names_meet(printed: list[tuple[str, str]]) -> None:
    """Whichever two names are alike resemble each other at a first look, and no pair is named twice."""
    texts = [" ".join(words).title() for words in printed]
    texts += [f"{text.split()[0]} “{text.split()[0][:-1]}” {text.split()[-1]}" for text in texts[::2] if text.split()]
    texts += [" ".join([*text.split()[1:], text[:2], text.split()[0][2:]]) for text in texts[1::2] if text.split()]
    names = [parse(text, pseudonym=False, reading="plain") for text in texts]
    met = list(zip(*(side.tolist() for side in resembling(in_columns(names))), strict=True))
    pairs = combinations(range(len(names)), 2)
    assert {pair for pair in pairs if alike(names[pair[0]], names[pair[1]])} <= set(met)
    assert len(met) == len(set(met))


@pytest.mark.parametrize("text", ["(" * 100_000, '"' * 100_001, "'a" * 100_000, "A." * 100_000, ", " * 100_000])
def test_a_name_that_goes_on_and_on(text: str):
    """What has run together is taken for a name as it is, without looking for marks from every letter on."""
    assert take_apart(text).text == text.strip()
