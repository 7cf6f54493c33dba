"""Calm and turbulent states of a market, by a Markov-switching model that knows only the past."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from curvehouse.analytics.groups import whole_groups
from curvehouse.analytics.lazy_imports import imported

__all__ = [
    "MAX_STATES",
    "PARAMETER_NAMES",
    "STATE_FIT_SCHEMA",
    "StateParameters",
    "fit_market_states",
    "fit_states",
    "known_fits",
    "yearly_returns",
]

MAX_STATES = 3
_NUMBERS = range(1, MAX_STATES + 1)

PARAMETER_NAMES = (
    *(f"state_{number}_mean_return" for number in _NUMBERS),
    *(f"state_{number}_return_stddev" for number in _NUMBERS),
    *(f"transition_{before}_{after}" for before in _NUMBERS for after in _NUMBERS),
)

STATE_FIT_SCHEMA = pa.schema(
    [
        ("symbol", pa.string()),
        ("state_count", pa.int64()),
        ("fit_year", pa.int32()),
        ("input_version", pa.string()),
        ("fit_status", pa.string()),
        ("log_likelihood", pa.float64()),
        *((name, pa.float64()) for name in PARAMETER_NAMES),
        ("return_count", pa.int64()),
    ]
)

# Where there is no year before: how long a state lasts, and how variances spread around the whole.
_STAY = 0.97
_SPREADS = {2: (0.4, 2.5), 3: (0.3, 1.0, 4.0)}
# The optimiser works on log-odds and logarithms, which have no place for 0 and 1.
_LEAST_PROBABILITY = 1e-3
_LEAST_VARIANCE = 1e-4
# Steps of expectation and maximisation before the optimiser: it then starts near a maximum.
_FIRST_STEPS = 20

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StateParameters:
    """A model with k states, the calmest first.

    Attributes
    ----------
    means, deviations : array, shape (k,)
        Of one day's log return in a state.
    transitions : array, shape (k, k)
        From the state of a row to that of a column; rows sum to 1.
    """

    means: Floats
    deviations: Floats
    transitions: Floats

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> StateParameters:
        """Return the parameters out of a row of `STATE_FIT_SCHEMA`."""
        numbers = range(1, row["state_count"] + 1)
        return cls(
            np.array([row[f"state_{number}_mean_return"] for number in numbers]),
            np.array([row[f"state_{number}_return_stddev"] for number in numbers]),
            np.array([[row[f"transition_{i}_{j}"] for j in numbers] for i in numbers]),
        )

    def to_row(self) -> dict[str, float]:
        """Return the parameters as columns of `STATE_FIT_SCHEMA`."""
        row = {}
        for i, (mean, deviation) in enumerate(zip(self.means, self.deviations, strict=True), 1):
            row[f"state_{i}_mean_return"] = float(mean)
            row[f"state_{i}_return_stddev"] = float(deviation)
            for j, probability in enumerate(self.transitions[i - 1], 1):
                row[f"transition_{i}_{j}"] = float(probability)
        return row


def fit_market_states(
    closes: pa.RecordBatchReader, fits: pa.Table, *, max_iterations: int
) -> pa.Table:
    """Fit the models that are missing, each year's from the days before it.

    Parameters
    ----------
    closes : pyarrow.RecordBatchReader
        ``symbol, bar_date, close`` in any order.
    fits : pyarrow.Table
        ``symbol, state_count, fit_year, input_version, is_missing, fit_status`` and
        `PARAMETER_NAMES`: a row per model, the missing ones without status and parameters.
    max_iterations : int
        Steps of the optimiser, after which a model has not converged.

    Returns
    -------
    pyarrow.Table
        `STATE_FIT_SCHEMA`, a row per missing model. ``fit_status`` is ``ok``, ``not_converged``,
        ``failed`` (the optimiser gave up) or ``flat`` (the returns do not vary); parameters are
        NULL where it is not ``ok``.

    Notes
    -----
    A model starts where the latest year before that converged ended, and anew where that leads
    nowhere. Parameters go from year to year as a row has them, so that a model comes out the same
    whether the year before was fitted along with it or long ago.
    """
    wanted = fits.sort_by([(name, "ascending") for name in ("symbol", "state_count", "fit_year")])
    if not any(wanted.column("is_missing").to_pylist()):
        return STATE_FIT_SCHEMA.empty_table()
    history = yearly_returns(closes.read_all())
    rows: list[dict[str, Any]] = []
    series: tuple[str, int] | None = None
    start: StateParameters | None = None
    with threadpool_limits(1):
        for known in wanted.to_pylist():
            model = known
            if (known["symbol"], known["state_count"]) != series:
                series, start = (known["symbol"], known["state_count"]), None
            if known["is_missing"]:
                years, returns = history[known["symbol"]]
                before = returns[years < known["fit_year"]]
                model = known | fit_states(before, known["state_count"], start, max_iterations)
                rows.append({name: model[name] for name in STATE_FIT_SCHEMA.names})
            if model["fit_status"] == "ok":
                start = StateParameters.from_row(model)
    return pa.Table.from_pylist(rows, schema=STATE_FIT_SCHEMA)


def yearly_returns(closes: pa.Table) -> dict[str, tuple[NDArray[np.int64], Floats]]:
    """Return each symbol's log returns in order, and the year of each."""
    ordered = closes.sort_by([("symbol", "ascending"), ("bar_date", "ascending")])
    found = {}
    for symbol, group in whole_groups(ordered.to_reader(), "symbol"):
        days = group.column("bar_date").cast(pa.int32()).to_numpy().astype("datetime64[D]")
        years = days.astype("datetime64[Y]").astype(np.int64) + 1970
        found[symbol] = (years[1:], np.diff(np.log(group.column("close").to_numpy())))
    return found


