"""Sets of factors, and their returns on the days that they share with a curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["FactorSet", "SharedDays", "read_factor_sets", "share_days"]

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

# Beyond this a compounded return is not known: its square, times that of a curve, would overflow.
_LARGEST = 1e30


@dataclass(frozen=True)
class FactorSet:
    """Daily returns of some factors.

    Attributes
    ----------
    names : tuple of str
        In the set's order, without the risk-free rate.
    days : array of datetime64[D], shape (n_days,)
        On which any of them has a return, in order.
    returns : array, shape (n_days, n_factors)
        As given; NaN where there is none.
    is_total : array of bool, shape (n_factors,)
        Factors that are total returns, which the risk-free rate is taken off.
    risk_free : array, shape (n_days,)
        0 throughout where the set has no such rate.
    """

    names: tuple[str, ...]
    days: Days
    returns: Floats
    is_total: Flags
    risk_free: Floats

    @cached_property
    def is_complete(self) -> Flags:
        """Whether every factor, and the risk-free rate, has a return on each day."""
        known: Flags = ~(np.isnan(self.returns).any(axis=1) | np.isnan(self.risk_free))
        return known


@dataclass(frozen=True)
class SharedDays:
    """The days that a curve shares with a set, and what the set earned from one to the next.

    Attributes
    ----------
    rows : array of int, shape (n_periods + 1,)
        Which of the curve's days they are; the first has no period that ends on it.
    days : array of datetime64[D], shape (n_periods + 1,)
    factors : array, shape (n_periods, n_factors)
        Excess returns over each period, compounded.
    risk_free : array, shape (n_periods,)
    is_known : array of bool, shape (n_periods,)
        False where a factor has a hole in the period, so that nobody knows what it earned.
    """

    rows: Integers
    days: Days
    factors: Floats
    risk_free: Floats
    is_known: Flags

    def up_to(self, row: int) -> SharedDays:
        """Return the same up to one of the days, that included; all where it is beyond them."""
        return SharedDays(
            self.rows[: row + 1],
            self.days[: row + 1],
            self.factors[:row],
            self.risk_free[:row],
            self.is_known[:row],
        )


def read_factor_sets(table: pa.Table) -> dict[str, FactorSet]:
    """Return the sets of a table by name.

    Parameters
    ----------
    table : pyarrow.Table
        ``factor_set, factor, factor_kind, factor_position, factor_date, factor_return``, a return
        of a factor each; ``factor_kind`` is ``excess``, ``total_return`` or ``rf``.
    """
    names = pc.unique(table.column("factor_set")).to_pylist()
    return {
        name: _read_set(table.filter(pc.equal(table.column("factor_set"), name))) for name in names
    }


def share_days(factor_set: FactorSet, days: Days, *, max_hole_days: int) -> SharedDays:
    """Return the periods between the days that a curve and all factors have.

    Parameters
    ----------
    factor_set : FactorSet
    days : array of datetime64[D], shape (n_days,)
        The curve's, in order.
    max_hole_days : int
        A factor without a return on a day has it in its next one, as after a holiday. Where more
        than so many days pass without a day that all factors have, though the set has days, one
        of them has a hole, and what it earned from there to its next return is not known.

    Notes
    -----
    A period that holds one day of the set has that day's returns as they are; a longer one has
    them compounded, and total returns lose the compounded risk-free rate.
    """
    complete = factor_set.is_complete
    shared, rows, _ = np.intersect1d(
        days, factor_set.days[complete], assume_unique=True, return_indices=True
    )
    ends = np.searchsorted(factor_set.days, shared)
    if len(shared) < 2:
        width = len(factor_set.names)
        nothing = np.empty((0, width))
        return SharedDays(rows, shared, nothing, np.empty(0), np.empty(0, dtype=np.bool_))
    # A row of growth per day of the set within the span; each period begins after a shared day.
    span = slice(ends[0] + 1, ends[-1] + 1)
    starts = np.concatenate([[0], ends[1:-1] - ends[0]])
    single = np.diff(ends) == 1
    free = _compounded(factor_set.risk_free[span, None], starts, single)[:, 0]
    factors = _compounded(factor_set.returns[span], starts, single)
    factors -= np.where(factor_set.is_total, free[:, None], 0.0)
    is_known = ~_has_hole(factor_set, complete, shared, max_hole_days)
    is_known &= (np.abs(factors) <= _LARGEST).all(axis=1) & (np.abs(free) <= _LARGEST)
    return SharedDays(rows, shared, factors, free, is_known)


def _read_set(rows: pa.Table) -> FactorSet:
    days = rows.column("factor_date").to_numpy().astype("datetime64[D]")
    every_day = np.unique(days)
    risk_free = np.zeros(len(every_day))
    names, columns, is_total = [], [], []
    positions = rows.column("factor_position")
    for position in sorted(pc.unique(positions).to_pylist()):
        mine = pc.equal(positions, position)
        factor = rows.filter(mine)
        column = np.full(len(every_day), np.nan)
        where = np.searchsorted(every_day, days[mine.to_numpy()])
        column[where] = factor.column("factor_return").to_numpy()
        kind = factor.column("factor_kind")[0].as_py()
        if kind == "rf":
            risk_free = column
            continue
        names.append(factor.column("factor")[0].as_py())
        columns.append(column)
        is_total.append(kind == "total_return")
    returns = np.array(columns).reshape(len(columns), len(every_day)).T
    return FactorSet(tuple(names), every_day, returns, np.array(is_total, np.bool_), risk_free)


def _compounded(returns: Floats, starts: Integers, single: Flags) -> Floats:
    """Return returns over periods; a day without one is as if it had not moved."""
    moved = np.nan_to_num(returns, nan=0.0, posinf=np.inf, neginf=-np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        periods: Floats = np.multiply.reduceat(1 + moved, starts, axis=0) - 1
    periods[single] = moved[starts[single]]
    return periods


def _has_hole(factor_set: FactorSet, complete: Flags, shared: Days, max_hole_days: int) -> Flags:
    """Return which periods hold a stretch that some factor lacks."""
    days = np.flatnonzero(complete)
    whole = factor_set.days[days]
    long = np.diff(whole) > np.timedelta64(max_hole_days, "D")
    holes = whole[1:][long & (np.diff(days) > 1)]
    before = np.searchsorted(holes, shared, side="right")
    has_hole: Flags = np.diff(before) > 0
    return has_hole
