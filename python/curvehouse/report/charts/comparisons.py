"""Charts that set things side by side: how growth is spread, who contributed, which lifts hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt

from curvehouse.report.charts.sizes import sized

__all__ = ["CHARTS"]


def _cagr_distribution() -> Any:
    bars = (
        alt.Chart(alt.NamedData("bins"))
        .mark_bar(style="bin")
        .encode(
            x=alt.X(
                "cagr_bin:Q",
                title="CAGR",
                bin="binned",
                axis=alt.Axis(format="~%", grid=False, tickCount=8),
            ),
            x2="cagr_bin_end:Q",
            y=alt.Y(
                "backtest_count:Q",
                title="backtests",
                stack=True,
                axis=alt.Axis(tickCount=5, tickMinStep=1),
            ),
            color=alt.Color(
                "strategy:N", title="strategy", sort=None, scale=alt.Scale(range="category")
            ),
            tooltip=[
                alt.Tooltip("strategy:N"),
                alt.Tooltip("cagr_bin:Q", title="from", format=".1%"),
                alt.Tooltip("cagr_bin_end:Q", title="to", format=".1%"),
                alt.Tooltip("backtest_count:Q", title="backtests"),
            ],
        )
    )
    return sized(bars, 180)


def _contributions() -> Any:
    base = alt.Chart(alt.NamedData("contributions"))
    bars = (
        base.transform_fold(["return_share", "risk_share"], as_=["kind", "share"])
        .mark_bar(style="bar")
        .encode(
            y=alt.Y("source:N", title=None, sort=None),
            yOffset=alt.YOffset("kind:N", sort=None),
            x=alt.X("share:Q", title="share", axis=alt.Axis(format="%", tickCount=6)),
            color=alt.Color(
                "kind:N",
                title=None,
                sort=None,
                scale=alt.Scale(
                    domain=["return_share", "risk_share"],
                    range="category",
                ),
                legend=alt.Legend(
                    labelExpr="datum.value == 'risk_share' ? 'of risk' : 'of return'"
                ),
            ),
            tooltip=[
                alt.Tooltip("source:N"),
                alt.Tooltip("kind:N"),
                alt.Tooltip("share:Q", format=".1%"),
                alt.Tooltip("weight_mean:Q", title="mean weight", format=".1%"),
            ],
        )
    )
    return sized(bars)


def _lifts() -> Any:
    base = alt.Chart(alt.NamedData("clusters")).encode(
        y=alt.Y("cluster_id:O", title="cluster", axis=alt.Axis(labelAngle=0))
    )
    one = base.mark_rule(style="zero").encode(x=alt.datum(1))
    intervals = base.mark_rule(style="interval").encode(
        x=alt.X(
            "lift_at_entry_lower:Q",
            title="lift at entry",
            scale=alt.Scale(zero=False),
            axis=alt.Axis(tickCount=6),
        ),
        x2="lift_at_entry_upper:Q",
    )
    points = base.mark_point(style="estimate").encode(
        x="lift_at_entry:Q",
        tooltip=[
            alt.Tooltip("cluster_id:O", title="cluster"),
            alt.Tooltip("lift_at_entry:Q", title="lift at entry", format=".2f"),
            alt.Tooltip("lift_at_entry_lower:Q", title="from", format=".2f"),
            alt.Tooltip("lift_at_entry_upper:Q", title="to", format=".2f"),
            alt.Tooltip("lift_at_entry_p_adjusted:Q", title="adjusted p", format=".3f"),
        ],
    )
    return sized(alt.layer(one, intervals, points))


CHARTS: dict[str, Callable[[], Any]] = {
    "cagr_distribution": _cagr_distribution,
    "contributions": _contributions,
    "lifts": _lifts,
}
"""The charts of this module by their names."""
