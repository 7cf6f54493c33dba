"""Malformed files of every kind, each with the reason that it is refused for, and its line."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curvehouse.ingest import ReasonCode
from run_folder import TRADES_HEADER, curve_csv

__all__ = ["BARS", "CURVES", "FACTORS", "TRADES", "WELL_FORMED_CURVES", "Malformed", "put"]

Content = str | bytes | Callable[[Path], None]


@dataclass(frozen=True)
class Malformed:
    """A file that stays out.

    Attributes
    ----------
    content : str, bytes or callable
        What is in the file, or what makes it at a path.
    line : int or None
        Its first faulty line, where the fault has one.
    """

    name: str
    code: ReasonCode
    line: int | None
    content: Content
    suffix: str = ".csv"


def put(content: Content, path: Path) -> None:
    """Make a file."""
    if callable(content):
        content(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def parquet(**columns: Any) -> bytes:
    """Return a Parquet file with these columns."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue().to_pybytes())


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def dangling(path: Path) -> None:
    path.symlink_to("gone.csv")


CURVE = curve_csv(range(100, 140))
PACKED = gzip.compress(CURVE.encode())
DAYS = pa.array([date(2020, 1, day) for day in (1, 2, 3)])
PARQUET = parquet(ts=DAYS, equity=[1.0, 2.0, 3.0])


def curve(*rows: str, header: str = "ts,equity", end: str = "\n") -> str:
    return end.join([header, "2020-01-01,1", *rows, ""])


def with_cell(cell: str) -> str:
    return curve(f"2020-01-02,{cell}", "2020-01-03,1")


def with_day(day: str) -> str:
    return curve(f"{day},1", "2020-02-01,1")


