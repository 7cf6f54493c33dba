"""Whatever bytes files have, ingest ends in order, and loads whole files and all the good ones."""

from __future__ import annotations

import gzip
import io
import tempfile
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curvehouse.errors import InvalidInputError
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    IngestReport,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_runs,
    ingest_trades,
)
from fuzzing import anything_like
from raw_rows import active_curves, unaccounted_rows
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv

TRADE = "SPY,long,2020-01-02,2020-01-03T10:00:00Z,10,100,101,1,9\n"
CURVE = curve_csv([100, 101.5, 99, 102, 0]).encode()
QUOTED = b'"ts","equity"\r\n"2020-01-01T10:00:00+02:00","1"\r\n2020-01-02,2\r\n'
TRADES = f"{TRADES_HEADER}1,{TRADE}2,{TRADE}3,{TRADE}".encode()
BARS = b"Date,Open,High,Low,Close,Volume\n2020-01-01,1,2,1,1.5,9\n2020-01-02,2,2,2,2,\n"
WIDE = b"Date,SPY,QQQ\n2020-01-01,1,2\n2020-01-02,2,\n"
FACTORS = b"date,mkt,rf\n20200101,0.01,0\n20200102,-0.02,0\n"
MANIFEST = (
    b'{"run_id": "odd", "created_at": "2026-01-05T10:00:00Z", "strategies": ["trend"], '
    b'"param_grid": {"n": [1, 2]}, "seeds": [1], "total_jobs": 2, "fee_bps": 1.5}'
)
LONG_FACTORS = b"date,factor,value\n2020-01-01,a,0.01\n2020-01-01,b,0.02\n"

# How many files a test tries; the long form is for `make soak`.
EXAMPLES = [25, pytest.param(3000, marks=pytest.mark.soak)]
numbers = count()


def parquet(name: str) -> bytes:
    sink = io.BytesIO()
    days = [date(2020, 1, 1), date(2020, 1, 2)]
    pl.DataFrame({"ts": days, name: [1.0, 2.0]}).write_parquet(sink)
    return sink.getvalue()


def any_file(*texts: bytes, value: str) -> st.SearchStrategy[tuple[str, bytes]]:
    """Return what draws a suffix and a content."""
    archives = [gzip.compress(text, mtime=0) for text in texts]
    return st.one_of(
        st.tuples(st.just(".csv"), anything_like(*texts)),
        st.tuples(st.just(".csv.gz"), anything_like(*archives)),
        st.tuples(st.just(".csv.gz"), anything_like(*texts).map(gzip.compress)),
        st.tuples(st.just(".parquet"), anything_like(parquet(value))),
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("fuzz") / "home")


def tried(examples: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples, suppress_health_check=slow)


def new_run(folder: str, *, run_id: str | None = None) -> RunFolder:
    """Return a run with one good curve, under a name that was not used before."""
    name = run_id or f"run{next(numbers)}"
    run = RunFolder(Path(folder) / name, name)
    run.land(good=1)
    return run


def check_good_curve(home: Home, run: RunFolder) -> None:
    assert active_curves(home)[run.backtest_id(run.jobs[0])] == [100.0, 101.0, 102.0]


@pytest.mark.parametrize("examples", EXAMPLES)
def test_any_curves_and_trades_leave_the_others_alone(warehouse: Home, examples: int) -> None:
    @tried(examples)
    @given(curve=any_file(CURVE, QUOTED, value="equity"), trades=any_file(TRADES, value="pnl"))
    def check(curve: tuple[str, bytes], trades: tuple[str, bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run = new_run(folder)
            job = run.plan(odd=1)
            run.file(job, "equity", curve[0]).write_bytes(curve[1])
            run.file(job, "trades", trades[0]).write_bytes(trades[1])
            report = ingest_runs(warehouse, [run.path])
            assert report.loaded + report.quarantined == 5
            check_good_curve(warehouse, run)
            assert unaccounted_rows(warehouse) == []
            again = ingest_runs(warehouse, [run.path])
            assert (again.loaded, again.unchanged) == (0, report.loaded)
            assert again.quarantined_files == report.quarantined_files

    check()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_any_manifest_and_plan_leave_the_other_runs_alone(warehouse: Home, examples: int) -> None:
    jobs = [PlannedJob({"good": 1}), PlannedJob({"n": 2}, seed=3)]
    plan_lines = "".join(f"{job.line()}\n" for job in jobs).encode()

    @tried(examples)
    @given(manifest=anything_like(MANIFEST), plan=anything_like(plan_lines))
    def check(manifest: bytes, plan: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            odd, good = new_run(folder, run_id="odd"), new_run(folder)
            (odd.path / "batch_run_manifest.json").write_bytes(manifest)
            (odd.path / "jobs.jsonl").write_bytes(plan)
            report = ingest_runs(warehouse, [Path(folder)])
            assert report.loaded >= 3
            check_good_curve(warehouse, good)
            assert unaccounted_rows(warehouse) == []

    check()


Ingest = Callable[[Home, Path, str], IngestReport]
SINGLE: dict[str, tuple[tuple[bytes, ...], str, Ingest]] = {
    "bars": ((BARS, WIDE), "close", lambda home, path, _: ingest_bars(home, path)),
    "factors": ((FACTORS, LONG_FACTORS), "mkt", lambda home, path, _: ingest_factors(home, path)),
    "equity": (
        (CURVE, QUOTED),
        "equity",
        lambda home, path, name: ingest_equity(home, path, ImportedBacktest("mine", name)),
    ),
    "trades": (
        (TRADES,),
        "pnl",
        lambda home, path, name: ingest_trades(home, path, ImportedBacktest("mine", name)),
    ),
}


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("kind", SINGLE)
def test_any_single_file_loads_whole_or_not_at_all(
    warehouse: Home, kind: str, examples: int
) -> None:
    texts, value, ingest = SINGLE[kind]

    @tried(examples)
    @given(file=any_file(*texts, value=value))
    def check(file: tuple[str, bytes]) -> None:
        suffix, content = file
        with tempfile.TemporaryDirectory() as folder:
            name = f"file{next(numbers)}"
            path = Path(folder) / f"{name}{suffix}"
            path.write_bytes(content)
            try:
                report = ingest(warehouse, path, name)
            except InvalidInputError:
                return
            assert report.loaded + report.quarantined == 1
            assert unaccounted_rows(warehouse) == []

    check()
