"""Trailing figures equal the libraries' on windows of the same curves."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from curves import Curve
from parity.conftest import INDEX, RUN_ID, read_closes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical

# A year of the slower libraries' windows takes a second, so a few curves stand for all.
CURVES = ("PEP", "RRC", "UNH", "WMT", "walk_0", "walk_1")
BARS = {"63d": 63, "252d": 252}


def frame_of(curve: Curve) -> pd.DataFrame:
    equity = pd.Series(curve.equity, pd.DatetimeIndex(curve.days), dtype=float)
    frame = pd.DataFrame({"equity": equity, "simple": equity.pct_change()})
    return frame.assign(log=np.log(equity).diff())


def peers(frame: pd.DataFrame, bars: int, annualization: float) -> dict[str, pd.Series]:
    """Return what the libraries make of the returns after the first day, by figure."""
    simple, log = frame["simple"].iloc[1:], frame["log"].iloc[1:]
    options = {"window": bars, "annualization": annualization}
    return {
        "volatility": empyrical.roll_annual_volatility(log, **options),
        "sharpe": empyrical.roll_sharpe_ratio(simple, **options),
        "sortino": empyrical.roll_sortino_ratio(simple, **options),
        "drawdown": (frame["equity"] / frame["equity"].rolling(bars + 1).max() - 1).dropna(),
    }


def rolled(built: duckdb.DuckDBPyConnection, curve: Curve) -> tuple[pd.DataFrame, float]:
    backtest_id = curve.backtest_id(RUN_ID)
    rows: list[dict[str, Any]] = (
        built.execute(
            """
            select rolling.*, periods_per_year
            from fct_rolling_daily as rolling
            inner join dim_backtests using (backtest_id)
            where backtest_id = ?
            order by equity_date
            """,
            [backtest_id],
        )
        .pl()
        .to_dicts()
    )
    frame = pd.DataFrame(rows).set_index("equity_date")
    return frame, float(rows[0]["periods_per_year"])


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("length", list(BARS))
def test_trailing_figures_equal_their_peers(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], name: str, length: str
) -> None:
    curve = next(curve for curve in curves if curve.name == name)
    ours, annualization = rolled(built, curve)
    theirs = peers(frame_of(curve), BARS[length], annualization)
    for figure, series in theirs.items():
        found = ours[f"{figure}_{length}"].to_numpy(dtype=float)
        assert np.isnan(found[: BARS[length]]).all()
        assert len(series) == len(found) - BARS[length] > 200
        assert found[BARS[length] :] == pytest.approx(series.to_numpy(), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("length", list(BARS))
def test_trailing_betas_equal_their_peer(
    built: duckdb.DuckDBPyConnection,
    curves: list[Curve],
    market_data: Path,
    name: str,
    length: str,
) -> None:
    curve = next(curve for curve in curves if curve.name == name)
    ours = built.execute(
        f"select equity_date, beta_{length} from fct_rolling_beta_daily "
        "where backtest_id = ? order by equity_date",
        [curve.backtest_id(RUN_ID)],
    ).fetchall()
    bars = read_closes(market_data, "sp500_index.csv.gz")
    closes = pd.Series(bars[INDEX].to_list(), pd.DatetimeIndex(bars["Date"].to_list()))
    equity = frame_of(curve)["equity"]
    common = pd.DataFrame({"equity": equity, "close": closes}).dropna()
    assert len(common) < len(equity) or not name.startswith("walk")
    returns = common.pct_change().iloc[1:]
    theirs = empyrical.roll_beta(returns["equity"], returns["close"], window=BARS[length])
    found = np.array([beta for _, beta in ours], dtype=float)
    assert [day for day, _ in ours] == [day.date() for day in common.index]
    assert np.isnan(found[: BARS[length]]).all()
    assert found[BARS[length] :] == pytest.approx(theirs.to_numpy(), rel=1e-10, abs=1e-12)


def test_a_curve_without_dispersion_or_loss_has_no_ratio(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    by_name = {curve.name: curve for curve in curves}
    for name in ("constant", "rising"):
        frame, _ = rolled(built, by_name[name])
        assert (frame[["volatility_63d", "volatility_252d"]].iloc[252:] == 0).all(axis=None)
        ratios = ["sharpe_63d", "sharpe_252d", "sortino_63d", "sortino_252d"]
        assert frame[ratios].isna().all(axis=None)
        assert (frame["drawdown_252d"].iloc[252:] == 0).all()
