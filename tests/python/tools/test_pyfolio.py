"""pyfolio: its returns and transactions land, and its own round trips add up to ours."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conftest import RunCli
from curvehouse.home import Home
from curvehouse.readers.tools import FaultyFileError, ReasonCode
from doc_pages import read_page, run_consoles, run_tool
from landed import landed_curves, landed_trades
from tool_files import read_tool, values_of
from tool_runs import daily_bars

PAGE = read_page("tools/pyfolio.md")


def transactions_of(amounts: list[float], prices: list[float], symbols: str) -> pd.DataFrame:
    days = pd.bdate_range("2024-01-01", periods=len(amounts), tz="UTC", name="date")
    columns = {"amount": amounts, "price": prices, "symbol": list(symbols)}
    return pd.DataFrame(columns, index=days)


def test_the_page_runs(
    home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    returns = daily_bars(30)["Close"].pct_change().tz_localize("UTC")
    fills = transactions_of([2.5, 1, -3, -1.5, 4], [10, 12, 13, 11, 8], "AAAAB")
    run_tool(PAGE, {"returns": returns, "transactions": fills})
    run_consoles(PAGE, run_cli)
    ((_, equity),) = landed_curves(home, "mine").items()
    assert equity == pytest.approx(100_000 * np.cumprod(1 + returns.fillna(0)), rel=1e-12)
    found = [
        (trade["symbol"], trade["side"], trade["quantity"], trade["entry_price"], trade["pnl"])
        for trade in landed_trades(home, "mine")
    ]
    assert found == [
        ("A", "long", 2.5, 10, 7.5),
        ("A", "long", 0.5, 12, 0.5),
        ("A", "long", 0.5, 12, -0.5),
        # The rest of the sale of 1.5 is short and still held, and so is B.
        ("A", "short", 1.0, 11, None),
        ("B", "long", 4.0, 8, None),
    ]


def test_the_same_pnl_as_pyfolio_has(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        round_trips = pytest.importorskip("pyfolio.round_trips")
    random = np.random.default_rng(3)
    amounts = random.integers(-20, 21, 200)
    amounts[amounts == 0] = 1
    prices = list(50 + random.normal(0, 1, 200).cumsum())
    fills = transactions_of(list(map(float, amounts)), prices, "ABCD" * 50)
    path = tmp_path / "transactions.csv"
    fills.to_csv(path)
    (backtest,) = read_tool(path, "pyfolio").backtests
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = round_trips.extract_round_trips(fills.astype({"amount": int}))
    ours = pd.DataFrame(
        {name: values_of(backtest.trades, name) for name in ("symbol", "pnl")}
    ).dropna()
    assert ours.groupby("symbol")["pnl"].sum().to_dict() == pytest.approx(
        theirs.groupby("symbol")["pnl"].sum().to_dict(), rel=1e-9
    )


def test_fees_order_and_other_names(tmp_path: Path) -> None:
    path = tmp_path / "fills.csv"
    # Newest first, as some platforms list them.
    path.write_text("date,sid,amount,price,commission\n2024-01-03,7,-4,6,2\n2024-01-02,7,10,5,1\n")
    (backtest,) = read_tool(path).backtests
    assert values_of(backtest.trades, "pnl") == [pytest.approx(4 - 0.4 - 2), None]
    assert values_of(backtest.trades, "fees") == pytest.approx([2.4, 0.6])
    assert values_of(backtest.trades, "line_number") == [2, 3]


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ("", "no_result", None),
        ("2024-01-02,x,5,A\n", "bad_number", 2),
        ("2024-01-02,1,5,A\n2024-01-03,,5,A\n", "bad_number", 3),
        ("2024-01-02,1,inf,A\n", "non_finite", 2),
        ("2024-01-02,1,5,A\nsoon,1,5,A\n", "bad_timestamp", 3),
        ("2024-01-02,1,5\n", "bad_row", 2),
    ],
)
def test_bad_transactions(tmp_path: Path, rows: str, code: str, line: int | None) -> None:
    path = tmp_path / "fills.csv"
    path.write_text(f"date,amount,price,symbol\n{rows}")
    with pytest.raises(FaultyFileError) as fault:
        read_tool(path)
    assert (fault.value.code, fault.value.line) == (ReasonCode(code), line)
