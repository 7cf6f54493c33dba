"""Cells and names that several pages write alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from curvehouse.report.formats import params_text
from curvehouse.report.page import Cell

__all__ = ["backtest_name", "backtest_title", "number", "spoken"]


def number(value: Any, write: Callable[[Any], str]) -> Cell:
    """Return a cell that is sorted by its number, not by how it is written."""
    return Cell(write(value), order=None if value is None else float(f"{value:.6g}"))


def backtest_name(row: dict[str, Any]) -> str:
    """Return what a person calls a backtest: its strategy with its parameters.

    Examples
    --------
    >>> row = {"strategy": "flip", "params": '{"p": 0.1}', "seed": 3, "is_resampled": False}
    >>> backtest_name(row)
    'flip(p=0.1, seed=3)'
    """
    parts = [params_text(row["params"])]
    if row["seed"] is not None:
        parts.append(f"seed={row['seed']}")
    inside = ", ".join(part for part in parts if part)
    name = f"{row['strategy']}({inside})" if inside else str(row["strategy"])
    return f"{name}, resampled" if row["is_resampled"] else name


def backtest_title(row: dict[str, Any]) -> str:
    """Return the name of a backtest with the symbol that it trades."""
    name = backtest_name(row)
    return f"{name} on {row['symbol']}" if row["symbol"] else name


def spoken(status: str | None) -> str:
    """Return a status of the tables in words.

    Examples
    --------
    >>> spoken("too_few_curves")
    'too few curves'
    """
    return (status or "").replace("_", " ")
