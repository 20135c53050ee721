"""Layouts decoded from content: tables without a header, and what makes such a layout too doubtful to load."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms import evidence, layout
from transforms.arrays import Bools, Floats, Ints, flags
from transforms.columns import EMPTY, NO_COLUMNS, Column, Form, Layout, columns_line, unnamed
from transforms.headings import Heading
from transforms.roles import ROLES
from transforms.tables import WIDEST, Tables
from transforms.walks import ANY_ORDER, WALKS, Walks


def _places(*roles: str) -> list[int]:
    return [(*ROLES, EMPTY).index(role) for role in roles]


def _among(*roles: str) -> Bools:
    return flags(np.array(_places(*roles)), len(ROLES) + 1)


MARGIN = 4.0  # nats that the best role of every column must lead by
_MARGIN_BELOW = 1.5  # less will do below a main table, which says what can be printed there
STRANGE = 6.0  # nats by which a column may look more like another role than like its own
SCORE = 0.8  # share of the cells that must look as their roles have them
_COLUMN_SCORE = 0.5  # and of each column
# Columns that are known by their looks wherever they stand: that they are not where a family prints them is a doubt.
_IS_TELLING = _among("car_number", "crew", "car", "lap_time", "race_time", "distance")
_IS_TIME = _among("lap_time", "race_time")
_MAY_BE_LED = _among("race_time", "gap")
_IS_TEAM = _among("entrant", "principal")
_CREW, _TYPE, _MODEL, _REASON, _EMPTY = _places("crew", "type", "model", "reason", EMPTY)
# What no sheet prints without the other: who leads a team without who drives, tyres without classes; or without one of
# several: how fast a race was without how long, but for sheets of numbered cars.
_COMPANY = {"principal": ("crew",), "tyre": ("class",), "extra": ("crew", "entrant")}
_ANY_COMPANY = {"race_speed": ("laps", "race_time", "distance", "car_number")}
# A table of cars has columns enough, one of which says who or what raced, and one under which place or number.
_FEWEST, _WHO, _WHICH = 3, _places("crew", "car", "make"), _places("position", "car_number")
_WHAT, _BOTH = _places("car", "make", "lap_time", "race_time"), _places("crew", "car")
# What may be in doubt of a column.
_DOUBTS = (
    "nothing",
    "column {i} may be {role} or {column.runner_up}",
    "column {i} looks like {column.looks}, but stands where {role} is printed",
    "column {i} may be the crew, which has no column",
    "column {i} may be {role}, but no column is the {missing}",
    "column {i} reads like {role} in only {column.fit:.0%} of its cells",
)
_NOT_IN_SESSION = -4.0  # nats against the time of a race below a heading of qualifying or practice
_NOT_IN_MAIN = -4.0  # nats against a role that the sheet's main table does not have
_OWN_TO_SECTIONS = {"reason", "status", "laps", "extra"}
_NO_CARS, _DECLARE = "no table of cars", "If it is one, declare it in event.toml by columns = [...]"
_TOO_WIDE = Layout(NO_COLUMNS, "none", 0.0, f"more than {WIDEST} columns and no header")
_NO_RACING = Layout(
    NO_COLUMNS, "none", 0.0, f"{_NO_CARS}: no cells read like a crew, a known make or class, or a time. {_DECLARE}"
)


def infer(layouts: list[Layout | None], tables: Tables, of_session: Bools) -> None:
    """Decode the tables whose layout is not known, in place: by families, by their sheet's main table, in any order.

    `Did not finish:` prints some of the columns of the table above, and some pages print the car before its crew.
    `of_session` says which tables are known to be of a session, in which nobody drives for a race's time.
    """
    unknown = np.array([t for t, known in enumerate(layouts) if known is None], dtype=np.int64)
    for t in unknown[tables.width[unknown] > WIDEST].tolist():
        layouts[t] = _TOO_WIDE
    unknown = unknown[tables.width[unknown] <= WIDEST]
    seen = tables.evidence(unknown)
    against = np.where(of_session[:, np.newaxis] & _among("race_time")[: len(ROLES)], _NOT_IN_SESSION, 0.0)
    _decode(layouts, seen, unknown, WALKS, against)
    doubtful = _doubtful(layouts, unknown)
    main = _main_roles(layouts, tables)
    below = np.array([t for t in doubtful if int(tables.sheet[t]) in main], dtype=np.int64)
    allowed = [main[int(tables.sheet[t])] | _OWN_TO_SECTIONS for t in below]
    barred = np.array([[role not in roles for role in ROLES] for roles in allowed]).reshape(len(below), len(ROLES))
    against[below] += np.where(barred, _NOT_IN_MAIN, 0.0)
    _decode(layouts, seen, below, WALKS, against, _MARGIN_BELOW)
    alone = [t for t in _doubtful(layouts, unknown).tolist() if int(tables.sheet[t]) not in main]
    _decode(layouts, seen, np.array(alone, dtype=np.int64), ANY_ORDER, against)


def _doubtful(layouts: list[Layout | None], chosen: Ints) -> Ints:
    return np.array([t for t in chosen.tolist() if (known := layouts[t]) and known.doubt], dtype=np.int64)


def _main_roles(layouts: list[Layout | None], tables: Tables) -> dict[int, frozenset[str]]:
    """The roles of the largest table without a doubt of each sheet that has one."""
    main: dict[int, frozenset[str]] = {}
    largest_first = np.argsort(-tables.rows, kind="stable")
    for t, sheet in zip(largest_first.tolist(), tables.sheet[largest_first].tolist(), strict=True):
        known = layouts[t]
        if known is not None and known.doubt is None:
            main.setdefault(sheet, known.form.role_set)
    return main


def _decode(
    layouts: list[Layout | None],
    seen: evidence.Evidence,
    chosen: Ints,
    walks: Walks,
    against: Floats,
    margin: float = MARGIN,
) -> None:
    """Decode the chosen tables together; `against`, what speaks against roles (tables, roles), adds to the evidence."""
    columns, table = seen.columns(chosen)
    weighed = seen.weighed[columns]
    handicapped = np.asarray(against[chosen].any(axis=1))[table]
    weighed[handicapped] += against[chosen[table[handicapped]]]
    decoded = layout.decode(weighed, seen.widths[chosen], walks)
    fits = seen.fit(columns, decoded.roles)
    fitted = _Fitted.of(
        decoded, fits, seen.filled[columns] > 0, table, len(chosen), margin, seen.led[columns], seen.lost[columns]
    )
    for t, found, of_racing in zip(chosen.tolist(), fitted.layouts(), seen.of_racing[chosen].tolist(), strict=True):
        layouts[t] = found if of_racing else _NO_RACING


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Decoded tables, and how well they fit, by column; `bounds`, `of_cars` and `score` by table.

    `doubts` says by its number in _DOUBTS what is in doubt of each column, 0 where nothing is.
    """

    decoded: layout.Decoded
    bounds: Ints
    roles: Ints
    fits: Floats
    doubts: Ints
    of_cars: Bools
    sure: Bools
    score: Floats

    @classmethod
    def of(
        cls,
        decoded: layout.Decoded,
        fits: Floats,
        filled: Bools,
        table: Ints,
        tables: int,
        margin: float,
        led: Bools,
        lost: Bools,
    ) -> _Fitted:
        """Name the roles of columns, given the table of each, and find what is in doubt; most often nothing is."""
        roles = decoded.roles.copy()
        # What follows the make is the model; a type is told from it only where both are printed.
        with_model = flags(table[roles == _MODEL], tables)
        roles[(roles == _TYPE) & ~with_model[table]] = _MODEL
        roles[~filled] = _EMPTY
        widths = np.bincount(table, minlength=tables)
        score = np.bincount(table, np.where(filled, fits, 0.0), tables) / np.maximum(
            np.bincount(table, filled, tables), 1
        )
        has = np.zeros((tables, _EMPTY + 1), bool)
        has[table, roles] = True
        # A place and a name alone are of any sport.
        # Below a main table without numbers, those who did not finish have none, nor a place.
        placed = has[:, _WHICH[0]] & has[:, _WHAT].any(axis=1)
        told = has[:, _WHICH[1]] | placed | (margin < MARGIN and has[:, _BOTH].all(axis=1))
        of_cars = has[:, _WHO].any(axis=1) & told & (widths >= _FEWEST)
        doubts = np.where(filled, _find_doubts(decoded, roles, fits, has, table, margin), 0)
        # The time of the winner and what others are behind him are read alike as times and as gaps.
        doubts[led & (doubts == 1) & _MAY_BE_LED[roles] & _MAY_BE_LED[decoded.runners_up]] = 0
        # Words for those alone who did not finish are reasons, be they known or not.
        doubts[lost & (doubts == 1) & (roles == _REASON)] = 0
        sure = (score >= SCORE) & of_cars & ~flags(table[doubts > 0], tables)
        bounds = np.append(0, np.cumsum(widths))
        return cls(decoded, bounds, roles, fits, doubts, of_cars, sure, score)

    def layouts(self) -> list[Layout]:
        """The layout of each table."""
        roles = self.roles.tobytes()
        forms = (_form(roles[start:end]) for start, end in pairwise((self.bounds * self.roles.itemsize).tolist()))
        columns = self.columns
        found = [
            Layout(form, "inferred", score, fitted=columns, place=i)
            for i, (form, score) in enumerate(zip(forms, self.score.tolist(), strict=True))
        ]
        for i in np.flatnonzero(~self.sure).tolist():
            found[i] = self._doubtful(i, found[i])
        return found

    def _doubtful(self, i: int, found: Layout) -> Layout:
        line = columns_line(found.roles)
        if not self.of_cars[i]:
            message = f"{_NO_CARS}: no columns read like a number and a crew or car. {_DECLARE}, perhaps {line}"
            return Layout(NO_COLUMNS, "none", 0.0, message)
        doubts = [
            _DOUBTS[doubt].format(i=c, role=column.heading.role, column=column, missing=_missing(column, found.form))
            for c, (column, doubt) in enumerate(zip(self.columns(i), self._of(self.doubts, i), strict=True), start=1)
            if doubt
        ]
        doubts = doubts or [f"only {found.score:.0%} of the cells fit any layout"]
        return found._replace(doubt=f"layout in doubt: {'; '.join(doubts)}. To settle it: {line}")

    def columns(self, i: int) -> tuple[Column, ...]:
        """The columns of one table, with what speaks for and against each."""
        d = self.decoded
        fields = (self.fits, d.runners_up, d.margins, d.looks, d.strangeness, d.like_crew)
        form = _form(self.roles[self.bounds[i] : self.bounds[i + 1]].tobytes())
        known = zip(form.headings, *(self._of(field, i) for field in fields), strict=True)
        return tuple(_column(*of_column) for of_column in known)

    def _of(self, field: npt.NDArray[Any], i: int) -> list[Any]:
        """What a field says of the columns of one table."""
        values: list[Any] = field[self.bounds[i] : self.bounds[i + 1]].tolist()
        return values


