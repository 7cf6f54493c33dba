"""The rows of a query as an Arrow table."""

from __future__ import annotations

import pyarrow as pa

from curvehouse.home import Home
from curvehouse.query.run import run_query

__all__ = ["query_table"]

# The types of the published tables; Arrow finds the others itself.
_TYPES = {
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
    "INTEGER": pa.int32(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
}


def query_table(home: Home, sql: str) -> pa.Table:
    """Return all rows of one reading statement on the published file; see `run_query`."""
    with run_query(home, sql) as result:
        rows = [row for batch in result.batches for row in batch]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(result.columns)
        arrays = [
            pa.array(column, _TYPES.get(kind))
            for column, kind in zip(columns, result.types, strict=True)
        ]
        return pa.Table.from_arrays(arrays, names=list(result.columns))
