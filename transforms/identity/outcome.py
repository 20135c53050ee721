"""The tables of the outcome: drivers, their links with every term of the sum, and the redirects of retired ids."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes
from transforms.identity.decisions import DecisionError
from transforms.identity.groups import Codes, counted, distinct, ordered
from transforms.identity.mentions import Mentions
from transforms.identity.people import METHODS, People
from transforms.identity.points import TERMS
from transforms.schema import EVIDENCE, TABLES, TEXTS


def drivers(mentions: Mentions, people: People, person: Codes, best: Codes, ids: list[str]) -> pa.Table:
    """One row for each person: `best` is the mention whose print is the person's display name, `person` from 0."""
    displays = mentions.texts(lambda name: name.display, best).fill_null("")
    labels = _labels(people, person, displays)
    known = np.where(mentions.season >= 0, mentions.season, 9999)
    first, last = np.full(len(ids), 9999), np.full(len(ids), -1)
    np.minimum.at(first, person, known)
    np.maximum.at(last, person, mentions.season)
    table = pa.table(
        {
            "driver_id": pa.array(ids, pa.string()),
            "driver": pc.replace_with_mask(displays, labels.is_valid(), labels.drop_null()),
            "given_names": mentions.texts(lambda name: name.given, best),
            "family_name": mentions.texts(lambda name: name.family, best),
            "suffix": mentions.texts(lambda name: SUFFIXES.get(name.suffix, name.suffix), best),
            "name_form": mentions.texts(lambda name: name.form, best),
            "first_season": pa.array(first, pa.int32(), mask=last < 0),
            "last_season": pa.array(last, pa.int32(), mask=last < 0),
            "names": _spellings(mentions, person, len(ids)),
            "alike": _alike(people, ids),
        }
    )
    return TABLES["drivers"].conform(table)


def _labels(people: People, person: Codes, displays: pa.Array) -> pa.Array:
    """The display name that a decision gives each person; raises DecisionError for one that is his anyway."""
    labels: list[str | None] = [None] * len(displays)
    for at in np.flatnonzero(np.isin(people.person, list(people.labels))).tolist():
        owner, (text, row) = int(person[at]), people.labels[int(people.person[at])]
        if text == displays[owner].as_py():
            raise DecisionError(row, f"`{text}` is the display name anyway", "Delete the line.")
        labels[owner] = text
    return pa.array(labels, pa.string())


def best_mentions(mentions: Mentions, person: Codes) -> Codes:
    """For each person the mention to be named by: the fullest form, not in capitals, the most frequent, the first."""
    rank = np.array([0, 0, 2, 1, 3])[mentions.form]
    shouted = np.array([name.display.isupper() or name.family.isupper() for name in mentions.names])[mentions.name]
    pair = person * len(mentions.names) + mentions.name
    _, at, size = np.unique(pair, return_inverse=True, return_counts=True)
    order = ordered(person, rank, shouted.astype(np.int64), -size[at], mentions.name)
    starts = np.searchsorted(person[order], np.arange(int(person.max(initial=-1)) + 1))
    return order[starts]


SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}


def _spellings(mentions: Mentions, person: Codes, count: int) -> pa.Array:
    text, texts = codes(pc.fill_null(mentions.rows["name_text"], ""))
    owner, name, _ = counted(person, text)
    return _grouped(TEXTS, count, owner, texts.take(pa.array(name)))


def _alike(people: People, ids: list[str]) -> pa.Array:
    """For each person the ids of those of nearly the same name who are kept apart."""
    living = np.unique(people.person)
    pairs = np.array([*people.alike, *((b, a) for a, b in people.alike)], dtype=np.int64).reshape(-1, 2)
    others: list[set[str]] = [set() for _ in ids]
    for one, other in np.searchsorted(living, pairs).tolist():
        others[one].add(ids[other])
    return pa.array([sorted(other) for other in others], TEXTS)


def names(mentions: Mentions, used: Codes) -> pa.Table:
    """One row for each print that is `used` (places in the names), as it was understood."""
    some = [mentions.names[code] for code in used.tolist()]
    columns = {
        "form": pa.array([name.form for name in some], pa.string()),
        "given_key": pa.array([name.given_key or None for name in some], pa.string()),
        "family_key": pa.array([name.family_key or None for name in some], pa.string()),
        "suffix": pa.array([name.suffix or None for name in some], pa.string()),
        "surnames": pa.array([name.blocks for name in some], TEXTS),
    }
    prints = mentions.prints.take(pa.array(used))
    return TABLES["names"].conform(pa.table(dict(zip(prints.column_names, prints.columns, strict=True)) | columns))


