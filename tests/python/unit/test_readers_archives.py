"""Zip archives and Arrow files: read within a bound, and never believed."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather

from curvehouse.readers.archives import open_archive
from curvehouse.readers.arrow_files import read_arrow, unpacked_size
from curvehouse.readers.faults import FaultyFileError, ReasonCode

PLACE = Path("result.zip")


def archive(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpacked(data: bytes, **options: int) -> list[bytes]:
    found = open_archive(PLACE, data, **options)
    return [found.read(name) for name in found.names]


def code_of(data: bytes, **options: int) -> ReasonCode:
    with pytest.raises(FaultyFileError) as caught:
        unpacked(data, **options)
    return caught.value.code


def test_names_and_contents() -> None:
    data = archive(("a.json", b"{}"), ("folder/", b""), ("b/c", b"x"))
    assert open_archive(PLACE, data).names == ("a.json", "b/c")
    assert unpacked(data) == [b"{}", b"x"]


@pytest.mark.parametrize(
    "name",
    ["../a", "a/../../b", "/etc/passwd", "C:\\a", "C:a", "..\\a", "\\\\host\\share\\a", "a/.."],
)
def test_a_name_that_leads_outside_is_refused(name: str) -> None:
    data = archive(("a.json", b"{}"), ("#" * len(name), b"x"))
    # The writer of archives mends some names.
    data = data.replace(b"#" * len(name), name.encode())
    assert code_of(data) is ReasonCode.PATH_OUTSIDE_FOLDER


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    data = archive(*((f"{n}.json", bytes(1 << 20)) for n in range(4)))
    assert len(data) < 1 << 14
    assert code_of(data, max_bytes=(4 << 20) - 1) is ReasonCode.TOO_LARGE
    assert open_archive(PLACE, data, max_bytes=4 << 20).names[3] == "3.json"


def test_an_entry_is_never_read_beyond_the_size_it_declares() -> None:
    data = bytearray(archive(("bomb", bytes(1 << 20))))
    size = struct.pack("<I", 1 << 20)
    assert data.count(size) == 2
    data = data.replace(size, struct.pack("<I", 10))
    assert code_of(bytes(data), max_bytes=100) is ReasonCode.TRUNCATED


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
def test_a_truncated_archive(kept: float) -> None:
    data = archive(("a.json", np.random.default_rng(1).bytes(5000)))
    assert code_of(data[: int(len(data) * kept)]) is ReasonCode.TRUNCATED


def test_a_damaged_entry() -> None:
    content = np.random.default_rng(1).bytes(5000)
    data = archive(("a.json", content))
    damaged = data.replace(content[:100], bytes(100))
    assert damaged != data
    assert code_of(damaged) is ReasonCode.TRUNCATED


def test_entries_of_one_name_and_encrypted_ones_are_refused() -> None:
    twice = archive(("aa.json", b"1"), ("ab.json", b"2")).replace(b"ab.json", b"aa.json")
    assert code_of(twice) is ReasonCode.TRUNCATED
    data = bytearray(archive(("a.json", b"1")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    assert code_of(bytes(data)) is ReasonCode.UNREADABLE


def test_a_way_of_packing_that_is_unknown() -> None:
    data = bytearray(archive(("a.json", b"1")))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + place] = 77
    assert code_of(bytes(data)) is ReasonCode.UNREADABLE


def arrow(table: pa.Table, compression: str) -> bytes:
    buffer = io.BytesIO()
    feather.write_feather(table, buffer, compression=compression, chunksize=300)
    return buffer.getvalue()


TABLE = pa.table(
    {
        "date": pa.array(range(1000), pa.timestamp("ms", "UTC")),
        "currency": pa.array(["USDT", None] * 500).dictionary_encode(),
        "balance": np.linspace(0, 1, 1000),
    }
)


@pytest.mark.parametrize("compression", ["zstd", "lz4", "uncompressed"])
def test_an_arrow_file_says_what_it_unpacks_to(compression: str) -> None:
    data = arrow(TABLE, compression)
    assert read_arrow(data, ["balance", "date"]) == TABLE.select(["balance", "date"])
    # Validity and padding come on top of the values.
    assert TABLE.nbytes <= unpacked_size(data) <= TABLE.nbytes * 1.1


def test_an_arrow_file_that_unpacks_to_much_more() -> None:
    data = arrow(pa.table({"balance": np.zeros(100_000)}), "zstd")
    assert len(data) < 200_000
    assert unpacked_size(data) == 800_000


@pytest.mark.parametrize("end", [0, 6, 100, 1500, -1, -20])
def test_a_damaged_arrow_file(end: int) -> None:
    with pytest.raises(ValueError, match="not a whole Arrow file"):
        unpacked_size(arrow(TABLE, "zstd")[:end])


def test_any_damage_within_an_arrow_file_is_told_or_harmless() -> None:
    data = arrow(TABLE, "zstd")
    rng = np.random.default_rng(3)
    told = 0
    for place in rng.integers(8, len(data) - 6, 300):
        damaged = bytearray(data)
        damaged[place] ^= int(rng.integers(1, 256))
        try:
            assert unpacked_size(bytes(damaged)) >= 0
        except ValueError:
            told += 1
    assert told > 20
