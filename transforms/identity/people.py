"""The partition: names, tracks and decisions in, one person for each mention out, and how each is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.anchors import NAMED, anchors
from transforms.identity.blocks import link_all
from transforms.identity.claims import Claims
from transforms.identity.decisions import MENTION, Decision, DecisionError, Verdicts, judge, read_decisions, unknown
from transforms.identity.evidence import Context
from transforms.identity.groups import components, counted, dense, ordered
from transforms.identity.ids import Borne, slugs
from transforms.identity.linking import Weighings
from transforms.identity.mentions import Mentions
from transforms.identity.names import Name, parse
from transforms.identity.tracks import tracks
from transforms.identity.turns import Codes, picked, tally
from transforms.identity.variants import merge, variants
from transforms.parts import Parts

METHODS = ("name", "variant", "linked", "decision", "ambiguous", "unresolved")


@dataclass(frozen=True)
class People:
    """The outcome: who each mention is.

    A node is a name (numbered from 0) or a track (after the names); `node` is that of each mention, -1 for company.
    `part` numbers the parts of a name that a decision parts by seasons, 0 for the first.
    Of each node, and of none at the end, `person_of` is the person, `method_of` how he is known (place in METHODS),
    and `group_of` the track of `weighed` as which it was judged (-1 for names). `likeness` says for a name why it is a
    variant, `lines` for a node the line of identity.csv that settled it; `labels` are display names, with their lines,
    by person; `alike` holds pairs of people whose names are alike, and who are kept apart.
    """

    node: Codes
    part: Codes
    person_of: Codes
    method_of: Codes
    group_of: Codes
    likeness: dict[int, str]
    lines: dict[int, int]
    labels: dict[int, tuple[str, int]]
    alike: list[tuple[int, int]]
    weighed: Weighings

    def person(self, places: Codes | slice = slice(None)) -> Codes:
        """The person of each mention, or of those at some places."""
        return picked(self.person_of, self.node[places])

    def numbered(self, living: Codes) -> People:
        """The outcome with people, who are those `living`, numbered from 0 in their order."""
        number = np.full(len(self.person_of), -1, dtype=np.int32)  # the last is for none
        number[living] = np.arange(len(living))
        return replace(
            self,
            person_of=picked(number, self.person_of),
            labels={int(number[one]): label for one, label in self.labels.items()},
            alike=[(int(number[a]), int(number[b])) for a, b in self.alike],
            weighed=replace(self.weighed, candidate=picked(number, self.weighed.candidate)),
        )

    def of(self, places: Codes) -> People:
        """The outcome for the mentions at some places."""
        return replace(self, node=self.node[places], part=self.part[places])


def identify(mentions: Mentions, rows: Parts, judged: np.ndarray | None, table: pa.Table, claims: Claims) -> People:
    """Give every mention its person, or those `judged`; the others are their company, and come out as nobody (-1).

    `rows` are the mentions' rows of driver_results.
    """
    decisions = read_decisions(table)
    judged = np.broadcast_to(np.True_, len(mentions)) if judged is None else judged
    part = _splits(mentions, rows, judged, decisions, claims)
    node = anchors(mentions, part)
    node[~judged] = -1
    node = dense(node)
    open_ = np.flatnonzero((node < 0) & judged).astype(np.int32)
    names = int(node.max(initial=-1)) + 1
    if len(open_):
        node[open_] = names + tracks(mentions, open_)
    del open_
    finder = Finder(mentions, rows, node, claims)
    verdicts = judge(decisions, finder.find, _crews(mentions, node) if decisions else set())
    return _settle(mentions, node, part, names, verdicts)


def _settle(mentions: Mentions, node: Codes, part: Codes, names: int, verdicts: Verdicts) -> People:
    """Join nodes by decisions, then names by variants, then tracks by evidence."""
    count = max(names, int(node.max(initial=-1)) + 1)
    edges = np.array([(a, b) for a, b, _ in verdicts.joined], dtype=np.int64).reshape(-1, 2).T
    joined = components(count, *edges)
    head, pairs = _joined_names(mentions, node, names, joined, verdicts)
    named = joined[names:] < names
    decided = np.where(named, _taken(head, np.where(named, joined[names:], -1)), -1)
    group = np.where(named, np.int32(-1), joined[names:] - np.int32(names))
    people = Context.of(mentions, names, _taken(np.append(head, decided), node))
    forbidden = {
        (int(joined[max(pair)]) - names) * names + int(head[min(pair)]): row
        for pair, row in verdicts.parted.items()
        if min(pair) < names <= joined[max(pair)]
    }
    tracked = Context.of(mentions, count - names, _taken(np.append(np.full(names, -1, dtype=np.int32), group), node))
    links = link_all(tracked, people, np.array(list(forbidden), dtype=np.int64))
    del tracked, people
    person_of = np.append(head, np.where(named, decided, joined[names:]))
    found = _taken(links.person, group)
    person_of[names:] = np.where(found >= 0, found, person_of[names:])
    _check_parted(verdicts, person_of, pairs, {row for key, row in forbidden.items() if key not in links.idle})
    lines = {n: row for a, b, row in verdicts.joined for n in (a, b)}
    method = _methods(node, names, person_of, lines, _taken(links.ambiguous, group) > 0)
    return People(
        node=node,
        part=part,
        person_of=np.append(person_of, np.int32(-1)),
        method_of=np.append(method, np.int8(-1)),
        group_of=np.concatenate([np.full(names, -1, dtype=np.int32), group, np.array([-1], dtype=np.int32)]),
        likeness={n: text for a, b, text in reversed(pairs) if head[a] == head[b] for n in (a, b)},
        lines=lines,
        labels={int(person_of[n]): label for n, label in verdicts.labels.items()},
        alike=[(int(head[a]), int(head[b])) for a, b, _ in pairs if head[a] != head[b]],
        weighed=links.weighed,
    )


def _taken(values: Codes, at: Codes) -> Codes:
    """The value at each place, -1 where the place is -1."""
    return picked(np.append(values.astype(np.int32), np.int32(-1)), at)


def _joined_names(
    mentions: Mentions, node: Codes, names: int, joined: Codes, verdicts: Verdicts
) -> tuple[Codes, list[tuple[int, int, str]]]:
    """The first name of each name's person, and the pairs of names that are spellings of one."""
    people = Context.of(mentions, names, np.where(node < names, node, np.int32(-1)))
    first, name = np.empty(names, dtype=np.int32), mentions.name[people.places]
    called = np.asarray(mentions.names.table["nickname"].is_valid())[name]
    for some in (slice(None), called):  # of equal names one with a nickname tells most
        first[people.owner[some][::-1]] = name[some][::-1]
    pairs = variants(people, mentions.names.taken(first))
    must = [(int(joined[n]), n, "") for n in np.flatnonzero(joined[:names] != np.arange(names)).tolist()]
    head = merge(people, pairs, verdicts.parted_nodes(), must)
    return np.array(head, dtype=np.int32), pairs


