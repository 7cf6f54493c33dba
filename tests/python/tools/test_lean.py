"""Results of QuantConnect Lean, in the forms of its newer and older versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from conftest import PROJECT_DIR
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools import ToolResult
from curvehouse.readers.tools.lean_days import zone_of_days
from tool_figures import curve_rows, daily_figures, row_figures
from tool_files import read_tool, values_of

FOLDER = PROJECT_DIR / "tests" / "python" / "tool_results"
FILE = FOLDER / "lean.json"
RESULT: dict[str, Any] = json.loads(FILE.read_text())
POINTS = RESULT["charts"]["Strategy Equity"]["series"]["Equity"]["values"]
TRADES = RESULT["totalPerformance"]["closedTrades"]
MICROSECOND = timedelta(microseconds=1)


def old_style(found: Any) -> Any:
    """Return a result with the names of older versions, and points that are objects."""
    if isinstance(found, dict):
        return {name[0].upper() + name[1:]: old_style(value) for name, value in found.items()}
    if isinstance(found, list) and found and isinstance(found[0], list):
        return [{"x": point[0], "y": point[-1]} for point in found]
    return [old_style(value) for value in found] if isinstance(found, list) else found


def read(path: Path, found: object, **options: Any) -> ToolResult:
    path.write_text(json.dumps(found))
    return read_tool(path, **options)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    found = json.loads(FILE.read_text())
    change(found)
    return dict(found)


def code_of(path: Path, format_name: str | None = "lean", **options: Any) -> ReasonCode:
    with pytest.raises(FaultyFileError) as caught:
        read_tool(path, format_name, **options)
    return caught.value.code


@pytest.mark.parametrize("style", ["new", "old", "pairs", "cloud"])
def test_the_curve_is_the_chart_of_equity(tmp_path: Path, style: str) -> None:
    found = old_style(RESULT) if style == "old" else json.loads(FILE.read_text())
    if style == "pairs":
        series = found["charts"]["Strategy Equity"]["series"]["Equity"]
        series["values"] = [[point[0], point[-1]] for point in series["values"]]
    if style == "cloud":
        found = {"backtest": found, "success": True}
    result = read(tmp_path / "x.json", found)
    assert result.timezone == "America/New_York"
    rows = curve_rows(result)
    assert [value for _, value in rows] == [point[4] for point in POINTS]
    for (moment, _), point in zip(rows, POINTS, strict=True):
        stamp = datetime.fromtimestamp(point[0], UTC)
        is_midnight = stamp.astimezone(ZoneInfo("America/New_York")).hour == 0
        assert stamp - moment == MICROSECOND * is_midnight


def test_each_day_ends_with_the_value_that_lean_took_at_midnight() -> None:
    result = read_tool(FILE)
    zone = ZoneInfo(str(result.timezone))
    days = {moment.astimezone(zone).date(): value for moment, value in curve_rows(result)}
    returns = RESULT["charts"]["Strategy Equity"]["series"]["Return"]["values"]
    (first, start), *rest = days.items()
    assert (first, start) == (date(2023, 1, 31), 100_000)
    # Over the change of clocks on 12 March, too.
    assert len(rest) == len(returns) - 1
    for (_, value), (_, per_cent) in zip(rest, returns[1:], strict=True):
        assert 100 * (value / start - 1) == pytest.approx(per_cent, abs=1e-7)
        start = value


def test_the_trades_are_the_closed_ones_after_fees(tmp_path: Path) -> None:
    for found in (RESULT, old_style(RESULT)):
        (backtest,) = read(tmp_path / "x.json", found).backtests
        rows = backtest.trades
        assert values_of(rows, "symbol") == ["SPY"] * len(TRADES)
        assert set(values_of(rows, "side")) == {"long", "short"}
        for row, trade in zip(rows.to_pylist() if rows else [], TRADES, strict=True):
            assert row["side"] == ("short" if trade["direction"] else "long")
            assert (row["entry_at"], row["exit_at"]) == (trade["entryTime"], trade["exitTime"])
            wanted = {
                "quantity": trade["quantity"],
                "entry_price": trade["entryPrice"],
                "exit_price": trade["exitPrice"],
                "fees": trade["totalFees"],
                "pnl": trade["profitLoss"] - trade["totalFees"],
            }
            assert {name: float(row[name]) for name in wanted} == wanted
        pnl = sum(float(str(cell)) for cell in values_of(rows, "pnl"))
        assert 100_000 + pnl == pytest.approx(POINTS[-1][4], rel=1e-9)


def test_the_tool_s_figures_are_those_of_the_curve() -> None:
    result = read_tool(FILE)
    figures = result.backtests[0].figures
    of_rows, daily = row_figures(result), daily_figures(result)
    assert of_rows["total_return"] == pytest.approx(figures["total_return"], rel=1e-9)
    assert daily["total_return"] == pytest.approx(figures["total_return"], rel=1e-9)
    # Lean's drawdown is over all points of the chart, and rounded to three decimals.
    assert round(of_rows["max_drawdown"], 3) == figures["max_drawdown"] == -0.054
    assert of_rows["max_drawdown"] < daily["max_drawdown"] < 0


def test_with_daily_data_the_drawdowns_agree_to_the_rounding(tmp_path: Path) -> None:
    def only_midnights(found: dict[str, Any]) -> None:
        series = found["charts"]["Strategy Equity"]["series"]
        stamps = {stamp for stamp, _ in series["Return"]["values"]}
        points = series["Equity"]["values"]
        series["Equity"]["values"] = [point for point in points if point[0] in stamps]

    result = read(tmp_path / "x.json", changed(only_midnights))
    assert row_figures(result) == pytest.approx(daily_figures(result), rel=1e-9)


def test_what_names_a_backtest() -> None:
    result = read_tool(FILE)
    (found,) = result.backtests
    assert (found.strategy, found.symbol, found.starting_cash) == (None, None, 100_000)
    assert found.params == {"hold-days": 4, "symbol-count": 1}
    assert (result.currency, result.notes) == ("USD", ())


def test_the_benchmark_is_a_curve_of_its_own() -> None:
    result = read_tool(FILE, chart="benchmark")
    (found,) = result.backtests
    points = RESULT["charts"]["Benchmark"]["series"]["Benchmark"]["values"]
    assert [value for _, value in curve_rows(result)] == [point[1] for point in points]
    assert found.trades is found.starting_cash is None
    assert found.params == found.figures == {}


def test_a_symbol_may_be_text_or_several_legs(tmp_path: Path) -> None:
    def change(found: dict[str, Any]) -> None:
        first, second, third = found["totalPerformance"]["closedTrades"][:3]
        first["symbol"] = "SPY"
        legs = [{"value": "SPY 230317C1"}, {"value": "SPY 230317P1"}]
        second.update(symbols=legs, symbol=None)
        del third["symbol"]

    (found,) = read(tmp_path / "x.json", changed(change)).backtests
    assert values_of(found.trades, "symbol")[:3] == ["SPY", "SPY 230317C1 + SPY 230317P1", None]


def test_points_without_a_value_are_left_out(tmp_path: Path) -> None:
    def change(found: dict[str, Any]) -> None:
        found["Charts"]["Strategy Equity"]["Series"]["Equity"]["Values"][1]["y"] = None

    found = old_style(RESULT)
    change(found)
    assert len(curve_rows(read(tmp_path / "x.json", found))) == len(POINTS) - 1


def test_points_that_are_none_reach_the_judge_as_text(tmp_path: Path) -> None:
    def change(found: dict[str, Any]) -> None:
        series = found["charts"]["Strategy Equity"]["series"]["Equity"]
        series["values"] = [["soon", 1], [1e30, 2], [1675227600, "x"], 7]

    (found,) = read(tmp_path / "x.json", changed(change)).backtests
    assert values_of(found.curve, "ts")[:2] == ["soon", "1e+30"]
    assert values_of(found.curve, "equity") == ["1", "2", "x", "nothing"]


def midnights(zone: str, first: date = date(2023, 2, 1)) -> list[datetime]:
    days = [first + timedelta(days=number) for number in range(60)]
    return [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) for day in days]


@pytest.mark.parametrize(
    "zone", ["America/New_York", "UTC", "America/Chicago", "Europe/Berlin", "Asia/Tokyo"]
)
def test_the_zone_of_days(zone: str) -> None:
    days = [moment.astimezone(UTC) for moment in midnights(zone)]
    later = [day + timedelta(minutes=7) for day in days]
    # Newer versions: all that was sampled is in the curve, and between stand other points.
    assert zone_of_days([*days, *later], days) == zone
    # Older ones: the samples have other times than the points of a daily curve.
    assert zone_of_days(days, [day - timedelta(hours=3) for day in days]) == zone
    assert zone_of_days(later, []) is None
    assert zone_of_days([], []) is None


def test_a_zone_that_is_not_plain_is_told(tmp_path: Path) -> None:
    def change(found: dict[str, Any]) -> None:
        for series in found["charts"]["Strategy Equity"]["series"].values():
            series["values"] = [[point[0] + 60, *point[1:]] for point in series["values"]]

    result = read(tmp_path / "x.json", changed(change))
    assert result.timezone is None
    assert result.notes == ("the zone of the algorithm is not plain, so days are counted in UTC",)


def test_a_summary_is_told(tmp_path: Path) -> None:
    def without_trades(found: dict[str, Any]) -> None:
        found["totalPerformance"]["closedTrades"] = []

    def without_orders(found: dict[str, Any]) -> None:
        without_trades(found)
        found["totalPerformance"]["tradeStatistics"]["totalNumberOfTrades"] = 0
        found.update(rollingWindow={})
        del found["orders"]

    path = tmp_path / "x.json"
    for change in (without_trades, without_orders):
        path.write_text(json.dumps(changed(change)))
        assert code_of(path) is ReasonCode.NO_RESULT


def test_buy_and_hold_has_a_curve_and_no_trades(tmp_path: Path) -> None:
    def change(found: dict[str, Any]) -> None:
        found["totalPerformance"]["closedTrades"] = []
        found["totalPerformance"]["tradeStatistics"]["totalNumberOfTrades"] = 0

    (found,) = read(tmp_path / "x.json", changed(change)).backtests
    assert found.trades is None
    assert found.curve is not None


def test_files_without_a_curve_or_of_another_tool(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for name, value in (("charts", {"a": 1}), ("charts", {}), ("charts", {"Strategy Equity": []})):
        path.write_text(json.dumps({**RESULT, name: value}))
        assert code_of(path) is ReasonCode.NO_RESULT
    path.write_text(json.dumps({**RESULT, "charts": {"Strategy Equity": RESULT["charts"]}}))
    assert code_of(path, chart="benchmark") is ReasonCode.NO_RESULT
    for text in ("[]", '{"a": 1}', '{"backtest": 5}'):
        path.write_text(text)
        assert code_of(path) is ReasonCode.WRONG_TOOL
    for other in ("freqtrade_daily.zip", "nautilus_account.csv", "nautilus_positions.parquet"):
        assert code_of(FOLDER / other) is ReasonCode.WRONG_TOOL
    path.write_text(FILE.read_text()[:-100])
    assert code_of(path, None) is ReasonCode.TRUNCATED
