"""Labelling curves by regime, beside sorting the same rows in a window and writing them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench import floor
from bench.comparison import Call, Comparison, Outcome, Pair, Side, Target, Work
from bench.made_rows import load_curves
from bench.warehouse import run_dbt
from curvehouse.home import Home

__all__ = ["comparisons"]

CURVES, QUICK_CURVES, ROWS = 2_000, 50, 2_520
TABLE = "fct_backtest_regimes"
MODELS = ("int_backtest_regimes_labelled", TABLE)


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield the labels of all curves."""
    curves = QUICK_CURVES if quick else CURVES
    home = Home(folder / "home")
    load_curves(home, curves, ROWS)
    run_dbt(home, "seed")
    run_dbt(home, "run", "--select", f"+{TABLE}")
    yield Comparison(
        "labels",
        f"{curves:,} curves of {ROWS:,} days labelled by volatility and trend, and written",
        Side("curvehouse, both models", Call(label, (str(home.root),))),
        Side("DuckDB, one sort and write", Call(sort_and_write, (str(home.root),))),
        "days by curve, the first and the last",
        _pairs,
        is_floor=True,
        target=Target(at_most=5),
    )


def label(root: str) -> Work:
    """Label all curves anew."""
    home = Home(Path(root))

    def work() -> Outcome:
        seconds = run_dbt(home, "run", "--full-refresh", "--select", *MODELS)
        return Outcome(
            partial(_summary_of, home),
            sum(seconds.values()),
            {each: seconds[each] for each in MODELS},
        )

    return work


def sort_and_write(root: str) -> Work:
    """Sort and write the rows of the table."""
    return floor.sort_and_write(
        str(Home(Path(root)).working_file),
        f"source.{TABLE}",
        "backtest_id",
        "equity_date",
        summary=partial(_summary, table="floor.sorted"),
    )


def _summary_of(home: Home) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        return _summary(connection, TABLE)


def _summary(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        f"""
        select count(*), epoch(min(equity_date)), epoch(max(equity_date))
        from {table} group by backtest_id order by backtest_id
        """
    ).fetchall()


def _pairs(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> Iterator[Pair]:
    yield Pair("count, first and last day by curve", ours, theirs)
