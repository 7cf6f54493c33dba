from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from typing import Any

from conftest import PROJECT_DIR, RunCli
from curvehouse.home import Home
from curvehouse.lock import writer_lock
from curvehouse.publish.writer import write_publication
from warehouses import add_build, load_file, make_built_home


def test_a_missing_home_is_no_failure(home: Home, run_cli: RunCli) -> None:
    outcome = run_cli("status")
    assert outcome.exit_code == 0
    assert "nothing yet" in outcome.stdout
    assert "curvehouse demo" in outcome.stdout


def test_it_says_what_is_loaded_built_and_published(home: Home, run_cli: RunCli) -> None:
    make_built_home(home)
    early, late = datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 9)
    refused: dict[str, Any] = {"status": "quarantined", "reason_code": "duplicate_timestamp"}
    put_right: dict[str, Any] = {"duplicate_row_count": 1, "reordered_row_count": 1_234_567}
    load_file(home, early, "bars", load_id=1, dataset=f"/{'long' * 20}/end", **refused)
    load_file(home, late, load_id=2, run_id="r", backtest_id="b", **put_right)
    load_file(home, late, "trades", load_id=3, run_id="r", backtest_id="b")
    load_file(home, late, "trades", load_id=4, run_id="r", status="retracted")
    publication, _ = write_publication(home, PROJECT_DIR)
    lines = run_cli("status").stdout.splitlines()
    published_at = f"{publication.published_at:%Y-%m-%d %H:%M:%S} UTC"
    assert [" ".join(line.split()) for line in lines[1:-4]] == [
        "writing now nobody",
        "loaded 2026-01-05 09:00:00 UTC was the last time",
        "1 run, 1 backtest",
        "files in force superseded retracted quarantined",
        "bars 0 0 0 1",
        "equity 1 0 0 0",
        "trades 0 0 1 0",
        "quarantine duplicate_timestamp 1 file",
        "put right in 1 file in force:",
        "1 copy of rows left out",
        "1,234,567 rows put in order",
        "last loads 2026-01-05 09:00:00 r 2 loaded, 1 retracted",
        "2026-01-05 08:00:00 …onglonglonglonglonglonglong/end 1 quarantined",
        "built 2026-01-05 10:00:00 UTC, dbt build, no errors",
    ]
    assert published_at in lines[-4]
    assert lines[-2].split()[-2:] == ["2", "rows"]
    assert max(len(line) for line in lines if str(home.root) not in line) == 80


def test_json_has_all_of_it(home: Home, run_cli: RunCli) -> None:
    write_publication(make_built_home(home), PROJECT_DIR)
    load_file(home, datetime(2026, 1, 5, 9), run_id="r")
    found = json.loads(run_cli("status", "--format", "json").stdout)
    counts = {"in_force": 1, "superseded": 0, "retracted": 0, "quarantined": 0}
    assert found["working"]["ledger"]["files"] == [{"kind": "equity", **counts}]
    assert found["working"]["ledger"]["batches"][0]["loaded_at"] == "2026-01-05T09:00:00Z"
    assert found["home"] == str(home.root)
    assert found["published"]["row_counts"] == {"dim_x": 3, 'Odd "mart"': 2}
    assert found["working"]["last_build"]["finished_at"] == "2026-01-05T10:00:00Z"


def test_an_unfinished_build_is_called_that(home: Home, run_cli: RunCli) -> None:
    make_built_home(home)
    add_build(home, "second", selection="not finished", finished_at=datetime(2026, 1, 6))
    assert "did not finish" in run_cli("status").stdout


def test_it_works_while_a_build_has_the_working_file(home: Home, run_cli: RunCli) -> None:
    write_publication(make_built_home(home), PROJECT_DIR)
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with writer_lock(home, "curvehouse build") as lock:
        builder = subprocess.Popen(
            [sys.executable, "-c", script, str(home.working_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[lock],
        )
        try:
            assert builder.stdout is not None
            builder.stdout.readline()
            outcome = run_cli("status")
        finally:
            builder.communicate(b"\n")
    assert outcome.exit_code == 0
    assert "`curvehouse build` (process" in outcome.stdout
    assert "can't be read while somebody writes" in outcome.stdout
    assert "dim_x" in outcome.stdout
