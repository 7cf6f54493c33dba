"""Months, years and episodes under water equal the libraries' and plain loops' on all curves."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from curves import Curve
from parity.conftest import RUN_ID

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical

Rows = dict[str, list[dict[str, Any]]]


def rows_of(built: duckdb.DuckDBPyConnection, table: str, order: str) -> Rows:
    found: Rows = defaultdict(list)
    for row in built.sql(f"from {table} order by backtest_id, {order}").pl().to_dicts():
        found[row["backtest_id"]].append(row)
    return found


def daily_returns(curve: Curve) -> pd.Series:
    """Return the returns that the libraries take: the first day's is 0, ruin ends them."""
    equity = pd.Series(curve.equity, pd.DatetimeIndex(curve.days), dtype=float)
    previous = equity.shift(1, fill_value=equity.iloc[0])
    return equity[previous > 0] / previous[previous > 0] - 1


def own_days(curves: list[Curve]) -> Iterator[Curve]:
    # The sparse ones stand on more days than their file has.
    return (curve for curve in curves if not curve.name.startswith("sparse"))


@pytest.mark.parametrize("unit", ["month", "year"])
def test_calendar_returns_equal_empyrical_s(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], unit: str
) -> None:
    ours = rows_of(built, f"fct_returns_{unit}ly", f"{unit}_start_date")
    compared = 0
    for curve in own_days(curves):
        rows = [
            row for row in ours[curve.backtest_id(RUN_ID)] if row[f"{unit}ly_return"] is not None
        ]
        theirs = empyrical.aggregate_returns(daily_returns(curve), f"{unit}ly")
        found = [row[f"{unit}ly_return"] for row in rows]
        assert found == pytest.approx(theirs.tolist(), rel=1e-10, abs=1e-14), curve.name
        first_days = theirs.index if unit == "year" else [year * 12 + n for year, n in theirs.index]
        starts = [row[f"{unit}_start_date"] for row in rows]
        numbers = [s.year if unit == "year" else s.year * 12 + s.month for s in starts]
        assert numbers == list(first_days)
        compared += len(rows)
    assert compared > (2_000 if unit == "month" else 200)


def episodes(days: list[date], equity: list[float]) -> list[dict[str, Any]]:
    """Return a curve's episodes as a plain loop over its days finds them."""
    found: list[dict[str, Any]] = []
    peak, peak_day, episode = equity[0], days[0], dict[str, Any]()
    for day, value in zip(days, equity, strict=True):
        if value >= peak:
            if episode:
                found.append(episode | {"recovery_date": day, "is_open": False})
            peak, peak_day, episode = value, day, {}
            continue
        if not episode or value / peak - 1 < episode["depth"]:
            episode = {**episode, "peak_date": peak_day, "peak_equity": peak}
            episode |= {"trough_date": day, "depth": value / peak - 1}
        episode["day_count"] = episode.get("day_count", 0) + 1
        episode["last_underwater_date"] = day
    if episode:
        found.append(episode | {"recovery_date": None, "is_open": True})
    return found


def test_episodes_are_those_of_a_plain_loop(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    ours = rows_of(built, "fct_drawdowns", "peak_date")
    compared = 0
    for curve in own_days(curves):
        rows = ours[curve.backtest_id(RUN_ID)]
        theirs = episodes(list(curve.days), list(curve.equity))
        assert len(rows) == len(theirs), curve.name
        for row, episode in zip(rows, theirs, strict=True):
            assert row["depth"] == pytest.approx(episode.pop("depth"), rel=1e-10)
            assert {name: row[name] for name in episode} == episode
            end = row["recovery_date"] or row["last_underwater_date"]
            assert row["total_days"] == (end - row["peak_date"]).days
        ranked = sorted(rows, key=lambda row: (round(row["depth"], 10), row["peak_date"]))
        assert [row["drawdown_rank"] for row in ranked] == list(range(1, len(rows) + 1))
        compared += len(rows)
    assert compared > 1_000


def test_constant_and_rising_curves_are_never_under_water(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    by_name = {curve.name: curve.backtest_id(RUN_ID) for curve in curves}
    ours = rows_of(built, "fct_drawdowns", "peak_date")
    assert not ours[by_name["constant"]]
    assert not ours[by_name["rising"]]
    (ruin,) = ours[by_name["ruined"]]
    assert (ruin["depth"], ruin["recovery_date"]) == (-1, None)
    assert np.isfinite(ruin["peak_equity"])
