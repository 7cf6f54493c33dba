"""How probable each state of a market was at the close of a day, by what was known then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.groups import whole_groups
from curvehouse.analytics.market_states import MAX_STATES, StateParameters, known_fits

__all__ = ["STATE_SCHEMA", "filter_market_states", "filtered_probabilities"]

STATE_SCHEMA = pa.schema(
    [
        ("symbol", pa.string()),
        ("state_count", pa.int64()),
        ("bar_date", pa.date32()),
        ("fit_status", pa.string()),
        ("state", pa.int32()),
        *((f"state_{number}_probability", pa.float64()) for number in range(1, MAX_STATES + 1)),
        ("fit_year", pa.int32()),
    ]
)

# Which state is the most probable is decided on rounded numbers, ties going to the calmer one.
_DIGITS = 10

Floats = NDArray[np.float64]


def filter_market_states(closes: pa.RecordBatchReader, fits: pa.Table) -> pa.Table:
    """Return the filtered probabilities of the states on each day of a year that has a model.

    Parameters
    ----------
    closes : pyarrow.RecordBatchReader
        ``symbol, bar_date, close`` in any order.
    fits : pyarrow.Table
        The columns of `curvehouse.analytics.market_states.STATE_FIT_SCHEMA`, a row per model.

    Returns
    -------
    pyarrow.Table
        `STATE_SCHEMA`, a row per symbol, number of states and day. State and probabilities are
        NULL where the year's model is not ``ok``.

    Notes
    -----
    A year's model runs over all days up to the one in question, and over none after it: filtered,
    never smoothed.
    """
    models = known_fits(fits.to_pylist())
    ordered = closes.read_all().sort_by([("symbol", "ascending"), ("bar_date", "ascending")])
    parts = []
    for symbol, group in whole_groups(ordered.to_reader(), "symbol"):
        days = group.column("bar_date").cast(pa.int32()).to_numpy()[1:]
        returns = np.diff(np.log(group.column("close").to_numpy()))
        parts += [
            _states(symbol, state_count, days, returns, rows)
            for (owner, state_count), rows in models.items()
            if owner == symbol
        ]
    return pa.concat_tables(parts) if parts else STATE_SCHEMA.empty_table()


def filtered_probabilities(returns: Floats, models: list[StateParameters]) -> Floats:
    """Return the probability of each state given the returns so far.

    Parameters
    ----------
    returns : array, shape (n,)
        Log returns in order.
    models : list of StateParameters
        With k states each.

    Returns
    -------
    array, shape (n, n_models, k)

    Notes
    -----
    Hamilton's filter: the probabilities of the day before go through the transitions, and are
    weighed by how likely each state makes the day's return. It starts from the shares of time that
    the transitions lead to.
    """
    means = np.array([model.means for model in models])
    deviations = np.array([model.deviations for model in models])
    transitions = np.array([model.transitions for model in models])
    apart = (returns[:, None, None] - means) / deviations
    logs = -0.5 * apart * apart - np.log(deviations)
    likelihoods = np.exp(logs - logs.max(axis=2, keepdims=True))
    probabilities: Floats = np.empty_like(likelihoods)
    state = np.array([_long_run_shares(matrix) for matrix in transitions])
    for day, likelihood in enumerate(likelihoods):
        state = np.matmul(state[:, None, :], transitions)[:, 0, :] * likelihood
        state /= state.sum(axis=1, keepdims=True)
        probabilities[day] = state
    return probabilities


def _long_run_shares(transitions: Floats) -> Floats:
    count = len(transitions)
    equations = np.vstack([transitions.T - np.eye(count), np.ones(count)])
    shares = np.linalg.lstsq(equations, np.append(np.zeros(count), 1.0), rcond=None)[0]
    bounded: Floats = np.clip(shares, 0.0, 1.0)
    return bounded


def _states(
    symbol: str,
    state_count: int,
    days: NDArray[np.int32],
    returns: Floats,
    fits: list[dict[str, Any]],
) -> pa.Table:
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    fit_years = np.array([row["fit_year"] for row in fits])
    place = np.searchsorted(fit_years, years)
    place = np.minimum(place, len(fits) - 1)
    has_fit = fit_years[place] == years
    place = place[has_fit]
    is_usable = np.array([row["fit_status"] == "ok" for row in fits])
    found = np.full((len(place), MAX_STATES), np.nan)
    if is_usable.any():
        models = [StateParameters.from_row(row) for row in fits if row["fit_status"] == "ok"]
        model_of = np.cumsum(is_usable) - 1
        known = is_usable[place]
        probabilities = filtered_probabilities(returns, models)[has_fit]
        chosen = probabilities[np.arange(len(place)), np.maximum(model_of[place], 0)]
        found[known, :state_count] = chosen[known]
    is_known = ~np.isnan(found[:, 0])
    best = np.round(found[:, :state_count], _DIGITS).argmax(axis=1) + 1
    columns = [
        pa.array([symbol] * len(place), pa.string()),
        pa.array(np.full(len(place), state_count, dtype=np.int64)),
        pa.array(days[has_fit]).cast(pa.date32()),
        pa.array([fits[position]["fit_status"] for position in place.tolist()], pa.string()),
        pa.array(best.astype(np.int32), mask=~is_known),
        *(pa.array(column, mask=np.isnan(column)) for column in found.T),
        pa.array(years[has_fit].astype(np.int32)),
    ]
    return pa.Table.from_arrays(columns, schema=STATE_SCHEMA)
