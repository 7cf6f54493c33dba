"""QuantConnect Lean: the JSON in which its engine and its cloud write a backtest's result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from curvehouse.identity import ParameterValue
from curvehouse.parameter_text import parse_parameter
from curvehouse.readers.faults import ReasonCode
from curvehouse.readers.tools.json_values import (
    mapping_of,
    name_of,
    number_of,
    rows_of,
    text_column,
)
from curvehouse.readers.tools.lean_days import end_of_day, zone_of_days
from curvehouse.readers.tools.reader import ReadOptions, ToolOption, ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["LEAN"]

# Newer versions begin names in lower case, older ones in upper case.
_HEAD = re.compile(rb'\{\s*"[rR]ollingWindow"')
_KEYS = (re.compile(rb'"[tT]otalPerformance"'), re.compile(rb'"Strategy Equity"'))
_HEAD_BYTES = 256
_CHARTS = {"equity": ("Strategy Equity", "Equity"), "benchmark": ("Benchmark", "Benchmark")}
# The series of the equity chart with a point for each day; its name changed once.
_DAILY_SERIES = ("Return", "Daily Performance")
_SIDES = {"0": "long", "1": "short"}

# A moment in UTC, or what stands where one should, and a value.
_Point = tuple[object, object]


def _sniff(source: SourceFile) -> bool:
    return source.is_json and (
        _HEAD.search(source.content[:_HEAD_BYTES]) is not None
        or all(key.search(source.content) for key in _KEYS)
    )


def _read(source: SourceFile, options: ReadOptions) -> ToolResult:
    found = mapping_of(source.json if source.is_json else None)
    result = mapping_of(found["backtest"]) if "backtest" in found else found
    charts = mapping_of(_field(result, "charts"))
    performance = mapping_of(_field(result, "totalPerformance"))
    if not charts and not performance:
        reason = "is no result of Lean: it has neither 'charts' nor 'totalPerformance'"
        raise source.fault(ReasonCode.WRONG_TOOL, reason)
    _refuse_summary(source, result, performance)
    equity = _points(charts, *_CHARTS["equity"])
    daily = chain.from_iterable(_points(charts, "Strategy Equity", name) for name in _DAILY_SERIES)
    zone = zone_of_days(_moments(equity), _moments(daily))
    which = options.values.get("chart", "equity")
    points = _points(charts, *_CHARTS[which])
    if not points:
        reason = f"has no chart {_CHARTS[which][0]!r}, so no curve"
        raise source.fault(ReasonCode.NO_RESULT, reason)
    currency = _field(mapping_of(_field(result, "algorithmConfiguration")), "accountCurrency")
    backtest = _benchmark if which == "benchmark" else _backtest
    return ToolResult(
        (backtest(result, _curve(points, ZoneInfo(zone or "UTC"))),),
        () if zone else ("the zone of the algorithm is not plain, so days are counted in UTC",),
        timezone=zone,
        currency=name_of(currency),
    )


def _backtest(result: Mapping[str, Any], curve: pa.Table) -> ToolBacktest:
    performance = mapping_of(_field(result, "totalPerformance"))
    portfolio = mapping_of(_field(performance, "portfolioStatistics"))
    trades = rows_of(_field(performance, "closedTrades"))
    return ToolBacktest(
        params=_params(result),
        curve=curve,
        trades=_trades(trades) if trades else None,
        starting_cash=number_of(_field(portfolio, "startEquity")),
        figures=_figures(portfolio),
    )


def _benchmark(_: Mapping[str, Any], curve: pa.Table) -> ToolBacktest:
    return ToolBacktest(curve=curve)


def _field(found: Mapping[str, Any], name: str) -> Any:
    """Return a value by its name, which older versions begin in upper case."""
    return found.get(name, found.get(name[0].upper() + name[1:]))


def _refuse_summary(
    source: SourceFile, result: Mapping[str, Any], performance: Mapping[str, Any]
) -> None:
    """Raise `FaultyFileError` where the trades are counted but left out, as in a summary."""
    statistics = mapping_of(_field(performance, "tradeStatistics"))
    count = number_of(_field(statistics, "totalNumberOfTrades"))
    orders, windows = _field(result, "orders"), _field(result, "rollingWindow")
    if (count and not _field(performance, "closedTrades")) or (orders is None and windows == {}):
        reason = (
            "is Lean's summary, with few of the curve's points and no trades; load the file "
            "without -summary in its name"
        )
        raise source.fault(ReasonCode.NO_RESULT, reason)


def _points(charts: Mapping[str, Any], chart: str, name: str) -> list[_Point]:
    """Return the points of a chart's series that have a value."""
    series = mapping_of(_field(mapping_of(charts.get(chart)), "series"))
    values = _field(mapping_of(series.get(name)), "values")
    points = map(_point, values) if isinstance(values, list) else ()
    return [point for point in points if point[1] is not None]


