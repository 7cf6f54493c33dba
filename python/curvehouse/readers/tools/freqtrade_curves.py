"""The curve of a freqtrade backtest: its wallet, or what its closed trades earned by the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.readers.content import check_size
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.json_values import number_of, text_column
from curvehouse.readers.tools.source import SourceFile

__all__ = ["closed_trades_curve", "wallet_curve"]

_MOMENT = pa.timestamp("us", "UTC")
_WALLET_COLUMNS = ("date", "rate", "balance")


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
    The wallet is looked at when a candle begins. What is still open at the end is sold then, so the
    final balance stands in for the last look at the wallet where that was at the same time.
    """
    table = _wallet_table(source, wallet)
    value = pc.multiply(table["rate"], table["balance"])
    curve = (
        pa.table({"ts": table["date"], "equity": value})
        .group_by("ts", use_threads=False)
        .aggregate([("equity", "sum")])
        .select(["ts", "equity_sum"])
        .rename_columns(["ts", "equity"])
        .sort_by("ts")
    )
    final, end = number_of(found.get("final_balance")), _moment(found.get("backtest_end_ts"))
    if final is None or end is None or not curve.num_rows:
        return curve
    last = curve["ts"][-1].as_py()
    if last > end:
        return curve
    kept = curve.slice(0, curve.num_rows - int(last == end))
    return pa.concat_tables([kept, pa.table([[end], [final]], schema=curve.schema)])


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


def _moment(milliseconds: object) -> datetime | None:
    number = number_of(milliseconds)
    try:
        return None if number is None else datetime.fromtimestamp(number / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _wallet_table(source: SourceFile, wallet: bytes) -> pa.Table:
    try:
        with pa.ipc.open_file(pa.BufferReader(wallet)) as file:
            names = file.schema.names
            missing = [name for name in _WALLET_COLUMNS if name not in names]
            if missing:
                reason = f"has a wallet without the column {missing[0]!r}"
                raise source.fault(ReasonCode.MISSING_COLUMN, reason)
            fields = [names.index(name) for name in _WALLET_COLUMNS]
            options = pa.ipc.IpcReadOptions(included_fields=fields, use_threads=False)
        with pa.ipc.open_file(pa.BufferReader(wallet), options=options) as file:
            table = file.read_all()
        check_size(source.path, table.nbytes, source.max_bytes, is_unpacked=True)
        schema = pa.schema([("date", _MOMENT), ("rate", pa.float64()), ("balance", pa.float64())])
        return table.select(list(_WALLET_COLUMNS)).cast(schema)
    except FaultyFileError as fault:
        raise source.fault(fault.code, fault.reason) from fault
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = "has a wallet that is not a whole Arrow file; write it again"
        raise source.fault(ReasonCode.TRUNCATED, reason) from error
