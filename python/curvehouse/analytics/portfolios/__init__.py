"""Portfolios of strategies: sized walk-forward, drifting in between, with each constraint told.

`panel` brings members onto common days, `scores` and `caps` turn each one's past into weights by
its policy, `methods` does so for all of them together, `targets` puts that into decisions, `walk`
holds them day by day, and `tables` is what the dbt models call.
"""

from curvehouse.analytics.portfolios.entries import list_entries
from curvehouse.analytics.portfolios.tables import (
    compare_drawdowns,
    decide_weights,
    measure_contributions,
    measure_portfolios,
    walk_days,
)

__all__ = [
    "compare_drawdowns",
    "decide_weights",
    "list_entries",
    "measure_contributions",
    "measure_portfolios",
    "walk_days",
]
