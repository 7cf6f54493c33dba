"""A chart on a page: which one, what it shows in words, its data and the query behind them."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any

from curvehouse.report.answers import Answer

__all__ = ["Figure", "chart_data"]

_DIGITS = 6


@dataclass(frozen=True)
class Figure:
    """A chart on a page.

    Attributes
    ----------
    key : str
        Name of the figure on its page.
    chart : str
        Name of the chart, one of `curvehouse.report.charts.all_charts`.
    title : str
        What stands above it.
    description : str
        What it shows, in words: the alternative for who can't see it.
    data : dict of str to Answer
        The answer that each of the chart's data sets is made of.
    note : str
        What a reader must know, such as that days were left out.
    bound : float or None
        Where the colours of the chart end, both ways; charts side by side share it.
    height : int or None
        Height in pixels, where it hangs on the data.
    """

    key: str
    chart: str
    title: str
    description: str
    data: dict[str, Answer]
    note: str = ""
    bound: float | None = None
    height: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not next(iter(self.data.values()))

    @property
    def queries(self) -> list[str]:
        """The queries behind it, each once."""
        return list(dict.fromkeys(answer.sql for answer in self.data.values()))


def chart_data(answer: Answer) -> dict[str, Any]:
    """Return the columns of an answer as JSON has them, numbers to six digits.

    A column that is the same in all rows is given once, beside the number of ``rows``.
    """
    columns = {name: [_plain(value) for value in answer.column(name)] for name in answer.columns}
    return {
        "rows": len(answer.rows),
        "columns": {
            name: values[0] if values and values.count(values[0]) == len(values) else values
            for name, values in columns.items()
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return value
