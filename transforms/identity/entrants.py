"""One id per team: spellings whose core words are equal, as long as no more than 25 years lie between them."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import groupby

import numpy as np
import pyarrow as pa

from transforms.fold import fold
from transforms.identity.arrays import codes, lists, whole, with_column
from transforms.identity.groups import Codes, counted, ordered
from transforms.identity.ids import Claims, Wishes, assign, slug
from transforms.lexicon import read_list
from transforms.schema import TABLES

GAP = 25  # years; FACTS: equal core words are the same team in 98 of 100 groups within that time


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(row["word"] for row in read_list("entrant_words"))


def core(text: str) -> str:
    """The words by which a team is known, in alphabetical order.

    `E.B.R.T.` is one word; legal and generic words (Ltd., Team, Racing) fall away unless nothing else is left.
    """
    words = []
    for single, group in groupby(fold(text).split(), key=lambda word: len(word) == 1):
        run = list(group)
        words += ["".join(run)] if single else run
    return " ".join(sorted(set(words) - _plain_words() or set(words)))


def core_keys(entrants: pa.ChunkedArray) -> tuple[Codes, list[str]]:
    """Each entrant's core words as a code (-1 without an entrant), and the distinct core words in order."""
    code, values = codes(entrants)
    keys = [core(text) for text in values.to_pylist()]
    distinct = sorted(set(keys) - {""})
    rank = {key: index for index, key in enumerate(distinct)}
    return np.array([*(rank.get(key, -1) for key in keys), -1], dtype=np.int64)[code], distinct


def resolve_entrants(results: pa.Table, claims: Claims) -> tuple[pa.Table, pa.Table]:
    """Results with their entrant_id, and the table of entrants.

    `claims` tells which id each result's entrant bore in the last snapshot.
    """
    code, keys = core_keys(results["entrant"])
    season = whole(results["season"])
    team = _teams(code, season)
    held = np.flatnonzero(team >= 0)
    spelling, spellings = codes(results["entrant"])
    names = _names(team[held], spelling[held], spellings.to_pylist())
    since = np.full(len(names), 9999)
    np.minimum.at(since, team[held], np.where(season[held] < 0, 9999, season[held]))
    slugs = Wishes(
        lambda teams: [[slug(names[t][0]), f"{slug(names[t][0])}-{since[t]}"] for t in teams.tolist()],
        np.ones(len(names), dtype=bool),
    )
    ids, _ = assign(team[held], slugs, claims.of(results["result_id"].take(pa.array(held))), claims)
    column = pa.array(ids, pa.string()).take(pa.array(team, mask=team < 0))
    key_of = np.zeros(len(names), dtype=np.int64)
    key_of[team[held]] = code[held]
    entrants = {
        "entrant_id": pa.array(ids, pa.string()),
        "entrant": pa.array([n[0] for n in names], pa.string()),
        "names": lists([sorted(n) for n in names]),
        "related": lists(_related([set(keys[k].split()) for k in key_of.tolist()], ids)),
    }
    table = TABLES["entrants"].conform(pa.table(entrants)).sort_by("entrant_id")
    return with_column(results, "entrant_id", column), table


def _teams(code: Codes, season: Codes) -> Codes:
    """A number for each team: equal core words, cut where more than GAP years pass without an entry."""
    order = ordered(code, season)
    order = order[code[order] >= 0]
    fresh = np.ones(len(order), dtype=bool)
    same = np.diff(code[order]) == 0
    near = (np.diff(season[order]) <= GAP) | (season[order][:-1] < 0)
    fresh[1:] = ~(same & near)
    team = np.full(len(code), -1, dtype=np.int64)
    team[order] = np.cumsum(fresh) - 1
    return team


def _names(team: Codes, spelling: Codes, spellings: list[str]) -> list[list[str]]:
    """The spellings of each team, the most frequent first, equals in alphabetical order."""
    owner, name, count = counted(team, spelling)
    order = ordered(owner, -count, name)
    names: list[list[str]] = [[] for _ in range(int(team.max(initial=-1)) + 1)]
    for place, code in zip(owner[order].tolist(), name[order].tolist(), strict=True):
        names[place].append(spellings[code])
    return names


def _related(words: list[set[str]], ids: list[str]) -> list[list[str]]:
    """For each team the ids of those whose core words contain all of its own, or are contained in them."""
    bearers: dict[str, set[int]] = defaultdict(set)
    for team, own in enumerate(words):
        for word in own:
            bearers[word].add(team)
    related: list[set[int]] = [set() for _ in words]
    for team, own in enumerate(words):
        wider = set.intersection(*(bearers[w] for w in sorted(own, key=lambda w: len(bearers[w])))) - {team}
        related[team] |= wider
        for other in wider:
            related[other].add(team)
    return [sorted(ids[other] for other in others) for others in related]
