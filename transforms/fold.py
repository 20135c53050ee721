"""The one rule by which two spellings of a printed word count as the same: `Équipage`, `EQUIPAGE:` -> `equipage`."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from transforms.masks import change_where
from transforms.remember import remember

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
    plain = change_where(pc.invert(pc.string_is_ascii(texts)), texts, _without_accents)
    lower = pc.utf8_lower(plain)
    # Words with single blanks between them, the most of all texts, are divided already.
    divided = change_where(
        pc.match_substring_regex(lower, r"[^\p{L}\p{N}#/ ]|  "),
        lower,
        lambda texts: pc.replace_substring_regex(texts, r"[^\p{L}\p{N}#/]+", " "),
    )
    return pc.utf8_trim(divided, " ")


def _without_accents(texts: pa.Array) -> pa.Array:
    folded = pc.utf8_lower(pc.replace_substring_regex(pc.utf8_normalize(texts, form="NFKD"), r"\p{M}+", ""))
    for letter, plain in _LETTERS.items():
        folded = pc.replace_substring(folded, letter, plain)
    return folded
