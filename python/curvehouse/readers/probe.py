"""The first look at a file: its fingerprint, its header, and whether it is whole.

Readers of CSV pass over truncated and empty files without a word, and decompressors over a broken
end. So the bytes are looked at once, here; the number of lines found is what a reader must return.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from curvehouse.readers.content import MAX_BYTES, check_size, check_text, unzipped
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.header import checked_header, csv_header
from curvehouse.readers.stamps import settled_stamp

__all__ = [
    "FileBytes",
    "FileProbe",
    "TextSection",
    "file_stem",
    "has_known_suffix",
    "is_plain_path",
    "probe_bytes",
    "probe_file",
    "read_file",
    "sha256_of",
]

_SUFFIXES = (".csv.gz", ".csv", ".parquet")
# DuckDB reads such a path as a pattern even where a file has just that name.
_PATTERN = "*?[]{}\\"
# As much as a processor's cache holds beside what is found in it.
_SCANNED_BYTES = 1 << 18
_LINE_FEED = 10
_PARQUET_MARK = b"PAR1"
# What a cell takes in memory at least, however well a column is packed.
_CELL_BYTES = 8


@dataclass(frozen=True)
class FileBytes:
    """A file as it is on disk, its fingerprint, and its stamp where that can be relied on.

    Attributes
    ----------
    max_bytes : int
        How large its content may be where it is packed.
    """

    path: Path
    data: bytes
    sha256: str
    stamp: str | None
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True)
class TextSection:
    """The part of a text that is a table, from its header on.

    Attributes
    ----------
    start, end : int
        Where it begins and ends, in bytes.
    first_line : int
        The number of its first line.
    """

    start: int
    end: int
    first_line: int


@dataclass(frozen=True)
class FileProbe:
    """What one look at a file's bytes tells.

    Attributes
    ----------
    path : Path
        Absolute path of the file.
    sha256 : str
        Fingerprint of the bytes on disk.
    byte_count : int
        Bytes on disk.
    is_parquet : bool
        Parquet, else CSV (plain or gzipped).
    header : tuple of str
        Column names in order, stripped.
    row_count : int
        Rows below the header, were every line a row.
    is_plain : bool
        DuckDB can read it by its path, which has no character that means a pattern: CSV without
        quotes and with one kind of line end, or a part whose columns have the right types.
    has_clock : bool
        CSV with a colon somewhere; without one there are dates, and no times or offsets.
    stamp : str or None
        See `curvehouse.readers.stamps`.
    section : TextSection or None
        The table of a file that has text around it.
    part : str or None
        Which of the file's rows are meant, where it holds several backtests; see
        `curvehouse.readers.containers`.
    rows : pyarrow.Table or None
        The rows themselves, where they are not as such in the file; see
        `curvehouse.readers.frames`.
    """

    path: Path
    sha256: str
    byte_count: int
    is_parquet: bool
    header: tuple[str, ...]
    row_count: int
    is_plain: bool
    has_clock: bool
    stamp: str | None
    section: TextSection | None = None
    part: str | None = None
    rows: pa.Table | None = None


# Returns the table in a text that is not a table as a whole.
FindSection = Callable[[bytes], TextSection | None]


def file_stem(path: Path) -> str:
    """Return the file's name without ``.csv``, ``.csv.gz`` or ``.parquet``.

    >>> file_stem(Path("prices/daily.closes.csv.gz"))
    'daily.closes'
    """
    suffix = _suffix(path)
    stem = path.name[: len(path.name) - len(suffix)] if suffix else path.stem
    # A name on disk may be bytes that are no text.
    return os.fsencode(stem).decode("utf-8", "replace")


def has_known_suffix(name: str) -> bool:
    """Return whether a name on disk ends in ``.csv``, ``.csv.gz`` or ``.parquet``."""
    return name.lower().endswith(_SUFFIXES)


def sha256_of(data: bytes) -> str:
    """Return the fingerprint of a file's bytes as 64 hex characters."""
    return hashlib.sha256(data).hexdigest()


def probe_file(
    path: Path, *, max_bytes: int = MAX_BYTES, find_section: FindSection | None = None
) -> FileProbe:
    """Look at a CSV, gzipped CSV or Parquet file once; its name says which of them it is.

    Parameters
    ----------
    path : Path
        The file.
    max_bytes : int
        How large it may be, on disk and unpacked; a larger one is not read.
    find_section : callable, optional
        Finds the table in a text of a format that has more than that.

    Raises
    ------
    FaultyFileError
        When the file can't be read, is empty, or its header has fewer than two columns or names
        one twice.
    """
    return probe_bytes(read_file(path, max_bytes=max_bytes), find_section=find_section)


