"""Figures of each curve, or of each day, of a stream of days: some hundred thousand at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.groups import whole_parts
from curvehouse.analytics.segments import Segments

__all__ = ["days_of_curves", "measure_by_curve"]

# So few that what is made of them stays in the processor's cache.
_PART_ROWS = 100_000


def measure_by_curve(
    days: pa.RecordBatchReader,
    curves: pa.Table,
    measure: Callable[[pa.Table, Segments], Mapping[str, NDArray[Any]]],
    schema: pa.Schema,
) -> pa.Table:
    """Return one row per curve: its names, and what its days come to.

    Parameters
    ----------
    days : pyarrow.RecordBatchReader
        ``curve_number`` and what ``measure`` reads, ordered by curve and date.
    curves : pyarrow.Table
        ``curve_number, backtest_id, input_version``, a row per curve that is wanted.
    measure : callable
        From days of whole curves, each with a day at least, to the columns of ``schema`` other
        than the names.
    schema : pyarrow.Schema
        Numbers that are NaN or infinite become NULL. A curve without days has NULL throughout.
    """
    names = curves.sort_by("curve_number")
    known = names.column("curve_number").to_numpy()
    measured = np.zeros(names.num_rows, dtype=np.bool_)
    tables = []
    for rows in whole_parts(days, "curve_number", _PART_ROWS):
        numbers = rows.column("curve_number").to_numpy()
        present, places = np.unique(numbers, return_inverse=True)
        with np.errstate(all="ignore"):
            columns = measure(rows, Segments.of_keys(places, len(present)))
        at = np.searchsorted(known, present)
        tables.append(_as_table(names.take(pa.array(at)), columns, schema))
        measured[at] = True
    tables.append(_as_table(names.filter(pa.array(~measured)), {}, schema))
    return pa.concat_tables(tables)


def days_of_curves(
    days: pa.RecordBatchReader,
    curves: pa.Table,
    measure: Callable[[pa.Table, Segments], Mapping[str, NDArray[Any]]],
    schema: pa.Schema,
) -> Iterator[pa.RecordBatch]:
    """Yield the days that came, with what ``measure`` makes of each.

    A curve without days is a row with its names alone.

    Parameters
    ----------
    days, curves, measure
        As of `measure_by_curve`; but ``measure`` returns a value for each day.
    schema : pyarrow.Schema
        ``backtest_id``, ``input_version`` (which stands on the first day of each curve),
        ``equity_date`` and numbers; those that are NaN or infinite become NULL.
    """
    names = curves.sort_by("curve_number")
    ids, versions = (
        names.column(name).combine_chunks() for name in ("backtest_id", "input_version")
    )
    known = names.column("curve_number").to_numpy()
    has_days = np.zeros(names.num_rows, dtype=np.bool_)
    for rows in whole_parts(days, "curve_number", _PART_ROWS):
        numbers = rows.column("curve_number").to_numpy()
        present, places = np.unique(numbers, return_inverse=True)
        at = np.searchsorted(known, present)
        has_days[at] = True
        series = Segments.of_keys(places, len(present))
        with np.errstate(all="ignore"):
            figures = measure(rows, series)
        own_ids = ids.take(pa.array(at))
        day_names = {
            "backtest_id": pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), own_ids),
            "input_version": versions.take(pa.array(at[places], mask=~series.is_first)),
            "equity_date": rows.column("equity_date"),
        }
        yield from _as_table(pa.table(day_names), figures, schema).combine_chunks().to_batches()
    others = names.select(["backtest_id", "input_version"]).filter(pa.array(~has_days))
    yield from _as_table(others, {}, schema).to_batches()


def _as_table(names: pa.Table, columns: Mapping[str, NDArray[Any]], schema: pa.Schema) -> pa.Table:
    """Return columns that are named already, those that were measured, and NULL for the others."""
    arrays: list[pa.Array] = []
    for field in schema:
        values = columns.get(field.name)
        if field.name in names.column_names:
            arrays.append(names.column(field.name).cast(field.type))
        elif values is None:
            arrays.append(pa.nulls(names.num_rows, field.type))
        elif field.type == pa.float64():
            arrays.append(pa.array(values, field.type, mask=~np.isfinite(values)))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.table(arrays, schema=schema)
