"""What the statistics of curves are made of, worked by hand and against plain loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curvehouse.analytics.curve_statistics import STATISTICS_SCHEMA, measure_curves
from curvehouse.analytics.moments import autocorrelation_penalty
from curvehouse.analytics.segments import Segments

Row = tuple[date, float, float | None, float]


def rows_of(equity: Sequence[float], start: float, first: date = date(2024, 1, 2)) -> list[Row]:
    """Return the days of a curve as the warehouse has them."""
    rows: list[Row] = []
    before, peak = start, start
    for number, value in enumerate(equity):
        peak = max(peak, value)
        change = value / before - 1 if before else None
        rows.append((first + timedelta(days=number), value, change, peak))
        before = value
    return rows


def measured(curves: Mapping[str, list[Row]], chunk: int = 100_000) -> dict[str, dict[str, Any]]:
    flat = [(number, *row) for number, rows in enumerate(curves.values(), start=1) for row in rows]
    names = ["curve_number", "equity_date", "equity", "simple_return", "high_water_mark"]
    types = [pa.int64(), pa.date32(), pa.float64(), pa.float64(), pa.float64()]
    columns = zip(*flat, strict=True) if flat else [()] * len(names)
    table = pa.table(
        [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)], names
    )
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(chunk))
    known = pa.table(
        {
            "curve_number": pa.array(range(1, len(curves) + 1), pa.int64()),
            "backtest_id": pa.array(list(curves), pa.string()),
            "input_version": pa.array([f"version of {name}" for name in curves], pa.string()),
        }
    )
    found = measure_curves(reader, known)
    assert found.schema == STATISTICS_SCHEMA
    return {row["backtest_id"]: row for row in found.to_pylist()}


# Four days of -10 %, +20 %, 0 and 0, over a month's end.
HAND: list[Row] = [
    (date(2024, 1, 30), 90, -0.1, 100),
    (date(2024, 1, 31), 108, 0.2, 108),
    (date(2024, 2, 1), 108, 0, 108),
    (date(2024, 2, 7), 108, 0, 108),
]


def test_figures_worked_by_hand() -> None:
    row = measured({"x": HAND})["x"]
    wanted = {
        "input_version": "version of x",
        "start_date": date(2024, 1, 30),
        "end_date": date(2024, 2, 7),
        "day_count": 4,
        "return_count": 4,
        "starting_equity": 100,
        "final_equity": 108,
        "mean_return": 0.025,
        "return_stddev": 0.1258305739,
        "downside_deviation": 0.05,
        "gain_sum": 0.2,
        "loss_sum": 0.1,
        "losing_month_sum": 0,
        "gain_day_count": 1,
        "loss_day_count": 1,
        "longest_winning_streak": 1,
        "longest_losing_streak": 1,
        "max_drawdown": -0.1,
        "drawdown_mean": -0.025,
        "drawdown_stddev": 0.05,
        "drawdown_square_sum": 0.01,
        "best_day": 0.2,
        "worst_day": -0.1,
        "return_p05": -0.085,
        "return_p50": 0,
        "return_p95": 0.17,
        "worst_returns_mean": -0.1,
        # From the end of January on; the week of Monday 29 January, and that of 5 February.
        "return_mtd": 0,
        "return_ytd": 0.08,
        "best_week": 0.08,
        "worst_week": 0,
        "best_month": 0.08,
        "month_count": 2,
        "loss_month_sum": 0,
        "year_count": 1,
        "drawdown_count": 1,
        "max_drawdown_peak_date": date(2024, 1, 30),
        "max_drawdown_trough_date": date(2024, 1, 30),
        "max_drawdown_recovery_date": date(2024, 1, 31),
        "longest_underwater_days": 1,
        "max_drawdown_days": 1,
        "week_count": 2,
        "gain_week_count": 1,
        "loss_week_count": 0,
        "return_3m": None,
    }
    assert {name: row[name] for name in wanted} == {
        name: pytest.approx(value, abs=1e-10) if isinstance(value, float) else value
        for name, value in wanted.items()
    }


def test_nothing_is_made_up_where_there_is_no_number() -> None:
    found = measured({"one_day": rows_of([100.0], 100.0), "flat": rows_of([7.0] * 30, 7.0)})
    shape = ("skewness", "kurtosis", "autocorrelation", "log_equity_r_squared")
    assert [found["flat"][name] for name in shape] == [None] * 4
    assert (found["flat"]["return_stddev"], found["flat"]["autocorrelation_penalty"]) == (0, 1)
    assert found["one_day"]["return_stddev"] is None
    assert found["one_day"]["mean_return"] == 0


def test_days_after_ruin_belong_to_the_length_and_nothing_else() -> None:
    row = measured({"x": rows_of([50.0, 0.0, 0.0, 0.0], 100.0)})["x"]
    assert (row["day_count"], row["return_count"], row["max_drawdown"]) == (4, 2, -1)
    assert row["mean_return"] == -0.75
    assert row["drawdown_square_sum"] == 1.25
    assert (row["return_mtd"], row["log_equity_r_squared"]) == (-1, None)


def test_episodes_run_from_the_day_before_them_to_the_day_after() -> None:
    # Down 10 % for two days and up again, then down 20 % to the end; and never down.
    rows = rows_of([100.0, 90.0, 95.0, 100.0, 80.0, 85.0], 100.0)
    found = measured({"x": rows, "rising": rows_of([101.0, 102.0], 100.0)})
    row = found["x"]
    assert row["drawdown_count"] == 2
    assert row["drawdown_depth_mean"] == pytest.approx(-0.15)
    assert (row["underwater_days_mean"], row["longest_underwater_days"]) == (2, 2)
    days = [row[f"max_drawdown_{name}_date"] for name in ("peak", "trough", "recovery")]
    assert days == [date(2024, 1, 5), date(2024, 1, 6), None]
    assert row["max_drawdown_days"] == 2
    assert found["rising"]["drawdown_count"] == 0
    assert found["rising"]["max_drawdown_days"] is None
    assert found["rising"]["max_drawdown_peak_date"] is None


def test_windows_need_a_curve_that_reaches_back() -> None:
    equity = [100.0 + day for day in range(400)]
    row = measured({"x": rows_of(equity, 100.0, date(2023, 1, 31))})["x"]
    assert row["end_date"] == date(2024, 3, 5)
    # From 5 December on, over the equity of 4 December, day 307.
    assert row["return_3m"] == pytest.approx(499 / 407 - 1)
    assert row["return_1y"] == pytest.approx(499 / 132 - 1)
    assert row["return_3y"] is None


def test_many_curves_of_odd_lengths_come_out_as_each_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("curvehouse.analytics.curve_parts._PART_ROWS", 60)
    draw = np.random.default_rng(3)
    curves = {}
    for number in range(40):
        moves = draw.normal(0, 0.02, int(draw.integers(1, 90)))
        curves[f"curve {number}"] = rows_of((100 * np.exp(np.cumsum(moves))).tolist(), 100)
    together = measured(curves, chunk=17)
    assert list(together) == list(curves)
    for name, rows in curves.items():
        alone = measured({name: rows})[name]
        for column, wanted in alone.items():
            exact = not isinstance(wanted, float)
            expected = wanted if exact else pytest.approx(wanted, rel=1e-11, abs=1e-14)
            assert together[name][column] == expected, (name, column)


def test_no_curves_give_no_rows() -> None:
    assert measured({}) == {}


def test_segments_are_as_a_plain_loop_has_them() -> None:
    counts = np.array([3, 0, 1, 5, 0])
    values = np.random.default_rng(1).normal(size=9)
    series = Segments(counts)
    parts = np.split(values, np.cumsum(counts)[:-1])
    for found, wanted in (
        (series.sum(values), [part.sum() for part in parts]),
        (series.mean(values), [part.mean() if len(part) else np.nan for part in parts]),
        (series.max(values), [part.max() if len(part) else np.nan for part in parts]),
        (
            series.stddev(values),
            [part.std(ddof=1) if len(part) > 1 else np.nan for part in parts],
        ),
        (
            series.quantile(series.ordered(values), 0.3),
            [np.quantile(part, 0.3) if len(part) else np.nan for part in parts],
        ),
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-13)


@pytest.mark.parametrize("coefficient", [0.0, 0.3, -0.9, 0.9999, 1.0])
@pytest.mark.parametrize("count", [2, 3, 50, 2_520])
def test_the_penalty_is_the_sum_that_it_stands_for(coefficient: float, count: int) -> None:
    steps = np.arange(1, count)
    wanted = np.sqrt(1 + 2 * np.sum((count - steps) / count * abs(coefficient) ** steps))
    with np.errstate(all="ignore"):
        found = autocorrelation_penalty(np.array([coefficient]), np.array([count]))
    assert found[0] == pytest.approx(wanted, rel=1e-10)
