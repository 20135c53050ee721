"""Tracks: mentions of a surname or an initial that are surely one person before anybody asks who it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transforms.identity.groups import components, counted, dense, in_ranges, ordered, paired, repeated
from transforms.identity.mentions import Mentions
from transforms.identity.turns import Codes
from transforms.identity.understood import FORMS


def tracks(mentions: Mentions, open_: Codes) -> Codes:
    """The track of each mention in `open_` (places of surname and initial mentions), numbered from 0 in order.

    One track are the mentions of a surname in one car over the sheets of an event, and in one team beside the same
    co-driver from season to season. Where that would put one person on a sheet twice, or give him two initials or
    two suffixes, only the car of the event counts; and where even that fails, each mention stands alone.
    """
    label = np.empty(len(open_), dtype=np.int32)
    twice = mentions.twice(mentions.names.family)
    for some in in_ranges(mentions.names.family[mentions.name[open_]]):
        label[some] = some[_tracks(mentions, open_[some], twice)]
    return dense(label)


def _tracks(mentions: Mentions, open_: Codes, twice: np.ndarray) -> Codes:
    """The first mention of the track of each, by their places among these, which are all of some surnames."""
    same_car = _same_car(mentions, open_, twice)
    same_team = _same_team(mentions, open_)
    narrow = _dissolved(mentions, open_, components(len(open_), *same_car))
    return _dissolved(mentions, open_, components(len(open_), *np.concatenate([same_car, same_team], axis=1)), narrow)


def _same_car(mentions: Mentions, open_: Codes, twice: np.ndarray) -> np.ndarray:
    """Edges between mentions of a surname that stands once in its crew, in the sheets of one event."""
    car, family = mentions.cars.car_at_event[mentions.result[open_]], mentions.names.family[mentions.name[open_]]
    some = np.flatnonzero((car >= 0) & (family >= 0) & ~twice[open_])
    return np.asarray(some[_chain((car[some], family[some]), np.zeros(len(some), dtype=np.int8), 0)])


def _same_team(mentions: Mentions, open_: Codes) -> np.ndarray:
    """Edges between mentions of a surname for one entrant beside the same co-driver, at most a season apart."""
    cars, family, car = mentions.cars, mentions.names.family, mentions.result[open_]
    some = np.flatnonzero((cars.season[car] >= 0) & (cars.entrant[car] >= 0) & (family[mentions.name[open_]] >= 0))
    here, other = mentions.partners(open_[some])
    family_of = family[mentions.name[other]]
    held = family_of >= 0
    place, family_of = some[here[held]], family_of[held]
    key = family[mentions.name[open_[place]]], cars.entrant[car[place]], family_of
    return np.asarray(place[_chain(key, cars.season[car[place]], 1)])


def _chain(key: Sequence[Codes], season: Codes, gap: int) -> np.ndarray:
    """Edges (2, n) between neighbours in order of key and season that share the key and lie at most `gap` apart."""
    order = ordered(*key, season)
    near = np.diff(season[order]) <= gap
    for column in key:
        near &= np.diff(column[order]) == 0
    return np.stack([order[:-1][near], order[1:][near]])


def _dissolved(mentions: Mentions, open_: Codes, label: Codes, finer: Codes | None = None) -> Codes:
    """The labels, with those that contradict themselves replaced by the finer ones."""
    finer = np.arange(len(open_)) if finer is None else finer
    clash = np.zeros(len(open_), dtype=bool)
    some = np.flatnonzero(np.bincount(label, minlength=len(open_))[label] > 1)
    label_of, places = label[some], open_[some]
    clash[label_of[repeated(paired(label_of, mentions.cars.spans["sheet"], mentions.beside("sheet", places)))]] = True
    names, name = mentions.names, mentions.name[places]
    initial = np.where(names.form == FORMS.index("initial"), names.given, -1)
    for mark in (initial[name], names.suffix[name]):
        owner, _, _ = counted(label_of[mark >= 0], mark[mark >= 0])
        clash |= np.bincount(owner, minlength=len(open_)) > 1
    return np.where(clash[label], finer, label)
