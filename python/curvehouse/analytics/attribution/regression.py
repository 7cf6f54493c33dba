"""Least squares of many curves on shared factors, over every trailing window at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.attribution.sums import expanding_sums, rolling_sums

__all__ = ["COLLINEAR_SHARE", "Design", "Errors", "Fits", "fit_curves", "fit_errors", "lay_out"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# A factor of whose variance the others leave less than this share unexplained is one too many.
COLLINEAR_SHARE = 1e-8
# Below this share of its mean square, a factor's variance is what rounding leaves of it.
_NO_VARIANCE = 1e-10
# Below this share of the total, the residual sum of squares is summed up from the residuals.
_CLOSE_FIT = 1e-6
# What two roundings leave of an equity's ratio, and the project's bound of no dispersion.
_ROUNDING, _NO_DISPERSION = 1e-15, 1e-12
_GATHERED = 1_000_000


@dataclass(frozen=True)
class Design:
    """What the factors alone say of every window; all curves on the same days share it.

    Attributes
    ----------
    factors : array, shape (n_rows, n_factors)
    shifts : array, shape (n_factors,)
        What is taken off before summing.
    window : int
        Rows of a rolling window, the least rows of an expanding one.
    is_expanding : bool
    counts : array, shape (n_rows,)
        Rows of the window that ends on the row; fewer than ``window`` where it is not full.
    means : array, shape (n_factors, n_rows)
    correlation : array, shape (n_factors, n_factors, n_rows)
    inverse : array, shape (n_factors, n_factors, n_rows)
        Of the factors' centred cross-products.
    is_solvable : array of bool, shape (n_rows,)
        The window is full, and its factors are not collinear.
    """

    factors: Floats
    shifts: Floats
    window: int
    is_expanding: bool
    counts: Integers
    means: Floats
    correlation: Floats
    inverse: Floats
    is_solvable: Flags

    @property
    def is_full(self) -> Flags:
        """Whether each window has its rows."""
        full: Flags = self.counts >= self.window
        return full

    def sums(self, values: Floats) -> Floats:
        """Return sums over each window of values of shape (..., n_rows, n_curves)."""
        if self.is_expanding:
            return expanding_sums(values, self.window)
        return rolling_sums(values, self.window)

    def condition_numbers(self, rows: Integers) -> Floats:
        """Return that of the standardised factors in some windows; NaN where not solvable."""
        numbers = np.full(len(rows), np.nan)
        solvable = self.is_solvable[rows]
        found = self.correlation[:, :, rows[solvable]]
        if found.size:
            sizes = np.linalg.eigvalsh(np.moveaxis(found, -1, 0))
            numbers[solvable] = np.sqrt(sizes[:, -1] / np.maximum(sizes[:, 0], COLLINEAR_SHARE**2))
        return numbers


@dataclass(frozen=True)
class Fits:
    """Coefficients of every curve in every window, NaN where it is not solvable.

    Attributes
    ----------
    alpha : array, shape (n_rows, n_curves)
    beta : array, shape (n_factors, n_rows, n_curves)
    total_squares, residual_squares : array, shape (n_rows, n_curves)
        Centred sums of squares, from running sums.
    """

    alpha: Floats
    beta: Floats
    total_squares: Floats
    residual_squares: Floats


@dataclass(frozen=True)
class Errors:
    """How well some windows are fitted, NaN where there is no fit.

    Attributes
    ----------
    alpha : array, shape (n_wanted, n_curves)
        Standard errors, those of ordinary least squares.
    beta : array, shape (n_factors, n_wanted, n_curves)
    r_squared : array, shape (n_wanted, n_curves)
        NaN also where the curve does not move.
    """

    alpha: Floats
    beta: Floats
    r_squared: Floats


def lay_out(factors: Floats, window: int, *, is_expanding: bool = False) -> Design:
    """Return what the factors say of every window.

    Parameters
    ----------
    factors : array, shape (n_rows, n_factors)
        At least one factor, in order of days; no NaN.
    window : int
        Rows of a rolling window, the least rows of an expanding one. A window needs two rows more
        than there are factors in any case.
    is_expanding : bool
        Windows begin with the first row and end on each.

    Notes
    -----
    Before summing, each factor loses its median over the first window, which takes off what would
    cancel. The cross-products are scaled to correlations and solved by Cholesky's method, whose
    pivots say what share of a factor's variance the ones before it leave.
    """
    rows, width = factors.shape
    window = max(window, width + 2)
    shifts = np.median(factors[:window], axis=0) if rows else np.zeros(width)
    ends = np.arange(1, rows + 1)
    counts = ends if is_expanding else np.minimum(ends, window)
    offsets, centred, squares = _moments((factors - shifts).T, window, counts, is_expanding)
    variances = np.einsum("iit->it", centred)
    moves = (variances > _NO_VARIANCE * squares).all(axis=0)
    scales = 1 / np.sqrt(np.where(moves, variances, 1.0))
    scaled = centred * scales[:, None] * scales[None, :]
    correlation = np.where(moves, scaled, np.eye(width)[..., None])
    inverse, pivots = _inverted(correlation)
    return Design(
        factors=factors,
        shifts=shifts,
        window=window,
        is_expanding=is_expanding,
        counts=counts,
        means=offsets + shifts[:, None],
        correlation=correlation,
        inverse=inverse * scales[:, None] * scales[None, :],
        is_solvable=moves & (pivots > COLLINEAR_SHARE),
    )


def fit_curves(design: Design, returns: Floats) -> Fits:
    """Return the coefficients of every curve in every window.

    Parameters
    ----------
    design : Design
        See `lay_out`.
    returns : array, shape (n_rows, n_curves)
        On the factors' days; no NaN.

    Examples
    --------
    >>> factors = np.array([[0.01], [0.03], [-0.02], [0.00]])
    >>> fits = fit_curves(lay_out(factors, 3), 2 * factors + 0.001)
    >>> fits.beta[0, :, 0].round(9).tolist(), fits.alpha[:, 0].round(9).tolist()
    ([nan, nan, 2.0, 2.0], [nan, nan, 0.001, 0.001])
    """
    width = len(design.means)
    shift = np.median(returns[: design.window], axis=0) if len(returns) else 0.0
    shifted = returns - shift
    columns = (design.factors - design.shifts).T
    counts = design.counts[:, None]
    mean = design.sums(shifted) / counts
    total = design.sums(shifted**2) - counts * mean**2
    offsets = (design.means - design.shifts[:, None])[..., None]
    products = [
        design.sums(columns[i][:, None] * shifted) - counts * offsets[i] * mean
        for i in range(width)
    ]
    unsolved = ~design.is_solvable
    alpha = mean + shift
    residual = total.copy()
    beta = np.empty((width, *returns.shape))
    for i in range(width):
        beta[i] = sum(design.inverse[i, j][:, None] * products[j] for j in range(width))
        beta[i, unsolved] = np.nan
        alpha -= beta[i] * design.means[i][:, None]
        residual -= beta[i] * products[i]
    return Fits(alpha, beta, total, residual)


def fit_errors(design: Design, fits: Fits, returns: Floats, rows: Integers) -> Errors:
    """Return standard errors and R squared of every curve in some windows.

    Parameters
    ----------
    design, fits, returns
        What `fit_curves` took and returned.
    rows : array of int
        On which rows the windows end.

    Notes
    -----
    Where a fit leaves next to nothing, its residuals are computed and summed one by one, since a
    difference of two large sums says nothing of a small rest. A rest as small as rounding is zero.
    """
    counts = design.counts[rows]
    residual, total = fits.residual_squares[rows], fits.total_squares[rows]
    close = (residual < _CLOSE_FIT * total) & design.is_solvable[rows][:, None]
    for curve in np.flatnonzero(close.any(axis=0)):
        chosen = np.flatnonzero(close[:, curve])
        residual[chosen, curve], total[chosen, curve] = _summed_again(
            design, fits, returns[:, curve], int(curve), rows[chosen]
        )
    width = len(design.means)
    freedom = np.maximum(counts - width - 1, 1)[:, None]
    variance = np.maximum(residual, 0.0) / freedom
    variance[~design.is_solvable[rows]] = np.nan
    inverse, means = design.inverse[:, :, rows], design.means[:, rows]
    leverage = 1 / counts + np.einsum("it,ijt,jt->t", means, inverse, means)
    beta = np.array([np.sqrt(variance * inverse[i, i][:, None]) for i in range(width)])
    r_squared = np.full(residual.shape, np.nan)
    np.divide(residual, total, out=r_squared, where=(total > 0) & ~np.isnan(variance))
    return Errors(np.sqrt(variance * leverage[:, None]), beta, 1 - r_squared)


def _moments(
    columns: Floats, window: int, counts: Integers, is_expanding: bool
) -> tuple[Floats, Floats, Floats]:
    """Return means, centred cross-products and sums of squares of each window's columns."""
    width, rows = columns.shape
    pairs = [(i, j) for i in range(width) for j in range(i + 1)]
    stacked = np.array([*columns, *(columns[i] * columns[j] for i, j in pairs)])
    summed = expanding_sums if is_expanding else rolling_sums
    sums = summed(stacked[:, :, None], window)[..., 0]
    means = sums[:width] / counts
    centred = np.empty((width, width, rows))
    squares = np.empty((width, rows))
    for (i, j), products in zip(pairs, sums[width:], strict=True):
        centred[i, j] = centred[j, i] = products - counts * means[i] * means[j]
        if i == j:
            squares[i] = products
    return means, centred, squares


