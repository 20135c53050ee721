"""Options that several commands share, so that each means the same everywhere."""

from __future__ import annotations

import click

warehouse_option = click.option(
    "--warehouse", default="warehouse", show_default=True, metavar="DIR", help="A folder or s3://bucket/prefix."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
