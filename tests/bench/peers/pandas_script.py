"""A pandas script: `python -m tests.bench.peers.pandas_script PLACES OUT`."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tests.bench.peers import PLACES

# Hours (none in a lap), minutes, seconds and fractions, whatever stands between them.
TIMES = {"race_time": r"^(\d+)\D+(\d+)\D+(\d+)(?:\.(\d+))?", "lap_time": r"^(\d*?)(\d+)\D+(\d+)\D+(\d+)$"}
NAMES = {"race_speed": "race_speed_kmh", "lap_speed": "lap_speed_kmh", "distance": "distance_km"}
OF_DRIVERS = [
    *("result_id", "sheet_id", "kind", "position", "status", "class", "class_position", "car_number", "car", "make"),
    *("entrant_text", "laps", "lap_time_ms"),
]


def milliseconds(texts: pd.Series, pattern: str) -> pd.Series:
    """Times of hours, minutes, seconds and fractions."""
    parts = texts.str.extract(pattern)
    hours, minutes, seconds = (pd.to_numeric(parts[i]) for i in range(3))
    fraction = pd.to_numeric(parts[3].str.slice(0, 3).str.ljust(3, "0")).fillna(0)
    return (((hours.fillna(0) * 60 + minutes) * 60 + seconds) * 1000 + fraction).astype("Int64")


def status(results: pd.DataFrame) -> np.ndarray:
    """What became of each car."""
    measured = results["kind"] != "race"  # for which no place is needed
    of = {
        "listed": results["kind"].isin(("entry-list", "appearances")),
        "not_classified": results["position_text"] == "NC",
        "did_not_finish": results["position_text"].isin(("DNF", "Ret")),
        "no_time": measured & (results["lap_time_text"] == "no time"),
        "classified": results["position"].notna() | (measured & results["lap_time_ms"].notna()),
    }
    return np.select(list(of.values()), list(of), "unknown")


def main(places: str, out: str) -> None:
    """Read, split, cast, explode and write."""
    told = pd.read_parquet(places)
    told["text"] = [Path(path).read_bytes().decode().rstrip("\n").split("\n") for path in told["path"]]
    lines = told.explode("text", ignore_index=True)
    lines["line"] = (lines.groupby("sheet_id").cumcount() + 1).astype("int32")
    lines[["sheet_id", "line", "text"]].to_parquet(f"{out}/lines.parquet", compression="zstd", index=False)
    cells = lines["text"].str.split("|", expand=True).to_numpy(dtype=object)
    results = lines[["sheet_id", "line", "kind"]].copy()
    for place in PLACES:
        at = lines[place].fillna(0).astype(int).to_numpy()
        results[place] = pd.Series(cells[np.arange(len(cells)), at], dtype="str").str.strip().replace("", None)
        results.loc[at == 0, place] = None
    results.insert(0, "result_id", results["sheet_id"] + ":" + results["line"].astype("str"))
    for name in ("position", "lap_time", "entrant"):
        results[f"{name}_text"] = results[name]
    for name in ("position", "class_position"):
        results[name] = pd.to_numeric(results[name].str.extract(r"(\d+)")[0])
    results["distance"] = results["distance"].str.extract(r"^(\S+)")[0]
    for name in ("laps", "lap_number", "distance", "race_speed", "lap_speed"):
        results[name] = pd.to_numeric(results[name], errors="coerce")
    for name in ("position", "class_position", "laps", "lap_number"):
        results[name] = results[name].astype("Int32")
    for name, pattern in TIMES.items():
        results[f"{name}_ms"] = milliseconds(results[name], pattern)
    results["status"] = status(results)
    results["car"] = results["car"].fillna(results["make"] + " " + results["model"])
    crews = zip(results["crew"], lines["separator"], strict=True)
    results["crew"] = [crew.split(mark) if isinstance(crew, str) else [] for crew, mark in crews]
    results["crew_size"] = results["crew"].str.len().astype("int32")
    results = results.drop(columns=["race_time", "lap_time", "entrant"]).rename(columns=NAMES)
    results.to_parquet(f"{out}/results.parquet", compression="zstd", index=False)
    drivers = results[[*OF_DRIVERS, "crew"]].explode("crew").dropna(subset=["crew"])
    drivers["seat"] = (drivers.groupby(level=0).cumcount() + 1).astype("int32")
    drivers["name_text"] = drivers["crew"].str.strip(' "*')
    drivers["nominated"] = drivers["crew"].str.endswith("*")
    drivers["pseudonym"] = drivers["crew"].str.startswith('"')
    drivers.drop(columns="crew").to_parquet(f"{out}/driver_results.parquet", compression="zstd", index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
