"""The content of a run's files, as bytes. Floats are the shortest text that reads back the same."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from curvehouse.sweep.engine import Trades

__all__ = ["TimeTexts", "equity_csv", "jobs_jsonl", "manifest_json", "trades_csv"]

_TRADES_HEADER = "trade_id,symbol,side,entry_at,exit_at,quantity,entry_price,exit_price,fees,pnl"


@dataclass(frozen=True)
class TimeTexts:
    """A symbol's timestamps as text, made once for all of its files.

    Dates if all are midnights, else ISO with ``Z``; fractions of a second, with six digits, where
    any bar has one.
    """

    texts: list[str]
    column: pl.Series

    @classmethod
    def of(cls, times: NDArray[np.datetime64]) -> TimeTexts:
        """Return the texts of timestamps in UTC."""
        if (times == times.astype("datetime64[D]")).all():
            texts = np.datetime_as_string(times, unit="D")
        elif (times == times.astype("datetime64[s]")).all():
            texts = np.datetime_as_string(times, unit="s", timezone="UTC")
        else:
            texts = np.datetime_as_string(times, unit="us", timezone="UTC")
        return cls(texts.tolist(), pl.Series(texts.tolist(), dtype=pl.String))


def equity_csv(times: TimeTexts, equity: NDArray[np.float64]) -> bytes:
    """Return one curve as CSV with the header ``ts,equity``."""
    buffer = io.BytesIO()
    frame = pl.DataFrame({"ts": times.column, "equity": equity})
    # Neither column can hold a comma, and not looking for one is faster.
    frame.write_csv(buffer, quote_style="never")
    return buffer.getvalue()


def trades_csv(symbol: str, times: TimeTexts, trades: Trades) -> bytes:
    """Return one job's trades as CSV; what an open trade does not have yet is empty."""
    count, texts = len(trades), times.texts
    columns = (
        map(str, range(1, count + 1)),
        repeat(_quoted(symbol), count),
        repeat("long", count),
        (texts[bar] for bar in trades.entry_bar.tolist()),
        (texts[bar] if bar >= 0 else "" for bar in trades.exit_bar.tolist()),
        _number_texts(trades.quantity),
        _number_texts(trades.entry_price),
        _number_texts(trades.exit_price),
        _number_texts(trades.fees),
        _number_texts(trades.pnl),
    )
    rows = map(",".join, zip(*columns, strict=True))
    return "".join(f"{row}\n" for row in chain((_TRADES_HEADER,), rows)).encode()


def manifest_json(manifest: Mapping[str, Any]) -> bytes:
    """Return the manifest as JSON for people and programs."""
    return json.dumps(manifest, indent=2).encode() + b"\n"


def jobs_jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return one line of JSON per job."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _number_texts(numbers: NDArray[np.float64]) -> Iterator[str]:
    return ("" if math.isnan(number) else repr(number) for number in numbers.tolist())


def _quoted(text: str) -> str:
    """Return a CSV field, in quotes where it needs them."""
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
