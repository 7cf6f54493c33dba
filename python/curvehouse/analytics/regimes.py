"""Volatility bands and trend buckets that could have been known at the close of a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.groups import whole_groups
from curvehouse.analytics.trailing_quantiles import trailing_quantiles

__all__ = [
    "LABEL_FIELDS",
    "NULL_REASONS",
    "REGIMES",
    "TREND_BUCKETS",
    "VOL_BANDS",
    "Labels",
    "RegimeRules",
    "adopt_pairs",
    "label_regimes",
    "label_series",
]

# Labels are codes, the positions in these; names would take most of the time to write.
VOL_BANDS = ("low", "mid", "high")
TREND_BUCKETS = ("down", "flat", "up")
NULL_REASONS = ("warm_up", "flat", "dwell")
REGIMES = tuple(f"{vol.title()}Vol-{trend.title()}" for vol in VOL_BANDS for trend in TREND_BUCKETS)

LABEL_FIELDS = (
    pa.field("volatility_lower_third", pa.float64()),
    pa.field("volatility_upper_third", pa.float64()),
    pa.field("vol_band_raw", pa.int8()),
    pa.field("trend_bucket_raw", pa.int8()),
    pa.field("vol_band", pa.int8()),
    pa.field("trend_bucket", pa.int8()),
    pa.field("null_reason", pa.int8()),
)

# What labels compare is rounded: figures differ in their last digits from build to build.
_DIGITS = 10

_BATCH_ROWS = 50_000

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]


@dataclass(frozen=True)
class RegimeRules:
    """How days are labelled.

    Attributes
    ----------
    history_bars, min_history_bars : int
        Bars before the day that its volatility is held against, and how many of them must have a
        volatility.
    trend_threshold : float
        The trend's move, in units of noise, beyond which it is up or down.
    min_dwell_bars : int
        Bars that a new pair of labels must hold before it is adopted.
    """

    history_bars: int
    min_history_bars: int
    trend_threshold: float
    min_dwell_bars: int


@dataclass(frozen=True)
class Labels:
    """Labels of one series, as positions in the tuples of names above; -1 is none."""

    volatility_lower_third: Floats
    volatility_upper_third: Floats
    vol_band_raw: Codes
    trend_bucket_raw: Codes
    vol_band: Codes
    trend_bucket: Codes
    null_reason: Codes


def label_regimes(
    days: pa.RecordBatchReader,
    versions: pa.Table | None = None,
    *,
    key: str,
    day: str,
    rules: RegimeRules,
) -> pa.RecordBatchReader:
    """Return the days with their thresholds and labels, one series after the other.

    Parameters
    ----------
    days : pyarrow.RecordBatchReader
        ``key``, ``day``, ``volatility_14d``, ``trend_strength_20d`` and what else is to be passed
        on; the rows of a series adjacent, in any order of days.
    versions : pyarrow.Table, optional
        ``key`` and ``input_version``, which then stands on the first day of each series.
    key, day : str
        The columns that name the series and the day.
    rules : RegimeRules
        How days are labelled.

    Returns
    -------
    pyarrow.RecordBatchReader
        The columns that came, `LABEL_FIELDS`, and ``input_version`` where versions are given;
        memory holds some series at a time.
    """
    fields = [*days.schema, *LABEL_FIELDS]
    known = None
    if versions is not None:
        fields.append(pa.field("input_version", pa.string()))
        pairs = zip(versions[key].to_pylist(), versions["input_version"].to_pylist(), strict=True)
        known = dict(pairs)
    schema = pa.schema(fields)
    labelled = _labelled(whole_groups(days, key), schema, day, rules, known)
    return pa.RecordBatchReader.from_batches(schema, _joined(labelled))


def label_series(volatility: Floats, trend_strength: Floats, rules: RegimeRules) -> Labels:
    """Return the labels of one series.

    Parameters
    ----------
    volatility, trend_strength : array, shape (n_bars,)
        In order; NaN where not known.

    Notes
    -----
    Low is up to the one-third quantile of the volatility before the day, high is above the
    two-thirds quantile. No label looks at a later day. A day without a pair of labels, such as one
    without volatility, ends what was in force, and the wait for the next pair starts anew.
    """
    lower, upper = trailing_quantiles(volatility, (1 / 3, 2 / 3), rules.history_bars)
    is_short = _known_before(volatility, rules.history_bars) < rules.min_history_bars
    lower[is_short] = upper[is_short] = np.nan
    level = np.round(volatility, _DIGITS)
    has_band = ~np.isnan(level) & ~np.isnan(lower) & (volatility != 0)
    above = (level > np.round(lower, _DIGITS)).astype(np.int8) + (level > np.round(upper, _DIGITS))
    vol_band = np.where(has_band, above, -1).astype(np.int8)
    move = np.round(trend_strength, _DIGITS)
    side = 1 + (move > rules.trend_threshold).astype(np.int8) - (move < -rules.trend_threshold)
    trend_bucket = np.where(np.isnan(move), -1, side).astype(np.int8)
    has_pair = (vol_band >= 0) & (trend_bucket >= 0)
    pairs = np.where(has_pair, vol_band * 3 + trend_bucket, -1).astype(np.int8)
    adopted = adopt_pairs(pairs, rules.min_dwell_bars)
    reasons = np.select([adopted >= 0, volatility == 0, ~has_pair], [-1, 1, 0], 2)
    return Labels(
        lower,
        upper,
        vol_band,
        trend_bucket,
        np.where(adopted >= 0, adopted // 3, -1).astype(np.int8),
        np.where(adopted >= 0, adopted % 3, -1).astype(np.int8),
        reasons.astype(np.int8),
    )


def adopt_pairs(pairs: Codes, min_dwell_bars: int) -> Codes:
    """Return the pair in force on each bar, -1 where none is.

    Examples
    --------
    >>> adopt_pairs(np.array([4, 4, 5, 6, 6, -1, 6, 6], dtype=np.int8), 2).tolist()
    [-1, 4, 4, 4, 6, -1, -1, 6]
    """
    bars = np.arange(len(pairs))
    is_new = np.ones(len(pairs), dtype=bool)
    is_new[1:] = pairs[1:] != pairs[:-1]
    held = bars - np.maximum.accumulate(np.where(is_new, bars, 0)) + 1
    is_confirmed = (pairs >= 0) & (held >= min_dwell_bars)
    # The latest bar that says something: a pair was confirmed, or there is none.
    latest = np.maximum.accumulate(np.where(is_confirmed | (pairs < 0), bars, 0))
    in_force: Codes = np.where(is_confirmed[latest], pairs[latest], -1).astype(np.int8)
    return in_force


def _known_before(values: Floats, length: int) -> NDArray[np.int64]:
    """Return how many of the ``length`` values before each one are there."""
    known = np.append(0, np.cumsum(~np.isnan(values)))
    bars = np.arange(len(values))
    before: NDArray[np.int64] = known[bars] - known[np.maximum(bars - length, 0)]
    return before


def _labelled(
    groups: Iterator[tuple[str, pa.Table]],
    schema: pa.Schema,
    day: str,
    rules: RegimeRules,
    versions: dict[str, str] | None,
) -> Iterator[pa.RecordBatch]:
    for name, group in groups:
        series = _in_order(group.combine_chunks(), day)
        volatility = _floats(series.column("volatility_14d"))
        labels = label_series(volatility, _floats(series.column("trend_strength_20d")), rules)
        columns = [
            *(column.chunk(0) for column in series.columns),
            *(_nullable(getattr(labels, field.name)) for field in LABEL_FIELDS),
        ]
        if versions is not None:
            first = pa.array([versions[name]], pa.string())
            columns.append(pa.concat_arrays([first, pa.nulls(len(series) - 1, pa.string())]))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _joined(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in larger batches, which take a third less time to write."""
    parts: list[pa.RecordBatch] = []
    for batch in batches:
        parts.append(batch)
        if sum(map(len, parts)) >= _BATCH_ROWS:
            yield from pa.Table.from_batches(parts).combine_chunks().to_batches()
            parts = []
    if parts:
        yield from pa.Table.from_batches(parts).combine_chunks().to_batches()


def _in_order(series: pa.Table, day: str) -> pa.Table:
    dates = series.column(day).cast(pa.int32()).to_numpy()
    return series if (dates[1:] >= dates[:-1]).all() else series.sort_by(day).combine_chunks()


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = column.to_numpy().astype(np.float64, copy=False)
    return values


def _nullable(values: Floats | Codes) -> pa.Array:
    return pa.array(values, mask=np.isnan(values) if values.dtype.kind == "f" else values < 0)
