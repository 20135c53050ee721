"""`parcferme build`: read the seeds and publish the warehouse."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.errors import UserError
from flows.options import Place, written_warehouse_option
from flows.progress import shown
from flows.storage import DATABASE, storage_at

if TYPE_CHECKING:
    from flows.survey import Outcome


@click.command(
    epilog="""\b
Examples:
  parcferme build
  parcferme build archive --direct
  parcferme build 'seeds/2009-*' --warehouse /tmp/spa
  parcferme build s3://bucket/seeds --warehouse s3://bucket/warehouse
"""
)
@click.argument("root", type=Place(), default="seeds")
@written_warehouse_option
@click.option("--full", is_flag=True, help="Read every sheet again, also those that did not change.")
@click.option("--direct", is_flag=True, help="Run the same steps without Prefect.")
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="How long to wait for another build to finish.",
)
@click.option("--runner", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="Who reads.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes that read; by default one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask's scheduler; a cluster on this machine when not given.")
@click.option("--staging", metavar="PLACE", help="Where workers leave what they read: a path or s3:// all of them see.")
def command(root: str, warehouse: str, direct: bool, runner: str, scheduler: str | None, **options: Any) -> None:
    """Read the sheets below ROOT (a folder, a glob or an s3://bucket/prefix) and publish the warehouse.

    Sheets that did not change since the last build are not read again. Readers see the old
    warehouse until the new one is complete.
    """
    started = time.monotonic()
    _refuse(direct, runner, scheduler, options)
    with shown(), _ended_by_sigterm():
        if direct:
            outcome = _direct(root, warehouse, options)
        else:
            outcome = _flow(root, warehouse, runner == "dask", scheduler, options)
    from flows.report import show

    database = None if "://" in warehouse else Path(warehouse) / DATABASE
    show(outcome, database, time.monotonic() - started)


def _refuse(direct: bool, runner: str, scheduler: str | None, options: dict[str, Any]) -> None:
    """Say so when options do not go together, rather than leave one out silently."""
    if direct and runner == "dask":
        raise UserError("--direct and --runner dask exclude each other.", "Leave out --direct.")
    if runner != "dask" and (scheduler or options["staging"]):
        raise UserError("--scheduler and --staging are for --runner dask.", "Add --runner dask.")
    if scheduler and options["workers"]:
        raise UserError("A cluster with a scheduler has workers of its own.", "Leave out --workers.")


def _direct(root: str, warehouse: str, options: dict[str, Any]) -> Outcome:
    from flows.snapshots import Warehouse
    from flows.steps import Direct, build
    from flows.workers import cores

    runner = Direct(options["workers"] or cores())
    return build(root, Warehouse(warehouse), runner, full=options["full"], wait=options["wait"])


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the build as Ctrl-C does: its workers and server with it, and nothing stays of what is staged."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _flow(root: str, warehouse: str, on_dask: bool, scheduler: str | None, options: dict[str, Any]) -> Outcome:
    from flows.load import writing
    from flows.prefect_home import settle
    from flows.server import free_port, reach, start_server
    from flows.snapshots import Warehouse
    from flows.survey import standing

    # Prefect's server takes ten seconds to start, and would only be told that there is nothing to do.
    if not options["full"] and (outcome := standing(root, Warehouse(warehouse), options["wait"])):
        return outcome
    reach(os.environ.get("PREFECT_API_URL"))
    home = storage_at(warehouse).lock.parent / ".prefect"
    with writing(warehouse):
        settled = settle(home)
    if on_dask:
        from flows.cluster import build_on_dask

        return build_on_dask(root, warehouse, scheduler, home, options)
    if settled:  # the one that Prefect would start is left behind where the build is killed
        os.environ["PREFECT_API_URL"] = start_server(free_port(), home / "server.log")
    from flows.build import build_here

    return build_here(root, warehouse, **options)
