"""Every reason for which a file of a run stays out, with its line; the rest of the run loads."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse.home import Home
from curvehouse.ingest import IngestReport, ReasonCode, ingest_runs
from curvehouse.ingest.jobs import parse_jobs
from raw_rows import active_curves, rows_of
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv

FAULTY_CURVES: list[tuple[ReasonCode, int | None, bytes | str]] = [
    (ReasonCode.MISSING_COLUMN, 1, "ts,price\n2020-01-01,1\n2020-01-02,2\n"),
    (ReasonCode.MISSING_COLUMN, 1, "x,equity\n2020-01-01,1\n2020-01-02,2\n"),
    (ReasonCode.MISSING_COLUMN, 1, "\n\n"),
    (ReasonCode.DUPLICATE_COLUMN, 1, "ts,nav,value\n2020-01-01,1,1\n2020-01-02,2,2\n"),
    (ReasonCode.DUPLICATE_COLUMN, 1, "ts,equity,equity\n2020-01-01,1,1\n2020-01-02,2,2\n"),
    (ReasonCode.BAD_NUMBER, 4, "ts,equity\n2020-01-01,1\n2020-01-02,2\n2020-01-03,x\n"),
    (ReasonCode.BAD_NUMBER, 3, "ts,equity\n2020-01-01,1\n2020-01-02,\n"),
    (ReasonCode.BAD_NUMBER, 5, "ts,equity\n2020-01-01,1\n\n2020-01-02,2\n2020-01-03,x\n"),
    (ReasonCode.BAD_TIMESTAMP, 3, "ts,equity\n2020-01-01,1\n02/01/2020,2\n"),
    (ReasonCode.BAD_TIMESTAMP, 3, "ts,equity\n2020-01-01,1\n,2\n"),
    (ReasonCode.BAD_TIMESTAMP, 3, "ts,equity\n2020-01-01,1\n2020-02-30,2\n2020-03-01,2\n"),
    (ReasonCode.BAD_TIMESTAMP, 4, "ts,equity\n2020-01-01,1\n2020-01-02,2\n9999-01-01,2\n"),
    (ReasonCode.BAD_TIMESTAMP, 2, "ts,equity\n-infinity,1\n2020-01-02T00:00:00Z,2\n"),
    (ReasonCode.NON_FINITE, 3, "ts,equity\n2020-01-01,1\n2020-01-02,inf\n2020-01-03,1\n"),
    (ReasonCode.NON_FINITE, 3, "ts,equity\n2020-01-01,1\n2020-01-02,nan\n2020-01-03,1\n"),
    (ReasonCode.NON_POSITIVE_EQUITY, 3, "ts,equity\n2020-01-01,1\n2020-01-02,-1\n"),
    (ReasonCode.NON_POSITIVE_EQUITY, 4, curve_csv([1, 0, 1])),
    (ReasonCode.NON_POSITIVE_EQUITY, 2, curve_csv([0, 0, 0])),
    (ReasonCode.DUPLICATE_TIMESTAMP, 3, "ts,equity\n2020-01-01,1\n2020-01-01,2\n"),
    (ReasonCode.DUPLICATE_TIMESTAMP, 4, "ts,equity\n2020-01-02,1\n2020-01-01,1\n2020-01-02,2\n"),
    (ReasonCode.TOO_FEW_ROWS, None, "ts,equity\n"),
    (ReasonCode.TOO_FEW_ROWS, None, "ts,equity\n2020-01-01,1\n"),
    (ReasonCode.TOO_FEW_ROWS, None, "ts,equity\n2020-01-01,1\n2020-01-01,1\n"),
    (ReasonCode.BAD_ROW, 3, "ts,equity\n2020-01-01,1\n2020-01-02\n2020-01-03,1\n"),
    (ReasonCode.BAD_ROW, 3, "ts,equity\n2020-01-01,1\n2020-01-02,1,000\n2020-01-03,1\n"),
    (ReasonCode.BAD_ROW, 3, 'ts,equity\n2020-01-01,1\n"2020-01-02,1\n'),
    (ReasonCode.TRUNCATED, None, b""),
    (ReasonCode.WRONG_ENCODING, 3, b"ts,equity\n2020-01-01,1\n2020-01-02,\xff\n"),
    (ReasonCode.WRONG_ENCODING, 1, "ts,equity\n2020-01-01,1\n".encode("utf-16")),
]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run with one good curve."""
    folder = RunFolder(tmp_path / "run")
    folder.land(good=1)
    return folder


def found_in(report: IngestReport) -> list[tuple[ReasonCode, int | None]]:
    return [(file.code, file.line) for file in report.quarantined_files]


