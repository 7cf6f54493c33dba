"""Exposures of curves to factors, by rolling and expanding windows and over the whole span."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.attribution.newey_west import newey_west_errors
from curvehouse.analytics.attribution.regression import (
    Design,
    Errors,
    Fits,
    fit_curves,
    fit_errors,
    lay_out,
)
from curvehouse.analytics.attribution.samples import Sample

__all__ = ["Exposures", "Status", "Window", "estimate_exposures"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
Statuses = NDArray[np.int32]


class Window(StrEnum):
    """Which days an exposure is estimated on."""

    ROLLING = "rolling"
    EXPANDING = "expanding"
    FULL = "full"


class Status(IntEnum):
    """What became of a fit; tables have the names in lower case."""

    OK = 0
    FLAT = 1
    TOO_SHORT = 2
    GAP = 3
    COLLINEAR = 4
    RUINED = 5
    NO_OVERLAP = 6


@dataclass(frozen=True)
class Exposures:
    """Exposures by one kind of window.

    Attributes
    ----------
    window : Window
    is_solved : array of bool, shape (n_observations,)
        Whether exposures are known at each observation; of all curves or of none.
    beta : array, shape (n_factors, n_observations, n_curves)
        NaN where not.
    reported : array of int, shape (n_reported,)
        The last period of each month, and the last of all, from the first observation on. The
        window ``full`` has only the last.
    statuses : array of int, shape (n_reported, n_curves)
        Of `Status`.
    counts : array of int, shape (n_reported,)
        Observations in the window.
    condition_numbers : array, shape (n_reported,)
    betas, beta_errors : array, shape (n_factors, n_reported, n_curves)
    alphas, alpha_errors, r_squared : array, shape (n_reported, n_curves)
        Per period, not annualised.
    """

    window: Window
    is_solved: Flags
    beta: Floats
    reported: Integers
    statuses: Statuses
    counts: Integers
    condition_numbers: Floats
    betas: Floats
    beta_errors: Floats
    alphas: Floats
    alpha_errors: Floats
    r_squared: Floats


@dataclass(frozen=True)
class _Fitted:
    """Curves fitted by one kind of window; no exposures where they do not move."""

    design: Design
    raw: Fits
    excess: Floats
    statuses: Statuses
    is_solved: Flags
    is_flat: Flags
    alpha: Floats
    beta: Floats


def estimate_exposures(
    sample: Sample, *, window_days: int, max_span_days: int
) -> tuple[Exposures, Exposures, Exposures]:
    """Return the exposures of curves by a rolling and an expanding window and over the whole span.

    Parameters
    ----------
    sample : Sample
    window_days : int
        Common days of a rolling window, and the least of the others.
    max_span_days : int
        Calendar days within which those of a rolling window must lie, else there is a ``gap``.

    Notes
    -----
    A curve that does not move in a window is ``flat``: its exposures are 0, as those of cash. The
    window ``full`` is in-sample; its errors are those of Newey and West.
    """
    rolling = _fit(sample, window_days, max_span_days)
    expanding = _fit(sample, window_days, None)
    month_ends = sample.month_ends
    return (
        _report(sample, Window.ROLLING, rolling, month_ends),
        _report(sample, Window.EXPANDING, expanding, month_ends),
        _report(sample, Window.FULL, expanding, month_ends[-1:]),
    )


def _fit(sample: Sample, window_days: int, max_span_days: int | None) -> _Fitted:
    observed = sample.observed
    excess = sample.returns[observed] - sample.shared.risk_free[observed, None]
    factors = sample.shared.factors[observed]
    design = lay_out(factors, window_days, is_expanding=max_span_days is None)
    raw = fit_curves(design, excess)
    statuses = np.full(len(observed), Status.OK, dtype=np.int32)
    statuses[~design.is_solvable] = Status.COLLINEAR
    first = np.zeros(len(observed), dtype=np.int64)
    if max_span_days is not None:
        first = np.maximum(np.arange(len(observed)) - design.window + 1, 0)
        days = sample.days[observed]
        spans = (days - days[first]).astype(np.int64) + 1
        statuses[spans > max_span_days] = Status.GAP
    statuses[~design.is_full] = Status.TOO_SHORT
    is_solved = statuses == Status.OK
    is_flat = is_solved[:, None] & (sample.last_change <= first[:, None])
    # Without exposures, alpha is the mean.
    mean = raw.alpha + np.einsum("itc,it->tc", raw.beta, design.means)
    alpha, beta = np.where(is_flat, mean, raw.alpha), np.where(is_flat, 0.0, raw.beta)
    alpha[~is_solved] = beta[:, ~is_solved] = np.nan
    return _Fitted(design, raw, excess, statuses, is_solved, is_flat, alpha, beta)


def _report(sample: Sample, window: Window, fitted: _Fitted, periods: Integers) -> Exposures:
    """Return what is known at the end of some periods; of those before any observation, nothing."""
    reported = periods[sample.latest[periods] >= 0]
    rows = sample.latest[reported]
    errors = _errors(window, fitted, rows)
    is_solved, beta = fitted.is_solved, fitted.beta
    if window is Window.FULL:
        is_solved = np.broadcast_to(is_solved[-1:], is_solved.shape)
        beta = np.broadcast_to(beta[:, -1:], beta.shape)
    statuses = np.where(fitted.is_flat[rows], Status.FLAT, fitted.statuses[rows, None])
    return Exposures(
        window=window,
        is_solved=is_solved,
        beta=beta,
        reported=reported,
        statuses=statuses,
        counts=fitted.design.counts[rows],
        condition_numbers=fitted.design.condition_numbers(rows),
        betas=fitted.beta[:, rows],
        beta_errors=errors.beta,
        alphas=fitted.alpha[rows],
        alpha_errors=errors.alpha,
        r_squared=errors.r_squared,
    )


def _errors(window: Window, fitted: _Fitted, rows: Integers) -> Errors:
    """Return errors of some windows, NaN where there is no fit or the curve does not move."""
    design = fitted.design
    errors = fit_errors(design, fitted.raw, fitted.excess, rows)
    beta, alpha = errors.beta, errors.alpha
    if window is Window.FULL and len(rows) and design.is_solvable[-1]:
        residuals = (
            fitted.excess
            - fitted.raw.alpha[-1]
            - np.einsum("ti,ic->tc", design.factors, fitted.raw.beta[:, -1])
        )
        intercept, slopes = newey_west_errors(
            design.factors, design.means[:, -1], design.inverse[:, :, -1], residuals
        )
        # Where nothing but rounding is left, there is no error to correct.
        is_exact = errors.alpha[-1] == 0
        alpha = np.where(is_exact, 0.0, intercept)[None]
        beta = np.where(is_exact, 0.0, slopes)[:, None]
    none = ~fitted.is_solved[rows, None] | fitted.is_flat[rows]
    return Errors(
        alpha=np.where(none, np.nan, alpha),
        beta=np.where(none, np.nan, beta),
        r_squared=np.where(none, np.nan, errors.r_squared),
    )
