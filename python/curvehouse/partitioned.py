"""A numerical kernel over a dbt model's rows: one stream on DuckDB, buckets of keys on Spark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from curvehouse.analytics.lazy_imports import imported

__all__ = ["partitioned"]

# So few rows at a time that what a kernel makes of them stays small beside DuckDB's memory.
_BATCH_ROWS = 100_000


def partitioned(
    kernel: Callable[..., pa.Table | pa.RecordBatchReader],
    rows: Any,
    *shared: Any,
    by: str,
    within: tuple[str, ...] = (),
) -> Any:
    """Return what a kernel makes of rows of which those with the same key belong together.

    Parameters
    ----------
    kernel : callable
        From a `pyarrow.RecordBatchReader` of the rows, ordered by ``by`` and ``within``, and a
        `pyarrow.Table` for each of ``shared``, to a table or reader. Its schema, and what it makes
        of a key, do not depend on which other keys are there, so that the union over shards is the
        whole. It can be imported by name, alone or in a `functools.partial`.
    rows, *shared
        What ``dbt.ref`` returned: relations of DuckDB, or data frames of Spark.
    by : str
        The key. A shared table that has it too is split along with the rows, of which there may be
        none for a key; any other goes to every shard whole.
    within : tuple of str
        What orders the rows of a key.

    Returns
    -------
    pyarrow.Table, pyarrow.RecordBatchReader or Spark data frame
        What dbt takes from a Python model on that engine.

    Notes
    -----
    On DuckDB it is one call over a stream; on Spark a call for each bucket of ``hash(by)``, as many
    as ``spark.sql.shuffle.partitions``.
    """
    # Asked of the class: a data frame of Spark Connect takes any name for a column.
    if not hasattr(type(rows), "to_arrow_reader"):
        by_bucket = imported("curvehouse.spark.buckets").by_bucket
        return by_bucket(kernel, rows, shared, by=by, within=within, batch_rows=_BATCH_ROWS)
    # Before the rows are streamed: another query would end the stream.
    tables = [relation.to_arrow_table() for relation in shared]
    ordered = rows.order(", ".join((by, *within)))
    return kernel(ordered.to_arrow_reader(_BATCH_ROWS), *tables)
