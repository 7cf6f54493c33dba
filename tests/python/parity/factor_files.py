"""Factor sets of real returns, and the odd ones that no curve can be fitted on."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from curvehouse.home import Home
from curvehouse.ingest import ingest_factors

__all__ = ["fund_factors", "load_factor_sets", "stock_factors"]


def stock_factors(stocks: pl.DataFrame) -> pl.DataFrame:
    """Three factors and a rate, 1990 to 2022: the mean stock, and two stocks less it."""
    names = [name for name in stocks.columns if name != "Date"]
    returns = stocks.select(pl.col(name).pct_change() for name in names)
    mean = returns.mean_horizontal()
    count = np.arange(len(stocks))
    return pl.DataFrame(
        {
            "date": stocks["Date"],
            "market": mean,
            "momentum": returns["AAPL"] - mean,
            "size": returns["XOM"] - mean,
            "RF": 1e-4 * (1 + np.sin(count / 500)),
        }
    ).slice(1)


def fund_factors(index: pl.DataFrame, funds: pl.DataFrame) -> pl.DataFrame:
    """The index's own return, and two funds less it, 2014 to 2022."""
    joined = funds.join(index, on="Date", how="inner").sort("Date")
    market = pl.col("SP500").pct_change()
    return joined.select(
        pl.col("Date").alias("date"),
        market.alias("market"),
        (pl.col("MTUM").pct_change() - market).alias("momentum"),
        (pl.col("SIZE").pct_change() - market).alias("size"),
    ).slice(1)


def load_factor_sets(
    home: Home, folder: Path, *, index: pl.DataFrame, stocks: pl.DataFrame, funds: pl.DataFrame
) -> None:
    """Load real sets, one of twelve factors of which one lacks a year, and two that can't serve."""
    threes = fund_factors(index, funds)
    names = [name for name in stocks.columns if name != "Date"][:12]
    recent = pl.col("Date") >= date(2013, 12, 31)
    twelve = (
        stocks.filter(recent)
        .select(pl.col("Date").alias("date"), *(pl.col(name).pct_change() for name in names))
        .slice(1)
    )
    in_hole = pl.col("date").is_between(date(2020, 6, 1), date(2021, 6, 1))
    long_ago = [date(1980, 1, 1) + timedelta(days=number) for number in range(300)]
    sets = {
        "stocks": stock_factors(stocks),
        "factors": threes,
        "twelve": twelve.with_columns(pl.when(~in_hole).then(pl.col(names[-1])).alias(names[-1])),
        "twins": threes.select("date", "market", twin=2 * pl.col("market")),
        "ancient": pl.DataFrame({"date": long_ago, "market": [0.01, -0.01, 0.02] * 100}),
    }
    for name, frame in sets.items():
        frame.write_csv(folder / f"{name}.csv")
        assert ingest_factors(home, folder / f"{name}.csv").is_clean