def _point(point: object) -> _Point:
    """Return the time and the value of a point; of a candlestick, its close."""
    if isinstance(point, dict):
        return _moment(point.get("x")), point.get("y")
    if isinstance(point, list) and len(point) > 1:
        return _moment(point[0]), point[-1]
    return point, "nothing"


def _moment(seconds: object) -> object:
    """Return a time in seconds since 1970 as a moment, and what is none as it is."""
    number = number_of(seconds)
    try:
        return seconds if number is None else datetime.fromtimestamp(number, UTC)
    except (OverflowError, OSError, ValueError):
        return seconds


def _moments(points: Iterable[_Point]) -> list[datetime]:
    return [moment for moment, _ in points if isinstance(moment, datetime)]


def _curve(points: list[_Point], zone: ZoneInfo) -> pa.Table:
    stamps = [
        end_of_day(moment, zone).isoformat() if isinstance(moment, datetime) else moment
        for moment, _ in points
    ]
    equity = text_column(value for _, value in points)
    return pa.table({"ts": text_column(stamps), "equity": equity})


def _trades(rows: list[Mapping[str, Any]]) -> pa.Table:
    names = {
        "entry_at": "entryTime",
        "exit_at": "exitTime",
        "quantity": "quantity",
        "entry_price": "entryPrice",
        "exit_price": "exitPrice",
        "fees": "totalFees",
    }
    columns: dict[str, list[object]] = {
        ours: [_field(row, theirs) for row in rows] for ours, theirs in names.items()
    }
    columns["symbol"] = [_symbol(row) for row in rows]
    sides = [_field(row, "direction") for row in rows]
    columns["side"] = [_SIDES.get(str(side), side) for side in sides]
    columns["pnl"] = [_net(row) for row in rows]
    return pa.table({name: text_column(cells) for name, cells in columns.items()})


def _symbol(row: Mapping[str, Any]) -> str | None:
    """Return what was traded; a trade of several legs has several symbols."""
    many = _field(row, "symbols")
    legs = many if isinstance(many, list) and many else [_field(row, "symbol")]
    names = [leg if isinstance(leg, str) else _field(mapping_of(leg), "value") for leg in legs]
    return " + ".join(name for name in names if isinstance(name, str)) or None


def _net(row: Mapping[str, Any]) -> object:
    """Return the profit after fees; Lean's own is before them."""
    gross, fees = _field(row, "profitLoss"), number_of(_field(row, "totalFees"))
    number = number_of(gross)
    return gross if number is None else number - (fees or 0.0)


def _params(result: Mapping[str, Any]) -> dict[str, ParameterValue]:
    """Return the algorithm's parameters, which Lean has as text."""
    configuration = mapping_of(_field(result, "algorithmConfiguration"))
    parameters = mapping_of(_field(configuration, "parameters"))
    return {
        name: _parameter(value)
        for name, value in parameters.items()
        if value is None or isinstance(value, str | int | float)
    }


def _parameter(value: ParameterValue) -> ParameterValue:
    try:
        return parse_parameter(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _figures(portfolio: Mapping[str, Any]) -> dict[str, float]:
    start, end = (number_of(_field(portfolio, f"{name}Equity")) for name in ("start", "end"))
    drawdown = number_of(_field(portfolio, "drawdown"))
    figures = {"total_return": end / start - 1} if start and end is not None else {}
    return figures if drawdown is None else {**figures, "max_drawdown": -drawdown}


LEAN = ToolReader(
    name="lean",
    meaning="the result of a backtest of QuantConnect Lean (JSON)",
    sniff=_sniff,
    read=_read,
    options=(
        ToolOption(
            "chart",
            "which chart is the curve, equity unless said; the benchmark comes without trades",
            choices=tuple(_CHARTS),
        ),
    ),
)
