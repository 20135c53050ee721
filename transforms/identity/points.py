"""The evidence that a track is a person, in half bits: one small function a term, and the sum is the whole judgement.

Two points double the odds. The weights are those of a logistic regression over simulated archives of several kinds,
rounded; only the same car at the same event weighs more than there, so that nothing else can outweigh it. A model
fitted to real Le Mans results had much the same weights for the terms that it knew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from transforms.identity.candidates import FEW, Pairs
from transforms.identity.turns import Codes
from transforms.identity.understood import FORMS

Term = Callable[["Weighing"], Codes]


@dataclass(frozen=True)
class Weighing:
    """The pairs under judgement, with what several terms ask: shared things, and the rivals of each candidate.

    `bearers` is the number of people who bear the surname at all, beside each pair.
    """

    pairs: Pairs
    bearers: Codes
    same_car: np.ndarray
    co_drivers: Codes
    entrant: np.ndarray
    series: np.ndarray

    @classmethod
    def of(cls, pairs: Pairs, bearers: Codes) -> Weighing:
        """Compare what is printed beside each track and its candidate."""
        return cls(
            pairs,
            bearers,
            pairs.shared("car_at_event") > 0,
            pairs.shared("co_driver"),
            pairs.shared("entrant") > 0,
            pairs.lately("series"),
        )

    @property
    def hard(self) -> np.ndarray:
        """Whether a candidate shares the car, a co-driver or the entrant."""
        return np.asarray(self.same_car | (self.co_drivers > 0) | self.entrant)

    def rivals(self, which: np.ndarray) -> Codes:
        """How many other candidates of the same track are in `which`."""
        count = np.bincount(self.pairs.track, weights=which, minlength=self.pairs.tracks.owners).astype(np.int64)
        return np.asarray(count[self.pairs.track] - which)

    @property
    def crowded(self) -> np.ndarray:
        """Whether more people bear the surname than are weighed."""
        return np.asarray(self.bearers > FEW)

    @property
    def alone(self) -> np.ndarray:
        """Whether nobody else is a candidate."""
        return np.asarray((self.rivals(np.ones(len(self.pairs), dtype=bool)) == 0) & ~self.crowded)


def prior(w: Weighing) -> Codes:
    """Two mentions taken at random are hardly ever one person's."""
    return np.full(len(w.pairs), -13)


def surname(w: Weighing) -> Codes:
    """The surname is the candidate's, or a part of a compound one."""
    return np.where(w.pairs.part, 9, 11)


def initial(w: Weighing) -> Codes:
    """The printed initial is that of the candidate's given name."""
    tracks = w.pairs.tracks
    printed = np.bincount(tracks.owner[tracks.named("form") == FORMS.index("initial")], minlength=tracks.owners)
    return np.where(printed[w.pairs.track] > 0, 4, 0)


def years(w: Weighing) -> Codes:
    """Years between the track and the candidate's nearest season: careers are short, and have few gaps."""
    gap = w.pairs.gap
    return np.select([gap == 0, gap == 1, gap <= 3, gap <= 8], [5, 7, 6, 3], 0)


def same_car(w: Weighing) -> Codes:
    """Another sheet of the same event prints the candidate's name in full under the same car number."""
    return np.where(w.same_car, 12, 0)


def elsewhere(w: Weighing) -> Codes:
    """Another sheet of the same event prints the candidate in another car."""
    return np.where((w.pairs.shared("event") > 0) & ~w.same_car, -8, 0)


def co_driver(w: Weighing) -> Codes:
    """A surname from the track's car stands beside the candidate elsewhere; a second one adds little."""
    return np.select([w.co_drivers > 1, w.co_drivers > 0], [3, 2], 0)


def entrant(w: Weighing) -> Codes:
    """Both drove for the same entrant."""
    return np.where(w.entrant, 1, 0)


def number(w: Weighing) -> Codes:
    """Both drove for the same entrant under the same number: teams keep numbers, and drivers their cars."""
    return np.where(w.pairs.shared("number_kept") > 0, 3, 0)


def number_of_season(w: Weighing) -> Codes:
    """And that in one season, in which few cars change hands."""
    return np.where(w.pairs.shared("number_of_season") > 0, 3, 0)


def series(w: Weighing) -> Codes:
    """Both drove in the same series at the time: a father's is not yet his son's."""
    return np.where(w.series, 5, 0)


def race(w: Weighing) -> Codes:
    """Both drove in the same yearly race; where the series is the same, that says nothing new."""
    return np.where(~w.series & w.pairs.lately("race"), 3, 0)


def car(w: Weighing) -> Codes:
    """Both drove the same model of car."""
    return np.where(w.pairs.shared("car") > 0, 1, 0)


def namesakes(w: Weighing) -> Codes:
    """Others bear the surname; less matters where a co-driver or entrant is shared."""
    log = np.log2(w.bearers)
    return np.asarray(-np.rint(np.where(w.hard, 1.4, 2.2) * log).astype(np.int64))


def rival(w: Weighing) -> Codes:
    """Another candidate shares a co-driver, the entrant or the car; or at least the series, as in any crowd."""
    return np.select([w.rivals(w.hard) > 0, (w.rivals(w.series) > 0) | w.crowded], [-5, -3], 0)


def alone(w: Weighing) -> Codes:
    """Nobody else of that surname is known at the time."""
    return np.where(w.alone, 3, 0)


TERMS: tuple[tuple[str, Term], ...] = (
    ("prior", prior),
    ("surname", surname),
    ("initial", initial),
    ("years", years),
    ("same car at the event", same_car),
    ("elsewhere at the event", elsewhere),
    ("co-driver", co_driver),
    ("entrant", entrant),
    ("number kept", number),
    ("number of the season", number_of_season),
    ("series", series),
    ("yearly race", race),
    ("car", car),
    ("namesakes", namesakes),
    ("rival", rival),
    ("only candidate", alone),
)


# What two mentions share beyond the name: without any of it a surname stays open, whoever else is known.
SHARED = ("same car at the event", "co-driver", "entrant", "number kept", "series", "yearly race", "car")


def grounded(terms: np.ndarray) -> np.ndarray:
    """Whether each row of points rests on more than the name and the years."""
    columns = [place for place, (name, _) in enumerate(TERMS) if name in SHARED]
    return np.asarray((terms[:, columns] > 0).any(axis=1))


def weigh(pairs: Pairs, bearers: Codes) -> np.ndarray:
    """The points of each pair (rows) in each of TERMS (columns)."""
    weighing = Weighing.of(pairs, bearers)
    return np.stack([term(weighing) for _, term in TERMS], axis=1).astype(np.int32).reshape(len(pairs), len(TERMS))