C = ReasonCode
CURVES = [
    # The bytes.
    Malformed("empty", C.TRUNCATED, None, ""),
    Malformed("null_bytes", C.TRUNCATED, 4, curve("2020-01-02,1") + "\0" * 40),
    Malformed("null_in_cell", C.TRUNCATED, 3, with_cell("1\0")),
    Malformed("latin_1", C.WRONG_ENCODING, 3, curve("2020-01-02,é").encode("latin-1")),
    Malformed("utf_16", C.WRONG_ENCODING, 1, CURVE.encode("utf-16")),
    Malformed("utf_16_without_mark", C.WRONG_ENCODING, 1, CURVE.encode("utf-16-le")),
    Malformed("utf_16_big_end", C.WRONG_ENCODING, 1, CURVE.encode("utf-16-be")),
    Malformed("utf_32", C.WRONG_ENCODING, 1, CURVE.encode("utf-32")),
    Malformed(
        "surrogate", C.WRONG_ENCODING, 3, b"ts,equity\n2020-01-01,1\n2020-01-02,\xed\xa0\x80"
    ),
    Malformed("gzip_cut", C.TRUNCATED, None, PACKED[:-20], ".csv.gz"),
    Malformed("gzip_header_only", C.TRUNCATED, None, PACKED[:8], ".csv.gz"),
    Malformed("gzip_wrong_sum", C.TRUNCATED, None, PACKED[:-8] + bytes(8), ".csv.gz"),
    Malformed("gzip_tail", C.TRUNCATED, None, PACKED + b"garbage", ".csv.gz"),
    Malformed("gzip_empty", C.TRUNCATED, None, b"", ".csv.gz"),
    Malformed("gzip_of_nothing", C.TRUNCATED, None, gzip.compress(b""), ".csv.gz"),
    Malformed("csv_named_gzip", C.UNKNOWN_FORMAT, None, CURVE, ".csv.gz"),
    Malformed("gzip_named_csv", C.UNKNOWN_FORMAT, None, PACKED),
    Malformed("csv_named_parquet", C.UNKNOWN_FORMAT, None, CURVE, ".parquet"),
    Malformed("parquet_named_csv", C.UNKNOWN_FORMAT, None, PARQUET),
    Malformed("workbook_named_csv", C.UNKNOWN_FORMAT, None, b"PK\x03\x04" + bytes(100)),
    Malformed("parquet_cut", C.TRUNCATED, None, PARQUET[:-9], ".parquet"),
    Malformed("parquet_gap", C.TRUNCATED, None, PARQUET[:8] + bytes(80) + PARQUET[88:], ".parquet"),
    Malformed("parquet_marks_only", C.TRUNCATED, None, b"PAR1PAR1", ".parquet"),
    # The place.
    Malformed("folder", C.UNREADABLE, None, Path.mkdir),
    Malformed("pipe", C.UNREADABLE, None, os.mkfifo),
    # The header.
    Malformed("blank_lines_only", C.MISSING_COLUMN, 1, "\n\n"),
    Malformed("header_missing", C.MISSING_COLUMN, 1, "2020-01-01,1\n2020-01-02,2\n"),
    Malformed("blank_line_first", C.MISSING_COLUMN, 1, "\n" + CURVE),
    Malformed("semicolons", C.MISSING_COLUMN, 1, CURVE.replace(",", ";")),
    Malformed("tabs", C.MISSING_COLUMN, 1, CURVE.replace(",", "\t")),
    Malformed("one_column", C.MISSING_COLUMN, 1, "equity\n1\n2\n"),
    Malformed("no_equity", C.MISSING_COLUMN, 1, curve(header="ts,price")),
    Malformed("no_timestamp", C.MISSING_COLUMN, 1, curve(header="x,equity")),
    Malformed("column_twice", C.DUPLICATE_COLUMN, 1, "ts,equity,equity\n2020-01-01,1,1\n"),
    Malformed("two_equities", C.DUPLICATE_COLUMN, 1, "ts,nav,value\n2020-01-01,1,1\n"),
    Malformed("two_empty_names", C.DUPLICATE_COLUMN, 1, "ts,equity,,\n2020-01-01,1,,\n"),
    Malformed("header_quote_open", C.BAD_ROW, 1, 'ts,"equity\n2020-01-01,1\n2020-01-02,1\n'),
    Malformed("header_quote_tail", C.BAD_ROW, 1, 'ts,"equity"x\n2020-01-01,1\n'),
    Malformed("html", C.MISSING_COLUMN, 1, "<!DOCTYPE html>\n<html></html>\n"),
    Malformed("json", C.MISSING_COLUMN, 1, '[\n{"ts": "2020-01-01", "equity": 1}\n]\n'),
    # The rows.
    Malformed("header_only", C.TOO_FEW_ROWS, None, "ts,equity\n"),
    Malformed("header_without_end", C.TOO_FEW_ROWS, None, "ts,equity"),
    Malformed("one_row", C.TOO_FEW_ROWS, None, curve()),
    Malformed("one_row_twice", C.TOO_FEW_ROWS, None, curve("2020-01-01,1")),
    Malformed("short_row", C.BAD_ROW, 3, curve("2020-01-02", "2020-01-03,1")),
    Malformed("cut_row", C.BAD_ROW, 4, curve("2020-01-02,1", "2020-0")[:-1]),
    Malformed("long_row", C.BAD_ROW, 3, curve("2020-01-02,1,1", "2020-01-03,1")),
    Malformed("field_after_delimiters", C.BAD_ROW, 3, with_cell("1,,x")),
    Malformed("thousands", C.BAD_ROW, 3, with_cell("1,000")),
    Malformed("decimal_comma", C.BAD_ROW, 3, with_cell("1,5")),
    Malformed("quote_open", C.BAD_ROW, 3, with_cell('"1')),
    Malformed("quote_open_last", C.BAD_ROW, 4, curve("2020-01-02,1", '2020-01-03,"1')),
    Malformed("quote_tail", C.BAD_ROW, 3, with_cell('"1"2')),
    Malformed("long_field", C.BAD_ROW, 3, curve(f'2020-01-02,"{"9" * 200_000}"', "2020-01-03,1")),
    Malformed("blank_with_spaces", C.BAD_ROW, 3, curve("  ", "2020-01-02,1")),
    Malformed("footer", C.BAD_ROW, 4, curve("2020-01-02,1", "Copyright 2020")),
    # The numbers.
    Malformed("word", C.BAD_NUMBER, 3, with_cell("x")),
    Malformed("nothing", C.BAD_NUMBER, 3, with_cell("")),
    Malformed("spaces", C.BAD_NUMBER, 3, with_cell("  ")),
    Malformed("hex", C.BAD_NUMBER, 3, with_cell("0x10")),
    Malformed("currency", C.BAD_NUMBER, 3, with_cell("$5")),
    Malformed("per_cent", C.BAD_NUMBER, 3, with_cell("5%")),
    Malformed("quoted_thousands", C.BAD_NUMBER, 3, with_cell('"1,000"')),
    Malformed("quoted_decimal_comma", C.BAD_NUMBER, 3, with_cell('"1,5"')),
    Malformed("space_thousands", C.BAD_NUMBER, 3, with_cell("1 000")),
    Malformed("na", C.BAD_NUMBER, 3, with_cell("N/A")),
    Malformed("null", C.BAD_NUMBER, 3, with_cell("null")),
    Malformed("formula", C.BAD_NUMBER, 3, with_cell("=1+1")),
    Malformed("other_digits", C.BAD_NUMBER, 3, with_cell("٣")),
    Malformed("two_numbers", C.BAD_NUMBER, 3, with_cell("1 2")),
    Malformed("long_number", C.BAD_NUMBER, 3, with_cell("9" * 70_000 + "x")),
    *(
        Malformed(f"non_finite_{number}", C.NON_FINITE, 3, with_cell(cell))
        for number, cell in enumerate(
            ["nan", "NaN", "-nan", "inf", "-Infinity", "+inf", "1e400", "-1e400", "9" * 400]
        )
    ),
    Malformed("too_large", C.OUT_OF_RANGE, 3, with_cell("1.1e30")),
    Malformed("too_small", C.OUT_OF_RANGE, 3, with_cell("0.9e-30")),
    Malformed(
        "smaller_than_a_double", C.OUT_OF_RANGE, 4, curve("2020-01-02,1", "2020-01-03,1e-400")
    ),
    Malformed("negative", C.NON_POSITIVE_EQUITY, 3, with_cell("-1")),
    Malformed("negative_and_large", C.NON_POSITIVE_EQUITY, 3, with_cell("-1e300")),
    Malformed("back_from_zero", C.NON_POSITIVE_EQUITY, 4, with_cell("0")),
    Malformed("back_from_negative_zero", C.NON_POSITIVE_EQUITY, 4, with_cell("-0.0")),
    Malformed("starts_at_zero", C.NON_POSITIVE_EQUITY, 2, curve_csv([0, 0, 0])),
    # The times.
    *(
        Malformed(f"day_{number}", C.BAD_TIMESTAMP, 3, with_day(day))
        for number, day in enumerate(
            [
                "",
                "soon",
                "0001-01-01",
                "9999-01-01",
                "1699-12-31",
                "2200-01-01",
                "2020-02-30",
                "20200230",
                "2020-13-01",
                "2020-01-02 23:59:60",
                "2020-01-02 25:00:00",
                "2020-01-02T10",
                "02/01/2020",
                "13.01.2020",
                "2 January 2020",
                "2020-01",
                "43832",
                "infinity",
                "-infinity",
                "2020-01-02 BC",
            ]
        )
    ),
    Malformed("time_twice", C.DUPLICATE_TIMESTAMP, 3, curve("2020-01-01,2")),
    Malformed("time_twice_later", C.DUPLICATE_TIMESTAMP, 4, curve("2020-01-02,1", "2020-01-01,3")),
    Malformed(
        "time_twice_by_offset",
        C.DUPLICATE_TIMESTAMP,
        3,
        "ts,equity\n2020-01-01T12:00:00+02:00,1\n2020-01-01T10:00:00Z,2\n",
    ),
    # Columns of Parquet.
    Malformed(
        "parquet_lists", C.BAD_NUMBER, 1, parquet(ts=DAYS, equity=[[1.0], [2.0], [3.0]]), ".parquet"
    ),
    Malformed(
        "parquet_structs", C.BAD_NUMBER, 1, parquet(ts=DAYS, equity=[{"v": 1.0}] * 3), ".parquet"
    ),
    Malformed("parquet_booleans", C.BAD_NUMBER, 1, parquet(ts=DAYS, equity=[True] * 3), ".parquet"),
    Malformed(
        "parquet_bytes", C.BAD_NUMBER, 1, parquet(ts=DAYS, equity=[b"\xff\0"] * 3), ".parquet"
    ),
    Malformed(
        "parquet_null", C.BAD_NUMBER, 2, parquet(ts=DAYS, equity=[1.0, None, 3.0]), ".parquet"
    ),
    Malformed(
        "parquet_nan",
        C.NON_FINITE,
        2,
        parquet(ts=DAYS, equity=[1.0, float("nan"), 1.0]),
        ".parquet",
    ),
    Malformed(
        "parquet_numbers_as_days",
        C.BAD_TIMESTAMP,
        1,
        parquet(ts=[1, 2], equity=[1.0, 2.0]),
        ".parquet",
    ),
    Malformed(
        "parquet_one_row", C.TOO_FEW_ROWS, None, parquet(ts=DAYS[:1], equity=[1.0]), ".parquet"
    ),
    Malformed(
        "parquet_no_rows",
        C.TOO_FEW_ROWS,
        None,
        parquet(ts=DAYS[:0], equity=pa.array([], pa.float64())),
        ".parquet",
    ),
    Malformed("parquet_no_columns", C.MISSING_COLUMN, 1, parquet(), ".parquet"),
]

