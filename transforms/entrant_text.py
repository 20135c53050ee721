"""The printed entrant taken apart: `Eddy Renard (Barwell Motorsport)` is entered by Eddy Renard, run by Barwell."""

from __future__ import annotations

import re
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from transforms.lexicon import FLAG, find_country, flag_code
from transforms.remember import read_distinct, remember

ENTRANTS = pa.schema([(name, pa.string()) for name in ("entrant", "operator", "country")])
_OPENING = {")": "(", "]": "["}
_FLAGGED = rf"^{FLAG}\s*\S"
_FLAG = re.compile(rf"({FLAG})\s*(?=\S)")


class Entrant(NamedTuple):
    """One printed entrant: the name, who ran the car, the country; None where not printed."""

    entrant: str | None = None
    operator: str | None = None
    country: str | None = None


def read_entrants(texts: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Take each printed entrant apart into entrant, operator and country, row by row; null where not printed.

    Brackets at the end hold a country, by name in several languages or by a code in capitals (`Porsche AG (D)`),
    or else the operator; both may stand there, in either order. Several countries are joined by ` / `. A flag
    before the name, as copies of encyclopaedia tables have it, is a country, too.
    """
    chunk = (texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts).cast(pa.string())
    bare = pc.utf8_trim_whitespace(chunk)
    plain = {"entrant": pc.if_else(pc.equal(bare, ""), None, bare)}
    bracketed = pc.or_(*(pc.ends_with(bare, bracket) for bracket in _OPENING))
    marked = pc.fill_null(pc.or_(bracketed, pc.match_substring_regex(bare, _FLAGGED)), False)
    read = read_distinct(chunk.filter(marked), read_entrant, ENTRANTS)
    nothing = pa.nulls(len(chunk), pa.string())
    columns = (
        pc.replace_with_mask(plain.get(name, nothing), marked, read[name].combine_chunks()) for name in ENTRANTS.names
    )
    return pa.Table.from_arrays([*columns], schema=ENTRANTS)


@remember
def read_entrant(text: str) -> Entrant:
    """One printed entrant taken apart, as `read_entrants` does."""
    name, operator, country = text.strip(), None, None
    if flag := _FLAG.match(name):
        country = find_country(flag_code(flag[1])) or flag_code(flag[1])
        name = name[flag.end() :]
    while split := _split_bracket(name):
        before, inner = split
        found = _read_countries(inner)
        if found and country is None:
            country = found
        elif not found and operator is None and before and _is_name(inner):
            operator = inner
        else:
            break
        name = before
    return Entrant(name or None, operator, country)


def _split_bracket(text: str) -> tuple[str, str] | None:
    """The text before a bracket at its end, and what that bracket holds; None when no bracket closes the text."""
    if not text or text[-1] not in _OPENING:
        return None
    opening = text.rfind(_OPENING[text[-1]])
    if opening >= 0 and text.find(text[-1], opening) == len(text) - 1:
        return text[:opening].rstrip(), text[opening + 1 : -1].strip()
    depth = 0
    for i in range(len(text) - 1, -1, -1):
        depth += (text[i] == text[-1]) - (text[i] == _OPENING[text[-1]])
        if depth == 0:
            return text[:i].rstrip(), text[i + 1 : -1].strip()
    return None


def _read_countries(text: str) -> str | None:
    """`D` -> Germany; `GB/USA` -> United Kingdom / United States; None unless every part is a country."""
    countries = [find_country(part) for part in text.split("/")]
    return " / ".join(filter(None, countries)) if all(countries) else None


def _is_name(text: str) -> bool:
    """True for what could be a team; `(2)` is part of the entrant's own name."""
    return sum(character.isalpha() for character in text) > 1
