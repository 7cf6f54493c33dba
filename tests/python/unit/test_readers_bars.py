"""Prices are read by header, whole or not at all."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from curvehouse.errors import InvalidInputError
from curvehouse.readers.bars import parsed_bars, probe_bars
from curvehouse.readers.faults import FaultyFileError, ReasonCode

BAR = tuple[str, datetime, float | None, float | None, float | None, float, float | None]


def read(path: Path, symbol: str | None = None) -> list[BAR]:
    with (
        duckdb.connect() as connection,
        parsed_bars(connection, probe_bars(path), symbol=symbol) as bars,
    ):
        return connection.execute(
            f"select symbol, ts, open, high, low, close, volume from {bars.table} "
            "order by symbol, ts"
        ).fetchall()


def write(folder: Path, content: str | bytes, name: str = "prices.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_ohlcv_file_gives_all_columns_in_order_of_time(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Date,Open,High,Low,Close,Adj Close,Volume\n"
        "2020-01-02,1,4,0.5,2,1.9,100\n"
        "2020-01-01,3,5,2,4,3.9,\n",
    )
    assert read(path) == [
        ("prices", datetime(2020, 1, 1), 3.0, 5.0, 2.0, 4.0, None),
        ("prices", datetime(2020, 1, 2), 1.0, 4.0, 0.5, 2.0, 100.0),
    ]


@pytest.mark.parametrize("header", ["date", "Datetime", "TIMESTAMP", "time", "ts", ""])
def test_timestamp_columns_go_by_many_names(tmp_path: Path, header: str) -> None:
    assert len(read(write(tmp_path, f"{header},close\n2020-01-01,1\n"))) == 1


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-01-01", datetime(2020, 1, 1)),
        ("20200101", datetime(2020, 1, 1)),
        ("2020-01-01 10:30:00", datetime(2020, 1, 1, 10, 30)),
        ("2020-01-01T10:30:00Z", datetime(2020, 1, 1, 10, 30)),
        ("2020-01-01T10:30Z", datetime(2020, 1, 1, 10, 30)),
        ("2020-01-01 10:30+0200", datetime(2020, 1, 1, 8, 30)),
        ("2020-01-01T10:30:00+02:00", datetime(2020, 1, 1, 8, 30)),
        ("2020-01-01 10:30:00.25-0500", datetime(2020, 1, 1, 15, 30, 0, 250_000)),
    ],
)
def test_offsets_are_converted_to_utc(tmp_path: Path, text: str, moment: datetime) -> None:
    assert read(write(tmp_path, f"ts,close\n{text},1\n"))[0][1] == moment


def test_symbol_comes_from_a_column_the_option_or_the_stem(tmp_path: Path) -> None:
    assert read(write(tmp_path, "ts,close,Ticker\n2020-01-01,1, B \n"))[0][0] == "B"
    path = write(tmp_path, "ts,close\n2020-01-01,1\n", "a.b.csv")
    assert read(path)[0][0] == "a.b"
    assert read(path, "SPY")[0][0] == "SPY"


VENDORS = {
    "Yahoo": "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,1,3,0.5,2,9,7\n",
    "Stooq": "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
    "X,D,20200102,000000,1,3,0.5,2,7,0\n",
    "Stooq, daily": "Date,Open,High,Low,Close,Volume\n2020-01-02,1,3,0.5,2,7\n",
    "Nasdaq, mended": "Date,Close/Last,Volume,Open,High,Low\n2020-01-02,2,7,1,3,0.5\n",
    "Alpha Vantage": "timestamp,open,high,low,close,volume\n2020-01-02,1,3,0.5,2,7\n",
    "Alpha Vantage, from JSON": ",1. open,2. high,3. low,4. close,5. volume\n"
    "2020-01-02,1,3,0.5,2,7\n",
    "Binance": "open_time,open,high,low,close,volume,close_time,quote_volume\n"
    "2020-01-02 00:00:00,1,3,0.5,2,7,2020-01-02 23:59:59,9\n",
    "Polygon": "v,vw,o,c,h,l,t,n\n7,9,1,2,3,0.5,2020-01-02,9\n",
    "Polygon, flat file": "ticker,volume,open,close,high,low,window_start,transactions\n"
    "X,7,1,2,3,0.5,2020-01-02,9\n",
    "Tiingo": "date,close,high,low,open,volume,adjClose,divCash\n2020-01-02,2,3,0.5,1,7,9,0\n",
    "short names with a date": "code,date,o,h,l,c,v\nX,2020-01-02,1,3,0.5,2,7\n",
}


@pytest.mark.parametrize("content", VENDORS.values(), ids=VENDORS)
def test_vendors_name_the_same_columns_otherwise(tmp_path: Path, content: str) -> None:
    expected = ("X", datetime(2020, 1, 2), 1.0, 3.0, 0.5, 2.0, 7.0)
    assert read(write(tmp_path, content, "X.csv")) == [expected]


@pytest.mark.parametrize("clock", ["153000", "15:30:00", "15:30", "1530"])
@pytest.mark.parametrize("day", ["20200102", "2020-01-02"])
def test_date_and_time_may_stand_in_two_columns(tmp_path: Path, day: str, clock: str) -> None:
    path = write(tmp_path, f"Time,Date,Close\n{clock},{day},1\n")
    assert read(path)[0][1] == datetime(2020, 1, 2, 15, 30)


def test_tickers_that_read_like_columns_are_tickers_in_a_wide_file(tmp_path: Path) -> None:
    path = write(tmp_path, "Date,C,DAY,L,LOW,O,OPEN,T,V\n2020-01-02,1,2,3,4,5,6,7,8\n")
    assert "".join(row[0] for row in read(path)) == "CDAYLLOWOOPENTV"


def test_a_low_above_the_high_is_left_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, "Date,High,Low,Close\n2020-01-02,1,3,2\n")
    assert read(path)[0][3:6] == (1.0, 3.0, 2.0)


def test_wide_file_gives_one_bar_per_cell_that_is_not_empty(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "Date,B,A\n2020-01-01,1,2\n2020-01-02,,nan\n2020-01-03,3,\n"))
    assert [(row[0], row[1].day, row[5]) for row in rows] == [
        ("A", 1, 2.0),
        ("B", 1, 1.0),
        ("B", 3, 3.0),
    ]


def test_names_from_a_header_are_only_data(tmp_path: Path) -> None:
    hostile = '\'; drop table "x"; --'
    quoted = '"' + hostile.replace('"', '""') + '"'
    rows = read(write(tmp_path, f'Date,{quoted},"a\nb"\n2020-01-01,1,2\n'))
    assert [row[0] for row in rows] == [hostile, "a\nb"]


def test_gzip_and_parquet_read_as_the_csv_does(tmp_path: Path) -> None:
    text = "Date,Ticker,Close\n2020-01-01,A,1.1\n2020-01-02,A,0.1\n"
    expected = read(write(tmp_path, text))
    assert read(write(tmp_path, gzip.compress(text.encode()), "prices.csv.gz")) == expected
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select d::date as Date, 'A' as Ticker, c::double as Close from "
            "(values ('2020-01-01', 1.1), ('2020-01-02', 0.1)) as source(d, c)) "
            f"to '{tmp_path / 'prices.parquet'}'"
        )
    assert read(tmp_path / "prices.parquet") == expected


def test_path_that_looks_like_a_pattern_is_just_a_path(tmp_path: Path) -> None:
    write(tmp_path, "ts,close\n2020-01-01,99\n", "ab.csv")
    assert read(write(tmp_path, "ts,close\n2020-01-01,1\n", "a[b]*.csv"))[0][5] == 1.0


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffts,close\n2020-01-01,1\n2020-01-02,2\n",
        "ts,close\r\n2020-01-01,1\r\n2020-01-02,2\r\n",
        "ts,close\r2020-01-01,1\r2020-01-02,2\r",
        "ts,close\n2020-01-01,1\r\n2020-01-02,2",
        '"ts","close"\n"2020-01-01","1"\n\n2020-01-02,2\n\n',
        " ts , close \n2020-01-01, 1\n 2020-01-02,2 \n",
        "ts,close\n2020-01-02,2\n2020-01-01,1\n2020-01-02,2\n",
    ],
)
def test_habits_of_writers_make_no_difference(tmp_path: Path, content: str) -> None:
    assert [row[5] for row in read(write(tmp_path, content))] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("code", "line", "content"),
    [
        (ReasonCode.TRUNCATED, None, ""),
        (ReasonCode.WRONG_ENCODING, 2, b"ts,close\n2020-01-01,\xff\n"),
        (ReasonCode.MISSING_COLUMN, 1, "ts;close\n2020-01-01;1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "when,close\n2020-01-01,1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "ts,open,Adj Close\n2020-01-01,1,1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "ts,A,\n2020-01-01,1,1\n"),
        (ReasonCode.DUPLICATE_COLUMN, 1, "ts,close,close\n2020-01-01,1,1\n"),
        (ReasonCode.DUPLICATE_COLUMN, 1, "ts,close,Close\n2020-01-01,1,1\n"),
        (ReasonCode.DUPLICATE_COLUMN, 1, "date,ts,close\n2020-01-01,10:00,1\n"),
        (ReasonCode.DUPLICATE_COLUMN, 1, "date,day,time,close\n2020-01-01,1,10:00,1\n"),
        (ReasonCode.DUPLICATE_COLUMN, 1, "date,close,vol,volume\n2020-01-01,1,1,1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "date,symbol,price\n2020-01-01,A,1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "DATE,OPEN,HIGH,LOW\n2020-01-01,1,1,1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "Price,Close,Open\nTicker,A,A\nDate,,\n2020-01-01,1,1\n"),
        (ReasonCode.DUPLICATE_COLUMN, 1, "Price,Close,Close\nTicker,A,B\nDate,,\n"),
        (ReasonCode.BAD_TIMESTAMP, 2, "Date,Close/Last,Open\n01/02/2020,$1.5,$1\n"),
        (ReasonCode.BAD_NUMBER, 2, "Date,Close/Last,Open\n2020-01-02,$1.5,$1\n"),
        (ReasonCode.BAD_TIMESTAMP, 3, "date,time,close\n20200102,103000,1\n20200102,246000,1\n"),
        (ReasonCode.BAD_TIMESTAMP, 2, "date,time,close\n20200102,,1\n"),
        (ReasonCode.TOO_FEW_ROWS, None, "ts,close\n"),
        (ReasonCode.BAD_ROW, 3, "ts,close\n2020-01-01,1\n2020-01-02\n"),
        (ReasonCode.BAD_ROW, 2, 'ts,close\n"2020-01-01,1\n'),
        (ReasonCode.BAD_TIMESTAMP, 3, "ts,close\n2020-01-01,1\n01.02.2020,1\n"),
        (ReasonCode.BAD_TIMESTAMP, 2, "ts,close\ninfinity,1\n"),
        (ReasonCode.BAD_TIMESTAMP, 2, "ts,close\n20209999,1\n"),
        (ReasonCode.BAD_NUMBER, 3, "ts,close\n2020-01-01,1\n2020-01-02,\n"),
        (ReasonCode.BAD_NUMBER, 2, 'ts,close\n2020-01-01,"1,5"\n'),
        (ReasonCode.BAD_NUMBER, 2, "ts,close,volume\n2020-01-01,1,many\n"),
        (ReasonCode.NON_FINITE, 2, "ts,close\n2020-01-01,nan\n"),
        (ReasonCode.NON_FINITE, 2, "ts,close,open\n2020-01-01,1,inf\n"),
        (ReasonCode.NON_POSITIVE_PRICE, 2, "ts,A,B\n2020-01-01,1,0\n"),
        (ReasonCode.MISSING_VALUE, 3, "ts,close,symbol\n2020-01-01,1,A\n2020-01-02,1,\n"),
        (ReasonCode.DUPLICATE_TIMESTAMP, 3, "ts,close\n2020-01-01,1\n2020-01-01,2\n"),
    ],
)
def test_faulty_file_is_refused_with_its_line(
    tmp_path: Path, code: ReasonCode, line: int | None, content: str | bytes
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(FaultyFileError) as found:
        read(path)
    assert (found.value.code, found.value.line) == (code, line)
    assert str(path) in str(found.value)


def test_broken_archives_are_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"ts,close\n" + b"2020-01-01,1\n" * 1000)
    broken = {
        "cut.csv.gz": (ReasonCode.TRUNCATED, whole[:-12]),
        "sum.csv.gz": (ReasonCode.TRUNCATED, whole[:-8] + b"\0" * 8),
        "tail.csv.gz": (ReasonCode.TRUNCATED, whole + b"tail"),
        "text.csv.gz": (ReasonCode.UNKNOWN_FORMAT, b"ts,close\n"),
        "text.parquet": (ReasonCode.UNKNOWN_FORMAT, b"ts,close\n"),
        "cut.parquet": (ReasonCode.TRUNCATED, b"PAR1ts,close\n"),
        "text.xlsx": (ReasonCode.UNKNOWN_FORMAT, b"ts,close\n"),
    }
    for name, (code, content) in broken.items():
        with pytest.raises(FaultyFileError) as found:
            read(write(tmp_path, content, name))
        assert found.value.code is code


def test_prices_beside_the_close_may_be_nan_or_zero(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "ts,open,low,close,volume\n2020-01-01,nan,0,1,nan\n"))
    assert rows[0][2:] == (None, None, 0.0, 1.0, None)


def test_symbol_can_not_be_given_twice(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="names its symbols itself"):
        read(write(tmp_path, "ts,A,B\n2020-01-01,1,2\n"), "SPY")


def test_nothing_is_left_on_the_connection(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        with parsed_bars(connection, probe_bars(write(tmp_path, "ts,close\n2020-01-01,1\n"))):
            assert len(connection.execute("show tables").fetchall()) == 1
        faulty = probe_bars(write(tmp_path, "ts,close\n2020-01-01,x\n"))
        with pytest.raises(FaultyFileError), parsed_bars(connection, faulty):
            pytest.fail("a faulty file was accepted")
        assert connection.execute("show tables").fetchall() == []


def test_real_closes_give_a_bar_per_symbol_and_day(market_data: Path) -> None:
    bars = read(market_data / "sp500_dataset.csv.gz")
    assert len(bars) == 20 * 8313
    assert bars[0][:2] == ("AAPL", datetime(1990, 1, 2))
    assert [bar[5] for bar in bars[:2]] == [0.264, 0.266]
