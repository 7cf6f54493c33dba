"""Trailing figures of days, worked by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from curvehouse.analytics.rolling import (
    BETA_SCHEMA,
    ROLLING_SCHEMA,
    BetaWindows,
    RollingWindows,
    roll_betas,
    roll_curves,
)

WINDOWS = RollingWindows(volatility_bars=2, trend_bars=3, quarter_bars=2, year_bars=3)
BETAS = BetaWindows(quarter_bars=2, year_bars=3)
START = date(2024, 1, 2)

Curve = Mapping[str, Sequence[float | None]]


def days_of(*curves: Curve) -> pa.Table:
    """Rows of curves, of which an empty one has no days."""
    rows = []
    for number, curve in enumerate(curves, start=1):
        for position, values in enumerate(zip(*curve.values(), strict=True)):
            day = START + timedelta(days=position)
            row = {"curve_number": number, "equity_date": day}
            rows.append(row | dict(zip(curve, values, strict=True)))
    return pa.Table.from_pylist(rows)


def names_of(*ids: str) -> pa.Table:
    numbers = range(1, len(ids) + 1)
    versions = [f"version of {name}" for name in ids]
    return pa.table({"curve_number": numbers, "backtest_id": ids, "input_version": versions})


def rolled(*curves: Curve) -> dict[str, list[Any]]:
    names = names_of(*"xyz"[: len(curves)])
    # Batches that end within a curve.
    table = roll_curves(days_of(*curves).to_reader(3), names, WINDOWS).read_all()
    assert table.schema == ROLLING_SCHEMA
    found: dict[str, list[Any]] = table.to_pydict()
    return found


# The returns of the last two and three days: 0.1 and -0.1, whose standard deviation is
# 0.2 / sqrt(2); then with -1, the day of ruin: mean -1/3, downside deviation sqrt(1.01 / 3). The
# first day's return is none of a bar, and in no window.
FALLING: Curve = {
    "equity": [1.0, math.exp(0.1), 1.0, 0.0],
    "simple_return": [9.0, 0.1, -0.1, -1.0],
    "log_return": [9.0, 0.1, -0.1, None],
    "drawdown": [0.0, 0.0, -0.1, -1.0],
}
CONSTANT: Curve = {
    "equity": [1.0] * 5,
    "simple_return": [0.0] * 5,
    "log_return": [0.0] * 5,
    "drawdown": [0.0] * 5,
}


def test_windows_are_empty_until_full_and_leave_the_first_day_out() -> None:
    found = rolled(FALLING)
    deviation = 0.2 / math.sqrt(2)
    wanted: dict[str, list[float | None]] = {
        "log_return_stddev_14d": [None, None, deviation, None],
        "log_return_stddev_252d": [None, None, None, None],
        "return_mean_63d": [None, None, 0.0, -0.55],
        "return_mean_252d": [None, None, None, -1 / 3],
        "return_stddev_63d": [None, None, deviation, 0.9 / math.sqrt(2)],
        "return_stddev_252d": [None, None, None, 0.5859465277],
        "downside_deviation_63d": [None, None, 0.1 / math.sqrt(2), math.sqrt(1.01 / 2)],
        "downside_deviation_252d": [None, None, None, math.sqrt(1.01 / 3)],
        "log_equity_slope_20d": [None, None, 0.0, None],
        "drawdown": [0.0, 0.0, -0.1, -1.0],
        "drawdown_63d": [None, None, math.exp(-0.1) - 1, -1.0],
        "drawdown_252d": [None, None, None, -1.0],
    }
    for name, values in wanted.items():
        for got, value in zip(found[name], values, strict=True):
            assert got == (value if value is None else pytest.approx(value, abs=1e-10)), name


def test_a_curve_has_nothing_of_the_one_before_it() -> None:
    alone, after = rolled(CONSTANT), rolled(FALLING, CONSTANT)
    assert {name: values[4:] for name, values in after.items() if name in FALLING} == {
        name: values for name, values in alone.items() if name in FALLING
    }
    assert alone["return_stddev_63d"] == after["return_stddev_63d"][4:] == [None, None, 0, 0, 0]


def test_the_version_stands_on_the_first_day() -> None:
    found = rolled(FALLING, CONSTANT)
    assert found["backtest_id"] == ["x"] * 4 + ["y"] * 5
    versions = {place: name for place, name in enumerate(found["input_version"]) if name}
    assert versions == {0: "version of x", 4: "version of y"}
    assert found["equity_date"][4:6] == [START, START + timedelta(days=1)]


def test_rounding_is_no_dispersion() -> None:
    values = [0.01, 0.01 + 1e-17, 0.01 - 1e-17, 0.01, 0.01]
    curve = {**CONSTANT, "simple_return": values, "log_return": values}
    found = rolled(curve)
    assert found["return_stddev_63d"][2:] == [0, 0, 0]
    assert found["log_return_stddev_14d"][2:] == [0, 0, 0]


def test_nothing_to_roll_gives_no_row() -> None:
    days = days_of(FALLING).slice(0, 0)
    assert roll_curves(days.to_reader(), names_of(), WINDOWS).read_all().num_rows == 0


# x moves by 0.1, -0.1 and 0.1 beside 0.05, -0.02 and 0.1: slope 0.0126666667 / 0.0072666667. Beside
# y the benchmark stands still, w is ruined, and z has no day in common with it.
def test_betas_run_from_common_day_to_common_day() -> None:
    curves: tuple[Curve, ...] = (
        {"equity": [100.0, 110.0, 99.0, 108.9], "close": [10.0, 10.5, 10.29, 11.319]},
        {"equity": [1.0, 1.1, 1.2], "close": [9.0, 9.0, 9.0]},
        {"equity": [100.0, 50.0, 0.0, 0.0], "close": [10.0, 10.5, 10.29, 11.319]},
    )
    table = roll_betas(days_of(*curves).to_reader(2), names_of("x", "y", "w", "z"), BETAS)
    found = table.read_all()
    assert found.schema == BETA_SCHEMA
    wanted = [None, None, 2.8571428571, 1.6666666667, None, None, None]
    wanted += [None, None, 7.1428571429, None, None]
    for got, value in zip(found["beta_63d"].to_pylist(), wanted, strict=True):
        assert got == (value if value is None else pytest.approx(value, abs=1e-10))
    assert found["beta_252d"].to_pylist()[3] == pytest.approx(1.7431192661, abs=1e-10)
    assert found["beta_252d"].null_count == 11
    assert found.slice(11).to_pylist() == [
        {
            "backtest_id": "z",
            "input_version": "version of z",
            "equity_date": None,
            "beta_63d": None,
            "beta_252d": None,
        }
    ]
