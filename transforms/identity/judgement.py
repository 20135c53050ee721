"""What is told of those who are judged: whose mentions they are, by which ids, and what becomes of earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from transforms.arrays import flags
from transforms.identity.anchors import NAMED
from transforms.identity.arrays import codes, ranked_among, with_column
from transforms.identity.claims import Claims, redirects
from transforms.identity.groups import compact, paired
from transforms.identity.ids import Borne, Wishes, assign
from transforms.identity.mentions import Mentions
from transforms.identity.outcome import Called, Drivers
from transforms.identity.people import METHODS, People, identify, wishes
from transforms.identity.spellings import NEVER
from transforms.identity.sums import Sums
from transforms.identity.turns import Codes, firsts
from transforms.identity.understood import FORMS
from transforms.parts import Parts, Tables
from transforms.schema import TABLES


@dataclass(frozen=True)
class Identified:
    """Those judged: their mentions, the people, all that led to each, and where merged ids lead and why."""

    mentions: Mentions
    people: Drivers
    sums: Sums
    moved: Mapping[str, tuple[str, str]]


def identified(
    gathered: Callable[[], Mentions], rows: Parts, judged: np.ndarray | None, decisions: pa.Table, claims: Claims
) -> Identified:
    """Judge mentions, whose rows stand beside them, among their company, and call people by their ids.

    They are gathered here, so that what only bears on who they are is nobody's when they are called.
    """
    mentions = gathered()
    found = identify(mentions, rows, judged, decisions, claims)
    mentions = company = mentions.judged()
    if judged is not None:
        mentions, found = mentions.of(np.flatnonzero(judged)), found.of(np.flatnonzero(judged))
    person, living = compact(found.person())
    found = found.numbered(living)
    called = Called.of(mentions, person)
    borne, taken = claims.borne(company)
    borne = borne if judged is None else borne.at(np.flatnonzero(judged))
    borne = _with_first_parts(borne, mentions, person, found.part)
    ids, moved = assign(person, _wishes(mentions, person, called), borne, taken, claims.retired)
    causes = _causes(borne, found, list(moved))
    del borne, taken, person
    people = Drivers(found, mentions.names, ids, mentions.name[called.best], called.spellings, called.seasons)
    people.check_labels()
    moves = {old: (new, causes[old]) for old, new in moved.items()}
    return Identified(mentions, people, Sums(people), moves)


def named_sheets(sheets: pa.Table, forms: Mapping[str, str], readings: Mapping[str, str]) -> pa.Table:
    """The sheets with how they print names and how these are read; `none` where they print none."""
    ids = sheets["sheet_id"].to_pylist()
    sheets = with_column(sheets, "name_form", pa.array([forms.get(sheet, "none") for sheet in ids], pa.string()))
    return with_column(sheets, "name_reading", pa.array([readings.get(sheet) for sheet in ids], pa.string()))


def _with_first_parts(borne: Borne, mentions: Mentions, person: Codes, part: Codes) -> Borne:
    """The ids that mentions bore, but for those that stay with the first part of a name that a decision parts."""
    if not part.any():
        return borne
    name = codes(mentions.names.table["key"])[0][mentions.name]
    bore = paired(name, len(borne.ids) + 1, borne.code + 1)
    stays = (part > 0) & (borne.code >= 0) & np.isin(bore, bore[part == 0])
    others = np.isin(person, person[part > 0]) & np.isin(borne.code, borne.code[stays])
    return replace(borne, code=np.where(others, np.int32(-1), borne.code))


def _wishes(mentions: Mentions, person: np.ndarray, called: Called) -> Wishes:
    """The slugs that each person would like; who has no full name is told by the first event and car."""
    best, (first, _) = called.best, called.seasons
    form = mentions.names.form[mentions.name[best]]
    named = np.isin(form, NAMED)
    place = np.where(named, best, firsts(person, len(best)))
    return Wishes(
        lambda some: wishes(mentions, place[some]),
        lambda some: wishes(mentions, place[some], since=np.where(first[some] < NEVER, first[some], -1)),
        named & (form != FORMS.index("initials")),
    )


def _causes(borne: Borne, people: People, moved: Sequence[str]) -> dict[str, str]:
    """How the mentions of each moved id are known now: the method of the last of them."""
    if not moved:
        return {}
    place = ranked_among(pa.array(moved, pa.string()), borne.ids)
    at = np.flatnonzero(flags(place, len(borne.ids) + 1)[borne.code])  # the last is for none
    known = zip(borne.code[at].tolist(), people.method_of[people.node[at]].tolist(), strict=True)
    names = dict(zip(place.tolist(), moved, strict=True))
    return {names[code]: METHODS[method] for code, method in known}


def redirected(
    previous: Tables | None, moved: Mapping[str, tuple[str, str]], given: Callable[[pa.Array], np.ndarray]
) -> pa.Table:
    """Old ids and where they lead now, those of the last snapshot included; none leads to another old id.

    `given` tells which of some ids are somebody's.
    """
    steps = {row["old_id"]: (row["driver_id"], row["since"]) for row in redirects(previous).to_pylist()} | dict(moved)
    asked = pa.array(sorted(steps.keys() | {target for target, _ in steps.values()}), pa.string())
    living = set(asked.filter(pa.array(given(asked))).to_pylist())
    rows = []
    for old in sorted(set(steps) - living):
        target, cause = steps[old]
        while target in steps and target not in living:
            target = steps[target][0]
        if target in living:
            rows.append({"old_id": old, "driver_id": target, "since": cause})
    return pa.Table.from_pylist(rows, schema=TABLES["driver_redirects"].schema)
