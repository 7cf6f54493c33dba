"""The content of a run's files, as bytes. Floats are the shortest text that reads back the same."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from curvehouse.sweep.bars import Bars
    from curvehouse.sweep.engine import Trades

__all__ = ["equity_csv", "jobs_jsonl", "manifest_json", "time_texts", "trades_csv"]


def time_texts(times: NDArray[np.datetime64]) -> pl.Series:
    """Return timestamps as text: dates if all are midnights, else ISO with ``Z``.

    Fractions of a second appear, with six digits, where any bar has one.
    """
    microseconds = times.astype("datetime64[us]")
    if (microseconds == microseconds.astype("datetime64[D]")).all():
        texts = np.datetime_as_string(microseconds, unit="D")
    elif (microseconds == microseconds.astype("datetime64[s]")).all():
        texts = np.datetime_as_string(microseconds, unit="s", timezone="UTC")
    else:
        texts = np.datetime_as_string(microseconds, unit="us", timezone="UTC")
    return pl.Series("ts", texts.tolist(), dtype=pl.String)


def equity_csv(times: pl.Series, equity: NDArray[np.float64]) -> bytes:
    """Return one curve as CSV with the header ``ts,equity``."""
    frame = pl.DataFrame({"ts": times, "equity": equity})
    # Neither column can hold a comma, and not looking for one is faster.
    return _csv(frame, quote_style="never")


def trades_csv(times: pl.Series, bars: Bars, trades: Trades) -> bytes:
    """Return one job's trades as CSV; what an open trade does not have yet is empty."""
    is_closed = trades.exit_bar >= 0
    exit_at = times.gather(np.where(is_closed, trades.exit_bar, 0))
    frame = pl.DataFrame(
        {
            "trade_id": np.arange(1, len(trades) + 1),
            "symbol": pl.repeat(bars.symbol, len(trades), eager=True),
            "side": pl.repeat("long", len(trades), eager=True),
            "entry_at": times.gather(trades.entry_bar),
            "exit_at": pl.select(pl.when(pl.Series(is_closed)).then(exit_at)).to_series(),
            "quantity": trades.quantity,
            "entry_price": trades.entry_price,
            "exit_price": pl.Series(trades.exit_price).fill_nan(None),
            "fees": trades.fees,
            "pnl": pl.Series(trades.pnl).fill_nan(None),
        }
    )
    return _csv(frame, quote_style="necessary")


def manifest_json(manifest: Mapping[str, Any]) -> bytes:
    """Return the manifest as JSON for people and programs."""
    return json.dumps(manifest, indent=2).encode() + b"\n"


def jobs_jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return one line of JSON per job."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _csv(frame: pl.DataFrame, quote_style: Any) -> bytes:
    buffer = io.BytesIO()
    frame.write_csv(buffer, quote_style=quote_style)
    return buffer.getvalue()
