"""Files beyond the bound are told apart before they are read or unpacked."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from conftest import RunCli
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    IngestReport,
    ReasonCode,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_runs,
    ingest_trades,
)
from curvehouse.readers.content import unzipped
from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.probe import probe_file
from raw_rows import active_curves, rows_of, table_counts
from run_folder import TRADES_HEADER, RunFolder, curve_csv

MINE = ImportedBacktest("mine", "fund", symbol="SPY")
TRADE = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9\n"

SINGLE: dict[str, tuple[str, Callable[[Home, Path, int], IngestReport]]] = {
    "bars": ("date,close\n2020-01-01,1\n", lambda h, p, n: ingest_bars(h, p, max_bytes=n)),
    "factors": ("date,a\n2020-01-01,1\n", lambda h, p, n: ingest_factors(h, p, max_bytes=n)),
    "equity": (curve_csv([1, 2]), lambda h, p, n: ingest_equity(h, p, MINE, max_bytes=n)),
    "trades": (TRADES_HEADER + TRADE, lambda h, p, n: ingest_trades(h, p, MINE, max_bytes=n)),
}


@pytest.mark.parametrize("kind", SINGLE)
def test_a_single_file_loads_up_to_its_bound(home: Home, tmp_path: Path, kind: str) -> None:
    content, ingest = SINGLE[kind]
    path = tmp_path / "file.csv"
    path.write_text(content)
    size = len(content)
    (file,) = ingest(home, path, size - 1).quarantined_files
    assert (file.code, file.line) == (ReasonCode.TOO_LARGE, None)
    assert f"has {size} bytes" in file.reason
    assert rows_of(home, "select file_sha256, byte_count from raw.files") == [(None, size)]
    assert table_counts(home)[kind] == 0
    assert ingest(home, path, size).loaded == 1


def test_the_rest_of_a_run_loads_beside_a_large_file(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.land(n=1)
    large = run.land(curve_csv(range(1, 200)), n=2)
    report = ingest_runs(home, [run.path], max_bytes=1000)
    assert [(file.code, file.path) for file in report.quarantined_files] == [
        (ReasonCode.TOO_LARGE, str(run.file(large)))
    ]
    assert list(active_curves(home)) == [run.backtest_id(run.jobs[0])]
    assert ingest_runs(home, [run.path]).is_clean
    assert len(active_curves(home)) == 2


def test_a_large_manifest_keeps_its_run_out(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.write_manifest(notes="x" * 1000)
    (file,) = ingest_runs(home, [run.path], max_bytes=1000).quarantined_files
    assert file.code is ReasonCode.TOO_LARGE
    assert ingest_runs(home, [run.path]).is_clean


def test_an_archive_is_never_unpacked_beyond_the_bound(tmp_path: Path) -> None:
    bomb = gzip.compress(b"0" * 64_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(FaultyFileError) as found:
            unzipped(tmp_path, bomb, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert found.value.code is ReasonCode.TOO_LARGE
    text = curve_csv(range(1, 1000)).encode()
    packed = gzip.compress(text[:999]) + gzip.compress(text[999:])
    assert unzipped(tmp_path, packed, len(text)) == text


def test_a_table_is_measured_by_its_cells_however_well_they_are_packed(tmp_path: Path) -> None:
    path = tmp_path / "packed.parquet"
    pl.DataFrame({"ts": "2020-01-01", "equity": [1.0] * 200_000}).write_parquet(path)
    assert path.stat().st_size < 200_000
    with pytest.raises(FaultyFileError) as found:
        probe_file(path, max_bytes=1_000_000)
    assert found.value.code is ReasonCode.TOO_LARGE
    assert probe_file(path).row_count == 200_000


def test_the_bound_is_an_option(home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    path = tmp_path / "SPY.csv"
    path.write_text("date,close\n2020-01-01,1\n")
    outcome = run_cli("ingest", "bars", path, "--max-bytes", "10")
    assert outcome.exit_code == 1
    assert outcome.stderr == (
        f"{path}: too_large: has 24 bytes and not up to 10 bytes; split it, or allow more with "
        "--max-bytes\n"
    )
    assert run_cli("ingest", "bars", path).exit_code == 0
