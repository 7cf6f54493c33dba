"""Strategies of other packages: found by entry point, and refused in a clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import RunCli
from curvehouse.errors import UsageError
from curvehouse.sweep.registry import find_strategy, strategy_names
from extension_packages import HEAD, install
from sweep_runs import jobs_of, sweep, write_bars

SOURCE = f"""{HEAD}
def weekly(bars, grid, seeds):
    held = np.zeros((len(bars), len(grid)), dtype=bool)
    for number, job in enumerate(grid):
        held[job["first_bar"]::7, number] = True
    return held

WEEKLY = Strategy(
    "weekly", "long every seventh bar",
    (Parameter("first_bar", int, "the first of them", default=0, minimum=0),),
    weekly, validity="first_bar < 7", is_valid=lambda job: job["first_bar"] < 7,
)
HOLD = Strategy("buy_and_hold", "another of that name", (), always)
NUMBER = 5
"""


def test_shipped_strategies_are_found() -> None:
    shipped = "buy_and_hold donchian_breakout ma_crossover random_flip zscore_reversion".split()
    assert strategy_names() == shipped
    assert [find_strategy(name).name for name in shipped] == shipped


def test_a_package_of_its_own_adds_a_strategy(tmp_path: Path, run_cli: RunCli) -> None:
    bars_file = write_bars(tmp_path)
    with install(tmp_path, "my_rules", SOURCE, {"weekly": "WEEKLY"}):
        assert "weekly" in strategy_names()
        grid = {"first_bar": [0, 3, 9]}
        outcome = sweep(bars_file, tmp_path, strategies=["weekly"], param_grid=grid)
        assert outcome.job_counts == {"ok": 4}
        shown = run_cli("sweep", "--help").stdout
        assert "weekly: long every seventh bar" in shown
        assert "first_bar (int = 0): the first of them" in shown
    assert {tuple(job["params"].items()) for job in jobs_of(outcome)} == {
        (("first_bar", 0),),
        (("first_bar", 3),),
    }
    assert "weekly" not in strategy_names()


@pytest.mark.parametrize(
    ("source", "strategies", "message"),
    [
        (
            SOURCE,
            {"buy_and_hold": "HOLD"},
            "'buy_and_hold' is registered by bad_rules and curvehouse; uninstall one or rename it.",
        ),
        (
            "import no_such_module",
            {"weekly": "WEEKLY"},
            "(ModuleNotFoundError: No module named 'no_such_module'); repair or uninst",
        ),
        (
            SOURCE,
            {"weekly": "GONE"},
            "can't be loaded from 'bad_rules:GONE' (AttributeError: ",
        ),
        (SOURCE, {"weekly": "NUMBER"}, "is a int and no curvehouse.sweep.Strategy"),
        (
            SOURCE.replace('"weekly"', '"../weekly"'),
            {"../weekly": "WEEKLY"},
            "'../weekly' of bad_rules can't name a folder",
        ),
        (SOURCE, {"monthly": "WEEKLY"}, "registers 'weekly' as 'monthly'"),
    ],
)
def test_refused(
    tmp_path: Path,
    run_cli: RunCli,
    source: str,
    strategies: dict[str, str],
    message: str,
) -> None:
    (wanted,) = strategies
    bars_file = write_bars(tmp_path)
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"strategies": [wanted], "symbols": ["AAA"], "param_grid": {}}))
    with install(tmp_path, "bad_rules", source, strategies):
        with pytest.raises(UsageError) as caught:
            find_strategy(wanted)
        refused = run_cli("sweep", spec, "--bars", bars_file, "--results", tmp_path / "results")
        shown = run_cli("sweep", "--help")
    assert message in str(caught.value)
    assert refused.exit_code == 2
    assert refused.stderr == f"curvehouse: {caught.value}\n"
    assert not (tmp_path / "results").exists()
    # The help goes on to list what is in order.
    assert shown.exit_code == 0
    assert f"{wanted}: strategies: " in shown.stdout
    assert "ma_crossover: long" in shown.stdout


def test_others_run_beside_a_broken_one(tmp_path: Path) -> None:
    bars_file = write_bars(tmp_path)
    with install(tmp_path, "bad_rules", "import no_such_module", {"weekly": "WEEKLY"}):
        outcome = sweep(bars_file, tmp_path, strategies=["buy_and_hold"], param_grid={})
    assert outcome.job_counts == {"ok": 2}


def test_a_rule_of_validity_that_raises(tmp_path: Path) -> None:
    source = SOURCE.replace('job["first_bar"] < 7', 'job["none"] < 7')
    bars_file = write_bars(tmp_path)
    with (
        install(tmp_path, "bad_rules", source, {"weekly": "WEEKLY"}),
        pytest.raises(UsageError, match=r"weekly can't say whether .* is valid \(KeyError: 'none'"),
    ):
        sweep(bars_file, tmp_path, strategies=["weekly"], param_grid={})
    assert not (tmp_path / "mine").exists()
