"""One id per team: spellings whose core words are equal, as long as no more than 25 years lie between them."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.fold import fold_array
from transforms.identity.arrays import coded, codes, differing, grouped, with_column
from transforms.identity.groups import Bag, counted, dense, joined, ordered
from transforms.identity.ids import Borne, Ranked, Wishes, assign, slugs
from transforms.identity.spellings import Entries, eras
from transforms.identity.standing import Renewed, Standing, merged, renewed
from transforms.identity.turns import Codes
from transforms.lexicon import read_list
from transforms.masks import change_where
from transforms.parts import Parts
from transforms.schema import TABLES, TEXTS

_GENITIVE = r"(?i)['’`´]s\b"
_SINGLES = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)")


@cache
def _plain_words() -> pa.Array:
    return pa.array([row["word"] for row in read_list("entrant_words")], pa.string())


def core_words(entrants: pa.Array) -> pa.Array:
    """The words by which each team is known, in alphabetical order.

    `E.B.R.T.` is one word, and so is `TOM'S`; legal and generic words (Ltd., Team, Racing) and the numbers of cars
    (`#51`) fall away unless nothing else is left.
    """
    folded = pc.replace_substring(fold_array(_without_genitives(entrants)), "/", " ")
    team, word, words = _words(change_where(pc.match_substring_regex(folded, "(^| )[^ ] [^ ]( |$)"), folded, _in_one))
    team, word, _ = counted(team, word)
    told = np.asarray(pc.invert(pc.is_in(words, _plain_words())))[word]
    told &= ~np.asarray(pc.match_substring_regex(words, "^#[0-9]+$"))[word]
    told |= (np.bincount(team[told], minlength=len(entrants)) == 0)[team]
    return pc.binary_join(grouped(TEXTS, len(entrants), team[told], words.take(pa.array(word[told]))), " ")


def _without_genitives(texts: pa.Array) -> pa.Array:
    """Texts in which no sign parts an `s` from its word."""
    genitives = pc.match_substring_regex(texts, _GENITIVE)
    return change_where(genitives, texts, lambda some: pc.replace_substring_regex(some, _GENITIVE, "s"))


def _in_one(folded: pa.Array) -> pa.Array:
    """Texts with single letters that follow each other put together."""
    return pa.array(
        [_SINGLES.sub(lambda run: run[0].replace(" ", ""), text) for text in folded.to_pylist()], pa.string()
    )


def _words(texts: pa.Array) -> tuple[Codes, Codes, pa.Array]:
    """All words of texts: the place of the text, and that among the distinct words, which are in order."""
    split = pc.split_pattern(texts, " ")
    word, words = codes(split.flatten())
    return np.asarray(pc.list_parent_indices(split)), word, words


def core_keys(entrants: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """Each entrant's core words as a code (-1 without an entrant), and the distinct core words in order."""
    code, values = codes(entrants)
    cores = core_words(values)
    core, keys = codes(pc.if_else(pc.equal(cores, ""), None, cores))
    return np.append(core, np.int32(-1))[code], keys


def resolve_entrants(results: pa.Table, old: Borne) -> tuple[pa.DictionaryArray, pa.Table]:
    """The entrant_id of each result, and the table of entrants.

    `old` is the id that each result's entrant bore in the last snapshot.
    """
    column, teams = _told_apart(results, old)
    return column, _with_related(teams).sort_by("entrant_id")


def renew_entrants(standing: Standing, before: Parts) -> tuple[Renewed, Parts]:
    """What `resolve_entrants` gives, with only those of `before` told apart anew that new or lost results print."""
    rows = before.whole()
    printed, new = standing.touched("entrant_id", ["entrant"])
    known = pc.is_in(rows["core_words"], core_keys(printed["entrant"])[1])
    ids, told = renewed(standing, rows, known, new, ["entrant"], _told_apart)
    own, stay = rows.filter(known), ~np.asarray(known)
    place = pc.index_in(told["entrant_id"], own["entrant_id"].combine_chunks())
    if told.num_rows == own.num_rows and not differing(own["core_words"].take(place), told["core_words"]).any():
        told = with_column(told, "related", own["related"].take(place))
        return ids, merged(before, rows["entrant_id"].combine_chunks(), stay, told, "entrant_id")
    return ids, Parts.of(_with_related(pa.concat_tables([rows.filter(pa.array(stay)), told])).sort_by("entrant_id"))


def _told_apart(results: pa.Table, old: Borne, *taken: Ranked) -> tuple[pa.DictionaryArray, pa.Table]:
    """The entrant_id of each result, and the teams, related to nobody yet; `taken` ids are of others."""
    entries = Entries.of(results, ["entrant"])
    code, keys = core_keys(entries.rows["entrant"])
    team = eras(code, entries.season)
    spellings = entries.spellings(team, "entrant")
    entrant, since = spellings.best(), pa.array(entries.first_seasons(team)).cast(pa.string())
    wish = slugs(entrant)
    wishes = Wishes(
        lambda teams: wish.take(pa.array(teams)),
        lambda teams: pc.binary_join_element_wise(wish.take(pa.array(teams)), since.take(pa.array(teams)), "-"),
        np.ones(len(wish), dtype=bool),
    )
    of = team[entries.number]
    ids, _ = assign(of, wishes, old, taken)
    key_of = np.zeros(len(wish) + 1, dtype=np.int64)
    key_of[team] = code  # the last is of none
    teams = {
        "entrant_id": ids,
        "entrant": entrant,
        "core_words": keys.take(pa.array(key_of[:-1])),
        "names": spellings.all(),
    }
    return coded(of, ids), TABLES["entrants"].conform(pa.table(teams))


def _with_related(teams: pa.Table) -> pa.Table:
    """The teams, each with the ids of those that are related to it."""
    texts = [teams[name].combine_chunks() for name in ("core_words", "entrant_id")]
    return with_column(teams, "related", related(*texts))


def related(core_words: pa.Array, ids: pa.Array) -> pa.Array:
    """For each team the ids of those whose core words contain all of its own, or are contained in them."""
    own, wider = _contained(*_words(core_words)[:2], len(ids))
    left, right = np.append(own, wider), np.append(wider, own)
    name, names = codes(ids)
    left, right, _ = counted(left, name[right])
    return grouped(TEXTS, len(ids), left, names.take(pa.array(right)))


def _contained(team: Codes, word: Codes, teams: int) -> tuple[Codes, Codes]:
    """Each team beside every other that has all its words: of the bearers of its rarest two those with the others.

    The words of teams are given in order of the teams.
    """
    size = np.bincount(team, minlength=teams)
    alone = np.arange(len(word))  # a word is also a pair with itself, for teams that have but one
    one, two = (np.append(alone, side) for side in joined(team))
    pair, holder = dense(np.minimum(word[one], word[two]), np.maximum(word[one], word[two])), team[one]
    bearers = Bag.of(int(pair.max(initial=-1)) + 1, teams, pair, holder)
    order = ordered(holder, bearers.size(pair))
    rarest = pair[order][np.searchsorted(holder[order], np.arange(teams))]
    own, other = bearers.items(rarest)
    has = Bag.of(int(word.max(initial=-1)) + 1, teams, word, team)
    start = np.cumsum(size) - size
    for nth in range(int(size.max(initial=0))):
        more = np.flatnonzero(size[own] > max(nth, 2))
        kept = np.ones(len(own), dtype=bool)
        kept[more] = has.has(word[start[own[more]] + nth], other[more])
        own, other = own[kept], other[kept]
    return own[own != other], other[own != other]
