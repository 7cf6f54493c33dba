"""Reports of NautilusTrader, as it wrote them and as they may be damaged."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from conftest import PROJECT_DIR
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from tool_figures import curve_rows, daily_figures, row_figures
from tool_files import read_tool, values_of

FOLDER = PROJECT_DIR / "tests" / "python" / "tool_results"
POSITIONS, ACCOUNT = FOLDER / "nautilus_positions.csv", FOLDER / "nautilus_account.csv"
PARQUET = FOLDER / "nautilus_positions.parquet"
FIGURES = json.loads((FOLDER / "nautilus_figures.json").read_text())

Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def changed(target: Path, source: Path, change: Callable[[list[Row]], object]) -> Path:
    rows = rows_of(source)
    names = list(rows[0])
    change(rows)
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return target


def fault_of(path: Path, **options: Any) -> FaultyFileError:
    with pytest.raises(FaultyFileError) as caught:
        read_tool(path, "nautilus", **options)
    return caught.value


def money(text: str) -> float:
    return float(text.partition(" ")[0])


@pytest.mark.parametrize("path", [POSITIONS, PARQUET])
def test_each_position_is_a_trade(path: Path) -> None:
    result = read_tool(path)
    (found,) = result.backtests
    assert (found.strategy, found.symbol, found.curve) == ("EMACross-000", None, None)
    assert result.currency == "USD"
    rows, trades = rows_of(POSITIONS), found.trades
    for ours, theirs in {
        "quantity": "peak_qty",
        "entry_price": "avg_px_open",
        "exit_price": "avg_px_close",
    }.items():
        wanted = [float(row[theirs]) for row in rows]
        assert [float(str(cell)) for cell in values_of(trades, ours)] == wanted
    pnl = [float(str(cell)) for cell in values_of(trades, "pnl")]
    assert pnl == [money(row["realized_pnl"]) for row in rows]
    assert values_of(trades, "side") == [row["entry"] for row in rows]
    assert values_of(trades, "trade_id") == [row["position_id"] for row in rows]
    for ours, theirs in {"entry_at": "ts_opened", "exit_at": "ts_closed"}.items():
        assert [str(cell) for cell in values_of(trades, ours)] == [row[theirs] for row in rows]
    for row in trades.to_pylist() if trades else []:
        sign = 1 if row["side"] == "BUY" else -1
        move = sign * (float(row["exit_price"]) - float(row["entry_price"]))
        # The tool rounds amounts of money to cents.
        gross = float(row["quantity"]) * move - float(row["fees"])
        assert gross == pytest.approx(float(row["pnl"]), abs=0.011)


def test_the_curve_is_the_last_total_of_each_moment() -> None:
    result = read_tool(ACCOUNT)
    totals = {row[""]: float(row["total"]) for row in rows_of(ACCOUNT)}
    rows = curve_rows(result)
    assert [str(moment) for moment, _ in rows] == list(totals)
    assert [value for _, value in rows] == list(totals.values())
    (found,) = result.backtests
    assert (found.starting_cash, result.currency, found.trades) == (100_000, "USD", None)


def test_the_tool_s_figures_are_those_of_the_account_and_of_the_trades() -> None:
    account = read_tool(ACCOUNT)
    wanted = pytest.approx(FIGURES["PnL% (total)"] / 100, rel=1e-9)
    assert row_figures(account)["total_return"] == wanted
    assert daily_figures(account)["total_return"] == wanted
    (found,) = read_tool(POSITIONS).backtests
    pnl = [float(str(cell)) for cell in values_of(found.trades, "pnl")]
    assert sum(pnl) == pytest.approx(FIGURES["PnL (total)"], rel=1e-9)
    assert max(pnl) == FIGURES["Max Winner"]
    assert sum(one > 0 for one in pnl) / len(pnl) == pytest.approx(FIGURES["Win Rate"])


def test_an_account_in_parquet_is_as_good(tmp_path: Path) -> None:
    frame = pd.read_csv(ACCOUNT, index_col=0, parse_dates=True)
    frame.to_parquet(tmp_path / "account.parquet")
    assert curve_rows(read_tool(tmp_path / "account.parquet")) == curve_rows(read_tool(ACCOUNT))


def test_an_open_position_is_an_open_trade(tmp_path: Path) -> None:
    def change(rows: list[Row]) -> None:
        rows[1].update(side="LONG", ts_closed="", avg_px_close="0.0", realized_pnl="-1.04 USD")

    (found,) = read_tool(changed(tmp_path / "x.csv", POSITIONS, change)).backtests
    for name in ("exit_at", "exit_price", "pnl"):
        cells = values_of(found.trades, name)
        assert [cell is None for cell in cells] == [number == 1 for number in range(len(cells))]


def test_fees_count_where_they_are_in_the_currency_of_the_profit(tmp_path: Path) -> None:
    def change(rows: list[Row]) -> None:
        rows[0]["commissions"] = "['2.11 USD', '1_000.50 USD']"
        rows[1]["commissions"] = "['2.11 USD', '0.1 BNB']"
        rows[2]["commissions"] = "[]"

    (found,) = read_tool(changed(tmp_path / "x.csv", POSITIONS, change)).backtests
    assert values_of(found.trades, "fees")[:3] == ["1002.61", None, None]


def test_currencies_that_differ_are_told(tmp_path: Path) -> None:
    positions = changed(
        tmp_path / "x.csv", POSITIONS, lambda rows: rows[3].update(realized_pnl="0.5 BTC")
    )
    account = changed(tmp_path / "y.csv", ACCOUNT, lambda rows: rows[3].update(currency="BTC"))
    for path in (positions, account):
        fault = fault_of(path)
        assert fault.code is ReasonCode.MIXED_CURRENCIES
        assert fault.reason.startswith("has amounts in 'BTC', 'USD'; ")


def test_several_strategies_are_told_and_one_can_be_chosen(tmp_path: Path) -> None:
    path = changed(tmp_path / "x.csv", POSITIONS, lambda rows: rows[3].update(strategy_id="B-1"))
    fault = fault_of(path)
    assert fault.code is ReasonCode.SEVERAL_BACKTESTS
    assert fault.reason == "has positions of 'EMACross-000', 'B-1'; choose one with --strategy"
    assert fault_of(path, strategy="C").code is ReasonCode.SEVERAL_BACKTESTS
    (found,) = read_tool(path, strategy="B-1").backtests
    assert values_of(found.trades, "trade_id") == [rows_of(POSITIONS)[3]["position_id"]]
    assert values_of(found.trades, "line_number") == [5]


def test_several_accounts_are_told(tmp_path: Path) -> None:
    path = changed(tmp_path / "x.csv", ACCOUNT, lambda rows: rows[3].update(account_id="SIM-2"))
    assert fault_of(path).code is ReasonCode.SEVERAL_BACKTESTS


def test_reports_that_hold_no_curve_and_no_trades(tmp_path: Path) -> None:
    cash = fault_of(FOLDER / "nautilus_cash_account.csv")
    assert cash.code is ReasonCode.NO_RESULT
    assert "cash account" in cash.reason
    fills = fault_of(FOLDER / "nautilus_fills.csv")
    assert fills.code is ReasonCode.NO_RESULT
    assert "generate_positions_report()" in fills.reason
    for source in (POSITIONS, ACCOUNT):
        empty = changed(tmp_path / "x.csv", source, lambda rows: rows.clear())
        assert fault_of(empty).code is ReasonCode.NO_RESULT
    assert fault_of(FOLDER / "lean.json").code is ReasonCode.WRONG_TOOL
    assert fault_of(FOLDER / "freqtrade_daily.zip").code is ReasonCode.WRONG_TOOL


def test_a_report_without_its_index_is_told(tmp_path: Path) -> None:
    frame = pd.read_csv(ACCOUNT, index_col=0)
    frame.to_csv(tmp_path / "x.csv", index=False)
    assert fault_of(tmp_path / "x.csv").code is ReasonCode.MISSING_COLUMN
    # Positions do without: nothing else names them.
    frame = pd.read_csv(POSITIONS, index_col=0)
    frame.to_csv(tmp_path / "y.csv", index=False)
    (found,) = read_tool(tmp_path / "y.csv").backtests
    assert found.trades is not None
    assert "trade_id" not in found.trades.column_names


def test_amounts_that_are_none_reach_the_judge_as_text(tmp_path: Path) -> None:
    path = changed(tmp_path / "x.csv", POSITIONS, lambda rows: rows[0].update(realized_pnl="a lot"))
    (found,) = read_tool(path).backtests
    assert values_of(found.trades, "pnl")[0] == "a lot"
