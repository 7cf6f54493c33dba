"""The command ``sweep``: what it prints, how it ends, and that errors leave nothing behind."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import RunCli
from curvehouse.home import Home
from curvehouse.sweep.registry import find_strategy, strategy_names
from extension_packages import HEAD, install

SPEC: dict[str, Any] = {
    "run_id": "mine",
    "strategies": ["ma_crossover", "random_flip"],
    "symbols": ["SP500"],
    "param_grid": {"ma_short": [2, 3], "ma_long": [5, 8]},
    "seeds": [1, 2, 3],
}
CLOSES = [10, 11, 12, 11, 10, 9, 10, 11, 12, 13, 12, 11, 10, 11, 12, 13, 14, 15, 14, 13]
BARS = "Date,SP500\n" + "".join(
    f"2020-01-{day:02},{close}\n" for day, close in enumerate(CLOSES, start=1)
)


@pytest.fixture
def spec_file(tmp_path: Path) -> Path:
    return write(tmp_path / "spec.json", SPEC)


@pytest.fixture
def bars_file(tmp_path: Path) -> Path:
    return write(tmp_path / "bars.csv", BARS)


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_sweep(run_cli: RunCli, spec_file: Path, bars_file: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    outcome = run_cli("sweep", spec_file, "--bars", bars_file, "--results", results)
    assert outcome.exit_code == 0
    assert outcome.stdout == f"{results / 'mine'}\n"
    last = outcome.stderr.splitlines()[-1]
    assert last.startswith("7 jobs: 6 ok, 1 no_trades, in ")
    assert last.endswith(" s")
    assert len((results / "mine" / "jobs.jsonl").read_text().splitlines()) == 7


def test_a_second_sweep_does_nothing(
    run_cli: RunCli, spec_file: Path, bars_file: Path, tmp_path: Path
) -> None:
    arguments = ("sweep", spec_file, "--bars", bars_file, "--results", tmp_path / "results")
    first, second = run_cli(*arguments), run_cli(*arguments)
    assert second.exit_code == 0
    assert second.stdout == first.stdout
    assert second.stderr == "7 jobs: 6 ok, 1 no_trades; finished before, nothing to do\n"


def test_results_go_to_the_home(
    run_cli: RunCli, spec_file: Path, bars_file: Path, home: Home, tmp_path: Path
) -> None:
    outcome = run_cli("sweep", spec_file, "--bars", bars_file)
    assert outcome.stdout == f"{home.root / 'results' / 'mine'}\n"
    other = tmp_path / "other"
    outcome = run_cli("sweep", spec_file, "--bars", bars_file, "--home", other)
    assert outcome.stdout == f"{other / 'results' / 'mine'}\n"


def test_compressed_bars_are_the_same_bars(
    run_cli: RunCli, spec_file: Path, bars_file: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "bars.csv.gz"
    packed.write_bytes(gzip.compress(BARS.encode()))
    run_cli("sweep", spec_file, "--bars", bars_file, "--results", tmp_path / "results")
    again = run_cli("sweep", spec_file, "--bars", packed, "--results", tmp_path / "results")
    assert "finished before" in again.stderr


def test_failed_jobs_are_counted_and_do_not_fail_the_command(
    run_cli: RunCli, bars_file: Path, tmp_path: Path
) -> None:
    source = f"{HEAD}\ndef broken(*_):\n    raise ValueError('no idea')\n"
    source += "BROKEN = Strategy('broken', 'raises', (), broken)\n"
    changes = {"strategies": ["broken"], "param_grid": {}}
    spec = write(tmp_path / "spec.json", SPEC | changes)
    with install(tmp_path, "breaking", source, {"broken": "BROKEN"}):
        outcome = run_cli("sweep", spec, "--bars", bars_file, "--results", tmp_path / "results")
    assert outcome.exit_code == 0
    assert outcome.stderr.startswith("1 job: 1 crashed, in ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "unknown key 'colour'"),
        ({"param_grid": {"ma_short": [9], "ma_long": [8], "colour": [1]}}, "declares 'colour'"),
        ({"strategies": ["none"]}, "'none' is unknown; choose among"),
        ({"symbols": ["ZZZ"]}, "has no symbol 'ZZZ'; it has SP500"),
        ({"param_grid": {"ma_short": [5]}}, "needs 'ma_long'"),
        ({"param_grid": {"ma_short": [5.5], "ma_long": [8]}}, "5.5 is not of type int"),
        ({"param_grid": {"ma_short": [9], "ma_long": [8], "x": [1]}}, "declares 'x'"),
        ({"seeds": []}, 'add "seeds"'),
        ({"resample": "stationary_bootstrap", "seeds": []}, "resampling draws random numbers"),
        ({"run_id": "../mine"}, "run_id '../mine' is not usable"),
        ({"run_id": ".."}, "run_id '..' is not usable"),
        ({"run_id": "a/../b"}, "run_id 'a/../b' is not usable"),
        ({"param_grid": {"ma_short": ["2"], "ma_long": [8]}}, "'2' is not of type int"),
        (
            {"strategies": ["ma_crossover"], "param_grid": {"ma_short": [9], "ma_long": [8]}},
            "is one that its strategy calls invalid (ma_crossover needs ma_short < ma_long)",
        ),
        ({"seeds": list(range(2_000_000))}, "2,000,004 jobs, and --max-jobs is 1,000,000"),
        ({"resample": "none", "mean_block_bars": 0}, "field 'mean_block_bars'"),
    ],
)
def test_bad_specs_write_nothing(
    run_cli: RunCli, bars_file: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    spec = write(tmp_path / "spec.json", SPEC | changes)
    before = sorted(tmp_path.rglob("*"))
    outcome = run_cli("sweep", spec, "--bars", bars_file, "--results", tmp_path / "results")
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("curvehouse: ")
    assert message in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        ("", "is empty"),
        ("Date,SP500\n2020-01-01,5\n", "fewer than 2 bars"),
        ("Date,SP500\n2020-01-01,5\n2020-01-02,0\n", "positive"),
        ("Date,SP500\n2020-01-01,5\n2020-01-02,-1\n", "positive"),
        ("Date,SP500\n2020-01-01,5\n2020-01-02,\n2020-01-03,6\n", "no close at 2020-01-02"),
        ("Date,SP500\n2020-01-01,5\n2020-01-01,6\n", "2020-01-01"),
    ],
)
def test_bad_bars_write_nothing(
    run_cli: RunCli, spec_file: Path, tmp_path: Path, bars: str, message: str
) -> None:
    path = write(tmp_path / "other.csv", bars)
    before = sorted(tmp_path.rglob("*"))
    outcome = run_cli("sweep", spec_file, "--bars", path, "--results", tmp_path / "results")
    assert outcome.exit_code == 1
    assert message in outcome.stderr
    assert str(path) in outcome.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_max_jobs(run_cli: RunCli, spec_file: Path, bars_file: Path, tmp_path: Path) -> None:
    arguments = ("sweep", spec_file, "--bars", bars_file, "--results", tmp_path / "results")
    refused = run_cli(*arguments, "--max-jobs", "6")
    assert refused.exit_code == 2
    assert "plans 7 jobs, and --max-jobs is 6; take values out" in refused.stderr
    assert not (tmp_path / "results").exists()
    assert run_cli(*arguments, "--max-jobs", "7").exit_code == 0


def test_options_reach_the_sweep(
    run_cli: RunCli, spec_file: Path, bars_file: Path, tmp_path: Path
) -> None:
    words = ["--format", "parquet", "--workers", "1", "--job-timeout", "30"]
    arguments = ("sweep", spec_file, "--bars", bars_file, "--results", tmp_path / "results")
    assert run_cli(*arguments, *words).exit_code == 0
    found = {path.name for path in (tmp_path / "results" / "mine" / "ma_crossover").iterdir()}
    assert found == {"0000_equity.parquet", "0000_trades.parquet"}
    for wrong in (["--workers", "0"], ["--job-timeout", "0"], ["--format", "xml"]):
        assert run_cli(*arguments, *wrong).exit_code == 2


def test_missing_bars_write_nothing(run_cli: RunCli, spec_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    outcome = run_cli("sweep", spec_file, "--bars", path, "--results", tmp_path / "results")
    assert outcome.exit_code == 2
    assert f"there is no bars file {path}" in outcome.stderr
    assert list(tmp_path.iterdir()) == [spec_file]


def test_another_spec_under_the_same_name(
    run_cli: RunCli, spec_file: Path, bars_file: Path, tmp_path: Path
) -> None:
    arguments = ("sweep", spec_file, "--bars", bars_file, "--results", tmp_path / "results")
    run_cli(*arguments)
    write(spec_file, SPEC | {"fee_bps": 1})
    outcome = run_cli(*arguments)
    assert outcome.exit_code == 2
    assert "another sweep spec" in outcome.stderr


def test_progress_is_for_terminals(
    run_cli: RunCli,
    spec_file: Path,
    bars_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = ("sweep", spec_file, "--bars", bars_file, "--results")
    quiet = run_cli(*arguments, tmp_path / "quiet")
    assert len(quiet.stderr.splitlines()) == 1
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    shown = run_cli(*arguments, tmp_path / "shown")
    assert shown.exit_code == 0
    assert "7/7" in shown.stderr
    assert shown.stdout == f"{tmp_path / 'shown' / 'mine'}\n"


def test_missing_arguments(run_cli: RunCli, spec_file: Path, tmp_path: Path) -> None:
    assert run_cli("sweep").exit_code == 2
    assert run_cli("sweep", spec_file).exit_code == 2
    missing = run_cli("sweep", tmp_path / "none.json", "--bars", "x.csv")
    assert missing.exit_code == 2
    assert "none.json" in missing.stderr


def test_help_names_every_strategy_and_parameter(run_cli: RunCli) -> None:
    text = run_cli("sweep", "--help").stdout
    assert "curvehouse sweep spec.json --bars" in text
    for strategy in map(find_strategy, strategy_names()):
        assert strategy.name in text
        assert all(parameter.name in text for parameter in strategy.parameters)


def test_the_real_index(run_cli: RunCli, market_data: Path, tmp_path: Path) -> None:
    grid = {"ma_short": [5, 10], "ma_long": [20, 50]}
    spec = write(tmp_path / "spec.json", SPEC | {"param_grid": grid})
    bars = market_data / "sp500_index.csv.gz"
    outcome = run_cli("sweep", spec, "--bars", bars, "--results", tmp_path / "results")
    assert outcome.stderr.startswith("7 jobs: 7 ok")
    curves = list((tmp_path / "results" / "mine").glob("*/*_equity.csv"))
    assert [len(path.read_bytes().splitlines()) for path in curves] == [8_314] * 7
