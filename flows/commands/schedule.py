"""`parcferme schedule`: build the warehouse again and again, by the clock."""

from __future__ import annotations

import click

from flows.errors import UserError


@click.command()
@click.argument("root", default="seeds")
@click.option(
    "--warehouse", default="warehouse", show_default=True, metavar="DIR", help="A folder or s3://bucket/prefix."
)
@click.option("--cron", metavar="LINE", help='When, as a cron line: "0 6 * * 1" is Mondays at six, UTC.')
@click.option("--every", metavar="TIME", help="How often: 90s, 10m, 6h or 1d.")
@click.option(
    "--overlap",
    type=click.Choice(["wait", "skip"]),
    default="wait",
    show_default=True,
    help="What a run does that finds another one.",
)
@click.option("--port", default=4200, show_default=True, help="Where Prefect's UI answers on 127.0.0.1.")
def command(root: str, warehouse: str, cron: str | None, every: str | None, overlap: str, port: int) -> None:
    """Build the warehouse from ROOT on a schedule, until stopped.

    Starts a Prefect server on 127.0.0.1, with its UI, unless PREFECT_API_URL names one. The schedule
    stays active over restarts; a run that finds nothing new writes nothing.
    """
    from flows.schedule import duration, serve

    if (cron is None) == (every is None):
        raise UserError(
            "A schedule needs either --cron or --every.", 'parcferme schedule --every 10m, or --cron "0 6 * * 1"'
        )
    serve(root, warehouse, cron=cron, every=duration(every) if every else None, overlap=overlap, port=port)
