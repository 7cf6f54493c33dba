"""How much of the best backtest of a strategy on a symbol is luck: deflated Sharpe, and CSCV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.cscv import distinct_curves, overfitting_probability
from curvehouse.analytics.curve_sets import CurveSet, collect_curves, on_common_days
from curvehouse.analytics.excess import (
    Shape,
    excess_returns,
    mean_sizes,
    returns_of,
    shape_of,
    sharpe_ratios,
)
from curvehouse.analytics.groups import whole_groups
from curvehouse.analytics.sharpe import deflated_sharpe_ratio, expected_best_sharpe

__all__ = ["OVERFITTING_SCHEMA", "measure_overfitting"]

OVERFITTING_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("strategy", pa.string()),
        ("symbol", pa.string()),
        ("basis", pa.string()),
        ("best_backtest_id", pa.string()),
        ("deflated_sharpe_status", pa.string()),
        ("overfitting_status", pa.string()),
        ("best_sharpe_per_bar", pa.float64()),
        ("best_beta", pa.float64()),
        ("sharpe_stddev_per_bar", pa.float64()),
        ("expected_best_sharpe_per_bar", pa.float64()),
        ("deflated_sharpe_ratio", pa.float64()),
        ("overfitting_probability", pa.float64()),
        ("trial_count", pa.int64()),
        ("sharpe_count", pa.int64()),
        ("return_count", pa.int64()),
        ("compared_curve_count", pa.int64()),
        ("compared_day_count", pa.int64()),
    ]
)

Floats = NDArray[np.float64]
Row = dict[str, Any]

_GROUP = ("run_id", "strategy", "symbol")
_DECIMALS = 10


@dataclass(frozen=True)
class _Options:
    blocks: int
    min_curves: int
    min_bars: int
    risk_free_rate: float
    zero_dispersion_ratio: float


@dataclass(frozen=True)
class _Candidate:
    """A trial that has a Sharpe ratio; ``shape`` is None where its moments are not known."""

    backtest_id: str
    sharpe: float
    shape: Shape | None
    beta: float | None = None


def measure_overfitting(
    equity: pa.RecordBatchReader,
    trials: pa.Table,
    *,
    blocks: int,
    min_curves: int,
    min_bars: int,
    risk_free_rate: float = 0.0,
    zero_dispersion_ratio: float = 1e-12,
) -> pa.Table:
    """Return two rows, by basis, for each run, strategy and symbol among the trials.

    Parameters
    ----------
    equity : pyarrow.RecordBatchReader
        ``trial_number, equity_date, equity, close`` of the trials that have a Sharpe ratio,
        ordered by number; ``close`` is that of the symbol, NULL where there is none.
    trials : pyarrow.Table
        ``trial_number, run_id, strategy, symbol, backtest_id, periods_per_year, sharpe_per_bar,
        skewness, kurtosis, return_count``, a row per planned job, numbered so that those of a run,
        strategy and symbol are neighbours; all but names NULL where a job has no Sharpe ratio. The
        kurtosis of a normal is 3.
    blocks, min_curves, min_bars : int
        Blocks of the cross-validation, and how many distinct curves and common returns it wants.
    risk_free_rate : float
        A year, as a fraction.
    zero_dispersion_ratio : float
        A standard deviation below this times the mean absolute return is none.

    Returns
    -------
    pyarrow.Table
        `OVERFITTING_SCHEMA`. Basis ``total`` takes returns as they are. Basis ``excess`` takes
        them less beta times those of holding the symbol, both from one common day to the next, so
        that a curve's first day, which starts from cash, is left out.

    Notes
    -----
    Memory holds the curves of one run, strategy and symbol at a time.
    """
    options = _Options(blocks, min_curves, min_bars, risk_free_rate, zero_dispersion_ratio)
    rows = trials.sort_by("trial_number").to_pylist()
    group_of = {row["trial_number"]: _group(row) for row in rows}
    curves = groupby(
        whole_groups(equity, "trial_number"), key=lambda curve: group_of[int(curve[0])]
    )
    pending = next(curves, None)
    found: list[Row] = []
    for group, members in groupby(rows, key=_group):
        sets: list[CurveSet] = []
        if pending is not None and pending[0] == group:
            sets = collect_curves(pending[1])
            pending = next(curves, None)
        found += _judge(list(members), sets, options)
    return pa.Table.from_pylist(found, schema=OVERFITTING_SCHEMA)


def _group(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in _GROUP)


def _judge(trials: Sequence[Row], sets: list[CurveSet], options: _Options) -> Iterator[Row]:
    by_number = {trial["trial_number"]: trial for trial in trials}
    priced = [each.where(~np.isnan(each.closes)) for each in sets]
    priced = [each for each in priced if len(each.days) > 1]
    bases = {
        "total": (sets, _total_candidates(trials)),
        "excess": (priced, _excess_candidates(priced, by_number, options)),
    }
    for basis, (curves, candidates) in bases.items():
        row: Row = dict.fromkeys(OVERFITTING_SCHEMA.names)
        row |= {name: trials[0][name] for name in _GROUP}
        row |= {"basis": basis}
        row |= _deflated(candidates, len(trials))
        row |= _compared(curves, by_number, options, is_excess=basis == "excess")
        if sets and not curves:
            row |= {"deflated_sharpe_status": "no_bars", "overfitting_status": "no_bars"}
        yield row


def _total_candidates(trials: Sequence[Row]) -> list[_Candidate]:
    candidates = []
    for trial in trials:
        if trial["sharpe_per_bar"] is not None:
            shape = None
            if trial["skewness"] is not None and trial["kurtosis"] is not None:
                shape = Shape(trial["return_count"], trial["skewness"], trial["kurtosis"])
            candidates.append(_Candidate(trial["backtest_id"], trial["sharpe_per_bar"], shape))
    return candidates


def _excess_candidates(
    sets: list[CurveSet], by_number: Mapping[int, Row], options: _Options
) -> list[_Candidate]:
    candidates = []
    for curves in sets:
        returns, sizes, betas = _returns(curves, by_number, options, is_excess=True)
        ratios = sharpe_ratios(returns, sizes, options.zero_dispersion_ratio)
        known = np.flatnonzero(~np.isnan(ratios)).tolist()
        # The shape is asked of the best only, and taking it of all would cost as much as the rest.
        best = max(known, key=lambda column: round(float(ratios[column]), _DECIMALS), default=None)
        for column in known:
            identity = by_number[curves.numbers[column]]["backtest_id"]
            shape = shape_of(returns[:, column]) if column == best else None
            candidates.append(
                _Candidate(identity, float(ratios[column]), shape, float(betas[column]))
            )
    return candidates


def _returns(
    curves: CurveSet, by_number: Mapping[int, Row], options: _Options, *, is_excess: bool
) -> tuple[Floats, Floats, Floats]:
    """Return returns by curve, the size of what they were computed from, and betas."""
    periods = np.array([by_number[number]["periods_per_year"] for number in curves.numbers])
    returns = returns_of(curves.equity)
    sizes = mean_sizes(returns)
    returns -= options.risk_free_rate / periods
    if not is_excess:
        return returns, sizes, np.zeros(len(periods))
    # One rate for the benchmark: curves on the same days have the same periods per year.
    benchmark = returns_of(curves.closes) - options.risk_free_rate / periods[0]
    excess, betas = excess_returns(returns, benchmark)
    return excess, sizes, betas


def _deflated(candidates: Sequence[_Candidate], trial_count: int) -> Row:
    row: Row = {"trial_count": trial_count, "sharpe_count": len(candidates)}
    if not candidates:
        return row | {"deflated_sharpe_status": "no_sharpe"}
    best = min(candidates, key=lambda each: (-round(each.sharpe, _DECIMALS), each.backtest_id))
    row |= {
        "best_backtest_id": best.backtest_id,
        "best_sharpe_per_bar": best.sharpe,
        "best_beta": best.beta,
        "return_count": None if best.shape is None else best.shape.count,
    }
    if len(candidates) == 1 < trial_count:
        return row | {"deflated_sharpe_status": "one_sharpe"}
    sharpes = [each.sharpe for each in candidates]
    variance = float(np.var(sharpes, ddof=1)) if len(sharpes) > 1 else 0.0
    deflated = best.shape and deflated_sharpe_ratio(
        best.sharpe,
        best.shape.count,
        best.shape.skewness,
        best.shape.kurtosis,
        trials=trial_count,
        variance=variance,
    )
    return row | {
        "deflated_sharpe_status": "too_short" if deflated is None else "ok",
        "sharpe_stddev_per_bar": variance**0.5 if len(sharpes) > 1 else None,
        "expected_best_sharpe_per_bar": expected_best_sharpe(trial_count, variance),
        "deflated_sharpe_ratio": deflated,
    }


def _compared(
    sets: list[CurveSet], by_number: Mapping[int, Row], options: _Options, *, is_excess: bool
) -> Row:
    row: Row = {"compared_curve_count": 0, "compared_day_count": 0}
    if sum(len(curves.numbers) for curves in sets) < options.min_curves:
        return row | {"overfitting_status": "too_few_curves"}
    common = on_common_days(sets)
    row["compared_day_count"] = max(len(common.days) - 1, 0)
    if row["compared_day_count"] < options.min_bars:
        return row | {"overfitting_status": "too_short"}
    returns, sizes, _ = _returns(common, by_number, options, is_excess=is_excess)
    moves = ~np.isnan(sharpe_ratios(returns, sizes, options.zero_dispersion_ratio))
    # After ruin nothing moves.
    returns = np.nan_to_num(returns if moves.all() else returns[:, moves], copy=False)
    kept = distinct_curves(returns)
    row["compared_curve_count"] = len(kept)
    if len(kept) < options.min_curves:
        return row | {"overfitting_status": "too_few_curves"}
    distinct = returns if len(kept) == returns.shape[1] else returns[:, kept]
    probability = overfitting_probability(distinct, options.blocks)
    return row | {"overfitting_status": "ok", "overfitting_probability": probability}
