"""What a column can be, what its cells then look like, and the families of sheets that say which roles may follow.

The numbers are likelihoods, as a reader of results archives would set them: of a hundred cells in such
a column, how many look like this. They need not add up to one. What is not named is a rare misprint.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from transforms.recognise import TRAITS

# How a number stands to the one in the row above, and whether a text was seen before in its column.
STEPS = ("next", "same", "rises", "falls")
SEEN = ("new", "again")
# Whether the first number of a column is 1: the winner is first of his class too.
FIRST = ("one", "more")
FEATURES = (*TRAITS, *STEPS, *SEEN, *FIRST)
# A role that says nothing of steps, repeats or first numbers treats them all alike.
_SILENT = dict.fromkeys(STEPS, 0.25) | dict.fromkeys((*SEEN, *FIRST), 0.5)

MISPRINT = 0.004

_MODEL = {
    "code": 0.3, "pair": 0.1, "number": 0.15, "digit": 0.02, "integer": 0.12, "big integer": 0.04, "name": 0.14,
    "text": 0.12, "person": 0.06, "numbered": 0.12, "engine": 0.05, "car": 0.02, "decimal": 0.01, "class": 0.03,
    "empty": 0.1, "make": 0.01,
}  # fmt: skip
_LAP_TIME = {"lap time": 0.85, "seconds": 0.05, "status": 0.06, "mark": 0.03, "race time": 0.01, "empty": 0.08}
_SPEED = {"decimal": 0.85, "speed": 0.1, "seconds": 0.06, "mark": 0.02, "integer": 0.01, "empty": 0.08}

LIKELIHOODS: dict[str, dict[str, float]] = {
    "position": {
        "ordinal": 0.5, "digit": 0.3, "integer": 0.38, "pair": 0.3, "status": 0.08, "mark": 0.02, "empty": 0.04,
        "next": 0.95,
        "same": 0.02, "rises": 0.004, "falls": 0.01, "new": 0.98, "again": 0.02, "one": 0.9, "more": 0.1,
    },
    "car_number": {
        "digit": 0.25, "integer": 0.75, "number": 0.15, "big integer": 0.01, "mark": 0.01, "empty": 0.03, "next": 0.25,
        "same": 0.02, "rises": 0.4, "falls": 0.33, "new": 0.985, "again": 0.015, "one": 0.2, "more": 0.8,
    },
    "crew": {
        "crew": 0.72, "joined": 0.25, "dashed": 0.2, "slashed": 0.2, "person": 0.2, "person (country)": 0.2,
        "name": 0.14, "text": 0.03, "mark": 0.01, "team": 0.004, "make": 0.004, "tyre": 0.02, "status": 0.004,
        "reason": 0.004, "car": 0.006, "code": 0.006, "empty": 0.07, "new": 0.97, "again": 0.03,
    },
    "car": {
        "car": 0.78, "numbered": 0.15, "slashed": 0.02, "text": 0.03, "code": 0.05, "person": 0.03, "name": 0.02,
        "team": 0.02, "engine": 0.06, "make": 0.25, "class": 0.01, "empty": 0.03, "new": 0.6, "again": 0.4,
    },
    "entrant": {
        "team": 0.5, "joined": 0.03, "dashed": 0.008, "slashed": 0.01, "numbered": 0.015, "person": 0.13, "name":
        0.08, "text": 0.1, "code": 0.04, "team (country)": 0.1, "person (country)": 0.02, "car": 0.05, "make": 0.03,
        "class": 0.01, "crew": 0.005, "country": 0.01, "engine": 0.01, "reason": 0.01, "tyre": 0.02, "empty": 0.08,
        "new": 0.7, "again": 0.3,
    },
    "laps": {
        "digit": 0.2, "integer": 0.8, "big integer": 0.04, "mark": 0.02, "laps": 0.3, "empty": 0.04, "next": 0.012,
        "same": 0.35, "rises": 0.02, "falls": 0.62, "new": 0.6, "again": 0.4, "one": 0.01, "more": 0.99,
    },
    "race_time": {
        "race time": 0.7, "lap time": 0.12, "gap": 0.09, "laps": 0.05, "mark": 0.02, "status": 0.02, "empty": 0.12,
        "next": 0.3, "same": 0.35, "rises": 0.4, "falls": 0.05, "new": 0.97, "again": 0.03,
        "one": 0.05, "more": 0.05,
    },
    "distance": {"distance": 0.85, "big decimal": 0.1, "decimal": 0.04, "empty": 0.06, "new": 0.8, "again": 0.2},
    "race_speed": {**_SPEED, "next": 0.02, "same": 0.08, "rises": 0.1, "falls": 0.8, "new": 0.95, "again": 0.05},
    # Laps behind rise from car to car, where laps that cars completed fall; the first car is behind none.
    "gap": {
        "gap": 0.7, "laps": 0.2, "lap time": 0.03, "race time": 0.04, "mark": 0.08, "integer": 0.02, "empty": 0.15,
        "next": 0.3, "same": 0.35, "rises": 0.4, "falls": 0.05, "one": 0.03, "more": 0.03,
    },
    "class_position": {
        "ordinal": 0.5, "digit": 0.5, "integer": 0.2, "status": 0.03, "mark": 0.02, "empty": 0.06, "next": 0.45,
        "same": 0.06, "rises": 0.2, "falls": 0.29, "new": 0.5, "again": 0.5, "one": 0.96, "more": 0.04,
    },
    "class": {
        "class": 0.55, "numbered": 0.08, "code": 0.22, "name": 0.14, "number": 0.12, "engine": 0.05, "text": 0.06,
        "person": 0.1, "digit": 0.02, "integer": 0.01, "big integer": 0.01, "ordinal": 0.004, "car": 0.03, "make":
        0.04, "empty": 0.1, "new": 0.22, "again": 0.78,
    },
    "lap_time": {**_LAP_TIME, "new": 0.95, "again": 0.05},
    "session_time": {**_LAP_TIME, "empty": 0.15, "status": 0.08, "mark": 0.06, "new": 0.95, "again": 0.05},
    "lap_number": {
        "digit": 0.12, "integer": 0.82, "big integer": 0.04, "mark": 0.02, "empty": 0.08, "next": 0.05, "same":
        0.06, "rises": 0.44, "falls": 0.45, "new": 0.75, "again": 0.25, "one": 0.02, "more": 0.98,
    },
    "lap_speed": {**_SPEED, "next": 0.02, "same": 0.03, "rises": 0.35, "falls": 0.6, "new": 0.95, "again": 0.05},
    "principal": {
        "person": 0.7, "name": 0.12, "text": 0.04, "team": 0.02, "crew": 0.01, "empty": 0.15, "new": 0.8, "again":
        0.2,
    },
    "make": {
        "make": 0.88, "name": 0.12, "person": 0.02, "team": 0.005, "code": 0.02, "class": 0.01, "empty": 0.03,
        "new": 0.4, "again": 0.6,
    },
    "type": {**_MODEL, "new": 0.6, "again": 0.4},
    "model": {**_MODEL, "empty": 0.2, "new": 0.65, "again": 0.35},
    "engine": {
        "engine": 0.55, "numbered": 0.08, "car": 0.6, "make": 0.1, "code": 0.1, "name": 0.04, "text": 0.08, "empty":
        0.1, "new": 0.4, "again": 0.6,
    },
    "status": {"status": 0.9, "name": 0.04, "text": 0.02, "reason": 0.03, "empty": 0.1, "new": 0.2, "again": 0.8},
    "reason": {
        "reason": 0.6, "name": 0.09, "text": 0.12, "person": 0.07, "status": 0.03, "code": 0.01, "team": 0.01,
        "empty": 0.12, "new": 0.6, "again": 0.4,
    },
    "country": {
        "country": 0.92, "name": 0.02, "code": 0.03, "class": 0.02, "make": 0.01, "empty": 0.05, "new": 0.3,
        "again": 0.7,
    },
    "tyre": {
        "tyre": 0.6, "name": 0.3, "number": 0.1, "code": 0.15, "team": 0.02, "empty": 0.05, "new": 0.12, "again": 0.88,
    },
    "extra": dict.fromkeys(TRAITS, 0.03) | {"empty": 0.1, "next": 0.2, "same": 0.2, "rises": 0.2, "falls": 0.2},
}  # fmt: skip
ROLES = tuple(LIKELIHOODS)

# Each family is the order of its columns, with how often each is there. Which sheet a page is decides
# what a bare integer means, so no role is decided without its neighbours.
_HEAD = {"car_number": 0.995, "crew": 0.985, "car": 0.985, "entrant": 0.9}
_TAIL = {"class_position": 0.5, "class": 0.65, "lap_time": 0.5, "lap_number": 0.3, "lap_speed": 0.3}
_RACE = {"laps": 0.95, "race_time": 0.5, "distance": 0.4, "race_speed": 0.4, "gap": 0.1}
FAMILIES: dict[str, tuple[float, dict[str, float]]] = {
    "race": (0.0, {"position": 0.93, **_HEAD, **_RACE, **_TAIL, "status": 0.04, "reason": 0.05}),
    "race, class first": (
        -0.7,
        {"position": 0.93, **_HEAD, **_RACE, "class": 0.9, "class_position": 0.9, "lap_time": 0.5, "lap_number": 0.3,
         "lap_speed": 0.3},
    ),
    "retirements": (-0.7, {"position": 0.1, **_HEAD, "laps": 0.7, **_TAIL, "status": 0.1, "reason": 0.8}),
    "grid": (
        0.0,
        {"position": 0.7, **_HEAD, "class_position": 0.1, "class": 0.3, "lap_time": 0.93, "session_time": 0.25,
         "lap_speed": 0.4, "gap": 0.08},
    ),
    "grid without times": (-1.0, {"position": 0.9, **_HEAD, "class_position": 0.1, "class": 0.4}),
    "fastest laps": (
        -0.3,
        {"position": 0.8, **_HEAD, "class": 0.3, "lap_time": 0.99, "lap_number": 0.9, "lap_speed": 0.5},
    ),
    "entry list": (
        0.0,
        {"car_number": 0.97, "crew": 0.93, "entrant": 0.97, "country": 0.05, "principal": 0.5, "make": 0.985,
         "type": 0.3, "model": 0.95, "engine": 0.6, "class": 0.8},
    ),
    "entries": (-0.5, {**_HEAD, "country": 0.05, "class": 0.6}),
    "entries by entrant": (
        -0.7,
        {"car_number": 0.97, "crew": 0.95, "entrant": 0.985, "country": 0.05, "car": 0.7,
         "class": 0.7},
    ),
    "appearances": (
        -1.0,
        {"position": 0.2, "car_number": 0.9, "car": 0.985, "entrant": 0.93, "laps": 0.3, "class": 0.5, "reason": 0.1},
    ),
    "class and team first": (
        -2.0,
        {"position": 0.9, "class_position": 0.1, "class": 0.6, "car_number": 0.97, "country": 0.1, "entrant": 0.95,
         "crew": 0.985, "car": 0.97, "tyre": 0.3, "engine": 0.1, "laps": 0.8, "race_time": 0.4, "race_speed": 0.2,
         "gap": 0.3, "lap_time": 0.3, "lap_number": 0.2, "lap_speed": 0.2, "reason": 0.2},
    ),
    "laps behind classes": (
        -3.0,
        {"position": 0.97, "car_number": 0.9, "crew": 0.985, "car": 0.95, "entrant": 0.4, "class": 0.97,
         "class_position": 0.2, "laps": 0.985, "race_time": 0.4, "distance": 0.1, "race_speed": 0.1, "gap": 0.2,
         "lap_time": 0.2, "reason": 0.1},
    ),
    "rally": (
        -2.0,
        {"position": 0.97, "car_number": 0.97, "crew": 0.985, "car": 0.97, "entrant": 0.1, "class": 0.8,
         "race_time": 0.985, "gap": 0.8, "race_speed": 0.1},
    ),
    "without numbers": (
        -2.0,
        {"position": 0.99, "crew": 0.985, "country": 0.1, "car": 0.9, "entrant": 0.3, "laps": 0.5, "race_time": 0.4,
         "race_speed": 0.2, "lap_time": 0.6, "gap": 0.4},
    ),
    "timing": (
        -2.0,
        {"position": 0.97, "car_number": 0.97, "class_position": 0.2, "class": 0.5, "crew": 0.97, "country": 0.2,
         "entrant": 0.9, "car": 0.9, "laps": 0.8, "race_time": 0.4, "race_speed": 0.2, "gap": 0.5, "lap_time": 0.5,
         "lap_number": 0.3, "lap_speed": 0.3},
    ),
}  # fmt: skip
# Columns that may stand several times in a row: further sessions, a cell per driver, gap and interval.
REPEATED = {"session_time": "session_time", "crew": "crew", "gap": "extra"}
# Roles that lean on another: nobody prints the lap of a best time without the time. Cost in nats.
LEANS = {
    "lap_number": ("lap_time", 7.0), "lap_speed": ("lap_time", 7.0), "session_time": ("lap_time", 6.0),
    "type": ("make", 8.0), "model": ("make", 8.0), "engine": ("make", 4.0),
}  # fmt: skip


@cache
def log_likelihoods() -> npt.NDArray[np.float64]:
    """The logarithm of each feature's likelihood under each role; shape (features, roles)."""
    table = np.full((len(FEATURES), len(ROLES)), np.log(MISPRINT))
    for r, role in enumerate(ROLES):
        for f, feature in enumerate(FEATURES):
            likelihood = LIKELIHOODS[role].get(feature, _SILENT.get(feature, MISPRINT))
            table[f, r] = np.log(likelihood)
    return table
