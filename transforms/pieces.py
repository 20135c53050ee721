"""Where the rows of a table stand in another, told in pieces: after a change there are few of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pieces:
    """Pieces of a table whose rows follow one another in another one, or are all new.

    Of each the first row `start`, the `place` of that in the other table, or -1, and how many new rows are `before` it;
    `rows` are those of the table.
    """

    start: np.ndarray
    place: np.ndarray
    before: np.ndarray
    rows: int

    @classmethod
    def of(cls, place: np.ndarray) -> Pieces:
        """The pieces of rows that each have a place in the other table, or -1."""
        new = place < 0
        begins = np.ones(len(place), dtype=bool)
        begins[1:] = np.where(new[:-1], ~new[1:], np.diff(place) != 1)
        return cls.joined(place[begins], np.diff(np.append(np.flatnonzero(begins), len(place))))

    @classmethod
    def joined(cls, place: np.ndarray, size: np.ndarray) -> Pieces:
        """The pieces that begin at some places of the other table, or are new (-1), and have so many rows."""
        place, size = place[size > 0], size[size > 0]
        ends = np.where(place < 0, -1, place + size)
        begins = np.append(True, place[1:] != ends[:-1])[: len(place)]
        start = np.cumsum(size) - size
        new = np.where(place < 0, size, 0)
        return cls(start[begins], place[begins], (np.cumsum(new) - new)[begins], int(size.sum()))

    @property
    def size(self) -> np.ndarray:
        """How many rows each piece has."""
        return np.diff(np.append(self.start, self.rows))

    @property
    def new(self) -> np.ndarray:
        """Which pieces are of new rows."""
        return self.place < 0

    def behind(self, count: int) -> np.ndarray:
        """The place of each piece in the other table, of so many rows, with the new rows behind it."""
        return np.where(self.new, count + self.before, self.place)

    def whole(self, count: int) -> np.ndarray:
        """The same of each row."""
        return np.asarray(np.arange(self.rows) + np.repeat(self.behind(count) - self.start, self.size))

    def places(self, rows: np.ndarray) -> np.ndarray:
        """The place of some rows in the other table; -1 for a new row, and for -1."""
        piece = np.searchsorted(self.start, rows, side="right") - 1
        old = (rows >= 0) & ~np.append(self.new, True)[piece]
        return np.where(old, np.append(self.place - self.start, 0)[piece] + rows, -1)

    def nth(self, rows: np.ndarray) -> np.ndarray:
        """The number of each of some new rows among these."""
        piece = np.searchsorted(self.start, rows, side="right") - 1
        return np.asarray((self.before - self.start)[piece] + rows)

    def until(self, place: int) -> int:
        """The first row that stands at a place of the other table or behind it; places rise."""
        old = np.flatnonzero(~self.new)
        at = int(np.searchsorted((self.place + self.size)[old], place, side="right"))
        if at == len(old):
            return self.rows
        piece = old[at]
        return int(self.start[piece] + max(0, place - self.place[piece]))