def read_file(path: Path, *, max_bytes: int = MAX_BYTES) -> FileBytes:
    """Read a file; raise `FaultyFileError` when it can't be read or is too large."""
    try:
        # Reading a pipe or a device would never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _fault(path, ReasonCode.UNREADABLE, "is not a regular file; give a file")
        read_at_ns = time.time_ns()
        with path.open("rb", buffering=0) as file:
            found = os.fstat(file.fileno())
            check_size(path, found.st_size, max_bytes)
            data = file.read()
    except OSError as error:
        reason = f"can't be read ({error.strerror}); see to it that it can"
        raise _fault(path, ReasonCode.UNREADABLE, reason) from error
    return FileBytes(path, data, sha256_of(data), settled_stamp(found, read_at_ns), max_bytes)


def probe_bytes(file: FileBytes, *, find_section: FindSection | None = None) -> FileProbe:
    """Look at a file that was read; see `probe_file`."""
    path, data = file.path, file.data
    suffix = _suffix(path)
    try:
        if suffix is None:
            reason = "is neither .csv, .csv.gz nor .parquet; convert it to one of them"
            raise _fault(path, ReasonCode.UNKNOWN_FORMAT, reason)
        if not data:
            raise _fault(path, ReasonCode.TRUNCATED, "is empty; write it again")
        if suffix == ".parquet":
            return _probe_parquet(file)
        text = unzipped(path, data, file.max_bytes) if suffix == ".csv.gz" else data
        check_text(path, text)
        return _probe_csv(file, text, find_section(text) if find_section else None)
    except FaultyFileError as fault:
        fault.sha256, fault.byte_count = file.sha256, len(data)
        raise


def _probe_csv(file: FileBytes, text: bytes, section: TextSection | None) -> FileProbe:
    path, line = file.path, 1
    if section is not None:
        text, line = text[section.start : section.end], section.first_line
    end = len(text)
    while end and text[end - 1] in b"\r\n":
        end -= 1
    return FileProbe(
        path=path.absolute(),
        sha256=file.sha256,
        byte_count=len(file.data),
        is_parquet=False,
        header=csv_header(path, text, end, line),
        row_count=_line_ends(text, end),
        is_plain=section is None and is_plain_path(path) and _is_plain_text(text),
        has_clock=b":" in text,
        stamp=file.stamp,
        section=section,
    )


def _line_ends(text: bytes, end: int) -> int:
    """Count the line feeds; several times as fast as `bytes.count`."""
    letters = np.frombuffer(text, np.uint8, count=end)
    return sum(
        int(np.count_nonzero(letters[start : start + _SCANNED_BYTES] == _LINE_FEED))
        for start in range(0, end, _SCANNED_BYTES)
    )


def is_plain_path(path: Path) -> bool:
    """Return whether DuckDB takes a path for just this file, and not for a pattern."""
    name = str(path.absolute())
    return not any(letter in name for letter in _PATTERN) and name.isprintable()


def _is_plain_text(text: bytes) -> bool:
    if b'"' in text:
        return False
    if b"\r" not in text:
        return True
    return text.count(b"\r") == text.count(b"\r\n") == text.count(b"\n")


def _probe_parquet(file: FileBytes) -> FileProbe:
    path = file.path
    if not file.data.startswith(_PARQUET_MARK):
        reason = "is not Parquet, as its name says; write it as Parquet, or name it .csv"
        raise _fault(path, ReasonCode.UNKNOWN_FORMAT, reason)
    try:
        with pq.ParquetFile(pa.BufferReader(file.data)) as parquet:
            header, found = parquet.schema_arrow.names, parquet.metadata
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = "is not a whole Parquet file; write it again"
        raise _fault(path, ReasonCode.TRUNCATED, reason) from error
    row_count = found.num_rows
    check_size(path, _CELL_BYTES * row_count * len(header), file.max_bytes, is_unpacked=True)
    return FileProbe(
        path=path.absolute(),
        sha256=file.sha256,
        byte_count=len(file.data),
        is_parquet=True,
        header=checked_header(path, header),
        row_count=row_count,
        is_plain=False,
        has_clock=True,
        stamp=file.stamp,
    )


def _suffix(path: Path) -> str | None:
    name = path.name.lower()
    return next((suffix for suffix in _SUFFIXES if name.endswith(suffix)), None)


def _fault(path: Path, code: ReasonCode, reason: str) -> FaultyFileError:
    return FaultyFileError(code, reason, path=path)
