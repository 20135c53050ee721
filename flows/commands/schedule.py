"""`parcferme schedule`: build the warehouse again and again, by the clock."""

from __future__ import annotations

from typing import Any

import click

from flows.options import Place, written_warehouse_option


@click.command(
    epilog="""\b
Examples:
  parcferme schedule --every 10m
  parcferme schedule --cron "0 6 * * 1"
"""
)
@click.argument("root", type=Place(), default="seeds")
@written_warehouse_option
@click.option("--cron", metavar="LINE", help='When, as a cron line: "0 6 * * 1" is Mondays at six, UTC.')
@click.option("--every", metavar="TIME", help="How often: 90s, 10m, 6h or 1d.")
@click.option(
    "--overlap",
    type=click.Choice(["wait", "skip"]),
    default="wait",
    show_default=True,
    help="What a run does that finds another one.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=4200,
    show_default=True,
    help="Where Prefect's UI answers on 127.0.0.1.",
)
def command(root: str, warehouse: str, cron: str | None, every: str | None, **options: Any) -> None:
    """Build the warehouse from ROOT on a schedule, until stopped.

    Starts a Prefect server on 127.0.0.1, with its UI, unless PREFECT_API_URL names one. The schedule
    stays active over restarts; a run that finds nothing new writes nothing.
    """
    from flows.schedule import serve, when

    serve(root, warehouse, when(cron, every), **options)
