"""Every malformed file is refused with its reason and line, alone, and loads once it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

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
from malformed import BARS, CURVES, FACTORS, TRADES, WELL_FORMED_CURVES, Malformed, put
from raw_rows import active_curves, rows_of, unaccounted_rows
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv

MINE = ImportedBacktest("mine", "fund", symbol="SPY")
TRADE = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9\n"
MENDED = {
    "equity": curve_csv([1, 2]),
    "trades": TRADES_HEADER + TRADE,
    "bars": "ts,close\n2020-01-01,1\n",
    "factors": "date,a\n2020-01-01,0.1\n",
}
SINGLE: dict[str, Callable[[Home, Path, str], IngestReport]] = {
    "equity": lambda home, path, name: ingest_equity(home, path, replace(MINE, strategy=name)),
    "trades": lambda home, path, name: ingest_trades(home, path, replace(MINE, strategy=name)),
    "bars": lambda home, path, _: ingest_bars(home, path),
    "factors": lambda home, path, name: ingest_factors(home, path, factor_set=name),
}
CASES = {"equity": CURVES, "trades": TRADES, "bars": BARS, "factors": FACTORS}


def params(kinds: Iterable[str], without: Iterable[str] = ()) -> list[object]:
    return [
        pytest.param(kind, case, id=f"{kind}-{case.name}")
        for kind in kinds
        for case in CASES[kind]
        if case.name not in without
    ]


def remove(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink()


def found_in(report: IngestReport) -> list[tuple[ReasonCode, int | None]]:
    return [(file.code, file.line) for file in report.quarantined_files]


def last_entry(home: Home) -> tuple[str, str | None, int | None]:
    (entry,) = rows_of(
        home,
        "select kind, reason_code, line_number from raw.files where status = 'quarantined' "
        "order by load_id desc limit 1",
    )
    return tuple(entry)


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which every file has an identity of its own."""
    return Home(tmp_path_factory.mktemp("shared") / "home")


@pytest.mark.parametrize(("kind", "case"), params(["equity", "trades"]))
def test_a_malformed_file_stays_out_beside_a_good_one(
    shared_home: Home, tmp_path: Path, kind: str, case: Malformed
) -> None:
    run_id = f"{kind}-{case.name}"
    run = RunFolder(tmp_path / run_id, run_id)
    good, job = run.land(good=1), run.plan(faulty=1)
    path = run.file(job, kind, case.suffix)
    put(case.content, path)
    report = ingest_runs(shared_home, [run.path])
    assert (report.loaded, found_in(report)) == (3, [(case.code, case.line)])
    assert report.quarantined_files[0].path == str(path)
    assert last_entry(shared_home) == (kind, case.code, case.line)
    assert active_curves(shared_home)[run.backtest_id(good)] == [100.0, 101.0, 102.0]
    assert unaccounted_rows(shared_home) == []


@pytest.mark.parametrize("kind", ["equity", "trades"])
def test_malformed_files_of_one_folder_are_told_apart_and_load_once_mended(
    home: Home, tmp_path: Path, kind: str
) -> None:
    run = RunFolder(tmp_path / "run")
    expected: dict[Path, Malformed] = {}
    jobs: list[PlannedJob] = []
    for number, case in enumerate(CASES[kind]):
        jobs.append(run.plan(faulty=number))
        path = run.file(jobs[-1], kind, case.suffix)
        put(case.content, path)
        expected[path] = case
        run.land(curve_csv([number + 1, number + 2]), good_beside=number)
    report = ingest_runs(home, [run.path])
    found = {(expected[Path(f.path)].name, f.code, f.line) for f in report.quarantined_files}
    wanted = {(case.name, case.code, case.line) for case in expected.values()}
    assert sorted(found ^ wanted) == []
    good = active_curves(home)
    assert len(good) == len(expected)
    assert unaccounted_rows(home) == []
    for job, path in zip(jobs, expected, strict=True):
        remove(path)
        run.file(job, kind).write_text(MENDED[kind])
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.is_clean) == (len(expected), True)
    assert unaccounted_rows(home) == []
    loaded = rows_of(home, f"select count(distinct load_id) from raw.{kind}")
    assert loaded == [(len(expected) * (2 if kind == "equity" else 1),)]
    assert active_curves(home).items() >= good.items()


# A folder is no file to load: to name one is wrong usage.
@pytest.mark.parametrize(("kind", "case"), params(SINGLE, without=["folder"]))
def test_a_malformed_file_alone_stays_out_and_loads_once_mended(
    shared_home: Home, tmp_path: Path, kind: str, case: Malformed
) -> None:
    path = tmp_path / f"{case.name}{case.suffix}"
    put(case.content, path)
    assert found_in(SINGLE[kind](shared_home, path, case.name)) == [(case.code, case.line)]
    assert last_entry(shared_home) == (kind, case.code, case.line)
    remove(path)
    mended = tmp_path / f"{case.name}.csv"
    mended.write_text(MENDED[kind])
    assert SINGLE[kind](shared_home, mended, case.name).loaded == 1
    assert unaccounted_rows(shared_home) == []


@pytest.mark.parametrize("name", WELL_FORMED_CURVES)
def test_an_unusual_curve_loads_alike_from_a_run_and_alone(
    home: Home, tmp_path: Path, name: str
) -> None:
    content, suffix = WELL_FORMED_CURVES[name]
    run = RunFolder(tmp_path / "run")
    job = run.plan(unusual=1)
    path = run.file(job, suffix=suffix)
    put(content, path)
    assert found_in(ingest_runs(home, [run.path])) == []
    assert found_in(ingest_equity(home, path, MINE)) == []
    loaded = active_curves(home)
    assert loaded[MINE.backtest_id] == loaded[run.backtest_id(job)]
    assert len(loaded[MINE.backtest_id]) >= 2


def test_links_that_lead_nowhere_stay_out(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.land(good=1)
    looped, dangling = run.file(run.plan(n=1)), run.file(run.plan(n=2))
    looped.symlink_to(looped.name)
    dangling.symlink_to("gone.csv")
    found = {file.path: file.code for file in ingest_runs(home, [run.path]).quarantined_files}
    assert found.keys() == {str(looped), str(dangling)}
    assert set(found.values()) <= {ReasonCode.UNREADABLE, ReasonCode.PATH_OUTSIDE_FOLDER}
    assert len(active_curves(home)) == 1


def test_every_reason_has_a_case() -> None:
    """The others are of manifests, plans, portfolios, tools, places and sizes, proved elsewhere."""
    found = {case.code for cases in CASES.values() for case in cases}
    assert set(ReasonCode) - found == {
        ReasonCode.BAD_JOBS_LINE,
        ReasonCode.BAD_MANIFEST,
        ReasonCode.BAD_PORTFOLIO,
        ReasonCode.DUPLICATE_FILE,
        ReasonCode.DUPLICATE_MEMBER,
        ReasonCode.IMPOSSIBLE_PORTFOLIO,
        ReasonCode.MANIFEST_MISMATCH,
        ReasonCode.MEMBER_WITHOUT_RETURNS,
        ReasonCode.MIXED_CURRENCIES,
        ReasonCode.NOT_PLANNED,
        ReasonCode.NO_RESULT,
        ReasonCode.PARAM_HASH_MISMATCH,
        ReasonCode.PATH_OUTSIDE_FOLDER,
        ReasonCode.RESAMPLED_MEMBER,
        ReasonCode.SEVERAL_BACKTESTS,
        ReasonCode.TOO_LARGE,
        ReasonCode.UNKNOWN_MEMBER,
        ReasonCode.WRONG_TOOL,
    }
