"""Which names may be spellings of one: those that meet under a key which no single slip can change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, distinct_of, whole
from transforms.identity.groups import dense, distinct, joined_in_turn, ordered, paired, places_in, spread
from transforms.identity.spelling import SHORTEST, Letters, sounds
from transforms.identity.turns import Codes
from transforms.identity.words import nicknames

CROWD = 200
PAIRS = 250_000  # that are looked at in turn
Near = Callable[[Codes, Codes], np.ndarray]


@dataclass(frozen=True)
class Meeting:
    """Names (`owner`) beside keys of two parts under which they meet; `near` tells which of those that do are near."""

    owner: Codes
    one: Codes
    other: Codes
    near: Near


def resembling(names: pa.Table) -> tuple[Codes, Codes]:
    """Pairs of places in `names` (see `understood`), in order, that are worth a look: all `alike` ones are among them.

    A pair depends on its two names alone, whoever else is known; only where more than CROWD names meet under a key,
    as in a column that was misread as names, the key brings nobody together.
    """
    full = np.flatnonzero(np.asarray(pc.equal(names["form"], "full")))
    some = names.drop_columns(["form"]).take(pa.array(full))
    suffix = codes(pc.fill_null(some["suffix"], ""))[0]
    met = [pairs for meeting in _meetings(some) for pairs in _met(meeting, suffix)]
    pairs = distinct(np.concatenate(met))
    del met
    return full[pairs // len(full)], full[pairs % len(full)]


def _met(meeting: Meeting, suffix: Codes) -> Iterator[Codes]:
    """The pairs of names that meet and are near, the lesser first, as one number each."""
    key = dense(meeting.one, meeting.other, suffix[meeting.owner])
    crowd = np.bincount(key + 1)[key + 1] > CROWD
    for places in joined_in_turn(np.where(crowd, np.int32(-1), key), PAIRS):
        one, other = (meeting.owner[place] for place in places)
        near = meeting.near(one, other)
        one, other = one[near], other[near]
        yield paired(np.minimum(one, other), len(suffix), np.maximum(one, other))


def _meetings(names: pa.Table) -> Iterator[Meeting]:
    """All ways in which two names that are `alike` meet.

    They have the same letters, in another order, or sound alike; or they have one family name and given names of
    which one is short for the other, begins or ends like it, or nearly is it; or one given name and family names
    that share a part or nearly are the same.
    """
    given, family, texts = _parts(names)
    each, letters = np.arange(len(names)), Letters.of(texts)
    for number in _wholes(given, family, texts, letters):
        key = np.unique(number, return_inverse=True)[1]
        yield Meeting(each, key, key, _all)
    yield Meeting(*_short_forms(given, family, texts), _all)
    if "nickname" in names.column_names:
        yield _by_nicknames(given, family, texts, names["nickname"])
    surnames = names["surnames"].combine_chunks()
    owner, surname = np.asarray(pc.list_parent_indices(surnames)), codes(surnames.flatten())[0]
    yield Meeting(owner, given[owner], surname, lambda one, other: letters.within(family[one], family[other]))
    for ends in _ends(texts):
        yield Meeting(each, family, ends[given], lambda one, other: letters.within(given[one], given[other]))
    for pieces in _pieces(texts, letters.size):
        for same, edited in ((family, given), (given, family)):
            owner = np.tile(each, len(pieces))
            yield Meeting(owner, same[owner], pieces[:, edited].ravel(), partial(_near, letters, edited))


def alike_as_wholes(names: pa.Table, some: Codes) -> np.ndarray:
    """Which names meet one of some, though both their given and their family names may differ."""
    given, family, texts = _parts(names)
    met = [places_in(own[some], own) >= 0 for own in _wholes(given, family, texts, Letters.of(texts))]
    return np.asarray(np.logical_or.reduce(met))


def _parts(names: pa.Table) -> tuple[Codes, Codes, pa.Array]:
    """The given names and the family names as codes, and the texts that these stand for."""
    parts = [pc.fill_null(names[part], "").combine_chunks() for part in ("given_key", "family_key")]
    code, texts = codes(pa.concat_arrays(parts))
    return *code.reshape(2, -1), texts


def _wholes(given: Codes, family: Codes, texts: pa.Array, letters: Letters) -> Iterator[Codes]:
    """A number for what names are as wholes: their letters, in any order; and how they sound."""
    yield letters.sums[given] + letters.sums[family]
    sound, sounding = distinct_of(sounds(texts))
    yield paired(sound[given], len(sounding), sound[family])


def _by_nicknames(given: Codes, family: Codes, texts: pa.Array, nicknames: pa.ChunkedArray) -> Meeting:
    """Names beside their family names, and either their given names or the nicknames that are printed with them."""
    nickname = whole(pc.index_in(nicknames, texts))
    some = np.flatnonzero(nickname >= 0)
    owner = np.append(np.arange(len(given)), some)
    return Meeting(
        owner, family[owner], np.append(given, nickname[some]), lambda one, other: given[one] != given[other]
    )


def _all(one: Codes, _: Codes) -> np.ndarray:
    return np.ones(len(one), dtype=bool)


def _near(letters: Letters, edited: Codes, one: Codes, other: Codes) -> np.ndarray:
    return letters.near(edited[one], edited[other])


def _ends(texts: pa.Array) -> Iterator[Codes]:
    """Which texts begin with the same three letters, and which end so; -1 for shorter ones."""
    long = pc.greater_equal(pc.utf8_length(texts), 3)
    for three in (pc.utf8_slice_codeunits(texts, 0, 3), pc.utf8_slice_codeunits(texts, -3)):
        yield codes(pc.if_else(long, three, None))[0]


def _pieces(texts: pa.Array, size: Codes) -> tuple[Codes, Codes, Codes]:
    """What one slip leaves of texts of so many letters: the first half, the last one, or all but the two in the middle.

    Each in rows of codes by text, -1 for none: as it is, and as one that has a letter too many.
    """
    head, tail, outer = (np.full((rows, len(texts)), -1, dtype=np.int32) for rows in (2, 2, 1))
    order = ordered(size)
    ranked, count = size[order], 0
    for length in distinct(size[size >= SHORTEST]).tolist():
        ends = np.searchsorted(ranked, [length, length + 1, length + 2])
        places, fits, half = order[ends[0] : ends[2]], ends[1] - ends[0], length // 2
        some = texts.take(pa.array(places))
        found = (
            (head, pc.utf8_slice_codeunits(some, 0, half)),
            (tail, pc.utf8_slice_codeunits(some, half - length)),
            (outer, pc.utf8_replace_slice(some[:fits], half - 1, half + 1, "")),
        )
        for rows, pieces in found:
            code, values = distinct_of(pieces)
            for row, part in zip(rows, (slice(0, fits), slice(fits, None)), strict=False):
                row[places[part]] = code[part] + count
            count += len(values)
    return head, tail, outer


def _short_forms(given: Codes, family: Codes, texts: pa.Array) -> tuple[Codes, Codes, Codes]:
    """Each name that is a short or a long form, beside its family name and the pair of forms."""
    pairs = sorted({(min(pair), max(pair)) for pair in nicknames()})
    sides = [whole(pc.index_in(pa.array(side), texts)) for side in zip(*pairs, strict=True)]
    form = np.concatenate(sides)
    pair = np.tile(np.arange(len(pairs)), 2)
    order = ordered(form, pair)
    start = np.searchsorted(form[order], given)
    size = np.searchsorted(form[order], given, side="right") - start
    owner, at = spread(start, size)
    return owner, family[owner], pair[order[at]]
