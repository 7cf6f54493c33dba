"""The text of a file: unpacked, within a bound, and in UTF-8."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from pathlib import Path

from curvehouse.readers.faults import FaultyFileError, ReasonCode

__all__ = ["MAX_BYTES", "check_size", "check_text", "unzipped"]

MAX_BYTES = 2 * 1024**3

_GZIP_MARK = b"\x1f\x8b"
# Deflate packs no more than so many bytes into one.
_MOST_PACKED = 1032
_CHUNK_BYTES = 1 << 20
_OTHER_FORMATS = {
    _GZIP_MARK: "gzip",
    b"PAR1": "Parquet",
    b"PK\x03\x04": "a workbook or zip archive",
    b"SQLite format 3": "a SQLite database",
}
_MARKS = {
    "UTF-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "UTF-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}


def check_size(path: Path, byte_count: int, max_bytes: int, *, is_unpacked: bool = False) -> None:
    """Raise `FaultyFileError` when a file is larger than it may be.

    Parameters
    ----------
    path : Path
        The file.
    byte_count : int
        Its size; of a packed file also the size of what is in it.
    max_bytes : int
        The bound.
    is_unpacked : bool
        The size is that of the content.
    """
    if byte_count > max_bytes:
        what = "unpacks to more than" if is_unpacked else f"has {byte_count} bytes and not up to"
        reason = f"{what} {max_bytes} bytes; split it, or allow more with --max-bytes"
        fault = FaultyFileError(ReasonCode.TOO_LARGE, reason, path=path)
        fault.byte_count = None if is_unpacked else byte_count
        raise fault


def unzipped(path: Path, data: bytes, max_bytes: int) -> bytes:
    """Return what a gzip file holds, without ever holding much more than ``max_bytes``."""
    if not data.startswith(_GZIP_MARK):
        reason = "is not gzip, as its name says; compress it, or name it .csv"
        raise FaultyFileError(ReasonCode.UNKNOWN_FORMAT, reason, path=path)
    try:
        if len(data) * _MOST_PACKED <= max_bytes:
            text = gzip.decompress(data)
        else:
            text = _unzipped_in_chunks(path, data, max_bytes)
    except (OSError, EOFError, zlib.error) as error:
        reason = "is not a whole gzip file; compress it again"
        raise FaultyFileError(ReasonCode.TRUNCATED, reason, path=path) from error
    if not text:
        raise FaultyFileError(ReasonCode.TRUNCATED, "holds nothing; write it again", path=path)
    return text


def check_text(path: Path, text: bytes) -> None:
    """Raise `FaultyFileError` when what should be text is another format, damaged or not UTF-8."""
    for mark, what in _OTHER_FORMATS.items():
        if text.startswith(mark):
            reason = f"is {what} and not CSV, as its name says; rename or convert it"
            raise FaultyFileError(ReasonCode.UNKNOWN_FORMAT, reason, path=path)
    name = _encoding_of(text)
    if name is not None:
        raise _wrong_encoding(path, f"is {name} text; save it as UTF-8", 1)
    null = text.find(b"\0")
    if null >= 0:
        reason = "has null bytes, as a file has that was not written to its end; write it again"
        line = text.count(b"\n", 0, null) + 1
        raise FaultyFileError(ReasonCode.TRUNCATED, reason, path=path, line=line)
    if text.isascii():
        return
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise _wrong_encoding(path, "is not UTF-8 text; save it as UTF-8", line) from error


def _unzipped_in_chunks(path: Path, data: bytes, max_bytes: int) -> bytes:
    text = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        while chunk := file.read(_CHUNK_BYTES):
            text += chunk
            check_size(path, len(text), max_bytes, is_unpacked=True)
    return bytes(text)


def _encoding_of(text: bytes) -> str | None:
    """Return the name of an encoding of more than one byte a letter, by its mark or its zeros."""
    for name, marks in _MARKS.items():
        if text.startswith(marks):
            return name
    return "UTF-16" if b"\0" in text[:2] else None


def _wrong_encoding(path: Path, reason: str, line: int) -> FaultyFileError:
    return FaultyFileError(ReasonCode.WRONG_ENCODING, reason, path=path, line=line)
