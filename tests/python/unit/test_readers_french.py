"""Files of Kenneth French's data library load as downloaded: in per cent, the first table only."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from conftest import PROJECT_DIR
from curvehouse.readers.factors import read_factors
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.french import french_section
from curvehouse.readers.probe import probe_file

PREAMBLE = (
    "This file was created by CMPT_ME_BEME_RETS_DAILY using the 202307 CRSP database.\n"
    "The 1-month TBill return is from Ibbotson and Associates, Inc.\n\n"
)
TABLE = (
    ",Mkt-RF,SMB,RF\n"
    "20200102,    0.10,   -0.25,   0.009\n"
    "20200103,  -99.99,   -0.33,   0.009\n"
    "20200106,    0.17,    -999,  -99.99\n"
)
ANNUAL = "\n Annual Factors: January-December\n,Mkt-RF,SMB,RF\n  2020,   29.47,   -2.04,   3.12\n"
OTHER_WEIGHTS = "\n  Average Equal Weighted\n,Mkt-RF,SMB,RF\n20200102,5,5,5\n20200109,5,5,5\n"
TAIL = "\nCopyright 2023 Kenneth R. French\n"


def read_table(path: Path, *, is_percent: bool = False) -> pa.Table:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        probe = probe_file(path, find_section=french_section)
        return read_factors(connection, probe, is_percent=is_percent)


def read(folder: Path, content: str, *, is_percent: bool = False) -> list[dict[str, Any]]:
    path = folder / "factors.csv"
    path.write_text(content, newline="")
    rows: list[dict[str, Any]] = read_table(path, is_percent=is_percent).to_pylist()
    return rows


@pytest.mark.parametrize(
    "content",
    [
        PREAMBLE + TABLE,
        PREAMBLE + TABLE.rstrip(),
        PREAMBLE + TABLE + TAIL,
        PREAMBLE + TABLE + TAIL.lstrip(),
        PREAMBLE + TABLE + ANNUAL + TAIL,
        PREAMBLE + TABLE + OTHER_WEIGHTS + TAIL,
        "\ufeff" + PREAMBLE + TABLE + TAIL,
        (PREAMBLE + TABLE + ANNUAL + TAIL).replace("\n", "\r\n"),
        PREAMBLE.partition("\n")[0] + "\n" + TABLE,
        "\n" + PREAMBLE + "\n  Average Value Weighted Returns -- Daily\n" + TABLE + "\n\n" + TAIL,
        PREAMBLE + TABLE.replace("20200106", "\n20200106") + TAIL,
    ],
)
@pytest.mark.parametrize("is_percent", [False, True])
def test_first_daily_table_is_read_in_per_cent(
    tmp_path: Path, content: str, is_percent: bool
) -> None:
    rows = read(tmp_path, content, is_percent=is_percent)
    assert [(row["factor"], row["factor_date"].day) for row in rows] == [
        *(("Mkt-RF", 2), ("Mkt-RF", 6)),
        *(("SMB", 2), ("SMB", 3)),
        *(("RF", 2), ("RF", 3)),
    ]
    returns = [row["factor_return"] for row in rows]
    assert returns == pytest.approx([0.001, 0.0017, -0.0025, -0.0033, 0.00009, 0.00009])


def test_packed_files_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "factors.csv.gz"
    path.write_bytes(gzip.compress((PREAMBLE + TABLE + TAIL).encode()))
    assert read_table(path).to_pylist() == read(tmp_path, PREAMBLE + TABLE + TAIL)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (",Mkt\n20200102,0.5\n20200103,-999\n", 0.5),
        ("date,Mkt\n20200102,0.5\n20200103,-99.99\n", 0.5),
        ("the first date,date,Mkt\n,20200102,0.5\n,20200103,-999\n", 0.5),
    ],
)
def test_other_files_keep_their_unit_and_all_their_numbers(
    tmp_path: Path, content: str, value: float
) -> None:
    returns = [row["factor_return"] for row in read(tmp_path, content) if row["factor"] == "Mkt"]
    assert returns[0] == value
    assert len(returns) == 2


def test_a_header_is_not_taken_for_a_sentence(tmp_path: Path) -> None:
    content = "date,A of B,C\n,x,y\n20200103,1,2\n"
    with pytest.raises(FaultyFileError) as found:
        read(tmp_path, content)
    assert (found.value.code, found.value.line) == (ReasonCode.BAD_TIMESTAMP, 2)


@pytest.mark.parametrize(
    ("code", "line", "content"),
    [
        (ReasonCode.MISSING_COLUMN, 1, PREAMBLE),
        (ReasonCode.MISSING_COLUMN, 1, PREAMBLE + TABLE.partition("\n")[0]),
        (ReasonCode.MISSING_COLUMN, 1, PREAMBLE + TABLE.replace(",Mkt", "when,Mkt")),
        (ReasonCode.BAD_TIMESTAMP, 5, PREAMBLE + ",Mkt\n202001,1\n202002,2\n" + ANNUAL),
        (ReasonCode.BAD_TIMESTAMP, 5, PREAMBLE + TABLE.replace("20200102", "20209902") + TAIL),
        (ReasonCode.BAD_TIMESTAMP, 6, PREAMBLE + TABLE.replace("20200103", "2020010x") + TAIL),
        (ReasonCode.BAD_TIMESTAMP, 6, PREAMBLE + TABLE.replace("20200103", "") + TAIL),
        (ReasonCode.BAD_TIMESTAMP, 7, PREAMBLE + TABLE.replace("20200106", "202001") + ANNUAL),
        (ReasonCode.BAD_TIMESTAMP, 7, PREAMBLE + TABLE.replace("20200103", "\n2020010x") + TAIL),
        (ReasonCode.BAD_ROW, 8, PREAMBLE + TABLE + "202001"),
        (ReasonCode.BAD_ROW, 6, PREAMBLE + TABLE.replace("20200103,", "20200103,1,") + TAIL),
        (ReasonCode.BAD_ROW, 8, PREAMBLE + TABLE + ANNUAL.lstrip()),
        (ReasonCode.BAD_NUMBER, 6, PREAMBLE + TABLE.replace("-0.33", "x") + TAIL),
        (ReasonCode.DUPLICATE_COLUMN, 4, PREAMBLE + TABLE.replace("SMB", "RF") + TAIL),
        (ReasonCode.DUPLICATE_TIMESTAMP, 6, PREAMBLE + TABLE.replace("20200103", "20200102")),
        (ReasonCode.TOO_FEW_ROWS, None, PREAMBLE + ",Mkt\n20200102,-99.99\n" + TAIL),
    ],
)
def test_damage_is_refused_with_its_line_and_never_taken_for_the_end(
    tmp_path: Path, code: ReasonCode, line: int | None, content: str
) -> None:
    with pytest.raises(FaultyFileError) as found:
        read(tmp_path, content)
    assert (found.value.code, found.value.line) == (code, line)


def real_file(name: str) -> Path:
    path = PROJECT_DIR.parent / "shared" / "data" / "ken_french" / name
    if not path.is_file():
        pytest.skip("the daily factors are not beside this checkout")
    return path


@pytest.mark.parametrize(
    ("name", "factors", "first_day"),
    [
        (
            "F-F_Research_Data_Factors_daily.CSV",
            ["Mkt-RF", "SMB", "HML", "RF"],
            date(1926, 7, 1),
        ),
        ("F-F_Momentum_Factor_daily.CSV", ["Mom"], date(1926, 11, 3)),
    ],
)
def test_real_factors_are_the_same_with_all_that_the_download_has(
    tmp_path: Path, name: str, factors: list[str], first_day: date
) -> None:
    bare = real_file(name)
    expected = read_table(bare, is_percent=True)
    assert expected.column("factor").unique().to_pylist() == factors
    assert expected.column("factor_date")[0].as_py() == first_day
    assert expected.num_rows == len(factors) * (len(bare.read_text().rstrip().splitlines()) - 1)
    path = tmp_path / name
    table = bare.read_text().removeprefix("date").rstrip() + "\n"
    path.write_text(PREAMBLE + table + TAIL, newline="\r\n")
    assert read_table(path).equals(expected)
