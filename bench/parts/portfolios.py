"""Portfolios walked forward, beside skfolio, and beside reading and writing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bench import portfolio_formulas
from bench.comparison import Call, Comparison, Outcome, Pair, Side, Target, Work
from curvehouse.analytics.portfolios import decide_weights
from curvehouse.analytics.portfolios.options import POLICIES, PortfolioOptions, PortfolioSpec
from curvehouse.analytics.portfolios.panel import Days, Floats, Member, Panel
from curvehouse.analytics.portfolios.walk import walk_portfolio

__all__ = ["comparisons"]

FEW, MANY, QUICK_MANY = 20, 500, 20
DAYS, QUICK_DAYS = 2_520, 400
WINDOW = 252
# By ours, the estimator of skfolio that does the same, and how near its solver comes.
PEERS = {
    "equal": ("EqualWeighted", 1e-12),
    "min_variance": ("MeanRisk", 2e-3),
    "risk_parity": ("RiskBudgeting", 2e-3),
    "hrp": ("HierarchicalRiskParity", 1e-9),
    "max_sharpe": ("MeanRisk", 2e-3),
}
QUICKEST = ("EqualWeighted", "InverseVolatility")
# It sizes by nothing like these: they are timed beside the quickest of it that looks at returns,
# and checked against their formulas.
UNMATCHED = dict.fromkeys(("vol_parity", "kelly", "cap_dd"), "InverseVolatility")


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield each way of sizing a portfolio, and one of many members rebalanced daily."""
    days = QUICK_DAYS if quick else DAYS
    size = f"{FEW} members, {days:,} days, monthly"
    for name, (peer, error) in PEERS.items():
        yield Comparison(
            name,
            f"{size}: weights walked forward, and the portfolio's days",
            _ours(name, days),
            _skfolio(peer, name, days),
            f"weights at each rebalance, to {error:g}",
            partial(_pairs, error),
            target=Target(at_least=30),
        )
    for name, peer in UNMATCHED.items():
        yield Comparison(
            name,
            f"{size}; skfolio has none, so the quickest of it that looks at returns is timed",
            _ours(name, days),
            _skfolio(peer, name, days),
            "weights at each rebalance against a plain formula, to 1e-9",
            partial(_pairs, 1e-9),
            target=Target(at_least=30),
        )
    many = QUICK_MANY if quick else MANY
    database = _write_returns(folder, many, days)
    yield Comparison(
        "many members daily",
        f"{many} members by vol_parity, {days:,} days, rebalanced daily: decided and written",
        Side("curvehouse", Call(decide_daily, (database, many))),
        Side("DuckDB, reading the returns and writing as many rows", Call(copy_rows, (database,))),
        "weights by member, those of the last day against a plain formula, to 1e-9",
        _pairs_of_days,
        is_floor=True,
        target=Target(at_most=5),
    )


def _ours(name: str, days: int) -> Side:
    return Side("curvehouse", Call(walk, (name, FEW, days), warm_ups=1, repeats=10))


def _skfolio(peer: str, name: str, days: int) -> Side:
    call = Call(
        walk_by_skfolio,
        (peer, name, FEW, days),
        warm_ups=1,
        repeats=5 if peer in QUICKEST else 1,
    )
    return Side(f"skfolio {peer}", call)


def walk(name: str, members: int, days: int) -> Work:
    """Walk a portfolio forward, by a policy of its members or a method of its own."""
    returns, dates = _returns(members, days)
    policy = name if name in POLICIES else "equal"
    of_panel = tuple(Member(f"m{number:03}", None, policy) for number in range(members))
    spec = PortfolioSpec("bench", "monthly", method=None if name in POLICIES else name)
    threadpool_limits(1)

    def work() -> Outcome:
        panel = Panel(of_panel, dates, returns, np.ones(returns.shape, dtype=bool))
        targets = walk_portfolio(panel, spec).targets
        is_late = targets.rows >= WINDOW
        return Outcome(lambda: targets.weights[is_late])

    return work


