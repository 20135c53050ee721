"""How right an identification is, against the truth: pairs, B-cubed, wrong merges, and links by printed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """Shares are 0 to 1; `wrong_merges` counts, over all ids, the people in excess of one.

    A link is right when it leads to an id under which that person is printed in full. `surname` and `initial` are
    (share of links that are right, share of such mentions that are linked rightly), the second over the people who
    are printed somewhere under their full name; `surname_all` is that share over all surname mentions.
    """

    pair_precision: float
    pair_recall: float
    cubed_precision: float
    cubed_recall: float
    wrong_merges: int
    surname: tuple[float, float]
    initial: tuple[float, float]
    surname_all: float


def score(truth: np.ndarray, found: np.ndarray, form: np.ndarray, linked: np.ndarray) -> Score:
    """Compare partitions: true person, found id, form of print (full, surname, initial) and whether linked."""
    both, size = np.unique(np.stack([truth, found]), axis=1, return_counts=True)
    true_size, found_size = np.bincount(truth), np.bincount(found)
    together, in_truth, in_found = _pairs(size), _pairs(true_size), _pairs(found_size)
    cubed_p = (size * size / found_size[both[1]]).sum() / len(truth)
    cubed_r = (size * size / true_size[both[0]]).sum() / len(truth)
    right = linked & _printed_in_full(truth, found, form == "full")
    known = np.isin(truth, truth[form == "full"])
    people = np.unique(both[1], return_counts=True)[1]
    surname = form == "surname"
    return Score(
        together / in_found if in_found else 1.0,
        together / in_truth if in_truth else 1.0,
        float(cubed_p),
        float(cubed_r),
        int((people - 1).sum()),
        _shares(right, linked, surname, known),
        _shares(right, linked, form == "initial", known),
        float(right[surname].mean()) if surname.any() else 1.0,
    )


def _pairs(size: np.ndarray) -> float:
    return float((size.astype(np.float64) * (size - 1) / 2).sum())


def _printed_in_full(truth: np.ndarray, found: np.ndarray, full: np.ndarray) -> np.ndarray:
    """Whether the id of each mention holds a full name of the mention's true person."""
    pair = found.astype(np.int64) * (int(truth.max(initial=0)) + 1) + truth
    return np.isin(pair, pair[full])


def _shares(right: np.ndarray, linked: np.ndarray, form: np.ndarray, known: np.ndarray) -> tuple[float, float]:
    links, all_ = int((linked & form).sum()), int((form & known).sum())
    hits = int((right & form).sum())
    return (hits / links if links else 1.0, hits / all_ if all_ else 1.0)
