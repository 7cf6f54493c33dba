"""Factor returns are read in their file's order and in the unit that was said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from curvehouse.readers.factors import parsed_factors, probe_factors
from curvehouse.readers.faults import FaultyFileError, ReasonCode


def read(folder: Path, content: str, *, is_percent: bool = False) -> list[dict[str, Any]]:
    path = folder / "factors.csv"
    path.write_text(content)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        with parsed_factors(connection, probe_factors(path), is_percent=is_percent) as returns:
            rows: list[dict[str, Any]] = (
                connection.sql(
                    "select factor, factor_position, factor_date, factor_return "
                    f"from {returns.table} order by factor_position, factor_date"
                )
                .pl()
                .to_dicts()
            )
        assert connection.execute("show tables").fetchall() == []
    return rows


def test_wide_and_long_files_say_the_same(tmp_path: Path) -> None:
    wide = read(tmp_path, "date,size,market\n2020-01-02,0.02,0.01\n2020-01-03,,-0.01\n")
    long = read(
        tmp_path,
        "Date,Factor,Value\n2020-01-02,size,0.02\n2020-01-02,market,0.01\n"
        "2020-01-03,market,-0.01\n2020-01-03,size,\n",
    )
    assert wide == long
    assert [(row["factor"], row["factor_position"], row["factor_return"]) for row in wide] == [
        ("size", 1, 0.02),
        ("market", 2, 0.01),
        ("market", 2, -0.01),
    ]


def test_percent_and_padded_cells_and_compact_dates(tmp_path: Path) -> None:
    rows = read(tmp_path, "date,Mkt-RF,RF\n19260701,    0.10,   0.009\n", is_percent=True)
    assert [row["factor_date"] for row in rows] == [date(1926, 7, 1)] * 2
    assert [row["factor_return"] for row in rows] == pytest.approx([0.001, 0.00009])


@pytest.mark.parametrize(
    ("code", "line", "content"),
    [
        (ReasonCode.MISSING_COLUMN, 1, "By hand.\n\n,A\n20200101,1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "This file was created by hand.\n\nday,A\n20200101,1\n"),
        (ReasonCode.MISSING_COLUMN, 1, "a,b\n1,2\n"),
        (ReasonCode.MISSING_COLUMN, 1, "date,a,\n20200101,1,2\n"),
        (ReasonCode.BAD_TIMESTAMP, 3, "date,a\n20200101,1\nCopyright,2\n"),
        (ReasonCode.BAD_NUMBER, 2, "date,a\n20200101,x\n"),
        (ReasonCode.NON_FINITE, 2, "date,a\n20200101,inf\n"),
        (ReasonCode.DUPLICATE_TIMESTAMP, 3, "date,a\n20200101,1\n2020-01-01T05:00:00Z,2\n"),
        (ReasonCode.MISSING_VALUE, 2, "date,factor,value\n20200101,,1\n"),
        (ReasonCode.TOO_FEW_ROWS, None, "date,a\n20200101,\n"),
    ],
)
def test_faulty_file_is_refused_with_its_line(
    tmp_path: Path, code: ReasonCode, line: int | None, content: str
) -> None:
    with pytest.raises(FaultyFileError) as found:
        read(tmp_path, content)
    assert (found.value.code, found.value.line) == (code, line)
