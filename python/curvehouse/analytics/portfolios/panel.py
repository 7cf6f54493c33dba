"""Returns of a portfolio's members on the union of their days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["Bools", "Days", "Floats", "Ints", "Member", "Panel", "make_panel"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Member:
    """A strategy in a portfolio.

    Attributes
    ----------
    member_id : str
        Its name in the portfolio.
    backtest_id : str or None
        The backtest behind it. Two members may share one.
    policy : str
        How it is sized; without a meaning where the portfolio has a method of its own.
    periods_per_year : float
        Rows of its curve in a year.
    status : str or None
        Why it has no returns at all, where it has none.
    """

    member_id: str
    backtest_id: str | None = None
    policy: str = "equal"
    periods_per_year: float = 252.0
    status: str | None = None


@dataclass(frozen=True)
class Panel:
    """Members and their returns on common days.

    Attributes
    ----------
    members : tuple of Member
        In order of ``member_id``.
    days : array of datetime64[D], shape (n_days,)
        The union of the members' days, in order.
    returns : array of float64, shape (n_members, n_days)
        From one row of a member to its next, on the day of the later one; 0 on days without.
    has_row : array of bool, shape (n_members, n_days)
    """

    members: tuple[Member, ...]
    days: Days
    returns: Floats
    has_row: Bools

    @cached_property
    def row_counts(self) -> Ints:
        """Rows of each member up to and with each day, shape (n_members, n_days)."""
        if self.is_full:
            return np.broadcast_to(np.arange(1, len(self.days) + 1), self.returns.shape)
        counts: Ints = np.cumsum(self.has_row, axis=1, dtype=np.int64)
        return counts

    @cached_property
    def missing_days(self) -> Ints:
        """Days in a row without a row, up to each day; before the first row, all so far."""
        if self.is_full:
            return np.broadcast_to(np.int64(0), self.returns.shape)
        rows = np.arange(len(self.days))
        last = np.maximum.accumulate(np.where(self.has_row, rows, -1), axis=1)
        missing: Ints = rows - last
        return missing

    @cached_property
    def is_ruined(self) -> Bools:
        """Whether a member has lost all, up to and with each day."""
        lost = self.returns <= -1
        if not lost.any():
            return lost
        ruined: Bools = np.logical_or.accumulate(lost, axis=1)
        return ruined

    @cached_property
    def is_full(self) -> bool:
        """Whether every member has a row on every day."""
        return bool(self.has_row.all())

    @cached_property
    def first_rows(self) -> Ints:
        """Position of each member's first row; 0 of those without any."""
        rows: Ints = np.argmax(self.has_row, axis=1) if len(self.days) else np.zeros(0, np.int64)
        return rows

    @cached_property
    def periods_per_year(self) -> Floats:
        """Of each member."""
        return np.array([member.periods_per_year for member in self.members])

    def without(self, position: int) -> Panel:
        """Return the panel without one member; its days stay, as those of the others do."""
        return self.only(np.flatnonzero(np.arange(len(self.members)) != position))

    def only(self, positions: Ints) -> Panel:
        """Return the panel of some members; its days stay."""
        members = tuple(self.members[position] for position in positions.tolist())
        return Panel(members, self.days, self.returns[positions], self.has_row[positions])


def make_panel(members: Sequence[Member], rows: pa.Table | None) -> Panel:
    """Bring returns onto the union of their days.

    Parameters
    ----------
    members : sequence of Member
        In any order.
    rows : pyarrow.Table or None
        ``member_id, equity_date, simple_return`` in any order, of these members; a NULL return is
        of a day after ruin and no row. None stands for no rows.

    Returns
    -------
    Panel
        Members without rows are there with none.

    Examples
    --------
    >>> from datetime import date
    >>> rows = pa.table({
    ...     "member_id": ["b", "a", "b"],
    ...     "equity_date": [date(2020, 1, 3), date(2020, 1, 2), date(2020, 1, 2)],
    ...     "simple_return": [0.5, 0.1, 0.2],
    ... })
    >>> make_panel([Member("b"), Member("a")], rows).returns.tolist()
    [[0.1, 0.0], [0.2, 0.5]]
    """
    ordered = tuple(sorted(members, key=lambda member: member.member_id))
    if rows is not None:
        rows = rows.filter(rows.column("simple_return").is_valid())
    if rows is None or not rows.num_rows:
        empty = np.empty((len(ordered), 0))
        return Panel(ordered, np.array([], "datetime64[D]"), empty, empty.astype(bool))
    positions = {member.member_id: position for position, member in enumerate(ordered)}
    owners = _codes(rows.column("member_id"), positions)
    dates = rows.column("equity_date").to_numpy().astype("datetime64[D]").astype(np.int64)
    start = dates.min()
    is_day = np.zeros(dates.max() - start + 1, dtype=bool)
    is_day[dates - start] = True
    column = (np.cumsum(is_day) - 1)[dates - start]
    days = np.flatnonzero(is_day) + start
    returns = np.zeros((len(ordered), len(days)))
    has_row = np.zeros(returns.shape, dtype=bool)
    returns[owners, column] = rows.column("simple_return").to_numpy()
    has_row[owners, column] = True
    return Panel(ordered, days.astype("datetime64[D]"), returns, has_row)


def _codes(names: pa.ChunkedArray, positions: Mapping[str, int]) -> Ints:
    """Return the position of each name; looked up once for each of the distinct ones."""
    parts = []
    for chunk in names.dictionary_encode().chunks:
        of_code = np.array([positions[name] for name in chunk.dictionary.to_pylist()], np.int64)
        parts.append(of_code[chunk.indices.to_numpy()])
    codes: Ints = np.concatenate(parts)
    return codes
