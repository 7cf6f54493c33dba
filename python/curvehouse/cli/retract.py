"""The command ``ingest retract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curvehouse.cli.app import HomeOption, to_home
from curvehouse.cli.ingest import ingest_app

__all__ = ["retract"]


@ingest_app.command()
def retract(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files, or folders with all below them.", metavar="PATH"),
    ] = None,
    run_id: Annotated[
        str | None, typer.Option("--run", help="Retract a whole run.", metavar="RUN_ID")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Take files out of the tables, from the next build on.

    A file is named by the path where it was found last, and need not be there any more. The
    manifest or jobs.jsonl of a run stands for the whole run. Files in quarantine are no longer
    reported. Nothing is deleted: what was loaded stays in the raw tables, and fct_ingested_files
    has the history.

    A retracted file stays out of later ingests until its content changes; --restore at `ingest
    runs`, `bars`, `factors`, `portfolios`, `equity` or `trades` loads it again. A portfolio keeps
    a member that was retracted, with weight 0 and the reason.

    \b
    Examples:
      curvehouse ingest retract results/my_sweep/ma_crossover
      curvehouse ingest retract --run my_sweep
    """
    from curvehouse.errors import UsageError
    from curvehouse.ingest.retract import retract_paths, retract_run

    if run_id is not None and not paths:
        count = retract_run(to_home(home), run_id)
    elif paths and run_id is None:
        count = retract_paths(to_home(home), paths)
    else:
        raise UsageError("give either paths to retract, or --run with a run_id.")
    typer.echo(f"retracted {count}")
