"""How rows are written: as CSV, as JSON, or as a table that fits a terminal."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Protocol

from curvehouse.query import QueryResult

__all__ = ["table_lines", "write_csv", "write_json"]

_CELL_WIDTH = 40
_NARROWEST = 8
_GAP = "  "
_PLAN_COLUMNS = ("explain_key", "explain_value")
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


def write_csv(result: QueryResult, stream: _Writable) -> None:
    """Write all rows as CSV with a header.

    Notes
    -----
    Quoting is that of RFC 4180; lines end in a line feed. NULL is an empty field, floats have all
    their digits, dates and times are in ISO 8601, nested values are JSON.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(result.columns)
    for rows in result.batches:
        writer.writerows([_csv_value(value) for value in row] for row in rows)


def write_json(result: QueryResult, stream: _Writable) -> None:
    """Write all rows as a JSON array of objects, one object a line.

    Notes
    -----
    NULL, NaN and infinity are ``null``; dates and times are ISO 8601 text.
    """
    stream.write("[")
    separator = "\n"
    for rows in result.batches:
        for row in rows:
            values = (_json_value(value) for value in row)
            record = dict(zip(result.columns, values, strict=True))
            stream.write(separator + json.dumps(record, ensure_ascii=False, allow_nan=False))
            separator = ",\n"
    stream.write("\n]\n")


def table_lines(result: QueryResult, rows: list[tuple[Any, ...]], width: int) -> Iterator[str]:
    """Yield the lines of a table of ``rows`` that is at most ``width`` characters wide.

    Long texts are cut, with an ellipsis; where that isn't enough, each row becomes a block of
    lines, one per column. Numbers stand to the right; floats have six significant digits.
    """
    if result.columns == _PLAN_COLUMNS:
        yield from (str(plan) for _, plan in rows)
        return
    cells = [[_cell(value) for value in row] for row in rows]
    is_number = [kind.startswith(_NUMBERS) or kind.startswith("U") for kind in result.types]
    widths = _fitted_widths(result.columns, cells, is_number, width)
    if widths is None:
        yield from _blocks(result.columns, cells, width)
        return
    for line in ([*result.columns], ["-" * size for size in widths], *cells):
        padded = [
            text.rjust(size) if right else _cut(text, size).ljust(size)
            for text, size, right in zip(line, widths, is_number, strict=True)
        ]
        yield _GAP.join(padded).rstrip()


def _fitted_widths(
    columns: Iterable[str], cells: list[list[str]], is_number: list[bool], width: int
) -> list[int] | None:
    """Return the width of each column, or None when they don't fit side by side."""
    names = [len(name) for name in columns]
    widths = [max([name, *(len(row[index]) for row in cells)]) for index, name in enumerate(names)]
    least = [
        size if right else min(size, max(name, _NARROWEST))
        for size, right, name in zip(widths, is_number, names, strict=True)
    ]
    room = width - len(_GAP) * (len(widths) - 1)
    if sum(least) > room:
        return None
    widths = [
        size if right else max(low, min(size, _CELL_WIDTH if len(widths) > 1 else width))
        for size, low, right in zip(widths, least, is_number, strict=True)
    ]
    while sum(widths) > room:
        slack = [size - low for size, low in zip(widths, least, strict=True)]
        widths[slack.index(max(slack))] -= 1
    return widths


def _blocks(columns: tuple[str, ...], cells: list[list[str]], width: int) -> Iterator[str]:
    size = max(len(name) for name in columns)
    room = max(width - size - len(_GAP), _NARROWEST)
    if not cells:
        yield from ("-- no row ".ljust(min(width, size + 20), "-"), *columns)
    for number, row in enumerate(cells, start=1):
        yield f"-- row {number} ".ljust(min(width, size + 20), "-")
        for name, text in zip(columns, row, strict=True):
            yield f"{name.ljust(size)}{_GAP}{_cut(text, room)}".rstrip()


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"


def _cell(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, float):
        is_long = 1e6 <= abs(value) < 1e15
        return f"{value:.0f}" if is_long else f"{value + 0.0:.6g}"
    return " ".join(str(_csv_value(value)).split("\n"))


def _csv_value(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case None | str() | int() | float():
            return value
        case datetime():
            return value.isoformat(sep=" ")
        case list() | tuple() | dict():
            return json.dumps(_json_value(value), ensure_ascii=False)
    return str(_json_value(value) if isinstance(value, (date, time, bytes)) else value)


def _json_value(value: Any) -> Any:
    match value:
        case None | str() | int() | bool():
            return value
        case float() | Decimal():
            number = float(value)
            return number if math.isfinite(number) else None
        case date() | time():
            return value.isoformat()
        case dict():
            return {str(key): _json_value(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_json_value(inner) for inner in value]
    return value.hex() if isinstance(value, bytes) else str(value)
