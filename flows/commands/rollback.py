"""`parcferme rollback`: point readers back to a snapshot that is still kept."""

from __future__ import annotations

import click

from flows.options import pasteable, warehouse_option


@click.command(
    epilog="""\b
Examples:
  parcferme rollback
  parcferme rollback 3f2a
"""
)
@click.argument("id_", metavar="[ID]", default="previous")
@click.option(
    "--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="How long to wait for a build to finish."
)
@warehouse_option
def command(id_: str, wait: float, warehouse: str) -> None:
    """Show readers an older snapshot again: ID is an id or its beginning; by default the previous one.

    The snapshot is verified first. `parcferme history` lists those that are kept; the next
    `parcferme build` publishes the seeds as they are then.
    """
    from flows.errors import DataError
    from flows.snapshots import Warehouse
    from flows.verify import verify

    place = Warehouse(warehouse)
    with place.lock(wait):
        before, after = place.current(), place.named(id_)
        if before == after:
            click.echo(f"{after.id} is what readers are shown already.")
            return
        if faults := verify(after):
            raise DataError(
                f"{after.id} is damaged ({faults[0].where}: {faults[0].message}); readers keep what they had.",
                "`parcferme history` lists the other snapshots.",
            )
        place.show(after)
    click.echo(f"Readers are shown {after.id} again, instead of {before.id if before else 'nothing'}.")
    click.echo(pasteable("The next `parcferme build` publishes the seeds as they are then."))
