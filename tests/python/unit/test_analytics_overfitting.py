"""What the best of a sweep is worth: against plain loops, and where no skill can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from curvehouse.analytics.cscv import overfitting_probability
from curvehouse.analytics.overfitting import OVERFITTING_SCHEMA, measure_overfitting
from curvehouse.analytics.sharpe import expected_best_sharpe

Floats = NDArray[np.float64]

DAYS = [date(2020, 1, 1) + timedelta(days=number) for number in range(400)]
CLOSES = 100 * np.exp(np.random.default_rng(7).normal(0.0004, 0.01, 400).cumsum())


@dataclass
class Sweep:
    """Trials of one strategy, and what is read of them."""

    strategy: str = "s"
    symbol: str = "X"
    closes: Mapping[date, float] = field(
        default_factory=lambda: dict(zip(DAYS, CLOSES.tolist(), strict=True))
    )
    curves: list[tuple[Sequence[date], Floats] | None] = field(default_factory=list)

    def add(self, equity: Floats, days: Sequence[date] = DAYS) -> None:
        self.curves.append((days, equity))

    def fail(self) -> None:
        self.curves.append(None)


def noisy(count: int, seed: int = 1, length: int = 400, beta: float = 0.5) -> list[Floats]:
    """Curves that follow the symbol and add noise of their own."""
    draw = np.random.default_rng(seed)
    market = np.diff(CLOSES) / CLOSES[:-1]
    returns = beta * market[:, None] + draw.normal(0, 0.006, (399, count))
    curves = 1000 * np.vstack([np.ones(count), np.cumprod(1 + returns, axis=0)])
    return [curve[:length] for curve in curves.T]


def measured(*sweeps: Sweep, chunk: int = 113, **options: Any) -> list[dict[str, Any]]:
    trials, rows, number = [], [], 0
    for sweep in sweeps:
        for curve in sweep.curves:
            number += 1
            trials.append(trial_of(number, sweep, curve))
            if curve is None or trials[-1]["sharpe_per_bar"] is None:
                continue
            rows += [
                {
                    "trial_number": number,
                    "equity_date": day,
                    "equity": value,
                    "close": sweep.closes.get(day),
                }
                for day, value in zip(curve[0], curve[1].tolist(), strict=True)
            ]
    table = pa.Table.from_pylist(rows, schema=EQUITY)
    reader = pa.RecordBatchReader.from_batches(EQUITY, table.to_batches(max_chunksize=chunk))
    settings = {"blocks": 8, "min_curves": 10, "min_bars": 63, **options}
    found = measure_overfitting(reader, pa.Table.from_pylist(trials, schema=TRIALS), **settings)
    assert found.schema == OVERFITTING_SCHEMA
    result: list[dict[str, Any]] = found.to_pylist()
    return result


EQUITY = pa.schema(
    [
        ("trial_number", pa.int64()),
        ("equity_date", pa.date32()),
        ("equity", pa.float64()),
        ("close", pa.float64()),
    ]
)
TRIALS = pa.schema(
    [
        ("trial_number", pa.int64()),
        ("run_id", pa.string()),
        ("strategy", pa.string()),
        ("symbol", pa.string()),
        ("backtest_id", pa.string()),
        ("periods_per_year", pa.float64()),
        ("sharpe_per_bar", pa.float64()),
        ("skewness", pa.float64()),
        ("kurtosis", pa.float64()),
        ("return_count", pa.int64()),
    ]
)


def trial_of(
    number: int, sweep: Sweep, curve: tuple[Sequence[date], Floats] | None
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(TRIALS.names)
    row |= {"trial_number": number, "run_id": "r", "backtest_id": f"{number:016x}"}
    row |= {"strategy": sweep.strategy, "symbol": sweep.symbol}
    if curve is not None:
        equity = pd.Series(curve[1])
        returns = (equity / equity.shift(fill_value=equity[0]) - 1).dropna()
        if returns.std() > 0:
            row |= {
                "periods_per_year": 252.0,
                "sharpe_per_bar": returns.mean() / returns.std(),
                "skewness": returns.skew(),
                "kurtosis": returns.kurt() + 3,
                "return_count": len(returns),
            }
    return row


def excess_of(equity: Floats, closes: Floats) -> pd.Series:
    """Return what a regression by hand leaves of the returns."""
    own = pd.Series(equity).pct_change().iloc[1:]
    market = pd.Series(closes).pct_change().iloc[1:]
    beta = own.cov(market) / market.var()
    rest: pd.Series = own - beta * market
    return rest


def test_the_excess_basis_is_what_a_regression_leaves() -> None:
    sweep = Sweep()
    for curve in noisy(12):
        sweep.add(curve)
    sweep.fail()
    sweep.add(np.full(400, 1000.0))
    total, excess = measured(sweep)
    rests = [excess_of(curve, CLOSES) for curve, _ in zip(noisy(12), range(12), strict=True)]
    sharpes = [rest.mean() / rest.std() for rest in rests]
    best = int(np.argmax(sharpes))
    rest, sharpe, stddev = rests[best], sharpes[best], float(np.std(sharpes, ddof=1))
    benchmark = expected_best_sharpe(14, stddev**2)
    shape = 1 - rest.skew() * sharpe + (rest.kurt() + 2) / 4 * sharpe**2
    assert excess == {
        **excess,
        "best_backtest_id": f"{best + 1:016x}",
        "deflated_sharpe_status": "ok",
        "best_sharpe_per_bar": pytest.approx(sharpe, rel=1e-10),
        "best_beta": pytest.approx(0.5, abs=0.05),
        "sharpe_stddev_per_bar": pytest.approx(stddev, rel=1e-10),
        "expected_best_sharpe_per_bar": pytest.approx(benchmark, rel=1e-10),
        "deflated_sharpe_ratio": pytest.approx(
            norm.cdf((sharpe - benchmark) * np.sqrt(398 / shape)), rel=1e-9
        ),
        "trial_count": 14,
        "sharpe_count": 12,
        "return_count": 399,
        "overfitting_status": "ok",
        "overfitting_probability": overfitting_probability(np.column_stack(rests), 8),
        "compared_curve_count": 12,
        "compared_day_count": 399,
    }
    assert total["return_count"] == 400
    assert total["best_beta"] is None
    curves = np.column_stack(noisy(12))
    assert total["overfitting_probability"] == overfitting_probability(
        curves[1:] / curves[:-1] - 1, 8
    )


def test_holding_the_symbol_has_no_excess() -> None:
    sweep = Sweep()
    sweep.add(3 * CLOSES)
    total, excess = measured(sweep)
    assert (total["deflated_sharpe_status"], total["trial_count"]) == ("ok", 1)
    assert total["expected_best_sharpe_per_bar"] == 0
    assert (excess["deflated_sharpe_status"], excess["sharpe_count"]) == ("no_sharpe", 0)
    assert excess["best_backtest_id"] is None


def test_identical_curves_count_as_trials_and_are_compared_once() -> None:
    sweep = Sweep()
    for curve in noisy(11):
        sweep.add(curve)
        sweep.add(curve)
    for row in measured(sweep):
        assert (row["trial_count"], row["sharpe_count"]) == (22, 22)
        assert (row["compared_curve_count"], row["overfitting_status"]) == (11, "ok")
        # Of two that are equal the first is the best.
        assert int(row["best_backtest_id"], 16) % 2 == 1
    (row, _) = measured(sweep, min_curves=12)
    assert (row["overfitting_status"], row["compared_curve_count"]) == ("too_few_curves", 11)


def test_curves_on_other_days_meet_on_common_ones() -> None:
    sweep = Sweep()
    for number, curve in enumerate(noisy(12)):
        kept = np.arange(400) >= number % 2 * 100
        sweep.add(curve[kept], [day for day, is_kept in zip(DAYS, kept, strict=True) if is_kept])
    late = np.column_stack(noisy(12))[100:, [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]]
    total, excess = measured(sweep)
    expected = overfitting_probability(late[1:] / late[:-1] - 1, 8)
    assert (total["compared_day_count"], total["overfitting_probability"]) == (299, expected)
    assert (excess["compared_day_count"], excess["sharpe_count"]) == (299, 12)
    rests = np.column_stack([excess_of(curve, CLOSES[100:]) for curve in late.T])
    assert excess["overfitting_probability"] == overfitting_probability(rests, 8)
    (row, _) = measured(sweep, min_bars=300)
    assert (row["overfitting_status"], row["overfitting_probability"]) == ("too_short", None)
    assert row["deflated_sharpe_status"] == "ok"


def test_days_without_a_close_are_left_out_of_the_excess() -> None:
    sweep = Sweep()
    known = {day: CLOSES[number] for number, day in enumerate(DAYS) if number % 5}
    sweep.closes = known
    for curve in noisy(12):
        sweep.add(curve)
    _, excess = measured(sweep)
    positions = [number for number in range(400) if number % 5]
    sharpes = [
        (rest := excess_of(curve[positions], CLOSES[positions])).mean() / rest.std()
        for curve in noisy(12)
    ]
    assert excess["best_sharpe_per_bar"] == pytest.approx(max(sharpes), rel=1e-10)
    assert excess["compared_day_count"] == 319


def test_without_bars_the_excess_basis_says_so() -> None:
    sweep = Sweep(closes={})
    for curve in noisy(12):
        sweep.add(curve)
    total, excess = measured(sweep)
    assert total["deflated_sharpe_status"] == total["overfitting_status"] == "ok"
    assert excess["deflated_sharpe_status"] == excess["overfitting_status"] == "no_bars"
    assert (excess["deflated_sharpe_ratio"], excess["overfitting_probability"]) == (None, None)


def test_a_ruined_curve_is_a_trial_that_stays_down() -> None:
    sweep = Sweep()
    for curve in noisy(11):
        sweep.add(curve)
    sweep.add(np.concatenate([noisy(1, seed=9)[0][:200], np.zeros(200)]))
    for row in measured(sweep):
        assert (row["sharpe_count"], row["compared_curve_count"]) == (12, 12)
        assert (row["deflated_sharpe_status"], row["overfitting_status"]) == ("ok", "ok")


def test_groups_do_not_touch_each_other() -> None:
    first, lost, last = Sweep("a"), Sweep("b"), Sweep("c", symbol="Y")
    for curve in noisy(12):
        first.add(curve)
        last.add(curve[::-1] + 1000)
    lost.fail()
    lost.fail()
    rows = measured(first, lost, last, chunk=7)
    assert [(row["strategy"], row["basis"]) for row in rows] == [
        (name, basis) for name in "abc" for basis in ("total", "excess")
    ]
    assert rows[:2] == measured(first)
    assert rows[2]["deflated_sharpe_status"] == "no_sharpe"
    assert rows[2]["trial_count"] == 2
    alone = measured(last)
    assert [row | {"best_backtest_id": None} for row in rows[4:]] == [
        row | {"best_backtest_id": None} for row in alone
    ]


def test_one_ratio_among_failed_trials_says_nothing_of_their_scatter() -> None:
    sweep = Sweep()
    sweep.add(noisy(1)[0])
    sweep.fail()
    for row in measured(sweep):
        assert (row["deflated_sharpe_status"], row["deflated_sharpe_ratio"]) == ("one_sharpe", None)


def test_a_few_days_have_no_shape() -> None:
    sweep = Sweep()
    for curve in noisy(3, length=4):
        sweep.add(curve, DAYS[:4])
    _, excess = measured(sweep)
    assert (excess["deflated_sharpe_status"], excess["return_count"]) == ("too_short", None)


def test_the_order_of_days_does_not_matter() -> None:
    sweep, turned = Sweep(), Sweep()
    for curve in noisy(12):
        sweep.add(curve)
        turned.add(curve[::-1], DAYS[::-1])
    # What is known of the trials themselves comes from elsewhere.
    assert measured(turned)[1] == measured(sweep)[1]


def test_nothing_in_nothing_out() -> None:
    assert measured() == []


def test_the_risk_free_rate_is_taken_off_both_sides() -> None:
    sweep = Sweep()
    for curve in noisy(2):
        sweep.add(curve)
    _, excess = measured(sweep, risk_free_rate=0.0252)
    rests = []
    for curve in noisy(2):
        own = np.diff(curve) / curve[:-1] - 1e-4
        market = np.diff(CLOSES) / CLOSES[:-1] - 1e-4
        rests.append(own - np.cov(own, market)[0, 1] / market.var(ddof=1) * market)
    sharpes = [rest.mean() / rest.std(ddof=1) for rest in rests]
    assert excess["best_sharpe_per_bar"] == pytest.approx(max(sharpes), rel=1e-10)


def test_curves_that_move_as_far_as_accepted_ones_can_overflow_nothing() -> None:
    draw = np.random.default_rng(6)
    closes = dict(zip(DAYS, (10 ** draw.uniform(-30, 30, 400)).tolist(), strict=True))
    sweep = Sweep(closes=closes)
    for _ in range(11):
        sweep.add(10 ** draw.uniform(-30, 30, 400))
    sweep.add(np.array([1e-30, 1e30] * 200))
    sweep.add(np.array([1e-30] * 399 + [1e30]))
    sweep.add(np.array([1e30] * 399 + [1e-30]))
    for row in measured(sweep):
        assert row["overfitting_status"] == "ok"
        assert row["deflated_sharpe_status"] in ("ok", "too_short")
        numbers = [value for value in row.values() if isinstance(value, float)]
        assert np.isfinite(numbers).all()
