"""Layouts decoded from content: tables without a header, and what makes such a layout too doubtful to load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from transforms import evidence, layout
from transforms.arrays import Bools, Floats, Ints
from transforms.columns import EMPTY, NO_COLUMNS, Column, Form, Layout, columns_line, unnamed
from transforms.headers import Heading
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
_TYPE, _MODEL, _EMPTY = ROLES.index("type"), ROLES.index("model"), len(ROLES)
# A table of cars has columns enough, one of which says who or what raced, and one under which place or number.
_FEWEST, _WHO, _WHICH = 3, {"crew", "car", "make"}, {"position", "car_number"}
_NOT_IN_MAIN = -4.0  # nats against a role that the sheet's main table does not have
_OWN_TO_SECTIONS = {"reason", "status", "laps", "extra"}
_NO_CARS, _DECLARE = "no table of cars", "If it is one, declare it in event.toml by columns = [...]"
_NO_RACING = Layout(
    NO_COLUMNS, "none", 0.0, f"{_NO_CARS}: no cells read like a crew, a known make or class, or a time. {_DECLARE}"
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


def _main_roles(layouts: list[Layout | None], tables: Tables) -> dict[int, frozenset[str]]:
    """The roles of the largest table without a doubt of each sheet that has one."""
    main: dict[int, frozenset[str]] = {}
    for t in np.argsort(-tables.rows, kind="stable").tolist():
        known = layouts[t]
        if known is not None and known.doubt is None:
            main.setdefault(int(tables.sheet[t]), known.form.role_set)
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
                layouts[t] = Layout(NO_COLUMNS, "none", 0.0, f"more than {WIDEST} columns and no header")
            continue
        counts = evidence.count_features(looks.only(group), len(group), int(width))
        weighed = evidence.weigh(counts)
        if handicap is not None:
            weighed = weighed + handicap[place][:, None, :]
        decoded = layout.decode(weighed, walks)
        fits = evidence.fit(counts, decoded.roles)
        fitted = _Fitted.of(decoded, fits, evidence.filled(counts), margin)
        racing = evidence.speaks_of_racing(counts)
        for i, t in enumerate(group.tolist()):
            layouts[t] = fitted.layout(i) if racing[i] else _NO_RACING


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Decoded tables of one width, and how well they fit; shape (tables, columns), `certain` and `score` (tables,)."""

    decoded: layout.Decoded
    roles: Ints
    fits: Floats
    filled: Bools
    margin: float
    certain: Bools
    score: Floats

    @classmethod
    def of(cls, decoded: layout.Decoded, fits: Floats, filled: Bools, margin: float) -> _Fitted:
        """Name the roles of tables, and find those that nothing casts a doubt on; most are such."""
        roles = decoded.roles.copy()
        # What follows the make is the model; a type is told from it only where both are printed.
        roles[(roles == _TYPE) & ~(roles == _MODEL).any(axis=1, keepdims=True)] = _MODEL
        roles[~filled] = _EMPTY
        score = np.zeros(len(roles))
        for column in range(roles.shape[1]):
            score += np.where(filled[:, column], fits[:, column], 0.0)
        score /= np.maximum(filled.sum(axis=1), 1)
        doubtful = (decoded.margins < margin) | (decoded.strangeness > STRANGE) | (fits < _COLUMN_SCORE)
        doubtful |= decoded.like_crew & _among(roles, {"entrant", "principal"})
        certain = (score >= SCORE) & ~(doubtful & filled).any(axis=1)
        certain &= _has(roles, _WHO) & _has(roles, _WHICH) & (roles.shape[1] >= _FEWEST)
        for role, company in _COMPANY.items():
            certain &= ~_has(roles, {role}) | np.all([_has(roles, {other}) for other in company], axis=0)
        return cls(decoded, roles, fits, filled, margin, certain, score)

    def layout(self, i: int) -> Layout:
        """The layout of one table."""
        found = Layout(
            _form(self.roles[i].tobytes()), "inferred", float(self.score[i]), fitted=partial(self.columns, i)
        )
        if self.certain[i]:
            return found
        names = found.form.role_set
        if len(found.roles) < _FEWEST or not names & _WHO or not names & _WHICH:
            message = f"{_NO_CARS}: no columns read like a number and a crew or car. {_DECLARE}"
            return Layout(NO_COLUMNS, "none", 0.0, f"{message}, perhaps {columns_line(found.roles)}")
        doubts = _doubts(found, self.margin)
        if not doubts:
            return found
        return replace(found, doubt=f"layout in doubt: {'; '.join(doubts)}. To settle it: {columns_line(found.roles)}")

    def columns(self, i: int) -> tuple[Column, ...]:
        """The columns of one table, with what speaks for and against each."""
        d = self.decoded
        fields = (self.fits, d.runners_up, d.margins, d.looks, d.strangeness, d.like_crew)
        known = zip(_form(self.roles[i].tobytes()).headings, *(field[i].tolist() for field in fields), strict=True)
        return tuple(_column(*of_column) for of_column in known)


@lru_cache(maxsize=4096)
def _form(roles: bytes) -> Form:
    """The form of a table, given the bytes of its row of roles."""
    names = (*ROLES, EMPTY)
    return Form(tuple(unnamed(names[role], c) for c, role in enumerate(np.frombuffer(roles, np.int64).tolist())))


def _among(roles: Ints, names: Iterable[str]) -> Bools:
    return np.isin(roles, [ROLES.index(name) for name in names])


def _has(roles: Ints, names: Iterable[str]) -> Bools:
    return np.asarray(_among(roles, names).any(axis=1))


def _column(
    heading: Heading, fit: float, runner_up: int, margin: float, looks: int, strangeness: float, like_crew: bool
) -> Column:
    if heading.role == EMPTY:
        return Column(heading)
    telling = ROLES[looks] if strangeness > STRANGE else None
    return Column(heading, fit, ROLES[runner_up], margin, telling, like_crew)


def _doubts(found: Layout, margin: float) -> list[str]:
    """Why a decoded layout is not certain enough to load."""
    roles = found.form.role_set
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
