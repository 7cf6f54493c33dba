"""Heat maps: growth on a parameter grid, and who falls together with whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt

from curvehouse.report.charts.sizes import sized

__all__ = ["CHARTS"]


# Zero is the colour of the page; panels side by side share the bound.
_GROWTH_COLOURS = alt.Scale(
    range="diverging",
    interpolate="lab",
    domainMid=0,
    domainMin=alt.ExprRef("-bound"),
    domainMax=alt.ExprRef("bound"),
    clamp=True,
)


def _parameter_grid() -> Any:
    bound = alt.param(name="bound", value=1)
    base = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X(
            "x_value:O",
            title=None,
            sort=alt.EncodingSortField("x_position", op="min"),
            axis=alt.Axis(labelAngle=0, labelOverlap=True),
        ),
        y=alt.Y(
            "y_value:O",
            title=None,
            sort=alt.EncodingSortField("y_position", op="min", order="descending"),
        ),
    )
    cells = base.mark_rect(style="cell").encode(
        color=alt.Color("cagr:Q", title="CAGR", scale=_GROWTH_COLOURS, legend=None),
        tooltip=[
            alt.Tooltip("x_name:N", title="across"),
            alt.Tooltip("x_value:N", title="value"),
            alt.Tooltip("y_name:N", title="up"),
            alt.Tooltip("y_value:N", title="value up"),
            alt.Tooltip("cagr:Q", title="CAGR", format=".1%"),
            alt.Tooltip("sharpe_ratio:Q", title="Sharpe", format=".2f"),
            alt.Tooltip("backtest_count:Q", title="backtests"),
        ],
    )
    text = base.mark_text(style="cell-text").encode(text=alt.Text("cagr:Q", format=".1%"))
    return sized(alt.layer(cells, text).add_params(bound))


def _co_drawdowns() -> Any:
    base = alt.Chart(alt.NamedData("pairs")).encode(
        x=alt.X("other_member_id:N", title=None, axis=alt.Axis(labelAngle=-40)),
        y=alt.Y("member_id:N", title=None),
    )
    cells = base.mark_rect(style="cell").encode(
        color=alt.Color(
            "joint_drawdown_ratio:Q",
            title="days both under water",
            scale=alt.Scale(range="heatmap", interpolate="lab", domain=[0, 1]),
            legend=alt.Legend(format="%"),
        ),
        tooltip=[
            alt.Tooltip("member_id:N", title="member"),
            alt.Tooltip("other_member_id:N", title="and"),
            alt.Tooltip("joint_drawdown_ratio:Q", title="both under water", format=".1%"),
            alt.Tooltip("correlation:Q", format=".2f"),
            alt.Tooltip("worst_joint_date:T", title="worst day together", format="%Y-%m-%d"),
            alt.Tooltip("worst_joint_return:Q", title="mean return", format=".1%"),
        ],
    )
    text = base.mark_text(style="cell-text").encode(
        text=alt.Text("joint_drawdown_ratio:Q", format=".0%")
    )
    return sized(alt.layer(cells, text))


CHARTS: dict[str, Callable[[], Any]] = {
    "co_drawdowns": _co_drawdowns,
    "parameter_grid": _parameter_grid,
}
"""The charts of this module by their names."""
