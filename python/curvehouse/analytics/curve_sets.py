"""Curves that share their days, as matrices, out of a stream of single ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["CurveSet", "collect_curves", "on_common_days"]

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class CurveSet:
    """Curves on the same days.

    Attributes
    ----------
    numbers : tuple of int
        Which trial each curve is of.
    days : array of datetime64[D], shape (n_days,)
        In order, each once.
    closes : array of float64, shape (n_days,)
        Of the symbol that they trade, NaN on days without one.
    equity : array of float64, shape (n_days, n_curves)
    """

    numbers: tuple[int, ...]
    days: Days
    closes: Floats
    equity: Floats

    def where(self, kept: NDArray[np.bool_]) -> CurveSet:
        """Return the same curves on some of their days."""
        if kept.all():
            return self
        return CurveSet(self.numbers, self.days[kept], self.closes[kept], self.equity[kept])


def collect_curves(curves: Iterable[tuple[str, pa.Table]]) -> list[CurveSet]:
    """Return curves as sets, each with all curves on the same days, in the order they came.

    Parameters
    ----------
    curves : iterable of (str, pyarrow.Table)
        A trial's number, and its rows of ``equity_date, equity, close`` in any order.
    """
    shared: dict[bytes, tuple[Days, Floats]] = {}
    members: dict[bytes, list[tuple[int, Floats]]] = {}
    for number, rows in curves:
        ordered = rows.sort_by("equity_date")
        days = ordered.column("equity_date").to_numpy().astype("datetime64[D]")
        key = days.tobytes()
        if key not in shared:
            shared[key] = (days, _floats(ordered, "close"))
            members[key] = []
        members[key].append((int(number), _floats(ordered, "equity")))
    sets = []
    for key, (days, closes) in shared.items():
        # Taken out one by one, so that no more than one set is held twice.
        columns = members.pop(key)
        equity = np.array([column for _, column in columns]).T
        sets.append(CurveSet(tuple(number for number, _ in columns), days, closes, equity))
    return sets


def on_common_days(sets: list[CurveSet]) -> CurveSet:
    """Return all curves of at least one set on the days that every one of them has."""
    if len(sets) == 1:
        return sets[0]
    days = reduce(np.intersect1d, (each.days for each in sets))
    cut = [each.where(np.isin(each.days, days)) for each in sets]
    numbers = tuple(number for each in cut for number in each.numbers)
    return CurveSet(numbers, days, cut[0].closes, np.hstack([each.equity for each in cut]))


def _floats(rows: pa.Table, name: str) -> Floats:
    values: Floats = rows.column(name).to_numpy().astype(np.float64)
    return values
