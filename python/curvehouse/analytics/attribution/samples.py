"""Curves on the days that they share with a factor set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.attribution.factor_sets import SharedDays

__all__ = ["Sample", "draw_sample"]

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Integers = NDArray[np.int64]

# What two roundings leave of an equity's ratio, and the project's bound of no dispersion.
_ROUNDING, _NO_DISPERSION = 1e-15, 1e-12


@dataclass(frozen=True)
class Sample:
    """Curves on the days that they share with a factor set.

    Attributes
    ----------
    shared : SharedDays
        One period at least.
    returns : array, shape (n_periods, n_curves)
    growth : array, shape (n_periods, n_curves)
        Logarithms of 1 + the returns, minus infinity on the day of ruin.
    is_ruined : bool
        All of them lose all in the last period.
    observed : array of int, shape (n_observations,)
        Periods that enter regressions: what the factors earned is known, and the curves live on.
    latest : array of int, shape (n_periods,)
        The last observation up to each period, -1 before the first.
    last_change : array of int, shape (n_observations, n_curves)
        The last observation that differs from the one before it, 0 where none does.
    """

    shared: SharedDays
    returns: Floats
    growth: Floats
    is_ruined: bool
    observed: Integers
    latest: Integers
    last_change: Integers

    @property
    def days(self) -> Days:
        """The last day of each period."""
        return self.shared.days[1:]

    @property
    def month_ends(self) -> Integers:
        """The last period of each month, and the last of all."""
        months = self.days.astype("datetime64[M]")
        return np.flatnonzero(np.append(months[1:] != months[:-1], True))


def draw_sample(shared: SharedDays, equity: Floats) -> Sample:
    """Return curves on shared days.

    Parameters
    ----------
    shared : SharedDays
        One period at least.
    equity : array, shape (n_periods + 1, n_curves)
        On the shared days; above zero, but for the last day, on which either all curves or none
        are at zero.
    """
    ratios = equity[1:] / equity[:-1]
    returns = ratios - 1
    with np.errstate(divide="ignore"):
        # Close to nothing left, a return has lost the digits that its ratio has.
        growth = np.where(ratios > 0.5, np.log1p(returns), np.log(ratios))
    is_ruined = not equity[-1].all()
    is_observed = shared.is_known.copy()
    is_observed[-1] &= not is_ruined
    observed = np.flatnonzero(is_observed)
    own = returns[observed]
    last_change = np.zeros(own.shape, dtype=np.int64)
    apart = np.abs(np.diff(own, axis=0)) > _ROUNDING + _NO_DISPERSION * np.abs(own[1:])
    last_change[1:] = np.where(apart, np.arange(1, len(own))[:, None], 0)
    return Sample(
        shared=shared,
        returns=returns,
        growth=growth,
        is_ruined=is_ruined,
        observed=observed,
        latest=np.searchsorted(observed, np.arange(len(returns)), side="right") - 1,
        last_change=np.maximum.accumulate(last_change, axis=0),
    )
