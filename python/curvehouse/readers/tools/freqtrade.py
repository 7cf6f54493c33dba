"""freqtrade: what its backtesting exports, a zip archive or a JSON file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from curvehouse.identity import ParameterValue
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.freqtrade_curves import closed_trades_curve, wallet_curve
from curvehouse.readers.tools.json_values import (
    listed,
    mapping_of,
    name_of,
    number_of,
    rows_of,
    text_column,
)
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["FREQTRADE"]

# How the result begins, which is written without spaces, and what stands at its end.
_HEAD = re.compile(rb'\s*\{\s*"strategy"\s*:\s*\{')
_TAIL = b'"strategy_comparison"'
_HEAD_BYTES = 256
# The groups of a strategy's parameters that hold settings, not parameters.
_SETTINGS = frozenset({"roi", "stoploss", "trailing", "max_open_trades"})


@dataclass(frozen=True)
class _Strategy:
    """One strategy of a result, and what else the archive has of it."""

    name: str
    is_only: bool
    found: Mapping[str, Any]
    wallet: bytes | None
    params: Mapping[str, ParameterValue]


def _sniff(source: SourceFile) -> bool:
    if source.is_zip:
        stem = _stem(source)
        return stem is not None and _begins(source.archive.read(f"{stem}.json"))
    return source.is_json and (_begins(source.content) or _TAIL in source.content)


def _begins(content: bytes) -> bool:
    return _HEAD.match(content[:_HEAD_BYTES]) is not None


def _read(source: SourceFile, options: ReadOptions) -> ToolResult:
    strategy = _chosen(source, options)
    rows = rows_of(strategy.found.get("trades"))
    if not rows:
        raise source.fault(ReasonCode.NO_RESULT, f"has no trades of {strategy.name!r}")
    starting_cash = number_of(strategy.found.get("starting_balance"))
    curve, note = _curve(source, strategy)
    backtest = ToolBacktest(
        label="" if strategy.is_only else strategy.name,
        strategy=strategy.name,
        symbol=_only_pair(strategy.found),
        params=strategy.params,
        curve=curve,
        trades=_trades(rows),
        starting_cash=starting_cash,
        figures=_figures(strategy),
    )
    return ToolResult((backtest,), (note,), currency=name_of(strategy.found.get("stake_currency")))


def _chosen(source: SourceFile, options: ReadOptions) -> _Strategy:
    """Return the strategy that the file is of, or that was chosen among several."""
    stem = _stem(source) if source.is_zip else None
    if stem is None and not source.is_json:
        reason = "is neither an archive nor JSON that freqtrade's backtesting exports"
        raise source.fault(ReasonCode.WRONG_TOOL, reason)
    result = source.json if stem is None else _json(source, f"{stem}.json")
    strategies = mapping_of(mapping_of(result).get("strategy"))
    if not strategies:
        reason = "is no result of freqtrade's backtesting: it has no 'strategy'"
        raise source.fault(ReasonCode.WRONG_TOOL, reason)
    names = list(strategies)
    name = names[0] if len(names) == 1 else options.strategy
    if name is None or name not in strategies:
        reason = f"has {len(names)} backtests, {listed(names)}; choose one with --strategy"
        raise source.fault(ReasonCode.SEVERAL_BACKTESTS, reason)
    found = mapping_of(strategies[name])
    timeframe = name_of(found.get("timeframe"))
    params: dict[str, ParameterValue] = {"timeframe": timeframe} if timeframe else {}
    if stem is None:
        return _Strategy(name, len(names) == 1, found, None, params)
    wallet, chosen = f"{stem}_{name}_wallet.feather", f"{stem}_{name}.json"
    inside = source.archive.names
    return _Strategy(
        name,
        len(names) == 1,
        found,
        source.archive.read(wallet) if wallet in inside else None,
        {**params, **(_params(_json(source, chosen)) if chosen in inside else {})},
    )


def _stem(source: SourceFile) -> str | None:
    """Return what all names in an archive begin with, where that is so and one ends there."""
    names = source.archive.names
    stem = min(names, key=len, default="").removesuffix(".json")
    rest = [name for name in names if name != f"{stem}.json"]
    if len(rest) == len(names) or not all(name.startswith(f"{stem}_") for name in rest):
        return None
    return stem


def _json(source: SourceFile, name: str) -> Any:
    try:
        return replace(source, data=source.archive.read(name)).json
    except FaultyFileError as fault:
        raise source.fault(fault.code, f"holds {name[:80]!r}, which {fault.reason}") from fault


def _params(content: object) -> dict[str, ParameterValue]:
    """Return what was chosen for a strategy's parameters, as hyperopt writes it."""
    groups = mapping_of(mapping_of(content).get("params"))
    return {
        name: value
        for group, values in groups.items()
        if group not in _SETTINGS
        for name, value in mapping_of(values).items()
        if value is None or isinstance(value, str | int | float)
    }


