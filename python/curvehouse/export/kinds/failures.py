"""``failures_<run_id>.json``: what the losing trades of a run have in common, and rules on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curvehouse.export.kind import Kind
from curvehouse.export.runs import rows_of_run, the_run
from curvehouse.identity import check_run_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["KIND"]

_FEATURES = ("hold_minutes", "pre_runup_pct", "entry_vol")
# The same in every row of a run and strategy.
_SHARED = (
    "status",
    "no_pattern_reason",
    "trade_count",
    "losing_count",
    "incomplete_count",
    "cluster_count",
    "silhouette",
    "null_silhouette_p99",
)

_WITHOUT_TRADES: dict[str, Any] = {
    "strategy": "",
    "status": "no_pattern",
    "no_pattern_reason": "no_trades",
    **dict.fromkeys(("trade_count", "losing_count", "incomplete_count", "cluster_count"), 0),
    **dict.fromkeys(("silhouette", "null_silhouette_p99")),
    "clusters": [],
    "rules": [],
}


def _read(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    the_run(connection, "dim_runs", run_id)
    searches: dict[str, dict[str, Any]] = {}
    for row in rows_of_run(connection, "fct_failure_clusters", run_id, "strategy, cluster_id"):
        shared = {name: row.pop(name) for name in _SHARED}
        search = {"strategy": row["strategy"], **shared, "clusters": [], "rules": []}
        searches.setdefault(row["strategy"], search)["clusters"].append(_cluster(row))
    for row in rows_of_run(connection, "fct_failure_rules", run_id, "strategy, rule_id"):
        del row["run_id"]
        row["split_at"] = row["split_at"].isoformat()
        searches[row.pop("strategy")]["rules"].append(row)
    whole = dict(searches.pop("", _WITHOUT_TRADES))
    del whole["strategy"]
    return {"run_id": run_id, **whole, "strategies": list(searches.values())}


def _cluster(row: dict[str, Any]) -> dict[str, Any]:
    centroid = {name: row.pop(f"centroid_{name}") for name in _FEATURES}
    keys = ("cluster_id", "size", "avg_loss")
    others = {name: value for name, value in row.items() if name not in ("run_id", "strategy")}
    narrative = others.pop("narrative")
    return {
        **{name: others.pop(name) for name in keys},
        "features_centroid": centroid,
        "narrative": narrative,
        **others,
    }


KIND = Kind(
    name="failures",
    check_subject=check_run_id,
    file_name=lambda run_id: f"failures_{run_id}.json",
    read=_read,
)
