"""A kernel over a Spark data frame, a bucket of keys at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pyarrow as pa
from pyspark.sql import DataFrame, functions
from pyspark.sql.pandas.types import from_arrow_schema

__all__ = ["by_bucket"]

Kernel = Callable[..., pa.Table | pa.RecordBatchReader]


def by_bucket(
    kernel: Kernel,
    rows: DataFrame,
    shared: tuple[DataFrame, ...],
    *,
    by: str,
    within: tuple[str, ...],
    batch_rows: int,
) -> DataFrame:
    """Return what the kernel makes of each bucket of keys; see `curvehouse.partitioned`.

    A bucket's rows are in the memory of one worker, and the shared tables without the key in that
    of all.

    Raises
    ------
    TypeError
        When several shared tables have the key: Spark brings together two frames, not three.
    """
    keyed = [frame for frame in shared if by in frame.columns]
    if len(keyed) > 1:
        raise TypeError(f"one shared table may be split by {by}, and {len(keyed)} have it.")
    whole = [None if frame in keyed else frame.toArrow() for frame in shared]

    def made_of_both(part: pa.Table, split: pa.Table | None) -> pa.Table:
        ordered = part.sort_by([(name, "ascending") for name in (by, *within)])
        tables = [split if table is None else table for table in whole]
        return _plain(kernel(ordered.to_reader(batch_rows), *tables))

    def made_of(part: pa.Table) -> pa.Table:
        return made_of_both(part, None)

    none = [frame.limit(0).toArrow() for frame in (rows, *keyed)]
    schema = from_arrow_schema(made_of_both(none[0], none[-1]).schema)
    count = int(cast("str", rows.sparkSession.conf.get("spark.sql.shuffle.partitions")))
    bucket = functions.pmod(functions.hash(by), functions.lit(count))
    if not keyed:
        return rows.groupBy(bucket).applyInArrow(made_of, schema)
    both = rows.groupBy(bucket).cogroup(keyed[0].groupBy(bucket))
    return both.applyInArrow(made_of_both, schema)


def _plain(found: pa.Table | pa.RecordBatchReader) -> pa.Table:
    """Return the rows with dictionaries written out: Spark has no such type."""
    table = found.read_all() if isinstance(found, pa.RecordBatchReader) else found
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
