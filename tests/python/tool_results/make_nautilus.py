"""Run NautilusTrader on drawn prices and keep the reports that its trader generates.

    python make_nautilus.py FOLDER

in an environment of its own that has nautilus-trader (made with 1.221.0) and pyarrow. The lines
that write the reports are those of docs/tools/nautilus.md.
"""

from __future__ import annotations

import json
import os
import re
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.examples.strategies.ema_cross import EMACross, EMACrossConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType
from nautilus_trader.model.identifiers import Venue
from nautilus_trader.model.objects import Money
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.test_kit.providers import TestInstrumentProvider

PAGE = Path(__file__).parents[3] / "docs" / "tools" / "nautilus.md"
VENUE = Venue("SIM")


def bars(start: float, count: int) -> pd.DataFrame:
    close = start * np.exp(np.cumsum(np.random.default_rng(7).normal(0, 0.004, count)))
    index = pd.date_range("2024-01-01", periods=count, freq="6h", tz="UTC")
    values = {"open": close, "high": close * 1.001, "low": close * 0.999, "close": close}
    return pd.DataFrame({**values, "volume": 1e6}, index=index)


def run(account_type: AccountType) -> BacktestEngine:
    quiet = LoggingConfig(bypass_logging=True)
    engine = BacktestEngine(config=BacktestEngineConfig(trader_id="TESTER-001", logging=quiet))
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=account_type,
        base_currency=USD,
        starting_balances=[Money(100_000, USD)],
    )
    is_cash = account_type == AccountType.CASH
    if is_cash:
        instrument = TestInstrumentProvider.equity(symbol="ACME", venue="SIM")
    else:
        instrument = TestInstrumentProvider.default_fx_ccy("EUR/USD", VENUE)
    engine.add_instrument(instrument)
    bar_type = BarType.from_str(f"{instrument.id}-6-HOUR-LAST-EXTERNAL")
    prices = bars(100.0 if is_cash else 1.1, 400)
    engine.add_data(BarDataWrangler(bar_type, instrument).process(prices))
    config = EMACrossConfig(
        instrument_id=instrument.id,
        bar_type=bar_type,
        trade_size=Decimal(100) if is_cash else Decimal(50_000),
        fast_ema_period=5,
        slow_ema_period=20,
    )
    engine.add_strategy(EMACross(config))
    engine.run()
    return engine


def main(target: Path) -> None:
    (lines,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    os.chdir(target)
    engine = run(AccountType.MARGIN)
    exec(lines, {"engine": engine, "Venue": Venue})
    for name in ("positions", "account"):
        Path(f"{name}.csv").replace(f"nautilus_{name}.csv")
    engine.trader.generate_positions_report().to_parquet("nautilus_positions.parquet")
    engine.trader.generate_fills_report().head(4).to_csv("nautilus_fills.csv")
    figures = engine.get_result().stats_pnls["USD"]
    Path("nautilus_figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    engine.dispose()
    engine = run(AccountType.CASH)
    engine.trader.generate_account_report(VENUE).to_csv("nautilus_cash_account.csv")
    engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
