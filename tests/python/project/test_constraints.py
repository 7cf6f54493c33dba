"""What a mart demands of a file's content, ingest has refused before: no file can end a build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conftest import Manifest
from curvehouse.ingest import ReasonCode as Code

# Keys, counts, statuses and statistics, whose rule no content of a file can break.
MADE = "made by the warehouse"

Reason = str | tuple[Code, ...]

# What keeps a column from being NULL, by its name in any mart.
NOT_NULL: dict[str, Reason] = {
    "added_row_count": MADE,
    "backtest_id": MADE,
    "changed_row_count": MADE,
    "close": (Code.BAD_NUMBER, Code.NON_FINITE),
    "description": MADE,
    "equity": (Code.BAD_NUMBER, Code.NON_FINITE),
    "equity_date": (Code.BAD_TIMESTAMP,),
    "file_kind": MADE,
    "file_path": MADE,
    "first_changed_at": MADE,
    "fit_status": MADE,
    "formula": MADE,
    "frequency": MADE,
    "has_curve": MADE,
    "has_trades": MADE,
    "high_water_mark": MADE,
    "is_filled": MADE,
    "is_import": MADE,
    "is_in_force": MADE,
    "is_resampled": MADE,
    "load_id": MADE,
    "loaded_at": MADE,
    "metric": MADE,
    "param_hash": (Code.BAD_JOBS_LINE,),
    "param_name": (Code.BAD_JOBS_LINE,),
    "params": (Code.BAD_JOBS_LINE,),
    "peer": MADE,
    "previous_load_id": MADE,
    "reason": MADE,
    "reason_code": MADE,
    "removed_row_count": MADE,
    "resample": MADE,
    "restated_at": MADE,
    "run_id": (Code.BAD_MANIFEST,),
    "sample_count": MADE,
    "status": (Code.BAD_JOBS_LINE,),
    "strategy": (Code.BAD_JOBS_LINE,),
    "symbol": (Code.MISSING_VALUE,),
    "trade_count": MADE,
    "ts": (Code.BAD_TIMESTAMP,),
    "unit": MADE,
}

# What keeps the other rules, by `mart.column`, or by the mart for rules over a row or a key.
_STATISTIC = (Code.OUT_OF_RANGE, Code.NON_FINITE, Code.NON_POSITIVE_EQUITY)
RULES: dict[str, Reason] = {
    "dim_backtest_params": (Code.BAD_JOBS_LINE,),
    "dim_backtest_params.backtest_id": MADE,
    "dim_backtests": (Code.BAD_JOBS_LINE,),
    "dim_backtests.frequency": MADE,
    "dim_backtests.periods_per_year": (Code.BAD_MANIFEST,),
    "dim_metrics": MADE,
    "dim_runs": MADE,
    "dim_runs.planned_count": (Code.BAD_MANIFEST,),
    "fct_backtest_summary": _STATISTIC,
    "fct_backtest_summary.*": _STATISTIC,
    "fct_backtest_uncertainty": _STATISTIC,
    "fct_backtest_uncertainty.*": _STATISTIC,
    "fct_equity_daily": (Code.DUPLICATE_TIMESTAMP, *_STATISTIC),
    "fct_equity_daily.backtest_id": MADE,
    "fct_equity_daily.drawdown": (Code.NON_POSITIVE_EQUITY,),
    "fct_equity_daily.equity": (Code.NON_POSITIVE_EQUITY,),
    "fct_equity_daily.high_water_mark": (Code.NON_POSITIVE_EQUITY,),
    "fct_equity_daily.simple_return": (Code.NON_POSITIVE_EQUITY,),
    "fct_ingested_files": MADE,
    "fct_ingested_files.*": MADE,
    "fct_jobs": (Code.BAD_JOBS_LINE,),
    "fct_jobs.run_id": MADE,
    "fct_jobs.seconds": (Code.BAD_JOBS_LINE,),
    "fct_jobs.status": (Code.BAD_JOBS_LINE,),
    "fct_market_regimes": (Code.DUPLICATE_TIMESTAMP,),
    "fct_market_regimes.close": (Code.NON_POSITIVE_PRICE,),
    "fct_market_regimes.*": MADE,
    "fct_quarantined_files": MADE,
    "fct_quarantined_files.reason_code": MADE,
    "fct_restated_curves": MADE,
    "fct_rolling_daily": (Code.DUPLICATE_TIMESTAMP,),
    "fct_rolling_daily.*": _STATISTIC,
}


def marts(manifest: Manifest) -> list[dict[str, Any]]:
    return [model for model in manifest.models if model["name"].startswith(("fct_", "dim_"))]


def not_null_columns(manifest: Manifest) -> Iterator[str]:
    for mart in marts(manifest):
        for name, column in mart["columns"].items():
            if any(rule["type"] == "not_null" for rule in column["constraints"]):
                yield name


def ruled_places(manifest: Manifest) -> Iterator[str]:
    """Yield where a check or a data test that can end a build stands."""
    names = {mart["unique_id"]: mart["name"] for mart in marts(manifest)}
    for mart in marts(manifest):
        for name, column in mart["columns"].items():
            if any(rule["type"] != "not_null" for rule in column["constraints"]):
                yield f"{mart['name']}.{name}"
        if mart["constraints"]:
            yield str(mart["name"])
    for test in manifest.data_tests:
        name = names.get(test.get("attached_node"))
        if name is not None and test["config"]["severity"].lower() == "error":
            yield f"{name}.{test['column_name']}" if test["column_name"] else name


def entry_of(place: str) -> str:
    """Return the key of a place's entry: its own, else that for the other columns of its mart."""
    mart, dot, _ = place.partition(".")
    return place if place in RULES or not dot else f"{mart}.*"


def test_every_column_that_must_be_there_has_a_reason_at_ingest(manifest: Manifest) -> None:
    assert set(not_null_columns(manifest)) ^ NOT_NULL.keys() == set()


def test_every_rule_of_a_mart_has_a_reason_at_ingest(manifest: Manifest) -> None:
    assert {entry_of(place) for place in ruled_places(manifest)} ^ RULES.keys() == set()
