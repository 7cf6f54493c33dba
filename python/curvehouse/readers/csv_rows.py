"""CSV row by row, for files that need a look at each of their lines."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe

__all__ = ["csv_rows"]


def csv_rows(probe: FileProbe, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header, each with the number of its first line.

    Raises
    ------
    FaultyFileError
        When a row has more or fewer fields than the header, or is not CSV.
    """
    is_zipped = probe.path.name.lower().endswith(".gz")
    stream: io.BytesIO | gzip.GzipFile = io.BytesIO(data)
    stream = gzip.GzipFile(fileobj=stream) if is_zipped else stream
    header_line = line = 1
    if probe.section is not None:
        stream = io.BytesIO(stream.read()[probe.section.start : probe.section.end])
        header_line = line = probe.section.first_line
    reader = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), strict=True)
    try:
        for row in reader:
            start, line = line, header_line + reader.line_num
            if start == header_line or not row:
                continue
            # DuckDB passes over delimiters after the last field, too.
            while len(row) > len(probe.header) and not row[-1]:
                row.pop()
            if len(row) != len(probe.header):
                reason = f"has {len(row)} fields where the header has {len(probe.header)}"
                raise FaultyFileError(ReasonCode.BAD_ROW, reason, path=probe.path, line=start)
            yield start, row
    except csv.Error as error:
        reason = f"has a row that is not CSV ({error})"
        raise FaultyFileError(ReasonCode.BAD_ROW, reason, path=probe.path, line=line) from error
