"""A shallow decision tree as the conditions that lead to its leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from curvehouse.analytics.failures.conditions import KNOWN_AT_ENTRY, Condition, simplified
from curvehouse.analytics.lazy_imports import imported

__all__ = ["grow_leaves"]

Floats = NDArray[np.float64]


def grow_leaves(
    values: Floats, is_loss: NDArray[np.bool_], *, max_depth: int, min_leaf: int, seed: int
) -> list[list[Condition]]:
    """Return the conditions of each leaf of a tree that tells losing trades from others.

    Parameters
    ----------
    values : array, shape (n_trades, n_features)
        As `entry_values` has them, no NaN.
    is_loss : array of bool, shape (n_trades,)
    max_depth, min_leaf : int
        Questions on the way to a leaf at most, and trades in it at least.
    seed : int
        Decides between splits that are equally good.

    Returns
    -------
    list of list of Condition
        Empty where no split helps. Each bound is the shortest number that parts the trades as the
        tree does, so that what is shown is what was judged.
    """
    classifier = imported("sklearn.tree").DecisionTreeClassifier
    with threadpool_limits(1):
        model = classifier(max_depth=max_depth, min_samples_leaf=min_leaf, random_state=seed).fit(
            values, is_loss
        )
    if model.tree_.node_count == 1:
        return []
    return [simplified(path) for path in _paths(model.tree_, values, node=0, path=())]


def _paths(
    tree: Any, values: Floats, *, node: int, path: tuple[Condition, ...]
) -> Iterator[tuple[Condition, ...]]:
    place = int(tree.feature[node])
    if place < 0:
        yield path
        return
    feature = KNOWN_AT_ENTRY[place]
    bound = _shortest_bound(values[:, place], float(tree.threshold[node]))
    for sign, child in (("<=", tree.children_left[node]), (">", tree.children_right[node])):
        condition = Condition(feature, "<=" if sign == "<=" else ">", bound)
        yield from _paths(tree, values, node=int(child), path=(*path, condition))


def _shortest_bound(values: Floats, threshold: float) -> float:
    """Return the shortest decimal that parts the values where the threshold does."""
    lower = values[values <= threshold].max(initial=-np.inf)
    upper = values[values > threshold].min(initial=np.inf)
    for digits in range(1, 18):
        bound = float(f"{threshold:.{digits}g}")
        if lower <= bound < upper:
            return bound
    return threshold
