"""How much more often trades lose in a region, with errors that allow for their dependence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.lazy_imports import imported

__all__ = ["Lift", "adjusted", "lift_in"]

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Lift:
    """P(loss | region) / P(loss).

    Attributes
    ----------
    lift : float or None
        None where nothing is in the region, or nothing lost.
    lower, upper : float or None
        95 % interval; None where no error can be told.
    p_two_sided, p_one_sided : float or None
        Of a lift of 1, and of a lift of 1 or less.
    """

    lift: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_two_sided: float | None = None
    p_one_sided: float | None = None


def lift_in(is_inside: Flags, is_loss: Flags, groups: Integers) -> Lift:
    """Return the lift of a region, its interval and p-values.

    Parameters
    ----------
    is_inside, is_loss : array of bool, shape (n_trades,)
    groups : array of int, shape (n_trades,)
        From 0. Trades of one group may depend on each other in any way, groups do not.

    Notes
    -----
    The logarithm of the ratio, linearised; its variance sums the influence of each group (the
    sandwich of cluster-robust errors, times G / (G - 1)), and Student's t with G - 1 degrees of
    freedom gives interval and p-values, G being the groups that have a trade in the region: a few
    quarters say little, however many trades they hold.
    """
    count, inside, losses = len(is_loss), int(is_inside.sum()), int(is_loss.sum())
    if not inside or not losses:
        return Lift()
    rate, inner = losses / count, int((is_inside & is_loss).sum()) / inside
    lift = inner / rate
    group_count = len(np.unique(groups[is_inside]))
    if not inner or group_count < 2 or inside == count:
        return Lift(lift)
    influence = is_inside * (is_loss - inner) / (inside * inner) - (is_loss - rate) / losses
    by_group = np.bincount(groups, weights=influence)
    error = float(np.sqrt((by_group**2).sum() * group_count / (group_count - 1)))
    if error <= 1e-12:
        return Lift(lift)
    special = imported("scipy.special")
    freedom = group_count - 1
    reach = float(special.stdtrit(freedom, 0.975)) * error
    ratio = np.log(lift) / error
    return Lift(
        lift=lift,
        lower=float(lift * np.exp(-reach)),
        upper=float(lift * np.exp(min(reach, 700.0))),
        p_two_sided=float(2 * special.stdtr(freedom, -abs(ratio))),
        p_one_sided=float(special.stdtr(freedom, -ratio)),
    )


def adjusted(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values adjusted over all that there are (Holm); None stays.

    One significant region is enough for a claim about the whole run, so what is held down is the
    chance that any is significant without a cause, and not a share of them.

    Examples
    --------
    >>> adjusted([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    result: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(known):
        highest = max(highest, min(p * (len(known) - rank), 1.0))
        result[place] = highest
    return result
