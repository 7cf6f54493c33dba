"""The Typer application, its entry point and what all commands share.

Data goes to standard output, messages and progress to standard error. Exit codes: 0 done,
1 failed (or something was quarantined), 2 wrong usage. Commands import what they need when they
run, so that ``--help`` is quick.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from curvehouse import __version__
from curvehouse.errors import CurvehouseError
from curvehouse.home import HOME_VARIABLE, Home

__all__ = ["HomeOption", "app", "main", "say", "to_home"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help=f"Folder of the warehouse, else ${HOME_VARIABLE}, else ./warehouse.",
        metavar="DIR",
    ),
]

app = typer.Typer(
    name="curvehouse",
    help="A warehouse for equity curves: sweep, ingest, build, publish, query.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"curvehouse {__version__}")
        raise typer.Exit


def to_home(home: Path | None) -> Home:
    """Return the home that ``--home`` or the environment names."""
    return Home.resolve(home)


def say(message: str) -> None:
    """Print a message for the person at the terminal, on standard error."""
    typer.echo(message, err=True)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    try:
        app(args=None if arguments is None else list(arguments))
    except CurvehouseError as error:
        say(f"curvehouse: {error}")
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in _FULL or error.filename is not None:
            raise
        say(f"curvehouse: the output can't be written ({error.strerror}).")
        # Else Python tries once more when it exits, and complains in its own way.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)
