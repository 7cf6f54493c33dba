"""How well one shapeless cloud of points seems to fall into groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.failures.partitions import find_partition

__all__ = ["null_silhouette"]

Floats = NDArray[np.float64]

_QUANTILE = 0.99


def null_silhouette(
    points: Floats, *, draws: int, sample: int, min_share: float, seed: int = 0
) -> float:
    """Return the 99th percentile of the silhouette over draws from one Gaussian cloud.

    Parameters
    ----------
    points : array, shape (n_points, n_features)
        What gives the cloud its covariance.
    draws : int
        Clouds drawn.
    sample : int
        Points of each, at most as many as there are.
    min_share : float
        As for the partition of the points themselves.
    seed : int
        Of the draws.

    Notes
    -----
    The null of a single Gaussian with the data's covariance is that of SigClust. Permuting columns
    instead would take every correlated cloud for clusters. A cloud that no k cuts into groups that
    are large enough counts as -1.

    References
    ----------
    Liu, Hayes, Nobel and Marron (2008), "Statistical Significance of Clustering for High-Dimension,
    Low-Sample Size Data", Journal of the American Statistical Association 103.
    """
    values, vectors = np.linalg.eigh(np.cov(points, rowvar=False))
    shape = vectors * np.sqrt(np.maximum(values, 0.0))
    generator = np.random.default_rng([seed, 1])
    found = []
    for _ in range(draws):
        cloud = generator.normal(size=(min(sample, len(points)), points.shape[1])) @ shape.T
        partition = find_partition(cloud, sample=sample, min_share=min_share, seed=seed)
        found.append(-1.0 if partition is None else partition.silhouette)
    return float(np.quantile(found, _QUANTILE))