def _only_pair(found: Mapping[str, Any]) -> str | None:
    pairs = found.get("pairlist")
    return name_of(pairs[0]) if isinstance(pairs, list) and len(pairs) == 1 else None


def _trades(rows: list[Mapping[str, Any]]) -> pa.Table:
    columns: dict[str, list[object]] = {
        "symbol": [row.get("pair") for row in rows],
        "side": ["short" if row.get("is_short") is True else "long" for row in rows],
        "entry_at": [row.get("open_date") for row in rows],
        "exit_at": [_unless_open(row, "close_date") for row in rows],
        "quantity": [row.get("amount") for row in rows],
        "entry_price": [row.get("open_rate") for row in rows],
        "exit_price": [_unless_open(row, "close_rate") for row in rows],
        "fees": [_fees(row) for row in rows],
        "pnl": [_unless_open(row, "profit_abs") for row in rows],
    }
    return pa.table({name: text_column(values) for name, values in columns.items()})


def _unless_open(row: Mapping[str, Any], name: str) -> object:
    return None if row.get("is_open") is True else row.get(name)


def _fees(row: Mapping[str, Any]) -> float | None:
    """Return what was paid for trading; fees are rates there."""
    sides = [(row.get(f"{end}_rate"), row.get(f"fee_{end}")) for end in ("open", "close")]
    amount = number_of(row.get("amount"))
    numbers = [(number_of(rate), number_of(fee)) for rate, fee in sides]
    if amount is None or any(None in pair for pair in numbers):
        return None
    return amount * sum((rate or 0.0) * (fee or 0.0) for rate, fee in numbers)


def _curve(source: SourceFile, strategy: _Strategy) -> tuple[pa.Table | None, str]:
    if strategy.wallet is not None:
        note = "the curve is the wallet when a candle opens, and at the end the final balance"
        if strategy.found.get("trading_mode") == "futures":
            note += "; in futures, the wallet leaves out what open positions have gained"
        return wallet_curve(source, strategy.wallet, strategy.found), note
    curve = closed_trades_curve(strategy.found)
    if curve is None:
        return None, "has no wallet and no daily profits, so there are trades and no curve"
    return curve, "has no wallet, so the curve moves by a day's closed trades only"


def _figures(strategy: _Strategy) -> dict[str, float]:
    """Return freqtrade's own figures: of the wallet where there is one, else of closed trades."""
    found = strategy.found
    of_wallet = mapping_of(found.get("wallet_stats")) if strategy.wallet is not None else {}
    drawdown = number_of({**found, **of_wallet}.get("max_relative_drawdown"))
    total_return = number_of(found.get("profit_total"))
    figures = {} if total_return is None else {"total_return": total_return}
    return figures if drawdown is None else {**figures, "max_drawdown": -drawdown}


FREQTRADE = ToolReader(
    name="freqtrade",
    meaning="what freqtrade's backtesting exports, a zip archive or JSON",
    sniff=_sniff,
    read=_read,
)
