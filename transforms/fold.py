"""The one rule by which two spellings of a printed word count as the same: `Équipage`, `EQUIPAGE:` -> `equipage`."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints
from transforms.masks import change_where, mapped
from transforms.remember import remember
from transforms.spans import Bytes, bytes_of, without

# Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "ı": "i",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ς": "σ",
}
_TRANSLATION = str.maketrans(_LETTERS)
# All but letters, digits, `#` (a car number's header) and `/` (`N/C`, `Entrant/Team`) divides words.
_DIVIDER = re.compile(r"(?:[^\w#/]|_)+")
# What each byte becomes; those beyond ASCII, which are parts of letters, stay.
_ASCII_FOLD = np.arange(256, dtype=np.uint8)
_ASCII_FOLD[:128] = [ord(c.lower()) if c.isalnum() or c in "#/" else ord(" ") for c in map(chr, range(128))]
_LATIN = (0xC3, 0xC5)  # the first byte and the last that begin letters of Latin beyond ASCII: U+00C0 to U+017F


@remember
def fold(text: str) -> str:
    """The text in lower case, without accents, with its punctuation (all but `#` and `/`) as single blanks."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        plain = "".join(c for c in apart if not unicodedata.category(c).startswith("M"))
        text = plain.lower().translate(_TRANSLATION)
    return _DIVIDER.sub(" ", text.lower()).strip()


def _latin_fold() -> Bytes:
    """What each letter of Latin with two bytes becomes: one or two of ASCII; zeros for what is not so plain."""
    found = np.zeros(((_LATIN[1] - _LATIN[0] + 1) * 64, 2), np.uint8)
    for place, letter in enumerate(map(chr, range(0xC0, 0x180))):
        plain = fold(f"x{letter}x")[1:-1]
        if plain.isascii() and plain.isalpha() and len(plain) <= 2:
            found[place, : len(plain)] = [*plain.encode()]
    return found


_LATIN_FOLD = _latin_fold()


def fold_array(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Each text as `fold` gives it; null stays null."""
    if isinstance(texts, pa.ChunkedArray):
        return pa.chunked_array([fold_array(chunk) for chunk in texts.chunks], pa.string())
    # Letters of Latin are most of those beyond ASCII, and change byte by byte, in a third of the time.
    texts = change_where(pa.array(_beyond_latin(texts)), texts, _fold_letters)
    data, _ = bytes_of(texts)
    first, latin = _latin_letters(data)
    shaped, dropped = _ASCII_FOLD.take(data), np.zeros(len(data), bool)
    plain = _LATIN_FOLD[latin]
    first, plain = first[plain[:, 0] > 0], plain[plain[:, 0] > 0]
    shaped[first], shaped[first + 1], dropped[first + 1] = plain[:, 0], plain[:, 1], plain[:, 1] == 0
    return _with_single_blanks(texts, shaped, dropped)


def _latin_letters(data: Bytes) -> tuple[Ints, Ints]:
    """Where letters of Latin with two bytes begin, and their places in _LATIN_FOLD."""
    first = np.flatnonzero((data >= _LATIN[0]) & (data <= _LATIN[1]))
    return first, (data[first].astype(np.int64) - _LATIN[0]) * 64 + (data[first + 1] & 63)


def _beyond_latin(texts: pa.StringArray) -> Bools:
    """Texts with a letter or mark beyond ASCII that _LATIN_FOLD does not know."""
    data, places = bytes_of(texts)
    first, latin = _latin_letters(data)
    unknown = (data > _LATIN[1]) | (data == _LATIN[0] - 1)
    unknown[first] = _LATIN_FOLD[latin, 0] == 0
    found = np.zeros(len(texts) + 1, bool)
    found[np.searchsorted(places, np.flatnonzero(unknown), "right") - 1] = True
    return found[:-1]


def _with_single_blanks(texts: pa.StringArray, data: Bytes, dropped: Bools) -> pa.StringArray:
    """Texts whose bytes have become others, without those dropped, with single blanks and none at their ends."""
    places = bytes_of(texts)[1]
    doubled = data == ord(" ")
    last = places[1:][places[1:] > places[:-1]] - 1
    at_end = doubled[last]
    doubled[:-1] &= doubled[1:]
    doubled[last] = at_end
    single = without(texts, data, doubled | dropped)
    if texts.null_count:
        single = pc.if_else(texts.is_valid(), single, None)
    return change_where(pc.starts_with(single, " "), single, lambda some: pc.utf8_ltrim(some, " "))


def _fold_letters(texts: pa.Array) -> pa.Array:
    """Texts of any letters without accents, in lower case, divided by blanks."""
    plain = change_where(_beyond_ascii(texts), texts, _without_accents)
    return change_where(_beyond_ascii(plain), mapped(plain, _ASCII_FOLD), _divided)


def _beyond_ascii(texts: pa.Array) -> pa.BooleanArray:
    return pc.invert(pc.string_is_ascii(texts))


def _without_accents(texts: pa.Array) -> pa.Array:
    bare = pc.utf8_lower(pc.replace_substring_regex(pc.utf8_normalize(texts, form="NFKD"), r"\p{M}+", ""))
    return change_where(_beyond_ascii(bare), bare, _plain_letters)


def _plain_letters(texts: pa.Array) -> pa.Array:
    for letter, plain in _LETTERS.items():
        texts = pc.replace_substring(texts, letter, plain)
    return texts


def _divided(texts: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.utf8_lower(texts), r"[^\p{L}\p{N}#/]+", " ")
