"""Exposures and contributions: against statsmodels, a plain loop, and what must not change them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm

from attributed_curves import (
    FACTORS,
    OWN,
    THREE,
    WEEKDAYS,
    Floats,
    assert_same_rows,
    attributed,
    chosen,
    equity_of,
    factor_table,
    parts,
    statuses,
    windows,
)


def test_a_whole_span_has_errors_of_newey_and_west() -> None:
    rows = attributed({"x": (WEEKDAYS, equity_of(OWN))})
    observed = slice(1, None)
    peer = sm.OLS(OWN[observed], sm.add_constant(FACTORS[observed]))
    lags = int(4 * ((len(OWN) - 1) / 100) ** (2 / 9))
    robust = peer.fit(cov_type="HAC", cov_kwds={"maxlags": lags})
    full = windows(rows)["full"]
    assert full["alpha_annual"] == pytest.approx(robust.params[0] * 252, rel=1e-9)
    assert full["alpha_std_error_annual"] == pytest.approx(robust.bse[0] * 252, rel=1e-9)
    exposures = chosen(rows, row_kind="exposure", estimation_window="full")
    assert [row["beta"] for row in exposures] == pytest.approx(robust.params[1:], rel=1e-9)
    assert [row["std_error"] for row in exposures] == pytest.approx(robust.bse[1:], rel=1e-9)
    assert full["r_squared"] == pytest.approx(robust.rsquared, rel=1e-9)
    standardised = (FACTORS[observed] - FACTORS[observed].mean(0)) / FACTORS[observed].std(0)
    assert full["condition_number"] == pytest.approx(np.linalg.cond(standardised), rel=1e-9)
    # Named columns, in any case of letters; a factor without one is a row only.
    assert (full["beta_market"], full["beta_momentum"]) == pytest.approx(robust.params[1:3])
    assert full["beta_size"] is None


def linked_by_hand(own: Floats, factors: Floats, first: int, window: int | None) -> Floats:
    """Return linked contributions, the rest last, from one regression a day."""
    terms = np.zeros((len(own), factors.shape[1] + 1))
    for day in range(first, len(own)):
        start = 0 if window is None else day - window
        fit = sm.OLS(own[start:day], sm.add_constant(factors[start:day])).fit()
        terms[day, :-1] = fit.params[1:] * factors[day]
        terms[day, -1] = own[day] - terms[day, :-1].sum()
    own, terms = own[first:], terms[first:]
    total = np.prod(1 + own) - 1
    weights = np.log1p(own) / own / (np.log1p(total) / total)
    linked: Floats = (terms * weights[:, None]).sum(axis=0)
    return linked


@pytest.mark.parametrize(("window", "rows_back"), [("rolling", 126), ("expanding", None)])
def test_contributions_are_those_of_a_plain_loop(window: str, rows_back: int | None) -> None:
    rows = attributed({"x": (WEEKDAYS[:250], equity_of(OWN[:250]))})
    own, factors = OWN[1:250], FACTORS[1:250]
    expected = linked_by_hand(own, factors, 126, rows_back)
    found = parts(rows, window)
    names = ["market", "Momentum", "quality", "alpha_residual"]
    assert [found[name]["contribution"] for name in names] == pytest.approx(expected, rel=1e-9)
    assert found["risk_free"]["contribution"] == 0
    row = windows(rows)[window]
    assert row["base_date"] == WEEKDAYS[126].item()
    assert row["attributed_from"] == WEEKDAYS[127].item()
    assert row["attributed_return"] == pytest.approx(np.prod(1 + own[126:]) - 1, rel=1e-9)
    assert sum(each["contribution"] for each in found.values()) == pytest.approx(
        row["attributed_return"], rel=1e-9
    )
    assert sum(each["risk_share"] for each in found.values()) == pytest.approx(1, rel=1e-12)


def test_months_are_linked_within_themselves() -> None:
    rows = attributed({"x": (WEEKDAYS, equity_of(OWN))})
    months = chosen(rows, row_kind="month", estimation_window="rolling")
    by_month: dict[Any, float] = {}
    for row in months:
        by_month[row["as_of_date"]] = by_month.get(row["as_of_date"], 0.0) + row["contribution"]
    first = 127
    month = WEEKDAYS.astype("datetime64[M]")
    expected = {
        each.astype("datetime64[D]").item(): np.prod(1 + OWN[first:][month[first:] == each]) - 1
        for each in np.unique(month[first:])
    }
    assert by_month == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert {row["as_of_date"] for row in months if row["is_last"]} == {max(by_month)}


def test_a_curve_that_is_a_factor_has_beta_one_and_no_alpha() -> None:
    rows = attributed({"x": (WEEKDAYS, equity_of(FACTORS[:, 0]))})
    for row in windows(rows).values():
        assert row["fit_status"] == "ok"
        assert (row["beta_market"], row["beta_momentum"]) == pytest.approx((1, 0), abs=1e-9)
        assert (row["alpha_annual"], row["r_squared"]) == pytest.approx((0, 1), abs=1e-12)
        assert row["alpha_residual_cagr"] == pytest.approx(0, abs=1e-12)
        assert row["alpha_std_error_annual"] == 0
    for window in ("rolling", "expanding", "full"):
        shares = {name: row["risk_share"] for name, row in parts(rows, window).items()}
        assert shares["market"] == pytest.approx(1, abs=1e-9)


def test_a_total_return_loses_the_risk_free_rate() -> None:
    rate = np.full(len(WEEKDAYS), 1e-4)
    names = {"market": FACTORS[:, 0] + rate, "RF": rate}
    factors = factor_table(names, kinds={"market": "total_return", "RF": "rf"})
    weekly = WEEKDAYS[::5]
    equity = equity_of(FACTORS[:, 0] + rate)[::5]
    for days, values in ((WEEKDAYS, equity_of(FACTORS[:, 0] + rate)), (weekly, equity)):
        rows = attributed({"x": (days, values)}, factors, window_days=40)
        row = windows(rows)["full"]
        assert (row["beta_market"], row["r_squared"]) == pytest.approx((1, 1), abs=1e-9)
        assert row["alpha_annual"] == pytest.approx(0, abs=1e-11)
        assert set(parts(rows, "full")) == {"market", "risk_free", "alpha_residual"}
        assert parts(rows, "full")["risk_free"]["contribution"] > 0


def test_a_seven_day_curve_keeps_its_weekends() -> None:
    days = np.arange(WEEKDAYS[0], WEEKDAYS[-1] + 1)
    returns = np.random.default_rng(2).normal(0.0005, 0.01, len(days))
    equity = equity_of(returns)
    rows = attributed({"x": (days, equity)})
    full = windows(rows)["full"]
    assert full["attributed_return"] == pytest.approx(equity[-1] / equity[0] - 1, rel=1e-9)
    assert full["observation_count"] == len(WEEKDAYS) - 1
    # Of the curve's year only the common days count.
    on_weekdays = equity[np.isin(days, WEEKDAYS)]
    own = on_weekdays[1:] / on_weekdays[:-1] - 1
    peer = sm.OLS(own, sm.add_constant(FACTORS[1:])).fit()
    share = (len(WEEKDAYS) - 1) / (len(days) - 1)
    assert full["alpha_annual"] == pytest.approx(peer.params[0] * 252 * share, rel=1e-9)


def test_scaling_equity_changes_nothing() -> None:
    curves = {f"{scale:g}": (WEEKDAYS, equity_of(OWN, scale)) for scale in (1e-6, 1.0, 1e6, 3e20)}
    rows = attributed(curves)
    plain = [row for row in rows if row["backtest_id"] == "1"]
    for name in curves:
        assert_same_rows(chosen(rows, backtest_id=name), plain)


def test_rows_depend_on_nothing_but_curve_and_set() -> None:
    gaps = np.delete(np.arange(len(WEEKDAYS)), [5, 200, 201, 300])
    curves = {
        "whole": (WEEKDAYS, equity_of(OWN)),
        "later": (WEEKDAYS[100:], equity_of(OWN)[100:]),
        "gappy": (WEEKDAYS[gaps], equity_of(OWN)[gaps]),
        "twin": (WEEKDAYS, equity_of(OWN[::-1])),
        "turned": (WEEKDAYS[::-1], equity_of(OWN)[::-1]),
    }
    second = factor_table({"market": FACTORS[:, 2]}, name="second")
    together = attributed(curves, pa.concat_tables([THREE, second]), chunk=97)
    for name, curve in curves.items():
        alone = attributed({name: curve})
        assert_same_rows(chosen(together, backtest_id=name, factor_set="set"), alone)
    assert attributed({}) == []


@pytest.mark.parametrize("last", [130, 200, 333, 512])
def test_what_comes_later_changes_no_earlier_row(last: int) -> None:
    equity = equity_of(OWN)
    whole = attributed({"x": (WEEKDAYS, equity)})
    cut = attributed({"x": (WEEKDAYS[:last], equity[:last])})
    # The window full is in-sample, and says so.
    earlier = [
        row
        for row in cut
        if row["row_kind"] in ("exposure", "month")
        and row["estimation_window"] != "full"
        and not row["is_last"]
    ]
    keys = ("row_kind", "estimation_window", "as_of_date", "factor")
    known = {tuple(row[key] for key in keys): row for row in whole}
    assert len(earlier) > 10
    assert_same_rows(earlier, [known[tuple(row[key] for key in keys)] for row in earlier])


@pytest.mark.parametrize("count", [1, 12])
def test_any_number_of_factors_will_do(count: int) -> None:
    known = np.random.default_rng(count).normal(0, 0.01, (len(WEEKDAYS), count))
    factors = factor_table({f"factor {number}": known[:, number] for number in range(count)})
    rows = attributed({"x": (WEEKDAYS, equity_of(OWN))}, factors)
    assert set(statuses(rows).values()) == {"ok"}
    peer = sm.OLS(OWN[-126:], sm.add_constant(known[-126:])).fit()
    last = chosen(rows, row_kind="exposure", estimation_window="rolling", is_last=True)
    assert [row["beta"] for row in last] == pytest.approx(peer.params[1:], rel=1e-9, abs=1e-12)
    assert [row["std_error"] for row in last] == pytest.approx(peer.bse[1:], rel=1e-9)
    assert len(parts(rows, "expanding")) == count + 2
