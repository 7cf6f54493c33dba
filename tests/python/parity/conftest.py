"""One build of real and made-up curves that all parity and truncation tests read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from conftest import run_dbt
from curvehouse.home import Home
from curvehouse.ingest import ingest_bars, ingest_portfolios, ingest_runs, retract_run
from curves import Curve, daily, write_run
from parity.factor_files import load_factor_sets
from parity.failure_runs import write_failure_runs
from parity.portfolio_specs import write_specs
from run_folder import TRADES_HEADER, PlannedJob, RunFolder

RUN_ID = "parity"
CASH_RUN_ID = "cash"
TRADING_RUN_ID = "trading"
CASH = 100_000.0
INDEX = "SP500"
TWIN_RUN_ID = "twins"
TWINS = ("walk_0", "PFE", "ruined")
SCALE = 7.3
SPARSE_CUTS = list(range(60, 400, 17))
CUT_ROWS = [20, 62, 63, 64, 80, 253, 254, 300, 777, 1000, *range(1500, 8300, 680)]


def read_closes(market_data: Path, name: str) -> pl.DataFrame:
    with gzip.open(market_data / name) as file:
        return pl.read_csv(file.read(), try_parse_dates=True)


def real_curves(market_data: Path) -> list[Curve]:
    """Twenty stocks and the index, over spans from 2 days to 33 years."""
    stocks = read_closes(market_data, "sp500_dataset.csv.gz")
    index = read_closes(market_data, "sp500_index.csv.gz")
    days = index["Date"].to_list()
    curves = [Curve("index", days, index[INDEX].to_list())]
    for position, name in enumerate(column for column in stocks.columns if column != "Date"):
        first = position * 150
        length = max(2, int(2 * 1.55**position))
        frame = stocks.slice(first, length)
        curves.append(Curve(name, frame["Date"].to_list(), frame[name].to_list()))
    return curves


def made_curves() -> list[Curve]:
    """Curves at the edges of the definitions, and walks on all days of the week."""
    draw = np.random.default_rng(7)
    walks = [
        daily(f"walk_{number}", (100 * np.exp(np.cumsum(draw.normal(0, 0.02, 900)))).tolist())
        for number in range(20)
    ]
    return [
        *walks,
        daily("constant", [100.0] * 300),
        daily("rising", (100 * 1.001 ** np.arange(300)).tolist()),
        daily("ruined", [100.0, 110.0, 90.0, 40.0, *[0.0] * 3] + [0.0] * 40),
    ]


def cut_curves(market_data: Path) -> list[Curve]:
    index = read_closes(market_data, "sp500_index.csv.gz")
    return [
        Curve(f"cut_{rows}", index["Date"].to_list()[:rows], index[INDEX].to_list()[:rows])
        for rows in CUT_ROWS
    ]


def sparse_curves(market_data: Path) -> list[Curve]:
    """A curve that moves on some days of the index only, and the same cut off at twenty rows."""
    index = read_closes(market_data, "sp500_index.csv.gz")
    draw = np.random.default_rng(3)
    rows = np.sort(draw.choice(2_000, 400, replace=False))
    days = [index["Date"][int(row)] for row in rows]
    equity = (100 * np.exp(np.cumsum(draw.normal(0.001, 0.02, 400)))).tolist()
    whole = Curve("sparse", days, equity, INDEX)
    cuts = [Curve(f"sparse_{n}", days[:n], equity[:n], INDEX) for n in SPARSE_CUTS]
    return [whole, *cuts]


def cash_curves(market_data: Path) -> list[Curve]:
    """Curves of accounts that began with `CASH`, and lost or gained on their first day."""
    stocks = read_closes(market_data, "sp500_dataset.csv.gz")
    made = []
    for name, change, first in (("AAPL", 0.95, 3_000), ("GE", 0.9, 2_600), ("KO", 1.03, 5_000)):
        frame = stocks.slice(first, 700)
        equity = frame[name].to_numpy() / frame[name][0] * CASH * change
        made.append(Curve(f"cash_{name}", frame["Date"].to_list(), equity.tolist()))
    return made


def twin_curves(curves: list[Curve], market_data: Path) -> list[Curve]:
    """Some curves again: in another currency, and with a day more on which nothing moved."""
    bar_days = read_closes(market_data, "sp500_index.csv.gz")["Date"].to_list()
    made = []
    for curve in (curve for curve in curves if curve.name in TWINS):
        last = curve.days[-1]
        days = [last + timedelta(days=1)] if curve.name.startswith("walk") else bar_days
        next_day = next(day for day in days if day > last)
        scaled = [value * SCALE for value in curve.equity]
        made.append(Curve(f"scaled_{curve.name}", curve.days, scaled))
        longer = [*curve.equity, curve.equity[-1]]
        made.append(Curve(f"flat_{curve.name}", [*curve.days, next_day], longer))
    return made


@dataclass(frozen=True)
class Trade:
    """A trade of one share that was held for some whole days, open where it has no exit."""

    entry: date
    exit: date | None
    pnl: float | None
    fees: float = 0.5

    def line(self, number: int) -> str:
        values = (self.exit, 100 + (self.pnl or 0), self.fees, self.pnl)
        end, price, fees, pnl = ("" if value is None else value for value in values)
        price = price if self.exit else ""
        return f"{number},{INDEX},long,{self.entry},{end},1,100,{price},{fees},{pnl}\n"


def made_trades() -> list[Trade]:
    draw = np.random.default_rng(11)
    days = [date(2015, 1, 5) + timedelta(days=7 * number) for number in range(60)]
    pnl = draw.normal(0.4, 3, 59).round(3).tolist()
    held = draw.integers(1, 20, 59).tolist()
    closed = [
        Trade(day, day + timedelta(days=length), earned)
        for day, length, earned in zip(days[:-1], held, pnl, strict=True)
    ]
    return [*closed, Trade(days[-1], None, None)]


def write_trading_run(results: Path, run_id: str) -> tuple[Path, str]:
    """Write a run whose one backtest has trades and no curve; return it and the backtest."""
    run = RunFolder(results / run_id, run_id, manifest={"starting_cash": CASH})
    job = run.add(PlannedJob({"n": 1}, symbol=INDEX))
    lines = (trade.line(number) for number, trade in enumerate(made_trades(), start=1))
    run.file(job, "trades").write_text(TRADES_HEADER + "".join(lines))
    return run.path, run.backtest_id(job)


@pytest.fixture(scope="session")
def curves(market_data: Path) -> list[Curve]:
    return [
        *real_curves(market_data),
        *made_curves(),
        *cut_curves(market_data),
        *sparse_curves(market_data),
    ]


@pytest.fixture(scope="session")
def trading_backtest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The backtest of the made trades."""
    return write_trading_run(tmp_path_factory.mktemp("trading"), TRADING_RUN_ID)[1]


