"""Points cut into groups by k-means, as many as hold together best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from curvehouse.analytics.lazy_imports import imported

__all__ = ["Partition", "distances_between", "find_partition", "nearest_center", "silhouette"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_COUNTS = range(2, 11)
_RESTARTS = 10
# Points on which the centres of each number of groups are sought; the ones that hold together best
# then settle among all points.
_FIT_POINTS = 20_000
# Rows measured at once, so that memory stays small.
_CHUNK = 65_536
_DECIMALS = 10


@dataclass(frozen=True)
class Partition:
    """Groups of points, each all that is nearer to its centre than to any other.

    Attributes
    ----------
    centers : array of float64, shape (n_groups, n_features)
    silhouette : float
        Mean over the sampled points, from -1 to 1.
    """

    centers: Floats
    silhouette: float


def find_partition(
    points: Floats, *, sample: int, min_share: float, seed: int = 0
) -> Partition | None:
    """Return the k-means partition of the highest silhouette, k from 2 to 10.

    Parameters
    ----------
    points : array, shape (n_points, n_features)
        Their order decides which are drawn, so it must be one of their own.
    sample : int
        The silhouette is taken over so many points, drawn without replacement.
    min_share : float
        A partition with a group of a smaller share of the points is left out.
    seed : int
        Of the draws and of k-means.

    Returns
    -------
    Partition or None
        None where no k leaves groups that are large enough.

    Notes
    -----
    ``sklearn.cluster.KMeans`` with 10 restarts. Of more than 20,000 points so many are drawn to
    seek the centres, which then settle among all. Equal silhouettes, rounded to 10 decimals, go
    to the smaller k. One thread: threads cost more than they bring, and sums would differ.
    """
    drawn = np.random.default_rng(seed).permutation(len(points))
    fitted = points[np.sort(drawn[:_FIT_POINTS])]
    judged = points[np.sort(drawn[:sample])]
    distances = distances_between(judged)
    best: Partition | None = None
    # The limit holds for libraries that are loaded already, and no others.
    imported("sklearn.cluster")
    with threadpool_limits(1):
        for centers in _centers_of(fitted, min_share, seed):
            labels = nearest_center(judged, centers)
            value = silhouette(distances, labels)
            if best is None or round(value, _DECIMALS) > round(best.silhouette, _DECIMALS):
                best = Partition(centers, value)
        if best is not None and len(points) > len(fitted):
            best = Partition(_settled(points, best.centers), best.silhouette)
    return best


def _centers_of(points: Floats, min_share: float, seed: int) -> Iterator[Floats]:
    k_means = imported("sklearn.cluster").KMeans
    distinct = len(np.unique(points[:: max(len(points) // 1000, 1)], axis=0))
    for count in _COUNTS:
        if count > distinct:
            break
        model = k_means(count, n_init=_RESTARTS, random_state=seed).fit(points)
        sizes = np.bincount(model.labels_, minlength=count)
        if sizes.min() >= min_share * len(points):
            yield model.cluster_centers_


def _settled(points: Floats, centers: Floats) -> Floats:
    k_means = imported("sklearn.cluster").KMeans
    settled: Floats = k_means(len(centers), init=centers, n_init=1).fit(points).cluster_centers_
    return settled


def nearest_center(points: Floats, centers: Floats) -> Integers:
    """Return the number of the nearest centre, of equally near ones the first."""
    nearest = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), _CHUNK):
        part = slice(start, start + _CHUNK)
        apart = ((points[part, None, :] - centers[None, :, :]) ** 2).sum(axis=2)
        nearest[part] = apart.argmin(axis=1)
    return nearest


def distances_between(points: Floats) -> Floats:
    """Return the Euclidean distance of each point from each other."""
    apart = np.zeros((len(points), len(points)))
    for column in points.T:
        apart += (column[:, None] - column[None, :]) ** 2
    return np.sqrt(apart)


def silhouette(distances: Floats, labels: Integers) -> float:
    """Return the mean silhouette of labelled points; -1 where all have one label.

    Parameters
    ----------
    distances : array, shape (n_points, n_points)
    labels : array of int, shape (n_points,)
        From 0; not each number need occur.

    References
    ----------
    Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis". Equal to ``sklearn.metrics.silhouette_score``, whose checks would cost more than it.
    """
    present, places = np.unique(labels, return_inverse=True)
    if len(present) < 2:
        return -1.0
    rows = np.arange(len(labels))
    members = np.zeros((len(labels), len(present)))
    members[rows, places] = 1.0
    sizes = members.sum(axis=0)
    sums = distances @ members
    within = sums[rows, places] / np.maximum(sizes[places] - 1, 1)
    means = sums / sizes
    means[rows, places] = np.inf
    between = means.min(axis=1)
    larger = np.maximum(within, between)
    values = np.zeros(len(labels))
    np.divide(between - within, larger, out=values, where=(sizes[places] > 1) & (larger > 0))
    return float(values.mean())