def ledger_codes(home: Home) -> list[tuple[str, int | None]]:
    return rows_of(
        home,
        "select reason_code, line_number from raw.files where status = 'quarantined' "
        "order by load_id",
    )


@pytest.mark.parametrize(("code", "line", "content"), FAULTY_CURVES)
def test_faulty_curve_stays_out_whole(
    home: Home, run: RunFolder, code: ReasonCode, line: int | None, content: bytes | str
) -> None:
    job = run.plan(faulty=1)
    run.file(job).write_bytes(content if isinstance(content, bytes) else content.encode())
    report = ingest_runs(home, [run.path])
    assert found_in(report) == [(code, line)]
    assert report.loaded == 3
    assert ledger_codes(home) == [(code.value, line)]
    assert list(active_curves(home)) == [run.backtest_id(run.jobs[0])]
    assert rows_of(home, "select count(*) from raw.equity") == [(3,)]


def test_many_faulty_curves_at_once_are_told_apart(home: Home, run: RunFolder) -> None:
    expected = {}
    for number, (code, line, content) in enumerate(FAULTY_CURVES):
        job = run.plan(faulty=number)
        run.file(job).write_bytes(content if isinstance(content, bytes) else content.encode())
        expected[str(run.file(job))] = (code, line)
        run.land(curve_csv([number + 1, number + 2]), good_beside=number)
    report = ingest_runs(home, [run.path])
    assert {file.path: (file.code, file.line) for file in report.quarantined_files} == expected
    assert len(active_curves(home)) == len(FAULTY_CURVES) + 1


def test_cut_off_archive_is_truncated(home: Home, run: RunFolder) -> None:
    job = run.plan(faulty=1)
    whole = gzip.compress(curve_csv(range(1, 500)).encode())
    run.file(job, suffix=".csv.gz").write_bytes(whole[: len(whole) // 2])
    assert found_in(ingest_runs(home, [run.path])) == [(ReasonCode.TRUNCATED, None)]
    run.file(job, suffix=".csv.gz").write_bytes(whole)
    assert found_in(ingest_runs(home, [run.path])) == []


def test_faulty_trades_stay_out_and_their_curve_loads(home: Home, run: RunFolder) -> None:
    trade = "1,SPY,{},2020-01-02,2020-01-03,10,100,101,1,9\n"
    content = TRADES_HEADER + trade.format("long") + trade.format("both")
    run.file(run.jobs[0], "trades").write_text(content)
    report = ingest_runs(home, [run.path])
    assert found_in(report) == [(ReasonCode.BAD_TRADE, 3)]
    assert rows_of(home, "select count(*) from raw.trades") == [(0,)]
    assert len(active_curves(home)) == 1


def test_file_that_no_job_planned(home: Home, run: RunFolder) -> None:
    for name in (f"{'0' * 64}_equity.csv", "notes_equity.csv", "notes.csv"):
        (run.path / "trend" / name).write_text(curve_csv([1, 2]))
    assert found_in(ingest_runs(home, [run.path])) == [(ReasonCode.NOT_PLANNED, None)] * 2


def test_job_whose_parameters_are_not_those_of_its_hash(home: Home, run: RunFolder) -> None:
    job = run.add(PlannedJob({"n": 2}, stated_hash="0" * 64))
    run.file(job).write_text(curve_csv([1, 2]))
    for _ in range(2):
        report = ingest_runs(home, [run.path])
        assert found_in(report) == [(ReasonCode.PARAM_HASH_MISMATCH, 2)]
    assert rows_of(
        home, "select kind, backtest_id from raw.files where status = 'quarantined'"
    ) == [("jobs", run.backtest_id(job))]
    assert rows_of(home, "select count(*) from raw.jobs") == [(2,)]
    run.jobs[1] = PlannedJob({"n": 2})
    run.write_jobs()
    run.file(job).rename(run.file(run.jobs[1]))
    assert ingest_runs(home, [run.path]).is_clean
    assert rows_of(
        home, "select status from raw.files where load_id = (select max(load_id) from raw.files)"
    ) == [("cleared",)]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"strategy": "trend"}',
        PlannedJob({"n": 2}, status="fine").line(),
        PlannedJob({"n": 2}).line().replace('"n"', '"symbol"').replace("2}", '"QQQ"}'),
        PlannedJob({"n": 2}).line().replace("2}", "[2]}"),
        PlannedJob({"n": 2}).line().replace("2}", "NaN}"),
        PlannedJob({"n": 2}).line().replace("2}", r'"\ud800"}'),
        PlannedJob({"n": 2}).line().replace("2026-01-05", "yesterday"),
        PlannedJob({"n": 2}).line().replace('"seed": null', f'"seed": {2**63}'),
        PlannedJob({"n": 2}).line().replace("0.25", "-0.25"),
        PlannedJob({"good": 1}).line(),
        "[" * 100_000,
    ],
)
def test_bad_line_of_the_plan_costs_that_job_only(home: Home, run: RunFolder, line: str) -> None:
    plan = run.path / "jobs.jsonl"
    after = PlannedJob({"n": 3})
    plan.write_text(f"{run.jobs[0].line()}\n{line}\n{after.line()}\n")
    run.file(after).write_text(curve_csv([1, 2]))
    assert found_in(ingest_runs(home, [run.path])) == [(ReasonCode.BAD_JOBS_LINE, 2)]
    assert len(active_curves(home)) == 2
    plan.write_text(f"{run.jobs[0].line()}\n{after.line()}\n")
    assert ingest_runs(home, [run.path]).is_clean


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        b'{"run_id": "../x"}',
        b'{"run_id": 5}',
        b'{"run_id": "run", "created_at": "soon"}',
        b'{"run_id": "run", "total_jobs": "many"}',
        b'{"run_id": "run", "fee_bps": NaN}',
        b'{"run_id": "run", "starting_cash": 1e31}',
        b'{"run_id": "run", "periods_per_year": 1e7}',
        b"[" * 100_000,
    ],
)
def test_bad_manifest_keeps_its_run_out(home: Home, run: RunFolder, content: bytes) -> None:
    (run.path / "batch_run_manifest.json").write_bytes(content)
    assert found_in(ingest_runs(home, [run.path])) == [(ReasonCode.BAD_MANIFEST, None)]
    assert rows_of(home, "select count(*) from raw.jobs") == [(0,)]
    run.write_manifest()
    assert ingest_runs(home, [run.path]).is_clean
    latest = "select status from raw.files order by load_id desc limit 1"
    assert rows_of(home, latest) == [("cleared",)]


