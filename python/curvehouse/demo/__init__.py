"""The whole way on the market data that ships with the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import duckdb
import polars as pl

from curvehouse.build import run_build, showing_progress
from curvehouse.home import Home
from curvehouse.ingest import ingest_bars, ingest_factors, ingest_portfolios, ingest_runs
from curvehouse.sweep import SweepSpec, run_sweep

__all__ = ["DEMO_QUERIES", "DemoResult", "factor_returns", "run_demo"]

INDEX = "SP500"
FACTOR_FUNDS = {"momentum": "MTUM", "size": "SIZE"}

DEMO_SPEC = {
    "run_id": "demo",
    "strategies": ["ma_crossover", "random_flip", "buy_and_hold"],
    "symbols": [INDEX, "AAPL", "JPM", "KO", "XOM"],
    "param_grid": {
        "ma_short": [5, 10, 20, 30, 40],
        "ma_long": [50, 100, 150, 200],
        "flip_probability": [0.05],
    },
    "seeds": [1, 2, 3, 4, 5],
    "fee_bps": 2,
}

DEMO_QUERIES = (
    (
        "What did the parameters do to growth and to the worst loss?",
        (
            "select param_name, param_number, round(median(cagr), 3) as cagr, "
            "round(median(max_drawdown), 3) as max_drawdown "
            "from fct_backtest_summary join dim_backtest_params using (backtest_id) "
            "where param_name like 'ma_%' group by all order by all"
        ),
    ),
    (
        "How long did the market stay in each regime, and how volatile was it?",
        (
            "select regime, count(*) as days, round(avg(volatility_14d), 3) as volatility "
            "from fct_market_regimes where symbol = 'SP500' and regime is not null "
            "group by all order by days desc"
        ),
    ),
    (
        "Which curves were deepest under water at the end of March 2020?",
        (
            "select strategy, symbol, params, round(drawdown, 3) as drawdown "
            "from fct_equity_daily join dim_backtests using (backtest_id) "
            "where equity_date = '2020-03-31' order by fct_equity_daily.drawdown limit 10"
        ),
    ),
)

_BEST = """
    select
        summary.strategy,
        summary.symbol,
        backtests.params,
        backtests.seed,
        summary.cagr,
        summary.sharpe_ratio,
        summary.max_drawdown
    from fct_backtest_summary as summary
    inner join dim_backtests as backtests using (backtest_id)
    where summary.run_id = 'demo'
    order by round(summary.sharpe_ratio, 10) desc nulls last, summary.backtest_id
    limit 5
"""
_BEATEN = """
    with held as (
        select symbol, sharpe_ratio
        from fct_backtest_summary
        where run_id = 'demo' and strategy = 'buy_and_hold'
    )

    select
        count(*) filter (where summary.sharpe_ratio > held.sharpe_ratio),
        count(*)
    from fct_backtest_summary as summary
    inner join held using (symbol)
    where summary.run_id = 'demo' and summary.strategy <> 'buy_and_hold'
"""
_REGIME = """
    select ts, regime, volatility_14d
    from fct_market_regimes
    where symbol = ? and regime is not null
    order by ts desc
    limit 1
"""


@dataclass(frozen=True)
class Best:
    """One of the best backtests by Sharpe ratio."""

    strategy: str
    symbol: str
    params: str
    seed: int | None
    cagr: float
    sharpe_ratio: float
    max_drawdown: float


@dataclass(frozen=True)
class DemoResult:
    """What the demo shows when it has finished."""

    best: list[Best]
    beating_count: int
    active_count: int
    regime_date: date
    regime: str
    volatility: float
    published_file: Path


def factor_returns(closes: pl.DataFrame) -> pl.DataFrame:
    """Return daily factor returns from closes of the index and the factor funds.

    Parameters
    ----------
    closes : DataFrame
        ``Date`` and one column of closes per symbol, in order of date.

    Returns
    -------
    DataFrame
        ``date, market, momentum, size``: the index's simple return, and each fund's return less
        it, as decimal fractions.
    """
    market = pl.col(INDEX).pct_change()
    return closes.select(
        pl.col("Date").alias("date"),
        market.alias("market"),
        *((pl.col(fund).pct_change() - market).alias(name) for name, fund in FACTOR_FUNDS.items()),
    ).slice(1)


def run_demo(home: Home, say: Callable[[str], None]) -> DemoResult:
    """Sweep, ingest, build and publish the shipped data in ``home``, and read the result.

    Parameters
    ----------
    home : Home
        Where the demo's warehouse goes; what it holds already stays.
    say : callable
        Takes one line on each step.
    """
    folder = home.root / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files(__package__) / "data" / "closes.csv.gz") as bars_file:
        say("1/4  sweeping strategies over the S&P 500 and four stocks, 2014-2022")
        spec = SweepSpec.model_validate(DEMO_SPEC)
        sweep = run_sweep(spec, bars_file, home.root / "results")
        closes = pl.read_csv(bars_file, try_parse_dates=True)
        factor_returns(closes).write_csv(folder / "factors.csv")
        say("2/4  ingesting curves, trades, prices, factors and portfolios")
        ingest_bars(home, bars_file)
    ingest_factors(home, folder / "factors.csv")
    ingest_runs(home, [sweep.run_folder])
    ingest_portfolios(home, _copy_portfolios(folder / "portfolios"))
    say("3/4  building and testing the tables")
    with showing_progress() as show:
        run_build(home, on_step=show)
    say("4/4  reading the published file")
    return _read_result(home)


def _copy_portfolios(folder: Path) -> list[Path]:
    """Put the shipped specs where they can be looked at and changed."""
    folder.mkdir(exist_ok=True)
    copies = []
    for file in sorted((files(__package__) / "portfolios").iterdir(), key=lambda file: file.name):
        copies.append(folder / file.name)
        copies[-1].write_bytes(file.read_bytes())
    return copies


def _read_result(home: Home) -> DemoResult:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        best = [Best(*row) for row in connection.execute(_BEST).fetchall()]
        ((beating_count, active_count),) = connection.execute(_BEATEN).fetchall()
        ((at, regime, volatility),) = connection.execute(_REGIME, [INDEX]).fetchall()
    return DemoResult(
        best=best,
        beating_count=beating_count,
        active_count=active_count,
        regime_date=at.date(),
        regime=regime,
        volatility=volatility,
        published_file=home.published_file,
    )
