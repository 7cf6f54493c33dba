"""Whole groups out of a stream of batches, so that memory holds one of them at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["whole_groups", "whole_parts"]


def whole_groups(batches: pa.RecordBatchReader, key: str) -> Iterator[tuple[str, pa.Table]]:
    """Yield each group's key and rows from batches in which the rows of a group are adjacent.

    Parameters
    ----------
    batches : pyarrow.RecordBatchReader
        Ordered by ``key``; a group may begin in one batch and end in a later one.
    key : str
        A column without NULLs.

    Examples
    --------
    >>> table = pa.table({"name": ["a", "a", "b"], "value": [1, 2, 3]})
    >>> reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=1))
    >>> [(name, rows.num_rows) for name, rows in whole_groups(reader, "name")]
    [('a', 2), ('b', 1)]
    """
    name: str | None = None
    parts: list[pa.RecordBatch] = []
    for batch in batches:
        for part_name, part in _runs(batch, key):
            if part_name != name and parts:
                yield str(name), pa.Table.from_batches(parts)
                parts = []
            name = part_name
            parts.append(part)
    if parts:
        yield str(name), pa.Table.from_batches(parts)


def whole_parts(batches: pa.RecordBatchReader, key: str, min_rows: int) -> Iterator[pa.Table]:
    """Yield tables of whole groups, of so many rows at least where there are so many.

    Parameters
    ----------
    batches : pyarrow.RecordBatchReader
        Ordered by ``key``, a column of integers without NULLs.
    min_rows : int
        Under so many rows the next batch is waited for; a group is never cut.

    Examples
    --------
    >>> table = pa.table({"number": [1, 1, 1, 2, 2, 3]})
    >>> reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=2))
    >>> [part.num_rows for part in whole_parts(reader, "number", 2)]
    [3, 2, 1]
    """
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows > min_rows and batch.num_rows:
            keys = batch.column(key).to_numpy()
            cut = int(np.searchsorted(keys, keys[-1]))
            if cut or _last_key(held[:-1], key) not in (None, keys[-1]):
                yield pa.Table.from_batches([*held[:-1], batch.slice(0, cut)], batch.schema)
                held = [batch.slice(cut)]
                rows = held[0].num_rows
    if rows:
        yield pa.Table.from_batches(held)


def _last_key(batches: list[pa.RecordBatch], key: str) -> int | None:
    for batch in reversed(batches):
        if batch.num_rows:
            return int(batch.column(key)[-1].as_py())
    return None


def _runs(batch: pa.RecordBatch, key: str) -> Iterator[tuple[str, pa.RecordBatch]]:
    if not batch.num_rows:
        return
    runs = pc.run_end_encode(batch.column(key))
    start = 0
    for end, value in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True):
        yield value, batch.slice(start, end - start)
        start = end
