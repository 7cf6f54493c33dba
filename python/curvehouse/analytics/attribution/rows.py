"""Attributions as rows of one tall table, four kinds of them, which SQL takes apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.attribution.contributions import Contributions
from curvehouse.analytics.attribution.exposures import Exposures, Status, Window
from curvehouse.analytics.attribution.samples import Sample

__all__ = ["ATTRIBUTION_SCHEMA", "Curves", "rows_of", "rows_without_periods"]

Floats = NDArray[np.float64]
Statuses = NDArray[np.int32]

RISK_FREE, ALPHA_RESIDUAL = "risk_free", "alpha_residual"
# The factors that have a column of their own, in a set that calls them so.
NAMED = ("market", "momentum", "size")

_NAME = pa.dictionary(pa.int32(), pa.string())
_STATUSES = [status.name.lower() for status in Status]

ATTRIBUTION_SCHEMA = pa.schema(
    [
        ("row_kind", _NAME),
        ("backtest_id", _NAME),
        ("factor_set", _NAME),
        ("input_version", _NAME),
        ("estimation_window", _NAME),
        ("factor", _NAME),
        ("fit_status", _NAME),
        ("as_of_date", pa.date32()),
        ("base_date", pa.date32()),
        ("attributed_from", pa.date32()),
        ("is_last", pa.bool_()),
        ("observation_count", pa.int64()),
        ("attributed_count", pa.int64()),
        ("beta", pa.float64()),
        ("std_error", pa.float64()),
        ("contribution", pa.float64()),
        ("risk_share", pa.float64()),
        ("attributed_return", pa.float64()),
        ("alpha_annual", pa.float64()),
        ("alpha_std_error_annual", pa.float64()),
        ("alpha_residual_cagr", pa.float64()),
        ("r_squared", pa.float64()),
        ("condition_number", pa.float64()),
        ("beta_market", pa.float64()),
        ("beta_momentum", pa.float64()),
        ("beta_size", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Curves:
    """The curves of one sample, and what they are called.

    Attributes
    ----------
    backtest_ids, input_versions : sequence of str
    factor_set : str
    factors : sequence of str
    periods_per_year : array, shape (n_curves,)
        Of the days that the curves share with the set.
    """

    backtest_ids: Sequence[str]
    input_versions: Sequence[str]
    factor_set: str
    factors: Sequence[str]
    periods_per_year: Floats

    @property
    def parts(self) -> list[str]:
        """What returns fall into."""
        return [*self.factors, RISK_FREE, ALPHA_RESIDUAL]


def rows_of(
    curves: Curves, sample: Sample, exposures: Exposures, contributions: Contributions
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of curves for one kind of window, as batches of `ATTRIBUTION_SCHEMA`.

    Notes
    -----
    ``row_kind`` is ``exposure`` (per reported day and factor), ``attribution`` (one),
    ``contribution`` (per part) or ``month`` (per month and part). One row per curve has its
    ``input_version``, which is as long as all the rest: the attribution by the window ``full``.
    """
    if len(exposures.reported):
        yield _exposure_rows(curves, sample, exposures)
    last = _last_statuses(curves, sample, exposures)
    yield _attribution_rows(curves, sample, exposures, contributions, last)
    is_attributed = contributions.first < len(sample.returns)
    if is_attributed:
        yield _month_rows(curves, sample, exposures.window, contributions)
    if not sample.is_ruined:
        # Where exposures are known since the last day only, no day has come after.
        later = np.where(last <= Status.FLAT, Status.TOO_SHORT, last)
        last = np.full_like(last, Status.OK) if is_attributed else later.astype(np.int32)
    yield _contribution_rows(
        curves,
        exposures.window,
        last,
        contribution=contributions.linked.T,
        risk_share=contributions.risk_shares.T,
        attributed_return=np.broadcast_to(
            contributions.returns[:, None], contributions.linked.T.shape
        ),
    )


def rows_without_periods(curves: Curves, status: Status) -> Iterator[pa.RecordBatch]:
    """Yield the rows of curves that do not live on two of the set's days."""
    count = len(curves.backtest_ids)
    statuses = np.full(count, status, dtype=np.int32)
    zeros = np.zeros(count, dtype=np.int64)
    for window in Window:
        yield _batch(
            curves,
            window,
            "attribution",
            1,
            fit_status=statuses,
            observation_count=zeros,
            attributed_count=zeros,
        )
        yield _contribution_rows(curves, window, statuses)


def _exposure_rows(curves: Curves, sample: Sample, exposures: Exposures) -> pa.RecordBatch:
    days = sample.days[exposures.reported]
    width = len(curves.factors)
    shape = (len(curves.backtest_ids), len(days), width)
    is_last = exposures.reported == len(sample.days) - 1
    is_over = is_last & sample.is_ruined
    statuses = np.where(is_over, Status.RUINED, exposures.statuses.T).astype(np.int32)
    return _batch(
        curves,
        exposures.window,
        "exposure",
        len(days) * width,
        factor=np.broadcast_to(np.arange(width, dtype=np.int32), shape),
        fit_status=np.broadcast_to(statuses[..., None], shape),
        as_of_date=np.broadcast_to(days[:, None], shape),
        is_last=np.broadcast_to(is_last[:, None], shape),
        observation_count=np.broadcast_to(exposures.counts[:, None], shape),
        beta=np.where(is_over[:, None], np.nan, exposures.betas.T),
        std_error=np.where(is_over[:, None], np.nan, exposures.beta_errors.T),
    )


