"""Each trade's region among those that were found, on all features and on those known at entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.failures.partitions import nearest_center
from curvehouse.analytics.failures.scaling import RobustScale
from curvehouse.analytics.failures.scopes import scopes_of
from curvehouse.analytics.failures.trades import FEATURES, Trades
from curvehouse.analytics.groups import whole_groups

__all__ = ["ASSIGNMENT_SCHEMA", "assign_trades"]

ASSIGNMENT_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("strategy", pa.string()),
        ("symbol", pa.string()),
        ("side", pa.string()),
        ("entry_at", pa.timestamp("us")),
        ("exit_at", pa.timestamp("us")),
        ("cluster_id", pa.int64()),
        ("entry_cluster_id", pa.int64()),
        ("copy_count", pa.int64()),
        ("pnl", pa.float64()),
        ("is_losing", pa.bool_()),
    ]
)

Row = Mapping[str, Any]
_KEYS = ("symbol", "side", "entry_at", "exit_at")


def assign_trades(trades: pa.RecordBatchReader, clusters: pa.Table) -> pa.Table:
    """Return the region of every trade that has all features, where there is a pattern.

    Parameters
    ----------
    trades : pyarrow.RecordBatchReader
        As for `find_failure_clusters`.
    clusters : pyarrow.Table
        What it returned for them.

    Returns
    -------
    pyarrow.Table
        `ASSIGNMENT_SCHEMA`, one row per run, strategy (empty for the run) and distinct trade.
    """
    found: dict[tuple[str, str], list[Row]] = {}
    for row in clusters.to_pylist():
        if row["status"] == "ok":
            found.setdefault((row["run_id"], row["strategy"]), []).append(row)
    runs = {run_id for run_id, _ in found}
    parts = [ASSIGNMENT_SCHEMA.empty_table()]
    for run_id, rows in whole_groups(trades, "run_id"):
        if run_id in runs:
            parts += _assigned(run_id, rows, found)
    return pa.concat_tables(parts)


def _assigned(
    run_id: str, rows: pa.Table, found: Mapping[tuple[str, str], list[Row]]
) -> Iterator[pa.Table]:
    for strategy, trades in scopes_of(rows, strategy_min_losses=0):
        if (run_id, strategy) in found:
            yield _regions(run_id, strategy, trades, found[run_id, strategy])


def _regions(run_id: str, strategy: str, trades: Trades, clusters: Sequence[Row]) -> pa.Table:
    clusters = sorted(clusters, key=lambda row: row["cluster_id"])
    widths = _columns(clusters[:1], "width")[0]
    moves = ~np.isnan(widths)
    scale = RobustScale(_columns(clusters[:1], "median")[0], np.where(moves, widths, 1.0), moves)
    centers = _columns(clusters, "center")
    kept = np.flatnonzero(trades.is_complete)
    points = scale.scaled(trades.features[kept])
    rows = trades.rows.take(pa.array(kept))
    columns: dict[str, Any] = {
        "run_id": pa.repeat(run_id, len(kept)),
        "strategy": pa.repeat(strategy, len(kept)),
        **{name: rows.column(name) for name in _KEYS},
        "cluster_id": pa.array(nearest_center(points, centers) + 1),
        "entry_cluster_id": pa.array(nearest_center(points[:, 1:], centers[:, 1:]) + 1),
        "copy_count": pa.array(trades.copy_counts[kept]),
        "pnl": pa.array(trades.pnl[kept]),
        "is_losing": pa.array(trades.is_loss[kept]),
    }
    return pa.table(columns).cast(ASSIGNMENT_SCHEMA)


def _columns(clusters: Sequence[Row], kind: str) -> NDArray[np.float64]:
    """Return a number per cluster and feature, NaN where there is none."""
    values = [[row[f"{kind}_{name}"] for name in FEATURES] for row in clusters]
    return np.array(values, dtype=np.float64)