WELL_FORMED_CURVES: dict[str, tuple[Content, str]] = {
    "byte_order_mark": ("\ufeff" + CURVE, ".csv"),
    "windows_line_ends": (CURVE.replace("\n", "\r\n"), ".csv"),
    "old_line_ends": (CURVE.replace("\n", "\r"), ".csv"),
    "mixed_line_ends": ("ts,equity\n2020-01-01,1\r\n2020-01-02,2\r2020-01-03,3\n", ".csv"),
    "no_last_line_end": (CURVE[:-1], ".csv"),
    "blank_lines": (CURVE.replace("\n", "\n\n"), ".csv"),
    "trailing_delimiter": (CURVE.replace("\n", ",\n"), ".csv"),
    "delimiter_after_each_row": ("ts,equity\n2020-01-01,1,\n2020-01-02,2,,\n", ".csv"),
    "quotes": ('"ts","equity"\n"2020-01-01","1"\n"2020-01-02","2"\n', ".csv"),
    "exponents": ("ts,equity\n2020-01-01,1e0\n2020-01-02,+2.0E+0\n2020-01-03,.5\n", ".csv"),
    "bounds": ("ts,equity\n2020-01-01,1e-30\n2020-01-02,1e30\n1700-01-01,1\n", ".csv"),
    "ruin_by_negative_zero": ("ts,equity\n2020-01-01,1\n2020-01-02,-0.0\n", ".csv"),
    "midnight_of_24": ("ts,equity\n2020-01-01 24:00:00,1\n2020-01-02 24:00:00,2\n", ".csv"),
    "other_columns": ("ts,equity,note\n2020-01-01,1,\n2020-01-02,2,é\n", ".csv"),
    "gzip_of_two_members": (PACKED + gzip.compress(b"2021-01-01,1\n"), ".csv.gz"),
    "decimals": (parquet(ts=DAYS, equity=[Decimal("1.5")] * 3), ".parquet"),
    "wide_decimals": (
        parquet(ts=DAYS, equity=pa.array([Decimal("1.5")] * 3, pa.decimal256(60, 2))),
        ".parquet",
    ),
    "halves": (parquet(ts=DAYS, equity=pa.array([1, 2, 3]).cast(pa.float16())), ".parquet"),
    "text": (parquet(ts=["20200101", "2020-01-02"], equity=["1", "2.5"]), ".parquet"),
    "dictionary": (
        parquet(ts=DAYS, equity=pa.array(["1", "2", "1"]).dictionary_encode()),
        ".parquet",
    ),
    "nested_beside": (
        parquet(ts=DAYS, equity=[1.0, 2.0, 3.0], a=[[1]] * 3, b=[{"c": b"\xff"}] * 3),
        ".parquet",
    ),
    "odd_types_beside": (
        parquet(
            ts=DAYS,
            equity=[1.0, 2.0, 3.0],
            a=pa.array([b"ab"] * 3, pa.binary(2)),
            b=pa.nulls(3),
            c=pa.array([1, 2, 3], pa.duration("ns")),
            d=pa.array([[("k", 1)]] * 3, pa.map_(pa.string(), pa.int64())),
        ),
        ".parquet",
    ),
}