@lru_cache(maxsize=4096)
def _form(roles: bytes) -> Form:
    """The form of a table, given the bytes of its row of roles."""
    names = (*ROLES, EMPTY)
    return Form(tuple(unnamed(names[role], c) for c, role in enumerate(np.frombuffer(roles, np.int64).tolist())))


def _column(
    heading: Heading, fit: float, runner_up: int, margin: float, looks: int, strangeness: float, like_crew: bool
) -> Column:
    if heading.role == EMPTY:
        return Column(heading)
    telling = ROLES[looks] if strangeness > STRANGE else None
    return Column(heading, fit, ROLES[runner_up], margin, telling, like_crew)


def _missing(column: Column, form: Form) -> str:
    """Whom a column has to stand beside, and does not."""
    role = column.heading.role
    return " and ".join(sorted({*_COMPANY.get(role, ())} - form.role_set)) or " or ".join(_ANY_COMPANY.get(role, ()))


def _find_doubts(decoded: layout.Decoded, roles: Ints, fits: Floats, has: Bools, table: Ints, margin: float) -> Ints:
    """What is in doubt of each column, the first of _DOUBTS that holds; `has` says which roles each table has."""
    missing = np.zeros_like(has)
    for role, company in _COMPANY.items():
        missing[:, _places(role)] = ~has[:, _places(*company)].all(axis=1, keepdims=True)
    for role, company in _ANY_COMPANY.items():
        missing[:, _places(role)] = ~has[:, _places(*company)].any(axis=1, keepdims=True)
    looks_absent = ~has[table, decoded.looks]
    out_of_place = (roles == layout.EXTRA) | _IS_TIME[decoded.looks] | (_IS_TELLING[decoded.looks] & looks_absent)
    held = (
        decoded.margins < margin,
        (decoded.strangeness > STRANGE) & out_of_place,
        decoded.like_crew & _IS_TEAM[roles] & ~has[table, _CREW],
        missing[table, roles],
        (fits < _COLUMN_SCORE) & (roles != layout.EXTRA),
    )
    return np.select(held, range(1, len(held) + 1), 0)
