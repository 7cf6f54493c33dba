"""Run freqtrade on drawn prices, without an exchange, and keep the archives that it exports.

    python make_freqtrade.py FOLDER

in an environment of its own that has freqtrade (made with 2026.9).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from freqtrade.configuration import Configuration
from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType, RunMode
from freqtrade.exchange.exchange import Exchange
from freqtrade.optimize.backtesting import Backtesting

PAIRS = {"BTC/USDT": 42_000.0, "ETH/USDT": 2_300.0}
STRATEGY = '''"""Long while a short mean of closes is above a long one."""

from freqtrade.strategy import IntParameter, IStrategy


class {name}(IStrategy):
    minimal_roi = {{"0": 10}}
    stoploss = -0.5
    startup_candle_count = 20
    ma_short = IntParameter(2, 10, default={short}, space="buy")
    ma_long = IntParameter(11, 30, default={long}, space="buy")

    def populate_indicators(self, dataframe, metadata):
        dataframe["short"] = dataframe["close"].rolling(self.ma_short.value).mean()
        dataframe["long"] = dataframe["close"].rolling(self.ma_long.value).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["short"] > dataframe["long"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["short"] < dataframe["long"], "exit_long"] = 1
        return dataframe
'''


def write_candles(folder: Path, timeframe: str, frequency: str, count: int) -> None:
    rng = np.random.default_rng(11)
    handler = get_datahandler(folder, "feather")
    for pair, start in PAIRS.items():
        close = start * np.exp(np.cumsum(rng.normal(0.0002, 0.02, count)))
        opened = np.concatenate([[start], close[:-1]])
        candles = pd.DataFrame(
            {
                "date": pd.date_range("2024-01-01", periods=count, freq=frequency, tz="UTC"),
                "open": opened,
                "high": np.maximum(opened, close) * 1.002,
                "low": np.minimum(opened, close) * 0.998,
                "close": close,
                "volume": 100.0,
            }
        )
        handler.ohlcv_store(pair, timeframe, candles, CandleType.SPOT)


def market(pair: str) -> dict[str, Any]:
    base, quote = pair.split("/")
    any_size = {"min": None, "max": None}
    return {
        **{"id": base + quote, "symbol": pair, "base": base, "quote": quote, "active": True},
        **{"type": "spot", "spot": True, "taker": 0.001, "maker": 0.001, "info": {}},
        **dict.fromkeys(("swap", "future", "margin", "contract"), False),
        "precision": {"price": 0.01, "amount": 0.00001},
        "limits": dict.fromkeys(("amount", "cost", "price", "leverage"), any_size),
    }


def reload_markets(exchange: Any, *_: object, **__: object) -> None:
    exchange._markets = exchange._api.markets = {pair: market(pair) for pair in PAIRS}


def run(strategies: dict[str, tuple[int, int]], timeframe: str, frequency: str, count: int) -> Path:
    """Run a backtest in the current folder; return what it exports."""
    candles, results = Path("user_data/data/binance"), Path("user_data/backtest_results")
    for folder in (candles, results, Path("user_data/strategies")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    write_candles(candles, timeframe, frequency, count)
    for number, (name, (short, long)) in enumerate(strategies.items()):
        file = Path("user_data/strategies") / f"{name}.py"
        file.write_text(STRATEGY.format(name=name, short=short, long=long))
        if number == 0:
            # As `freqtrade hyperopt` leaves what it chose beside a strategy.
            chosen = {"buy": {"ma_short": short, "ma_long": long}, "roi": {"0": 10}}
            params = {"strategy_name": name, "params": chosen, "ft_stratparam_v": 1}
            file.with_suffix(".json").write_text(json.dumps(params))
    names = list(strategies)
    config = {
        **{"stake_currency": "USDT", "stake_amount": "unlimited", "dry_run_wallet": 1000},
        **{"dry_run": True, "max_open_trades": 2, "timeframe": timeframe, "trading_mode": "spot"},
        "exchange": {"name": "binance", "pair_whitelist": list(PAIRS), "enable_ws": False},
        "pairlists": [{"method": "StaticPairList"}],
        **{"entry_pricing": {"price_side": "same"}, "exit_pricing": {"price_side": "same"}},
        **{"amend_last_stake_amount": False, "last_stake_amount_min_ratio": 0.5},
        **{"tradable_balance_ratio": 0.99, "dataformat_ohlcv": "feather"},
    }
    Path("config.json").write_text(json.dumps(config))
    args = {
        **{"config": ["config.json"], "user_data_dir": "user_data", "datadir": str(candles)},
        **{"strategy_list": names, "strategy_path": "user_data/strategies", "fee": 0.001},
        **{"export": "trades", "exportdirectory": str(results), "backtest_cache": "none"},
        "command": "backtesting",
    }
    with (
        patch.object(Exchange, "reload_markets", reload_markets),
        patch.object(Exchange, "validate_timeframes", lambda *_: None),
        patch.object(Exchange, "validate_stakecurrency", lambda *_: None),
    ):
        Backtesting(Configuration(args, RunMode.BACKTEST).get_config()).start()
    return next(results.glob("*.zip"))


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        one = run({"Crossover": (5, 20)}, "1d", "1D", 220)
        shutil.copy(one, target / "freqtrade_daily.zip")
        two = run({"Crossover": (5, 20), "FastCrossover": (3, 12)}, "4h", "4h", 240)
        shutil.copy(two, target / "freqtrade_two_strategies.zip")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
