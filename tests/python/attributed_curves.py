"""Curves and factors of three years, and what attribution makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from curvehouse.analytics.attribution import ATTRIBUTION_SCHEMA, attribute_backtests

Floats = NDArray[np.float64]
Row = dict[str, Any]

WEEKDAYS = np.array(
    [day for day in np.datetime64("2019-01-01") + np.arange(1_000) if np.is_busday(day)]
)
_DRAW = np.random.default_rng(8)
FACTORS = _DRAW.normal(0.0004, 0.01, (len(WEEKDAYS), 3))
FACTORS[:, 1] += 0.4 * FACTORS[:, 0]
OWN = FACTORS @ [0.9, -0.3, 0.2] + _DRAW.normal(0.0002, 0.006, len(WEEKDAYS))
OPTIONS = {"window_days": 126, "max_span_days": 252, "max_hole_days": 31, "min_growth_days": 30}


def equity_of(returns: Floats, start: float = 1e5) -> Floats:
    """A day before the first return, and the equity after each."""
    grown: Floats = start * np.concatenate([[1.0], np.cumprod(1 + returns[1:])])
    return grown


def factor_table(
    columns: Mapping[str, Floats],
    days: NDArray[np.datetime64] = WEEKDAYS,
    kinds: Mapping[str, str] | None = None,
    name: str = "set",
) -> pa.Table:
    rows = [
        {
            "factor_set": name,
            "factor": factor,
            "factor_kind": (kinds or {}).get(factor, "excess"),
            "factor_position": position,
            "factor_date": day.item(),
            "factor_return": float(value),
        }
        for position, (factor, values) in enumerate(columns.items(), 1)
        for day, value in zip(days, values, strict=True)
        if not np.isnan(value)
    ]
    return pa.Table.from_pylist(rows)


THREE = factor_table({"market": FACTORS[:, 0], "Momentum": FACTORS[:, 1], "quality": FACTORS[:, 2]})


def attributed(
    curves: Mapping[str, tuple[Sequence[np.datetime64] | NDArray[np.datetime64], Floats]],
    factors: pa.Table = THREE,
    chunk: int = 10_000,
    periods_per_year: float | None = 252.0,
    **options: Any,
) -> list[Row]:
    schema = pa.schema(
        [("backtest_id", pa.string()), ("equity_date", pa.date32()), ("equity", pa.float64())]
    )
    tables = [
        pa.table(
            {
                "backtest_id": [name] * len(equity),
                "equity_date": pa.array(np.array(days, dtype="datetime64[D]")),
                "equity": equity,
            },
            schema=schema,
        )
        for name, (days, equity) in curves.items()
    ]
    rows = pa.concat_tables(tables) if tables else schema.empty_table()
    sets = dict.fromkeys(factors.column("factor_set").to_pylist())
    wanted = pa.Table.from_pylist(
        [
            {
                "backtest_id": name,
                "factor_set": factor_set,
                "input_version": f"{name} {factor_set}",
                "periods_per_year": periods_per_year,
            }
            for name in curves
            for factor_set in sets
        ],
        schema=pa.schema(
            [
                ("backtest_id", pa.string()),
                ("factor_set", pa.string()),
                ("input_version", pa.string()),
                ("periods_per_year", pa.float64()),
            ]
        ),
    )
    reader = pa.RecordBatchReader.from_batches(schema, rows.to_batches(max_chunksize=chunk))
    found = attribute_backtests(reader, wanted, factors, **{**OPTIONS, **options})
    assert found.schema == ATTRIBUTION_SCHEMA
    table: list[Row] = found.read_all().to_pylist()
    return table


def chosen(rows: Sequence[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def windows(rows: Sequence[Row], **wanted: Any) -> dict[str, Row]:
    return {row["estimation_window"]: row for row in chosen(rows, row_kind="attribution", **wanted)}


def statuses(rows: Sequence[Row], **wanted: Any) -> dict[str, str]:
    return {name: row["fit_status"] for name, row in windows(rows, **wanted).items()}


def parts(rows: Sequence[Row], window: str, **wanted: Any) -> dict[str, Row]:
    found = chosen(rows, row_kind="contribution", estimation_window=window, **wanted)
    return {row["factor"]: row for row in found}


def assert_same_rows(rows: Sequence[Row], others: Sequence[Row]) -> None:
    """Equal but for the name of the curve, and the last digits of numbers."""
    for row, other in zip(rows, others, strict=True):
        for column, value in row.items():
            if isinstance(value, float):
                assert value == pytest.approx(other[column], rel=1e-9, abs=1e-12)
            elif column not in ("backtest_id", "input_version"):
                assert value == other[column]
