"""The `parcferme` command: finds the command asked for, imports only that, and words its errors."""

from __future__ import annotations

import difflib
import errno
import importlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from flows.errors import UserError
from flows.options import pasteable
from flows.terminal import plain

# Command -> one line of help, so that `parcferme --help` imports none of them. Each is
# `command` in flows/commands/<name>.py.
COMMANDS = {
    "build": "Read the seeds and publish the warehouse.",
    "read": "Show how a sheet is understood, without loading it.",
    "schedule": "Build the warehouse again and again, by the clock.",
    "sql": "Open the DuckDB shell on the warehouse, or answer a query.",
    "status": "Say what is loaded, from when, and how sound it is.",
    "explore": "Look at drivers, crews, events and makes in a browser.",
    "explain": "Say who a driver is, and what that rests on.",
    "review": "Go through the open identities and decide.",
    "check": "List what is in doubt, with file and line.",
    "dictionary": "List tables and views, and what their columns hold.",
    "export": "Write tables and views as CSV, Excel or SQLite files.",
    "diff": "Show what changed between two snapshots.",
    "history": "List the snapshots that readers were shown.",
    "rollback": "Show readers an older snapshot again.",
    "verify": "Check that a snapshot is what was published.",
}


_OF_THE_DISK = {errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


class Commands(click.Group):
    """The group of all commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which they are listed above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"flows.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which known one is nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else " `parcferme --help` lists the commands."
            raise click.UsageError(f"There is no command `{plain(args[0])}`.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what helps where it fails is about the warehouse that it was given."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            error.remedy = error.remedy and pasteable(error.remedy)
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their one line of help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="parcferme")
@click.pass_context
def parcferme(context: click.Context) -> None:
    """A results warehouse for motor sport: raw text tables in, typed and traceable tables out."""
    if os.environ.get("NO_COLOR"):  # rich obeys it by itself, click does not
        context.color = False


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exit 0 when all is well, 1 when the data has errors, 2 when the call was wrong."""
    if arguments is None:  # the process is the command's own
        import flows.lean  # noqa: F401

        _print_all_letters()
    try:
        with _worded():
            parcferme.main(args=arguments, prog_name="parcferme", standalone_mode=True)
    except UserError as error:
        click.echo(f"error: {plain(str(error))}", err=True)
        if error.remedy:
            click.echo(f"  {plain(error.remedy)}", err=True)
        sys.exit(error.exit_code)


@contextmanager
def _worded() -> Iterator[None]:
    """Say which file the disk, or its rights, keep from a command that could not do without it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        remedy = "Give yourself the right to it." if error.errno in (errno.EACCES, errno.EPERM) else None
        what = f"{error.filename} cannot be used" if error.filename else "What is printed, or a file, cannot be written"
        raise UserError(f"{what}: {error.strerror}.", remedy) from error


def _print_all_letters() -> None:
    """Print names whose letters the locale has not, too: to files and pipes in UTF-8, escaped on terminals."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower().replace("-", "") != "utf8":
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")


if __name__ == "__main__":
    main()
