"""The one rule by which two spellings of a printed word count as the same: `Équipage`, `EQUIPAGE:` -> `equipage`."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.masks import change_where, mapped
from transforms.remember import remember
from transforms.spans import bytes_of, without

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


@remember
def fold(text: str) -> str:
    """The text in lower case, without accents, with its punctuation (all but `#` and `/`) as single blanks."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        plain = "".join(c for c in apart if not unicodedata.category(c).startswith("M"))
        text = plain.lower().translate(_TRANSLATION)
    return _DIVIDER.sub(" ", text.lower()).strip()


def fold_array(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Each text as `fold` gives it; null stays null."""
    if isinstance(texts, pa.ChunkedArray):
        return pa.chunked_array([fold_array(chunk) for chunk in texts.chunks], pa.string())
    plain = change_where(_beyond_ascii(texts), texts, _without_accents)
    divided = change_where(_beyond_ascii(plain), mapped(plain, _ASCII_FOLD), _divided)
    return _with_single_blanks(divided)


def _with_single_blanks(texts: pa.StringArray) -> pa.StringArray:
    """Texts without blanks at their ends, and with single ones within."""
    data, places = bytes_of(texts)
    doubled = data == ord(" ")
    last = places[1:][places[1:] > places[:-1]] - 1
    at_end = doubled[last]
    doubled[:-1] &= doubled[1:]
    doubled[last] = at_end
    single = without(texts, data, doubled)
    if texts.null_count:
        single = pc.if_else(texts.is_valid(), single, None)
    return change_where(pc.starts_with(single, " "), single, lambda some: pc.utf8_ltrim(some, " "))


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
