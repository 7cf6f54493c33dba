"""How bad the worst days are, by a generalised Pareto distribution of the losses."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.lazy_imports import imported

__all__ = ["TailRisk", "fit_pareto", "measure_tail"]

Floats = NDArray[np.float64]

# Losses of a fifth and more are a tail for any curve; thresholds halve from there on.
_FIRST_THRESHOLD = 0.2
_LEAST_THRESHOLD = 1e-9

# Where the search begins: scale and shape.
_START = (1.0, 1.0)


@dataclass(frozen=True)
class TailRisk:
    """The tail of a curve's losses, as fractions of equity, each above 0.

    Attributes
    ----------
    gpd_threshold : float
        The least loss that the fit looks at.
    gpd_scale, gpd_shape : float
        Of the generalised Pareto distribution.
    gpd_value_at_risk : float
        The loss that a losing day exceeds with the tail's probability.
    gpd_expected_shortfall : float or None
        The mean of the losses beyond it, None where the tail has no mean: from shape 1 on.
    """

    gpd_threshold: float
    gpd_scale: float
    gpd_shape: float
    gpd_value_at_risk: float
    gpd_expected_shortfall: float | None


def measure_tail(
    returns: Floats, *, min_losses: int = 20, probability: float = 0.01
) -> TailRisk | None:
    """Return the tail of the losses among these returns, None where none can be fitted.

    Parameters
    ----------
    returns : numpy.ndarray
        Simple returns, all finite.
    min_losses : int
        Under so many losing days there is no tail.
    probability : float
        How probably a losing day loses more than the value at risk.

    Notes
    -----
    With ``n`` losing days, ``k`` of them at or beyond the threshold ``u``, and scale ``b`` and
    shape ``c`` fitted to those ``k`` losses, ::

        value_at_risk = u + b / c * ((n / k * probability) ** -c - 1)
        expected_shortfall = (value_at_risk + b - c * u) / (1 - c)

    The first threshold of 0.2, 0.1, 0.05, ... counts whose fit has a shape and a value at risk
    above 0. Two things are as in empyrical's ``gpd_risk_estimates``, whose numbers these are, and
    not as in the book: the losses are fitted themselves, and not by how much they exceed the
    threshold, which leaves the shape of most daily returns near 0 and can put the value at risk far
    off the days, below the threshold even; and ``n`` counts losing days, and not all days.

    References
    ----------
    McNeil, Frey and Embrechts (2005), "Quantitative Risk Management", section 7.2.
    Gilli and Kellezi (2006), "An Application of Extreme Value Theory for Measuring Financial
    Risk", Computational Economics 27.
    """
    losses = -returns[returns < 0]
    if len(losses) < min_losses:
        return None
    threshold = _FIRST_THRESHOLD
    while threshold > _LEAST_THRESHOLD:
        beyond = losses[losses >= threshold]
        fit = fit_pareto(beyond)
        if fit is not None and fit[1] > 0:
            share = len(losses) / len(beyond) * probability
            value_at_risk = threshold + _beyond_threshold(*fit, share)
            if 0 < value_at_risk < math.inf:
                return _tail(threshold, *fit, value_at_risk)
        threshold /= 2
    return None


def fit_pareto(losses: Floats) -> tuple[float, float] | None:
    """Return scale and shape of the generalised Pareto distribution most likely of these losses.

    The scale is above 0 and the shape not below. None without losses, and where the search does
    not settle. The likelihood is searched by the simplex of Nelder and Mead.

    Examples
    --------
    >>> draws = np.random.default_rng(1).pareto(2.0, 100_000)
    >>> [round(value, 1) for value in fit_pareto(draws)]
    [0.5, 0.5]
    """
    minimize = imported("scipy.optimize").minimize
    if not len(losses):
        return None

    def cost(place: Floats) -> float:
        return _negative_log_likelihood(float(place[0]), float(place[1]), losses)

    # Far off places overflow, or are worth infinity: neither is where the search ends.
    with np.errstate(over="ignore", invalid="ignore"):
        found = minimize(cost, _START, method="Nelder-Mead")
    return (float(found.x[0]), float(found.x[1])) if found.success else None


def _negative_log_likelihood(scale: float, shape: float, losses: Floats) -> float:
    if scale <= 0 or shape < 0:
        return math.inf
    if shape == 0:
        return float(len(losses) * math.log(scale) + losses.sum() / scale)
    spread = float(np.log1p(shape / scale * losses).sum())
    return len(losses) * math.log(scale) + (1 / shape + 1) * spread


def _beyond_threshold(scale: float, shape: float, share: float) -> float:
    """Return how far beyond the threshold the loss is that this share of losses exceeds."""
    exponent = -shape * math.log(share)
    largest = math.log(np.finfo(np.float64).max)
    return scale / shape * math.expm1(exponent) if exponent < largest else math.inf


def _tail(threshold: float, scale: float, shape: float, value_at_risk: float) -> TailRisk:
    shortfall = math.inf
    if shape < 1:
        shortfall = (value_at_risk + scale - shape * threshold) / (1 - shape)
    known = shortfall if math.isfinite(shortfall) else None
    return TailRisk(threshold, scale, shape, value_at_risk, known)
