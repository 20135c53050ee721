"""The tables of the outcome: drivers, their links with every term of the sum, and the redirects of retired ids."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, lists
from transforms.identity.groups import Codes
from transforms.identity.mentions import Mentions
from transforms.identity.people import METHODS, People
from transforms.identity.points import TERMS
from transforms.schema import EVIDENCE, TABLES


def drivers(mentions: Mentions, people: People, person: Codes, best: Codes, ids: list[str]) -> pa.Table:
    """One row for each person: `best` is the mention whose print is the person's display name, `person` from 0."""
    names = [mentions.names[code] for code in mentions.name[best].tolist()]
    label = {int(person[i]): people.labels[p] for i, p in enumerate(people.person.tolist()) if p in people.labels}
    known = np.where(mentions.season >= 0, mentions.season, 9999)
    first, last = np.full(len(ids), 9999), np.full(len(ids), -1)
    np.minimum.at(first, person, known)
    np.maximum.at(last, person, mentions.season)
    table = pa.table(
        {
            "driver_id": pa.array(ids, pa.string()),
            "driver": pa.array([label.get(i, name.display) for i, name in enumerate(names)], pa.string()),
            "given_names": pa.array([name.given or None for name in names], pa.string()),
            "family_name": pa.array([name.family or None for name in names], pa.string()),
            "suffix": pa.array([SUFFIXES.get(name.suffix, name.suffix) or None for name in names], pa.string()),
            "name_form": pa.array([name.form for name in names], pa.string()),
            "first_season": pa.array(first, pa.int32(), mask=last < 0),
            "last_season": pa.array(last, pa.int32(), mask=last < 0),
            "names": lists(_spellings(mentions, person, len(ids))),
        }
    )
    return TABLES["drivers"].conform(table)


def best_mentions(mentions: Mentions, person: Codes) -> Codes:
    """For each person the mention to be named by: the fullest form, not in capitals, the most frequent, the first."""
    rank = np.array([0, 0, 2, 1, 3])[mentions.form]
    shouted = np.array([name.display.isupper() or name.family.isupper() for name in mentions.names])[mentions.name]
    pair = person * len(mentions.names) + mentions.name
    _, at, size = np.unique(pair, return_inverse=True, return_counts=True)
    order = np.lexsort((mentions.name, -size[at], shouted, rank, person))
    starts = np.searchsorted(person[order], np.arange(int(person.max(initial=-1)) + 1))
    return order[starts]


SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}


def _spellings(mentions: Mentions, person: Codes, count: int) -> list[list[str]]:
    text, texts = codes(pc.fill_null(mentions.rows["name_text"], ""))
    printed = texts.to_pylist()
    owner, name = np.unique(np.stack([person, text]), axis=1)
    spellings: list[list[str]] = [[] for _ in range(count)]
    for place, code in zip(owner.tolist(), name.tolist(), strict=True):
        spellings[place].append(printed[code])
    return spellings


def links(mentions: Mentions, people: People, ids: pa.Array, id_of: Mapping[int, str]) -> pa.Table:
    """One row for each mention; `ids` are the driver ids of the mentions, `id_of` of the people."""
    judged = people.links
    best = _best_pairs(people)
    at = np.append(best[0], -1)[people.group]
    second = np.append(best[1], -1)[people.group]
    evidence, candidates = _term_lists(people), _candidate_lists(people, id_of)
    first_spelling = len(evidence)
    evidence += [[{"term": people.likeness[n], "points": 0}] for n in sorted(people.likeness)]
    evidence += [[{"term": f"identity.csv line {people.lines[n]}", "points": 0}] for n in sorted(people.lines)]
    variant = {n: first_spelling + i for i, n in enumerate(sorted(people.likeness))}
    line = {n: first_spelling + len(variant) + i for i, n in enumerate(sorted(people.lines))}
    spelled = np.array([variant.get(n, -1) for n in range(len(people.person_of))], dtype=np.int64)[people.node]
    settled = np.array([line.get(n, -1) for n in range(len(people.person_of))], dtype=np.int64)[people.node]
    method = people.method
    row = np.select(
        [method == METHODS.index("decision"), method == METHODS.index("variant"), people.group >= 0],
        [settled, spelled, np.append(best[0], -1)[people.group]],
        -1,
    )
    total = np.append(judged.total, 0)
    table = pa.table(
        {
            "result_id": mentions.rows["result_id"],
            "seat": mentions.rows["seat"],
            "driver_id": ids,
            "method": pa.array(METHODS).take(pa.array(method)),
            "points": pa.array(total[at], pa.int32(), mask=at < 0),
            "runner_up": pa.array(total[second], pa.int32(), mask=second < 0),
            "evidence": pa.array([*evidence, []], EVIDENCE).take(pa.array(row % (len(evidence) + 1))),
            "candidates": lists([*candidates, []]).take(pa.array(people.group % (len(candidates) + 1))),
        }
    )
    return TABLES["driver_links"].conform(table)


def _best_pairs(people: People) -> tuple[Codes, Codes]:
    """For each track the pair of its person or best candidate, and the pair of the next best; -1 without one."""
    pairs, total = people.links.pairs, people.links.total
    chosen = people.links.person[pairs.track] == pairs.person
    order = np.lexsort((pairs.person, -total, ~chosen, pairs.track))
    track = pairs.track[order]
    start = np.searchsorted(track, np.arange(pairs.tracks.owners))
    size = np.bincount(track, minlength=pairs.tracks.owners)
    order = np.append(order, [-1, -1])
    return np.where(size > 0, order[start], -1), np.where(size > 1, order[start + 1], -1)


def _term_lists(people: People) -> list[list[dict[str, object]]]:
    """The terms of each pair that are not nought."""
    names = [name for name, _ in TERMS]
    return [
        [{"term": name, "points": points} for name, points in zip(names, row, strict=True) if points]
        for row in people.links.terms.tolist()
    ]


def _candidate_lists(people: People, id_of: Mapping[int, str]) -> list[list[str]]:
    """The candidates of each track, best first."""
    pairs, total = people.links.pairs, people.links.total
    order = np.lexsort((pairs.person, -total, pairs.track))
    found: list[list[str]] = [[] for _ in range(pairs.tracks.owners)]
    for track, person in zip(pairs.track[order].tolist(), pairs.person[order].tolist(), strict=True):
        found[track].append(id_of[person])
    return found


def forms_of(sheets: pa.Table, forms: Mapping[str, str]) -> pa.Array:
    """The name form of each sheet."""
    return pa.array([forms.get(sheet, "none") for sheet in sheets["sheet_id"].to_pylist()], pa.string())
