"""Warehouses for measurements: built by dbt in part, or by the product as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.process import run_command
from curvehouse.home import HOME_VARIABLE, Home

__all__ = ["kept_by_backtest", "model_seconds", "nodes", "results", "run_dbt", "topic_seconds"]


def run_dbt(home: Home, *words: str) -> dict[str, float]:
    """Run dbt one model at a time, so that seconds are of one model; return those of each."""
    run_command(
        "dbt",
        *words,
        "--threads",
        "1",
        "--target-path",
        home.target,
        "--log-path",
        home.logs,
        environment={HOME_VARIABLE: str(home.root)},
    )
    return model_seconds(home)


def model_seconds(home: Home) -> dict[str, float]:
    """Return the seconds of each model of the last dbt command."""
    return {
        result["unique_id"].split(".")[2]: result["execution_time"]
        for result in results(home)
        if result["unique_id"].startswith("model.")
    }


def results(home: Home) -> list[dict[str, Any]]:
    """Return what dbt says of each node of its last command."""
    found: list[dict[str, Any]] = _read(home.target / "run_results.json")["results"]
    return found


def nodes(home: Home) -> dict[str, Any]:
    """Return dbt's nodes by their unique id."""
    found: dict[str, Any] = _read(home.target / "manifest.json")["nodes"]
    return found


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def topic_seconds(home: Home) -> dict[str, float]:
    """Return the seconds of dbt's last command by the folder of the models, and of its tests."""
    known = nodes(home)
    found: dict[str, float] = {}
    for result in results(home):
        node = known.get(result["unique_id"])
        if node is None:
            continue
        is_model = node["resource_type"] == "model"
        topic = node["fqn"][-2] if is_model else f"{node['resource_type']}s"
        found[topic] = found.get(topic, 0.0) + result["execution_time"]
    return dict(sorted(found.items()))


def kept_by_backtest(home: Home) -> set[str]:
    """Return the tables that are kept by backtest, and the Python models that they take up."""
    known = nodes(home)
    tables = {
        name for name, node in known.items() if node["config"]["materialized"] == "incremental"
    }
    parents = {parent for name in tables for parent in known[name]["depends_on"]["nodes"]}
    return tables | {name for name in parents if known.get(name, {}).get("language") == "python"}
