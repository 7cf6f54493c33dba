"""Files that hold what many backtests brought load as a file for each would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from curvehouse.home import Home
from curvehouse.ingest import ReasonCode, ingest_runs, retract_paths
from curvehouse.sweep import SweepOptions
from curvehouse.sweep.options import OutputFormat
from raw_rows import active_curves, ledger_rows, rows_of
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv
from sweep_runs import sweep, write_bars

START = datetime(2020, 1, 1)
CURVES = [[100, 101, 102], [5, 6], [7, 8, 9, 10]]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "results" / "run")


def equity_frame(curves: Mapping[str, Sequence[float]]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {
                "param_hash": [name] * len(values),
                "ts": [START + timedelta(days=n) for n in range(len(values))],
                "equity": values,
            },
            schema={"param_hash": pl.String, "ts": pl.Datetime("us"), "equity": pl.Float64},
        )
        for name, values in curves.items()
    )


def trades_frame(names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "param_hash": names,
            "trade_id": [1] * len(names),
            "symbol": "SPY",
            "side": "long",
            "entry_at": START,
            "exit_at": START + timedelta(days=1),
            "quantity": 10.0,
            "entry_price": 100.0,
            "exit_price": 101.0,
            "fees": 1.0,
            "pnl": 9.0,
        }
    )


def write(run: RunFolder, frame: pl.DataFrame, name: str = "0001_equity") -> Path:
    path = run.path / "trend" / f"{name}.parquet"
    path.parent.mkdir(exist_ok=True)
    frame.write_parquet(path)
    return path


def land(run: RunFolder) -> tuple[list[PlannedJob], Path]:
    """Plan three jobs whose curves are in one file, and the trades of the first in another."""
    jobs = [run.plan(n=number) for number in range(3)]
    names = [job.param_hash for job in jobs]
    path = write(run, equity_frame(dict(zip(names, CURVES, strict=True))))
    write(run, trades_frame(names[:1]), "0001_trades")
    return jobs, path


def landed(home: Home) -> list[list[tuple[object, ...]]]:
    """What the tables hold, but for where and when it came from."""
    curves = "select backtest_id, ts, equity from raw.equity join raw.files using (load_id)"
    trades = "* exclude (load_id, line_number)"
    kept = "subject_kind, subject_id, periods_per_year, frequency, has_weekends"
    return [
        rows_of(home, f"{curves} order by all"),
        rows_of(home, f"select {trades} from raw.trades order by all"),
        rows_of(home, f"select {kept} from raw.calendars order by all"),
        rows_of(
            home,
            "select kind, backtest_id, row_count, day_count, status from raw.files "
            "where kind in ('equity', 'trades') order by all",
        ),
    ]


def test_parts_load_as_files_do(home: Home, run: RunFolder, tmp_path: Path) -> None:
    jobs, _ = land(run)
    assert ingest_runs(home, [run.path]).is_clean
    other = RunFolder(tmp_path / "others" / "run", jobs=jobs)
    for job, values in zip(jobs, CURVES, strict=True):
        other.file(job).write_text(curve_csv(values))
    trade = "1,SPY,long,2020-01-01,2020-01-02,10,100,101,1,9\n"
    other.file(jobs[0], "trades").write_text(TRADES_HEADER + trade)
    other_home = Home(tmp_path / "other_home")
    assert ingest_runs(other_home, [other.path]).is_clean
    assert landed(home) == landed(other_home)
    assert len(rows_of(home, "from raw.equity")) == 9


def test_unchanged_parts_are_skipped_and_not_read(
    home: Home, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curvehouse.readers.stamps._CLOCK_NS", -3_600 * 10**9)
    land(run)
    assert ingest_runs(home, [run.path]).loaded == 6
    before = ledger_rows(home)
    assert ingest_runs(home, [run.path], rehash=True).unchanged == 6
    monkeypatch.setattr("curvehouse.ingest.batch.probe_parts", None)
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.unchanged) == (0, 6)
    assert ledger_rows(home) == before


def test_a_changed_file_supersedes_all_of_its_parts(home: Home, run: RunFolder) -> None:
    jobs, _ = land(run)
    ingest_runs(home, [run.path])
    names = [job.param_hash for job in jobs]
    write(run, equity_frame(dict(zip(names, [*CURVES[:2], [1, 2]], strict=True))))
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.unchanged) == (3, 3)
    assert active_curves(home)[run.backtest_id(jobs[2])] == [1.0, 2.0]


def test_a_faulty_part_is_named_and_the_others_load(home: Home, run: RunFolder) -> None:
    jobs, _ = land(run)
    names = [job.param_hash for job in jobs]
    write(run, equity_frame(dict(zip(names, [CURVES[0], [5, -6], CURVES[2]], strict=True))))
    for _ in range(2):
        report = ingest_runs(home, [run.path])
        (refused,) = report.quarantined_files
        assert (refused.code, refused.line) == (ReasonCode.NON_POSITIVE_EQUITY, 5)
        assert set(active_curves(home)) == {run.backtest_id(job) for job in (jobs[0], jobs[2])}
    assert report.loaded == 0
    land(RunFolder(run.path))
    assert ingest_runs(home, [run.path]).is_clean
    assert len(active_curves(home)) == 3


def test_parts_in_odd_order_and_types_are_put_right(home: Home, run: RunFolder) -> None:
    jobs, _ = land(run)
    names = [job.param_hash for job in jobs]
    frame = equity_frame(dict(zip(names, CURVES, strict=True)))
    expected = {
        run.backtest_id(j): [float(x) for x in c] for j, c in zip(jobs, CURVES, strict=True)
    }
    for odd in (
        frame.sample(fraction=1, shuffle=True, seed=1),
        frame.with_columns(pl.col("equity").cast(pl.Float32)),
        frame.with_columns(pl.col("ts").dt.replace_time_zone("Europe/Berlin")),
        pl.concat([frame, frame[:2]]),
        frame.with_columns(pl.col("ts").dt.strftime("%Y-%m-%d")),
    ):
        write(run, odd)
        report = ingest_runs(home, [run.path])
        assert report.is_clean
        assert report.loaded >= 3
        assert active_curves(home) == expected


def test_what_is_wrong_with_the_file_as_a_whole_is_said_once(home: Home, run: RunFolder) -> None:
    jobs, path = land(run)
    frame = equity_frame({jobs[0].param_hash: CURVES[0]})
    cut = path.read_bytes()[:-10]
    for content, code in (
        (cut, ReasonCode.TRUNCATED),
        (frame.drop("param_hash"), ReasonCode.MISSING_COLUMN),
        (frame.with_columns(param_hash=pl.lit(None, pl.String)), ReasonCode.MISSING_VALUE),
        (frame.with_columns(param_hash=pl.lit("x'; drop")), ReasonCode.NOT_PLANNED),
    ):
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            write(run, content)
        (refused,) = ingest_runs(home, [run.path]).quarantined_files
        assert (refused.code, Path(refused.path)) == (code, path)


def test_a_backtest_in_two_places_is_in_neither(home: Home, run: RunFolder) -> None:
    jobs, _ = land(run)
    run.file(jobs[0]).write_text(curve_csv([1, 2]))
    write(run, equity_frame({jobs[1].param_hash: [3, 4]}), "0002_equity")
    report = ingest_runs(home, [run.path])
    assert {file.code for file in report.quarantined_files} == {ReasonCode.DUPLICATE_FILE}
    assert report.quarantined == 2
    assert set(active_curves(home)) == {run.backtest_id(jobs[2])}


@pytest.mark.parametrize("is_settled", [True, False])
def test_parts_are_retracted_with_their_file(
    home: Home, run: RunFolder, monkeypatch: pytest.MonkeyPatch, is_settled: bool
) -> None:
    clock = (-1 if is_settled else 1) * 3_600 * 10**9
    monkeypatch.setattr("curvehouse.readers.stamps._CLOCK_NS", clock)
    _, path = land(run)
    ingest_runs(home, [run.path])
    retract_paths(home, [path])
    assert active_curves(home) == {}
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.retracted) == (0, 3)
    assert ingest_runs(home, [run.path], restore=True).loaded >= 3
    assert len(active_curves(home)) == 3


def test_a_sweep_loads_the_same_in_either_format(tmp_path: Path) -> None:
    tables = []
    for output_format in OutputFormat:
        options = SweepOptions(workers=1, output_format=output_format)
        outcome = sweep(write_bars(tmp_path), tmp_path / output_format, options=options)
        home = Home(tmp_path / f"home_{output_format}")
        assert ingest_runs(home, [outcome.run_folder]).is_clean
        tables.append([*landed(home), rows_of(home, "select count(*) from raw.jobs")])
    assert tables[0] == tables[1]
    assert all(tables[0])
