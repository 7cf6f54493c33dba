"""What landed of a backtest, and what its figures are."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curvehouse.analytics.curve_statistics import measure_curves
from curvehouse.home import Home

__all__ = ["Landed", "landed_curves", "landed_trades", "our_figures"]

Landed = dict[tuple[str, str], npt.NDArray[np.float64]]

_ACTIVE = """
    select backtest_id, arg_max(load_id, load_id) as load_id
    from raw.files
    where kind = ? and run_id = ? and status in ('loaded', 'retracted')
    group by backtest_id
    having arg_max(status, load_id) = 'loaded'
"""


def landed_curves(home: Home, run_id: str) -> Landed:
    """Return the equity of each curve of a run, by strategy and parameters, in order of time."""
    found = _rows(
        home,
        f"""
        with active as ({_ACTIVE})
        select strategy, params, list(equity order by ts)
        from active
        inner join raw.equity using (load_id)
        inner join raw.jobs using (load_id)
        group by strategy, params
        """,
        ["equity", run_id],
    )
    return {(strategy, params): np.array(equity) for strategy, params, equity in found}


def landed_trades(home: Home, run_id: str) -> list[dict[str, Any]]:
    """Return the trades of a run, in the order of their files."""
    columns = (
        "side, quantity, entry_at, exit_at, entry_price, exit_price, fees, pnl, symbol, params"
    )
    found = _rows(
        home,
        f"""
        with active as ({_ACTIVE})
        select {columns.replace("symbol", "trades.symbol")}
        from active
        inner join raw.trades as trades using (load_id)
        inner join raw.jobs using (load_id)
        order by load_id, line_number
        """,
        ["trades", run_id],
    )
    return [dict(zip(columns.split(", "), row, strict=True)) for row in found]


def our_figures(equity: npt.NDArray[np.float64], start: float | None = None) -> dict[str, float]:
    """Return total return and maximum drawdown of daily equity, as the tables have them."""
    begin = equity[0] if start is None else start
    before = np.concatenate([[begin], equity[:-1]])
    days = pa.table(
        {
            "curve_number": pa.array([1] * len(equity), pa.int64()),
            "equity_date": pa.array(np.arange(len(equity)).astype("datetime64[D]")),
            "equity": equity,
            "simple_return": equity / before - 1,
            "high_water_mark": np.maximum(np.maximum.accumulate(equity), begin),
        }
    )
    curves = pa.table({"curve_number": [1], "backtest_id": ["x"], "input_version": ["v"]})
    (row,) = measure_curves(days.to_reader(), curves).to_pylist()
    total = row["final_equity"] / row["starting_equity"] - 1
    return {"total_return": total, "max_drawdown": row["max_drawdown"]}


def _rows(home: Home, sql: str, values: list[str]) -> list[Any]:
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        return connection.execute(sql, values).fetchall()
