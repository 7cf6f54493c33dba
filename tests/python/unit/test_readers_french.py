"""Kenneth French's daily files load as downloaded: the first table, in per cent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse.home import Home
from curvehouse.ingest import ReasonCode, ingest_factors
from curvehouse.readers.french import french_section
from raw_rows import rows_of

PREAMBLE = (
    "This file was created by CMPT_ME_BEME_RETS using the 202307 CRSP database.\r\n"
    "The Tbill return is the simple daily rate that, over the number of trading days\r\n"
    "compounds to 1-month TBill rate from Ibbotson and Associates, Inc.\r\n"
    "\r\n"
)
TABLE = (
    ",Mkt-RF,SMB,HML,RF\r\n"
    "19260701,    0.10,  -99.99,   -0.27,   0.009\r\n"
    "19260702,    0.45,   -0.33,   -999,   0.009\r\n"
)
ANNUAL = (
    "\r\n Annual Factors: January-December \r\n"
    ",Mkt-RF,SMB,HML,RF\r\n"
    "  1927,   29.47,   -2.46,   -3.75,    3.12\r\n"
)
MORE = "19260706,    0.17,    0.30,   -0.39,   0.009\r\n"
COPYRIGHT = "\r\nCopyright 2023 Kenneth R. French\r\n"
RETURNS = [
    ("Mkt-RF", "excess", date(1926, 7, 1), 0.001),
    ("Mkt-RF", "excess", date(1926, 7, 2), 0.0045),
    ("SMB", "excess", date(1926, 7, 2), -0.0033),
    ("HML", "excess", date(1926, 7, 1), -0.0027),
    ("RF", "rf", date(1926, 7, 1), 0.00009),
    ("RF", "rf", date(1926, 7, 2), 0.00009),
]


def loaded(home: Home, file: Path, content: str, *, is_percent: bool = False) -> list[object]:
    file.write_text(content, newline="")
    assert ingest_factors(home, file, is_percent=is_percent).loaded == 1
    return rows_of(
        home,
        "select factor, kind, factor_date, round(factor_return, 12) from raw.factors "
        "where load_id = (select max(load_id) from raw.factors) "
        "order by factor_position, factor_date",
    )


@pytest.mark.parametrize(
    "content",
    [
        PREAMBLE + TABLE + ANNUAL + COPYRIGHT,
        PREAMBLE + TABLE + COPYRIGHT,
        PREAMBLE + TABLE + COPYRIGHT.lstrip(),
        PREAMBLE + TABLE,
        (PREAMBLE + TABLE).rstrip(),
        (PREAMBLE + TABLE + ANNUAL + COPYRIGHT).replace("\r\n", "\n"),
        "\ufeff" + PREAMBLE + TABLE + COPYRIGHT,
        PREAMBLE + TABLE.replace("\r\n19260702", "\r\n\r\n19260702") + COPYRIGHT,
    ],
)
def test_the_first_table_loads_in_per_cent(home: Home, tmp_path: Path, content: str) -> None:
    assert loaded(home, tmp_path / "ff.csv", content) == RETURNS


def test_saying_per_cent_as_well_changes_nothing(home: Home, tmp_path: Path) -> None:
    content = PREAMBLE + TABLE + COPYRIGHT
    assert loaded(home, tmp_path / "ff.csv", content, is_percent=True) == RETURNS


def test_a_second_daily_table_is_not_read(home: Home, tmp_path: Path) -> None:
    second = "\r\n  Average Equal Weighted Returns -- Daily\r\n" + TABLE.replace("0.10", "7.00")
    assert loaded(home, tmp_path / "ff.csv", PREAMBLE + TABLE + second) == RETURNS


def test_without_its_preamble_a_file_is_read_as_any_other(home: Home, tmp_path: Path) -> None:
    rows = loaded(home, tmp_path / "ff.csv", TABLE, is_percent=False)
    assert ("HML", "excess", date(1926, 7, 2), -999.0) in rows


@pytest.mark.parametrize(
    "content",
    [
        "date,A of B,C\n,x,y\n20200103,1,2\n",
        "\ufeffdate,A of B,C of D\n,x,y\n20200103,1,2\n",
        "a trading day,A\n,0.1\n20200103,0.2\n",
        "a trading day,A\n,\n20200103,0.2\n",
        "when,A\n,B\n20200103,0.2\n",
    ],
)
def test_a_table_without_a_day_here_and_there_is_not_of_this_format(content: str) -> None:
    assert french_section(content.encode()) is None


@pytest.mark.parametrize(
    ("code", "line", "content"),
    [
        (ReasonCode.BAD_NUMBER, 7, PREAMBLE + TABLE.replace("0.45", "x") + COPYRIGHT),
        (ReasonCode.BAD_TIMESTAMP, 7, PREAMBLE + TABLE.replace("19260702", "1926070x") + ANNUAL),
        (ReasonCode.BAD_TIMESTAMP, 6, PREAMBLE + TABLE.replace("1926070", "19260") + ANNUAL),
        (ReasonCode.BAD_ROW, 7, PREAMBLE + TABLE.replace("   -999,", "") + COPYRIGHT),
        (ReasonCode.BAD_ROW, 8, PREAMBLE + TABLE + "Annual factors\r\n" + COPYRIGHT),
        (ReasonCode.DUPLICATE_COLUMN, 5, PREAMBLE + TABLE.replace("HML", "SMB")),
        (ReasonCode.BAD_TIMESTAMP, 7, PREAMBLE + TABLE.replace("19260702", "")),
        (ReasonCode.BAD_TIMESTAMP, 8, PREAMBLE + TABLE.replace("19260702", "\r\n1926070x") + MORE),
        (ReasonCode.BAD_TIMESTAMP, 7, PREAMBLE + TABLE.replace("19260702", "192607") + MORE),
        (ReasonCode.BAD_ROW, 8, PREAMBLE + TABLE + "192607"),
        (ReasonCode.BAD_ROW, 8, PREAMBLE + TABLE + ANNUAL.lstrip()),
        (ReasonCode.MISSING_COLUMN, 1, PREAMBLE + TABLE.replace(",Mkt", "when,Mkt")),
    ],
)
def test_a_fault_in_the_table_is_named_by_its_line_in_the_file(
    home: Home, tmp_path: Path, code: ReasonCode, line: int, content: str
) -> None:
    file = tmp_path / "ff.csv"
    file.write_text(content, newline="")
    (fault,) = ingest_factors(home, file).quarantined_files
    assert (fault.code, fault.line) == (code, line)
    assert rows_of(home, "select count(*) from raw.factors") == [(0,)]


@pytest.mark.parametrize(
    ("name", "count"),
    [("F-F_Research_Data_Factors_daily.CSV", 4), ("F-F_Momentum_Factor_daily.CSV", 1)],
)
def test_a_whole_download_equals_its_bare_table(
    home: Home, tmp_path: Path, name: str, count: int
) -> None:
    bare = PROJECT_DIR.parent / "shared" / "data" / "ken_french" / name
    if not bare.is_file():
        pytest.skip("the real factors are not beside this checkout")
    assert ingest_factors(home, bare, factor_set="bare", is_percent=True).loaded == 1
    whole = tmp_path / "whole.csv"
    table = bare.read_text().removeprefix("date").rstrip("\n") + "\n"
    whole.write_text(PREAMBLE + table + ANNUAL + COPYRIGHT)
    assert ingest_factors(home, whole).loaded == 1
    columns = "factor, kind, factor_date, factor_return from raw.factors where factor_set = "
    assert rows_of(home, f"select {columns} 'whole' except select {columns} 'bare'") == []
    assert rows_of(
        home,
        "select factor_set, count(distinct factor), count(*) > 24000 * count(distinct factor) "
        "from raw.factors group by factor_set order by factor_set",
    ) == [("bare", count, True), ("whole", count, True)]
