"""What changed between two snapshots: rows by table and event, ids, findings, and what is covered no more."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from flows.errors import DataError
from flows.snapshot import Snapshot
from transforms.schema import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Change(NamedTuple):
    """Rows of one table and event that came, went, or stayed with another content; event None: of no event."""

    table: str
    event_id: str | None
    added: int
    removed: int
    changed: int


class Redirect(NamedTuple):
    """A driver's id that now leads to another one."""

    old_id: str
    driver_id: str
    since: str | None


class FindingChange(NamedTuple):
    """A finding that came (`new`) or went."""

    new: bool
    check: str
    severity: str
    sheet_id: str | None
    line: int | None
    message: str


class Loss(NamedTuple):
    """A sheet with fewer results than before."""

    sheet_id: str
    before: int
    after: int
    gone: bool


@dataclass(frozen=True, slots=True)
class Diff:
    """All that is not the same in two snapshots."""

    old: str
    new: str
    changes: list[Change]
    redirects: list[Redirect]
    findings: list[FindingChange]
    losses: list[Loss]


def diff(old: Snapshot, new: Snapshot) -> Diff:
    """Compare two snapshots, by the keys, in the tables and columns that both have.

    Files with one hash are not read. Raises DataError when a file is damaged.
    """
    import duckdb
    import pyarrow as pa

    try:
        return _compare(old, new)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        raise DataError(
            f"{old.id} and {new.id} cannot be compared: {str(error).splitlines()[0]}",
            f"`parcferme verify {old.id}` and `parcferme verify {new.id}` say what is damaged.",
        ) from error


def _compare(old: Snapshot, new: Snapshot) -> Diff:
    import duckdb

    before, after = old.manifest["tables"], new.manifest["tables"]
    both = [table for name, table in TABLES.items() if name in before and name in after]
    with closing(duckdb.connect()) as connection:
        for name in (table.name for table in both):
            connection.register(f"old_{name}", old.dataset(name))
            connection.register(f"new_{name}", new.dataset(name))
        differ = [table for table in both if before[table.name]["sha256"] != after[table.name]["sha256"]]
        return Diff(
            old=old.id,
            new=new.id,
            changes=[change for table in differ if table.name != "findings" for change in _changes(connection, table)],
            redirects=[Redirect(*row) for row in connection.execute(_REDIRECTS).fetchall()],
            findings=[FindingChange(*row) for row in connection.execute(_FINDINGS).fetchall()],
            losses=[Loss(*row) for row in connection.execute(_LOSSES).fetchall()],
        )


_REDIRECTS = """
    SELECT n.old_id, n.driver_id, n.since FROM new_driver_redirects n
    LEFT JOIN old_driver_redirects o USING (old_id) WHERE n.driver_id IS DISTINCT FROM o.driver_id ORDER BY ALL
"""
_FINDINGS = """
    WITH n AS (SELECT "check", severity, sheet_id, line, message FROM new_findings),
    o AS (SELECT "check", severity, sheet_id, line, message FROM old_findings)
    SELECT true, * FROM (FROM n EXCEPT ALL FROM o) UNION ALL SELECT false, * FROM (FROM o EXCEPT ALL FROM n)
    ORDER BY ALL
"""
_LOSSES = """
    SELECT sheet_id, o.results, coalesce(n.results, 0), n.sheet_id IS NULL FROM old_sheets o
    LEFT JOIN new_sheets n USING (sheet_id) WHERE n.sheet_id IS NULL OR n.results < o.results ORDER BY ALL
"""


def _changes(connection: DuckDBPyConnection, table: Table) -> list[Change]:
    names = [connection.table(f"{side}_{table.name}").columns for side in ("old", "new")]
    common = ", ".join(f'"{name}"' for name in names[0] if name in names[1])
    key = ", ".join(table.key)
    side = f"SELECT {key}, {_event(table)} AS event, hash({common}) AS content FROM"
    query = f"""
        SELECT coalesce(n.event, o.event) AS event, count(*) FILTER (o.content IS NULL) AS added,
            count(*) FILTER (n.content IS NULL) AS removed,
            count(*) FILTER (o.content <> n.content) AS changed
        FROM ({side} old_{table.name}) o FULL JOIN ({side} new_{table.name}) n USING ({key})
        WHERE o.content IS DISTINCT FROM n.content GROUP BY ALL ORDER BY event NULLS FIRST
    """  # noqa: S608 (names of declared columns)
    return [Change(table.name, *row) for row in connection.execute(query).fetchall()]


def _event(table: Table) -> str:
    """The event of a row: the folder that its sheet's id begins with; null for rows that belong to no event."""
    names = [column.name for column in table.columns]
    if "event_id" in names:
        return "event_id"
    sheet = next((name for name in ("sheet_id", "result_id") if name in names), None)
    return f"nullif(regexp_replace({sheet}, '/?[^/]*$', ''), '')" if sheet else "NULL::VARCHAR"
