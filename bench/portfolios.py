"""Portfolios walked forward, beside skfolio, and beside reading and writing."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from curvehouse.analytics.portfolios import decide_weights
from curvehouse.analytics.portfolios.options import PortfolioSpec
from curvehouse.analytics.portfolios.panel import Days, Floats, Member, Panel
from curvehouse.analytics.portfolios.walk import walk_portfolio

__all__ = ["measure"]

FEW, MANY, DAYS = 20, 500, 2_520
# By ours, the estimator of skfolio that does the same.
PEERS = {
    "equal": "EqualWeighted",
    "vol_parity": "InverseVolatility",
    "min_variance": "MeanRisk",
    "risk_parity": "RiskBudgeting",
    "hrp": "HierarchicalRiskParity",
    "max_sharpe": "MeanRisk",
}
# It has nothing like these, so they are held against the quickest that looks at returns.
UNMATCHED = {"kelly": "InverseVolatility", "cap_dd": "InverseVolatility"}
POLICIES = ("equal", "vol_parity", "kelly", "cap_dd")


def measure() -> str:
    """Return the time of each way of sizing, and of many members rebalanced daily."""
    returns, days = _returns(FEW)
    theirs: dict[str, float] = {}
    lines = []
    with threadpool_limits(1):
        for name, peer in (PEERS | UNMATCHED).items():
            key = "max_sharpe" if name == "max_sharpe" else peer
            if key not in theirs:
                theirs[key] = _best(lambda peer=peer, key=key: _cross_validate(peer, key, returns))
            ours = _best(lambda name=name: _walk(name, returns, days), 5)
            lines.append(
                f"portfolios: {name} {ours * 1000:.1f} ms, skfolio {peer} "
                f"{theirs[key] * 1000:.0f} ms, {theirs[key] / ours:.0f} times"
            )
    return "\n".join([*lines, _daily()])


def _returns(members: int) -> tuple[Floats, Days]:
    draw = np.random.default_rng(1)
    common = draw.normal(0.0003, 0.008, DAYS)
    own = draw.normal(0.0002, np.linspace(0.004, 0.02, members)[:, None], (members, DAYS))
    days = np.busday_offset(np.datetime64("2010-01-04"), np.arange(DAYS), roll="forward")
    return own + common, days


def _walk(name: str, returns: Floats, days: Days) -> None:
    policy = name if name in POLICIES else "equal"
    members = tuple(Member(f"m{number:03}", None, policy) for number in range(len(returns)))
    panel = Panel(members, days, returns, np.ones(returns.shape, dtype=bool))
    method = None if name in POLICIES else name
    walk_portfolio(panel, PortfolioSpec("bench", "monthly", method=method))


def _cross_validate(peer: str, key: str, returns: Floats) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skfolio import optimization  # noqa: PLC0415
        from skfolio.model_selection import WalkForward, cross_val_predict  # noqa: PLC0415
        from skfolio.moments import LedoitWolf  # noqa: PLC0415
        from skfolio.prior import EmpiricalPrior  # noqa: PLC0415

        settings: dict[str, Any] = {}
        if peer not in ("EqualWeighted", "InverseVolatility"):
            settings["prior_estimator"] = EmpiricalPrior(covariance_estimator=LedoitWolf())
        if key == "max_sharpe":
            settings["objective_function"] = optimization.ObjectiveFunction.MAXIMIZE_RATIO
        windows = WalkForward(train_size=252, test_size=21)
        cross_val_predict(getattr(optimization, peer)(**settings), returns.T, cv=windows)


def _daily() -> str:
    returns, days = _returns(MANY)
    names = [f"m{number:03}" for number in range(MANY)]
    rows = pa.table(
        {
            "portfolio_id": pa.array(["bench"]).dictionary_encode().take(_zeros(returns.size)),
            "member_id": pa.array(np.repeat(names, DAYS)),
            "equity_date": pa.array(np.tile(days, MANY), pa.date32()),
            "simple_return": pa.array(returns.ravel()),
        }
    )
    members = pa.Table.from_pylist([_member(name) for name in names])
    with duckdb.connect() as connection:
        connection.register("made", rows)
        connection.execute(
            "create table returns as select portfolio_id::varchar as portfolio_id, "
            "member_id, equity_date, simple_return from made"
        )
        plain = _best(lambda: _write(connection, _read(connection).read_all()), 3)
        walked = _best(lambda: _write(connection, decide_weights(members, _read(connection))), 3)
        ((count,),) = connection.execute("select count(*) from written").fetchall()
    return (
        f"portfolios: {MANY} members daily, {count:,} weights in {walked:.2f} s, "
        f"{walked / plain:.1f} times reading their returns and writing as many rows ({plain:.2f} s)"
    )


def _zeros(count: int) -> pa.Array:
    return pa.array(np.zeros(count, dtype=np.int32))


def _member(name: str) -> dict[str, Any]:
    return {
        "portfolio_id": "bench",
        "rebalance_cadence": "daily",
        "max_weight": 0.4,
        "min_strategies": 3,
        "cost_bps": 5.0,
        "portfolio_policy": None,
        "select_metric": None,
        "select_top": None,
        "member_id": name,
        "backtest_id": f"b{name}",
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
    connection.unregister("outgoing")


def _best(call: Callable[[], object], times: int = 2) -> float:
    """Return the fewest processor seconds among some runs; other work only adds to them."""
    found = []
    for _ in range(times):
        started_at = time.process_time()
        call()
        found.append(time.process_time() - started_at)
    return min(found)
