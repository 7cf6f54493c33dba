"""``attribution_<run_id>.json``: what the factors explain of each backtest of a run."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from curvehouse.export.kind import Kind
from curvehouse.export.runs import the_run
from curvehouse.identity import check_run_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["KIND"]

_KEY = ("backtest_id", "factor_set", "window")

_ATTRIBUTIONS = """
    select
        backtest_id, factor_set, estimation_window as window, strategy, symbol, params, seed,
        is_default_set, fit_status, as_of_date::varchar as as_of_date,
        attributed_from::varchar as attributed_from, alpha_annual, alpha_std_error_annual,
        alpha_residual_cagr, r_squared, attributed_return, observation_count
    from fct_factor_attribution
    inner join dim_backtests using (backtest_id)
    where run_id = ?
    order by backtest_id, factor_set, estimation_window
"""
_BETAS = """
    select backtest_id, factor_set, estimation_window as window, factor, beta
    from fct_factor_exposures
    inner join dim_backtests using (backtest_id)
    left join positions using (factor_set, factor)
    where run_id = ? and is_last_day
    order by backtest_id, factor_set, estimation_window, position, factor
"""
# The rates and the rest have no place among the factors, and come after them.
_CONTRIBUTIONS = """
    select
        backtest_id, factor_set, estimation_window as window, factor, contribution, contrib_pct,
        risk_contribution_pct
    from fct_factor_contributions
    inner join dim_backtests using (backtest_id)
    left join positions using (factor_set, factor)
    where run_id = ?
    order by
        backtest_id, factor_set, estimation_window, position nulls last, factor desc
"""
_POSITIONS = """
    with positions as (
        select factor_set, factor, min(factor_position) as position
        from fct_factor_returns_daily
        group by factor_set, factor
    )
"""


def _read(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    the_run(connection, "dim_runs", run_id)
    betas: dict[tuple[Any, ...], dict[str, float | None]] = defaultdict(dict)
    for row in _rows(connection, _POSITIONS + _BETAS, run_id):
        betas[_key(row)][row["factor"]] = row["beta"]
    tables: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(connection, _POSITIONS + _CONTRIBUTIONS, run_id):
        key = _key(row)
        tables[key].append({name: value for name, value in row.items() if name not in _KEY})
    attributions = _rows(connection, _ATTRIBUTIONS, run_id)
    for row in attributions:
        row["params"] = json.loads(row["params"])
        row["betas"] = betas[_key(row)]
        row["factor_contrib_table"] = tables[_key(row)]
    return {"run_id": run_id, "attributions": attributions}


def _rows(connection: duckdb.DuckDBPyConnection, query: str, run_id: str) -> list[dict[str, Any]]:
    result = connection.execute(query, [run_id])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEY)


KIND = Kind(
    name="attribution",
    check_subject=check_run_id,
    file_name=lambda run_id: f"attribution_{run_id}.json",
    read=_read,
)