def _inverted(correlation: Floats) -> tuple[Floats, Floats]:
    """Return the inverses of matrices of shape (n, n, n_rows), and their least pivots."""
    width, _, rows = correlation.shape
    lower = np.zeros_like(correlation)
    across = np.zeros_like(correlation)
    least = np.full(rows, np.inf)
    for j in range(width):
        rest = correlation[j:, j] - np.einsum("imt,mt->it", lower[j:, :j], lower[j, :j])
        least = np.minimum(least, rest[0])
        pivot = np.sqrt(np.maximum(rest[0], COLLINEAR_SHARE))
        lower[j, j], lower[j + 1 :, j] = pivot, rest[1:] / pivot
        # The same row of the inverse of `lower`.
        across[j, :j] = -np.einsum("mt,mit->it", lower[j, :j], across[:j, :j]) / pivot
        across[j, j] = 1 / pivot
    return np.einsum("mit,mjt->ijt", across, across), least


def _summed_again(
    design: Design, fits: Fits, returns: Floats, curve: int, rows: Integers
) -> tuple[Floats, Floats]:
    """Return residual and total sums of squares of one curve's windows, term by term."""
    residual, total = np.empty(len(rows)), np.empty(len(rows))
    longest = int(rows.max()) + 1 if design.is_expanding else design.window
    step = max(1, _GATHERED // longest)
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        ends = rows[part]
        index = ends[:, None] - np.arange(longest)
        inside = index >= 0
        own = returns[index]
        rest = own - fits.alpha[ends, curve][:, None]
        for i in range(len(design.means)):
            rest -= fits.beta[i, ends, curve][:, None] * design.factors[:, i][index]
        count = inside.sum(axis=1)
        mean = (own * inside).sum(axis=1) / count
        size = (np.abs(own) * inside).sum(axis=1) / count
        residual[part] = (rest**2 * inside).sum(axis=1)
        total[part] = ((own - mean[:, None]) ** 2 * inside).sum(axis=1)
        none = count * (_ROUNDING + _NO_DISPERSION * size) ** 2
        residual[part][residual[part] <= none] = 0.0
        total[part][total[part] <= none] = 0.0
    return residual, total
