"""How right an identification is, against the truth: pairs, B-cubed, wrong merges, and links by printed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """Shares are 0 to 1; `wrong_merges` counts, over all ids, the people in excess of one.

    `surname` and `initial` are (share of links that are right, share of such mentions that are linked rightly),
    over the mentions of people who are printed somewhere under their full name; `surname_all` is the second
    share over all surname mentions.
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
    owner = _owners(truth, found, form == "full")
    right = linked & (owner[found] == truth)
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


def _owners(truth: np.ndarray, found: np.ndarray, full: np.ndarray) -> np.ndarray:
    """The true person of most of each id's full-name mentions; -1 where it has none."""
    both, size = np.unique(np.stack([found[full], truth[full]]), axis=1, return_counts=True)
    owner = np.full(found.max(initial=0) + 1, -1)
    order = np.argsort(size, kind="stable")
    owner[both[0][order]] = both[1][order]
    return owner


def _shares(right: np.ndarray, linked: np.ndarray, form: np.ndarray, known: np.ndarray) -> tuple[float, float]:
    links, all_ = int((linked & form).sum()), int((form & known).sum())
    hits = int((right & form).sum())
    return (hits / links if links else 1.0, hits / all_ if all_ else 1.0)
