"""A block's curves and trades as Parquet, the same bytes from the same results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from curvehouse.sweep.bars import Bars
    from curvehouse.sweep.evaluate import JobResult

__all__ = ["encode_parquet"]

_TIMESTAMP = pa.timestamp("us")

# What can't be missing says so, which also takes half the time to write.
_EQUITY_SCHEMA = pa.schema(
    [
        pa.field("param_hash", pa.string(), nullable=False),
        pa.field("ts", _TIMESTAMP, nullable=False),
        pa.field("equity", pa.float64(), nullable=False),
    ]
)
_TRADES_SCHEMA = pa.schema(
    [
        pa.field("param_hash", pa.string(), nullable=False),
        pa.field("trade_id", pa.int64(), nullable=False),
        pa.field("symbol", pa.string(), nullable=False),
        pa.field("side", pa.string(), nullable=False),
        pa.field("entry_at", _TIMESTAMP, nullable=False),
        pa.field("exit_at", _TIMESTAMP),
        pa.field("quantity", pa.float64(), nullable=False),
        pa.field("entry_price", pa.float64(), nullable=False),
        pa.field("exit_price", pa.float64()),
        pa.field("fees", pa.float64(), nullable=False),
        pa.field("pnl", pa.float64()),
    ]
)


def encode_parquet(
    param_hashes: Sequence[str], results: Sequence[JobResult], bars: Bars
) -> tuple[pa.Buffer | None, pa.Buffer | None]:
    """Return the files of a block's curves and trades, None where there are none.

    Rows are in the order of the jobs, then of bars or entries.
    """
    return (
        _encoded(_equity_table(param_hashes, results, bars)),
        _encoded(_trades_table(param_hashes, results, bars)),
    )


def _equity_table(
    param_hashes: Sequence[str], results: Sequence[JobResult], bars: Bars
) -> pa.Table:
    curves = {
        param_hash: result.equity
        for param_hash, result in zip(param_hashes, results, strict=True)
        if result.equity is not None
    }
    columns = [
        _repeated(list(curves), np.full(len(curves), len(bars))),
        # Chunks, because gluing them together takes a third of the time of writing.
        pa.chunked_array([pa.array(bars.times)] * len(curves), _TIMESTAMP),
        pa.chunked_array(list(curves.values()), pa.float64()),
    ]
    return _table(columns, _EQUITY_SCHEMA)


def _trades_table(
    param_hashes: Sequence[str], results: Sequence[JobResult], bars: Bars
) -> pa.Table:
    trades = {
        param_hash: result.trades
        for param_hash, result in zip(param_hashes, results, strict=True)
        if result.trades is not None
    }
    counts = np.array([len(each) for each in trades.values()], dtype=np.int64)
    total = int(counts.sum())

    def gathered(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(each, name) for each in trades.values()] or [np.arange(0)])

    exits = gathered("exit_bar")
    numbers = [
        # NaN is what an open trade does not have yet.
        pa.array(gathered(name), pa.float64(), from_pandas=_TRADES_SCHEMA.field(name).nullable)
        for name in ("quantity", "entry_price", "exit_price", "fees", "pnl")
    ]
    columns = [
        _repeated(list(trades), counts),
        pa.array(np.arange(1, total + 1) - np.repeat(np.cumsum(counts) - counts, counts)),
        _repeated([bars.symbol], np.array([total])),
        _repeated(["long"], np.array([total])),
        pa.array(bars.times[gathered("entry_bar")]),
        pa.array(bars.times[exits], mask=exits < 0),
        *numbers,
    ]
    return _table(columns, _TRADES_SCHEMA)


def _repeated(values: Sequence[str], counts: NDArray[np.int64]) -> pa.DictionaryArray:
    """Return each text as often as its count says."""
    kind = np.int16 if len(values) < 2**15 else np.int32
    indices = np.repeat(np.arange(len(values), dtype=kind), counts)
    return pa.DictionaryArray.from_arrays(pa.array(indices), pa.array(values, pa.string()))


def _table(columns: Sequence[pa.Array | pa.ChunkedArray], schema: pa.Schema) -> pa.Table:
    """Return a table whose repeated texts are stored once each."""
    fields = [
        pa.field(field.name, column.type, nullable=field.nullable)
        for field, column in zip(schema, columns, strict=True)
    ]
    return pa.table(list(columns), schema=pa.schema(fields))


def _encoded(table: pa.Table) -> pa.Buffer | None:
    if not table.num_rows:
        return None
    sink = pa.BufferOutputStream()
    texts = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    moments = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    # Numbers hardly shrink, and compressing them takes half as long again as all the rest; times
    # and texts are packed by their encodings.
    pq.write_table(
        table,
        sink,
        compression="none",
        use_dictionary=texts,
        column_encoding=dict.fromkeys(moments, "DELTA_BINARY_PACKED"),
        write_batch_size=8_192,
        write_statistics=False,
        store_schema=False,
    )
    return sink.getvalue()
