"""Members out of the specs of portfolios."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

__all__ = ["ENTRY_SCHEMA", "list_entries"]

ENTRY_SCHEMA = pa.schema(
    [
        ("portfolio_id", pa.string()),
        ("member_id", pa.string()),
        ("backtest_id", pa.string()),
        ("policy", pa.string()),
        ("rebalance_cadence", pa.string()),
        ("portfolio_policy", pa.string()),
        ("select_run_id", pa.string()),
        ("select_metric", pa.string()),
        ("select_top", pa.int64()),
        ("min_strategies", pa.int64()),
        ("max_weight", pa.float64()),
        ("cost_bps", pa.float64()),
    ]
)


def list_entries(portfolios: pa.RecordBatchReader) -> pa.Table:
    """Return the members that specs name, or the rules by which they are selected.

    Parameters
    ----------
    portfolios : pyarrow.RecordBatchReader
        ``portfolio_id, spec``: JSON objects with all defaults written out, as ingest stores them.

    Returns
    -------
    pyarrow.Table
        `ENTRY_SCHEMA`: a row per member, or one with a NULL ``member_id`` and the rule.
    """
    rows = [
        {"portfolio_id": row["portfolio_id"], **entry}
        for row in sorted(
            portfolios.read_all().to_pylist(), key=lambda row: str(row["portfolio_id"])
        )
        for entry in _entries(json.loads(row["spec"]))
    ]
    return pa.Table.from_pylist(rows, schema=ENTRY_SCHEMA)


def _entries(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    shared = {
        "rebalance_cadence": spec["rebalance_cadence"],
        "portfolio_policy": spec["portfolio_policy"],
        "min_strategies": spec["constraints"]["min_strategies"],
        "max_weight": spec["constraints"]["max_weight"],
        "cost_bps": spec["cost_bps"],
    }
    rule = spec["select"]
    if rule is not None:
        selected = {f"select_{key}": rule[key] for key in ("run_id", "metric", "top")}
        yield {**shared, **selected, "policy": rule["policy"]}
        return
    for member in spec["strategies"]:
        named = {"member_id": member["id"], "backtest_id": member["backtest_id"]}
        yield {**shared, **named, "policy": member["policy"]}
