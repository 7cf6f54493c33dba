"""What can't be fitted or attributed has its rows too, which say why."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
import statsmodels.api as sm

from attributed_curves import (
    FACTORS,
    OWN,
    WEEKDAYS,
    Floats,
    attributed,
    chosen,
    equity_of,
    factor_table,
    parts,
    statuses,
    windows,
)


def without(column: Floats, start: int, stop: int) -> Floats:
    holed = column.copy()
    holed[start:stop] = np.nan
    return holed


def test_what_is_too_short_or_without_overlap_says_so() -> None:
    long_ago = np.datetime64("1990-01-01") + np.arange(400)
    curves = {
        "short": (WEEKDAYS[:126], equity_of(OWN[:126])),
        "just": (WEEKDAYS[:127], equity_of(OWN[:127])),
        "two": (WEEKDAYS[:2], equity_of(OWN[:2])),
        "one": (WEEKDAYS[:1], equity_of(OWN[:1])),
        "old": (long_ago, np.linspace(100, 200, 400)),
    }
    rows = attributed(curves)
    for name, status in (("short", "too_short"), ("two", "too_short"), ("one", "no_overlap")):
        assert set(statuses(rows, backtest_id=name).values()) == {status}
    assert set(statuses(rows, backtest_id="old").values()) == {"no_overlap"}
    # Exposures are known since the last day, so that no day is attributed yet.
    assert set(statuses(rows, backtest_id="just").values()) == {"ok"}
    for window, status in (("rolling", "too_short"), ("full", "ok")):
        found = parts(rows, window, backtest_id="just")
        assert {row["fit_status"] for row in found.values()} == {status}
    for name in ("short", "old"):
        for row in parts(rows, "rolling", backtest_id=name).values():
            assert (row["contribution"], row["risk_share"]) == (None, None)
    (row,) = chosen(
        rows,
        backtest_id="short",
        row_kind="exposure",
        estimation_window="full",
        factor="market",
    )
    assert (row["beta"], row["fit_status"], row["observation_count"]) == (None, "too_short", 125)


def test_a_backtest_without_any_day_has_its_rows_too() -> None:
    rows = attributed({"none": ([], np.empty(0))}, periods_per_year=None)
    assert set(statuses(rows).values()) == {"no_overlap"}
    assert len(parts(rows, "rolling")) == 5
    assert [row["input_version"] for row in rows if row["input_version"]] == ["none set"]


def test_without_a_year_alpha_is_not_annualised() -> None:
    row = windows(attributed({"x": (WEEKDAYS, equity_of(OWN))}, periods_per_year=None))["full"]
    assert (row["fit_status"], row["alpha_annual"]) == ("ok", None)
    assert row["beta_market"] is not None


def test_a_constant_curve_is_flat_and_has_no_exposures() -> None:
    rate = np.random.default_rng(3).uniform(0, 2e-4, len(WEEKDAYS))
    factors = factor_table({"market": FACTORS[:, 0], "rf": rate}, kinds={"rf": "rf"})
    constant = np.full(len(WEEKDAYS), 1e5)
    steady = equity_of(np.full(len(WEEKDAYS), 0.001))
    rows = attributed({"a": (WEEKDAYS, constant), "b": (WEEKDAYS, steady)}, factors)
    for name in ("a", "b"):
        assert set(statuses(rows, backtest_id=name).values()) == {"flat"}
        for row in windows(rows, backtest_id=name).values():
            assert (row["beta_market"], row["r_squared"]) == (0, None)
            assert row["alpha_std_error_annual"] is None
    full = windows(rows, backtest_id="a")["full"]
    assert full["alpha_annual"] == pytest.approx(-rate[1:].mean() * 252, rel=1e-9)
    found = parts(rows, "full", backtest_id="a")
    assert sum(row["contribution"] for row in found.values()) == pytest.approx(0, abs=1e-12)
    assert {row["risk_share"] for row in found.values()} == {None}


def test_a_curve_in_cash_for_a_while_is_flat_meanwhile() -> None:
    own = OWN.copy()
    own[200:400] = 0
    rows = attributed({"x": (WEEKDAYS, equity_of(own))})
    exposures = chosen(rows, row_kind="exposure", estimation_window="rolling", factor="market")
    flat = [row["as_of_date"] for row in exposures if row["fit_status"] == "flat"]
    # Windows of 126 days that lie within the 200 end in four months.
    assert len(flat) == 4
    assert {row["beta"] for row in exposures if row["as_of_date"] in flat} == {0}
    assert windows(rows)["rolling"]["fit_status"] == "ok"


def test_a_curve_that_lost_all_says_so() -> None:
    equity = equity_of(OWN)
    equity[300:] = 0
    days = np.delete(WEEKDAYS, [300])
    rows = attributed(
        {
            "ruined": (WEEKDAYS, equity),
            "between": (days, np.delete(equity, [300])),
            "at_once": (WEEKDAYS, np.where(np.arange(len(equity)) < 1, 1.0, 0.0)),
            "after": (
                np.append(WEEKDAYS, WEEKDAYS[-1] + 1),
                np.append(equity_of(OWN), 0.0),
            ),
        }
    )
    for name in ("ruined", "between", "at_once"):
        assert set(statuses(rows, backtest_id=name).values()) == {"ruined"}
        for window in ("rolling", "expanding", "full"):
            for row in parts(rows, window, backtest_id=name).values():
                assert (row["fit_status"], row["contribution"]) == ("ruined", None)
                assert row["risk_share"] is None
        for row in windows(rows, backtest_id=name).values():
            assert (row["alpha_annual"], row["alpha_residual_cagr"]) == (None, None)
            assert row["attributed_return"] is None
    months = chosen(rows, backtest_id="ruined", row_kind="month", estimation_window="rolling")
    assert {row["contribution"] is None for row in months if row["is_last"]} == {True}
    assert {row["contribution"] is None for row in months if not row["is_last"]} == {False}
    whole = attributed({"ruined": (WEEKDAYS, equity_of(OWN))})
    earlier = chosen(rows, backtest_id="ruined", row_kind="exposure", is_last=False)
    assert all(row in whole for row in earlier)
    # A day that the factors do not have is beyond what they can tell of.
    assert set(statuses(rows, backtest_id="after").values()) == {"ok"}


def test_collinear_factors_are_a_row_that_says_so() -> None:
    first = FACTORS[:, 0]
    rows = attributed(
        {"x": (WEEKDAYS, equity_of(OWN))}, factor_table({"market": first, "twin": 2 * first})
    )
    assert set(statuses(rows).values()) == {"collinear"}
    for row in windows(rows).values():
        assert (row["beta_market"], row["condition_number"]) == (None, None)
        assert row["attributed_from"] is None
    assert {row["fit_status"] for row in parts(rows, "full").values()} == {"collinear"}
    # A factor that starts to move late is collinear with the intercept until it does.
    late = np.where(np.arange(len(first)) < 250, 0.0, FACTORS[:, 1])
    rows = attributed(
        {"x": (WEEKDAYS, equity_of(OWN))}, factor_table({"market": first, "late": late})
    )
    assert set(statuses(rows).values()) == {"ok"}
    assert windows(rows)["rolling"]["base_date"] >= WEEKDAYS[250].item()


def test_a_factor_that_is_missing_for_a_year_leaves_a_gap() -> None:
    holed = without(FACTORS[:, 1], 200, 460)
    factors = factor_table({"market": FACTORS[:, 0], "momentum": holed})
    rows = attributed({"x": (WEEKDAYS, equity_of(OWN))}, factors)
    exposures = chosen(rows, row_kind="exposure", estimation_window="rolling", factor="market")
    found = [status for status, _ in groupby(row["fit_status"] for row in exposures)]
    assert found == ["too_short", "ok", "gap", "ok"]
    row = windows(rows)["rolling"]
    total = sum(each["contribution"] for each in parts(rows, "rolling").values())
    assert total == pytest.approx(row["attributed_return"], rel=1e-9)
    assert row["attributed_return"] == pytest.approx(np.prod(1 + OWN[127:]) - 1, rel=1e-9)
    # The year is nobody's: its return is no observation, and belongs to the rest.
    kept = np.r_[1:200, 461 : len(OWN)]
    peer = sm.OLS(OWN[kept], sm.add_constant(FACTORS[kept, :2])).fit()
    full = windows(rows)["full"]
    assert (full["beta_market"], full["beta_momentum"]) == pytest.approx(peer.params[1:], rel=1e-9)
    assert full["observation_count"] == len(kept)
    # Exposures are known again when a window lies behind the hole.
    assert row["attributed_count"] < len(kept) - 126


def test_a_factor_on_holiday_has_its_return_in_the_next() -> None:
    holed = without(FACTORS[:, 1], 300, 303)
    factors = factor_table({"market": FACTORS[:, 0], "momentum": holed})
    rows = attributed({"x": (WEEKDAYS, equity_of(OWN))}, factors)
    own, known = np.delete(OWN, [300, 301, 302]), np.delete(FACTORS[:, :2], [300, 301, 302], axis=0)
    own[300] = np.prod(1 + OWN[300:304]) - 1
    known[300, 0] = np.prod(1 + FACTORS[300:304, 0]) - 1
    peer = sm.OLS(own[1:], sm.add_constant(known[1:])).fit()
    full = windows(rows)["full"]
    assert (full["beta_market"], full["beta_momentum"]) == pytest.approx(peer.params[1:], rel=1e-9)


def test_more_factors_than_days_are_too_short() -> None:
    known = np.random.default_rng(1).normal(0, 0.01, (len(WEEKDAYS), 40))
    factors = factor_table({f"{number}": known[:, number] for number in range(40)})
    rows = attributed({"x": (WEEKDAYS[:42], equity_of(OWN[:42]))}, factors, window_days=20)
    assert set(statuses(rows).values()) == {"too_short"}
