"""The first look at a file finds what readers pass over."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import find_timestamp_columns
from curvehouse.readers.probe import file_stem, probe_file, sha256_of
from curvehouse.readers.text_rows import text_rows


def test_probe_counts_lines_below_the_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"ts,equity\n2020-01-01,1\n2020-01-02,2\n\n\n")
    probe = probe_file(path)
    assert (probe.row_count, probe.header, probe.byte_count) == (2, ("ts", "equity"), 38)
    assert probe.sha256 == sha256_of(path.read_bytes())
    assert probe.is_plain
    assert not probe.has_clock


def test_lines_of_a_long_file_are_all_counted(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("ts,equity\n" + "2020-01-01,1\n" * 100_000)
    assert probe_file(path).row_count == 100_000


@pytest.mark.parametrize(
    "content",
    [
        b'ts,equity\n"2020-01-01",1\n',
        b"ts,equity\r\n2020-01-01,1\n",
        b"ts,equity\r2020-01-01,1\r",
    ],
)
def test_odd_files_are_not_plain(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert not probe_file(path).is_plain


def test_stem_knows_double_suffixes() -> None:
    names = ["a.csv", "a.csv.gz", "A.CSV.GZ", "a.b.parquet", "a.txt"]
    assert [file_stem(Path(name)) for name in names] == ["a", "a", "A", "a.b", "a"]


def test_pipes_and_missing_files_are_unreadable(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path / "gone.csv"):
        with pytest.raises(FaultyFileError) as found:
            probe_file(path)
        assert found.value.code is ReasonCode.UNREADABLE


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("a.csv", b"ts,equity\n2020-01-01,1\n", 23),
        ("a.csv.gz", gzip.compress(b"ts,equity\n" + b"2020-01-01,1\n" * 100_000), 1_300_010),
        ("a.csv.gz", gzip.compress(b"ts,equity\n") + gzip.compress(b"2020-01-01,1\n" * 9), 127),
    ],
    ids=["plain", "packed", "packed in two"],
)
def test_a_file_may_have_so_many_bytes_and_no_more(
    tmp_path: Path, name: str, content: bytes, size: int
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert probe_file(path, max_bytes=size).row_count > 0
    with pytest.raises(FaultyFileError, match="--max-bytes") as found:
        probe_file(path, max_bytes=size - 1)
    assert found.value.code is ReasonCode.TOO_LARGE
    assert found.value.byte_count == len(content)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(3 * 1024**3)
    with pytest.raises(FaultyFileError) as found:
        probe_file(path)
    assert (found.value.code, found.value.sha256) == (ReasonCode.TOO_LARGE, None)


def test_parquet_may_not_unpack_to_more_than_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = 1_000_000
    pq.write_table(pa.table({"ts": ["2020-01-01"] * rows, "equity": [1.0] * rows}), path)
    assert path.stat().st_size < 100_000
    with pytest.raises(FaultyFileError) as found:
        probe_file(path, max_bytes=10_000_000)
    assert found.value.code is ReasonCode.TOO_LARGE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_are_known_by_their_marks_are_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("ts,equity\n2020-01-01,1\n".encode(encoding))
    with pytest.raises(FaultyFileError, match=f"is {encoding[:6].upper()} text") as found:
        probe_file(path)
    assert (found.value.code, found.value.line) == (ReasonCode.WRONG_ENCODING, 1)


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
)
def test_other_delimiters_are_named(tmp_path: Path, delimiter: str, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"ts{delimiter}equity\n2020-01-01{delimiter}1\n")
    with pytest.raises(FaultyFileError, match=name):
        probe_file(path)


def test_a_nameless_first_column_is_an_index() -> None:
    assert find_timestamp_columns(["", "A"]) == [0]
    assert find_timestamp_columns(["A", ""]) == []
    assert find_timestamp_columns(["__index_level_0__", "A"]) == [0]


def test_a_file_that_changes_between_two_looks_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ts,equity\n2020-01-01,1\n")
    probe = probe_file(path)
    path.write_text("ts,equity\n2020-01-01,2\n")
    with duckdb.connect() as connection, text_rows(connection, [probe], by_path=False) as rows:
        assert [fault.code for fault in rows.faults.values()] == [ReasonCode.UNREADABLE]


def test_nothing_of_a_file_with_a_late_fault_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curvehouse.readers.text_rows._HELD_ROWS", 2)
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    rows = "".join(f"2020-01-0{day},{day}\n" for day in range(1, 8))
    bad.write_text(f"ts,equity\n{rows}2020-01-08\n")
    good.write_text(f'ts,"equity"\n{rows}')
    probes = [probe_file(bad), probe_file(good)]
    with duckdb.connect() as connection, text_rows(connection, probes, by_path=False) as found:
        assert [(number, fault.line) for number, fault in found.faults.items()] == [(0, 9)]
        kept = connection.sql(f"select file_number, line_number, c1 from {found.table}").fetchall()
    assert kept == [(1, day + 1, str(day)) for day in range(1, 8)]