def links(mentions: Mentions, people: People, table: pa.Table, person: Codes) -> pa.Table:
    """One row for each mention: its person (a row of `table`, the drivers, for each mention) and all that led there."""
    best, second = (np.append(pair, -1)[people.group] for pair in _best_pairs(people))
    total = np.append(people.links.total, 0)
    rows = {
        "result_id": mentions.rows["result_id"],
        "seat": mentions.rows["seat"],
        "driver_id": table["driver_id"].take(pa.array(person)),
        "method": pa.array(METHODS).take(pa.array(people.method)),
        "points": pa.array(total[best], pa.int32(), mask=best < 0),
        "runner_up": pa.array(total[second], pa.int32(), mask=second < 0),
        "evidence": _evidence(people, best),
        "candidates": _candidates(people, table["driver_id"].combine_chunks()),
    }
    return TABLES["driver_links"].conform(pa.table(rows))


def _evidence(people: People, best: Codes) -> pa.Array:
    """The terms of each mention's best pair; for a variant what makes it one, for a decision its line."""
    terms, notes = people.links.terms, _notes(people)
    row, column = np.nonzero(terms)
    names = pa.array([name for name, _ in TERMS]).take(pa.array(column))
    sums = _grouped(EVIDENCE, len(terms), row, _points(names, pa.array(terms[row, column], pa.int32())))
    said = _points(pa.array(list(notes.values()), pa.string()), pa.array(np.zeros(len(notes)), pa.int32()))
    texts = _grouped(EVIDENCE, len(notes) + 1, np.arange(len(notes)), said)
    place = np.full(len(people.person_of), -1)
    place[list(notes)] = len(terms) + np.arange(len(notes))
    at = np.where(place[people.node] >= 0, place[people.node], best)
    return pa.concat_arrays([sums, texts]).take(pa.array(at % (len(terms) + len(notes) + 1)))


def _points(term: pa.Array, points: pa.Array) -> pa.Array:
    return pa.StructArray.from_arrays([term, points], fields=list(EVIDENCE.value_type))


def _grouped(type_: pa.DataType, count: int, owner: Codes, values: pa.Array) -> pa.Array:
    """One list for each of `count` owners, of the values whose owners stand beside them in order."""
    offsets = np.searchsorted(owner, np.arange(count + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=type_)


def _notes(people: People) -> dict[int, str]:
    """What is to be said of nodes that no sum settled: the likeness of variants, the line of decisions."""
    decided = distinct(people.node[people.method == METHODS.index("decision")]).tolist()
    varied = distinct(people.node[people.method == METHODS.index("variant")]).tolist()
    lines = {node: f"identity.csv line {people.lines[node]}" for node in decided if node in people.lines}
    return lines | {node: people.likeness[node] for node in varied if node in people.likeness}


def _best_pairs(people: People) -> tuple[Codes, Codes]:
    """For each track the pair of its person or best candidate, and the pair of the next best; -1 without one."""
    pairs, total = people.links.pairs, people.links.total
    chosen = people.links.person[pairs.track] == pairs.person
    order = ordered(pairs.track, np.where(chosen, 0, 1), -total, pairs.person)
    track = pairs.track[order]
    start = np.searchsorted(track, np.arange(pairs.tracks.owners))
    size = np.bincount(track, minlength=pairs.tracks.owners)
    order = np.append(order, [-1, -1])
    return np.where(size > 0, order[start], -1), np.where(size > 1, order[start + 1], -1)


def _candidates(people: People, ids: pa.Array) -> pa.Array:
    """The ids of the candidates of each mention, best first; `ids` are those of the people, in order."""
    pairs, total = people.links.pairs, people.links.total
    order = ordered(pairs.track, -total, pairs.person)
    who = np.searchsorted(distinct(people.person), pairs.person[order])
    tracks = pairs.tracks.owners
    lists_ = _grouped(TEXTS, tracks + 1, pairs.track[order], ids.take(pa.array(who)))
    return lists_.take(pa.array(people.group % (tracks + 1)))
