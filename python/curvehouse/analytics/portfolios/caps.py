"""The constraint step: no leverage, no weight above its cap, the rest is cash."""

from __future__ import annotations

import numpy as np

from curvehouse.analytics.portfolios.panel import Bools, Floats

__all__ = ["capped_weights", "without_leverage"]


def without_leverage(weights: Floats) -> Floats:
    """Return weights scaled down where a row sums to more than 1.

    Examples
    --------
    >>> without_leverage(np.array([[1.0, 1.0], [0.2, 0.3]])).tolist()
    [[0.5, 0.5], [0.2, 0.3]]
    """
    sums = weights.sum(axis=1, keepdims=True)
    scaled: Floats = weights / np.maximum(sums, 1.0)
    return scaled


def capped_weights(weights: Floats, max_weight: float, can_rise: Bools) -> tuple[Floats, Bools]:
    """Cut weights at a cap and give what is cut off to those that may rise.

    Parameters
    ----------
    weights : array of float64, shape (n_rows, n_members)
        Not negative; each row is a portfolio, and sums to 1 at most.
    max_weight : float
        The cap.
    can_rise : array of bool, shape (n_members,)
        Who may get more, in proportion to what it has, up to the cap.

    Returns
    -------
    weights : array of float64, shape (n_rows, n_members)
        Nothing exceeds the cap. A row's sum falls where nobody is left to rise.
    is_capped : array of bool, shape (n_rows, n_members)
        Whose weight was cut.

    Examples
    --------
    >>> capped_weights(np.array([[0.6, 0.3, 0.1]]), 0.4, np.array([True, True, True]))[0].round(3)
    array([[0.4, 0.4, 0.2]])
    """
    result = weights.copy()
    is_capped = np.zeros(weights.shape, dtype=bool)
    # Each round caps at least one more member of every row that is not done.
    for _ in range(weights.shape[1] + 1):
        over = result > max_weight
        rows = np.flatnonzero(over.any(axis=1))
        if not len(rows):
            break
        part, part_over = result[rows], over[rows]
        excess = np.where(part_over, part - max_weight, 0.0).sum(axis=1)
        part[part_over] = max_weight
        is_capped[rows] |= part_over
        takers = np.where(can_rise & ~is_capped[rows], part, 0.0)
        shared = takers.sum(axis=1)
        growth = 1 + np.divide(excess, shared, out=np.zeros_like(excess), where=shared > 0)
        result[rows] = np.where(takers > 0, part * growth[:, None], part)
    return result, is_capped
