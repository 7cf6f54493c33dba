"""The command ``export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home

__all__ = ["export"]


@app.command()
def export(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="attribution, failures, manifest, portfolio, regimes or summary.",
            show_default=False,
        ),
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="All kinds of the run, and the portfolios that hold it.")
    ] = False,
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
    """Write JSON artefacts of the published tables and print their paths.

    \b
    Kinds:
      attribution  attribution_RUN_ID.json: what factors explain of each backtest
      failures     failures_RUN_ID.json: what its losing trades have in common
      manifest     batch_run_manifest.json: what the run was to do
      portfolio    portfolio_ID.json: figures, contributions and joint drawdowns
      regimes      regimes_RUN_ID.json: the market's labels by day, of its symbols
      summary      summary_RUN_ID.json: how it came out, by strategy and symbol

    Each is valid against the JSON Schema of its kind, and is put in place
    whole: a reader sees the old file or the new one. With --all, all are
    checked before the first is put in place, kinds of which the run has
    nothing are left out, and artefacts_RUN_ID.json says what is there.

    \b
    Examples:
      curvehouse export summary --run demo --out artefacts
      curvehouse export portfolio --portfolio demo_mixed --out artefacts
      curvehouse export --all --run demo --out artefacts
    """
    from curvehouse.errors import UsageError
    from curvehouse.export import export_artefact, export_run, find_kind, known_kinds

    if everything:
        if run is None or kind is not None or portfolio is not None:
            raise UsageError(
                "--all is about one run: give --run, and neither KIND nor --portfolio."
            )
        paths, reasons = export_run(to_home(home), run, out)
        for reason in reasons:
            say(f"left out: {reason}")
        for path in paths:
            typer.echo(path)
        return
    if kind is None:
        raise UsageError(f"name one of {', '.join(known_kinds())}, or give --all.")
    given = {"run": run, "portfolio": portfolio}
    wanted = find_kind(kind).subject
    subject = given.pop(wanted)
    if subject is None or any(other is not None for other in given.values()):
        raise UsageError(f"{kind} is about one {wanted}: give --{wanted}, and that alone.")
    typer.echo(export_artefact(to_home(home), kind, subject, out))
