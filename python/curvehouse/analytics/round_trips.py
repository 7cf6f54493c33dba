"""Round trips: which entry each exit of an account closed, first in, first out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["ROUND_TRIPS", "match_round_trips"]

ROUND_TRIPS = pa.schema(
    [
        ("entry_fill", pa.int64()),
        ("exit_fill", pa.int64()),
        ("side", pa.string()),
        ("quantity", pa.float64()),
        ("entry_price", pa.float64()),
        ("exit_price", pa.float64()),
        ("fees", pa.float64()),
        ("pnl", pa.float64()),
    ]
)

# What is left of a position below this share of the symbol's largest fill is rounding.
_REST = 1e-9


@dataclass
class _Lot:
    """What is still held of one fill."""

    fill: int
    quantity: float
    price: float
    fee_per_unit: float


_Trip = tuple[int, int | None, str, float, float, float | None, float, float | None]


def match_round_trips(
    symbols: Sequence[str],
    amounts: npt.ArrayLike,
    prices: npt.ArrayLike,
    fees: npt.ArrayLike | None = None,
) -> pa.Table:
    """Match the fills of an account to round trips, first in, first out.

    Parameters
    ----------
    symbols : sequence of str, of length n_fills
        What was traded, in the order of time.
    amounts : array of shape (n_fills,)
        How much, above zero where bought; fractions are allowed. A fill of zero is nothing.
    prices : array of shape (n_fills,)
        What one unit cost.
    fees : array of shape (n_fills,), optional
        What each fill cost beside, not below zero; else nothing.

    Returns
    -------
    pyarrow.Table
        With the schema `ROUND_TRIPS`, in the order of their exits, those still open at the end.
        ``entry_fill`` and ``exit_fill`` are positions in the input. The fees of a fill are shared
        out by quantity, and ``pnl`` is net of both ends' fees; an open trip has no exit and no pnl,
        and the fees of its entry.

    Notes
    -----
    A fill against the position closes its oldest lots first; what it exceeds them by opens a
    position on the other side. Over all trips of a symbol, the pnl of the closed ones plus the fees
    of all is what the fills brought in cash, less what the open ones cost.

    Examples
    --------
    >>> trips = match_round_trips(["A", "A", "A"], [2, 1, -2.5], [10, 12, 13])
    >>> trips.select(["side", "quantity", "entry_price", "exit_price", "pnl"]).to_pylist()[:2]
    [{'side': 'long', 'quantity': 2.0, 'entry_price': 10.0, 'exit_price': 13.0, 'pnl': 6.0}, \
{'side': 'long', 'quantity': 0.5, 'entry_price': 12.0, 'exit_price': 13.0, 'pnl': 0.5}]
    """
    sizes, costs = np.asarray(amounts, np.float64), np.asarray(prices, np.float64)
    charges = np.zeros(len(sizes)) if fees is None else np.asarray(fees, np.float64)
    held: dict[str, deque[_Lot]] = {}
    largest: dict[str, float] = {}
    for symbol, size in zip(symbols, sizes, strict=True):
        largest[symbol] = max(largest.get(symbol, 0.0), abs(float(size)))
    trips: list[_Trip] = []
    for number, symbol in enumerate(symbols):
        if sizes[number] != 0:
            price = float(costs[number])
            per_unit = float(charges[number]) / abs(float(sizes[number]))
            fill = _Lot(number, float(sizes[number]), price, per_unit)
            lots = held.setdefault(symbol, deque())
            trips.extend(_fill(lots, fill, _REST * largest[symbol]))
    trips.extend(_open(lot) for lots in held.values() for lot in lots)
    columns = zip(*trips, strict=True) if trips else [()] * len(ROUND_TRIPS)
    arrays = [
        pa.array(column, field.type) for column, field in zip(columns, ROUND_TRIPS, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=ROUND_TRIPS)


def _fill(lots: deque[_Lot], fill: _Lot, rest: float) -> Iterator[_Trip]:
    """Close the oldest lots of the other side, and hold what is left of the fill."""
    while lots and lots[0].quantity * fill.quantity < 0 and abs(fill.quantity) > rest:
        lot = lots[0]
        quantity = min(abs(lot.quantity), abs(fill.quantity))
        sign = 1.0 if lot.quantity > 0 else -1.0
        if abs(abs(lot.quantity) - abs(fill.quantity)) <= rest:
            # All of both: neither leaves a crumb.
            quantity = abs(lot.quantity)
        charged = quantity * (lot.fee_per_unit + fill.fee_per_unit)
        earned = sign * (fill.price - lot.price) * quantity
        side = _side(sign)
        yield lot.fill, fill.fill, side, quantity, lot.price, fill.price, charged, earned - charged
        lot.quantity -= sign * quantity
        fill.quantity += sign * quantity
        if lot.quantity == 0:
            lots.popleft()
    if abs(fill.quantity) > rest:
        lots.append(fill)


def _open(lot: _Lot) -> _Trip:
    quantity = abs(lot.quantity)
    side = _side(lot.quantity)
    return lot.fill, None, side, quantity, lot.price, None, quantity * lot.fee_per_unit, None


def _side(sign: float) -> str:
    return "long" if sign > 0 else "short"
