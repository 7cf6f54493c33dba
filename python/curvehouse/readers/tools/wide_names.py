"""What the columns of a wide table are of, and their curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.identity import ParameterValue
from curvehouse.parameter_text import parse_parameter
from curvehouse.readers.curves import EQUITY_NAMES
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import normalised_name
from curvehouse.readers.frames import LINE_COLUMN
from curvehouse.readers.tools.reader import ReadOptions, ToolOption
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.wide_table import WideColumn, WideTable

__all__ = ["COLUMNS_OPTION", "NamedColumn", "named_columns", "wide_result", "zone_of_moments"]

COLUMNS_OPTION = ToolOption(
    "columns",
    "what each level of the header is, top first, separated by commas: strategy, symbol, seed or "
    "the name of a parameter",
)
# Characters of a name that messages show.
_SHOWN = 80
_STRATEGY, _SYMBOL, _SEED = "strategy", "symbol", "seed"


@dataclass(frozen=True)
class NamedColumn:
    """A column of numbers, and the backtest that it is of, which has only its names yet."""

    backtest: ToolBacktest
    values: pa.ChunkedArray


def wide_result(table: WideTable, options: ReadOptions) -> ToolResult:
    """Return a curve per column; an empty cell or NaN is a day without a row.

    Raises
    ------
    FaultyFileError
        When the levels of the header don't name the backtests.
    """
    backtests = [
        replace(column.backtest, curve=_curve(table, column.values))
        for column in named_columns(table, options)
    ]
    rows = sum(one.curve.num_rows for one in backtests if one.curve is not None)
    empty = table.moments.length() * len(backtests) - rows
    cells = "1 empty cell is a day" if empty == 1 else f"{empty:,} empty cells are days"
    notes = (f"{cells} without a row",) if empty else ()
    return ToolResult(tuple(backtests), notes, zone_of_moments(table.moments))


def named_columns(table: WideTable, options: ReadOptions) -> list[NamedColumn]:
    """Return the columns with what their names say.

    Notes
    -----
    A level is a parameter of its name; ``strategy``, ``symbol`` and ``seed`` are what they say. A
    header of one level without a name has names of strategies, but for an only column that is
    called after what it holds.

    Raises
    ------
    FaultyFileError
        When a level has no name, or a seed is no integer.
    """
    levels = _levels(table, options)
    named = [_named(levels, column) for column in table.columns]
    if len(named) == 1 and table.level_names == ("",) and _is_unnamed(table.columns[0]):
        nameless = replace(named[0].backtest, label="", strategy=None)
        return [NamedColumn(nameless, named[0].values)]
    if levels != [_STRATEGY] or options.strategy is None or len(named) == 1:
        return named
    chosen = [column for column in named if column.backtest.strategy == options.strategy]
    if not chosen:
        known = ", ".join(str(column.backtest.strategy) for column in named[:20])
        reason = (
            f"has no column of the strategy {options.strategy!r} among {known}; or say with "
            "--columns what else the names of its columns are"
        )
        raise FaultyFileError(ReasonCode.SEVERAL_BACKTESTS, reason)
    return chosen


def _is_unnamed(column: WideColumn) -> bool:
    """Return whether a column is called after what it holds, or counted."""
    name = normalised_name(column.names[0])
    return name in EQUITY_NAMES or name.isdecimal()


def zone_of_moments(moments: pa.ChunkedArray) -> str | None:
    """Return the IANA zone that times are in, None for UTC, an offset, or none."""
    zone = getattr(moments.type, "tz", None)
    return zone if zone is not None and "/" in zone and zone != "Etc/UTC" else None


def _levels(table: WideTable, options: ReadOptions) -> list[str]:
    given = options.values.get(COLUMNS_OPTION.name)
    levels = [name.strip() for name in given.split(",")] if given else list(table.level_names)
    if given and len(levels) != len(table.level_names):
        reason = (
            f"has a header of {len(table.level_names)} levels, and --columns names {len(levels)}"
        )
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason)
    if levels == [""]:
        return [_STRATEGY]
    if "" in levels or len(set(levels)) < len(levels):
        reason = (
            "has levels in its header without a name of their own; set columns.names in pandas, or "
            "name them with --columns"
        )
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason)
    return levels


def _named(levels: Sequence[str], column: WideColumn) -> NamedColumn:
    said = dict(zip(levels, column.names, strict=True))
    pairs = ", ".join(f"{name}={value}" for name, value in said.items())
    label = f"column {(column.names[0] if len(levels) == 1 else pairs)[:_SHOWN]!r}"
    if "" in said.values():
        reason = f"has a {label} without a name at each level; name it in the header"
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason)
    seed = said.pop(_SEED, None)
    if seed is not None and not seed.lstrip("+-").isdecimal():
        reason = f"has the seed {seed!r} in its header; a seed is an integer"
        raise FaultyFileError(ReasonCode.BAD_NUMBER, reason)
    backtest = ToolBacktest(
        label=label,
        strategy=said.pop(_STRATEGY, None),
        symbol=said.pop(_SYMBOL, None),
        seed=None if seed is None else int(seed),
        params={name: _parameter(text) for name, text in said.items()},
    )
    return NamedColumn(backtest, column.values)


def _parameter(text: str) -> ParameterValue:
    try:
        return parse_parameter(text)
    except ValueError:
        return text


def _curve(table: WideTable, values: pa.ChunkedArray) -> pa.Table:
    columns = {"ts": table.moments, "equity": values, LINE_COLUMN: table.lines}
    curve = pa.table(columns)
    if pa.types.is_floating(values.type):
        is_there = pc.invert(pc.fill_null(pc.is_nan(values), True))
    else:
        is_there = values.is_valid()
    return curve if pc.all(is_there).as_py() else curve.filter(is_there)
