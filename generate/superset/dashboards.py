"""The two dashboards: which charts stand where."""

from __future__ import annotations

from generate.superset.parts import Dashboard

__all__ = ["DASHBOARDS"]

DASHBOARDS = (
    Dashboard(
        title="Curvehouse: strategies",
        slug="curvehouse-strategies",
        description="How a sweep came out, what its parameters did, and how lucky its best is.",
        rows=(
            (("Leaderboard", 8), ("Growth of all backtests", 4)),
            (("Growth by strategy and symbol", 6), ("What a parameter did", 6)),
            (("Luck of the best", 12),),
        ),
        filters=(
            ("Run", "fct_backtest_summary.run_id"),
            ("Strategy", "fct_backtest_summary.strategy"),
            ("Symbol", "fct_backtest_summary.symbol"),
        ),
    ),
    Dashboard(
        title="Curvehouse: risk and portfolios",
        slug="curvehouse-risk",
        description="Drawdowns, regimes, exposures, portfolios, and what losing trades share.",
        rows=(
            (("Drawdowns over time", 8), ("Return by market regime", 4)),
            (("Betas over time", 6), ("Market volatility", 6)),
            (("Portfolios", 7), ("Who carries the risk", 5)),
            (("Deepest drawdowns", 6), ("Rules on losing trades", 6)),
        ),
        filters=(
            ("Strategy", "curves_of_backtests.strategy"),
            ("Portfolio", "fct_portfolio_daily.portfolio_id"),
        ),
    ),
)
