"""Layouts decoded from content: tables without a header, and what makes such a layout too doubtful to load."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transforms import evidence, layout
from transforms.arrays import Bools, Floats, Ints
from transforms.columns import EMPTY, Column, Layout, columns_line, unnamed
from transforms.roles import ROLES
from transforms.tables import WIDEST, Tables

MARGIN = 4.0  # nats that the best role of every column must lead by
_MARGIN_BELOW = 1.5  # less will do below a main table, which says what can be printed there
STRANGE = 6.0  # nats by which a column may look more like another role than like its own
SCORE = 0.8  # share of the cells that must look as their roles have them
_COLUMN_SCORE = 0.5  # and of each column
# Columns that are known by their looks wherever they stand: that they are not where a family prints them is a doubt.
_TELLING = {"car_number", "crew", "car", "lap_time", "race_time", "distance"}
_TIMES = {"lap_time", "race_time"}
# What no sheet prints without the other: who leads a team without who drives, tyres without classes.
_COMPANY = {"principal": {"crew"}, "tyre": {"class"}, "extra": {"crew", "entrant"}}
_TYPE, _MODEL = ROLES.index("type"), ROLES.index("model")
_NOT_IN_MAIN = -4.0  # nats against a role that the sheet's main table does not have
_OWN_TO_SECTIONS = {"reason", "status", "laps", "extra"}
_NO_CARS, _DECLARE = "no table of cars", "If it is one, declare it in event.toml by columns = [...]"
_NO_RACING = Layout(
    (), "none", 0.0, f"{_NO_CARS}: no cells read like a crew, a known make or class, or a time. {_DECLARE}"
)


def infer(layouts: list[Layout | None], tables: Tables) -> None:
    """Decode the tables whose layout is not known, in place: by families, by their sheet's main table, in any order.

    `Did not finish:` prints some of the columns of the table above, and some pages print the car before its crew.
    """
    unknown = np.array([t for t, known in enumerate(layouts) if known is None], dtype=np.int64)
    looks = tables.look(unknown)
    _decode(layouts, tables, looks, unknown, layout.WALKS)
    doubtful = _doubtful(layouts, unknown)
    main = _main_roles(layouts, tables)
    below = np.array([t for t in doubtful if int(tables.sheet[t]) in main], dtype=np.int64)
    allowed = [main[int(tables.sheet[t])] | _OWN_TO_SECTIONS for t in below]
    barred = np.array([[role not in roles for role in ROLES] for roles in allowed]).reshape(len(below), len(ROLES))
    _decode(layouts, tables, looks, below, layout.WALKS, np.where(barred, _NOT_IN_MAIN, 0.0), _MARGIN_BELOW)
    alone = [t for t in _doubtful(layouts, unknown).tolist() if int(tables.sheet[t]) not in main]
    _decode(layouts, tables, looks, np.array(alone, dtype=np.int64), layout.ANY_ORDER)


def _doubtful(layouts: list[Layout | None], chosen: Ints) -> Ints:
    return np.array([t for t in chosen.tolist() if (known := layouts[t]) and known.doubt], dtype=np.int64)


def _main_roles(layouts: list[Layout | None], tables: Tables) -> dict[int, set[str]]:
    """The roles of the largest table without a doubt of each sheet that has one."""
    main: dict[int, set[str]] = {}
    for t in np.argsort(-tables.rows, kind="stable").tolist():
        known = layouts[t]
        if known is not None and known.doubt is None:
            main.setdefault(int(tables.sheet[t]), set(known.roles))
    return main


def _decode(
    layouts: list[Layout | None],
    tables: Tables,
    looks: evidence.Looks,
    chosen: Ints,
    walks: layout.Walks,
    handicap: Floats | None = None,
    margin: float = MARGIN,
) -> None:
    """Decode the chosen tables, those of one width together; `handicap` (tables, roles) is added to the evidence."""
    for width in np.unique(tables.width[chosen]):
        place = np.flatnonzero(tables.width[chosen] == width)
        group = chosen[place]
        if width > WIDEST:
            for t in group:
                layouts[t] = Layout((), "none", 0.0, f"more than {WIDEST} columns and no header")
            continue
        counts = evidence.count_features(looks.only(group), len(group), int(width))
        weighed = evidence.weigh(counts)
        if handicap is not None:
            weighed = weighed + handicap[place][:, None, :]
        decoded = layout.decode(weighed, walks)
        fits, filled = evidence.fit(counts, decoded.roles), evidence.filled(counts)
        racing = evidence.speaks_of_racing(counts)
        for i, t in enumerate(group):
            layouts[t] = _layout(decoded, i, fits[i], filled[i], margin) if racing[i] else _NO_RACING


def _layout(d: layout.Decoded, i: int, fits: Floats, filled: Bools, margin: float) -> Layout:
    roles = d.roles[i].tolist()
    if _MODEL not in roles:
        # What follows the make is the model; a type is told from it only where both are printed.
        roles = [_MODEL if role == _TYPE else role for role in roles]
    fields = (fits, d.runners_up[i], d.margins[i], d.looks[i], d.strangeness[i], d.like_crew[i], filled)
    known = zip(roles, *(field.tolist() for field in fields), strict=True)
    columns = tuple(_column(c, *of_column) for c, of_column in enumerate(known))
    seen = [column.fit for column in columns if column.heading.role != EMPTY]
    found = Layout(columns, "inferred", sum(seen) / len(seen) if seen else 0.0)
    names = set(found.roles)
    if len(columns) < 3 or not names & {"crew", "car", "make"} or not names & {"position", "car_number"}:
        message = f"{_NO_CARS}: no columns read like a number and a crew or car. {_DECLARE}"
        return Layout((), "none", 0.0, f"{message}, perhaps {columns_line(found.roles)}")
    doubts = _doubts(found, margin)
    if not doubts:
        return found
    return replace(found, doubt=f"layout in doubt: {'; '.join(doubts)}. To settle it: {columns_line(found.roles)}")


def _column(
    c: int,
    role: int,
    fit: float,
    runner_up: int,
    margin: float,
    looks: int,
    strangeness: float,
    like_crew: bool,
    filled: bool,
) -> Column:
    if not filled:
        return Column(unnamed(EMPTY, c))
    telling = ROLES[looks] if strangeness > STRANGE else None
    return Column(unnamed(ROLES[role], c), fit, ROLES[runner_up], margin, telling, like_crew)


def _doubts(found: Layout, margin: float) -> list[str]:
    """Why a decoded layout is not certain enough to load."""
    roles = set(found.roles)
    doubts = []
    for i, column in enumerate(found.columns, start=1):
        role = column.heading.role
        if column.margin is not None and column.margin < margin:
            doubts.append(f"column {i} may be {role} or {column.runner_up}")
        elif column.looks and (role == "extra" or column.looks in (_TELLING - roles | _TIMES)):
            doubts.append(f"column {i} looks like {column.looks}, but stands where {role} is printed")
        elif column.like_crew and role in ("entrant", "principal") and "crew" not in roles:
            doubts.append(f"column {i} may be the crew, which has no column")
        elif not _COMPANY.get(role, set()) <= roles:
            missing = " and ".join(sorted(_COMPANY[role] - roles))
            doubts.append(f"column {i} may be {role}, but no column is the {missing}")
        elif column.fit < _COLUMN_SCORE and role != "extra":
            doubts.append(f"column {i} reads like {role} in only {column.fit:.0%} of its cells")
    if not doubts and found.score < SCORE:
        doubts.append(f"only {found.score:.0%} of the cells fit any layout")
    return doubts
