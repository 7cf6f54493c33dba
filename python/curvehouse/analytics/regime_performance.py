"""How returns differ by the regime that was known before them, and how often by chance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.groups import whole_groups
from curvehouse.analytics.regimes import REGIMES
from curvehouse.analytics.shifts import adjusted_p_values, shifted_p_values

__all__ = ["BASES", "PERFORMANCE_SCHEMA", "known_pairs", "measure_regime_performance"]

BASES = ("ex_ante", "descriptive")

PERFORMANCE_SCHEMA = pa.schema(
    [
        ("backtest_id", pa.string()),
        ("input_version", pa.string()),
        ("basis", pa.string()),
        ("regime", pa.string()),
        ("regime_symbol", pa.string()),
        ("test_status", pa.string()),
        ("log_return_sum", pa.float64()),
        ("mean_return", pa.float64()),
        ("annual_volatility", pa.float64()),
        ("hit_rate", pa.float64()),
        ("worst_day", pa.float64()),
        ("p_value", pa.float64()),
        ("p_value_adjusted", pa.float64()),
        ("day_count", pa.int64()),
        ("spell_count", pa.int64()),
        ("shift_count", pa.int64()),
    ]
)

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Days = NDArray[np.int32]


@dataclass(frozen=True)
class _Market:
    """Labels of one symbol: days in order, and the pair in force, -1 where none is."""

    days: Days
    pairs: Codes


def measure_regime_performance(
    returns: pa.RecordBatchReader,
    labels: pa.Table,
    *,
    shifts: int,
    max_label_days: int,
    zero_dispersion_ratio: float = 1e-12,
) -> pa.Table:
    """Return figures of each backtest's returns by market regime, on both bases.

    Parameters
    ----------
    returns : pyarrow.RecordBatchReader
        ``backtest_id, input_version, regime_symbol, equity_date, simple_return, log_return,
        periods_per_year``, the rows of a backtest adjacent, in any order of days.
    labels : pyarrow.Table
        ``symbol, bar_date, vol_band, trend_bucket``, the labels as codes.
    shifts : int
        Circular shifts that the observed labels are held against.
    max_label_days : int
        A label older than so many calendar days is no longer known to hold.
    zero_dispersion_ratio : float
        A standard deviation of at most this times the mean absolute return is none.

    Returns
    -------
    pyarrow.Table
        `PERFORMANCE_SCHEMA`, a row per backtest, basis and regime. ``test_status`` is ``ok``,
        ``too_few_days`` (under two days inside or outside the regime) or ``flat`` (the returns do
        not vary); the p-values are NULL where it is not ``ok``.

    Notes
    -----
    ``ex_ante`` joins to a return the last label dated before its day, ``descriptive`` that of its
    day. Days without a label or a return are left out. The sum of log returns is NULL where one is.
    """
    markets = dict(_markets(labels))
    rows: list[dict[str, Any]] = []
    for backtest_id, group in whole_groups(returns, "backtest_id"):
        days = group.sort_by("equity_date")
        market = markets.get(days.column("regime_symbol")[0].as_py())
        if market is None:
            continue
        key = {
            name: days.column(name)[0].as_py()
            for name in ("backtest_id", "input_version", "regime_symbol")
        }
        periods_per_year = days.column("periods_per_year")[0].as_py()
        simple, log = (days.column(name).to_numpy() for name in ("simple_return", "log_return"))
        dates = days.column("equity_date").cast(pa.int32()).to_numpy()
        for basis in BASES:
            pairs = known_pairs(market.days, market.pairs, dates, basis, max_label_days)
            pairs = np.where(np.isnan(simple), -1, pairs).astype(np.int8)
            generator = np.random.default_rng(_seed(f"{backtest_id}/{basis}"))
            found = _figures(pairs, simple, log, periods_per_year)
            tested = _tested(pairs, simple, shifts, zero_dispersion_ratio, generator)
            rows += [
                {**key, "basis": basis, "regime": name, **figures, **test}
                for name, figures, test in zip(REGIMES, found, tested, strict=True)
            ]
    return pa.Table.from_pylist(rows, schema=PERFORMANCE_SCHEMA)


def known_pairs(
    label_days: Days, pairs: Codes, days: Days, basis: str, max_label_days: int
) -> Codes:
    """Return the pair that belongs to each day's return, -1 where none does.

    Examples
    --------
    >>> known_pairs(np.array([1, 4]), np.array([7, 8]), np.array([1, 3, 4, 5]), "ex_ante", 9)
    array([-1,  7,  7,  8], dtype=int8)
    >>> known_pairs(np.array([1, 4]), np.array([7, 8]), np.array([1, 3, 4, 5]), "descriptive", 9)
    array([ 7, -1,  8, -1], dtype=int8)
    """
    place = np.searchsorted(label_days, days, side="left")
    if basis == "ex_ante":
        place = place - 1
        is_known = place >= 0
        is_known &= days - label_days[np.maximum(place, 0)] <= max_label_days
    else:
        is_known = label_days[np.minimum(place, len(label_days) - 1)] == days
    place = np.clip(place, 0, len(label_days) - 1)
    return np.where(is_known, pairs[place], -1).astype(np.int8)


def _markets(labels: pa.Table) -> Iterator[tuple[str, _Market]]:
    ordered = labels.sort_by([("symbol", "ascending"), ("bar_date", "ascending")])
    for symbol, group in whole_groups(ordered.to_reader(), "symbol"):
        bands, buckets = (
            group.column(name).fill_null(-1).to_numpy() for name in ("vol_band", "trend_bucket")
        )
        pairs = np.where((bands >= 0) & (buckets >= 0), bands * 3 + buckets, -1)
        days = group.column("bar_date").cast(pa.int32()).to_numpy()
        yield symbol, _Market(days, pairs.astype(np.int8))


def _figures(
    pairs: Codes, simple: Floats, log: Floats, periods_per_year: float | None
) -> list[dict[str, Any]]:
    starts = np.append(True, pairs[1:] != pairs[:-1])
    scale = np.sqrt(periods_per_year) if periods_per_year else np.nan
    found = []
    for pair in range(len(REGIMES)):
        inside = pairs == pair
        own = simple[inside]
        count = len(own)
        figures: dict[str, Any] = {
            "day_count": count,
            "spell_count": int((starts & inside).sum()),
        }
        if count:
            figures |= {
                "log_return_sum": _known(log[inside].sum()),
                "mean_return": _known(own.mean()),
                "hit_rate": float((own > 0).mean()),
                "worst_day": float(own.min()),
            }
        if count > 1:
            figures["annual_volatility"] = _known(own.std(ddof=1) * scale)
        found.append(figures)
    return found


def _tested(
    pairs: Codes,
    simple: Floats,
    shifts: int,
    zero_dispersion_ratio: float,
    generator: np.random.Generator,
) -> list[dict[str, Any]]:
    known = pairs >= 0
    returns, labels = simple[known], pairs[known]
    inside = np.bincount(labels, minlength=len(REGIMES))
    has_days = (inside >= 2) & (len(labels) - inside >= 2)
    is_flat = _is_flat(returns, zero_dispersion_ratio)
    chosen = np.flatnonzero(has_days & (not is_flat))
    statuses = np.where(has_days, "flat" if is_flat else "ok", "too_few_days").tolist()
    tests: list[dict[str, Any]] = [{"test_status": status, "shift_count": 0} for status in statuses]
    if len(chosen):
        p_values, count = shifted_p_values(returns, labels, chosen, shifts, generator)
        for pair, p_value, adjusted in zip(
            chosen.tolist(), p_values.tolist(), adjusted_p_values(p_values).tolist(), strict=True
        ):
            tests[pair] |= {"p_value": p_value, "p_value_adjusted": adjusted, "shift_count": count}
    return tests


def _is_flat(returns: Floats, zero_dispersion_ratio: float) -> bool:
    if len(returns) < 2:
        return True
    size = np.abs(returns).mean()
    return bool(returns.std(ddof=1) <= zero_dispersion_ratio * size)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _seed(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
