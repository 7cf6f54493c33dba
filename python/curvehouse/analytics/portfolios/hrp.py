"""Hierarchical risk parity."""

from __future__ import annotations

import numpy as np

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
    variances = np.diag(covariance)
    weights = np.ones(len(variances))
    pending = [_leaf_order(covariance)]
    while pending:
        cluster = pending.pop()
        if len(cluster) == 1:
            continue
        left, right = cluster[: len(cluster) // 2], cluster[len(cluster) // 2 :]
        left_risk, right_risk = _risk(covariance, left), _risk(covariance, right)
        share = 1 - left_risk / (left_risk + right_risk)
        weights[left] *= share
        weights[right] *= 1 - share
        pending += [left, right]
    return weights


def _leaf_order(covariance: Floats) -> Ints:
    from scipy.cluster.hierarchy import leaves_list, linkage  # noqa: PLC0415
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    size = len(covariance)
    if size < 3:
        return np.arange(size)
    scale = np.sqrt(np.diag(covariance))
    correlation = np.clip(covariance / np.outer(scale, scale), -1.0, 1.0)
    # Equal distances must be equal to the last digit, or rounding would choose the tree.
    distance = np.round(np.sqrt(np.maximum((1 - correlation) / 2, 0.0)), 10)
    np.fill_diagonal(distance, 0.0)
    condensed = squareform(distance, checks=False)
    order: Ints = leaves_list(linkage(condensed, "ward", optimal_ordering=True)).astype(np.int64)
    return order


def _risk(covariance: Floats, cluster: Ints) -> float:
    block = covariance[np.ix_(cluster, cluster)]
    weights = 1 / np.diag(block)
    weights /= weights.sum()
    return float(weights @ block @ weights)
