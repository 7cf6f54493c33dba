"""Whether the best on one half of the days is any good on the other, over many ways to halve."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["distinct_curves", "overfitting_probability"]

Floats = NDArray[np.float64]

_DECIMALS = 10
# Below this times the mean square, the variance of a few blocks is what rounding leaves of it.
_NO_VARIANCE = 1e-14
# Ratios computed at once: the arrays of a chunk of splits stay in a processor's cache.
_CHUNK = 100_000


def distinct_curves(returns: Floats) -> NDArray[np.int64]:
    """Return the positions of the first of each set of curves whose returns are the same.

    Parameters
    ----------
    returns : array, shape (n_days, n_curves)

    Examples
    --------
    >>> distinct_curves(np.array([[0.1, 0.2, 0.1], [0.0, 0.1, 0.0]])).tolist()
    [0, 1]
    """
    firsts: dict[bytes, int] = {}
    for position in range(returns.shape[1]):
        # Adding 0 turns -0.0 into 0.0, whose bytes differ.
        key = (np.round(returns[:, position], _DECIMALS) + 0.0).tobytes()
        firsts.setdefault(key, position)
    return np.fromiter(firsts.values(), dtype=np.int64)


def overfitting_probability(returns: Floats, blocks: int = 16) -> float:
    """Return the share of splits in which the best on one half is below the median on the other.

    Parameters
    ----------
    returns : array, shape (n_days, n_curves)
        Days that all curves have; no NaN. Curves that never move, and copies, left out before.
    blocks : int
        Even. Days are cut into so many blocks of nearly equal length, and half of the blocks make
        one half of a split, the others the other one.

    Returns
    -------
    float
        From 0 to 1.

    Notes
    -----
    Combinatorially symmetric cross-validation. In each split the curve with the highest Sharpe
    ratio on the first half is looked up on the second: with its mid-rank there, it counts where
    rank / (n_curves + 1) is at most 1/2. A curve that does not move on a half has the ratio 0
    there. Ratios are compared at 10 decimals; of equal ones the first curve is chosen. Sums of
    blocks are enough for all ratios, so no split looks at days; a split's two halves are done at
    once, each being the first half of one split.

    References
    ----------
    Bailey, Borwein, López de Prado and Zhu (2017), "The Probability of Backtest Overfitting",
    Journal of Computational Finance 20.

    Examples
    --------
    >>> days = np.random.default_rng(1).normal(0, 0.01, (160, 20))
    >>> days[:, 7] += 0.02
    >>> overfitting_probability(days)
    0.0
    """
    parts = np.array_split(returns, blocks)
    counts = np.array([len(part) for part in parts], dtype=np.float64)
    sums = np.array([part.sum(axis=0) for part in parts])
    squares = np.array([np.einsum("ij,ij->j", part, part) for part in parts])
    halves = _first_halves(blocks)
    step = max(1, _CHUNK // returns.shape[1])
    overfitted = 0
    for start in range(0, len(halves), step):
        chosen = halves[start : start + step]
        first, second = (
            _sharpe_ratios(half @ counts, _summed(half, sums), _summed(half, squares))
            for half in (chosen, 1 - chosen)
        )
        overfitted += _count_overfitted(first, second) + _count_overfitted(second, first)
    return overfitted / (2 * len(halves))


def _first_halves(blocks: int) -> Floats:
    """Return one of each pair of mirrored splits: 1 where a block is in the half with block 0."""
    chosen = list(combinations(range(1, blocks), blocks // 2 - 1))
    halves = np.zeros((len(chosen), blocks))
    halves[:, 0] = 1
    for row, others in zip(halves, chosen, strict=True):
        row[list(others)] = 1
    return halves


def _summed(halves: Floats, parts: Floats) -> Floats:
    """Return sums over the blocks of each half: a matrix product that starts no threads."""
    totals: Floats = np.einsum("sb,bc->sc", halves, parts)
    return totals


def _sharpe_ratios(counts: Floats, sums: Floats, squares: Floats) -> Floats:
    """Return ratios per bar, shape (n_splits, n_curves), rounded to what is compared."""
    mean = sums / counts[:, None]
    mean_square = squares / counts[:, None]
    variance = mean_square - mean**2
    moves = variance > _NO_VARIANCE * mean_square
    deviation = np.sqrt(np.where(moves, variance, 1.0))
    ratios: Floats = np.zeros_like(mean)
    np.divide(mean, deviation, out=ratios, where=moves)
    np.round(ratios, _DECIMALS, out=ratios)
    return ratios


def _count_overfitted(chosen_on: Floats, judged_on: Floats) -> int:
    best = chosen_on.argmax(axis=1)
    value = np.take_along_axis(judged_on, best[:, None], axis=1)
    lower = (judged_on < value).sum(axis=1)
    equal = (judged_on == value).sum(axis=1)
    rank = lower + (equal + 1) / 2
    return int((rank / (judged_on.shape[1] + 1) <= 0.5).sum())