def walk_by_skfolio(peer: str, name: str, members: int, days: int) -> Work:
    """Walk the same portfolio forward by skfolio, with the covariance that ours uses."""
    from skfolio import optimization
    from skfolio.distance import CovarianceDistance
    from skfolio.model_selection import cross_val_predict
    from skfolio.moments import LedoitWolf
    from skfolio.prior import EmpiricalPrior

    returns, dates = _returns(members, days)
    settings: dict[str, Any] = {}
    if peer not in ("EqualWeighted", "InverseVolatility"):
        settings["prior_estimator"] = EmpiricalPrior(covariance_estimator=LedoitWolf())
    if peer == "HierarchicalRiskParity":
        covariance = LedoitWolf()
        settings["distance_estimator"] = CovarianceDistance(covariance_estimator=covariance)
    if name == "max_sharpe":
        settings["objective_function"] = optimization.ObjectiveFunction.MAXIMIZE_RATIO
    estimator = getattr(optimization, peer)(**settings)
    rows = _month_starts(dates)
    ends = [*rows[1:].tolist(), len(dates)]
    windows = [
        (np.arange(first - WINDOW, first), np.arange(first, end))
        for first, end in zip(rows.tolist(), ends, strict=True)
    ]

    threadpool_limits(1)

    def work() -> Outcome:
        found = cross_val_predict(estimator, returns.T, cv=windows)
        if name in UNMATCHED:
            return Outcome(lambda: portfolio_formulas.weights(name, returns, rows))
        return Outcome(lambda: np.array([each.weights for each in found.portfolios]))

    return work


def decide_daily(database: str, members: int) -> Work:
    """Read returns, decide on weights and write them."""
    wanted = pa.Table.from_pylist([_member(number) for number in range(members)])

    def work() -> Outcome:
        with duckdb.connect(database) as connection:
            _write(connection, decide_weights(_read(connection), wanted))
        return Outcome(partial(_weights, database))

    return work


def copy_rows(database: str) -> Work:
    """Read returns and write them."""

    def work() -> Outcome:
        with duckdb.connect(database) as connection:
            _write(connection, _read(connection).read_all())
        return Outcome(partial(_size, database))

    return work


def _pairs(error: float, ours: Floats, theirs: Floats) -> Iterator[Pair]:
    yield Pair("weights by rebalance and member", ours, theirs, relative=0.0, absolute=error)


def _pairs_of_days(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Pair]:
    """Yield the counts of weights, of which a member has none on its first days, and the last."""
    days, members = theirs["days"], theirs["members"]
    yield Pair("weights by member", ours["counts"], [days - PortfolioOptions.min_days] * members)
    returns, _ = _returns(members, days)
    formula = portfolio_formulas.weights("vol_parity", returns, np.array([days - 1]))
    yield Pair("weights of the last day", ours["last"], formula[0])


def _returns(members: int, count: int) -> tuple[Floats, Days]:
    draw = np.random.default_rng(1)
    common = draw.normal(0.0003, 0.008, count)
    own = draw.normal(0.0002, np.linspace(0.004, 0.02, members)[:, None], (members, count))
    days = np.busday_offset(np.datetime64("2010-01-04"), np.arange(count), roll="forward")
    return own + common, days


def _month_starts(days: Days) -> NDArray[np.int64]:
    """Return the first day of each month that has a whole window before it."""
    months = days.astype("datetime64[M]")
    rows = np.flatnonzero(months[1:] != months[:-1]) + 1
    return rows[rows >= WINDOW]


def _write_returns(folder: Path, members: int, count: int) -> str:
    returns, days = _returns(members, count)
    names = [f"m{number:03}" for number in range(members)]
    made = pa.table(
        {
            "portfolio_id": ["bench"] * returns.size,
            "member_id": np.repeat(names, count),
            "equity_date": pa.array(np.tile(days, members), pa.date32()),
            "simple_return": returns.ravel(),
        }
    )
    database = folder / "returns.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.register("made", made)
        connection.execute("create table returns as from made")
    return str(database)


def _member(number: int) -> dict[str, Any]:
    return {
        "portfolio_id": "bench",
        "rebalance_cadence": "daily",
        "max_weight": 0.4,
        "min_strategies": 3,
        "cost_bps": 5.0,
        "portfolio_policy": None,
        "select_metric": None,
        "select_top": None,
        "member_id": f"m{number:03}",
        "backtest_id": f"b{number:03}",
        "policy": "vol_parity",
        "periods_per_year": 252.0,
        "member_status": None,
    }


def _read(connection: duckdb.DuckDBPyConnection) -> pa.RecordBatchReader:
    return connection.sql(
        "from returns order by portfolio_id, member_id, equity_date"
    ).to_arrow_reader(100_000)


def _write(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> None:
    connection.register("outgoing", table)
    connection.execute("create or replace table written as from outgoing")


def _weights(database: str) -> dict[str, Any]:
    """Return how many weights each member has, and those of the last day."""
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(
            """
            select count(*), max_by(weight_target, rebalance_date)
            from written where member_id is not null group by member_id order by member_id
            """
        ).fetchall()
    return {"counts": [row[0] for row in rows], "last": [row[1] for row in rows]}


def _size(database: str) -> dict[str, int]:
    """Return how many days and members were copied."""
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select count(distinct equity_date), count(distinct member_id) from written"
        ).fetchall()
    return {"days": rows[0][0], "members": rows[0][1]}
