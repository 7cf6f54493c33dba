"""The curve of a freqtrade backtest: its wallet, or what its closed trades earned by the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.readers.arrow_files import read_arrow, unpacked_size
from curvehouse.readers.content import check_size
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.json_values import number_of, text_column
from curvehouse.readers.tools.source import SourceFile

__all__ = ["closed_trades_curve", "wallet_curve"]

_MOMENT = pa.timestamp("us", "UTC")
_WALLET = {"date": _MOMENT, "rate": pa.float64(), "balance": pa.float64()}
_DAY = 86_400_000_000
_LAST_MILLISECOND = 1e14


def wallet_curve(source: SourceFile, wallet: bytes, found: Mapping[str, Any]) -> pa.Table:
    """Return what all of a wallet is worth at each time, and at the end the final balance.

    Parameters
    ----------
    source : SourceFile
        The archive, for messages.
    wallet : bytes
        Its Arrow file with a row per time and currency: ``date``, ``rate`` in the stake currency
        and ``balance``.
    found : mapping
        The strategy's result.

    Notes
    -----
    The wallet is looked at when a candle begins. So what it is worth at midnight (UTC) is what the
    day before ends with, and stands at that day's last microsecond. What is still open at the end
    is sold then, so the final balance stands in for the last look at the wallet.
    """
    table = _wallet_table(source, wallet)
    curve = (
        pa.table({"ts": table["date"], "equity": pc.multiply(table["rate"], table["balance"])})
        .group_by("ts", use_threads=False)
        .aggregate([("equity", "sum")])
        .rename_columns(["ts", "equity"])
        .sort_by("ts")
    )
    final, end = number_of(found.get("final_balance")), _microseconds(found.get("backtest_end_ts"))
    moments, equity = curve["ts"].cast(pa.int64()).to_numpy(), curve["equity"].to_numpy()
    if final is not None and end is not None and len(moments) and moments[-1] <= end:
        kept = len(moments) - int(moments[-1] == end)
        moments, equity = np.append(moments[:kept], end), np.append(equity[:kept], final)
    ends = moments - (moments % _DAY == 0)
    return pa.table({"ts": pa.array(ends).cast(_MOMENT), "equity": equity})


def closed_trades_curve(found: Mapping[str, Any]) -> pa.Table | None:
    """Return the starting balance and what closed trades added by the day, if the result has it."""
    days, cash = found.get("daily_profit"), number_of(found.get("starting_balance"))
    if not isinstance(days, list) or not days or cash is None:
        return None
    stamps: list[object] = []
    values: list[object] = []
    start = found.get("backtest_start")
    if isinstance(start, str) and start[:10] < str(_day(days[0])):
        stamps.append(start[:10])
        values.append(cash)
    for entry in days:
        profit = number_of(entry[1]) if isinstance(entry, list) and len(entry) == 2 else None
        cash = None if cash is None or profit is None else cash + profit
        stamps.append(_day(entry))
        values.append(cash)
    return pa.table({"ts": text_column(stamps), "equity": text_column(values)})


def _day(entry: object) -> object:
    return entry[0] if isinstance(entry, list) and entry else None


def _microseconds(milliseconds: object) -> int | None:
    number = number_of(milliseconds)
    return None if number is None or abs(number) > _LAST_MILLISECOND else round(number * 1000)


def _wallet_table(source: SourceFile, wallet: bytes) -> pa.Table:
    try:
        check_size(source.path, unpacked_size(wallet), source.max_bytes, is_unpacked=True)
        table = read_arrow(wallet, list(_WALLET)).cast(pa.schema(_WALLET))
    except FaultyFileError as fault:
        raise source.fault(fault.code, fault.reason) from fault
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = f"has a wallet that is not an Arrow file with {', '.join(_WALLET)}; write it again"
        raise source.fault(ReasonCode.TRUNCATED, reason) from error
    if any(column.null_count for column in table.columns):
        raise source.fault(ReasonCode.MISSING_VALUE, "has a wallet with an empty cell")
    return table
