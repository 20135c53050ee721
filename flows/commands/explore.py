"""`parcferme explore`: a web page over the warehouse, served on this machine or written to one file."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.errors import UserError
from flows.options import warehouse_option
from flows.whole import whole

if TYPE_CHECKING:
    from flows.loopback import Loopback
    from warehouse.explorer import Explorer


@click.command(
    epilog="""\b
Examples:
  parcferme explore
  parcferme explore --port 8000 --no-browser
  parcferme explore --export results.html
"""
)
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path), help="Write the page to this file instead.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default a free one.")
@click.option("--browser/--no-browser", default=True, help="Open a browser, as is the default, or only say where.")
@warehouse_option
def command(export: Path | None, force: bool, port: int, browser: bool, warehouse: str) -> None:
    """Look at drivers, crews, events and makes in a browser.

    The page is served to this machine alone, until Ctrl-C. An exported page is one file that needs no server;
    of a large warehouse it holds the latest events and the drivers with most events, and says so.
    """
    from flows.database import answering, open_warehouse
    from warehouse.explorer import Explorer

    if export and export.exists() and not force:
        raise UserError(f"{export} exists.", "Give --force to replace it, or another file.")
    with closing(open_warehouse(warehouse)) as connection:
        with answering():
            explorer = Explorer(connection)
        if export:
            _write(explorer, export)
        else:
            _serve(explorer, port, browser)


def _write(explorer: Explorer, path: Path) -> None:
    from flows.database import answering
    from warehouse.explorer import page

    with answering():
        text = page(explorer.everything())
    with whole(path) as staged:
        staged.write_text(text, "utf-8")
    click.echo(str(path))


def _serve(explorer: Explorer, port: int, browser: bool) -> None:
    with server_of(explorer, port) as server:
        click.echo(f"The explorer is at {server.address} (Ctrl-C ends it).")
        if browser and _has_screen():
            webbrowser.open(server.address)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def _has_screen() -> bool:
    """Whether a browser could show anything; without a screen, one for text would take the terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def server_of(explorer: Explorer, port: int = 0) -> Loopback:
    """The server of the page and of the answers that it asks for; errors as of Loopback."""
    from flows.database import answering
    from flows.loopback import Loopback
    from warehouse.explorer import json_text, page, policy

    def answer(question: str, about: str) -> str | None:
        with answering():
            found = explorer.answer(question, about)
        return None if found is None else json_text(found)

    return Loopback(page(), policy(), answer, port)
