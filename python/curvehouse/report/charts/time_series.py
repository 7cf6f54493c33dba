"""Charts over days: curves, drawdowns, ratios, betas and weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt

from curvehouse.report.charts.sizes import sized

__all__ = ["CHARTS"]

_PERCENT = ".1%"
# Cash comes first, and what is left after the eighth member last; charts.js sets the colours.
_HOLDING_COLOURS = [
    alt.ExprRef("cash_colour"),
    *(alt.ExprRef(f"series_colour_{number}") for number in range(1, 9)),
    alt.ExprRef("rest_colour"),
]
_DAY = alt.Tooltip("equity_date:T", title="day", format="%Y-%m-%d")


_AMOUNT = alt.Axis(format="~s", tickCount=5)
_YEARS = alt.Axis(grid=False, tickCount=8, labelOverlap="greedy", labelSeparation=6)


def _days(field: str = "equity_date") -> alt.X:
    return alt.X(f"{field}:T", title=None, axis=_YEARS)


def _pointer(name: str) -> alt.Parameter:
    """Return the selection of the day that is nearest to the pointer."""
    return alt.selection_point(
        name=name, nearest=True, on="pointermove", encodings=["x"], empty=False, clear="pointerout"
    )


def _rule(base: alt.Chart, pointer: alt.Parameter, tooltip: list[alt.Tooltip]) -> Any:
    """Return the line at that day, with what is to be read there."""
    return (
        base.mark_rule(style="pointer")
        .encode(
            x=_days(),
            opacity=alt.when(pointer).then(alt.value(1)).otherwise(alt.value(0)),
            tooltip=tooltip,
        )
        .add_params(pointer)
    )


def _equity_line(base: alt.Chart) -> Any:
    return base.mark_line(style="curve").encode(
        x=_days(),
        y=alt.Y("equity:Q", title="equity", scale=alt.Scale(zero=False), axis=_AMOUNT),
    )


def _equity_with_regimes() -> Any:
    bands = (
        alt.Chart(alt.NamedData("spells"))
        .mark_rect(style="band")
        .encode(
            x=alt.X("start_date:T", title=None),
            x2="until_date:T",
            color=alt.Color(
                "trend:N",
                title="trend",
                scale=alt.Scale(domain=["Up", "Flat", "Down"], range="ordinal"),
            ),
            opacity=alt.Opacity(
                "volatility_band:O",
                title="volatility",
                scale=alt.Scale(domain=["LowVol", "MidVol", "HighVol"], range=[0.12, 0.28, 0.55]),
            ),
        )
    )
    return sized(alt.layer(bands, *_equity_layers()), 260)


def _equity() -> Any:
    return sized(alt.layer(*_equity_layers()), 220)


def _equity_layers() -> list[Any]:
    base = alt.Chart(alt.NamedData("curve"))
    tooltip = [
        _DAY,
        alt.Tooltip("equity:Q", format=",.4~f"),
        alt.Tooltip("drawdown:Q", format=_PERCENT),
    ]
    return [_equity_line(base), _rule(base, _pointer("equity_day"), tooltip)]


def _drawdown() -> Any:
    base = alt.Chart(alt.NamedData("curve"))
    area = base.mark_area(style="fall", line={"style": "fall-line"}).encode(
        x=_days(),
        y=alt.Y("drawdown:Q", title="drawdown", axis=alt.Axis(format="%", tickCount=4)),
    )
    tooltip = [_DAY, alt.Tooltip("drawdown:Q", format=_PERCENT)]
    return sized(alt.layer(area, _rule(base, _pointer("drawdown_day"), tooltip)), 120)


def _rolling_sharpe() -> Any:
    base = alt.Chart(alt.NamedData("rolling"))
    zero = alt.Chart(alt.NamedData("rolling")).mark_rule(style="zero").encode(y=alt.datum(0))
    windows = [("sharpe_63d", "63 days", "faint"), ("sharpe_252d", "252 days", "curve")]
    lines = [
        base.mark_line(style=style).encode(
            x=_days(),
            y=alt.Y(f"{field}:Q", title="Sharpe ratio", axis=alt.Axis(tickCount=5)),
        )
        for field, _, style in windows
    ]
    ratios = [alt.Tooltip(f"{field}:Q", title=name, format=".2f") for field, name, _ in windows]
    tooltip = [_DAY, *ratios]
    return sized(alt.layer(zero, *lines, _rule(base, _pointer("ratio_day"), tooltip)), 140)


def _exposures() -> Any:
    base = alt.Chart(alt.NamedData("exposures"))
    zero = base.mark_rule(style="zero").encode(y=alt.datum(0))
    lines = base.mark_line(style="series").encode(
        x=_days("as_of_date"),
        y=alt.Y("beta:Q", title="beta", axis=alt.Axis(tickCount=5)),
        color=alt.Color("factor:N", title="factor", sort=None, scale=alt.Scale(range="category")),
    )
    points = base.mark_point(style="target").encode(
        x=_days("as_of_date"),
        y="beta:Q",
        tooltip=[
            alt.Tooltip("as_of_date:T", title="day", format="%Y-%m-%d"),
            alt.Tooltip("factor:N"),
            alt.Tooltip("beta:Q", format=".2f"),
        ],
    )
    return sized(alt.layer(zero, lines, points), 160)


def _weights() -> Any:
    areas = (
        alt.Chart(alt.NamedData("weights"))
        .mark_area(style="share", interpolate="step-after")
        .encode(
            x=_days("rebalance_date"),
            y=alt.Y("weight:Q", title="weight", stack=True, axis=alt.Axis(format="%", tickCount=4)),
            color=alt.Color(
                "band:N", title="holding", sort=None, scale=alt.Scale(range=_HOLDING_COLOURS)
            ),
            order=alt.Order("band_rank:Q", sort="descending"),
            tooltip=[alt.Tooltip("band:N", title="holding")],
        )
    )
    return sized(areas, 220)


CHARTS: dict[str, Callable[[], Any]] = {
    "drawdown": _drawdown,
    "equity": _equity,
    "equity_with_regimes": _equity_with_regimes,
    "exposures": _exposures,
    "rolling_sharpe": _rolling_sharpe,
    "weights": _weights,
}
