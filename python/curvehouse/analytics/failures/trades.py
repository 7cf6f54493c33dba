"""Trades as arrays: each distinct one once, in an order of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["ENTRY_FEATURES", "FEATURES", "Trades", "distinct_trades"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# What losing trades are clustered by; the first is known only when a trade is over.
FEATURES = ("hold_minutes", "pre_runup_pct", "entry_vol")
ENTRY_FEATURES = FEATURES[1:]

# Sums of equal amounts differ in their last digits; a loss is more than that.
_SMALLEST_LOSS = 5e-11


@dataclass(frozen=True)
class Trades:
    """Distinct closed trades, ordered by symbol, side, entry and exit.

    Attributes
    ----------
    rows : pyarrow.Table
        One row of each, with the columns that the input had.
    copy_counts : array of int64, shape (n_trades,)
        How many of the input's trades it stands for.
    pnl : array of float64, shape (n_trades,)
        Mean over the copies.
    features : array of float64, shape (n_trades, 3)
        `FEATURES`; NaN where one is not known.
    groups : array of int64, shape (n_trades,)
        Number of the symbol and calendar quarter of entry, whose trades' outcomes are not
        independent of each other.
    """

    rows: pa.Table
    copy_counts: Integers
    pnl: Floats
    features: Floats
    groups: Integers

    def __len__(self) -> int:
        return len(self.pnl)

    @property
    def is_loss(self) -> Flags:
        """Which trades lost money."""
        return np.asarray(self.pnl < -_SMALLEST_LOSS)

    @property
    def is_complete(self) -> Flags:
        """Which trades have all features."""
        return np.asarray(~np.isnan(self.features).any(axis=1))


def distinct_trades(rows: pa.Table) -> Trades:
    """Return each distinct trade of some backtests once.

    Parameters
    ----------
    rows : pyarrow.Table
        ``symbol, side, entry_at, exit_at, copy_count, pnl`` and `FEATURES`, closed trades in any
        order; further columns are kept.

    Returns
    -------
    Trades
        One per symbol, side, entry and exit. Its pnl is the mean over the copies, each feature the
        lowest of theirs that is known; the order of the input makes no difference.
    """
    symbols = _ranks(rows.column("symbol"))
    entries, exits = _moments(rows, "entry_at"), _moments(rows, "exit_at")
    pnl, copies = _floats(rows, "pnl"), _floats(rows, "copy_count")
    keys = (symbols, _ranks(rows.column("side")), entries, exits)
    order = np.lexsort((pnl, *reversed(keys)))
    changes = np.zeros(len(order), dtype=bool)
    changes[:1] = True
    for key in keys:
        changes[1:] |= np.diff(key[order]) != 0
    starts = np.flatnonzero(changes)
    firsts = order[starts]
    if not len(starts):
        nothing = np.zeros(0)
        return Trades(rows, np.zeros(0, np.int64), nothing, np.zeros((0, 3)), np.zeros(0, np.int64))
    counts = np.add.reduceat(copies[order], starts)
    features = np.column_stack(
        [np.fmin.reduceat(_floats(rows, name)[order], starts) for name in FEATURES]
    )
    return Trades(
        rows=rows.take(pa.array(firsts)),
        copy_counts=counts.astype(np.int64),
        pnl=np.add.reduceat((pnl * copies)[order], starts) / counts,
        features=features,
        groups=_groups(symbols[firsts], entries[firsts]),
    )


def _groups(symbols: Integers, entries: Integers) -> Integers:
    quarters = entries.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) // 3
    _, numbers = np.unique(symbols * 100_000 + quarters, return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def _ranks(column: pa.ChunkedArray) -> Integers:
    """Return where each text stands among all that occur, in their own order."""
    encoded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0)
    words = encoded.dictionary.to_pylist()
    places = np.empty(len(words), dtype=np.int64)
    places[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return np.asarray(places[encoded.indices.to_numpy()])


def _moments(rows: pa.Table, name: str) -> Integers:
    moments = rows.column(name).cast(pa.timestamp("us")).cast(pa.int64())
    return np.asarray(moments.to_numpy(), dtype=np.int64)


def _floats(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows.column(name).cast(pa.float64()).to_numpy(), dtype=np.float64)
