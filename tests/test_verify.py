"""`parcferme verify` finds a single flipped byte, and every rule of the tables that is broken."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner

from flows.cli import parcferme
from flows.snapshots import Warehouse
from flows.verify import shown_faults, verify
from tests.loads import load
from transforms.schema import MENTIONS, TABLES


def changed(table: str, column: str, change: Callable[[list[object]], list[object]]) -> dict[str, pa.Table]:
    """A sound load but for one column."""
    tables = load(1)
    rows = tables[table]
    place = rows.column_names.index(column)
    values = pa.array(change(rows[column].to_pylist()), rows.schema.field(column).type)
    return tables | {table: rows.set_column(place, rows.schema.field(column), values)}


def without(table: str, row: int) -> dict[str, pa.Table]:
    """A sound load but for one row that is missing."""
    tables = load(1)
    rows = tables[table]
    return tables | {table: pa.concat_tables([rows.slice(0, row), rows.slice(row + 1)])}


@pytest.mark.usefixtures("no_database")
def test_sound(tmp_path):
    """A snapshot as it was published has no fault."""
    assert verify(Warehouse(str(tmp_path)).publish({}, load(1))) == []


@pytest.mark.usefixtures("no_database")
def test_unreadable_file(tmp_path):
    """A file that the disk does not give is a fault, with what the disk says."""
    snapshot = Warehouse(str(tmp_path)).publish({}, load(1))
    file = Path(snapshot.path) / "results.parquet"
    file.unlink()
    file.mkdir()
    assert [fault.where for fault in verify(snapshot)] == ["results.parquet"]


@pytest.mark.usefixtures("no_database")
def test_flipped_byte(tmp_path):
    """One flipped bit in any file is found, and the file is named."""
    snapshot = Warehouse(str(tmp_path)).publish({}, load(1))
    chance = random.Random(7)
    files = sorted(Path(snapshot.path).iterdir())
    assert len(files) == len(TABLES) + 1
    for file in files:
        sound = file.read_bytes()
        for place in chance.sample(range(len(sound)), 5):
            damaged = bytearray(sound)
            damaged[place] ^= 1 << chance.randrange(8)
            file.write_bytes(damaged)
            faults = verify(Warehouse(str(tmp_path)).named("current"))
            assert [fault.where for fault in faults][:1] == [file.name], place
        file.write_bytes(sound)


@pytest.mark.usefixtures("no_database")
def test_place_of_damage(tmp_path):
    """Damage within a page is traced to its column and row group."""
    snapshot = Warehouse(str(tmp_path)).publish({}, load(1))
    chunk = snapshot.parquet("results").metadata.row_group(0).column(0)
    path = Path(snapshot.path) / "results.parquet"
    data = bytearray(path.read_bytes())
    data[chunk.data_page_offset + chunk.total_compressed_size // 2] ^= 1
    path.write_bytes(data)
    assert "the damage is in the column result_id, row group 1 of 1" in verify(snapshot)[0].message


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(
    ("tables", "where", "message"),
    [
        (without("lines", 1), "lines", "event-00000/race: 2 lines, numbered 1 to 3"),
        (changed("sheets", "rejects", lambda n: [1, *n[1:]]), "sheets", "counts 3 lines, 3 results, 1 rejects"),
        (changed("lines", "outcome", lambda n: ["header", *n[1:]]), "results", "race:1: its line is no result"),
        (without("results", 5), "results", "event-00001/race:3: is missing"),
        (without("driver_results", 0), "driver_results", "event-00000/race:1: a crew of 2 (crew_size 2), but 1 rows"),
        (changed("results", "crew_size", lambda n: [3, *n[1:]]), "driver_results", "(crew_size 3), but 2 rows"),
        (changed("driver_results", "seat", lambda n: [7, *n[1:]]), "driver_links", "seat 1: driver_results says"),
        (changed("lines", "text", lambda n: ["?", *n[1:]]), "lines", "do not give back the event-00000/race.txt"),
        (changed("driver_results", "driver", lambda n: ["Nobody", *n[1:]]), "driver_results", "is Nobody here, "),
        (without("drivers", 0), "driver_results", "driver-1-1 is not in drivers"),
        (without("events", 0), "sheets", "event-00000 is not in events"),
        (without("entrants", 0), "results", "team is not in entrants"),
        (changed("entrants", "entrant_id", lambda n: [None]), "entrants", "is the key"),
        (changed("drivers", "driver_id", lambda n: [n[1], *n[1:]]), "drivers", "driver-1-2: 2 rows"),
        (
            load(1) | {"driver_redirects": pa.table({"old_id": ["driver-1-1"], "driver_id": ["driver-1-2"]})},
            "driver_redirects",
            "driver-1-1 is a driver",
        ),
    ],
)
def test_rule(tables, where, message, tmp_path):
    """A table that breaks a rule is named, with the row that does."""
    faults = verify(Warehouse(str(tmp_path)).publish({}, tables))
    assert any(fault.where == where and message in fault.message for fault in faults), faults


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(
    ("times", "message"), [(1, ""), (0, "of its mentions have another driver_id"), (2, "that are not there")]
)
def test_mentions(times, message, warehouse, tmp_path):
    """What is kept of mentions for the next build leads to their names and drivers, or it is said what does not."""
    built = Warehouse(str(warehouse.parent)).named("current")
    kept = built.mentions().whole()
    told = kept.set_column(1, MENTIONS.field("driver"), pc.multiply(kept["driver"], pa.scalar(times, pa.int32())))
    tables = {name: built.table(name) for name in TABLES} | {"mentions": told}
    faults = verify(Warehouse(str(tmp_path)).publish({}, tables))
    assert [(fault.where, message in fault.message) for fault in faults] == [(".mentions.arrow", True)] * (times != 1)


def test_command(tmp_path):
    """The command exits 0 for a sound snapshot and 1 for a damaged one, and names the file."""
    snapshot = Warehouse(str(tmp_path)).publish({}, load(1))
    sound = CliRunner().invoke(parcferme, ["verify", "--warehouse", str(tmp_path)])
    assert (sound.exit_code, sound.output.split(":")[0]) == (0, f"{snapshot.id} is sound")
    (Path(snapshot.path) / "drivers.parquet").unlink()
    damaged = CliRunner().invoke(parcferme, ["verify", snapshot.id[:4], "--json", "--warehouse", str(tmp_path)])
    assert damaged.exit_code == 1
    assert json.loads(damaged.output)[0]["faults"] == [{"where": "drivers.parquet", "message": "the file is missing"}]


def test_only_what_readers_are_shown_must_be_written_again(tmp_path):
    """Of a damaged snapshot that nobody is shown it is said that it goes by itself; of the current one what helps."""
    warehouse = Warehouse(str(tmp_path))
    for load_ in (1, 2):
        snapshot = warehouse.publish({"load": load_}, load(load_))
        (Path(snapshot.path) / "drivers.parquet").unlink()
    told = CliRunner().invoke(parcferme, ["verify", "--all", "--warehouse", str(tmp_path)]).output
    assert told.count(f"`parcferme build --full --warehouse {tmp_path}` writes it again") == 1
    assert told.count("Readers are shown another one") == 1


def test_database_shows_another(tmp_path):
    """A results.db that is missing, damaged, or shows another snapshot than the link is found."""
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    old = warehouse.publish({"load": 1}, load(1))
    database = tmp_path / "warehouse/results.db"
    stale = database.read_bytes()
    new = warehouse.publish({"load": 2}, load(2))
    assert list(shown_faults(warehouse, new)) == []
    database.write_bytes(stale)
    assert [fault.where for fault in shown_faults(warehouse, new)] == ["results.db"]
    assert old.id in next(shown_faults(warehouse, new)).message
    database.write_bytes(stale[:5000])
    assert [fault.where for fault in shown_faults(warehouse, new)] == ["results.db"]
    database.unlink()
    done = CliRunner().invoke(parcferme, ["verify", "--warehouse", warehouse.url])
    assert (done.exit_code, "There is no warehouse" in done.output) == (1, True)
