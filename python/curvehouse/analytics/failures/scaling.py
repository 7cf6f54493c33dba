"""Features on one scale, which outliers do not set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RobustScale", "fit_scale"]

Floats = NDArray[np.float64]

# A holding time a thousand times another is not a thousand times as different from a third.
_LOG_COLUMN = 0
# In interquartile ranges; a normal value is so far out once in ten billion.
_FARTHEST = 5.0
# A spread of so small a share of the values is none.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class RobustScale:
    """Medians and interquartile ranges of the features, the holding time in logarithms.

    Attributes
    ----------
    centers, widths : array of float64, shape (n_features,)
        A width is 1 where the feature does not move.
    moves : array of bool, shape (n_features,)
        Which features move.
    """

    centers: Floats
    widths: Floats
    moves: NDArray[np.bool_]

    def scaled(self, features: Floats) -> Floats:
        """Return features in interquartile ranges from the median, cut off at 5; NaN stays."""
        values = (_on_log(features) - self.centers) / self.widths
        values[:, ~self.moves] = 0.0
        return np.clip(values, -_FARTHEST, _FARTHEST)

    def unscaled(self, values: Floats) -> Floats:
        """Return features in their own units from scaled ones."""
        features: Floats = values * self.widths + self.centers
        features[:, _LOG_COLUMN] = np.maximum(np.expm1(features[:, _LOG_COLUMN]), 0.0)
        return features


def fit_scale(features: Floats) -> RobustScale:
    """Return the scale of some trades' features.

    Parameters
    ----------
    features : array, shape (n_trades, n_features)
        The holding time first; no NaN, one trade at least.

    Notes
    -----
    Where more than half of the trades have the same value, the interquartile range may be 0; the
    standard deviation stands in for it.

    Examples
    --------
    >>> scale = fit_scale(np.array([[0.0, 1.0], [1.0, 3.0], [3.0, 5.0]]))
    >>> scale.scaled(np.array([[1.0, 5.0]])).tolist()
    [[0.0, 1.0]]
    """
    values = _on_log(features)
    quartiles = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    centers, ranges = quartiles[1], quartiles[2] - quartiles[0]
    has_range = ranges > _ROUNDING * np.abs(quartiles).max(axis=0)
    deviations = values.std(axis=0)
    moves = has_range | (deviations > _ROUNDING * np.abs(values).mean(axis=0))
    widths = np.where(has_range, ranges, deviations)
    return RobustScale(centers, np.where(moves, widths, 1.0), moves)


def _on_log(features: Floats) -> Floats:
    values = features.astype(np.float64, copy=True)
    values[:, _LOG_COLUMN] = np.log1p(values[:, _LOG_COLUMN])
    return values
