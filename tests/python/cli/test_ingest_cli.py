"""What the ingest commands print and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Outcome, RunCli
from curvehouse.home import Home
from raw_rows import active_curves, rows_of
from run_folder import RunFolder, curve_csv


def test_runs_prints_counts_and_one_line_per_file_that_stays_out(
    home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    run = RunFolder(tmp_path / "run")
    run.land(n=1)
    outcome = run_cli("ingest", "runs", run.path)
    assert outcome == Outcome(0, "loaded 3, unchanged 0, quarantined 0\n", "")
    for again in ([], ["--rehash"]):
        outcome = run_cli("ingest", "runs", run.path, *again)
        assert outcome.stdout == "loaded 0, unchanged 3, quarantined 0\n"
    faulty = run.land(curve_csv([1, "x"]), n=2)
    outcome = run_cli("ingest", "runs", run.path)
    assert outcome.exit_code == 1
    assert outcome.stdout == "loaded 1, unchanged 2, quarantined 1\n"
    assert outcome.stderr == f"{run.file(faulty)}:3: bad_number: has 'x' as equity\n"


def test_retract_prints_a_count_and_later_ingests_say_how_to_undo_it(
    home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    run = RunFolder(tmp_path / "run")
    job = run.land(n=1)
    run_cli("ingest", "runs", run.path)
    assert run_cli("ingest", "retract", run.file(job)) == Outcome(0, "retracted 1\n", "")
    outcome = run_cli("ingest", "runs", run.path)
    assert (outcome.exit_code, outcome.stderr.count("\n")) == (0, 1)
    assert outcome.stdout == "loaded 0, unchanged 2, quarantined 0, retracted 1\n"
    assert "1 file was retracted before: --restore" in outcome.stderr
    loaded = Outcome(0, "loaded 1, unchanged 2, quarantined 0\n", "")
    assert run_cli("ingest", "runs", run.path, "--restore") == loaded
    assert run_cli("ingest", "retract", "--run", "run").stdout == "retracted 3\n"
    outcome = run_cli("ingest", "retract", "--run", "run")
    assert (outcome.exit_code, outcome.stdout, outcome.stderr.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("kind", ["bars", "factors", "equity"])
def test_single_files_have_restore(home: Home, tmp_path: Path, run_cli: RunCli, kind: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(curve_csv([1, 2]).replace("equity", "close" if kind == "bars" else "equity"))
    if kind == "factors":
        path.write_text("date,a\n2020-01-01,1\n")
    options = ["--run-id", "mine", "--strategy", "fund"] if kind == "equity" else []
    loaded = "loaded 1, unchanged 0, quarantined 0\n"
    assert run_cli("ingest", kind, path, *options).stdout == loaded
    run_cli("ingest", "retract", path)
    outcome = run_cli("ingest", kind, path, *options)
    assert outcome.stdout == "loaded 0, unchanged 0, quarantined 0, retracted 1\n"
    assert run_cli("ingest", kind, path, *options, "--restore").stdout == loaded


def test_long_lists_are_cut(home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    run = RunFolder(tmp_path / "run")
    for number in range(23):
        run.land("ts,equity\n", n=number)
    outcome = run_cli("ingest", "runs", run.path)
    lines = outcome.stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "and 3 more"


def test_unfinished_sweep_is_refused_and_the_others_load(
    home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    RunFolder(tmp_path / "results" / "a", run_id="a").land(n=1)
    unfinished = RunFolder(tmp_path / "results" / "b", run_id="b")
    (unfinished.path / "jobs.jsonl").unlink()
    outcome = run_cli("ingest", "runs", tmp_path / "results")
    assert (outcome.exit_code, outcome.stdout) == (1, "loaded 3, unchanged 0, quarantined 0\n")
    assert "run the sweep again" in outcome.stderr


def test_folder_without_a_run_is_one_sentence(home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "empty").mkdir()
    outcome = run_cli("ingest", "runs", tmp_path / "empty")
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert outcome.stderr.count("\n") == 1
    assert "batch_run_manifest.json" in outcome.stderr
    assert not home.root.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["runs", "gone"],
        ["runs"],
        ["bars", "gone.csv"],
        ["factors", "gone.csv"],
        ["equity", "gone.csv", "--run-id", "r", "--strategy", "s"],
        ["equity", "gone.csv", "--run-id", "r"],
        ["retract"],
        ["retract", "gone.csv", "--run", "r"],
    ],
)
def test_wrong_usage_is_code_2(home: Home, run_cli: RunCli, arguments: list[str]) -> None:
    outcome = run_cli("ingest", *arguments)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert not home.root.exists()


def test_bars_factors_and_equity(home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    bars, factors, curve = (tmp_path / f"{name}.csv" for name in ("spy", "french", "nav"))
    bars.write_text("date,close\n2020-01-01,1\n")
    factors.write_text("date,Mkt,rf\n20200101,1,0.1\n")
    curve.write_text("when,nav_usd\n2020-01-01,1\n2020-01-02,2\n")
    loaded = "loaded 1, unchanged 0, quarantined 0\n"
    assert run_cli("ingest", "bars", bars, "--symbol", "SPY").stdout == loaded
    options = ["--factor-set", "ff", "--percent", "--total-return", "Mkt"]
    assert run_cli("ingest", "factors", factors, *options).stdout == loaded
    options = ["--run-id", "mine", "--strategy", "fund", "--symbol", "SPY", "--seed", "3"]
    options += ["--ts-column", "when", "--equity-column", "nav_usd", "--periods-per-year", "12"]
    outcome = run_cli("ingest", "equity", curve, *options, "--params", "fast=5", "slow=0.5")
    assert outcome.stdout == loaded, outcome.stderr
    assert rows_of(home, "select symbol from raw.bars") == [("SPY",)]
    assert rows_of(home, "select factor, kind, factor_return from raw.factors order by 1") == [
        ("Mkt", "total_return", 0.01),
        ("rf", "rf", 0.001),
    ]
    assert rows_of(home, "select params, symbol, seed from raw.jobs") == [
        ('{"fast": 5, "slow": 0.5}', "SPY", 3)
    ]
    assert rows_of(
        home, "select periods_per_year from raw.calendars where subject_kind = 'backtest'"
    ) == [(12.0,)]
    assert list(active_curves(home).values()) == [[1.0, 2.0]]


def test_home_option_wins_over_the_variable(home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    bars = tmp_path / "spy.csv"
    bars.write_text("date,close\n2020-01-01,1\n")
    assert run_cli("ingest", "bars", bars, "--home", tmp_path / "other").exit_code == 0
    assert not home.root.exists()
    assert (tmp_path / "other" / "build" / "curvehouse.duckdb").exists()


@pytest.mark.parametrize("command", ["runs", "bars", "factors", "equity", "retract"])
def test_every_command_shows_an_example(run_cli: RunCli, command: str) -> None:
    outcome = run_cli("ingest", command, "--help")
    assert f"curvehouse ingest {command}" in outcome.stdout
    assert outcome.exit_code == 0


def test_ingest_says_what_was_put_right(home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    run = RunFolder(tmp_path / "run")
    run.land("ts,equity\n2020-01-02,2\n2020-01-01,1\n2020-01-01,1\n", n=1)
    run.land("ts,equity\n2020-01-01,1\n2020-01-02,2\n2020-01-02,2\n", n=2)
    said = "put right: 2 duplicate rows left out, 1 row reordered in 2 files\n"
    loaded = Outcome(0, "loaded 4, unchanged 0, quarantined 0\n", said)
    assert run_cli("ingest", "runs", run.path) == loaded


@pytest.mark.parametrize("kind", ["runs", "bars", "equity", "trades"])
def test_an_unknown_zone_is_wrong_usage(
    home: Home, tmp_path: Path, run_cli: RunCli, kind: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(curve_csv([1, 2]))
    if kind == "runs":
        path = RunFolder(tmp_path / "run").path
    names = ["--run-id", "mine", "--strategy", "fund"] if kind in {"equity", "trades"} else []
    outcome = run_cli("ingest", kind, path, *names, "--timezone", "Mars")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "--timezone names no time zone with 'Mars'" in outcome.stderr


def test_a_curve_of_a_zone(home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(curve_csv([1, 2]))
    options = ["--run-id", "mine", "--strategy", "fund", "--timezone", "Asia/Kolkata"]
    assert run_cli("ingest", "equity", path, *options).exit_code == 0
    assert rows_of(home, "select min(ts)::varchar from raw.equity") == [("2019-12-31 18:30:00",)]
    assert rows_of(home, "select timezone, day_count from raw.files") == [("Asia/Kolkata", 2)]
