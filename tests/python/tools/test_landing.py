"""What freqtrade, Lean and NautilusTrader wrote, loaded as their pages in the documentation say."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.home import Home
from doc_pages import read_page, run_consoles
from raw_rows import rows_of
from tool_figures import curve_rows
from tool_files import read_tool, values_of

FOLDER = PROJECT_DIR / "tests" / "python" / "tool_results"
TWO = FOLDER / "freqtrade_two_strategies.zip"
FILES = {
    "freqtrade": {"crossover.zip": "freqtrade_daily.zip"},
    "lean": {"result.json": "lean.json"},
    "nautilus": {"positions.csv": "nautilus_positions.csv", "account.csv": "nautilus_account.csv"},
}
CURVE = "select ts, equity from raw.equity order by load_id, ts"
PNL = "select pnl from raw.trades order by load_id, entry_at, exit_at, pnl"


@pytest.mark.parametrize("tool", FILES)
def test_the_page_loads_the_files(
    tool: str, home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = []
    for name, source in FILES[tool].items():
        shutil.copy(FOLDER / source, tmp_path / name)
        found.append(read_tool(tmp_path / name))
    run_consoles(read_page(f"tools/{tool}.md"), run_cli)
    rows = [row for one in found if one.backtests[0].curve is not None for row in curve_rows(one)]
    landed = rows_of(home, CURVE)
    assert [equity for _, equity in landed] == pytest.approx([value for _, value in rows], rel=1e-9)
    assert [ts for ts, _ in landed] == [moment.replace(tzinfo=None) for moment, _ in rows]
    traded = [one.backtests[0].trades for one in found if one.backtests[0].trades is not None]
    pnl = [float(str(cell)) for trades in traded for cell in values_of(trades, "pnl")]
    assert sorted(one for (one,) in rows_of(home, PNL)) == pytest.approx(sorted(pnl), rel=1e-9)
    # Curve and trades are of one backtest, also where they come in two files.
    named = "select count(distinct backtest_id), count(*) from raw.files"
    assert rows_of(home, named) == [(1, 2)]


def test_of_several_strategies_one_is_chosen(home: Home, run_cli: RunCli) -> None:
    words = ("ingest", "results", TWO, "--run-id", "both")
    refused = run_cli(*words)
    assert refused.exit_code == 1
    assert "has 2 backtests, 'Crossover', 'FastCrossover'; choose one with" in refused.stderr
    for strategy in ("Crossover", "FastCrossover"):
        assert run_cli(*words, "--strategy", strategy).exit_code == 0
    loaded = "select strategy, kind from raw.files where status = 'loaded' order by all"
    assert rows_of(home, loaded) == [
        (strategy, kind)
        for strategy in ("Crossover", "FastCrossover")
        for kind in ("equity", "trades")
    ]


def test_archives_that_are_not_to_be_trusted(home: Home, run_cli: RunCli, tmp_path: Path) -> None:
    outside, truncated = tmp_path / "outside.zip", tmp_path / "truncated.zip"
    with zipfile.ZipFile(outside, "w") as file:
        file.writestr("../result.json", "{}")
    truncated.write_bytes(TWO.read_bytes()[:5000])
    outcome = run_cli(
        *("ingest", "results", outside, truncated, TWO, "--run-id", "x"), "--max-bytes", "100000"
    )
    assert outcome.exit_code == 1
    codes = "select file_path, reason_code from raw.files where status = 'quarantined'"
    assert {Path(path).name: code for path, code in rows_of(home, codes)} == {
        "freqtrade_two_strategies.zip": "too_large",
        "outside.zip": "path_outside_folder",
        "truncated.zip": "truncated",
    }
    assert not list(tmp_path.rglob("result.json"))


def test_a_file_of_another_tool_is_quarantined(home: Home, run_cli: RunCli) -> None:
    for name in ("freqtrade", "nautilus"):
        outcome = run_cli(
            *("ingest", "results", FOLDER / "lean.json", "--run-id", "x"), "--format", name
        )
        assert outcome.exit_code == 1
    codes = "select reason_code, count(*) from raw.files group by all"
    assert rows_of(home, codes) == [("wrong_tool", 2)]
