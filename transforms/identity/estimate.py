"""How right are the links? Hide the given names of whole series and years, link again, and compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import codes, with_column
from transforms.identity.mentions import gather
from transforms.identity.resolution import resolve
from transforms.identity.turns import Codes
from transforms.identity.understood import FORMS

NO_DECISIONS = pa.schema([(name, pa.string()) for name in ("op", "a", "b", "reason", "date")] + [("row", pa.int64())])


@dataclass(frozen=True)
class Estimate:
    """Full names that were hidden, those whose person is printed in full elsewhere, links made, and right ones."""

    hidden: int
    findable: int
    linked: int
    right: int


def mask_test(tables: Mapping[str, pa.Table], share: float = 0.3) -> Estimate:
    """Print so many of the seasons of each series as surnames, and see who is found again.

    `tables` are sheets, results, driver_results and events of a warehouse; nothing is drawn at random. The persons
    of full names count as known: the estimate errs on the low side where one print hides two of a name.
    """
    mentions, rows = gather(tables), tables["driver_results"]
    full = mentions.named("form") == FORMS.index("full")
    season = np.array([_drawn(f"{s} {y}", share) for s, y in _series_years(tables, rows)], dtype=bool)
    hide = full & season
    family = mentions.texts("family", np.arange(len(mentions)))
    text = pc.if_else(pa.array(hide), family, rows["name_text"].combine_chunks())
    out = resolve({**tables, "driver_results": with_column(rows, "name_text", text)}, NO_DECISIONS.empty_table(), None)
    truth = codes(rows["driver_id"])[0]
    found = codes(out["driver_results"]["driver_id"])[0]
    owner = _owners(truth, found, full & ~hide)
    linked = hide & np.asarray(pc.equal(out["driver_results"]["link_method"], "linked"))
    findable = hide & np.isin(truth, truth[full & ~hide])
    return Estimate(
        int(hide.sum()), int(findable.sum()), int(linked.sum()), int((linked & (owner[found] == truth)).sum())
    )


def _series_years(tables: Mapping[str, pa.Table], rows: pa.Table) -> list[tuple[str, int]]:
    """The series (or event) and season of each mention."""
    known = {row["event_id"]: row["series"] or row["event_id"] for row in tables["events"].to_pylist()}
    events, seasons = rows["event_id"].to_pylist(), rows["season"].to_pylist()
    return [(known.get(event, event), season) for event, season in zip(events, seasons, strict=True)]


def _drawn(text: str, share: float) -> bool:
    return crc32(text.encode()) % 1000 < share * 1000


def _owners(truth: Codes, found: Codes, known: np.ndarray) -> Codes:
    """The true person of most of the known mentions of each found id; -1 where it has none."""
    pairs, size = np.unique(np.stack([found[known], truth[known]]), axis=1, return_counts=True)
    owner = np.full(int(found.max(initial=-1)) + 1, -1)
    order = np.lexsort((-pairs[1], size))
    owner[pairs[0][order]] = pairs[1][order]
    return owner