def test_links_out_of_the_folder_are_not_followed(
    home: Home, run: RunFolder, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(curve_csv([1, 2]))
    job, inside = run.plan(n=2), run.plan(n=3)
    run.file(job).symlink_to(outside)
    run.file(inside).symlink_to(run.file(run.jobs[0]))
    (tmp_path / "strategy").mkdir()
    linked = run.add(PlannedJob({"n": 4}, strategy="linked"))
    (run.path / "linked").symlink_to(tmp_path / "strategy")
    (tmp_path / "strategy" / f"{linked.param_hash}_equity.csv").write_text(curve_csv([1, 2]))
    report = ingest_runs(home, [run.path])
    assert found_in(report) == [(ReasonCode.PATH_OUTSIDE_FOLDER, None)] * 2
    assert len(active_curves(home)) == 2


def test_linked_manifest_is_not_followed(home: Home, run: RunFolder, tmp_path: Path) -> None:
    manifest = run.path / "batch_run_manifest.json"
    manifest.rename(tmp_path / "manifest.json")
    manifest.symlink_to(tmp_path / "manifest.json")
    assert found_in(ingest_runs(home, [run.path])) == [(ReasonCode.PATH_OUTSIDE_FOLDER, None)]


def test_two_files_of_one_curve(home: Home, run: RunFolder) -> None:
    content = run.file(run.jobs[0]).read_bytes()
    run.file(run.jobs[0], suffix=".csv.gz").write_bytes(gzip.compress(content))
    assert found_in(ingest_runs(home, [run.path])) == [(ReasonCode.DUPLICATE_FILE, None)]
    run.file(run.jobs[0]).unlink()
    assert ingest_runs(home, [run.path]).is_clean


def test_one_parameter_set_hashes_alike_wherever_symbol_and_seed_stand(tmp_path: Path) -> None:
    spelled = [
        PlannedJob({"n": 1}, symbol="A", seed=3).line(),
        PlannedJob({"n": 1, "symbol": "A", "seed": 3}, symbol="A", seed=3).line(),
        PlannedJob({"n": 1, "symbol": "A", "seed": 3}, symbol=None).line(),
    ]
    jobs = [parse_jobs(line.encode(), tmp_path).jobs[0] for line in spelled]
    assert {(job.key, job.symbol, job.seed, json.dumps(job.params)) for job in jobs} == {
        (jobs[0].key, "A", 3, '{"n": 1}')
    }


def test_the_seed_lists_the_codes() -> None:
    with (PROJECT_DIR / "seeds" / "reason_codes.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["reason_code"] for row in rows] == sorted(ReasonCode)
    assert all(row["description"] and row["remedy"] for row in rows)
