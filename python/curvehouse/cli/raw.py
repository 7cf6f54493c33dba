"""The command ``raw export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home

__all__ = ["export"]

raw_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What was loaded, as it was loaded: for a build on another engine.",
)
app.add_typer(raw_app, name="raw")


@raw_app.callback()
def _group() -> None:
    """Keep the command a group, although it has one member."""


@raw_app.command()
def export(
    folder: Annotated[
        Path, typer.Argument(help="Where the folder `raw` goes.", metavar="DIR", show_default=False)
    ],
    home: HomeOption = None,
) -> None:
    """Write the raw tables as Parquet, for a build on Apache Spark.

    Each table is a folder of files below DIR/raw, in place of an earlier export; times are naive
    and in UTC. DIR must be reachable for all workers under one path. docs/scale-out.md has the
    whole way there and back. Prints the folder.

    \b
    Examples:
      curvehouse raw export /mnt/shared/curves
    """
    from curvehouse.spark.raw_files import export_raw_tables

    done = export_raw_tables(to_home(home), folder.absolute())
    rows = sum(done.row_counts.values())
    say(f"Exported {len(done.row_counts)} raw tables, {rows:,} rows.")
    typer.echo(done.folder)
