"""Whose trades are looked at together: those of a run, and those of each of its strategies."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.analytics.failures.trades import Trades, distinct_trades

__all__ = ["WHOLE_RUN", "scopes_of"]

# In the place of a strategy's name.
WHOLE_RUN = ""


def scopes_of(rows: pa.Table, strategy_min_losses: int) -> Iterator[tuple[str, Trades]]:
    """Yield the distinct trades of a run, then those of each strategy that lost often enough.

    Parameters
    ----------
    rows : pyarrow.Table
        Of one run: ``strategy``, and what `distinct_trades` takes.
    strategy_min_losses : int
        Losing trades, complete or not, under which a strategy is left to its run.

    Yields
    ------
    str, Trades
        `WHOLE_RUN` or the strategy, strategies in the order of their names. The trades of the only
        strategy are those of the run, the same object.
    """
    whole = distinct_trades(rows)
    yield WHOLE_RUN, whole
    names = sorted(pc.unique(rows.column("strategy")).to_pylist())
    for name in names:
        is_alone = len(names) == 1
        trades = whole if is_alone else distinct_trades(rows.filter(_is(rows, name)))
        if trades.is_loss.sum() >= strategy_min_losses:
            yield name, trades


def _is(rows: pa.Table, strategy: str) -> pa.ChunkedArray:
    return pc.equal(rows.column("strategy"), strategy)
