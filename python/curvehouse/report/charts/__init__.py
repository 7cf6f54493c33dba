"""The charts, as Vega-Lite specifications without data.

Every page has the same ones: names of fields are ours, and all that comes from data reaches a chart
as a value. Colours come from the stylesheet, through the ranges that ``charts.js`` sets.
"""

from __future__ import annotations

from typing import Any

from curvehouse.report.charts import comparisons, grids, time_series

__all__ = ["all_charts"]


def all_charts() -> dict[str, dict[str, Any]]:
    """Return the specification of every chart by its name."""
    charts = {**time_series.CHARTS, **grids.CHARTS, **comparisons.CHARTS}
    return {name: make().to_dict() for name, make in charts.items()}
