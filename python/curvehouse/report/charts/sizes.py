"""How large charts are: as wide as the page has room."""

from __future__ import annotations

from typing import Any

import altair as alt

__all__ = ["sized"]

_FITTED = alt.AutoSizeParams(type="fit-x", contains="padding")


def sized(chart: Any, height: int = 100) -> Any:
    """Return a chart of so many pixels' height, unless its figure says another."""
    return chart.properties(width="container", height=height, autosize=_FITTED)