def trades(*rows: str) -> str:
    good = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9"
    return TRADES_HEADER + "".join(f"{row}\n" for row in (good, *rows))


TRADES = [
    Malformed("no_side", C.MISSING_COLUMN, 1, trades().replace("side", "mood")),
    Malformed("pnl_twice", C.DUPLICATE_COLUMN, 1, trades().replace("fees", "pnl")),
    Malformed("side", C.BAD_TRADE, 3, trades("2,SPY,both,2020-01-02,2020-01-03,1,1,1,0,0")),
    Malformed("side_empty", C.MISSING_VALUE, 3, trades("2,SPY,,2020-01-02,2020-01-03,1,1,1,0,0")),
    Malformed("exit_first", C.BAD_TRADE, 3, trades("2,SPY,long,2020-01-02,2020-01-01,1,1,1,0,0")),
    Malformed("no_quantity", C.BAD_TRADE, 3, trades("2,SPY,long,2020-01-02,2020-01-03,0,1,1,0,0")),
    Malformed("no_pnl", C.BAD_TRADE, 3, trades("2,SPY,long,2020-01-02,2020-01-03,1,1,1,0,")),
    Malformed("open_with_exit", C.BAD_TRADE, 3, trades("2,SPY,long,2020-01-02,,1,1,1,0,")),
    Malformed("entry", C.BAD_TIMESTAMP, 3, trades("2,SPY,long,2020-02-30,2020-03-03,1,1,1,0,0")),
    Malformed("exit", C.BAD_TIMESTAMP, 3, trades("2,SPY,long,2020-02-03,9999-03-03,1,1,1,0,0")),
    Malformed("free", C.NON_POSITIVE_PRICE, 3, trades("2,A,long,2020-01-02,2020-01-03,1,0,1,0,0")),
    Malformed("fee", C.BAD_NUMBER, 3, trades("2,SPY,long,2020-01-02,2020-01-03,1,1,1,$1,0")),
    Malformed("endless", C.NON_FINITE, 3, trades("2,A,long,2020-01-02,2020-01-03,1,1,1,0,1e999")),
    Malformed(
        "huge_pnl", C.OUT_OF_RANGE, 3, trades("2,A,long,2020-01-02,2020-01-03,1,1,1,0,-1e31")
    ),
    Malformed(
        "huge_size", C.OUT_OF_RANGE, 3, trades("2,A,long,2020-01-02,2020-01-03,1e31,1,1,0,1")
    ),
    Malformed(
        "tiny_price", C.OUT_OF_RANGE, 3, trades("2,A,long,2020-01-02,2020-01-03,1,1e-31,1,0,1")
    ),
    Malformed(
        "tiny_exit", C.OUT_OF_RANGE, 3, trades("2,A,long,2020-01-02,2020-01-03,1,1,1e-31,0,1")
    ),
    Malformed("id_twice", C.DUPLICATE_TRADE, 3, trades("1,A,long,2020-01-02,2020-01-03,1,1,1,0,0")),
    Malformed("short_row", C.BAD_ROW, 3, trades("2,SPY,long")),
    Malformed("latin_1", C.WRONG_ENCODING, 3, trades("2,é").encode("latin-1")),
]

