"""What exposures of the day before made of each day, and of months and spans of days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.attribution.exposures import Exposures, Window
from curvehouse.analytics.attribution.linking import link_contributions
from curvehouse.analytics.attribution.samples import Sample

__all__ = ["Contributions", "contribute"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

# What two roundings leave of an equity's ratio, and the project's bound of no dispersion.
_ROUNDING, _NO_DISPERSION = 1e-15, 1e-12
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Contributions:
    """What the parts of curves' returns came to.

    Attributes
    ----------
    first : int
        The first period that is attributed; as many as there are periods where none is.
    exposed_count : int
        Attributed periods before which exposures were known.
    linked : array, shape (n_parts, n_curves)
        The parts' contributions over the span: the factors in order, the risk-free rate, the rest.
    returns : array, shape (n_curves,)
        Compounded over the span, what the parts sum to. NaN, as the parts are, where ruined.
    risk_shares : array, shape (n_parts, n_curves)
        Of the variance of the periods' returns, NaN where they do not move.
    residual_growth : array, shape (n_curves,)
        A year's growth of the rest alone, NaN where it loses all.
    month_starts : array of int, shape (n_months,)
        The first period of each month.
    monthly : array, shape (n_parts, n_months, n_curves)
    """

    first: int
    exposed_count: int
    linked: Floats
    returns: Floats
    risk_shares: Floats
    residual_growth: Floats
    month_starts: Integers
    monthly: Floats


def contribute(sample: Sample, exposures: Exposures, *, min_growth_days: int) -> Contributions:
    """Return what factors, risk-free rate and the rest came to from the first exposures on.

    Parameters
    ----------
    sample : Sample
    exposures : Exposures
    min_growth_days : int
        Under so many calendar days the rest has no growth a year.

    Notes
    -----
    A period's contributions are the exposures known at its start times the factors' returns; the
    window ``full`` has exposures from the start. The rest takes all of a period before which there
    are no exposures, but for the risk-free rate, and all of one in which a factor has a hole.
    """
    parts, is_exposed, first = _contributions(sample, exposures)
    returns, growth = sample.returns[first:], sample.growth[first:]
    periods, curves = returns.shape
    nothing = np.full(curves, np.nan)
    if not periods:
        empty = np.full((len(parts), curves), np.nan)
        none = np.empty(0, dtype=np.int64)
        months = np.empty((len(parts), 0, curves))
        return Contributions(first, 0, empty, nothing, empty, nothing, none, months)
    linked, compounded = link_contributions(parts, returns, growth, np.zeros(1, dtype=np.int64))
    months = sample.days[first:].astype("datetime64[M]")
    starts = np.flatnonzero(np.append(True, months[1:] != months[:-1]))
    monthly, _ = link_contributions(parts, returns, growth, starts)
    span = int((sample.shared.days[-1] - sample.shared.days[first]).astype(np.int64))
    is_long = span >= min_growth_days and not sample.is_ruined
    return Contributions(
        first=first,
        exposed_count=int(is_exposed.sum()),
        linked=linked[:, 0],
        returns=compounded[0],
        risk_shares=np.full_like(linked[:, 0], np.nan)
        if sample.is_ruined
        else _risk_shares(parts, returns),
        residual_growth=_growth(parts[-1], span) if is_long else nothing,
        month_starts=starts + first,
        monthly=monthly,
    )


def _contributions(sample: Sample, exposures: Exposures) -> tuple[Floats, Flags, int]:
    """Return parts of each period's return, whether exposures were known, and the first period."""
    shared, periods = sample.shared, len(sample.returns)
    solved = np.flatnonzero(exposures.is_solved)
    if not len(solved):
        first = periods
    elif exposures.window is Window.FULL:
        first = 0
    else:
        first = int(sample.observed[solved[0]]) + 1
    width, curves = len(exposures.beta), sample.returns.shape[1]
    parts = np.zeros((width + 2, periods - first, curves))
    if first == periods:
        return parts, np.zeros(0, dtype=np.bool_), first
    if exposures.window is Window.FULL:
        before = np.zeros(periods, dtype=np.int64)
    else:
        before = sample.latest[np.arange(first, periods) - 1]
    known = shared.is_known[first:]
    is_exposed = known & exposures.is_solved[before]
    beta = np.where(is_exposed[:, None], exposures.beta[:, before], 0.0)
    factors = np.where(is_exposed[:, None], shared.factors[first:], 0.0)
    parts[:width] = beta * factors.T[..., None]
    parts[width] = np.where(known, shared.risk_free[first:], 0.0)[:, None]
    parts[-1] = sample.returns[first:] - parts[:-1].sum(axis=0)
    return parts, is_exposed, first


def _risk_shares(parts: Floats, returns: Floats) -> Floats:
    """Return each part's share of the variance of returns, NaN without any."""
    periods = max(len(returns), 1)
    apart = returns - returns.mean(axis=0)
    squares = np.einsum("tc,tc->c", apart, apart)
    none = _ROUNDING + _NO_DISPERSION * np.abs(returns).mean(axis=0)
    together = np.einsum("itc,tc->ic", parts - parts.mean(axis=1, keepdims=True), apart)
    shares = np.full(together.shape, np.nan)
    np.divide(together, squares, out=shares, where=np.sqrt(squares / periods) > none)
    return shares


def _growth(rest: Floats, span: int) -> Floats:
    """Return a year's growth of returns, NaN where they lose all on a day."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        growth = np.expm1(np.log1p(rest).sum(axis=0) * _DAYS_PER_YEAR / span)
    return np.where((rest > -1).all(axis=0) & np.isfinite(growth), growth, np.nan)
