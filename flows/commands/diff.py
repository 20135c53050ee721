"""`parcferme diff`: what changed between two snapshots."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from typing import TYPE_CHECKING

import click

from flows.options import json_option, warehouse_option

if TYPE_CHECKING:
    from rich.console import Console

    from flows.diff import Change, Diff

SHOWN = 20


@click.command(
    epilog="""\b
Examples:
  parcferme diff
  parcferme diff 3f2a current --fail-on-loss
"""
)
@click.argument("old", default="previous")
@click.argument("new", default="current")
@click.option("--fail-on-loss", is_flag=True, help="Exit 1 when a sheet has fewer results than before.")
@warehouse_option
@json_option
def command(old: str, new: str, fail_on_loss: bool, warehouse: str, as_json: bool) -> None:
    """Show what changed from snapshot OLD to NEW: rows, ids, findings, and what is covered no more.

    Each is an id or its beginning, `current` or `previous`; without them, the last publication is shown.
    `parcferme history` lists the snapshots.
    """
    from dataclasses import asdict

    from flows.diff import diff
    from flows.snapshots import Warehouse

    place = Warehouse(warehouse)
    found = diff(place.named(old), place.named(new))
    if as_json:
        content = asdict(found)
        named = {key: [row._asdict() for row in content[key]] for key in ("changes", "redirects", "findings", "losses")}
        click.echo(json.dumps(content | named, ensure_ascii=False, indent=1))
    else:
        _show(found)
    if fail_on_loss and found.losses:
        sys.exit(1)


def _show(found: Diff) -> None:
    from flows.terminal import console

    out = console()
    out.print(f"{found.old} → {found.new}", style="bold", soft_wrap=True)
    if found.old == found.new or not (found.changes or found.findings):
        out.print("  nothing changed", soft_wrap=True)
    _show_losses(out, found)
    _show_changes(out, found.changes)
    _show_redirects(out, found)
    _show_findings(out, found)


def _show_losses(out: Console, found: Diff) -> None:
    from flows.terminal import plain

    if not found.losses:
        return
    lost = sum(loss.before - loss.after for loss in found.losses)
    out.print(
        f"\nCOVERAGE SHRANK: results fewer by {lost:,}, sheets with fewer: {len(found.losses):,}",
        style="bold red",
        soft_wrap=True,
    )
    for loss in found.losses[:SHOWN]:
        state = "the sheet is gone" if loss.gone else f"{loss.after:,} results"
        out.print(f"  {plain(loss.sheet_id)}: {state}, was {loss.before:,} results", style="red", soft_wrap=True)
    _show_rest(out, len(found.losses))


def _show_changes(out: Console, changes: list[Change]) -> None:
    from rich.table import Table

    from flows.terminal import plain

    if not changes:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rows", overflow="fold")
    for title, style in (("added", "green"), ("removed", "red"), ("changed", "yellow")):
        table.add_column(title, justify="right", style=style, overflow="fold")
    for name, group in groupby(changes, key=lambda change: change.table):
        rows = list(group)
        table.add_row(
            name.replace("_", " "), *(_sign(sum(counts)) for counts in zip(*(row[2:] for row in rows), strict=True))
        )
        events = [row for row in rows if row.event_id is not None]
        for row in events[:SHOWN]:
            table.add_row(f"  {plain(row.event_id or '')}", *map(_sign, row[2:]), style="dim")
        if len(events) > SHOWN:
            table.add_row(f"  … and {len(events) - SHOWN:,} events more", style="dim")
    out.print()
    out.print(table)


def _sign(count: int) -> str:
    return f"{count:,}" if count else "·"


def _show_redirects(out: Console, found: Diff) -> None:
    from flows.terminal import plain

    if found.redirects:
        out.print(f"\nids redirected: {len(found.redirects):,}", style="bold", soft_wrap=True)
    for redirect in found.redirects[:SHOWN]:
        since = f" ({plain(redirect.since)})" if redirect.since else ""
        out.print(f"  {plain(redirect.old_id)} → {plain(redirect.driver_id)}{since}", soft_wrap=True)
    _show_rest(out, len(found.redirects))


def _show_findings(out: Console, found: Diff) -> None:
    from flows.terminal import plain

    for new, title, style in ((True, "findings new", "yellow"), (False, "findings gone", "green")):
        findings = [finding for finding in found.findings if finding.new is new]
        if findings:
            out.print(f"\n{title}: {len(findings):,}", style=f"bold {style}", soft_wrap=True)
        for finding in findings[:SHOWN]:
            place = ":".join(str(part) for part in (finding.sheet_id, finding.line) if part is not None)
            out.print(f"  {finding.check}  {plain(place)}  {plain(finding.message)}", soft_wrap=True)
        _show_rest(out, len(findings))


def _show_rest(out: Console, count: int) -> None:
    if count > SHOWN:
        out.print(f"  … and {count - SHOWN:,} more (--json lists all)", style="dim", soft_wrap=True)
