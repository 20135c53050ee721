"""Tracks: mentions of a surname or an initial that are surely one person before anybody asks who it is."""

from __future__ import annotations

import numpy as np

from transforms.identity.groups import Codes, components, counted, dense, ordered
from transforms.identity.mentions import Mentions
from transforms.identity.understood import FORMS


def tracks(mentions: Mentions, open_: Codes) -> Codes:
    """The track of each mention in `open_` (places of surname and initial mentions), numbered from 0 in order.

    One track are the mentions of a surname in one car over the sheets of an event, and in one team beside the same
    co-driver from season to season. Where that would put one person on a sheet twice, or give him two initials or
    two suffixes, only the car of the event counts; and where even that fails, each mention stands alone.
    """
    same_car = _same_car(mentions, open_)
    same_team = _same_team(mentions, open_)
    narrow = _dissolved(mentions, open_, components(len(open_), *same_car))
    wide = _dissolved(mentions, open_, components(len(open_), *np.concatenate([same_car, same_team], axis=1)), narrow)
    return dense(wide)


def _same_car(mentions: Mentions, open_: Codes) -> np.ndarray:
    """Edges between mentions of a surname that stands once in its crew, in the sheets of one event."""
    crews = mentions.company(open_)
    family = mentions.named("family")
    name = dense(mentions.result[crews], family[crews])
    alone = (np.bincount(name + 1) == 1)[name[np.searchsorted(crews, open_)] + 1]
    key = dense(mentions.beside("car_at_event")[open_], family[open_])
    return _chain(np.where(alone, key, -1), np.zeros(len(open_), dtype=np.int8), 0)


def _same_team(mentions: Mentions, open_: Codes) -> np.ndarray:
    """Edges between mentions of a surname for one entrant beside the same co-driver, at most a season apart."""
    season, family = mentions.beside("season"), mentions.named("family")
    dated = np.flatnonzero(season[open_] >= 0)
    here, other = mentions.partners(open_[dated])
    place = open_[dated[here]]
    key = dense(family[place], mentions.beside("entrant")[place], family[other])
    return np.asarray(dated[here[_chain(key, season[place], 1)]])


def _chain(key: Codes, season: Codes, gap: int) -> np.ndarray:
    """Edges (2, n) between neighbours in order of key and season that share the key and lie at most `gap` apart."""
    order = ordered(key, season)
    near = (np.diff(key[order]) == 0) & (key[order][:-1] >= 0) & (np.diff(season[order]) <= gap)
    return np.stack([order[:-1][near], order[1:][near]])


def _dissolved(mentions: Mentions, open_: Codes, label: Codes, finer: Codes | None = None) -> Codes:
    """The labels, with those that contradict themselves replaced by the finer ones."""
    finer = np.arange(len(open_)) if finer is None else finer
    clash = np.zeros(len(open_), dtype=bool)
    sheet = dense(label, mentions.beside("sheet")[open_])
    clash[label[np.bincount(sheet, minlength=1)[sheet] > 1]] = True
    initial = np.where(mentions.named("form")[open_] == FORMS.index("initial"), mentions.named("given")[open_], -1)
    for mark in (initial, mentions.named("suffix")[open_]):
        owner, _, _ = counted(label[mark >= 0], mark[mark >= 0])
        clash |= np.bincount(owner, minlength=len(open_)) > 1
    return np.where(clash[label], finer, label)