def fit_states(
    returns: Floats, state_count: int, start: StateParameters | None, max_iterations: int
) -> dict[str, Any]:
    """Return status, log likelihood and parameters of one model, as columns.

    Parameters
    ----------
    returns : array, shape (n,)
        Log returns, all of them before the days that the model is for.
    state_count : int
        2 or 3.
    start : StateParameters, optional
        Where the optimiser starts.
    max_iterations : int
        Steps of the optimiser.

    References
    ----------
    Hamilton (1989), "A New Approach to the Economic Analysis of Nonstationary Time Series and the
    Business Cycle", Econometrica 57; statsmodels' ``MarkovRegression``.
    """
    none: dict[str, Any] = dict.fromkeys(("log_likelihood", *PARAMETER_NAMES))
    none["return_count"] = len(returns)
    scale = float(returns.std())
    if not scale > 0:
        return none | {"fit_status": "flat"}
    scaled = returns / scale
    cold = _cold_start(scaled, state_count)
    starts = [cold] if start is None else [_to_vector(start, scale), cold]
    status = "failed"
    for vector in starts:
        fitted = _fit(scaled, state_count, vector, max_iterations)
        if fitted is None:
            continue
        parameters, log_likelihood, has_converged = fitted
        if has_converged:
            found = _from_vector(parameters, state_count, scale).to_row()
            level = log_likelihood - len(returns) * np.log(scale)
            return none | found | {"fit_status": "ok", "log_likelihood": float(level)}
        status = "not_converged"
    return none | {"fit_status": status}


def _fit(
    scaled: Floats, state_count: int, start: Floats, max_iterations: int
) -> tuple[Floats, float, bool] | None:
    """Return parameters, log likelihood and whether they are a maximum; None where none is."""
    # Takes a second to import, which builds without anything to fit need not spend.
    module = imported("statsmodels.tsa.regime_switching.markov_regression")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = module.MarkovRegression(scaled, k_regimes=state_count, switching_variance=True)
        try:
            result = model.fit(
                start_params=start, em_iter=_FIRST_STEPS, maxiter=max_iterations, disp=False
            )
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            return None
    parameters: Floats = np.asarray(result.params)
    is_known = bool(np.isfinite(parameters).all() and np.isfinite(result.llf))
    return parameters, float(result.llf), is_known and bool(result.mle_retvals["converged"])


def _cold_start(scaled: Floats, state_count: int) -> Floats:
    transitions = np.full((state_count, state_count), (1 - _STAY) / (state_count - 1))
    np.fill_diagonal(transitions, _STAY)
    means = np.full(state_count, scaled.mean())
    return np.concatenate([transitions[:-1].ravel(), means, _SPREADS[state_count]])


def _to_vector(parameters: StateParameters, scale: float) -> Floats:
    """Return parameters as statsmodels orders them, a little inside their bounds."""
    # There, the columns are where a transition comes from, and the last row is what is left.
    transitions = np.maximum(parameters.transitions.T, _LEAST_PROBABILITY)
    transitions /= transitions.sum(axis=0)
    variances = np.maximum((parameters.deviations / scale) ** 2, _LEAST_VARIANCE)
    return np.concatenate([transitions[:-1].ravel(), parameters.means / scale, variances])


def _from_vector(vector: Floats, state_count: int, scale: float) -> StateParameters:
    """Return statsmodels' parameters with the states in order of their volatility."""
    count = state_count * (state_count - 1)
    transitions = vector[:count].reshape(state_count - 1, state_count)
    transitions = np.vstack([transitions, 1 - transitions.sum(axis=0)]).T
    means, variances = vector[count:].reshape(2, state_count)
    order = np.argsort(variances, kind="stable")
    return StateParameters(
        means[order] * scale,
        np.sqrt(variances[order]) * scale,
        np.clip(transitions[np.ix_(order, order)], 0.0, 1.0),
    )


def known_fits(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """Return rows of `STATE_FIT_SCHEMA` by symbol and number of states, in order of years."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: int(row["fit_year"])):
        found.setdefault((row["symbol"], row["state_count"]), []).append(row)
    return found
