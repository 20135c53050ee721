"""A dlt pipeline into DuckDB: `python -m tests.bench.peers.dlt_pipeline PLACES OUT`."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pyarrow.parquet as pq

from tests.bench.peers import PLACES

Row = dict[str, Any]
NUMBER = re.compile(r"\d+")
# Hours (none in a lap), minutes, seconds and fractions, whatever stands between them.
TIMES = {
    "race_time": re.compile(r"^(\d+)\D+(\d+)\D+(\d+)(?:\.(\d+))?"),
    "lap_time": re.compile(r"^(\d*?)(\d+)\D+(\d+)\D+(\d+)$"),
}
TYPES: dict[str, Any] = {
    **dict.fromkeys(("position", "class_position", "laps", "lap_number", "race_time_ms", "lap_time_ms"), "bigint"),
    **dict.fromkeys(("distance_km", "race_speed_kmh", "lap_speed_kmh"), "double"),
}
STATUSES = {"NC": "not_classified", "DNF": "did_not_finish", "Ret": "did_not_finish"}
OF_DRIVERS = (
    *("result_id", "sheet_id", "kind", "position", "status", "class", "class_position", "car_number", "car", "make"),
    *("entrant_text", "laps", "lap_time_ms"),
)


def milliseconds(name: str, text: str | None) -> int | None:
    """A time of hours, minutes, seconds and fractions."""
    if not text or not (match := TIMES[name].match(text)):
        return None
    hours, minutes, seconds, fraction = match.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int((fraction or "")[:3].ljust(3, "0"))


def number(kind: type, text: str | None) -> Any:
    """The text as a number of that kind, or None."""
    try:
        return kind(text or "")
    except ValueError:
        return None


def status(row: Row) -> str:
    """What became of the car."""
    if row["kind"] in ("entry-list", "appearances"):
        return "listed"
    if row["position_text"] in STATUSES:
        return STATUSES[row["position_text"]]
    measured = row["kind"] != "race"  # for which no place is needed
    if measured and row["lap_time_text"] == "no time":
        return "no_time"
    return "classified" if row["position"] or (measured and row["lap_time_ms"]) else "unknown"


def typed(row: Row, separator: str) -> Row:
    """The printed cells as values; each driver of the crew becomes a row of a table below this one."""
    row |= {"result_id": f"{row['sheet_id']}:{row['line']}", "entrant_text": row.pop("entrant")}
    row |= {"position_text": row["position"], "lap_time_text": row["lap_time"]}
    row |= {f"{name}_ms": milliseconds(name, row.pop(name)) for name in TIMES}
    for name in ("position", "class_position"):
        found = NUMBER.search(row[name] or "")
        row[name] = int(found[0]) if found else None
    row |= {name: number(int, row[name]) for name in ("laps", "lap_number")}
    row["distance_km"] = number(float, (row.pop("distance") or "").partition(" ")[0])
    row |= {f"{name}_kmh": number(float, row.pop(name)) for name in ("race_speed", "lap_speed")}
    row["car"] = row["car"] or (f"{row['make']} {row['model']}" if row["make"] else None)
    row["status"] = status(row)
    crew = row.pop("crew")
    names = crew.split(separator) if crew else []
    row |= {"crew": " / ".join(names), "crew_size": len(names)}  # dlt would make a list one more table
    shared = {name: row[name] for name in OF_DRIVERS}
    row["drivers"] = [shared | {"seat": seat} | driver(name) for seat, name in enumerate(names, 1)]
    return row


def driver(name: str) -> Row:
    """The name without its marks, and these."""
    return {"name_text": name.strip(' "*'), "nominated": name.endswith("*"), "pseudonym": name.startswith('"')}


@dlt.source
def sheets(places: str) -> tuple[Any, ...]:
    """The lines of all sheets, and what is made of them."""
    columns: Any = {name: {"data_type": kind} for name, kind in TYPES.items()}
    return dlt.resource(lines(places), name="lines"), dlt.resource(results(places), name="results", columns=columns)


def lines(places: str) -> Iterator[list[Row]]:
    """The lines of each sheet in turn."""
    for told in pq.read_table(places, columns=["sheet_id", "path"]).to_pylist():
        texts = Path(told["path"]).read_bytes().decode().rstrip("\n").split("\n")
        yield [{"sheet_id": told["sheet_id"], "line": line, "text": text} for line, text in enumerate(texts, 1)]


def results(places: str) -> Iterator[list[Row]]:
    """The rows of each sheet in turn."""
    for told in pq.read_table(places).to_pylist():
        rows = []
        for line, text in enumerate(Path(told["path"]).read_bytes().decode().rstrip("\n").split("\n"), 1):
            cells = text.split("|")
            row = {name: (cells[told[name]].strip() or None) if told[name] else None for name in PLACES}
            row |= {"sheet_id": told["sheet_id"], "line": line, "kind": told["kind"]}
            rows.append(typed(row, told["separator"]))
        yield rows


def main(places: str, out: str) -> None:
    """Read, split, cast and load with dlt, which explodes the crews; then write."""
    database = Path(out, "dlt.duckdb")
    database.unlink(missing_ok=True)
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=f"{out}/pipelines", destination=dlt.destinations.duckdb(str(database)), dataset_name="d"
    )
    pipeline.drop()
    pipeline.run(sheets(places), loader_file_format="parquet").raise_on_failed_jobs()
    with duckdb.connect(str(database)) as connection:
        for table, name in (("lines",) * 2, ("results",) * 2, ("results__drivers", "driver_results")):
            connection.execute(
                f"copy (select * exclude (_dlt_id) from d.{table}) to '{out}/{name}.parquet' (compression zstd)"
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