def _check_parted(verdicts: Verdicts, person_of: Codes, pairs: list[tuple[int, int, str]], effective: set[int]) -> None:
    """A not-same line must part what could have been joined: two names alike, or a track and its candidate."""
    likely = {pair for a, b, _ in pairs for pair in ((a, b), (b, a))}
    for (a, b), row in verdicts.parted.items():
        if person_of[a] == person_of[b]:
            raise DecisionError(row, "the two are joined by way of a third", "Say not-same for the third as well.")
        if (a, b) not in likely and row not in effective:
            raise DecisionError(row, "nothing would join the two anyway", "Delete the line.")


def _methods(node: Codes, names: int, person_of: Codes, lines: dict[int, int], ambiguous: np.ndarray) -> Codes:
    """How the person of each node is known."""
    name, variant, linked, decision, unclear, unresolved = np.arange(len(METHODS), dtype=np.int8)
    weight = tally(node, len(person_of))[:names]
    main = _heaviest(person_of[:names], weight)[person_of[:names]] == np.arange(names)
    decided = np.zeros(len(person_of), dtype=bool)
    decided[list(lines)] = True
    of_names = np.select([main, decided[:names]], [name, decision], variant)
    open_ = np.where(ambiguous, unclear, unresolved)
    of_tracks = np.select([decided[names:], person_of[names:] < names], [decision, linked], open_)
    return np.append(of_names, of_tracks)


def _heaviest(person: Codes, weight: Codes) -> Codes:
    """For each person the name with most mentions, the first of equals."""
    main = np.full(len(person), -1)
    order = ordered(weight, -np.arange(len(person)))
    main[person[order]] = order
    return main


def _crews(mentions: Mentions, node: Codes) -> set[tuple[int, int]]:
    """Pairs of nodes that share a car."""
    here, other = mentions.partners(np.arange(len(mentions)))
    held = (node[here] >= 0) & (node[other] >= 0)
    one, two, _ = counted(node[here[held]], node[other[held]])
    return set(zip(one.tolist(), two.tolist(), strict=True))


