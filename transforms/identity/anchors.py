"""Anchors: the people who are printed under a full name, a pseudonym or all their initials, one for each name."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from transforms.identity.arrays import codes
from transforms.identity.groups import dense, times_before
from transforms.identity.mentions import Mentions
from transforms.identity.turns import Codes, picked
from transforms.identity.understood import FORMS

NAMED = tuple(map(FORMS.index, ("full", "pseudonym", "initials")))


def anchors(mentions: Mentions, splits: Codes) -> Codes:
    """The anchor of each mention, numbered from 0 in order of the names; -1 for all that are not NAMED.

    Equal names are one person, in quotes or not, but for those that a decision parts (`splits` numbers the part of
    each mention) and for a name that stands twice in one crew: its second print is somebody else.
    """
    names = mentions.names.table
    spelled = pc.binary_join_element_wise(
        mentions.names.initials,
        *(pc.fill_null(names[part].combine_chunks(), "") for part in ("family_key", "suffix")),
        " ",
    )
    key = codes(pc.fill_null(pc.coalesce(spelled, names["key"].combine_chunks()), ""))[0]
    key = np.where(np.isin(mentions.names.form, NAMED), key, np.int32(-1))
    parts = (splits, _times_before(mentions, key))
    return dense(picked(key, mentions.name), *(part for part in parts if part.any()))


def _times_before(mentions: Mentions, key: Codes) -> Codes:
    """How many earlier mentions of its car share the key of the name of each."""
    again = np.flatnonzero(mentions.twice(key))
    again = again[key[mentions.name[again]] >= 0]
    before = np.zeros(len(mentions), dtype=np.int32)
    before[again] = times_before(dense(mentions.result[again], key[mentions.name[again]]))
    return before
