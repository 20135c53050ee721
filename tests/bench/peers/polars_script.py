"""A Polars script: `python -m tests.bench.peers.polars_script PLACES OUT`."""

import sys
from pathlib import Path

import polars as pl

from tests.bench.peers import PLACES

# Hours (none in a lap), minutes, seconds and fractions, whatever stands between them.
TIMES = {"race_time": r"^(\d+)\D+(\d+)\D+(\d+)(?:\.(\d+))?", "lap_time": r"^(\d*?)(\d+)\D+(\d+)\D+(\d+)$"}


def milliseconds(name: str) -> pl.Expr:
    """A time of hours, minutes, seconds and fractions."""
    parts = pl.col(name).str.extract_groups(TIMES[name]).struct
    hours, minutes, seconds = (parts.field(group).cast(pl.Int64, strict=False) for group in "123")
    fraction = parts.field("4").str.slice(0, 3).str.pad_end(3, "0").cast(pl.Int64, strict=False).fill_null(0)
    return ((hours.fill_null(0) * 60 + minutes) * 60 + seconds) * 1000 + fraction


def main(places: str, out: str) -> None:
    """Read, split, cast, explode and write."""
    told = pl.read_parquet(places)
    texts = [Path(path).read_bytes().decode() for path in told["path"]]
    lines = (
        told.with_columns(text=pl.Series(texts).str.strip_chars_end("\n").str.split("\n"))
        .with_columns(line=pl.int_ranges(1, pl.col("text").list.len() + 1))
        .explode("text", "line")
        .with_columns(cell=pl.col("text").str.split("|"))
    )
    printed = lines.select(
        "sheet_id",
        "line",
        "separator",
        *(pl.col("cell").list.get(pl.col(place)).str.strip_chars().alias(place) for place in PLACES),
    ).with_columns(pl.when(pl.col(place) != "").then(pl.col(place)).alias(place) for place in PLACES)
    results = printed.with_columns(
        *(pl.col(name).alias(f"{name}_text") for name in ("position", "lap_time")),
        *(pl.col(name).str.extract(r"(\d+)").cast(pl.Int32) for name in ("position", "class_position")),
        *(pl.col(name).cast(pl.Int32, strict=False) for name in ("laps", "lap_number")),
        *(pl.col(name).cast(pl.Float64, strict=False) for name in ("race_speed", "lap_speed")),
        pl.col("distance").str.extract(r"^(\S+)").cast(pl.Float64, strict=False),
        *(milliseconds(name).alias(f"{name}_ms") for name in TIMES),
        crew=pl.col("crew").str.split(by=pl.col("separator")),
    )
    results.write_parquet(f"{out}/results.parquet", compression="zstd")
    shared = ("sheet_id", "line", "position", "class", "class_position", "car_number", "car", "entrant", "laps")
    drivers = results.select(*shared, "lap_time_ms", "crew").filter(pl.col("crew").is_not_null()).explode("crew")
    drivers.with_columns(
        seat=pl.int_range(pl.len()).over("sheet_id", "line") + 1,
        name_text=pl.col("crew").str.strip_chars(' "*'),
        nominated=pl.col("crew").str.ends_with("*"),
        pseudonym=pl.col("crew").str.starts_with('"'),
    ).write_parquet(f"{out}/driver_results.parquet", compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
