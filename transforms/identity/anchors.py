"""Anchors: the people who are printed under a full name or a pseudonym, one for each name."""

from __future__ import annotations

import numpy as np

from transforms.identity.groups import Codes, dense, ordered
from transforms.identity.mentions import FORMS, Mentions

NAMED = (FORMS.index("full"), FORMS.index("pseudonym"))


def anchors(mentions: Mentions, splits: Codes) -> Codes:
    """The anchor of each mention, numbered from 0 in order of the names; -1 for all but full names and pseudonyms.

    Equal names are one person, but for those that a decision parts (`splits` numbers the part of each mention)
    and for a name that stands twice in one crew: its second print is somebody else.
    """
    named = np.isin(mentions.form, NAMED)
    key = np.where(named, mentions.coded(lambda name: f"{name.form} {name.key}"), -1)
    return dense(key, splits, _times_before(dense(mentions.result, key)))


def _times_before(key: Codes) -> Codes:
    """How many earlier mentions share the key."""
    order = ordered(key)
    first = np.searchsorted(key[order], key[order])
    before = np.empty(len(key), dtype=np.int64)
    before[order] = np.arange(len(key)) - first
    return np.where(key < 0, 0, before)