def _splits(mentions: Mentions, rows: Parts, judged: np.ndarray, decisions: list[Decision], claims: Claims) -> Codes:
    """The part of each mention's name, where a decision parts a name from a season on."""
    wanted = [one for one in decisions if one.op == "split"]
    if not wanted:
        return np.broadcast_to(np.int8(0), len(mentions))
    part = np.zeros(len(mentions), dtype=np.int8)
    whole = anchors(mentions, part)
    alone = int(whole.max()) + 1 + np.arange(len(whole))
    finder = Finder(mentions, rows, np.where(judged, np.where(whole >= 0, whole, alone), -1), claims)
    for one in wanted:
        if not (one.b.isdecimal() and len(one.b) == 4):
            raise DecisionError(one.row, f"`{one.b}` is no season", "Write the first season of the second person.")
        own = finder.node == finder.find(one.a, one.row)
        later = own & (mentions.beside("season") >= int(one.b))
        if not later.any() or later.sum() == own.sum():
            raise DecisionError(one.row, f"{one.b} does not part `{one.a}`", "Write a season within the career.")
        part[later] += 1
    return part


class Finder:
    """Finds the node that a reference names: a mention, an id of the last snapshot or of this one, or a full name."""

    def __init__(self, mentions: Mentions, rows: Parts, node: Codes, claims: Claims) -> None:
        self.mentions = mentions
        self.rows = rows
        self.node = node
        self.claims = claims

    def find(self, reference: str, row: int) -> int:
        """The node; raises DecisionError when nobody is called so.

        An id means the name that it is made of, if that bears it, else the first name that does, or a track.
        """
        if MENTION.fullmatch(reference):
            known = self._mentions()
            if reference not in known:
                raise unknown(reference, row, known)
            return known[reference]
        own = self._borne.ids.index(reference).as_py()
        bearers = self.node[(self._borne.code == own) & (self.node >= 0)] if own >= 0 else self.node[:0]
        name = self._called.get(reference)
        if len(bearers):
            return name if name is not None and (bearers == name).any() else int(bearers.min())
        key = _key(parse(reference, pseudonym=False, reading="plain"))
        found = name if name is not None else self._called.get(key)
        if found is None:
            slugs = (called for called in self._called if " " not in called)  # no key of a full name, which none writes
            raise unknown(reference, row, [*slugs, *self._borne.ids.to_pylist()])
        return found

    def _mentions(self) -> dict[str, int]:
        rows = self.rows.columns("result_id", "seat")
        pairs = zip(rows["result_id"].to_pylist(), rows["seat"].to_pylist(), self.node.tolist(), strict=True)
        return {f"{result}/{seat}": node for result, seat, node in pairs if node >= 0}

    @cached_property
    def _borne(self) -> Borne:
        return self.claims.borne(self.mentions)[0]

    @cached_property
    def _called(self) -> dict[str, int]:
        """The nodes by their slugs and full names; those of a name that was parted also by slug and season."""
        first = np.unique(self.node, return_index=True)[1]
        first = first[self.node[first] >= 0]
        nodes, slugs = self.node[first].tolist(), wishes(self.mentions, first).to_pylist()
        known: dict[str, int] = {}
        for node, slug, name in zip(nodes, slugs, self.mentions.names.at(self.mentions.name[first]), strict=True):
            known.setdefault(slug, node)
            if name.form in ("full", "pseudonym"):
                known.setdefault(_key(name), node)
        for node, slug in zip(nodes, slugs, strict=True):
            if known[slug] != node:
                seasons = self.mentions.beside("season", np.flatnonzero(self.node == node))
                for season in np.unique(seasons).tolist():
                    known.setdefault(f"{slug}-{season}", node)
        return known


def _key(name: Name) -> str:
    return f"name {name.key}"


def wishes(mentions: Mentions, places: Codes, since: Codes | None = None) -> pa.Array:
    """The slugs that people would like, named by the mentions at these places: the name, or also the first season.

    Who is known by surname only is told by event and car, and has no other wish.
    """
    cars, at = mentions.cars, mentions.result[places]
    named = np.isin(mentions.names.form[mentions.name[places]], NAMED)
    name = mentions.texts("display", places)
    event = pc.coalesce(cars.text("event", at), cars.text("sheet", at))
    told = [pc.if_else(pa.array(named), None, text) for text in (event, cars.text("number", at))]
    if since is not None:
        told.append(pa.array(since, mask=~named | (since < 0)).cast(pa.string()))
    return slugs(name, *told)
