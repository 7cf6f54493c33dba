"""Series of returns, as pyfolio, quantstats and backtrader's analyzers have them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.frames import LINE_COLUMN
from curvehouse.readers.tools.reader import ReadOptions, ToolOption, ToolReader
from curvehouse.readers.tools.result import ToolResult
from curvehouse.readers.tools.source import SourceFile
from curvehouse.readers.tools.wide_names import COLUMNS_OPTION, named_columns, zone_of_moments
from curvehouse.readers.tools.wide_table import WideTable, read_wide

__all__ = ["RETURNS", "compound"]

_START = 1.0
_LOG, _PERCENT = "log", "percent"
_KIND = ToolOption(
    "returns", "what they are; the numbers don't say it", ("simple", _LOG), is_required=True
)
_UNIT = ToolOption("unit", "what 0.01 is: 1 % or 0.01 %", ("fraction", _PERCENT), is_required=True)


def compound(
    returns: npt.NDArray[np.float64], *, start: float = 1.0, is_log: bool = False
) -> npt.NDArray[np.float64]:
    """Return the equity that a series of returns makes of a start.

    Parameters
    ----------
    returns : ndarray of shape (n_rows,)
        As fractions.
    start : float
        The equity before the first of them.
    is_log : bool
        They are differences of logarithms.

    Examples
    --------
    >>> compound(np.array([0.5, -0.5]), start=100).tolist()
    [150.0, 75.0]
    """
    growth = np.exp(np.cumsum(returns)) if is_log else np.cumprod(1.0 + returns)
    return np.asarray(start * growth, dtype=np.float64)


def _read(source: SourceFile, options: ReadOptions) -> ToolResult:
    table = read_wide(source)
    try:
        named = named_columns(table, options)
    except FaultyFileError as fault:
        raise source.fault(fault.code, fault.reason) from fault
    start = _START if options.starting_cash is None else options.starting_cash
    backtests = []
    for column in named:
        backtest = replace(column.backtest, starting_cash=start)
        if len(named) == 1 and table.level_names == ("",):
            # A series is called after what it is, not after its strategy.
            backtest = replace(backtest, label="", strategy=None)
        curve = _curve(_Returns(source, table, backtest.label, column.values), options, start)
        backtests.append(replace(backtest, curve=curve))
    base = "" if options.starting_cash is not None else "; --starting-cash says otherwise"
    note = f"compounded from {start:g}{base}"
    return ToolResult(tuple(backtests), (note,), zone_of_moments(table.moments))


@dataclass(frozen=True)
class _Returns:
    """One column of returns, and where it stands."""

    source: SourceFile
    table: WideTable
    label: str
    cells: pa.ChunkedArray

    def fault(self, code: ReasonCode, what: str, row: int | None = None) -> FaultyFileError:
        """Return what to raise where a row is faulty."""
        line = None if row is None else self.table.lines[row].as_py()
        return self.source.fault(code, f"{self.label} {what}".strip(), line)

    def values(self) -> npt.NDArray[np.float64]:
        """Return them as numbers, NaN where there is none."""
        if pa.types.is_floating(self.cells.type):
            return np.asarray(self.cells.to_numpy(), dtype=np.float64)
        numbers = np.full(len(self.cells), np.nan)
        for row, cell in enumerate(self.cells.to_pylist()):
            try:
                numbers[row] = np.nan if cell is None else float(cell)
            except (TypeError, ValueError) as error:
                what = f"has {str(cell)[:80]!r} as a return"
                raise self.fault(ReasonCode.BAD_NUMBER, what, row) from error
        return numbers


def _curve(returns: _Returns, options: ReadOptions, start: float) -> pa.Table:
    """Return the equity from the day before the first return, where there is one, to the last."""
    values = returns.values()
    (rows,) = np.nonzero(~np.isnan(values))
    if not len(rows):
        raise returns.fault(ReasonCode.TOO_FEW_ROWS, "has no returns")
    first, end = int(rows[0]), int(rows[-1]) + 1
    is_log = options.values[_KIND.name] == _LOG
    given = values[first:end] / (100.0 if options.values[_UNIT.name] == _PERCENT else 1.0)
    _check(returns, given, first, is_log=is_log)
    with np.errstate(over="ignore"):
        equity = compound(given, start=start, is_log=is_log)
    if first > 0:
        first, equity = first - 1, np.concatenate([[start], equity])
    spans = slice(first, end)
    return pa.table(
        {
            "ts": returns.table.moments[spans],
            "equity": equity,
            LINE_COLUMN: returns.table.lines[spans],
        }
    )


def _check(returns: _Returns, given: npt.NDArray[np.float64], first: int, *, is_log: bool) -> None:
    checks = [
        (np.isnan(given), ReasonCode.MISSING_VALUE, "has no return between two that it has"),
        (np.isinf(given), ReasonCode.NON_FINITE, "has an infinite return"),
    ]
    if not is_log:
        what = "has a return below -100 %; see whether it is per cent or of logarithms"
        checks.append((given < -1.0, ReasonCode.OUT_OF_RANGE, what))
    for is_bad, code, what in checks:
        if is_bad.any():
            raise returns.fault(code, what, first + int(np.argmax(is_bad)))


RETURNS = ToolReader(
    name="returns",
    meaning="returns of pyfolio, quantstats or backtrader's TimeReturn, a column per strategy",
    # Anything may be in a column of small numbers.
    sniff=lambda _source: False,
    read=_read,
    options=(_KIND, _UNIT, COLUMNS_OPTION),
)
