"""How numbers, days and names are written on the pages."""

from __future__ import annotations

import datetime
import json
import math
from typing import Any

__all__ = [
    "MISSING",
    "count",
    "day",
    "decimal",
    "params_text",
    "percent",
    "with_unit",
]

MISSING = "–"  # noqa: RUF001
"""An en dash, which stands where there is no number."""

_PERCENT_UNITS = {"fraction", "probability"}


def percent(value: float | None, digits: int = 1) -> str:
    """Write a decimal fraction in per cent.

    Examples
    --------
    >>> percent(-0.2468)
    '-24.7%'
    >>> percent(-0.0001)
    '0.0%'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value * 100:,.{digits}f}"
    return f"{_without_negative_zero(text)}%"


def decimal(value: float | None, digits: int = 2) -> str:
    """Write a ratio or an amount.

    Examples
    --------
    >>> decimal(1234.5)
    '1,234.50'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    return _without_negative_zero(f"{value:,.{digits}f}")


def count(value: int | None) -> str:
    """Write a whole number.

    Examples
    --------
    >>> count(12345)
    '12,345'
    """
    return MISSING if value is None else f"{value:,}"


def day(value: datetime.date | datetime.datetime | None) -> str:
    """Write a day as ISO 8601 has it."""
    return MISSING if value is None else value.isoformat()[:10]


def with_unit(value: float | None, unit: str) -> str:
    """Write the value of a metric as its unit wants it.

    Examples
    --------
    >>> with_unit(0.123, "fraction a year"), with_unit(12.0, "count"), with_unit(1.5, "ratio")
    ('12.3%', '12', '1.50')
    """
    if unit.split(" ", maxsplit=1)[0] in _PERCENT_UNITS:
        return percent(value, 2 if unit.endswith("a day") else 1)
    if value is not None and unit in {"count", "days", "bars"}:
        return decimal(value, 0 if float(value).is_integer() else 1)
    return decimal(value)


def params_text(params: str | None) -> str:
    """Write the JSON of a backtest's parameters as ``name=value, name=value``.

    Examples
    --------
    >>> params_text('{"ma_long": 50, "ma_short": 5}')
    'ma_long=50, ma_short=5'
    """
    if not params:
        return ""
    try:
        found: Any = json.loads(params)
    except ValueError:
        return params
    if not isinstance(found, dict):
        return params
    return ", ".join(f"{name}={_plain(value)}" for name, value in found.items())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _without_negative_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text
