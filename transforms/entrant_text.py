"""The printed entrant taken apart: `Eddy Renard (Barwell Motorsport)` is entered by Eddy Renard, run by Barwell."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Bools, Ints, flags
from transforms.lexicon import FLAG, find_country, flag_code
from transforms.masks import first_bytes, replaced, true_places
from transforms.remember import read_distinct, remember
from transforms.spans import Spans, bytes_of

ENTRANTS = pa.schema([(name, pa.string()) for name in ("entrant", "operator", "country")])
_OPENING = {")": "(", "]": "["}
_IS_BRACKET = np.isin(np.arange(256), [*b"()[]"])
# What opens the bracket that a byte closes; nothing opens the others.
_OPENED_BY = np.zeros(256, np.uint8)
_OPENED_BY[[*b")]"]] = [*b"(["]
_FLAG_BYTE = "\U0001f1e6".encode()[0]
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
    flagged = first_bytes(bare) == _FLAG_BYTE
    single, in_bracket = _read_single_brackets(bare, ~flagged)
    bracketed = pc.or_(*(pc.ends_with(bare, bracket) for bracket in _OPENING))
    # Most entrants have no bracket or one: the others are read one by one.
    odd = np.flatnonzero((flagged | flags(true_places(bracketed), len(bare))) & ~flags(single, len(bare)))
    read = read_distinct(chunk.take(pa.array(odd)), read_entrant, ENTRANTS)
    columns = [pc.if_else(pc.equal(bare, ""), None, bare), *[pa.nulls(len(chunk), pa.string())] * 2]
    for at, found in ((single, in_bracket), (odd, read)):
        parts = zip(columns, found.columns, strict=True)
        columns = [replaced(column, at, new.combine_chunks()) for column, new in parts]
    return pa.Table.from_arrays(columns, schema=ENTRANTS)


def _read_single_brackets(texts: pa.StringArray, chosen: Bools) -> tuple[Ints, pa.Table]:
    """Which of the chosen texts end in a bracket and hold no other, and what these print."""
    data, places = bytes_of(texts)
    brackets = np.flatnonzero(_IS_BRACKET[data])
    text = np.searchsorted(places, brackets, "right") - 1
    two = (np.bincount(text, minlength=len(texts)) == 2)[text]
    opening, closing = brackets[two].reshape(-1, 2).T
    text = text[two][::2]
    pairs = (data[opening] == _OPENED_BY[data[closing]]) & (closing == places[text + 1] - 1) & chosen[text]
    text, opening, closing = text[pairs], opening[pairs], closing[pairs]
    before = Spans(texts, places[text], opening).trimmed().copy()
    read = read_distinct(Spans(texts, opening + 1, closing).trimmed().copy(), _read_bracket, ENTRANTS)
    named = pc.not_equal(before, "")
    operator, country = pc.if_else(named, read["operator"].combine_chunks(), None), read["country"].combine_chunks()
    taken = pc.or_(pc.is_valid(operator), pc.is_valid(country))
    whole = pc.if_else(taken, before, texts.take(pa.array(text)))
    return text, pa.Table.from_arrays(
        [pc.if_else(pc.equal(whole, ""), None, whole), operator, country], schema=ENTRANTS
    )


@remember
def _read_bracket(inner: str) -> Entrant:
    """What the only bracket behind an entrant holds."""
    country = _read_countries(inner)
    return Entrant(None, inner if not country and _is_name(inner) else None, country)


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
    """True for what could be a team; `(2)` is part of the entrant's own name, and so is `(see note 1)`."""
    return sum(character.isalpha() for character in text) > 1 and not text.casefold().startswith(("see ", "note "))
