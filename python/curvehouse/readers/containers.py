"""Parquet files that hold what many backtests brought, each row under its ``param_hash``."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.frames import PLAIN_TYPES
from curvehouse.readers.probe import FileBytes, FileProbe, is_plain_path, probe_bytes

__all__ = ["PART_COLUMN", "probe_parts"]

PART_COLUMN = "param_hash"


def probe_parts(file: FileBytes) -> dict[str, FileProbe]:
    """Look at the parts of a file that was read, each as a file of its own.

    Returns
    -------
    dict of str to FileProbe
        By parameter hash, in the file's order; ``row_count`` is that of the part.

    Raises
    ------
    FaultyFileError
        When it is no whole Parquet file, or its rows don't say what they are of.
    """
    try:
        probe = probe_bytes(file)
        if PART_COLUMN not in probe.header:
            reason = f"has no column {PART_COLUMN!r}, which says what a row is of; add it"
            raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason, path=file.path)
        with pq.ParquetFile(pa.BufferReader(file.data), read_dictionary=[PART_COLUMN]) as parquet:
            types = dict(zip(parquet.schema_arrow.names, parquet.schema_arrow.types, strict=True))
            counts = pc.value_counts(parquet.read([PART_COLUMN]).column(0)).to_pylist()
    except FaultyFileError as fault:
        fault.sha256, fault.byte_count = file.sha256, len(file.data)
        raise
    except (pa.ArrowException, OSError) as error:
        raise _fault(file, ReasonCode.TRUNCATED, "is not a whole file; write it again") from error
    parts = {count["values"]: count["counts"] for count in counts}
    if not all(isinstance(name, str) and name for name in parts):
        reason = f"has a row without a {PART_COLUMN}, which says what it is of; write it again"
        raise _fault(file, ReasonCode.MISSING_VALUE, reason)
    is_plain = is_plain_path(file.path) and PLAIN_TYPES.items() <= types.items()
    return {
        name: replace(probe, row_count=row_count, is_plain=is_plain, part=name)
        for name, row_count in parts.items()
    }


def _fault(file: FileBytes, code: ReasonCode, reason: str) -> FaultyFileError:
    fault = FaultyFileError(code, reason, path=file.path)
    fault.sha256, fault.byte_count = file.sha256, len(file.data)
    return fault
