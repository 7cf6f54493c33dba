"""Hierarchical risk parity."""

from __future__ import annotations

import numpy as np

from curvehouse.analytics.lazy_imports import imported
from curvehouse.analytics.portfolios.panel import Floats, Ints

__all__ = ["hierarchical_risk_parity"]


def hierarchical_risk_parity(covariance: Floats) -> Floats:
    """Return weights by recursive bisection of a tree of similar members.

    Parameters
    ----------
    covariance : array of float64, shape (n, n)
        Variances above zero.

    Returns
    -------
    array of float64, shape (n,)
        Positive weights that sum to 1.

    Notes
    -----
    The distance is sqrt((1 - correlation) / 2), the tree Ward's, with its leaves in the order that
    keeps neighbours closest. Each half of the order gets weight against the variance of its
    inverse-variance portfolio.

    References
    ----------
    Lopez de Prado (2016), "Building Diversified Portfolios that Outperform Out of Sample", Journal
    of Portfolio Management 42. Trees by Ward as in skfolio's ``HierarchicalRiskParity``.

    Examples
    --------
    >>> hierarchical_risk_parity(np.diag([1.0, 3.0])).round(6)
    array([0.75, 0.25])
    """
    order = _leaf_order(covariance)
    inverse = 1 / np.diag(covariance)[order]
    shares = _prefix_sums(inverse[:, None] * covariance[np.ix_(order, order)] * inverse)
    totals = np.concatenate([[0.0], np.cumsum(inverse)]).tolist()

    def risk(start: int, end: int) -> float:
        """Return the variance of the inverse-variance portfolio of a part of the order."""
        block = shares[end][end] - shares[start][end] - shares[end][start] + shares[start][start]
        width: float = totals[end] - totals[start]
        return block / width**2

    ordered = np.ones(len(order))
    pending = [(0, len(order))]
    while pending:
        start, end = pending.pop()
        middle = start + (end - start) // 2
        if middle == start:
            continue
        left, right = risk(start, middle), risk(middle, end)
        ordered[start:middle] *= right / (left + right)
        ordered[middle:end] *= left / (left + right)
        pending += [(start, middle), (middle, end)]
    weights = np.empty(len(order))
    weights[order] = ordered
    return weights


def _prefix_sums(matrix: Floats) -> list[list[float]]:
    """Return the sums of all upper left blocks, those of no rows or columns included."""
    sums = np.zeros((len(matrix) + 1, len(matrix) + 1))
    sums[1:, 1:] = matrix.cumsum(axis=0).cumsum(axis=1)
    found: list[list[float]] = sums.tolist()
    return found


def _leaf_order(covariance: Floats) -> Ints:
    linkage = imported("scipy.cluster.hierarchy").linkage
    squareform = imported("scipy.spatial.distance").squareform
    size = len(covariance)
    if size < 3:
        return np.arange(size)
    scale = np.sqrt(np.diag(covariance))
    correlation = np.clip(covariance / np.outer(scale, scale), -1.0, 1.0)
    # Equal distances must be equal to the last digit, or rounding would choose the tree.
    distance = np.round(np.sqrt(np.maximum((1 - correlation) / 2, 0.0)), 10)
    np.fill_diagonal(distance, 0.0)
    condensed = squareform(distance, checks=False)
    tree = linkage(condensed, "ward", optimal_ordering=True)
    # The k-th row joins two clusters into the one numbered size + k.
    joined = tree[:, :2].astype(int).tolist()
    order, pending = [], [2 * size - 2]
    while pending:
        cluster = pending.pop()
        if cluster < size:
            order.append(cluster)
        else:
            pending += reversed(joined[cluster - size])
    return np.array(order, dtype=np.int64)
