"""The command ``export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curvehouse.cli.app import HomeOption, app, to_home

__all__ = ["export"]


@app.command()
def export(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="attribution, failures, manifest, portfolio, regimes or summary.",
            show_default=False,
        ),
    ],
    *,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN_ID", help="The run.", show_default=False)
    ] = None,
    portfolio: Annotated[
        str | None,
        typer.Option("--portfolio", metavar="ID", help="The portfolio.", show_default=False),
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder of the file.", show_default=False),
    ],
    home: HomeOption = None,
) -> None:
    """Write a JSON artefact of the published tables and print its path.

    \b
    Kinds:
      attribution  attribution_RUN_ID.json: what factors explain of each backtest
      failures     failures_RUN_ID.json: what its losing trades have in common
      manifest     batch_run_manifest.json: what the run was to do
      portfolio    portfolio_ID.json: figures, contributions and joint drawdowns
      regimes      regimes_RUN_ID.json: the market's labels by day, of its symbols
      summary      summary_RUN_ID.json: how it came out, by strategy and symbol

    It is valid against the JSON Schema of its kind, and is put in place
    whole: a reader sees the old file or the new one.

    \b
    Examples:
      curvehouse export summary --run demo --out artefacts
      curvehouse export manifest --run demo --out artefacts
      curvehouse export portfolio --portfolio demo_mixed --out artefacts
    """
    from curvehouse.errors import UsageError
    from curvehouse.export import export_artefact, find_kind

    given = {"run": run, "portfolio": portfolio}
    wanted = find_kind(kind).subject
    subject = given.pop(wanted)
    if subject is None or any(other is not None for other in given.values()):
        raise UsageError(f"{kind} is about one {wanted}: give --{wanted}, and that alone.")
    typer.echo(export_artefact(to_home(home), kind, subject, out))
