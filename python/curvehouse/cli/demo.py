"""The command ``demo``."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home

if TYPE_CHECKING:
    from curvehouse.demo import Best, DemoResult

__all__ = ["demo"]


@app.command()
def demo(home: HomeOption = None) -> None:
    """Go the whole way on real market data that ships with the package.

    Sweeps 130 backtests, loads them, builds and tests the tables, publishes them, and shows a
    short result with three queries to try next.

    \b
    Example:
      curvehouse demo
    """
    from curvehouse.demo import run_demo

    started_at = time.monotonic()
    result = run_demo(to_home(home), say)
    say(f"Done in {time.monotonic() - started_at:.0f} s.\n")
    _print(result)


def _print(result: DemoResult) -> None:
    from curvehouse.demo import DEMO_QUERIES

    typer.echo("The five best backtests by Sharpe ratio")
    typer.echo(f"  {'strategy':<52} {'CAGR':>6} {'Sharpe':>6} {'worst loss':>10}")
    for best in result.best:
        typer.echo(
            f"  {_name(best):<52} {best.cagr:>6.1%} {best.sharpe_ratio:>6.2f} "
            f"{best.max_drawdown:>10.1%}"
        )
    typer.echo(
        f"\n{result.beating_count} of {result.active_count} timed backtests have a higher Sharpe "
        "ratio than holding the\nsame symbol: the best of many is lucky until shown otherwise."
    )
    typer.echo(
        f"\nThe S&P 500 on {result.regime_date}: {result.regime} "
        f"(volatility {result.volatility:.1%} a year)"
    )
    typer.echo(f"\nPublished: {_short(result.published_file)}\n\nTry next")
    for question, sql in DEMO_QUERIES:
        typer.echo(f'\n  # {question}\n  {_program()} query "{sql}"')


def _name(best: Best) -> str:
    params = [f"{key}={value}" for key, value in json.loads(best.params).items()]
    seed = [] if best.seed is None else [f"seed={best.seed}"]
    return f"{best.strategy}({', '.join(params + seed)}) on {best.symbol}"


def _program() -> str:
    """Return how the reader can call this program: by name where the shell finds it."""
    called = Path(sys.argv[0])
    found = shutil.which("curvehouse")
    if called.name != "curvehouse" or (found and Path(found).samefile(called)):
        return "curvehouse"
    return _short(called.absolute())


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
