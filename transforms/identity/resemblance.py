"""Which names may be spellings of one: those that meet under a key which no single slip can change."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, whole
from transforms.identity.groups import Codes, counted, dense, joined_in_turn, ordered, spread
from transforms.identity.names import nicknames
from transforms.identity.spelling import Likely

CROWD = 1_000
PAIRS = 1_000_000  # that are looked at in turn


def resembling(names: pa.Table) -> tuple[Codes, Codes]:
    """Pairs of places in `names` (see `understood`), in order, that are worth a look: all `alike` ones are among them.

    A pair depends on its two names alone, whoever else is known; only where more than CROWD names meet under a key,
    as in a column that was misread as names, the key brings nobody together.
    """
    full = np.flatnonzero(np.asarray(pc.equal(names["form"], "full")))
    some = names.take(pa.array(full))
    owner, key = _keys(some)
    crowd = np.bincount(key + 1)[key + 1] > CROWD
    likely, found = Likely.of(some), []
    for one, other in joined_in_turn(np.where(crowd, -1, key), PAIRS):
        left, right, _ = counted(*np.sort(np.stack([owner[one], owner[other]]), axis=0))
        near = left != right
        near[near] = likely(left[near], right[near])
        found.append((left[near], right[near]))
    left, right, _ = counted(*(np.concatenate(side) for side in zip(*found, strict=True)))
    return full[left], full[right]


def _keys(names: pa.Table) -> tuple[Codes, Codes]:
    """The place of each name beside each of its keys.

    Two names that are alike have the same family name and given names that begin or end alike (or are one short
    for the other); the same given name, and family names that begin or end alike or share a part; or the order
    turned round.
    """
    parts = [pc.fill_null(names[part], "").combine_chunks() for part in ("given_key", "family_key", "suffix")]
    code, texts = codes(pa.concat_arrays(parts))
    given, family, suffix = code.reshape(3, -1)
    each = np.arange(len(names))
    surnames = names["surnames"].combine_chunks()
    blocks = pc.list_value_length(surnames).to_numpy()
    block = codes(surnames.flatten())[0]
    met = [
        (each, *np.sort(np.stack([given, family]), axis=0)),
        (np.repeat(each, blocks), np.repeat(given, blocks), block),
        _short_forms(given, family, texts),
    ]
    for end in _ends(texts):
        met += [(each, family, end[given]), (each, given, end[family])]
    kind = np.repeat(np.arange(len(met)), [len(owner) for owner, _, _ in met])
    owner, one, other = (np.concatenate(side) for side in zip(*met, strict=True))
    return owner, dense(kind, one, other, suffix[owner])


def _ends(texts: pa.Array) -> list[Codes]:
    """What one slip leaves of each text: its first two letters, its last two, or its outer ones."""
    first, last = (pc.utf8_slice_codeunits(texts, *ends) for ends in ((0, 2), (-2, None)))
    outer = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(texts, 0, 1), pc.utf8_slice_codeunits(texts, -1, None), ""
    )
    return [codes(end)[0] for end in (first, last, outer)]


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