BARS = [
    Malformed("latin_1", C.WRONG_ENCODING, 2, "ts,close\n2020-01-01,é\n".encode("latin-1")),
    Malformed("empty", C.TRUNCATED, None, ""),
    Malformed("other_type", C.UNKNOWN_FORMAT, None, "ts,close\n2020-01-01,1\n", ".txt"),
    Malformed("no_close", C.MISSING_COLUMN, 1, "ts,open,high\n2020-01-01,1,1\n"),
    Malformed("close_twice", C.DUPLICATE_COLUMN, 1, "ts,close,Close\n2020-01-01,1,1\n"),
    Malformed("no_symbol", C.MISSING_VALUE, 3, "ts,symbol,close\n2020-01-01,A,1\n2020-01-02,,1\n"),
    Malformed("no_rows", C.TOO_FEW_ROWS, None, "ts,close\n"),
    Malformed("zero", C.NON_POSITIVE_PRICE, 2, "ts,close\n2020-01-01,0\n"),
    Malformed("negative", C.NON_POSITIVE_PRICE, 2, "ts,A,B\n2020-01-01,1,-1\n"),
    Malformed("large", C.OUT_OF_RANGE, 2, "ts,A,B\n2020-01-01,1,1e31\n"),
    Malformed("small", C.OUT_OF_RANGE, 2, "ts,close\n2020-01-01,1e-31\n"),
    Malformed("large_volume", C.OUT_OF_RANGE, 2, "ts,close,volume\n2020-01-01,1,1e31\n"),
    Malformed("small_low", C.OUT_OF_RANGE, 2, "ts,low,close\n2020-01-01,1e-31,1\n"),
    Malformed("endless_high", C.NON_FINITE, 2, "ts,high,close\n2020-01-01,inf,1\n"),
    Malformed("word", C.BAD_NUMBER, 3, "ts,close\n2020-01-01,1\n2020-01-02,one\n"),
    Malformed("day", C.BAD_TIMESTAMP, 3, "ts,close\n2020-01-01,1\n2020-02-30,1\n"),
    Malformed("time_twice", C.DUPLICATE_TIMESTAMP, 3, "ts,close\n2020-01-01,1\n2020-01-01,2\n"),
    Malformed("quote_open", C.BAD_ROW, 2, 'ts,close\n2020-01-01,"1\n'),
    Malformed("pipe", C.UNREADABLE, None, os.mkfifo),
]

