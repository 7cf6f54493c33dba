"""``regimes_<run_id>.json``: the market's labels by day, for the symbols that a run traded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curvehouse.errors import NothingToExportError
from curvehouse.export.kind import Kind
from curvehouse.export.runs import the_run
from curvehouse.identity import check_run_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["KIND"]

_LABELS = """
    select symbol, strftime(ts, '%Y-%m-%dT%H:%M:%SZ'), vol_band, trend_bucket, regime
    from fct_market_regimes
    where symbol in (
        select performance.regime_symbol
        from fct_regime_performance as performance
        inner join dim_backtests as backtests using (backtest_id)
        where backtests.run_id = ?
    )
    order by symbol, ts
"""


def _read(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    the_run(connection, "dim_runs", run_id)
    labels: dict[str, list[dict[str, Any]]] = {}
    for symbol, ts, vol_band, trend_bucket, regime in connection.execute(
        _LABELS, [run_id]
    ).fetchall():
        label = {"ts": ts, "vol_band": vol_band, "trend_bucket": trend_bucket, "regime": regime}
        labels.setdefault(symbol, []).append(label)
    if not labels:
        raise NothingToExportError(
            f"no backtest of run {run_id!r} has market regimes: there are no bars of its symbols, "
            "or its histories are resampled. `curvehouse ingest bars` loads bars."
        )
    symbols = [{"symbol": symbol, "labels": rows} for symbol, rows in labels.items()]
    return {"run_id": run_id, "symbols": symbols}


KIND = Kind(
    name="regimes",
    check_subject=check_run_id,
    file_name=lambda run_id: f"regimes_{run_id}.json",
    read=_read,
)
