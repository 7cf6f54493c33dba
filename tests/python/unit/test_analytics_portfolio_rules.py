"""Cadence, scores, caps and selection, worked by hand or by plain loops."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from curvehouse.analytics.portfolios.cadence import rebalance_rows
from curvehouse.analytics.portfolios.caps import capped_weights, without_leverage
from curvehouse.analytics.portfolios.options import MEMBER_STATUSES, PortfolioOptions
from curvehouse.analytics.portfolios.panel import Ints, Member, Panel, make_panel
from curvehouse.analytics.portfolios.scores import judge_eligibility, score_members
from curvehouse.analytics.portfolios.selection import SELECT_METRICS, select_members
from panels import AT_ONCE, business_days, drawn, panel_of

OPTIONS = PortfolioOptions()


def names(codes: Ints) -> list[str]:
    return [MEMBER_STATUSES[code] for code in codes.tolist()]


def _period(day: date, cadence: str) -> object:
    if cadence == "daily":
        return day
    return (day.year, day.month) if cadence == "monthly" else tuple(day.isocalendar())[:2]


@pytest.mark.parametrize("cadence", ["daily", "weekly", "monthly"])
def test_periods_begin_where_the_calendar_says(cadence: str) -> None:
    days = [date(2019, 12, 20) + timedelta(days=number) for number in range(2_600)]
    days = [day for day in days if day.weekday() < 5 and (day.month, day.day) != (1, 1)]
    keys = [_period(day, cadence) for day in days]
    wanted = [row for row in range(len(days)) if row == 0 or keys[row] != keys[row - 1]]
    assert rebalance_rows(np.array(days, "datetime64[D]"), cadence).tolist() == wanted


def test_weeks_run_over_new_year_also_where_there_are_53() -> None:
    days = np.array(["2020-12-28", "2020-12-31", "2021-01-02", "2021-01-03", "2021-01-04"], "M8[D]")
    assert rebalance_rows(days, "weekly").tolist() == [0, 4]
    assert rebalance_rows(days, "monthly").tolist() == [0, 2]


def test_an_unknown_cadence_is_refused() -> None:
    with pytest.raises(ValueError, match="no cadence 'yearly'"):
        rebalance_rows(business_days(3), "yearly")


def test_rows_come_in_any_order_and_null_returns_are_no_rows() -> None:
    rows = pa.table(
        {
            "member_id": ["b", "a", "b", "a"],
            "equity_date": [date(2020, 1, 3), date(2020, 1, 2), date(2020, 1, 1), date(2020, 1, 4)],
            "simple_return": [0.3, 0.1, 0.2, None],
        }
    )
    panel = make_panel([Member("b"), Member("a"), Member("c")], rows)
    assert [member.member_id for member in panel.members] == ["a", "b", "c"]
    assert panel.days.tolist() == [date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3)]
    assert panel.returns.tolist() == [[0, 0.1, 0], [0.2, 0, 0.3], [0, 0, 0]]
    assert panel.has_row.sum(axis=1).tolist() == [1, 2, 0]
    assert make_panel([Member("a")], None).returns.shape == (1, 0)


def test_who_may_be_held() -> None:
    returns = np.full((5, 100), 0.01)
    returns[1, :50] = np.nan  # 50 days on day 99
    returns[2, 90:] = np.nan  # ended
    returns[3, 80] = -1.0
    returns[4] = np.nan
    panel = panel_of(returns)
    last = np.array([-1, 62, 61, 94, 95, 99])
    found = judge_eligibility(panel, last, OPTIONS)
    assert names(found.status[0]) == ["not_started"] * 5
    assert names(found.status[1]) == ["ok", "too_short", "ok", "ok", "not_started"]
    assert names(found.status[2])[0] == "too_short"
    # Held through five days without a row, and no longer.
    assert names(found.status[3])[2:4] == ["ok", "ruined"]
    assert names(found.status[4])[2:4] == ["ended", "ruined"]
    assert found.is_eligible[5].tolist() == [True, False, False, False, False]


def scores(panel: Panel, rows: list[int], options: PortfolioOptions = OPTIONS) -> list[list[float]]:
    last = np.array(rows)
    found = score_members(panel, last, judge_eligibility(panel, last, options), options)
    return [[float(value) for value in row] for row in found.score]


def test_vol_parity_is_one_over_volatility_scaled_over_all_who_are_eligible() -> None:
    returns = drawn(4, 400)
    returns[3, :350] = np.nan  # not eligible, so it has no part in the mean
    panel = panel_of(returns, ["vol_parity", "equal", "vol_parity", "vol_parity"])
    inverse = []
    for own in returns[:3, :380]:
        weights = [0.94**age for age in range(380)][::-1]
        recent = sum(w * r * r for w, r in zip(weights, own, strict=True)) / sum(weights)
        windowed = np.std(own[-252:], ddof=1)
        inverse.append(1 / max(math.sqrt(recent * 252), windowed * math.sqrt(252), 0.01))
    mean = sum(inverse) / 3
    (found,) = scores(panel, [379])
    assert found[:3] == pytest.approx([inverse[0] / mean, 1.0, inverse[2] / mean], rel=1e-10)
    assert math.isnan(found[3])


def test_no_member_counts_as_calmer_than_one_per_cent_a_year() -> None:
    returns = np.zeros((2, 100))
    returns[1] = np.tile([0.01, -0.01], 50)
    (found,) = scores(panel_of(returns, "vol_parity"), [99])
    deviation = np.std(returns[1], ddof=1) * math.sqrt(252)
    assert found[0] / found[1] == pytest.approx(deviation / 0.01)


def test_kelly_is_half_of_mean_over_variance_within_its_limits() -> None:
    draw = np.random.default_rng(5)
    noise = draw.normal(0, 0.02, 300)
    noise -= noise.mean()
    variance = np.var(noise, ddof=1)
    returns = np.vstack([noise + mean for mean in (0.0002, -0.001, 0.01)] + [np.full(300, 0.001)])
    options = PortfolioOptions(risk_free_rate=0.0126)
    (found,) = scores(panel_of(returns, "kelly"), [299], options)
    assert found[0] == pytest.approx(0.5 * (0.0002 - 0.0126 / 252) / variance, rel=1e-9)
    assert found[1:3] == [0.0, 2.0]
    assert math.isnan(found[3])
    last = np.array([250, 251, 299])
    panel = panel_of(returns, "kelly")
    judged = score_members(panel, last, judge_eligibility(panel, last, options), options)
    assert names(judged.status[:, 0]) == ["kelly_too_short", "ok", "ok"]
    assert names(judged.status[:, 3]) == ["kelly_too_short", "flat", "flat"]
    assert judged.raw[1, 1] < 0


def test_cap_dd_looks_at_the_worst_drawdown_of_the_window() -> None:
    returns = np.zeros((2, 500))
    returns[0, 100] = -0.4
    returns[0, 101] = 1.0  # a new high
    returns[0, 300] = -0.1
    panel = panel_of(returns, "cap_dd")
    found = scores(panel, [99, 100, 351, 352])
    # 252 days from the 100th to the 351st hold the fall.
    assert [row[0] for row in found] == pytest.approx([1.0, 0.5, 0.5, 1.0])
    assert [row[1] for row in found] == [1.0] * 4


def test_weights_are_never_levered_up_or_out() -> None:
    found = without_leverage(np.array([[1.2, 0.8], [0.1, 0.2]]))
    assert found.ravel().tolist() == pytest.approx([0.6, 0.4, 0.1, 0.2])


def test_what_a_cap_cuts_off_goes_to_those_that_may_rise() -> None:
    weights = np.array([[0.5, 0.2, 0.2, 0.1]])
    can_rise = np.array([True, True, False, True])
    found, is_capped = capped_weights(weights, 0.25, can_rise)
    # 0.25 goes to 0.2 and 0.1: by 2 to 1 at first, and what the second can't take to the last.
    assert found[0].tolist() == pytest.approx([0.25, 0.25, 0.2, 0.25])
    assert is_capped[0].tolist() == [True, True, False, True]
    kelly, _ = capped_weights(np.array([[0.7, 0.3]]), 0.4, np.array([False, False]))
    assert kelly[0].tolist() == [0.4, 0.3]


def test_caps_that_are_too_low_leave_cash() -> None:
    found, is_capped = capped_weights(np.full((1, 3), 1 / 3), 0.2, np.full(3, True))
    assert found[0].tolist() == pytest.approx([0.2] * 3)
    assert is_capped.all()


@pytest.mark.parametrize("seed", range(20))
def test_caps_hold_and_the_sum_stays_where_it_can(seed: int) -> None:
    draw = np.random.default_rng(seed)
    weights = without_leverage(draw.exponential(size=(50, 7)) * draw.choice([0.1, 1.0], (50, 1)))
    cap = float(draw.uniform(0.1, 0.9))
    can_rise = draw.random(7) < 0.6
    found, is_capped = capped_weights(weights, cap, can_rise)
    assert found.max() <= cap
    assert (found.sum(axis=1) <= weights.sum(axis=1) + 1e-12).all()
    has_room = (can_rise & ~is_capped).any(axis=1)
    assert found.sum(axis=1)[has_room] == pytest.approx(weights.sum(axis=1)[has_room])
    assert (found[:, ~can_rise] <= weights[:, ~can_rise]).all()


def plain_metric(name: str, own: list[float]) -> float:
    mean = sum(own) / len(own)
    equity, peak, worst = 1.0, 1.0, 0.0
    for value in own:
        equity *= 1 + value
        peak = max(peak, equity)
        worst = min(worst, equity / peak - 1)
    growth = equity ** (252 / len(own)) - 1
    deviation = math.sqrt(sum((value - mean) ** 2 for value in own) / (len(own) - 1))
    downside = math.sqrt(sum(min(value, 0) ** 2 for value in own) / len(own))
    values: dict[str, float] = {
        "sharpe_ratio": mean / deviation * math.sqrt(252),
        "sortino_ratio": mean / downside * math.sqrt(252),
        "calmar_ratio": growth / -worst,
        "annual_return": growth,
        "annual_volatility": -deviation,
        "max_drawdown": worst,
    }
    return values[name]


@pytest.mark.parametrize("metric", SELECT_METRICS)
def test_the_best_so_far_are_selected(metric: str) -> None:
    returns = drawn(9, 300, seed=3)
    panel = panel_of(returns)
    last = np.array([70, 150, 299])
    is_eligible = np.full((3, 9), True)
    is_eligible[2, 4] = False
    found = select_members(panel, last, is_eligible, metric=metric, top=3, options=OPTIONS)
    for chosen, row, allowed in zip(found, last, is_eligible, strict=True):
        values = [plain_metric(metric, own[: row + 1].tolist()) for own in returns]
        wanted = sorted((n for n in range(9) if allowed[n]), key=lambda n: -values[n])[:3]
        assert np.flatnonzero(chosen).tolist() == sorted(wanted)


def test_ties_go_by_name_and_who_has_no_figure_is_not_selected() -> None:
    own = drawn(1, 100)[0]
    panel = panel_of(np.vstack([np.zeros(100), own, own, own]))
    chosen = select_members(
        panel,
        np.array([99]),
        np.full((1, 4), True),
        metric="sharpe_ratio",
        top=2,
        options=AT_ONCE,
    )
    assert chosen[0].tolist() == [False, True, True, False]
