"""Results of freqtrade: archives that it exported, and what may be wrong with one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather

from conftest import PROJECT_DIR
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools import ReadOptions, SourceFile
from curvehouse.readers.tools.recognition import reader_of
from tool_figures import curve_rows, daily_figures, row_figures
from tool_files import read_tool, values_of

FOLDER = PROJECT_DIR / "tests/python/tool_results"
DAILY, TWO = FOLDER / "freqtrade_daily.zip", FOLDER / "freqtrade_two_strategies.zip"
BOTH = [(DAILY, "Crossover"), (TWO, "Crossover"), (TWO, "FastCrossover")]


def inside(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def result_name(entries: dict[str, bytes]) -> str:
    return min((name for name in entries if name.endswith(".json")), key=len)


def export_of(path: Path) -> dict[str, Any]:
    entries = inside(path)
    return dict(json.loads(entries[result_name(entries)]))


def wallet_of(path: Path, strategy: str) -> list[tuple[datetime, float]]:
    entries = inside(path)
    (name,) = [name for name in entries if name.endswith(f"_{strategy}_wallet.feather")]
    worth: dict[datetime, float] = {}
    for row in feather.read_table(io.BytesIO(entries[name])).to_pylist():
        worth[row["date"]] = worth.get(row["date"], 0.0) + row["rate"] * row["balance"]
    return sorted(worth.items())


def changed(target: Path, change: Callable[[dict[str, Any]], object], source: Path = DAILY) -> Path:
    """Write the archive with its result changed."""
    entries = inside(source)
    export = export_of(source)
    change(export)
    entries[result_name(entries)] = json.dumps(export).encode()
    with zipfile.ZipFile(target, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return target


def only(export: dict[str, Any]) -> Any:
    (found,) = export["strategy"].values()
    return found


def code_of(path: Path, format_name: str | None = "freqtrade", **options: Any) -> ReasonCode:
    with pytest.raises(FaultyFileError) as caught:
        read_tool(path, format_name, **options)
    return caught.value.code


@pytest.mark.parametrize(("path", "strategy"), BOTH)
def test_the_curve_is_the_wallet_and_the_final_balance(path: Path, strategy: str) -> None:
    result = read_tool(path, strategy=strategy)
    *wallet, (end, _) = wallet_of(path, strategy)
    found = export_of(path)["strategy"][strategy]
    assert found["backtest_end_ts"] == 1000 * end.timestamp()
    wanted = [*wallet, (end, found["final_balance"])]
    rows = curve_rows(result)
    assert [value for _, value in rows] == pytest.approx([value for _, value in wanted], rel=1e-9)
    for (moment, _), (of_wallet, _) in zip(rows, wanted, strict=True):
        is_midnight = of_wallet.astimezone(UTC).hour == 0
        assert of_wallet - moment == timedelta(microseconds=int(is_midnight))


@pytest.mark.parametrize(("path", "strategy"), BOTH)
def test_the_trades_are_the_tool_s_own(path: Path, strategy: str) -> None:
    (backtest,) = read_tool(path, strategy=strategy).backtests
    rows = export_of(path)["strategy"][strategy]["trades"]
    names = {"quantity": "amount", "entry_price": "open_rate", "exit_price": "close_rate"}
    for ours, theirs in {**names, "pnl": "profit_abs"}.items():
        assert [float(str(cell)) for cell in values_of(backtest.trades, ours)] == [
            row[theirs] for row in rows
        ]
    assert values_of(backtest.trades, "symbol") == [row["pair"] for row in rows]
    assert values_of(backtest.trades, "entry_at") == [row["open_date"] for row in rows]
    assert values_of(backtest.trades, "exit_at") == [row["close_date"] for row in rows]
    assert set(values_of(backtest.trades, "side")) == {"long"}
    quantity, entry, leave, fees, pnl = (
        np.array([float(str(cell)) for cell in values_of(backtest.trades, name)])
        for name in ("quantity", "entry_price", "exit_price", "fees", "pnl")
    )
    # freqtrade rounds profits to eight decimals.
    assert quantity * (leave - entry) - fees == pytest.approx(pnl, abs=2e-8)


@pytest.mark.parametrize(("path", "strategy"), BOTH)
def test_the_tool_s_figures_are_those_of_the_curve(path: Path, strategy: str) -> None:
    result = read_tool(path, strategy=strategy)
    found = export_of(path)["strategy"][strategy]
    wanted = {
        "total_return": found["profit_total"],
        "max_drawdown": -found["wallet_stats"]["max_relative_drawdown"],
    }
    assert result.backtests[0].figures == wanted
    assert row_figures(result) == pytest.approx(wanted, rel=1e-9)
    daily = daily_figures(result)
    assert daily["total_return"] == pytest.approx(wanted["total_return"], rel=1e-9)
    if found["timeframe"] == "1d":
        assert daily["max_drawdown"] == pytest.approx(wanted["max_drawdown"], rel=1e-9)
    else:
        assert wanted["max_drawdown"] < daily["max_drawdown"] < 0


def test_a_result_without_a_wallet_has_the_curve_of_its_closed_trades(tmp_path: Path) -> None:
    export = export_of(TWO)
    (tmp_path / "old.json").write_text(json.dumps(export))
    found = export["strategy"]["FastCrossover"]
    result = read_tool(tmp_path / "old.json", strategy="FastCrossover")
    days = found["daily_profit"]
    wanted = 1000 + np.cumsum([profit for _, profit in days])
    rows = curve_rows(result)
    assert [value for _, value in rows] == pytest.approx(wanted, rel=1e-9)
    assert [f"{moment:%Y-%m-%d}" for moment, _ in rows] == [day for day, _ in days]
    figures = result.backtests[0].figures
    assert daily_figures(result)["total_return"] == pytest.approx(found["profit_total"], rel=1e-9)
    # The tool's drawdown is from one closed trade to the next, which the trades bear out.
    closed = sorted(found["trades"], key=itemgetter("close_timestamp"))
    profits = [trade["profit_abs"] for trade in closed]
    balance = np.concatenate([[1000], 1000 + np.cumsum(profits)])
    drawdown = (balance / np.maximum.accumulate(balance) - 1).min()
    assert figures["max_drawdown"] == pytest.approx(drawdown, rel=1e-9)
    assert figures["max_drawdown"] <= daily_figures(result)["max_drawdown"] < 0
    assert result.notes == ("has no wallet, so the curve moves by a day's closed trades only",)


def test_closed_trades_begin_with_the_starting_balance(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    found = {**export_of(DAILY)["strategy"]["Crossover"], "trades": [{}]}
    found |= {"backtest_start": "2024-01-21 00:00:00", "daily_profit": [["2024-02-01", 10.0]]}
    path.write_text(json.dumps({"strategy": {"Crossover": found}}))
    assert [value for _, value in curve_rows(read_tool(path))] == [1000, 1010]
    del found["daily_profit"]
    path.write_text(json.dumps({"strategy": {"Crossover": found}}))
    assert read_tool(path).backtests[0].curve is None


def test_what_names_a_backtest() -> None:
    result = read_tool(DAILY)
    (found,) = result.backtests
    assert (found.strategy, found.symbol, found.starting_cash) == ("Crossover", None, 1000)
    # Hyperopt's choice is in the archive.
    assert found.params == {"timeframe": "1d", "ma_short": 5, "ma_long": 20}
    assert result.currency == "USDT"
    (fast,) = read_tool(TWO, strategy="FastCrossover").backtests
    assert (fast.strategy, fast.params) == ("FastCrossover", {"timeframe": "4h"})


def test_a_single_pair_is_the_symbol(tmp_path: Path) -> None:
    path = changed(tmp_path / "x.zip", lambda export: only(export).update(pairlist=["ETH/USDT"]))
    assert read_tool(path).backtests[0].symbol == "ETH/USDT"


def test_short_and_open_trades(tmp_path: Path) -> None:
    def change(export: dict[str, Any]) -> None:
        first, second = only(export)["trades"][:2]
        first["is_short"] = True
        second.update(is_open=True, fee_close=None)
        only(export)["trades"][2:] = []

    (found,) = read_tool(changed(tmp_path / "x.zip", change)).backtests
    assert values_of(found.trades, "side") == ["short", "long"]
    for name in ("exit_at", "exit_price", "pnl", "fees"):
        assert [cell is None for cell in values_of(found.trades, name)] == [False, True]


def test_several_strategies_are_told_by_name() -> None:
    for strategy in (None, "Slow"):
        with pytest.raises(FaultyFileError) as caught:
            read_tool(TWO, strategy=strategy)
        assert caught.value.code is ReasonCode.SEVERAL_BACKTESTS
        assert caught.value.reason == (
            "has 2 backtests, 'Crossover', 'FastCrossover'; choose one with --strategy"
        )
    # Of one strategy it is the name that the user wants.
    assert read_tool(DAILY, strategy="mine").backtests[0].strategy == "Crossover"


def test_files_that_are_something_else(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    for text in ('{"a": 1}', "[]", '{"strategy": []}', '{"strategy": {}}'):
        other.write_text(text)
        assert code_of(other) is ReasonCode.WRONG_TOOL
    assert code_of(FOLDER / "lean.json") is ReasonCode.WRONG_TOOL
    assert code_of(FOLDER / "nautilus_account.csv") is ReasonCode.WRONG_TOOL
    assert code_of(FOLDER / "nautilus_positions.parquet") is ReasonCode.WRONG_TOOL
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("a.json", "{}")
        file.writestr("b.json", "{}")
    assert code_of(tmp_path / "x.zip") is ReasonCode.WRONG_TOOL
    assert code_of(tmp_path / "x.zip", None) is ReasonCode.UNKNOWN_FORMAT


def test_a_truncated_archive_is_told_whoever_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(DAILY.read_bytes()[:-30])
    for format_name in (None, "freqtrade"):
        assert code_of(path, format_name) is ReasonCode.TRUNCATED


def test_a_truncated_json_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(export_of(DAILY))[:-100])
    assert code_of(path, None) is ReasonCode.TRUNCATED


def test_a_strategy_without_trades_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path / "x.zip", lambda export: only(export).update(trades=[]))
    assert code_of(path) is ReasonCode.NO_RESULT


def with_entry(target: Path, ending: str, content: bytes) -> Path:
    entries = inside(DAILY)
    (name,) = [name for name in entries if name.endswith(ending)]
    with zipfile.ZipFile(target, "w") as file:
        for other, found in entries.items():
            file.writestr(other, content if other == name else found)
    return target


def feathers(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    feather.write_feather(pa.table(columns), buffer)
    return buffer.getvalue()


NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wallet", "code"),
    [
        (b"", ReasonCode.TRUNCATED),
        (b"ARROW1\0\0 and ARROW1", ReasonCode.TRUNCATED),
        (feathers(date=[NOON], rate=[1.0]), ReasonCode.TRUNCATED),
        (feathers(date=[NOON], rate=[1.0], balance=["x"]), ReasonCode.TRUNCATED),
        (feathers(date=[NOON], rate=[None], balance=[1.0]), ReasonCode.MISSING_VALUE),
    ],
)
def test_a_wallet_that_can_t_be_read(tmp_path: Path, wallet: bytes, code: ReasonCode) -> None:
    assert code_of(with_entry(tmp_path / "x.zip", "_wallet.feather", wallet)) is code


def test_a_wallet_that_unpacks_to_too_much(tmp_path: Path) -> None:
    count = 200_000
    wallet = feathers(date=[NOON] * count, rate=np.zeros(count), balance=np.zeros(count))
    path = with_entry(tmp_path / "x.zip", "_wallet.feather", wallet)
    source = SourceFile.open(path, max_bytes=24 * count - 1)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(FaultyFileError) as caught:
        reader_of(source).read(source, ReadOptions())
    assert caught.value.code is ReasonCode.TOO_LARGE


def test_damaged_parameters_are_told_with_their_place(tmp_path: Path) -> None:
    path = with_entry(tmp_path / "x.zip", "_Crossover.json", b'{"params": ')
    with pytest.raises(
        FaultyFileError, match=r"holds '.*_Crossover.json', which is not whole JSON"
    ):
        read_tool(path)


def test_values_of_the_wrong_kind_reach_the_judge_as_text(tmp_path: Path) -> None:
    def change(export: dict[str, Any]) -> None:
        trades = only(export)["trades"]
        trades[0].update(amount=[1], open_date=5, profit_abs="much", is_short="yes")
        trades[1:] = ["no trade"]

    (found,) = read_tool(changed(tmp_path / "x.zip", change)).backtests
    rows = found.trades
    assert values_of(rows, "side") == ["long", "long"]
    assert values_of(rows, "quantity") == ["list", None]
    assert values_of(rows, "entry_at") == ["5", None]
    assert values_of(rows, "pnl") == ["much", None]
