"""`parcferme history`: which snapshots readers were shown, and which of them are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from flows.errors import DataError
from flows.options import json_option, pasteable, warehouse_option

if TYPE_CHECKING:
    from rich.table import Table

    from flows.snapshots import Warehouse

SHOWN = ("sheets", "results", "drivers", "findings")
STYLES = {"current": "bold", "kept": "", "removed": "dim"}


@click.command(
    epilog="""\b
Examples:
  parcferme history
  parcferme history --all --json
"""
)
@click.option("--all", "everything", is_flag=True, help="Also those that are no longer kept.")
@warehouse_option
@json_option
def command(everything: bool, warehouse: str, as_json: bool) -> None:
    """List the snapshots, the one that was published last first.

    The last three are kept, and every one that readers were still shown less than 48 hours ago.
    """
    from flows.snapshots import Warehouse

    rows = _rows(Warehouse(warehouse), everything)
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    else:
        _show(rows, warehouse)


def _rows(warehouse: Warehouse, everything: bool) -> list[dict[str, Any]]:
    from flows.history import entries, published

    kept = published(warehouse.storage)
    shown = list(kept.items())
    if everything:
        shown += [entry for entry in reversed(entries(warehouse.storage)) if entry[0] not in kept]
    current = warehouse.current()
    return [
        {
            "snapshot": id_,
            "published": when.isoformat(timespec="seconds"),
            "state": "current" if current and current.id == id_ else "kept" if id_ in kept else "removed",
            "rows": _counts(warehouse, id_) if id_ in kept else None,
        }
        for id_, when in shown
    ]


def _counts(warehouse: Warehouse, id_: str) -> dict[str, int] | None:
    """Rows by table; None when the manifest is damaged."""
    snapshot = warehouse.find(id_)
    try:
        return {name: file["rows"] for name, file in snapshot.manifest["tables"].items()} if snapshot else None
    except DataError:
        return None


def _show(rows: list[dict[str, Any]], warehouse: str) -> None:
    from flows.terminal import console, local_time, plain, whole_width

    if not rows:
        made = pasteable("`parcferme build` makes the first one")
        click.echo(f"No snapshot has been published to {plain(warehouse)} yet: {made}.")
        return
    out = console()
    told = [
        (plain(row["snapshot"]), local_time(row["published"]), row["state"], *_told(row["rows"], row["state"]))
        for row in rows
    ]
    table = _table(told)
    if whole_width(out, table) <= out.width:
        out.print(table)
        return
    for cells in told:
        out.print("  ".join(cells[:3]), style=STYLES[cells[2]], soft_wrap=True)
        several = zip(cells[3:], SHOWN, strict=True) if len(cells) > 4 else [cells[3:]]
        out.print(f"  {', '.join(map(' '.join, several))}", style=STYLES[cells[2]])


def _told(counts: dict[str, int] | None, state: str) -> list[str]:
    """What a snapshot holds of each table that is shown, or that it is damaged."""
    return [f"{counts[name]:,}" for name in SHOWN] if counts else ["damaged" * (state != "removed")]


def _table(told: list[tuple[str, ...]]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("snapshot", "published", ""):
        table.add_column(title, no_wrap=True)
    for title in SHOWN:
        table.add_column(title, justify="right", no_wrap=True)
    for cells in told:
        table.add_row(*cells, style=STYLES[cells[2]])
    return table