def _last_statuses(curves: Curves, sample: Sample, exposures: Exposures) -> Statuses:
    if sample.is_ruined:
        return np.full(len(curves.backtest_ids), Status.RUINED, dtype=np.int32)
    if not len(exposures.reported):
        return np.full(len(curves.backtest_ids), Status.TOO_SHORT, dtype=np.int32)
    last: Statuses = exposures.statuses[-1]
    return last


def _attribution_rows(
    curves: Curves,
    sample: Sample,
    exposures: Exposures,
    contributions: Contributions,
    statuses: Statuses,
) -> pa.RecordBatch:
    count, first = len(curves.backtest_ids), contributions.first
    is_reported = len(exposures.reported) > 0 and not sample.is_ruined
    nothing = np.full(count, np.nan)
    days = sample.shared.days
    never = np.datetime64("NaT", "D")
    is_attributed = first < len(sample.returns)

    def last(values: Floats) -> Floats:
        return values[-1] if is_reported else nothing

    def each(value: object, dtype: str | None = None) -> NDArray[np.generic]:
        return np.full(count, value, dtype=dtype)

    observations = exposures.counts[-1] if len(exposures.counts) else 0
    condition = exposures.condition_numbers[-1] if is_reported else np.nan
    return _batch(
        curves,
        exposures.window,
        "attribution",
        1,
        fit_status=statuses,
        as_of_date=each(days[-1]),
        base_date=each(days[first] if is_attributed else never),
        attributed_from=each(days[first + 1] if is_attributed else never),
        observation_count=each(observations, "int64"),
        attributed_count=each(contributions.exposed_count, "int64"),
        attributed_return=contributions.returns,
        alpha_annual=last(exposures.alphas) * curves.periods_per_year,
        alpha_std_error_annual=last(exposures.alpha_errors) * curves.periods_per_year,
        alpha_residual_cagr=contributions.residual_growth,
        r_squared=last(exposures.r_squared),
        condition_number=each(condition),
        **{
            f"beta_{factor.lower()}": last(betas)
            for factor, betas in zip(curves.factors, exposures.betas, strict=True)
            if factor.lower() in NAMED
        },
    )


def _contribution_rows(
    curves: Curves, window: Window, statuses: Statuses, **columns: Floats
) -> pa.RecordBatch:
    parts = np.arange(len(curves.parts), dtype=np.int32)
    shape = (len(curves.backtest_ids), len(parts))
    return _batch(
        curves,
        window,
        "contribution",
        len(parts),
        factor=np.broadcast_to(parts, shape),
        fit_status=np.broadcast_to(statuses[:, None], shape),
        **columns,
    )


def _month_rows(
    curves: Curves, sample: Sample, window: Window, contributions: Contributions
) -> pa.RecordBatch:
    months = sample.days[contributions.month_starts].astype("datetime64[M]")
    parts = np.arange(len(curves.parts), dtype=np.int32)
    shape = (len(curves.backtest_ids), len(months), len(parts))
    is_last = np.arange(len(months)) == len(months) - 1
    return _batch(
        curves,
        window,
        "month",
        len(months) * len(parts),
        factor=np.broadcast_to(parts, shape),
        as_of_date=np.broadcast_to(months.astype("datetime64[D]")[:, None], shape),
        is_last=np.broadcast_to(is_last[:, None], shape),
        contribution=contributions.monthly.T,
    )


def _batch(
    curves: Curves, window: Window, row_kind: str, per_curve: int, **columns: NDArray[np.generic]
) -> pa.RecordBatch:
    """Return rows, so many per curve, from arrays whose first axis is the curves."""
    count = len(curves.backtest_ids)
    rows = count * per_curve
    numbers = np.repeat(np.arange(count, dtype=np.int32), per_curve)
    same = np.zeros(rows, dtype=np.int32)
    found = {
        "row_kind": _names(same, [row_kind]),
        "backtest_id": _names(numbers, curves.backtest_ids),
        "factor_set": _names(same, [curves.factor_set]),
        "input_version": _names(numbers, curves.input_versions)
        if row_kind == "attribution" and window is Window.FULL
        else pa.nulls(rows, _NAME),
        "estimation_window": _names(same, [window.value]),
    }
    arrays = []
    for field in ATTRIBUTION_SCHEMA:
        if field.name in found:
            arrays.append(found[field.name])
        elif field.name in columns:
            values = columns[field.name].ravel()
            names = _STATUSES if field.name == "fit_status" else curves.parts
            arrays.append(_column(values, field.type, names))
        else:
            arrays.append(pa.nulls(rows, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=ATTRIBUTION_SCHEMA)


def _column(values: NDArray[np.generic], kind: pa.DataType, names: Sequence[str]) -> pa.Array:
    if kind == _NAME:
        return _names(values.astype(np.int32), names)
    if kind == pa.float64():
        return pa.array(values, mask=~np.isfinite(values))
    if kind == pa.date32():
        return pa.array(values.astype("datetime64[D]"), type=kind)
    return pa.array(values, type=kind)


def _names(numbers: NDArray[np.int32], names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(names, pa.string()))
