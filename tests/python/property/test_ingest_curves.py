"""Whatever bytes a curve file has: it loads whole or not at all, and both ways of reading agree."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curvehouse.ingest.curves import load_curves
from curvehouse.ingest.ledger import RowCounts
from curvehouse.ingest.numbered import NumberedFile
from curvehouse.raw import ensure_raw_tables
from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.probe import probe_file

GOOD = b"ts,equity\n2020-01-01,1\n2020-01-02,2\n"

Outcome = tuple[str, int | None] | list[tuple[object, ...]]

GOOD_DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str) | st.sampled_from(
    [
        "2020-01-01",
        "2020-01-02",
        "2020-01-02T00:00:00Z",
        "2020-01-02T09:00:00+05:00",
        "20200103",
        "1577923200",
        "1577923200000",
    ]
)
GOOD_CELLS = st.floats(min_value=0.001, max_value=1e9).map(repr)
ODD_DAYS = st.dates().map(str) | st.just("soon")
ODD_CELLS = st.sampled_from(["0", "-0.0", "-1", "nan", "inf", "1e400", "", " 2 ", "x", "1_0"])
ODD_LINES = st.sampled_from(
    ["", '"2020-01-05","7"', "2020-01-06", "2020-01-07,1,1", "2020-01-07,1,", "2020-01-07,,", '"']
)
GOOD_ROWS = st.tuples(GOOD_DAYS, GOOD_CELLS).map(",".join)
ODD_ROWS = st.tuples(GOOD_DAYS, ODD_CELLS) | st.tuples(ODD_DAYS, GOOD_CELLS)
LINES = st.one_of(GOOD_ROWS, GOOD_ROWS, GOOD_ROWS, ODD_ROWS.map(",".join), ODD_LINES)
FILES = st.builds(
    lambda header, lines, end: end.join([header, *lines]),
    st.sampled_from(["ts,equity", "ts,equity", "\ufeffDate,NAV", "equity,ts", "ts,equity,x"]),
    st.lists(LINES, max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
)


@pytest.fixture(autouse=True, scope="module")
def few_rows_are_held() -> Iterator[None]:
    """Let short files go in several pieces, as long ones do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("curvehouse.readers.text_rows._HELD_ROWS", 3)
        yield


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        ensure_raw_tables(opened)
        yield opened


def outcomes(
    connection: duckdb.DuckDBPyConnection, contents: list[bytes], *, by_path: bool
) -> list[Outcome]:
    """Load the files together; return the rows or the fault of each."""
    found: dict[int, Outcome] = {}
    files = []
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(contents, start=1):
            path = Path(folder) / f"{number}.csv"
            path.write_bytes(content)
            try:
                files.append(NumberedFile(number, str(number), probe_file(path)))
            except FaultyFileError as fault:
                found[number] = (fault.code.value, fault.line)
        connection.execute("begin transaction")
        try:
            loads = load_curves(connection, files, by_path=by_path)
            found |= {
                number: (fault.code.value, fault.line) for number, fault in loads.faults.items()
            }
            for number, counts in loads.row_counts.items():
                rows = connection.execute(
                    "select ts, equity from raw.equity where load_id = ? order by ts", [number]
                ).fetchall()
                assert len(rows) == counts.rows
                assert counts.days in (None, len({ts.date() for ts, _ in rows}))
                found[number] = rows
            loaded = connection.execute("select distinct load_id from raw.equity").fetchall()
            assert {number for (number,) in loaded} == set(loads.row_counts)
        finally:
            connection.execute("rollback")
    return [found[number] for number in range(1, len(contents) + 1)]


@settings(max_examples=150)
@given(content=st.binary(max_size=120) | st.binary(max_size=60).map(lambda tail: GOOD + tail))
def test_any_bytes_load_whole_or_not_at_all(
    connection: duckdb.DuckDBPyConnection, content: bytes
) -> None:
    found, beside = outcomes(connection, [content, GOOD], by_path=True)
    assert len(beside) == 2
    assert isinstance(found, tuple) or len(found) >= 2


@settings(max_examples=60)
@given(contents=st.lists(FILES, min_size=1, max_size=4))
def test_reading_in_bulk_and_row_by_row_agree(
    connection: duckdb.DuckDBPyConnection, contents: list[str]
) -> None:
    files = [content.encode() for content in contents]
    together = outcomes(connection, files, by_path=True)
    assert together == outcomes(connection, files, by_path=False)
    assert together == [outcomes(connection, [file], by_path=True)[0] for file in files]


@settings(max_examples=50)
@given(
    rows=st.dictionaries(
        st.dates(date(1900, 1, 1), date(2100, 1, 1)),
        st.floats(min_value=0.001, max_value=1e9),
        min_size=2,
        max_size=20,
    ),
    data=st.data(),
)
def test_the_order_of_rows_and_exact_copies_make_no_difference(
    connection: duckdb.DuckDBPyConnection, rows: dict[object, float], data: st.DataObject
) -> None:
    lines = [f"{day},{value!r}" for day, value in sorted(rows.items())]
    mixed = data.draw(st.permutations([*lines, lines[0]]))
    ordered, shuffled = ("\n".join(["ts,equity", *chosen]).encode() for chosen in (lines, mixed))
    first, second = outcomes(connection, [ordered, shuffled], by_path=True)
    assert first == second
    assert len(first) == len(rows)


@settings(max_examples=50)
@given(
    curves=st.lists(
        st.tuples(
            st.lists(
                st.integers(0, 72).map(lambda hours: datetime(2020, 1, 1) + timedelta(hours=hours)),
                min_size=2,
                max_size=12,
                unique=True,
            ),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_plain_curves_are_counted_by_day(
    connection: duckdb.DuckDBPyConnection, curves: list[tuple[list[datetime], bool]]
) -> None:
    expected, files = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for number, (moments, has_clock) in enumerate(curves, start=1):
            kept = [str(moment) for moment in sorted(moments)]
            if not has_clock:
                kept = sorted({moment[:10] for moment in kept} | {"2020-01-05", "2020-01-06"})
            path = Path(folder) / f"{number}.csv"
            path.write_text("\n".join(["ts,equity", *(f"{moment},1" for moment in kept)]))
            files.append(NumberedFile(number, str(number), probe_file(path)))
            days = {moment[:10] for moment in kept}
            expected[number] = RowCounts(len(kept), len(days))
        connection.execute("begin transaction")
        try:
            assert load_curves(connection, files, by_path=True).row_counts == expected
        finally:
            connection.execute("rollback")
