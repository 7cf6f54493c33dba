from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from curvehouse.query import QueryResult
from curvehouse.query.formats import table_lines, write_csv, write_json


def result(columns: dict[str, str], *rows: tuple[Any, ...]) -> QueryResult:
    return QueryResult(tuple(columns), tuple(columns.values()), iter([list(rows)] if rows else []))


def table(columns: dict[str, str], *rows: tuple[Any, ...], width: int = 80) -> list[str]:
    return list(table_lines(result(columns), list(rows), width))


def as_csv(columns: dict[str, str], *rows: tuple[Any, ...]) -> str:
    stream = io.StringIO()
    write_csv(result(columns, *rows), stream)
    return stream.getvalue()


def as_json(columns: dict[str, str], *rows: tuple[Any, ...]) -> str:
    stream = io.StringIO()
    write_json(result(columns, *rows), stream)
    return stream.getvalue()


def test_numbers_stand_right_and_texts_left() -> None:
    columns = {"name": "VARCHAR", "rows": "BIGINT", "rate": "DOUBLE"}
    assert table(columns, ("a", 5, 0.123456789), ("long name", 1234, None)) == [
        "name       rows      rate",
        "---------  ----  --------",
        "a             5  0.123457",
        "long name  1234      NULL",
    ]


def test_floats_have_six_digits_and_large_ones_no_exponent() -> None:
    values = [0.1, 1 / 3, 123456.7, 1234567.8, -0.0, 1e-9, 1e20, float("inf")]
    shown = [line.strip() for line in table({"x": "DOUBLE"}, *((value,) for value in values))[2:]]
    assert shown == ["0.1", "0.333333", "123457", "1234568", "0", "1e-09", "1e+20", "inf"]


def test_other_values_read_as_in_sql() -> None:
    row = (True, date(2026, 1, 5), datetime(2026, 1, 5, 10), [1, 2], Decimal("1.50"))
    kinds = {"a": "BOOLEAN", "b": "DATE", "c": "TIMESTAMP", "d": "INTEGER[]", "e": "DECIMAL(3,2)"}
    assert table(kinds, row)[2] == "true  2026-01-05  2026-01-05 10:00:00  [1, 2]  1.50"


def test_long_texts_are_cut_to_fit() -> None:
    columns = {"id": "VARCHAR", "params": "VARCHAR", "n": "INTEGER"}
    lines = table(columns, ("x" * 64, "y" * 200, 1), ("short", "two\nlines", 22))
    assert max(len(line) for line in lines) <= 80
    assert "x…" in lines[2]
    assert "two lines" in lines[3]
    assert len({len(line) for line in lines}) == 1


def test_too_many_columns_become_a_block_per_row() -> None:
    columns = {f"column_{number}": "DOUBLE" for number in range(20)}
    lines = table(columns, tuple(range(20)), tuple(range(20)))
    assert max(len(line) for line in lines) <= 80
    assert len(lines) == 42
    assert lines[0].startswith("-- row 1 --")
    assert lines[3] == "column_2   2"


def test_no_rows_of_many_columns_still_name_them() -> None:
    columns = {f"column_{number}": "DOUBLE" for number in range(20)}
    assert table(columns) == ["-- no row -------------------", *columns]


def test_no_rows_still_name_the_columns() -> None:
    assert table({"a": "INTEGER", "b": "VARCHAR"}) == ["a  b", "-  -"]


def test_csv_reads_back_with_every_digit() -> None:
    columns = {"text": "VARCHAR", "number": "DOUBLE", "day": "DATE", "none": "VARCHAR"}
    text = 'a "quoted", text\nof two lines'
    written = as_csv(columns, (text, 0.1 + 0.2, date(2026, 1, 5), None))
    assert list(csv.reader(io.StringIO(written))) == [
        ["text", "number", "day", "none"],
        [text, "0.30000000000000004", "2026-01-05", ""],
    ]
    assert as_csv(columns) == "text,number,day,none\n"


def test_json_is_an_array_with_one_object_a_line() -> None:
    columns = {"a": "DOUBLE", "b": "VARCHAR", "c": "TIMESTAMP", "d": "STRUCT"}
    rows: Sequence[tuple[Any, ...]] = [
        (float("nan"), "ü", datetime(2026, 1, 5, 10), {"x": [float("inf"), Decimal("1.5")]}),
        (0.1 + 0.2, None, None, None),
    ]
    written = as_json(columns, *rows)
    assert json.loads(written) == [
        {"a": None, "b": "ü", "c": "2026-01-05T10:00:00", "d": {"x": [None, 1.5]}},
        {"a": 0.1 + 0.2, "b": None, "c": None, "d": None},
    ]
    assert len(written.splitlines()) == 4
    assert "NaN" not in written
    assert json.loads(as_json(columns)) == []