FACTORS = [
    Malformed("latin_1", C.WRONG_ENCODING, 2, "date,a\n2020-01-01,é\n".encode("latin-1")),
    Malformed("empty", C.TRUNCATED, None, ""),
    Malformed("no_date", C.MISSING_COLUMN, 1, "a,b\n1,1\n"),
    Malformed("no_name", C.MISSING_COLUMN, 1, "date,a,\n2020-01-01,1,1\n"),
    Malformed("no_factor", C.MISSING_VALUE, 2, "date,factor,value\n2020-01-01,,1\n"),
    Malformed("two_rates", C.DUPLICATE_COLUMN, None, "date,rf,RF\n2020-01-01,1,1\n"),
    Malformed("no_rows", C.TOO_FEW_ROWS, None, "date,a\n"),
    Malformed("only_gaps", C.TOO_FEW_ROWS, None, "date,a\n2020-01-01,\n2020-01-02,nan\n"),
    Malformed("day", C.BAD_TIMESTAMP, 2, "date,a\n2020-02-30,1\n"),
    Malformed("year", C.BAD_TIMESTAMP, 3, "date,a\n20200101,1\n2020,1\n"),
    Malformed("word", C.BAD_NUMBER, 2, "date,a,b\n2020-01-01,1,x\n"),
    Malformed("per_cent", C.BAD_NUMBER, 2, "date,a\n2020-01-01,1%\n"),
    Malformed("endless", C.NON_FINITE, 2, "date,a\n2020-01-01,-inf\n"),
    Malformed("large", C.OUT_OF_RANGE, 2, "date,a\n2020-01-01,-1.1e6\n"),
    Malformed("day_twice", C.DUPLICATE_TIMESTAMP, 3, "date,a\n2020-01-01,1\n2020-01-01,2\n"),
    Malformed("short_row", C.BAD_ROW, 2, "date,a\n2020-01-01\n"),
    Malformed(
        "gzip_tail", C.TRUNCATED, None, gzip.compress(b"date,a\n20200101,1\n") + b"x", ".csv.gz"
    ),
]
