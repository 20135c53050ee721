"""Speeds without a unit that are in miles an hour: told by times and the length of a lap, or by distances in miles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from transforms.arrays import Bools, Floats, Ints
from transforms.cells import KM_PER_MILE

_NEAR, _NEARLY_ALL = 0.01, 0.8  # of a speed, of those that can be held against times
_HOUR = 3_600_000  # milliseconds
SPEEDS = {"race_speed": "race_speed_kmh", "lap_speed": "lap_speed_kmh"}


def in_miles(
    columns: Mapping[str, pa.Array], bare: Mapping[str, Bools], distance: Bools, km: Floats, sheet: Ints
) -> Bools:
    """The sheets whose speeds are in miles; `km` is the length of a lap of each, NaN where nobody stated it.

    `bare` are by slot the rows with a speed whose unit nothing names, `distance` those with a distance in miles. A lap
    is as long as stated, or as distance and laps of its car make it. Distances in miles tell where no time does.
    """
    told = np.zeros(len(km), bool)
    if not any(rows.any() for rows in bare.values()):
        return told
    laps, driven, race_time, lap_time = (
        columns[name].cast(pa.float64()).fill_null(np.nan).to_numpy()
        for name in ("laps", "distance_km", "race_time_ms", "lap_time_ms")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        lap = np.where(np.isnan(km[sheet]), driven / laps, km[sheet])
        driven = np.where(np.isnan(driven), lap * laps, driven)
        true = {"race_speed": driven / race_time * _HOUR, "lap_speed": lap / lap_time * _HOUR}
        ratios = [(true[slot] / columns[SPEEDS[slot]].fill_null(0).to_numpy())[rows] for slot, rows in bare.items()]
    ratio, of = np.concatenate(ratios), np.concatenate([sheet[rows] for rows in bare.values()])
    miles, kilometres = (np.bincount(of, np.abs(ratio / unit - 1) < _NEAR, len(km)) for unit in (KM_PER_MILE, 1.0))
    told = (miles > 0) & (miles >= _NEARLY_ALL * (miles + kilometres))
    told[sheet[distance]] |= (miles + kilometres == 0)[sheet[distance]]
    return told
