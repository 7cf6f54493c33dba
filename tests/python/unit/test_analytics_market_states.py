"""States of a market: the filter is statsmodels', fits know the past only and are reused."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from curvehouse.analytics import market_states
from curvehouse.analytics.market_states import (
    PARAMETER_NAMES,
    STATE_FIT_SCHEMA,
    StateParameters,
    fit_market_states,
    fit_states,
    yearly_returns,
)
from curvehouse.analytics.state_filter import (
    STATE_SCHEMA,
    filter_market_states,
    filtered_probabilities,
)

Floats = NDArray[np.float64]

TWO = StateParameters(
    np.array([0.001, -0.002]), np.array([0.006, 0.02]), np.array([[0.98, 0.02], [0.05, 0.95]])
)
ITERATIONS = 200


def switching_returns(bars: int, seed: int = 1) -> Floats:
    draw = np.random.default_rng(seed)
    states = np.zeros(bars, dtype=int)
    for bar in range(1, bars):
        states[bar] = draw.random() > TWO.transitions[states[bar - 1], 0]
    found: Floats = TWO.means[states] + TWO.deviations[states] * draw.normal(size=bars)
    return found


def closes_of(returns: Floats, symbol: str = "A", first: date = date(2000, 1, 3)) -> pa.Table:
    days = [first + timedelta(days=number) for number in range(len(returns) + 1)]
    prices = 100 * np.exp(np.append(0, np.cumsum(returns)))
    return pa.table({"symbol": [symbol] * len(days), "bar_date": days, "close": prices})


def index_closes(market_data: Path) -> pa.Table:
    with gzip.open(market_data / "sp500_index.csv.gz") as file:
        frame = pl.read_csv(file.read(), try_parse_dates=True)
    return pa.table(
        {
            "symbol": ["SP500"] * len(frame),
            "bar_date": frame["Date"].to_arrow(),
            "close": frame["SP500"].to_arrow(),
        }
    )


def wanted(years: list[int], symbol: str = "A", counts: tuple[int, ...] = (2,)) -> pa.Table:
    """Return rows of models that are all missing."""
    rows = [
        {"symbol": symbol, "state_count": count, "fit_year": year, "input_version": f"v{year}",
         "is_missing": True, "fit_status": None, **dict.fromkeys(PARAMETER_NAMES)}
        for count in counts
        for year in years
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=wanted_schema())


def wanted_schema() -> pa.Schema:
    extra = {"input_version": pa.string(), "is_missing": pa.bool_(), "fit_status": pa.string()}
    fields = [("symbol", pa.string()), ("state_count", pa.int64()), ("fit_year", pa.int32())]
    return pa.schema([*fields, *extra.items(), *((name, pa.float64()) for name in PARAMETER_NAMES)])


def fitted(closes: pa.Table, fits: pa.Table) -> pa.Table:
    return fit_market_states(closes.to_reader(), fits, max_iterations=ITERATIONS)


def filtered(closes: pa.Table, fits: pa.Table) -> pa.Table:
    return filter_market_states(closes.to_reader(), fits)


def stored(fits: pa.Table, missing_years: set[int]) -> pa.Table:
    """Return rows of models as a later build has them, some of them missing."""
    rows = []
    for row in fits.to_pylist():
        is_missing = row["fit_year"] in missing_years
        known = dict.fromkeys(("fit_status", *PARAMETER_NAMES)) if is_missing else {}
        rows.append({**row, **known, "is_missing": is_missing})
    return pa.Table.from_pylist(rows, schema=wanted_schema())


@pytest.fixture(scope="module")
def simulated() -> tuple[pa.Table, pa.Table]:
    """Closes of 2000 to 2004, and models of the last three of these years."""
    closes = closes_of(switching_returns(1_800))
    return closes, fitted(closes, wanted([2002, 2003, 2004]))


def test_parameters_are_those_the_returns_were_drawn_with(
    simulated: tuple[pa.Table, pa.Table],
) -> None:
    _, fits = simulated
    assert fits.schema == STATE_FIT_SCHEMA
    assert fits["fit_status"].to_pylist() == ["ok"] * 3
    last = StateParameters.from_row(fits.to_pylist()[-1])
    np.testing.assert_allclose(last.deviations, TWO.deviations, rtol=0.1)
    np.testing.assert_allclose(last.transitions, TWO.transitions, atol=0.03)
    assert fits["return_count"].to_pylist() == [728, 1093, 1458]


def test_a_fit_is_statsmodels_own(simulated: tuple[pa.Table, pa.Table]) -> None:
    closes, fits = simulated
    years, returns = yearly_returns(closes)["A"]
    before = returns[years < 2003]
    row = fits.to_pylist()[1]
    plain = MarkovRegression(before * 100, k_regimes=2, switching_variance=True).fit(disp=False)
    shifted = plain.llf + len(before) * np.log(100)
    assert row["log_likelihood"] == pytest.approx(shifted, rel=1e-6)
    order = np.argsort(plain.params[4:])
    found = StateParameters.from_row(row)
    np.testing.assert_allclose(found.deviations * 100, np.sqrt(plain.params[4:][order]), rtol=1e-2)


def test_filtered_probabilities_are_statsmodels_own() -> None:
    returns = switching_returns(600)
    model = MarkovRegression(returns, k_regimes=2, switching_variance=True)
    vector = [0.98, 0.05, *TWO.means, *TWO.deviations**2]
    expected = model.filter(vector).filtered_marginal_probabilities
    found = filtered_probabilities(returns, [TWO, TWO])
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(found[:, 0], found[:, 1])


def test_a_day_out_of_all_bounds_does_not_break_the_filter() -> None:
    returns = np.append(switching_returns(50), [-5.0, 0.0])
    found = filtered_probabilities(returns, [TWO])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=2), 1.0)
    assert found[50, 0, 1] == pytest.approx(1)


@pytest.fixture(scope="module")
def of_the_index(market_data: Path) -> tuple[pa.Table, pa.Table]:
    """The S&P 500 of 1990 to 1999, and models of its last years."""
    closes = index_closes(market_data).slice(0, 2_527)
    two = fitted(closes, wanted([1996, 1997, 1998, 1999], "SP500"))
    return closes, pa.concat_tables([two, fitted(closes, wanted([1998], "SP500", (3,)))])


@pytest.mark.parametrize("cut", [1_517 + 53 * number for number in range(20)])
def test_states_of_the_past_stay(of_the_index: tuple[pa.Table, pa.Table], cut: int) -> None:
    closes, fits = of_the_index
    part = closes.slice(0, cut)
    last_day = part["bar_date"][-1].as_py()
    known = fits.filter(pc.less_equal(fits["fit_year"], last_day.year))
    whole, found = filtered(closes, fits), filtered(part, known)
    assert found.equals(whole.filter(pc.less_equal(whole["bar_date"], pa.scalar(last_day))))
    if cut in (1_729, 2_047, 2_524):
        # Nor do the fits know of what comes later.
        known = known.filter(pc.equal(known["state_count"], 2))
        again = fitted(part, wanted(known["fit_year"].to_pylist(), "SP500"))
        assert again.equals(known)


def test_what_is_stored_is_not_fitted_again_and_comes_to_the_same(
    simulated: tuple[pa.Table, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    closes, fits = simulated
    again = fitted(closes, stored(fits, {2004}))
    assert again.equals(fits.slice(2))
    calls: list[Any] = []
    monkeypatch.setattr(market_states, "fit_states", lambda *given: calls.append(given))
    assert fitted(closes, stored(fits, set())).num_rows == 0
    assert not calls


def test_each_year_has_its_own_model_and_its_own_days(
    simulated: tuple[pa.Table, pa.Table],
) -> None:
    closes, fits = simulated
    found = filtered(closes, fits)
    assert found.schema == STATE_SCHEMA
    years = [day.year for day in found["bar_date"].to_pylist()]
    assert years == found["fit_year"].to_pylist()
    assert set(years) == {2002, 2003, 2004}
    total = pc.add(found["state_1_probability"], found["state_2_probability"]).to_numpy()
    np.testing.assert_allclose(total, 1.0)
    assert found["state_3_probability"].null_count == found.num_rows
    likely = found["state_2_probability"].to_numpy() > 0.5
    np.testing.assert_array_equal(found["state"].to_numpy() == 2, likely)


def test_a_model_that_does_not_converge_is_a_row_that_says_so() -> None:
    closes = closes_of(switching_returns(900))
    fits = fit_market_states(closes.to_reader(), wanted([2002], counts=(2, 3)), max_iterations=1)
    assert fits["fit_status"].to_pylist() == ["not_converged"] * 2
    assert fits["state_1_mean_return"].null_count == 2
    found = filtered(closes, fits)
    assert set(found["fit_status"].to_pylist()) == {"not_converged"}
    assert found["state"].null_count == found.num_rows > 300


def test_prices_that_do_not_move_have_no_states() -> None:
    assert fit_states(np.zeros(100), 2, None, ITERATIONS)["fit_status"] == "flat"


def test_a_year_whose_model_failed_lies_between_two_that_have_one(
    simulated: tuple[pa.Table, pa.Table],
) -> None:
    closes, fits = simulated
    rows = fits.to_pylist()
    rows[1] |= {**dict.fromkeys(PARAMETER_NAMES), "fit_status": "failed"}
    found = filtered(closes, pa.Table.from_pylist(rows, schema=STATE_FIT_SCHEMA))
    whole = filtered(closes, fits)
    same = pc.not_equal(found["fit_year"], 2003)
    assert found.filter(same).equals(whole.filter(same))
    assert found.filter(pc.invert(same))["state"].null_count == 365


def test_nothing_wanted_gives_nothing() -> None:
    closes = closes_of(switching_returns(10))
    assert fitted(closes, wanted([])).equals(STATE_FIT_SCHEMA.empty_table())
    found = filtered(closes, STATE_FIT_SCHEMA.empty_table())
    assert found.equals(STATE_SCHEMA.empty_table())


def converging(closes: pa.Table, years: range, state_count: int) -> list[str]:
    fits = fitted(closes, wanted(list(years), "SP500", (state_count,)))
    rows = fits.to_pylist()
    for row in rows:
        if row["fit_status"] == "ok":
            deviations = StateParameters.from_row(row).deviations
            assert (np.diff(deviations) > 0).all()
    return [row["fit_status"] for row in rows]


def test_models_of_the_index_converge(of_the_index: tuple[pa.Table, pa.Table]) -> None:
    _, fits = of_the_index
    assert fits["fit_status"].to_pylist() == ["ok"] * 5


@pytest.mark.soak
def test_nearly_all_models_of_the_index_converge(market_data: Path) -> None:
    closes = index_closes(market_data)
    for state_count, least in [(2, 0.95), (3, 0.80)]:
        statuses = converging(closes, range(1998, 2023), state_count)
        assert statuses.count("ok") / len(statuses) >= least
