"""Panels of members with known returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from curvehouse.analytics.portfolios.options import PortfolioOptions
from curvehouse.analytics.portfolios.panel import Days, Floats, Member, Panel

__all__ = ["AT_ONCE", "business_days", "drawn", "panel_of"]

# Eligible from the first day with a return, so that an example fits on a page.
AT_ONCE = PortfolioOptions(min_days=1, kelly_min_days=2)


def business_days(count: int, start: date = date(2015, 1, 5)) -> Days:
    return np.busday_offset(np.datetime64(start), np.arange(count), roll="forward")


def drawn(members: int, days: int, seed: int = 0) -> Floats:
    """Returns with something in common."""
    draw = np.random.default_rng(seed)
    common = draw.normal(0.0002, 0.006, days)
    spread = np.linspace(0.004, 0.02, members)[:, None]
    return np.asarray(draw.normal(0.0003, spread, (members, days)) + common)


def panel_of(
    returns: ArrayLike,
    policies: str | Sequence[str] = "equal",
    *,
    days: Days | None = None,
    names: Sequence[str] | None = None,
) -> Panel:
    """A panel of members by row; NaN stands for a day without a row."""
    values = np.array(returns, dtype=np.float64)
    count, length = values.shape
    chosen = [policies] * count if isinstance(policies, str) else policies
    ids = names or [f"m{number:03}" for number in range(count)]
    members = tuple(
        Member(name, f"b_{name}", policy) for name, policy in zip(ids, chosen, strict=True)
    )
    has_row = np.isfinite(values)
    dates = business_days(length) if days is None else days
    return Panel(members, dates, np.where(has_row, values, 0.0), has_row)
