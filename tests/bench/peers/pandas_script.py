"""A pandas script: `python -m tests.bench.peers.pandas_script PLACES OUT`."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tests.bench.peers import PLACES

# Hours (none in a lap), minutes, seconds and fractions, whatever stands between them.
TIMES = {"race_time": r"^(\d+)\D+(\d+)\D+(\d+)(?:\.(\d+))?", "lap_time": r"^(\d*?)(\d+)\D+(\d+)\D+(\d+)$"}


def milliseconds(texts: pd.Series, pattern: str) -> pd.Series:
    """Times of hours, minutes, seconds and fractions."""
    parts = texts.str.extract(pattern)
    hours, minutes, seconds = (pd.to_numeric(parts[i]) for i in range(3))
    fraction = pd.to_numeric(parts[3].str.slice(0, 3).str.ljust(3, "0")).fillna(0)
    return ((hours.fillna(0) * 60 + minutes) * 60 + seconds) * 1000 + fraction


def main(places: str, out: str) -> None:
    """Read, split, cast, explode and write."""
    told = pd.read_parquet(places)
    told["text"] = [Path(path).read_bytes().decode().rstrip("\n").split("\n") for path in told["path"]]
    lines = told.explode("text", ignore_index=True)
    lines["line"] = lines.groupby("sheet_id").cumcount() + 1
    cells = lines["text"].str.split("|", expand=True).to_numpy(dtype=object)
    results = lines[["sheet_id", "line", "separator"]].copy()
    for place in PLACES:
        at = lines[place].fillna(0).astype(int).to_numpy()
        results[place] = pd.Series(cells[np.arange(len(cells)), at], dtype="str").str.strip().replace("", None)
        results.loc[at == 0, place] = None
    for name in ("position", "lap_time"):
        results[f"{name}_text"] = results[name]
    for name in ("position", "class_position"):
        results[name] = pd.to_numeric(results[name].str.extract(r"(\d+)")[0])
    results["distance"] = results["distance"].str.extract(r"^(\S+)")[0]
    for name in ("laps", "lap_number", "distance", "race_speed", "lap_speed"):
        results[name] = pd.to_numeric(results[name], errors="coerce")
    for name, pattern in TIMES.items():
        results[f"{name}_ms"] = milliseconds(results[name], pattern)
    crews = zip(results["crew"], results["separator"], strict=True)
    results["crew"] = [crew.split(mark) if isinstance(crew, str) else [] for crew, mark in crews]
    results.to_parquet(f"{out}/results.parquet", compression="zstd")
    drivers = results.drop(columns=["separator", "race_time", "distance"]).explode("crew").dropna(subset=["crew"])
    drivers["seat"] = drivers.groupby(["sheet_id", "line"]).cumcount() + 1
    drivers["name_text"] = drivers["crew"].str.strip(' "*')
    drivers["nominated"] = drivers["crew"].str.endswith("*")
    drivers["pseudonym"] = drivers["crew"].str.startswith('"')
    drivers.to_parquet(f"{out}/driver_results.parquet", compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
