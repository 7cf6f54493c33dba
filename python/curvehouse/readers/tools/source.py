"""A tool's file as a reader sees it: read once, unpacked once, within a bound."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curvehouse.readers.archives import Archive, open_archive
from curvehouse.readers.content import MAX_BYTES, check_size, check_text, unzipped
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.header import checked_header
from curvehouse.readers.probe import read_file

__all__ = ["SourceFile"]

_GZIP_MARK = b"\x1f\x8b"
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_PARQUET_MARK = b"PAR1"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What a cell takes in memory at least, however well a column is packed.
_CELL_BYTES = 8


@dataclass(frozen=True)
class SourceFile:
    """A file that some tool wrote.

    Attributes
    ----------
    path : Path
        Where it is; its name says nothing of its format.
    data : bytes
        What is on disk.
    sha256 : str
        Fingerprint of ``data``.
    max_bytes : int
        How large its content may be where it is packed.
    """

    path: Path
    data: bytes
    sha256: str
    max_bytes: int = MAX_BYTES

    @classmethod
    def open(cls, path: Path, *, max_bytes: int = MAX_BYTES) -> SourceFile:
        """Read a file; raise `FaultyFileError` when it is too large, empty or can't be read."""
        found = read_file(path, max_bytes=max_bytes)
        source = cls(path, found.data, found.sha256, max_bytes)
        if not found.data:
            raise source.fault(ReasonCode.TRUNCATED, "is empty; write it again")
        return source

    def fault(self, code: ReasonCode, reason: str, line: int | None = None) -> FaultyFileError:
        """Return what to raise where the file can't be accepted."""
        fault = FaultyFileError(code, reason, path=self.path, line=line)
        fault.sha256, fault.byte_count = self.sha256, len(self.data)
        return fault

    def fingerprint_of(self, _rows: pa.Table) -> str:
        """Return the fingerprint under which rows of it land: that of the file."""
        return self.sha256

    def size_of(self, _rows: pa.Table) -> int:
        """Return the size that is noted with rows of it: that of the file."""
        return len(self.data)

    @cached_property
    def content(self) -> bytes:
        """What the file holds, unpacked where it is gzip; an archive stays as it is."""
        if not self.data.startswith(_GZIP_MARK):
            return self.data
        try:
            return unzipped(self.path, self.data, self.max_bytes)
        except FaultyFileError as fault:
            raise self.fault(fault.code, fault.reason) from fault

    @property
    def is_zip(self) -> bool:
        """Whether it is an archive."""
        return self.content.startswith(_ZIP_MARKS)

    @cached_property
    def archive(self) -> Archive:
        """The archive that the file is; see `curvehouse.readers.archives`."""
        try:
            return open_archive(self.path, self.content, max_bytes=self.max_bytes)
        except FaultyFileError as fault:
            raise self.fault(fault.code, fault.reason) from fault

    @property
    def is_parquet(self) -> bool:
        """Whether it is Parquet."""
        return self.content.startswith(_PARQUET_MARK)

    @property
    def is_json(self) -> bool:
        """Whether it begins as a JSON object or list does."""
        return self.content[:64].removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] in (b"{", b"[")

    @property
    def is_csv(self) -> bool:
        """Whether it is none of the others, and may be text."""
        return not (self.is_zip or self.is_parquet or self.is_json)

    @cached_property
    def text(self) -> str:
        """The file as text.

        Raises
        ------
        FaultyFileError
            When it is no UTF-8, or another format.
        """
        if self.content[:1] == b"\x80":
            # Reading one would run whatever code is in it.
            reason = "looks like a pickle, which is never read; write CSV or Parquet"
            raise self.fault(ReasonCode.UNKNOWN_FORMAT, reason)
        try:
            check_text(self.path, self.content)
        except FaultyFileError as fault:
            raise self.fault(fault.code, fault.reason, fault.line) from fault
        return self.content.decode("utf-8-sig")

    @cached_property
    def json(self) -> Any:
        """The file as JSON, which may hold ``NaN`` as Python writes it."""
        try:
            return json.loads(self.text)
        except json.JSONDecodeError as error:
            reason = f"is not whole JSON ({error.msg}); write it again"
            raise self.fault(ReasonCode.TRUNCATED, reason, error.lineno) from error
        except (RecursionError, ValueError) as error:
            reason = "is JSON that can't be read; write it again"
            raise self.fault(ReasonCode.UNKNOWN_FORMAT, reason) from error

    def csv_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of a CSV, each with the number of its first line; blank ones not."""
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        line = 1
        try:
            for row in reader:
                start, line = line, reader.line_num + 1
                if row:
                    yield start, row
        except csv.Error as error:
            reason = f"has a row that is not CSV ({error})"
            raise self.fault(ReasonCode.BAD_ROW, reason, line) from error

    def checked_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of a header, stripped.

        Raises
        ------
        FaultyFileError
            When there are fewer than two, or one twice.
        """
        try:
            return checked_header(self.path, names)
        except FaultyFileError as fault:
            raise self.fault(fault.code, fault.reason, fault.line) from fault

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names in the first row of a CSV or in a Parquet file, stripped; else nothing."""
        if self.is_parquet:
            return tuple(self.parquet_schema.names)
        if not self.is_csv:
            return ()
        return tuple(name.strip() for name in next((row for _, row in self.csv_rows()), []))

    @cached_property
    def table(self) -> pa.Table:
        """The rows of a CSV with one header row, or of a Parquet file.

        The columns of a CSV are text, with empty cells as NULL, and ``line_number`` stands after
        them. Columns of Parquet have their types, and pandas' description stays in the schema.

        Raises
        ------
        FaultyFileError
            When a name stands twice, a row doesn't fit, or the file is damaged.
        """
        if self.is_parquet:
            return self._parquet_table()
        rows = self.csv_rows()
        _, first = next(rows, (1, []))
        header = self.checked_names(first)
        lines, cells = [], []
        for line, row in rows:
            if len(row) != len(header):
                reason = f"has {len(row)} fields where the header has {len(header)}"
                raise self.fault(ReasonCode.BAD_ROW, reason, line)
            lines.append(line)
            cells.append([cell or None for cell in row])
        columns = zip(*cells, strict=True) if cells else [()] * len(header)
        arrays = [pa.array(column, pa.string()) for column in columns]
        return pa.table([*arrays, pa.array(lines, pa.int64())], [*header, "line_number"])

    @property
    def parquet_schema(self) -> pa.Schema:
        """The columns of a Parquet file, with pandas' description where pandas wrote it."""
        return self._parquet_file.schema_arrow

    @cached_property
    def _parquet_file(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(pa.BufferReader(self.content))
        except (pa.ArrowException, OSError, ValueError) as error:
            reason = "is not a whole Parquet file; write it again"
            raise self.fault(ReasonCode.TRUNCATED, reason) from error

    def _parquet_table(self) -> pa.Table:
        found = self._parquet_file.metadata
        unpacked = _CELL_BYTES * found.num_rows * found.num_columns
        check_size(self.path, unpacked, self.max_bytes, is_unpacked=True)
        try:
            return self._parquet_file.read()
        except (pa.ArrowException, OSError, ValueError) as error:
            reason = "is not a whole Parquet file; write it again"
            raise self.fault(ReasonCode.TRUNCATED, reason) from error
