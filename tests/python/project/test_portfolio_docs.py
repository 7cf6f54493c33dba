"""The portfolio in the documentation, and those of the demo, load as they are written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema

from conftest import PROJECT_DIR, RunCli
from curvehouse.home import Home
from curvehouse.ingest import ingest_runs
from curvehouse.sweep import SweepSpec, run_sweep

PAGE = (PROJECT_DIR / "docs" / "portfolios.md").read_text()
SCHEMA = json.loads((PROJECT_DIR / "docs" / "schemas" / "portfolio_spec.schema.json").read_text())
DEMO = PROJECT_DIR / "python" / "curvehouse" / "demo"


def test_the_examples_load(home: Home, run_cli: RunCli) -> None:
    """The page's example, and the shipped specs, over the part of the demo's run that they name."""
    spec = {
        "run_id": "demo",
        "strategies": ["ma_crossover", "buy_and_hold"],
        "symbols": ["SP500", "AAPL", "JPM", "KO", "XOM"],
        "param_grid": {"ma_short": [20], "ma_long": [100]},
    }
    bars = DEMO / "data" / "closes.csv.gz"
    run = run_sweep(SweepSpec.model_validate(spec), bars, home.root / "results")
    ingest_runs(home, [run.run_folder])
    (block,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    mine = home.root / "mine.json"
    mine.write_text(block)
    files = [mine, *sorted((DEMO / "portfolios").iterdir())]
    for file in files:
        jsonschema.validate(json.loads(file.read_text()), SCHEMA)
    done = run_cli("ingest", "portfolios", *files)
    assert (done.exit_code, done.stdout) == (0, "loaded 4, unchanged 0, quarantined 0\n")


def test_the_page_names_all_that_a_spec_may_hold() -> None:
    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        for key, rule in part["properties"].items():
            names = [key, *rule.get("enum", ())]
            assert not [name for name in names if name not in PAGE], key


def test_the_wheel_carries_the_shipped_portfolios() -> None:
    assert {path.suffix for path in Path(DEMO / "portfolios").iterdir()} == {".json"}
