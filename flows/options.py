"""Options and arguments that several commands share, so that each means the same everywhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from flows.errors import unknown
from flows.storage import DATABASE


def nearest_warehouse() -> str:
    """The warehouse of the working directory or of the nearest folder above it, else that of this checkout."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if (folder / "warehouse" / DATABASE).is_file():
            return "warehouse" if folder == here else str(folder / "warehouse")
    return "warehouse"


# A command, in the marks of one, that is about a warehouse and names none; and where it is noted which one is meant.
_COMMAND = re.compile(r"`parcferme (?!dictionary|read|-)(?![^`]*--warehouse)[^`]+(?=`)")
_GIVEN = "the warehouse that the call names"


def pasteable(text: str) -> str:
    """A text with the warehouse that the running command was given in the commands that it names.

    Pasted, they are about the same one; a variable of the shell holds for them anyway.
    """
    context = click.get_current_context(silent=True)
    place = context.meta.get(_GIVEN) if context else None
    return _COMMAND.sub(lambda found: f"{found[0]} --warehouse {shlex.quote(place)}", text) if place else text


def _noted(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if parameter.name and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
        context.meta[_GIVEN] = value
    return value


class Place(click.ParamType):  # type: ignore[type-arg]
    """Where files lie: a path, a glob or an `s3://` address, which an unset variable of the shell is not."""

    name = "place"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The place itself, unless it is empty: as a path that would be the working directory."""
        if not value.strip():
            self.fail("it is empty; write . for the working directory.", param, ctx)
        return value


warehouse_option = click.option(
    "--warehouse",
    type=Place(),
    envvar="PARCFERME_WAREHOUSE",
    callback=_noted,
    default=nearest_warehouse,
    metavar="DIR",
    help="A folder or s3://bucket/prefix; by default the nearest `warehouse`, here or in a folder above.",
)
written_warehouse_option = click.option(
    "--warehouse",
    type=Place(),
    envvar="PARCFERME_WAREHOUSE",
    callback=_noted,
    default="warehouse",
    show_default=True,
    metavar="DIR",
    help="A folder or s3://bucket/prefix.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


class Name(click.ParamType):  # type: ignore[type-arg]
    """The name of a table, view or macro of these kinds: completed by the shell, with the nearest ones if unknown."""

    name = "name"

    def __init__(self, *kinds: str):
        self.kinds = kinds

    def known(self) -> list[str]:
        """All names of the kinds."""
        from flows.dictionary import objects

        return [name for name, about in objects().items() if about.kind in self.kinds]

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself, if there is one such."""
        if value not in self.known():
            raise unknown("table or view", value, self.known(), "`parcferme dictionary` lists them.")
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that begin like this."""
        return [CompletionItem(name) for name in self.known() if name.startswith(incomplete)]
