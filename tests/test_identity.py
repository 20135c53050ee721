"""One id per person: what the identity step promises about its tables."""

import pyarrow as pa

from transforms.identity import resolve
from transforms.schema import TABLES

NO_DECISIONS = pa.table(
    {name: pa.array([], pa.string()) for name in ("op", "a", "b", "reason", "date")} | {"row": pa.array([], pa.int64())}
)


def archive(*cars: tuple[str, int, str, str]) -> dict[str, pa.Table]:
    """Read tables of cars given as (sheet_id, season, car number, crew divided by ` / `)."""
    results: list[dict[str, object]] = []
    drivers: list[dict[str, object]] = []
    for line, (sheet, season, number, crew) in enumerate(cars, 1):
        event = sheet.rpartition("/")[0]
        row = {
            "result_id": f"{sheet}:{line}",
            "sheet_id": sheet,
            "event_id": event,
            "season": season,
            "car_number": number,
        }
        names = [name for name in crew.split(" / ") if name]
        results.append(row | {"line": line, "crew": names, "crew_size": len(names), "entrant": f"Team {number}"})
        for seat, name in enumerate(names, 1):
            text = name.strip('*"')
            flags = {"nominated": "*" in name, "pseudonym": '"' in name}
            drivers.append(row | {"seat": seat, "name_text": text, "entrant": f"Team {number}"} | flags)
    sheets = [{"sheet_id": sheet, "event_id": sheet.rpartition("/")[0]} for sheet in sorted({car[0] for car in cars})]
    tables = {"sheets": sheets, "results": results, "driver_results": drivers}
    return {name: pa.Table.from_pylist(rows, schema=TABLES[name].schema) for name, rows in tables.items()}


def test_rows_in_are_rows_out() -> None:
    """Every result and every mention comes out once, with its person, in order of sheet, line and seat."""
    read = archive(
        ("b/race", 2001, "1", "Ann Ash / Bob Birch"),
        ("a/race", 2000, "7", "Ash / Ash / Oak"),
        ("a/race", 2000, "8", ""),
    )
    out = resolve(read, NO_DECISIONS, None)
    assert out["results"].num_rows == 3
    rows = out["driver_results"].to_pylist()
    assert [(r["result_id"], r["seat"]) for r in rows] == [
        ("a/race:2", 1),
        ("a/race:2", 2),
        ("a/race:2", 3),
        ("b/race:1", 1),
        ("b/race:1", 2),
    ]
    assert all(r["driver_id"] for r in rows)
    assert {r["driver_id"] for r in rows} == set(out["drivers"]["driver_id"].to_pylist())


def test_two_equal_surnames_in_one_car_are_two_people() -> None:
    """`Wauters / Wauters / Vanierschot` is a crew of three."""
    out = resolve(archive(("e/race", 1997, "26", "Wauters / Wauters / Vanierschot")), NO_DECISIONS, None)
    assert len(set(out["driver_results"]["driver_id"].to_pylist())) == 3


def test_an_archive_without_drivers_is_no_error() -> None:
    """Nothing in, nothing out."""
    out = resolve(archive(), NO_DECISIONS, None)
    assert {name: table.num_rows for name, table in out.items()} == dict.fromkeys(out, 0)
