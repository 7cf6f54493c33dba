"""From a stream of daily equity to a stream of attributions, some curves at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.attribution.contributions import contribute
from curvehouse.analytics.attribution.exposures import Status, estimate_exposures
from curvehouse.analytics.attribution.factor_sets import FactorSet, read_factor_sets, share_days
from curvehouse.analytics.attribution.rows import (
    ATTRIBUTION_SCHEMA,
    Curves,
    rows_of,
    rows_without_periods,
)
from curvehouse.analytics.attribution.samples import draw_sample
from curvehouse.analytics.groups import whole_groups

__all__ = ["attribute_backtests"]

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

# Days of curves held at once, and numbers of one array that curves are done in.
_HELD_DAYS = 400_000
_CELLS = 600_000
# Where curves have days beyond the set's, as at weekends, their year has as many more.
_SAME_YEAR = 0.95


@dataclass(frozen=True)
class _Options:
    window_days: int
    max_span_days: int
    max_hole_days: int
    min_growth_days: int


class _Wanted(NamedTuple):
    factor_set: str
    input_version: str
    periods_per_year: float | None


class _Curve(NamedTuple):
    backtest_id: str
    equity: Floats


def attribute_backtests(
    equity: pa.RecordBatchReader,
    wanted: pa.Table,
    factors: pa.Table,
    *,
    window_days: int,
    max_span_days: int,
    max_hole_days: int,
    min_growth_days: int,
) -> pa.RecordBatchReader:
    """Return exposures to factors and what they contributed, of each backtest on each set.

    Parameters
    ----------
    equity : pyarrow.RecordBatchReader
        ``backtest_id, equity_date, equity``, the rows of a backtest adjacent, in any order of days.
    wanted : pyarrow.Table
        ``backtest_id, factor_set, input_version, periods_per_year``, what is to be attributed.
    factors : pyarrow.Table
        See `curvehouse.analytics.attribution.read_factor_sets`.
    window_days : int
        Common days of a rolling window, and the least of the others.
    max_span_days : int
        Calendar days within which those of a rolling window must lie.
    max_hole_days : int
        See `curvehouse.analytics.attribution.share_days`.
    min_growth_days : int
        Under so many calendar days there is no ``alpha_residual_cagr``.

    Returns
    -------
    pyarrow.RecordBatchReader
        Batches of `ATTRIBUTION_SCHEMA`, made as they are read: memory holds some curves at a time.

    Notes
    -----
    Curves on the same days are done together. A backtest's figures do not depend on the others.
    """
    options = _Options(window_days, max_span_days, max_hole_days, min_growth_days)
    batches = _attributed(equity, _by_backtest(wanted), read_factor_sets(factors), options)
    return pa.RecordBatchReader.from_batches(ATTRIBUTION_SCHEMA, batches)


def _by_backtest(wanted: pa.Table) -> dict[str, list[_Wanted]]:
    found: dict[str, list[_Wanted]] = defaultdict(list)
    names = ["factor_set", "input_version", "periods_per_year"]
    columns = [wanted.column(name).to_pylist() for name in ["backtest_id", *names]]
    for backtest_id, *rest in zip(*columns, strict=True):
        found[backtest_id].append(_Wanted(*rest))
    return found


def _attributed(
    equity: pa.RecordBatchReader,
    wanted: dict[str, list[_Wanted]],
    sets: dict[str, FactorSet],
    options: _Options,
) -> Iterator[pa.RecordBatch]:
    for held in _held(whole_groups(equity, "backtest_id")):
        for days, ruin, curves in _on_same_days(held):
            by_set: dict[str, list[tuple[_Curve, _Wanted]]] = defaultdict(list)
            for curve in curves:
                for each in wanted.pop(curve.backtest_id, []):
                    by_set[each.factor_set].append((curve, each))
            for name, members in by_set.items():
                yield from _on_set(name, sets[name], (days, ruin), members, options)
    # Backtests that have no day at all.
    for backtest_id, rest in wanted.items():
        for each in rest:
            named = _named(each.factor_set, sets[each.factor_set], [(backtest_id, each)], 1.0)
            yield from rows_without_periods(named, Status.NO_OVERLAP)


def _held(groups: Iterable[tuple[str, pa.Table]]) -> Iterator[list[tuple[str, pa.Table]]]:
    """Yield some whole curves at a time."""
    held: list[tuple[str, pa.Table]] = []
    count = 0
    for name, rows in groups:
        held.append((name, rows))
        count += rows.num_rows
        if count >= _HELD_DAYS:
            yield held
            held, count = [], 0
    if held:
        yield held


def _on_same_days(
    held: Iterable[tuple[str, pa.Table]],
) -> Iterator[tuple[Days, int, list[_Curve]]]:
    """Yield curves by their days and the row of their ruin, which is beyond the last if none is."""
    sets: dict[tuple[bytes, int], tuple[Days, list[_Curve]]] = {}
    for name, rows in held:
        days = rows.column("equity_date").to_numpy().astype("datetime64[D]")
        values = rows.column("equity").to_numpy().astype(np.float64)
        if (days[1:] <= days[:-1]).any():
            order = np.argsort(days, kind="stable")
            days, values = days[order], values[order]
        zeros = np.flatnonzero(values == 0)
        ruin = int(zeros[0]) if len(zeros) else len(values)
        values = np.where(np.arange(len(values)) < ruin, values, 0.0)
        sets.setdefault((days.tobytes(), ruin), (days, []))[1].append(_Curve(name, values))
    for (_, ruin), (days, curves) in sets.items():
        yield days, ruin, curves


def _on_set(
    name: str,
    factor_set: FactorSet,
    curve_days: tuple[Days, int],
    members: Sequence[tuple[_Curve, _Wanted]],
    options: _Options,
) -> Iterator[pa.RecordBatch]:
    days, ruin = curve_days
    shared = share_days(factor_set, days, max_hole_days=options.max_hole_days)
    # The first shared day on which nothing is left is the last that counts.
    shared = shared.up_to(int(np.searchsorted(shared.rows, ruin)))
    periods, width = shared.factors.shape
    share = periods / int(shared.rows[-1] - shared.rows[0]) if periods else 1.0
    at_once = max(1, _CELLS // max(periods * width, 1))
    for start in range(0, len(members), at_once):
        chosen = members[start : start + at_once]
        curves = _named(name, factor_set, [(c.backtest_id, w) for c, w in chosen], share)
        if not periods:
            is_over = len(shared.rows) and shared.rows[0] >= ruin
            yield from rows_without_periods(curves, Status.RUINED if is_over else Status.NO_OVERLAP)
            continue
        equity = np.array([curve.equity[shared.rows] for curve, _ in chosen]).T
        sample = draw_sample(shared, equity)
        for exposures in estimate_exposures(
            sample, window_days=options.window_days, max_span_days=options.max_span_days
        ):
            contributions = contribute(sample, exposures, min_growth_days=options.min_growth_days)
            yield from rows_of(curves, sample, exposures, contributions)


def _named(
    name: str, factor_set: FactorSet, members: Sequence[tuple[str, _Wanted]], share: float
) -> Curves:
    scale = 1.0 if share >= _SAME_YEAR else share
    years = np.array([each.periods_per_year for _, each in members], dtype=np.float64)
    return Curves(
        backtest_ids=[backtest_id for backtest_id, _ in members],
        input_versions=[each.input_version for _, each in members],
        factor_set=name,
        factors=factor_set.names,
        periods_per_year=years * scale,
    )
