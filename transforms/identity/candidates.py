"""Which people a track may be: those who bear its surname, in its time, and are not printed beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.identity.evidence import Context
from transforms.identity.groups import Codes, spread
from transforms.identity.mentions import FORMS, Mentions
from transforms.identity.names import Name

CROWD = 1000  # people of one surname: beyond it the word is no surname, or nobody could be told by it
WINDOW = 12  # years between a track and the nearest season of a candidate


@dataclass(frozen=True)
class Pairs:
    """Each track beside each of its candidates; `part` says that the track prints only a part of the family name."""

    tracks: Context
    people: Context
    track: Codes
    person: Codes
    part: np.ndarray

    def __len__(self) -> int:
        return len(self.track)

    def only(self, keep: np.ndarray) -> Pairs:
        """The pairs for which `keep` is true."""
        return Pairs(self.tracks, self.people, self.track[keep], self.person[keep], self.part[keep])

    def beside(self, people: Context) -> Pairs:
        """The same pairs, with other things known of the people."""
        return Pairs(self.tracks, people, self.track, self.person, self.part)

    def shared(self, kind: str) -> Codes:
        """How many items of a kind each track has in common with its candidate."""
        return self.tracks.bag(kind).shared(self.track, self.people.bag(kind), self.person)

    @property
    def gap(self) -> Codes:
        """Years between each track and the nearest season of its candidate."""
        first, last = self.tracks.first[self.track], self.tracks.last[self.track]
        return np.asarray(np.minimum(self.people.gap(self.person, first), self.people.gap(self.person, last)))


def candidates(tracks: Context, people: Context) -> Pairs:
    """All pairs of a track and a person who bears its surname whole or in part, and whose initial and suffix fit."""
    mentions = tracks.mentions
    block, person, part = _bearers(mentions, people)
    wanted = _blocks_of(mentions, tracks)
    start = np.searchsorted(block, wanted)
    size = np.searchsorted(block, wanted, side="right") - start
    track, at = spread(start, np.where(size > CROWD, 0, size))
    pairs = Pairs(tracks, people, track, person[at], part[at])
    return pairs.only(_initial_fits(pairs) & _suffix_fits(pairs))


def _bearers(mentions: Mentions, people: Context) -> tuple[Codes, Codes, np.ndarray]:
    """Every surname block with the people in it, in order of block and person; and whether by a part of their name."""
    texts = {text: code for code, text in enumerate(mentions.blocks)}
    held = people.owner >= 0
    person, name = np.unique(np.stack([people.owner[held], mentions.name[held]]), axis=1)
    blocks = [[texts[block] for block in names.blocks] for names in mentions.names]
    sizes = np.array([len(b) for b in blocks], dtype=np.int64)
    flat = np.array([code for codes in blocks for code in codes], dtype=np.int64)
    owner, at = spread((np.cumsum(sizes) - sizes)[name], sizes[name])
    part = at != (np.cumsum(sizes) - sizes)[name][owner]
    rows = np.unique(np.stack([flat[at], person[owner], part]), axis=1)
    first = np.ones(rows.shape[1], dtype=bool)
    first[1:] = np.any(np.diff(rows[:2], axis=1) != 0, axis=0)
    block, person, part = rows[:, first]
    return block, person, part.astype(bool)


def _blocks_of(mentions: Mentions, tracks: Context) -> Codes:
    """The surname of each track, as the code of its block."""
    texts = {text: code for code, text in enumerate(mentions.blocks)}
    by_name = np.array([texts.get(name.family_key, -1) for name in mentions.names], dtype=np.int64)
    block = np.full(tracks.owners, -1)
    held = tracks.owner >= 0
    block[tracks.owner[held]] = by_name[mentions.name[held]]
    return block


def _initial_fits(pairs: Pairs) -> np.ndarray:
    """An initial of one letter or two must begin one of the candidate's given names; no initial fits all."""
    m, fits = pairs.tracks.mentions, np.ones(len(pairs), dtype=bool)
    for letters in (1, 2):
        head = m.coded(_Head(letters))
        own = _of_owner(pairs.tracks, np.where(m.form == FORMS.index("initial"), head, -1))[pairs.track]
        bag = pairs.people.bag_of(head)
        fits &= (own < 0) | bag.has(pairs.person, np.maximum(own, 0))
    return fits


@dataclass(frozen=True)
class _Head:
    """The first letters of a name's given names; nothing where there are fewer."""

    letters: int

    def __call__(self, name: Name) -> str:
        return name.given_key[: self.letters] if len(name.given_key) >= self.letters else ""


def _suffix_fits(pairs: Pairs) -> np.ndarray:
    """A printed suffix must be the candidate's; where none is printed, it may have been left out."""
    suffix = pairs.tracks.mentions.suffix
    own = _of_owner(pairs.tracks, suffix)[pairs.track]
    return np.asarray((own < 0) | (own == _of_owner(pairs.people, suffix)[pairs.person]))


def _of_owner(context: Context, value: Codes) -> Codes:
    """The greatest value among the mentions of each owner."""
    out = np.full(context.owners, -1)
    held = context.owner >= 0
    np.maximum.at(out, context.owner[held], value[held])
    return out
