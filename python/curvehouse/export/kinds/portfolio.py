"""``portfolio_<portfolio_id>.json``: a portfolio in figures, and what each member brought to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from curvehouse.errors import UsageError
from curvehouse.export.kind import Kind
from curvehouse.identity import check_portfolio_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["KIND"]

_COSTS = "costs"


def _read(connection: duckdb.DuckDBPyConnection, portfolio_id: str) -> dict[str, Any]:
    found = _rows(connection, "dim_portfolios", portfolio_id, "portfolio_id")
    if not found:
        raise UsageError(
            f"no portfolio {portfolio_id!r} is published; `curvehouse query "
            '"select portfolio_id from dim_portfolios"` lists those that are.'
        )
    (summary,) = _rows(connection, "fct_portfolio_summary", portfolio_id, "portfolio_id")
    contributions = _rows(connection, "fct_portfolio_contributions", portfolio_id, "source")
    pairs = _rows(
        connection, "fct_strategy_co_drawdowns", portfolio_id, "member_id, other_member_id"
    )
    return {
        **found[0],
        **summary,
        "marginal_contributions": {
            row["source"]: row["risk_share"]
            for row in contributions
            if row["source"] != _COSTS or row["profit"]
        },
        "contributions": [_without_id(row) for row in contributions],
        "co_drawdowns": [_without_id(row) for row in pairs],
    }


def _rows(
    connection: duckdb.DuckDBPyConnection, table: str, portfolio_id: str, order_by: str
) -> list[dict[str, Any]]:
    result = connection.execute(
        f"from {table} where portfolio_id = ? order by {order_by}", [portfolio_id]
    )
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, map(_as_json, row), strict=True)) for row in result.fetchall()]


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "portfolio_id"}


KIND = Kind(
    name="portfolio",
    subject="portfolio",
    check_subject=check_portfolio_id,
    file_name=lambda portfolio_id: f"portfolio_{portfolio_id}.json",
    read=_read,
)
