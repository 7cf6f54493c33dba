"""Names are data: they never become SQL nor lead out of a folder, and tables hold them as given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    ReasonCode,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_runs,
)
from hostile_names import HOMELESS_NAMES, NAMES, job_named
from raw_rows import active_curves, rows_of, table_counts
from run_folder import RunFolder, curve_csv


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "results" / "run")


def files_beside(home: Home) -> set[Path]:
    """Return all that lies beside the home, which no ingest may change."""
    folder = home.root.parent
    return {path for path in folder.rglob("*") if not path.is_relative_to(home.root)}


def test_names_of_a_sweep_come_out_as_they_went_in(home: Home, run: RunFolder) -> None:
    jobs = [run.add(job_named(name)) for name in NAMES + HOMELESS_NAMES]
    for job in jobs[: len(NAMES)]:
        run.file(job).write_text(curve_csv([1, 2]))
    before = files_beside(home)
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.is_clean) == (len(NAMES) + 2, True)
    assert files_beside(home) == before
    assert active_curves(home) == {run.backtest_id(job): [1.0, 2.0] for job in jobs[: len(NAMES)]}
    found = rows_of(home, "select strategy, symbol, params, param_hash from raw.jobs")
    assert {(*row[:2], row[3]) for row in found} == {
        (job.strategy, job.symbol, job.param_hash) for job in jobs
    }
    assert {row[0]: json.loads(row[2]) for row in found} == {
        job.strategy: dict(job.params) for job in jobs
    }
    paths = rows_of(home, "select strategy, file_path from raw.files where kind = 'equity'")
    assert dict(paths) == {job.strategy: str(run.file(job)) for job in jobs[: len(NAMES)]}
    assert ingest_runs(home, [run.path]).unchanged == len(NAMES) + 2


def test_faulty_files_of_such_names_are_quarantined_under_them(home: Home, run: RunFolder) -> None:
    jobs = [run.add(job_named(name)) for name in NAMES]
    for job in jobs:
        run.file(job).write_text("ts,equity\n2020-01-01,1\n2020-01-02,x\n")
    report = ingest_runs(home, [run.path])
    assert {(file.path, file.code, file.line) for file in report.quarantined_files} == {
        (str(run.file(job)), ReasonCode.BAD_NUMBER, 3) for job in jobs
    }
    assert table_counts(home)["equity"] == 0


@pytest.mark.parametrize("name", [*NAMES[:-2], *HOMELESS_NAMES, ""])
def test_a_run_is_named_safely_or_not_at_all(home: Home, run: RunFolder, name: str) -> None:
    run.land(n=1)
    run.write_manifest(run_id=name)
    (file,) = ingest_runs(home, [run.path]).quarantined_files
    assert file.code is ReasonCode.BAD_MANIFEST
    curve = run.file(run.jobs[0])
    with pytest.raises(UsageError, match="run_id"):
        ingest_equity(home, curve, ImportedBacktest(name, "fund"))
    assert table_counts(home) | {"equity": 0, "jobs": 0, "runs": 0} == table_counts(home)


@pytest.mark.parametrize("name", NAMES + HOMELESS_NAMES)
def test_names_of_single_files_come_out_as_they_went_in(
    home: Home, tmp_path: Path, name: str
) -> None:
    curve, closes, returns = (tmp_path / f"{kind}.csv" for kind in ("curve", "closes", "returns"))
    curve.write_text(curve_csv([1, 2]))
    closes.write_text("ts,close\n2020-01-01,1\n")
    returns.write_text("date,factor,value\n2020-01-01,SMB,0.01\n")
    before = files_beside(home)
    backtest = ImportedBacktest("mine", name, {name: name}, symbol=name)
    assert ingest_equity(home, curve, backtest).loaded == 1
    assert ingest_bars(home, closes, name).loaded == 1
    assert ingest_factors(home, returns, factor_set=name).loaded == 1
    assert rows_of(home, "select strategy, symbol, params ->> '$.*' from raw.jobs") == [
        (name, name, [name])
    ]
    assert rows_of(home, "select symbol from raw.bars") == [(name,)]
    assert rows_of(home, "select factor_set from raw.factors") == [(name,)]
    assert rows_of(home, "select dataset from raw.files where dataset is not null") == [(name,)] * 2
    assert files_beside(home) == before


def test_names_in_headers_come_out_as_they_went_in(home: Home, tmp_path: Path) -> None:
    names = [name.strip() for name in NAMES]
    header = ",".join('"' + name.replace('"', '""') + '"' for name in ["date", *names])
    for kind, ingest in (("bars", ingest_bars), ("factors", ingest_factors)):
        file = tmp_path / f"{kind}.csv"
        file.write_text(f"{header}\n2020-01-01{',1' * len(names)}\n", newline="")
        assert ingest(home, file).loaded == 1
    assert {row[0] for row in rows_of(home, "select symbol from raw.bars")} == set(names)
    assert {row[0] for row in rows_of(home, "select factor from raw.factors")} == set(names)


def test_names_that_are_no_text_are_refused(home: Home, tmp_path: Path) -> None:
    """A shell hands over bytes that are not UTF-8 as halves of surrogate pairs."""
    file = tmp_path / "file.csv"
    file.write_text("date,close,equity\n2020-01-01,1,1\n2020-01-02,1,1\n")
    half = "caf\udce9"
    for backtest in (
        ImportedBacktest("mine", half),
        ImportedBacktest("mine", "fund", {half: 1}),
        ImportedBacktest("mine", "fund", {"name": half}),
        ImportedBacktest("mine", "fund", symbol=half),
    ):
        with pytest.raises(UsageError, match="UTF-8"):
            ingest_equity(home, file, backtest)
    with pytest.raises(UsageError, match="UTF-8"):
        ingest_bars(home, file, half)
    with pytest.raises(UsageError, match="UTF-8"):
        ingest_factors(home, file, factor_set=half)


def test_files_whose_names_are_no_text_load_under_what_can_be_read_of_them(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "caf\udce9.csv"
    file.write_text("date,close\n2020-01-01,1\n")
    assert ingest_bars(home, file).loaded == 1
    assert ingest_factors(home, file).loaded == 1
    assert rows_of(home, "select symbol from raw.bars") == [("caf\ufffd",)]
    assert rows_of(home, "select distinct factor_set from raw.factors") == [("caf\ufffd",)]
