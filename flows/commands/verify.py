"""`parcferme verify`: read a snapshot again, and say whether it is what was published."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from flows.options import json_option, pasteable, warehouse_option

if TYPE_CHECKING:
    from flows.snapshot import Snapshot
    from flows.verify import Fault

_UNSEEN = "Readers are shown another one; `parcferme rollback` refuses this one, and builds to come remove it."


@click.command(
    epilog="""\b
Examples:
  parcferme verify
  parcferme verify --all --json
"""
)
@click.argument("id_", metavar="[ID]", default="current")
@click.option("--all", "everything", is_flag=True, help="Every snapshot that is kept.")
@warehouse_option
@json_option
def command(id_: str, everything: bool, warehouse: str, as_json: bool) -> None:
    """Read a snapshot again, by default the current one: ID is an id or its beginning.

    Checks every byte against the hashes in the manifest, the number of rows, the dictionary against the
    files, the ledger of lines and that they give back their source, the crews against the driver rows, keys,
    and ids against the tables that they lead to; of the current one also what results.db answers. Exit 1 at
    any fault.
    """
    from flows.snapshots import Warehouse
    from flows.verify import shown_faults, verify

    place = Warehouse(warehouse)
    snapshots = place.snapshots() if everything else [place.named(id_)]
    current = place.current()
    faults = {
        snapshot: verify(snapshot) or (list(shown_faults(place, snapshot)) if snapshot == current else [])
        for snapshot in snapshots
    }
    if as_json:
        click.echo(json.dumps([_plain(*item) for item in faults.items()], ensure_ascii=False, indent=1))
    else:
        for snapshot, found in faults.items():
            _show(snapshot, found, snapshot == current)
    if any(faults.values()):
        sys.exit(1)


def _plain(snapshot: Snapshot, faults: list[Fault]) -> dict[str, object]:
    return {"snapshot": snapshot.id, "sound": not faults, "faults": [fault._asdict() for fault in faults]}


def _show(snapshot: Snapshot, faults: list[Fault], current: bool) -> None:
    from flows.terminal import console, plain

    out = console()
    if not faults:
        files = snapshot.manifest["tables"].values()
        rows, size = (sum(file[count] for file in files) for count in ("rows", "bytes"))
        out.print(
            f"{snapshot.id} is sound: {len(files)} files, {rows:,} rows, {size:,} bytes, all as published",
            soft_wrap=True,
        )
        return
    out.print(f"{snapshot.id} is damaged:", style="bold red", soft_wrap=True)
    for fault in faults:
        out.print(f"  {fault.where}: {plain(fault.message)}", soft_wrap=True)
    remedy = "`parcferme build --full` writes it again; `parcferme rollback` shows readers an older snapshot."
    out.print(f"  {pasteable(remedy) if current else _UNSEEN}", soft_wrap=True)
