"""Whether a snapshot is what was published: its files bit by bit, and its tables against each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from flows import mentions
from flows.errors import DataError, UserError
from flows.manifest import MANIFEST, is_sealed
from flows.snapshot import Snapshot
from flows.snapshots import Warehouse
from flows.storage import DATABASE
from transforms.schema import SCHEMA_VERSION, TABLES
from transforms.text import replay

if TYPE_CHECKING:
    import pyarrow.parquet as pq
    from duckdb import DuckDBPyConnection

SHOWN = 5


class Fault(NamedTuple):
    """One thing that is not as it was published: the file or table, and what is wrong there."""

    where: str
    message: str


def verify(snapshot: Snapshot) -> list[Fault]:
    """Read a whole snapshot again and give every fault; none where it is sound.

    First each file against the manifest, byte by byte, and its dictionary against its columns; if all are
    whole, then the tables against each other, and the lines against the files that they were read from. How the
    tables of another schema hang together is not known here.
    """
    if faults := list(file_faults(snapshot)):
        return faults
    if not snapshot.of_this_schema:
        return list(_replay_faults(snapshot))
    kept = (Fault(mentions.FILE, message) for message in mentions.faults(snapshot))
    return [*_table_faults(snapshot), *kept, *_replay_faults(snapshot)]


def shown_faults(warehouse: Warehouse, current: Snapshot) -> Iterator[Fault]:
    """Whether results.db answers with the snapshot that the pointer names, row for row."""
    from flows.database import answering, open_warehouse, snapshot_folder

    try:
        with closing(open_warehouse(warehouse.url)) as connection, answering():
            folder = snapshot_folder(connection)
            counts = {name: connection.table(name).aggregate("count(*)").fetchall()[0][0] for name in TABLES}
    except UserError as error:
        yield Fault(DATABASE, str(error))
        return
    if folder.rpartition("/")[2] != current.id:
        yield Fault(DATABASE, f"it shows readers {folder}, but files are read from {current.name}")
        return
    for name, count in counts.items():
        if count != current.manifest["tables"][name]["rows"]:
            yield Fault(
                DATABASE, f"{name} has {count} rows there, {current.manifest['tables'][name]['rows']} were published"
            )


def file_faults(snapshot: Snapshot) -> Iterator[Fault]:
    """Each file that is not as it was published."""
    try:
        manifest = snapshot.manifest
    except DataError as error:
        yield Fault(MANIFEST, str(error))
        return
    yield from _manifest_faults(snapshot, manifest)
    if mentions.NAME in manifest and (fault := _byte_fault(snapshot, mentions.FILE, manifest[mentions.NAME])):
        yield fault
    for name in TABLES if snapshot.of_this_schema else sorted(manifest["tables"]):
        yield from _file_faults(snapshot, name, manifest["tables"].get(name))


def _manifest_faults(snapshot: Snapshot, manifest: dict[str, Any]) -> Iterator[Fault]:
    if not is_sealed(snapshot.storage.read(f"{snapshot.name}/{MANIFEST}") or b""):
        yield Fault(MANIFEST, "it is not as it was written: its text does not have the hash that it states")
    if manifest.get("id") != snapshot.id:
        yield Fault(MANIFEST, f"it belongs to the snapshot {manifest.get('id')}")


def _file_faults(snapshot: Snapshot, name: str, stated: dict[str, Any] | None) -> Iterator[Fault]:
    import pyarrow as pa

    file = f"{name}.parquet"
    if fault := _byte_fault(snapshot, file, stated, lambda: f"; {_damage(snapshot, name)}"):
        yield fault
    elif stated:
        try:
            parquet = snapshot.parquet(name)
        except (OSError, pa.ArrowException) as error:
            yield Fault(file, f"it is no Parquet file: {error}")
            return
        if parquet.metadata.num_rows != stated["rows"]:
            yield Fault(file, f"it has {parquet.metadata.num_rows} rows, the manifest says {stated['rows']}")
        yield from (Fault(file, message) for message in _dictionary_faults(snapshot, name, parquet))


def _byte_fault(
    snapshot: Snapshot, file: str, stated: dict[str, Any] | None, where: Callable[[], str] = lambda: ""
) -> Fault | None:
    """What is wrong with a file as a whole; `where` tells more of one that is damaged."""
    if stated is None:
        return Fault(MANIFEST, f"it does not list {file}")
    try:
        found = snapshot.sha256(file)
    except OSError as error:
        return Fault(file, f"it cannot be read: {error.strerror or error}")
    if found is None:
        return Fault(file, "the file is missing")
    if found != stated["sha256"]:
        return Fault(file, f"SHA-256 is {found}, published was {stated['sha256']}{where()}")
    return None


def _damage(snapshot: Snapshot, name: str) -> str:
    """Where in a damaged file the first page stands whose checksum does not fit."""
    import pyarrow as pa

    try:
        file = snapshot.parquet(name)
    except (OSError, pa.ArrowException):
        return "its footer cannot be read"
    for group in range(file.num_row_groups):
        for column in file.schema_arrow.names:
            try:
                file.read_row_group(group, columns=[column])
            except (OSError, pa.ArrowException):
                return f"the damage is in the column {column}, row group {group + 1} of {file.num_row_groups}"
    return "its pages are whole: the damage is in the footer or between the pages"


def _dictionary_faults(snapshot: Snapshot, name: str, file: pq.ParquetFile) -> Iterator[str]:
    """The dictionary in the file against its columns, and both against the schema that it was written with."""
    schema = file.schema_arrow
    try:
        dictionary = json.loads((schema.metadata or {})[b"data_dictionary"])
        stated = {column["name"]: column for column in dictionary["columns"]}
    except (KeyError, ValueError, TypeError):
        yield "its data_dictionary is missing or damaged"
        return
    if list(stated) != schema.names:
        yield f"its data_dictionary describes {', '.join(stated)}, its columns are {', '.join(schema.names)}"
        return
    for field in schema:
        said = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        here = {"type": str(field.type), **{key: said.get(key) for key in ("unit", "description", "example")}}
        for key, value in here.items():
            said_there = stated[field.name].get(key)
            if said_there != value:
                yield f"{field.name}: the data_dictionary says {key} {said_there!r}, the file {value!r}"
    if snapshot.of_this_schema and dictionary != TABLES[name].dictionary():
        yield f"its data_dictionary is not that of schema version {SCHEMA_VERSION}"


# Each query gives a sentence for every row, sheet or id that breaks the rule it is named by.
RULES = {
    "each sheet's lines run from 1 without a gap": (
        "lines",
        """SELECT format('{}: {} lines, numbered {} to {}', said(sheet_id), count(*), min(line), max(line)) FROM lines
        GROUP BY sheet_id HAVING min(line) <> 1 OR max(line) <> count(*) OR count(DISTINCT line) <> count(*)""",
    ),
    "each sheet counts its lines, results and rejects": (
        "sheets",
        """SELECT format('{}: counts {} lines, {} results, {} rejects, but {}, {} and {} are there', s.sheet_id,
            said(s.lines), said(s.results), said(s.rejects), coalesce(found, 0), coalesce(good, 0), coalesce(bad, 0))
        FROM sheets s LEFT JOIN (SELECT sheet_id, count(*) AS found, count(*) FILTER (outcome = 'result') AS good,
            count(*) FILTER (outcome = 'reject') AS bad FROM lines GROUP BY sheet_id) USING (sheet_id)
        WHERE (s.lines, s.results, s.rejects)
            IS DISTINCT FROM (coalesce(found, 0), coalesce(good, 0), coalesce(bad, 0))""",
    ),
    "each line with the outcome result is one result": (
        "results",
        """SELECT coalesce(r.result_id || ': its line is no result', format('{}:{}: is missing', l.sheet_id, l.line))
        FROM (SELECT sheet_id, line FROM lines WHERE outcome = 'result') l
        FULL JOIN results r ON r.sheet_id = l.sheet_id AND r.line = l.line
            AND r.result_id = format('{}:{}', l.sheet_id, l.line)
        WHERE r.result_id IS NULL OR l.line IS NULL""",
    ),
    "each driver of a crew has one row": (
        "driver_results",
        """SELECT format('{}: a crew of {} (crew_size {}), but {} rows', r.result_id, len(crew), said(crew_size),
            coalesce(seats, 0))
        FROM results r LEFT JOIN (SELECT result_id, count(*) AS seats, count(DISTINCT seat) AS places, max(seat) AS last
            FROM driver_results GROUP BY result_id) USING (result_id)
        WHERE len(crew) <> crew_size OR (crew_size, crew_size, crew_size)
            IS DISTINCT FROM (coalesce(seats, 0), coalesce(places, 0), coalesce(last, 0))""",
    ),
    "each driver row says how the person is known": (
        "driver_links",
        """SELECT format('{}, seat {}: driver_results says {} ({}), driver_links {} ({})',
            coalesce(d.result_id, l.result_id), coalesce(d.seat, l.seat), said(d.driver_id), said(d.link_method),
            said(l.driver_id), said(l.method))
        FROM driver_results d FULL JOIN driver_links l USING (result_id, seat)
        WHERE d.driver_id IS DISTINCT FROM l.driver_id OR d.link_method IS DISTINCT FROM l.method""",
    ),
    "a person has one display name": (
        "driver_results",
        """SELECT DISTINCT format('{} is {} here, {} in drivers', driver_id, said(d.driver), said(p.driver))
        FROM driver_results d JOIN drivers p USING (driver_id) WHERE d.driver IS DISTINCT FROM p.driver""",
    ),
    "an id that redirects is no one's": (
        "driver_redirects",
        "SELECT old_id || ' is a driver' FROM driver_redirects JOIN drivers ON drivers.driver_id = old_id",
    ),
}
# Doubts may concern what was left aside, and so is in no table.
FREE = ("findings",)


def _table_faults(snapshot: Snapshot) -> Iterator[Fault]:
    import duckdb

    with closing(duckdb.connect()) as connection:
        for name in TABLES:
            connection.register(name, snapshot.dataset(name))
        connection.execute("CREATE MACRO said(value) AS coalesce(value::VARCHAR, 'nothing')")
        for rule, (table, query) in RULES.items():
            yield from _broken(connection, table, rule, query)
        for table, rule, query in [*_key_rules(), *_reference_rules()]:
            yield from _broken(connection, table, rule, query)


def _broken(connection: DuckDBPyConnection, table: str, rule: str, query: str) -> Iterator[Fault]:
    rows = [row[0] for row in connection.execute(query).fetchmany(SHOWN + 1)]
    yield from (Fault(table, f"{message} (rule: {rule})") for message in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield Fault(table, f"and more (rule: {rule})")


def _key_rules() -> Iterator[tuple[str, str, str]]:
    """A key names one row."""
    for table in TABLES.values():
        if table.name not in FREE:
            key = ", ".join(table.key)
            absent = " OR ".join(f"{column} IS NULL" for column in table.key)
            yield (
                table.name,
                f"{key} is the key",
                f"SELECT format('{{}}: {{}} rows', said(({key})), count(*)) FROM {table.name} "  # noqa: S608 (declared names)
                f"GROUP BY {key} HAVING count(*) > 1 OR {absent}",
            )


def _reference_rules() -> Iterator[tuple[str, str, str]]:
    """An id that is another table's key stands there."""
    owners = {table.key[0]: table.name for table in TABLES.values() if len(table.key) == 1}
    for table in TABLES.values():
        for column in table.columns:
            owner = owners.get(column.name, table.name)
            if owner != table.name and table.name not in FREE:
                yield (
                    table.name,
                    f"{column.name} stands in {owner}",
                    f"SELECT DISTINCT {column.name} || ' is not in {owner}' FROM {table.name} "  # noqa: S608 (declared names)
                    f"ANTI JOIN {owner} USING ({column.name}) WHERE {column.name} IS NOT NULL",
                )


def _replay_faults(snapshot: Snapshot) -> Iterator[Fault]:
    """The lines of each sheet, joined again, against the hash of the file; a packed file has another hash."""
    sheets = snapshot.table("sheets", ["sheet_id", "path", "sha256", "encoding", "newline"]).to_pylist()
    stated = {sheet["sheet_id"]: sheet for sheet in sheets if not sheet["path"].lower().endswith(".gz")}
    rows = (
        row
        for batch in snapshot.parquet("lines").iter_batches(columns=["sheet_id", "text"])
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    )
    for sheet_id, lines in groupby(rows, key=itemgetter(0)):
        sheet = stated.get(sheet_id)
        if sheet is None:
            continue
        data = replay(sheet["encoding"], sheet["newline"], (text for _, text in lines))
        if hashlib.sha256(data).hexdigest() != sheet["sha256"]:
            yield Fault("lines", f"{sheet_id}: its lines do not give back the {sheet['path']} that was read")
