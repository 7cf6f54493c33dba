"""Names from files are data: they come out of the tables as they went in, and do nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.identity import backtest_id
from curvehouse.ingest import (
    ImportedBacktest,
    ReasonCode,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_runs,
    ingest_trades,
)
from raw_rows import active_curves, rows_of, table_counts, unaccounted_rows
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv

FOLDER_NAMES = [
    "it's",
    '"quoted"',
    "'; drop table raw.files; --",
    "a;b,c",
    "line\nend\r",
    "tab\t",
    " spaces ",
    "back\\slash",
    "*?[a]{b}",
    "%s %d {} {0} $1 :x",
    "=cmd|' -C calc'!A0",
    "@sum(1)",
    "-rf",
    "~",
    "\u202eevil\u202c",
    "שלום",
    "🎲🏴‍☠️",
    "e\u0301 \u00e9",
    "\x01\x1b[31m",
    "NUL",
    "null",
    "n" * 250,
    "a..",
]
# A name that no folder can have, that leads elsewhere, or that hides its folder.
OTHER_NAMES = [
    "../outside",
    "/etc/passwd",
    "a/b",
    "..",
    ".",
    "n" * 300,
    "a\\..\\b",
    "null\0byte",
    ".hidden",
    "..a",
    "\ufffe\uffff",
]
NAMES = [*FOLDER_NAMES, *OTHER_NAMES]
TRADE = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9\n"


def strategies(home: Home, table: str) -> set[str]:
    return {
        name
        for (name,) in rows_of(home, f"select strategy from raw.{table} where strategy is not null")
    }


def test_a_folder_may_have_any_name(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    for number, name in enumerate(FOLDER_NAMES, start=1):
        job = run.add(PlannedJob({"n": 1}, strategy=name))
        run.file(job).write_text(curve_csv([number, number + 1]))
        run.file(job, "trades").write_text(TRADES_HEADER + TRADE)
    report = ingest_runs(home, [run.path])
    assert [str(file) for file in report.quarantined_files] == []
    expected = {
        run.backtest_id(job): [float(number), float(number + 1)]
        for number, job in enumerate(run.jobs, start=1)
    }
    assert active_curves(home) == expected
    assert strategies(home, "jobs") == strategies(home, "files") == set(FOLDER_NAMES)
    assert rows_of(home, "select count(distinct backtest_id) from raw.trades") == [
        (len(FOLDER_NAMES),)
    ]
    assert unaccounted_rows(home) == []
    again = ingest_runs(home, [run.path])
    assert (again.loaded, again.unchanged) == (0, report.loaded)


def test_a_name_that_no_folder_has_is_a_row_of_the_plan(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "results" / "run")
    run.land(good=1)
    outside = tmp_path / "results" / "outside"
    outside.mkdir()
    for name in OTHER_NAMES:
        job = run.add(PlannedJob({"n": 1}, strategy=name))
        (outside / f"{job.param_hash}_equity.csv").write_text(curve_csv([1, 2]))
    assert ingest_runs(home, [run.path]).is_clean
    assert strategies(home, "jobs") == {"trend", *OTHER_NAMES}
    assert list(active_curves(home)) == [run.backtest_id(run.jobs[0])]


def test_parameters_and_symbols_come_out_as_they_went_in(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    params = dict(zip(NAMES, reversed(NAMES), strict=True))
    for name in NAMES:
        run.add(PlannedJob(params, symbol=name))
    assert ingest_runs(home, [run.path]).is_clean
    found = rows_of(home, "select symbol, params from raw.jobs")
    assert {symbol for symbol, _ in found} == set(NAMES)
    assert all(json.loads(text) == params for _, text in found)


def test_imported_backtests_may_have_any_name(home: Home, tmp_path: Path) -> None:
    curve, trades = tmp_path / "curve.csv", tmp_path / "trades.csv"
    curve.write_text(curve_csv([1, 2]))
    trades.write_text(TRADES_HEADER + TRADE)
    for name in NAMES:
        backtest = ImportedBacktest("mine", name, {name: name}, symbol=name)
        assert ingest_equity(home, curve, backtest).loaded == 1
        assert ingest_trades(home, trades, backtest).loaded == 1
    found = rows_of(home, "select distinct strategy, symbol, params from raw.jobs")
    assert {(name, symbol, *json.loads(text).items()) for name, symbol, text in found} == {
        (name, name, (name, name)) for name in NAMES
    }
    assert len(active_curves(home)) == len(NAMES)


def test_symbols_and_sets_may_have_any_name(home: Home, tmp_path: Path) -> None:
    bars, factors = tmp_path / "bars.csv", tmp_path / "factors.csv"
    bars.write_text("ts,close\n2020-01-01,1\n")
    factors.write_text("date,a\n2020-01-01,0.1\n")
    for name in NAMES:
        assert ingest_bars(home, bars, name).loaded == 1
        assert ingest_factors(home, factors, factor_set=name).loaded == 1
    assert {name for (name,) in rows_of(home, "select symbol from raw.bars")} == set(NAMES)
    assert {name for (name,) in rows_of(home, "select factor_set from raw.factors")} == set(NAMES)


@pytest.mark.parametrize("name", [*OTHER_NAMES[:7], "it's", "a b", "", "n" * 65, "é", "a\n"])
def test_a_run_is_named_safely_or_stays_out(home: Home, tmp_path: Path, name: str) -> None:
    run = RunFolder(tmp_path / "run")
    run.write_manifest(run_id=name)
    (file,) = ingest_runs(home, [run.path]).quarantined_files
    assert file.code is ReasonCode.BAD_MANIFEST
    curve = tmp_path / "curve.csv"
    curve.write_text(curve_csv([1, 2]))
    with pytest.raises(UsageError):
        ingest_equity(home, curve, ImportedBacktest(name, "fund"))
    counts = table_counts(home)
    assert {counts[table] for table in ("runs", "jobs", "equity")} == {0}


def test_text_that_is_none_is_wrong_usage(home: Home, tmp_path: Path) -> None:
    """Half a surrogate pair is what Python makes of an argument that is not UTF-8."""
    curve = tmp_path / "curve.csv"
    curve.write_text(curve_csv([1, 2]))
    good = ImportedBacktest("mine", "fund")
    for backtest in (
        replace(good, strategy="\udcff"),
        replace(good, symbol="\udcff"),
        replace(good, params={"\udcff": 1}),
        replace(good, params={"a": "\udcff"}),
    ):
        with pytest.raises(UsageError):
            ingest_equity(home, curve, backtest)
    bars = tmp_path / "bars.csv"
    bars.write_text("ts,close\n2020-01-01,1\n")
    unnamed = bars.with_stem("\udcff")
    unnamed.write_bytes(bars.read_bytes())
    for path, symbol in ((bars, "\udcff"), (unnamed, None)):
        with pytest.raises(UsageError):
            ingest_bars(home, path, symbol)
    with pytest.raises(UsageError):
        ingest_factors(home, unnamed)
    assert not home.root.exists()


def test_files_whose_names_are_not_text_stay_out_in_order(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    good = run.land(good=1)
    folder = run.path / "trend\udcff"
    folder.mkdir()
    (folder / f"{good.param_hash}_equity.csv").write_text(curve_csv([1, 2]))
    report = ingest_runs(home, [run.path])
    assert [file.code for file in report.quarantined_files] == [ReasonCode.NOT_PLANNED]
    assert list(active_curves(home)) == [backtest_id("run", "trend", good.param_hash)]
