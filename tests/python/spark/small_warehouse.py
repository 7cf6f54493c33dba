"""A small warehouse with something for every model."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import polars as pl

from conftest import run_dbt
from curvehouse.demo import factor_returns
from curvehouse.home import Home
from curvehouse.identity import ParameterValue, backtest_id
from curvehouse.ingest import (
    ImportedBacktest,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_portfolios,
    ingest_runs,
    ingest_trades,
)
from curvehouse.publish import publish
from curvehouse.sweep import SweepOptions, SweepSpec, run_sweep
from failure_trades import planted

__all__ = ["VARS", "make_small_home"]

# 24 cells; five years are enough for each window, and for failures to cluster.
SPEC = {
    "run_id": "sweep",
    "strategies": ["ma_crossover", "random_flip"],
    "symbols": ["SP500", "AAPL"],
    "param_grid": {
        "ma_short": [5, 10, 20],
        "ma_long": [50, 100, 150],
        "flip_probability": [0.1],
    },
    "seeds": [1, 2, 3],
    "fee_bps": 2,
}
FIRST_DAY = date(2017, 1, 1)
VARS = "{markov_min_bars: 900, failure_min_losses: 20, markov_state_counts: [2]}"
TRADES = """trade_id,symbol,side,entry_at,exit_at,quantity,entry_price,exit_price,fees,pnl
1,SP500,long,2019-01-03T15:00:00Z,2019-02-01T20:00:00Z,10,2447.89,2706.53,5,2581.4
2,SP500,short,2019-05-06T15:00:00Z,2019-05-31T20:00:00Z,10,2932.47,2752.06,5,1799.1
3,SP500,long,2019-06-03T15:00:00Z,,10,2744.45,,5,
"""
PORTFOLIO = """{{"portfolio_id": "{name}", "strategies": [{members}],
"rebalance_cadence": "monthly", "constraints": {{"max_weight": 0.6, "min_strategies": 2}}{rest}}}"""


def make_small_home(home: Home, folder: Path) -> None:
    with as_file(files("curvehouse.demo") / "data" / "closes.csv.gz") as shipped:
        closes = pl.read_csv(shipped, try_parse_dates=True)
    closes = closes.filter(pl.col("Date") >= FIRST_DAY)
    closes.write_csv(folder / "closes.csv")
    factor_returns(closes).write_csv(folder / "factors.csv")
    outcome = run_sweep(
        SweepSpec.model_validate(SPEC),
        folder / "closes.csv",
        folder / "results",
        options=SweepOptions(workers=1),
    )
    ingest_bars(home, folder / "closes.csv")
    ingest_factors(home, folder / "factors.csv")
    ingest_runs(home, [outcome.run_folder])
    _import_others(home, closes, folder)
    ingest_portfolios(home, _portfolios(folder))
    run_dbt(home, "build", "--exclude-resource-type", "unit_test", "--vars", VARS)
    publish(home)


def _import_others(home: Home, closes: pl.DataFrame, folder: Path) -> None:
    """Load a curve that moves now and then, in a zone of its own, and trades without curves."""
    params: dict[str, ParameterValue] = {
        **{"rate": 0.0005, "least": 1e-05, "most": 1e22},
        **{"note": ': 5, "a": 0.1 \\', "off": None},
    }
    sparse = closes.select(
        pl.col("Date").cast(pl.Datetime).dt.offset_by("22h").alias("ts"),
        (pl.col("JPM") * 100).alias("equity"),
    ).gather_every(7)
    sparse.write_csv(folder / "sparse.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
    imported = ImportedBacktest("imported", "sparse", params, symbol="JPM")
    ingest_equity(home, folder / "sparse.csv", imported, timezone="America/New_York")
    patterned = pl.DataFrame(planted(1, 400)).select(
        *("symbol", "side", "entry_at", "exit_at", "pnl", "pre_runup_pct", "entry_vol"),
        quantity=pl.lit(1_000.0),
        entry_price=pl.lit(100.0),
        exit_price=100 + pl.col("pnl") / 1_000,
        fees=pl.lit(0.0),
    )
    patterned.write_csv(folder / "pattern.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
    imported = ImportedBacktest(run_id="imported", strategy="pattern", symbol="AAA")
    ingest_trades(home, folder / "pattern.csv", imported)
    (folder / "trades.csv").write_text(TRADES)
    imported = ImportedBacktest(run_id="imported", strategy="trades", symbol="SP500")
    ingest_trades(home, folder / "trades.csv", imported)


def _portfolios(folder: Path) -> list[Path]:
    ids = sorted(
        path.name.removesuffix("_equity.csv")
        for path in (folder / "results" / "sweep" / "ma_crossover").glob("*_equity.csv")
    )[:4]
    policies = ("equal", "vol_parity", "kelly", "cap_dd")
    members = ", ".join(
        f'{{"id": "m{number}", "policy": "{policy}", '
        f'"backtest_id": "{backtest_id("sweep", "ma_crossover", param_hash)}"}}'
        for number, (param_hash, policy) in enumerate(zip(ids, policies, strict=True))
    )
    paths = []
    for name, rest in (("mixed", ""), ("hrp", ', "portfolio_policy": "hrp"')):
        paths.append(folder / f"{name}.json")
        paths[-1].write_text(PORTFOLIO.format(name=name, members=members, rest=rest))
    return paths