@pytest.fixture(scope="session")
def built(
    curves: list[Curve], market_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working file of a build of all these curves, and of the index cut off twenty times."""
    folder = tmp_path_factory.mktemp("parity")
    home = Home(folder / "home")
    index = read_closes(market_data, "sp500_index.csv.gz")
    days = index["Date"].to_list()
    last_days = {f"cut_{rows}": days[rows - 1] for rows in CUT_ROWS} | {INDEX: days[-1]}
    runs = [
        write_run(folder, RUN_ID, curves),
        write_run(folder, CASH_RUN_ID, cash_curves(market_data), starting_cash=CASH),
        write_run(folder, TWIN_RUN_ID, twin_curves(curves, market_data)),
        write_trading_run(folder, TRADING_RUN_ID)[0],
        *write_failure_runs(folder, days, index[INDEX].to_list(), last_days),
    ]
    assert ingest_runs(home, runs).is_clean
    wide = index.with_columns(
        pl.when(pl.int_range(pl.len()) < rows).then(pl.col(INDEX)).alias(f"cut_{rows}")
        for rows in CUT_ROWS
    )
    wide.write_csv(folder / "closes.csv")
    ingest_bars(home, folder / "closes.csv")
    load_factor_sets(
        home,
        folder,
        index=index,
        stocks=read_closes(market_data, "sp500_dataset.csv.gz"),
        funds=read_closes(market_data, "factors_dataset.csv.gz"),
    )
    lost = daily("lost", [100.0, 101.0] * 100)
    ingest_runs(home, [write_run(folder, "lost", [lost])])
    specs = write_specs(folder / "specs", RUN_ID, curves, CUT_ROWS, lost.backtest_id("lost"))
    assert ingest_portfolios(home, specs).is_clean
    retract_run(home, "lost")
    # Models of states for two years of the index, not for all of them: each takes seconds.
    # And fewer draws of the clouds that patterns are held against: they would take ten seconds.
    fewer = "{markov_min_bars: 7800, markov_state_counts: [2], failure_null_draws: 9}"
    run_dbt(home, "build", "--exclude-resource-type", "unit_test", "--vars", fewer)
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        yield connection
