"""A Polars script: `python -m tests.bench.peers.polars_script PLACES OUT`."""

import sys
from pathlib import Path

import polars as pl

from tests.bench.peers import PLACES

# Hours (none in a lap), minutes, seconds and fractions, whatever stands between them.
TIMES = {"race_time": r"^(\d+)\D+(\d+)\D+(\d+)(?:\.(\d+))?", "lap_time": r"^(\d*?)(\d+)\D+(\d+)\D+(\d+)$"}
STATUSES = {"NC": "not_classified", "DNF": "did_not_finish", "Ret": "did_not_finish"}
TEXTS = ("car_number", "make", "model", "engine", "principal", "class", "session_2", "session_3", "session_4")
OF_DRIVERS = (
    *("result_id", "sheet_id", "kind", "position", "status", "class", "class_position", "car_number", "car", "make"),
    *("entrant_text", "laps", "lap_time_ms"),
)


def milliseconds(name: str) -> pl.Expr:
    """A time of hours, minutes, seconds and fractions."""
    parts = pl.col(name).str.extract_groups(TIMES[name]).struct
    hours, minutes, seconds = (parts.field(group).cast(pl.Int64, strict=False) for group in "123")
    fraction = parts.field("4").str.slice(0, 3).str.pad_end(3, "0").cast(pl.Int64, strict=False).fill_null(0)
    return ((hours.fill_null(0) * 60 + minutes) * 60 + seconds) * 1000 + fraction


def status() -> pl.Expr:
    """What became of a car."""
    measured = pl.col("kind") != "race"  # for which no place is needed
    return (
        pl.when(pl.col("kind").is_in(["entry-list", "appearances"]))
        .then(pl.lit("listed"))
        .when(pl.col("position_text").is_in(list(STATUSES)))
        .then(pl.col("position_text").replace(STATUSES))
        .when(measured & (pl.col("lap_time_text") == "no time"))
        .then(pl.lit("no_time"))
        .when(pl.col("position").is_not_null() | (measured & pl.col("lap_time_ms").is_not_null()))
        .then(pl.lit("classified"))
        .otherwise(pl.lit("unknown"))
    )


def main(places: str, out: str) -> None:
    """Read, split, cast, explode and write."""
    told = pl.read_parquet(places)
    texts = [Path(path).read_bytes().decode() for path in told["path"]]
    lines = (
        told.with_columns(text=pl.Series(texts).str.strip_chars_end("\n").str.split("\n"))
        .with_columns(line=pl.int_ranges(1, pl.col("text").list.len() + 1, dtype=pl.Int32))
        .explode("text", "line")
    )
    lines.select("sheet_id", "line", "text").write_parquet(f"{out}/lines.parquet", compression="zstd")
    printed = (
        lines.with_columns(cell=pl.col("text").str.split("|"))
        .select(
            *("sheet_id", "line", "kind", "separator"),
            *(pl.col("cell").list.get(pl.col(place)).str.strip_chars().alias(place) for place in PLACES),
        )
        .with_columns(pl.when(pl.col(place) != "").then(pl.col(place)).alias(place) for place in PLACES)
    )
    results = printed.select(
        pl.format("{}:{}", "sheet_id", "line").alias("result_id"),
        *("sheet_id", "line", "kind", *TEXTS),
        *(pl.col(name).alias(f"{name}_text") for name in ("position", "lap_time", "entrant")),
        *(pl.col(name).str.extract(r"(\d+)").cast(pl.Int32) for name in ("position", "class_position")),
        *(pl.col(name).cast(pl.Int32, strict=False) for name in ("laps", "lap_number")),
        *(pl.col(name).cast(pl.Float64, strict=False).alias(f"{name}_kmh") for name in ("race_speed", "lap_speed")),
        pl.col("distance").str.extract(r"^(\S+)").cast(pl.Float64, strict=False).alias("distance_km"),
        *(milliseconds(name).alias(f"{name}_ms") for name in TIMES),
        car=pl.coalesce("car", pl.concat_str("make", "model", separator=" ")),
        crew=pl.col("crew").str.split(by=pl.col("separator")).fill_null([]),
    ).with_columns(status=status(), crew_size=pl.col("crew").list.len().cast(pl.Int32))
    results.write_parquet(f"{out}/results.parquet", compression="zstd")
    drivers = (
        results.filter(pl.col("crew_size") > 0)
        .select(*OF_DRIVERS, "crew", seat=pl.int_ranges(1, pl.col("crew_size") + 1, dtype=pl.Int32))
        .explode("crew", "seat")
    )
    drivers.select(
        *(*OF_DRIVERS, "seat"),
        name_text=pl.col("crew").str.strip_chars(' "*'),
        nominated=pl.col("crew").str.ends_with("*"),
        pseudonym=pl.col("crew").str.starts_with('"'),
    ).write_parquet(f"{out}/driver_results.parquet", compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
