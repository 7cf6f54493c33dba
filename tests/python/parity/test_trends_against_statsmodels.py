"""Trend strength and volatility equal plain regressions and standard deviations."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
import statsmodels.api as sm

from curves import Curve
from parity.conftest import INDEX, RUN_ID


def test_trend_strength_is_an_ordinary_regression(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.sql(
        f"""
        select close, volatility_14d, trend_strength_20d
        from fct_market_regimes where symbol = '{INDEX}' order by ts
        """
    ).fetchall()
    log_close = np.log([row[0] for row in rows])
    for last in range(19, len(rows), 97):
        window = log_close[last - 19 : last + 1]
        slope = sm.OLS(window, sm.add_constant(np.arange(20))).fit().params[1]
        deviation = np.diff(log_close[last - 14 : last + 1]).std(ddof=1)
        assert rows[last][1] == pytest.approx(deviation * np.sqrt(252), rel=1e-9)
        assert rows[last][2] == pytest.approx(slope * 20 / (deviation * np.sqrt(20)), rel=1e-9)


def test_a_curve_that_holds_a_symbol_has_the_symbols_figures(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    index = next(curve for curve in curves if curve.name == "index")
    ((largest, count),) = built.execute(
        """
        select
            max(greatest(
                abs(rolling.volatility_14d - regimes.volatility_14d),
                abs(rolling.trend_strength_20d - regimes.trend_strength_20d)
            )),
            count(*)
        from fct_rolling_daily as rolling
        inner join fct_market_regimes as regimes
            on rolling.equity_date = cast(regimes.ts as date)
        where rolling.backtest_id = ? and regimes.symbol = ?
            and (rolling.volatility_14d is null) = (regimes.volatility_14d is null)
        """,
        [index.backtest_id(RUN_ID), INDEX],
    ).fetchall()
    assert count == len(index.days)
    assert largest < 1e-9
