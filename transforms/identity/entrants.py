"""One id per team: spellings whose core words are equal, as long as no more than 25 years lie between them."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold, fold_array
from transforms.identity.arrays import coded, codes, lists, with_column
from transforms.identity.groups import Bag, Codes, dense, joined, ordered
from transforms.identity.ids import Wishes, assign, slug
from transforms.identity.spellings import Entries, eras
from transforms.identity.standing import Standing, renewed
from transforms.lexicon import read_list
from transforms.schema import TABLES

_SINGLES = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)")


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(row["word"] for row in read_list("entrant_words"))


def core(text: str) -> str:
    """The words by which a team is known, in alphabetical order.

    `E.B.R.T.` is one word; legal and generic words (Ltd., Team, Racing) fall away unless nothing else is left.
    """
    return _core(fold(text))


def _core(folded: str) -> str:
    words = set(_SINGLES.sub(lambda run: run[0].replace(" ", ""), folded).split())
    return " ".join(sorted(words - _plain_words() or words))


def core_keys(entrants: pa.ChunkedArray) -> tuple[Codes, list[str]]:
    """Each entrant's core words as a code (-1 without an entrant), and the distinct core words in order."""
    code, values = codes(entrants)
    keys = [_core(text) for text in fold_array(values).to_pylist()]
    distinct = sorted(set(keys) - {""})
    rank = {key: index for index, key in enumerate(distinct)}
    return np.array([*(rank.get(key, -1) for key in keys), -1], dtype=np.int32)[code], distinct


def resolve_entrants(results: pa.Table, old: pa.Array | pa.ChunkedArray) -> tuple[pa.DictionaryArray, pa.Table]:
    """The entrant_id of each result, and the table of entrants.

    `old` is the id that each result's entrant bore in the last snapshot.
    """
    column, teams = _told_apart(results, old)
    return column, _with_related(teams).sort_by("entrant_id")


def renew_entrants(standing: Standing, before: pa.Table) -> tuple[pa.DictionaryArray, pa.Table]:
    """What `resolve_entrants` gives, with only those of `before` told apart anew that new or lost results print."""
    printed = standing.touched(["entrant"])
    cores = {core(text) for text in printed["entrant"].drop_null().to_pylist()}
    known = pc.is_in(before["core_words"], pa.array(cores, pa.string()))
    ids, teams = renewed(standing, before, known, ["entrant"], _told_apart)
    return ids, _related_as_before(teams, before).sort_by("entrant_id")


def _told_apart(
    results: pa.Table, old: pa.Array | pa.ChunkedArray, *taken: Container[str]
) -> tuple[pa.DictionaryArray, pa.Table]:
    """The entrant_id of each result, and the teams, related to nobody yet; `taken` ids are of others."""
    entries = Entries.of(results, ["entrant"])
    code, keys = core_keys(entries.rows["entrant"])
    team = eras(code, entries.season)
    spellings = entries.spellings(team, "entrant")
    entrant, since = spellings.best(), pa.array(entries.first_seasons(team)).cast(pa.string())
    wish = pa.array(map(slug, entrant.to_pylist()), pa.string())
    slugs = Wishes(
        lambda teams: wish.take(pa.array(teams)),
        lambda teams: pc.binary_join_element_wise(wish.take(pa.array(teams)), since.take(pa.array(teams)), "-"),
        np.ones(len(wish), dtype=bool),
    )
    of = team[entries.number]
    ids, _ = assign(of, slugs, old, taken)
    key_of = np.zeros(len(wish) + 1, dtype=np.int64)
    key_of[team] = code  # the last is of none
    teams = {
        "entrant_id": ids,
        "entrant": entrant,
        "core_words": pa.array(keys, pa.string()).take(pa.array(key_of[:-1])),
        "names": spellings.all(),
    }
    return coded(of, ids), TABLES["entrants"].conform(pa.table(teams))


def _with_related(teams: pa.Table) -> pa.Table:
    """The teams, each with the ids of those that are related to it."""
    words = [set(text.split()) for text in teams["core_words"].to_pylist()]
    return with_column(teams, "related", lists(related(words, teams["entrant_id"].to_pylist())))


def _related_as_before(teams: pa.Table, before: pa.Table) -> pa.Table:
    """The teams with their relations of the last snapshot, unless a team is new, gone or called otherwise."""
    place = pc.index_in(teams["entrant_id"], before["entrant_id"].combine_chunks())
    equal = pc.equal(before["core_words"].take(place), teams["core_words"])
    if teams.num_rows != before.num_rows or not pc.all(equal, skip_nulls=False).as_py():
        return _with_related(teams)
    return with_column(teams, "related", before["related"].take(place))


def related(words: list[set[str]], ids: list[str]) -> list[list[str]]:
    """For each team the ids of those whose core words contain all of its own, or are contained in them."""
    own, wider = _contained(words)
    left, right = np.append(own, wider), np.append(wider, own)
    name, names = codes(pa.array(ids, pa.string()))
    order = ordered(left, name[right])
    left, right = left[order], right[order]
    fresh = np.ones(len(left), dtype=bool)
    fresh[1:] = (np.diff(left) != 0) | (np.diff(right) != 0)
    related = names.take(pa.array(name[right[fresh]])).to_pylist()
    ends = np.searchsorted(left[fresh], np.arange(len(words) + 1)).tolist()
    return [related[start:end] for start, end in pairwise(ends)]


def _contained(words: list[set[str]]) -> tuple[Codes, Codes]:
    """Each team beside every other that has all its words: of the bearers of its rarest two those with the others."""
    size = np.array([len(own) for own in words], dtype=np.int64)
    word = codes(pa.array([word for own in words for word in own], pa.string()))[0]
    team = np.repeat(np.arange(len(words)), size)
    alone = np.arange(len(word))  # a word is also a pair with itself, for teams that have but one
    one, two = (np.append(alone, side) for side in joined(team))
    pair, holder = dense(np.minimum(word[one], word[two]), np.maximum(word[one], word[two])), team[one]
    bearers = Bag.of(int(pair.max(initial=-1)) + 1, len(words), pair, holder)
    order = ordered(holder, bearers.size(pair))
    rarest = pair[order][np.searchsorted(holder[order], np.arange(len(words)))]
    own, other = bearers.items(rarest)
    has = Bag.of(int(word.max(initial=-1)) + 1, len(words), word, team)
    start = np.cumsum(size) - size
    for nth in range(int(size.max(initial=0))):
        more = np.flatnonzero(size[own] > max(nth, 2))
        kept = np.ones(len(own), dtype=bool)
        kept[more] = has.has(word[start[own[more]] + nth], other[more])
        own, other = own[kept], other[kept]
    return own[own != other], other[own != other]
