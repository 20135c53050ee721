"""`parcferme build`: read the seeds and publish the warehouse."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.storage import DATABASE, storage_at

if TYPE_CHECKING:
    from flows.steps import Outcome


@click.command()
@click.argument("root", default="seeds")
@click.option(
    "--warehouse", default="warehouse", show_default=True, metavar="DIR", help="A folder or s3://bucket/prefix."
)
@click.option("--full", is_flag=True, help="Read every sheet again, also those that did not change.")
@click.option("--direct", is_flag=True, help="Run the same steps without Prefect.")
@click.option("--wait", default=0.0, metavar="SECONDS", help="How long to wait for another build to finish.")
def command(root: str, warehouse: str, full: bool, direct: bool, wait: float) -> None:
    """Read the sheets below ROOT (a folder, a glob or an s3://bucket/prefix) and publish the warehouse.

    Sheets that did not change since the last build are not read again. Readers see the old
    warehouse until the new one is complete.
    """
    started = time.monotonic()
    outcome = _direct(root, warehouse, full, wait) if direct else _flow(root, warehouse, full, wait)
    from flows.report import show

    database = None if "://" in warehouse else Path(warehouse) / DATABASE
    show(outcome, database, time.monotonic() - started)


def _direct(root: str, warehouse: str, full: bool, wait: float) -> Outcome:
    from flows.snapshots import Warehouse
    from flows.steps import Direct, build

    return build(root, Warehouse(warehouse), Direct(), full=full, wait=wait)


def _flow(root: str, warehouse: str, full: bool, wait: float) -> Outcome:
    from flows.load import writing
    from flows.prefect_home import settle
    from flows.snapshots import Warehouse
    from flows.steps import standing

    # Prefect's server takes ten seconds to start, and would only be told that there is nothing to do.
    if not full and (outcome := standing(root, Warehouse(warehouse), wait)):
        return outcome

    with writing(warehouse):
        settle(storage_at(warehouse).lock.parent / ".prefect")
    from flows.build import build

    return build(root, warehouse, full, wait)
