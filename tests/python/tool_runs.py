"""Seeded prices that the runs of other backtesters are made on."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["daily_bars"]


def daily_bars(count: int = 260) -> pd.DataFrame:
    """Return a year of daily bars, the same in every run."""
    moves = np.random.default_rng(7).normal(0.0003, 0.01, count)
    closes = 100 * np.exp(np.cumsum(moves))
    opens = np.concatenate([[100.0], closes[:-1]])
    return pd.DataFrame(
        {
            "Open": opens,
            "High": np.maximum(opens, closes),
            "Low": np.minimum(opens, closes),
            "Close": closes,
            "Volume": 1.0,
        },
        index=pd.bdate_range("2020-01-01", periods=count, name="Date"),
    )
