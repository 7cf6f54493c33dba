"""From positions to equity and trades, for many jobs at once; no input or output.

A position decided at the close of bar t is taken at that close and earns from t+1, with all of the
account. Equity moves in two ways only: while long it is a fixed quantity times the close, while
flat it stays. So it follows from the few bars where a position changes, the fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Execution", "Simulation", "Trades", "simulate"]

_BASIS_POINTS = 10_000


@dataclass(frozen=True)
class Execution:
    """What the account starts with and what a fill costs, in basis points of its price."""

    starting_cash: float = 100_000.0
    fee_bps: float = 0.0
    slippage_bps: float = 0.0

    @property
    def fee(self) -> float:
        """Fee as a fraction of a fill's value."""
        return self.fee_bps / _BASIS_POINTS

    @property
    def slippage(self) -> float:
        """How far a fill is worse than the close, as a fraction of it."""
        return self.slippage_bps / _BASIS_POINTS

    @property
    def entry_factor(self) -> float:
        """What an entry leaves of the equity."""
        return 1 / ((1 + self.fee) * (1 + self.slippage))

    @property
    def exit_factor(self) -> float:
        """What an exit leaves of the equity."""
        return (1 - self.fee) * (1 - self.slippage)


@dataclass(frozen=True)
class Trades:
    """Trades in the order of their jobs and entries, as columns of shape (n_trades,).

    While a trade is open its ``exit_bar`` is -1, its ``exit_price`` and ``pnl`` are NaN, and its
    ``fees`` are those of the entry. Prices are fills, ``fees`` are in currency, ``pnl`` is net.
    """

    entry_bar: NDArray[np.int64]
    exit_bar: NDArray[np.int64]
    quantity: NDArray[np.float64]
    entry_price: NDArray[np.float64]
    exit_price: NDArray[np.float64]
    fees: NDArray[np.float64]
    pnl: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.entry_bar)

    def between(self, start: int, stop: int) -> Trades:
        """Return the trades from position ``start`` to before ``stop``."""
        return Trades(**{name: column[start:stop] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Simulation:
    """What a block of jobs came to.

    Attributes
    ----------
    equity : array of float64, shape (n_jobs, n_bars)
    trades : Trades
        Of all jobs.
    trade_bounds : array of int64, shape (n_jobs + 1,)
        Job k has the trades from ``trade_bounds[k]`` to before ``trade_bounds[k + 1]``.
    """

    equity: NDArray[np.float64]
    trades: Trades
    trade_bounds: NDArray[np.int64]


@dataclass(frozen=True)
class _Fills:
    """The bars where positions change, by job and bar; each job's first one is an entry."""

    job: NDArray[np.int64]
    bar: NDArray[np.int64]
    is_entry: NDArray[np.bool_]
    close: NDArray[np.float64]
    equity_before: NDArray[np.float64]
    equity_after: NDArray[np.float64]

    @property
    def quantity(self) -> NDArray[np.float64]:
        """Units held after an entry."""
        return self.equity_after / self.close


def simulate(
    positions: NDArray[np.bool_], closes: NDArray[np.float64], execution: Execution
) -> Simulation:
    """Run the positions of a block of jobs on the closes of one symbol.

    Parameters
    ----------
    positions : array of bool, shape (n_bars, n_jobs)
        Whether each job decides, at each close, to be long.
    closes : array of float64, shape (n_bars,)
    execution : Execution

    Notes
    -----
    Row 0 of a curve is after bar 0's costs. A position that is open at the last bar stays open.
    Equity up to bar t depends on bars up to t only, bit for bit.

    Examples
    --------
    >>> long = np.array([[True], [True], [False]])
    >>> simulate(long, np.array([10.0, 11.0, 12.0]), Execution(starting_cash=100.0)).equity
    array([[100., 110., 120.]])
    """
    held = np.ascontiguousarray(positions.T)
    fills = _find_fills(held, closes, execution)
    trades, jobs = _pair_fills(fills, execution)
    return Simulation(
        equity=_equity(held, closes, fills, execution.starting_cash),
        trades=trades,
        trade_bounds=np.searchsorted(jobs, np.arange(len(held) + 1)).astype(np.int64),
    )


def _find_fills(
    held: NDArray[np.bool_], closes: NDArray[np.float64], execution: Execution
) -> _Fills:
    changed = held.copy()
    changed[:, 1:] ^= held[:, :-1]
    job, bar = np.divmod(np.flatnonzero(changed), len(closes))
    is_entry, close = held[job, bar], closes[bar]
    bounds = np.searchsorted(job, np.arange(len(held) + 1))
    firsts = bounds[:-1][np.diff(bounds) > 0]
    growth = np.full(len(job), execution.entry_factor)
    exits = np.flatnonzero(~is_entry)
    growth[exits] = close[exits] / close[exits - 1] * execution.exit_factor
    growth[firsts] *= execution.starting_cash
    after = np.empty_like(growth)
    for start, stop in pairwise(bounds.tolist()):
        np.cumprod(growth[start:stop], out=after[start:stop])
    before = np.empty_like(after)
    before[1:] = after[:-1]
    before[firsts] = execution.starting_cash
    return _Fills(job, bar, is_entry, close, before, after)


def _equity(
    held: NDArray[np.bool_],
    closes: NDArray[np.float64],
    fills: _Fills,
    starting_cash: float,
) -> NDArray[np.float64]:
    """Return cash while flat and quantity times close while long, from one fill to the next."""
    starts = np.arange(len(held)) * len(closes)
    begins = np.concatenate((starts, fills.job * len(closes) + fills.bar))
    values = np.concatenate(
        (
            np.full(len(held), starting_cash),
            np.where(fills.is_entry, fills.quantity, fills.equity_after),
        )
    )
    # Stable: where a job's first fill is on bar 0, its starting cash lasts for no bar.
    order = np.argsort(begins, kind="stable")
    lengths = np.diff(begins[order], append=held.size)
    equity = np.repeat(values[order], lengths).reshape(held.shape)
    np.multiply(equity, closes, out=equity, where=held)
    return equity


def _pair_fills(fills: _Fills, execution: Execution) -> tuple[Trades, NDArray[np.int64]]:
    """Return the trades and the job of each."""
    entries = np.flatnonzero(fills.is_entry)
    nexts = np.minimum(entries + 1, len(fills.job) - 1)
    is_closed = ~fills.is_entry[nexts]
    exits = nexts[is_closed]
    quantity = fills.quantity[entries]
    entry_price = fills.close[entries] * (1 + execution.slippage)
    exit_price, pnl = np.full((2, len(entries)), np.nan)
    exit_price[is_closed] = fills.close[exits] * (1 - execution.slippage)
    pnl[is_closed] = fills.equity_after[exits] - fills.equity_before[entries[is_closed]]
    fees = quantity * entry_price * execution.fee
    fees[is_closed] += quantity[is_closed] * exit_price[is_closed] * execution.fee
    exit_bar = np.full(len(entries), -1, dtype=np.int64)
    exit_bar[is_closed] = fills.bar[exits]
    trades = Trades(fills.bar[entries], exit_bar, quantity, entry_price, exit_price, fees, pnl)
    return trades, fills.job[entries]
