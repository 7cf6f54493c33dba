"""Regressions of many curves, against statsmodels; and what is made of what can't be fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.regression.rolling import RollingOLS

from curvehouse.analytics.attribution import ATTRIBUTION_SCHEMA, attribute_backtests
from curvehouse.analytics.attribution.regression import fit_curves, fit_errors, lay_out

Floats = NDArray[np.float64]
Row = dict[str, Any]

WEEKDAYS = np.array(
    [day for day in np.datetime64("2019-01-01") + np.arange(1_000) if np.is_busday(day)]
)
DRAW = np.random.default_rng(8)
FACTORS = DRAW.normal(0.0004, 0.01, (len(WEEKDAYS), 3))
FACTORS[:, 1] += 0.4 * FACTORS[:, 0]
OWN = FACTORS @ [0.9, -0.3, 0.2] + DRAW.normal(0.0002, 0.006, len(WEEKDAYS))
OPTIONS = {"window_days": 126, "max_span_days": 252, "max_hole_days": 31, "min_growth_days": 30}


def equity_of(returns: Floats, start: float = 1e5) -> Floats:
    """A day before the first return, and the equity after each."""
    grown: Floats = start * np.concatenate([[1.0], np.cumprod(1 + returns[1:])])
    return grown


def factor_table(
    columns: Mapping[str, Floats],
    days: NDArray[np.datetime64] = WEEKDAYS,
    kinds: Mapping[str, str] | None = None,
    name: str = "set",
) -> pa.Table:
    rows = [
        {
            "factor_set": name,
            "factor": factor,
            "factor_kind": (kinds or {}).get(factor, "excess"),
            "factor_position": position,
            "factor_date": day.item(),
            "factor_return": float(value),
        }
        for position, (factor, values) in enumerate(columns.items(), 1)
        for day, value in zip(days, values, strict=True)
        if not np.isnan(value)
    ]
    return pa.Table.from_pylist(rows)


THREE = factor_table({"market": FACTORS[:, 0], "Momentum": FACTORS[:, 1], "quality": FACTORS[:, 2]})


def attributed(
    curves: Mapping[str, tuple[Sequence[np.datetime64] | NDArray[np.datetime64], Floats]],
    factors: pa.Table = THREE,
    chunk: int = 10_000,
    periods_per_year: float | None = 252.0,
    **options: Any,
) -> list[Row]:
    schema = pa.schema(
        [("backtest_id", pa.string()), ("equity_date", pa.date32()), ("equity", pa.float64())]
    )
    tables = [
        pa.table(
            {
                "backtest_id": [name] * len(equity),
                "equity_date": pa.array(np.array(days, dtype="datetime64[D]")),
                "equity": equity,
            },
            schema=schema,
        )
        for name, (days, equity) in curves.items()
    ]
    rows = pa.concat_tables(tables) if tables else schema.empty_table()
    sets = dict.fromkeys(factors.column("factor_set").to_pylist())
    wanted = pa.Table.from_pylist(
        [
            {
                "backtest_id": name,
                "factor_set": factor_set,
                "input_version": f"{name} {factor_set}",
                "periods_per_year": periods_per_year,
            }
            for name in curves
            for factor_set in sets
        ],
        schema=pa.schema(
            [
                ("backtest_id", pa.string()),
                ("factor_set", pa.string()),
                ("input_version", pa.string()),
                ("periods_per_year", pa.float64()),
            ]
        ),
    )
    reader = pa.RecordBatchReader.from_batches(schema, rows.to_batches(max_chunksize=chunk))
    found = attribute_backtests(reader, wanted, factors, **{**OPTIONS, **options})
    assert found.schema == ATTRIBUTION_SCHEMA
    table: list[Row] = found.read_all().to_pylist()
    return table


def chosen(rows: Sequence[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def windows(rows: Sequence[Row], **wanted: Any) -> dict[str, Row]:
    return {row["estimation_window"]: row for row in chosen(rows, row_kind="attribution", **wanted)}


def statuses(rows: Sequence[Row], **wanted: Any) -> dict[str, str]:
    return {name: row["fit_status"] for name, row in windows(rows, **wanted).items()}


def parts(rows: Sequence[Row], window: str, **wanted: Any) -> dict[str, Row]:
    found = chosen(rows, row_kind="contribution", estimation_window=window, **wanted)
    return {row["factor"]: row for row in found}


def assert_same_rows(rows: Sequence[Row], others: Sequence[Row]) -> None:
    """Equal but for the name of the curve, and the last digits of numbers."""
    for row, other in zip(rows, others, strict=True):
        for column, value in row.items():
            if isinstance(value, float):
                assert value == pytest.approx(other[column], rel=1e-9, abs=1e-12)
            elif column not in ("backtest_id", "input_version"):
                assert value == other[column]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
@pytest.mark.parametrize("window", [30, 126])
def test_windows_equal_statsmodels(scale: float, window: int) -> None:
    """Also with returns of a millionth, where running totals would lose their digits."""
    factors, own = FACTORS * scale, np.array([OWN, OWN[::-1]]).T * scale
    design = lay_out(factors, window)
    rows = np.arange(len(factors))
    fits = fit_curves(design, own)
    errors = fit_errors(design, fits, own, rows)
    for curve in range(2):
        peer = RollingOLS(own[:, curve], sm.add_constant(factors), window=window).fit()
        mine = np.vstack([fits.alpha[None, :, curve], fits.beta[:, :, curve]]).T
        mine_errors = np.vstack([errors.alpha[None, :, curve], errors.beta[:, :, curve]]).T
        np.testing.assert_allclose(mine, peer.params, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(mine_errors, peer.bse, rtol=1e-9)
        np.testing.assert_allclose(errors.r_squared[:, curve], peer.rsquared, rtol=1e-9)


def test_a_row_outside_a_window_leaves_no_trace_in_it() -> None:
    factors, own = FACTORS.copy(), OWN[:, None].copy()
    own[150], factors[151, 1] = 1e30, 1e5
    fits = fit_curves(lay_out(factors, 126), own)
    for last in (149, 277, 300, 500):
        part = slice(last - 125, last + 1)
        peer = sm.OLS(own[part, 0], sm.add_constant(factors[part])).fit()
        np.testing.assert_allclose(fits.beta[:, last, 0], peer.params[1:], rtol=1e-9)


def test_a_level_that_dwarfs_the_moves_is_taken_off() -> None:
    factors = 1.0 + FACTORS * 1e-3
    own = (2 * factors[:, 0] + 1e-3 * OWN)[:, None]
    design = lay_out(factors, 126)
    fits = fit_curves(design, own)
    errors = fit_errors(design, fits, own, np.array([400]))
    part = slice(275, 401)
    peer = sm.OLS(own[part, 0], sm.add_constant(factors[part])).fit()
    np.testing.assert_allclose(fits.beta[:, 400, 0], peer.params[1:], rtol=1e-8)
    np.testing.assert_allclose(errors.beta[:, 0, 0], peer.bse[1:], rtol=1e-8)


@pytest.mark.parametrize("last", [126, 127, 400, len(OWN) - 1])
def test_expanding_windows_equal_statsmodels(last: int) -> None:
    design = lay_out(FACTORS, 126, is_expanding=True)
    fits = fit_curves(design, OWN[:, None])
    errors = fit_errors(design, fits, OWN[:, None], np.array([last]))
    peer = sm.OLS(OWN[: last + 1], sm.add_constant(FACTORS[: last + 1])).fit()
    np.testing.assert_allclose(fits.beta[:, last, 0], peer.params[1:], rtol=1e-9)
    np.testing.assert_allclose(fits.alpha[last, 0], peer.params[0], rtol=1e-9)
    np.testing.assert_allclose(errors.beta[:, 0, 0], peer.bse[1:], rtol=1e-9)
    np.testing.assert_allclose(errors.alpha[0, 0], peer.bse[0], rtol=1e-9)
    np.testing.assert_allclose(errors.r_squared[0, 0], peer.rsquared, rtol=1e-9)
    assert np.isnan(fits.beta[:, :125]).all()


@pytest.mark.parametrize("noise", [1e-4, 1e-6, 1e-9])
def test_close_fits_have_their_small_errors(noise: float) -> None:
    own = (FACTORS @ [1.0, 0.5, 0.0] + noise * OWN)[:, None]
    for is_expanding in (False, True):
        design = lay_out(FACTORS, 126, is_expanding=is_expanding)
        fits = fit_curves(design, own)
        errors = fit_errors(design, fits, own, np.array([130, 500]))
        for row, last in enumerate((130, 500)):
            part = slice(0 if is_expanding else last - 125, last + 1)
            peer = sm.OLS(own[part, 0], sm.add_constant(FACTORS[part])).fit()
            np.testing.assert_allclose(errors.beta[:, row, 0], peer.bse[1:], rtol=1e-6)


def test_near_collinear_factors_are_solved_and_collinear_ones_are_not() -> None:
    third = FACTORS[:, 0] - FACTORS[:, 1]
    near = np.column_stack([FACTORS[:, :2], third + 1e-3 * FACTORS[:, 2]])
    fits = fit_curves(lay_out(near, 126), OWN[:, None])
    peer = sm.OLS(OWN[-126:], sm.add_constant(near[-126:])).fit()
    np.testing.assert_allclose(fits.beta[:, -1, 0], peer.params[1:], rtol=1e-8)
    for factor in (third, np.full(len(third), 0.001), np.zeros(len(third))):
        design = lay_out(np.column_stack([FACTORS[:, :2], factor]), 126)
        assert not design.is_solvable.any()
        assert np.isnan(fit_curves(design, OWN[:, None]).beta).all()


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


def test_more_factors_than_days_are_too_short() -> None:
    known = np.random.default_rng(1).normal(0, 0.01, (len(WEEKDAYS), 40))
    factors = factor_table({f"{number}": known[:, number] for number in range(40)})
    rows = attributed({"x": (WEEKDAYS[:42], equity_of(OWN[:42]))}, factors, window_days=20)
    assert set(statuses(rows).values()) == {"too_short"}
