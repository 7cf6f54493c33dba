from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time

import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.home import Home
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home


@pytest.fixture
def published(home: Home) -> Home:
    write_publication(make_built_home(home), PROJECT_DIR)
    return home


def test_a_table_on_stdout_and_the_count_on_stderr(published: Home, run_cli: RunCli) -> None:
    outcome = run_cli("query", "select i from range(148) t(i)")
    assert outcome.exit_code == 0
    assert outcome.stdout.splitlines()[:3] == [" i", "--", " 0"]
    assert len(outcome.stdout.splitlines()) == 42
    assert outcome.stderr == "40 of 148 rows; --limit 0 shows all\n"


def test_limit_zero_shows_all_and_says_nothing(published: Home, run_cli: RunCli) -> None:
    outcome = run_cli("query", "from range(148)", "--limit", "0")
    assert len(outcome.stdout.splitlines()) == 150
    assert outcome.stderr == ""


def test_no_rows_are_told(published: Home, run_cli: RunCli) -> None:
    outcome = run_cli("query", "select load_id from dim_x where load_id < 0")
    assert outcome.stdout == "load_id\n-------\n"
    assert outcome.stderr == "no rows\n"


def test_a_limit_at_the_edge_of_a_batch(published: Home, run_cli: RunCli) -> None:
    outcome = run_cli("query", "from range(25000)", "--limit", "20000")
    assert len(outcome.stdout.splitlines()) == 20_002
    assert outcome.stderr == "20,000 of 25,000 rows; --limit 0 shows all\n"


def test_counting_ends_somewhere(published: Home, run_cli: RunCli) -> None:
    outcome = run_cli("query", "from range(100000000000)", "--limit", "1")
    assert outcome.stderr == "1 of more than 1,000,000 rows; --limit 0 shows all\n"


def test_csv_and_json_have_every_row(published: Home, run_cli: RunCli) -> None:
    sql = "select i, i / 3e0 as third from range(25000) t(i)"
    as_csv = run_cli("query", sql, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert len(rows) == 25_000
    assert float(rows[1]["third"]) == 1 / 3
    as_json = run_cli("query", sql, "--format", "json")
    assert json.loads(as_json.stdout)[1] == {"i": 1, "third": 1 / 3}
    assert as_csv.stderr == as_json.stderr == ""


def test_a_time_limit_ends_the_query_and_says_so(published: Home, run_cli: RunCli) -> None:
    endless = "select count(*) from range(10000000) a, range(10000000) b"
    began = time.monotonic()
    outcome = run_cli("query", endless, "--timeout", "0.2")
    assert time.monotonic() - began < 5
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert outcome.stderr == (
        "curvehouse: the query was stopped after 0.2 s of work; ask for less, or give it more time "
        "with --timeout (0 sets no limit).\n"
    )


def test_a_time_limit_of_zero_is_none(published: Home, run_cli: RunCli) -> None:
    assert run_cli("query", "select sleep_ms(300)", "--timeout", "0").exit_code == 0
    assert run_cli("query", "select 1", "--timeout", "-1").exit_code == 2


def test_a_plan_is_printed_as_it_is(published: Home, run_cli: RunCli) -> None:
    outcome = run_cli("query", "explain from dim_x")
    assert "Sequential Scan" in outcome.stdout
    assert len(outcome.stdout.splitlines()) > 5


def test_a_dash_reads_the_statement_from_stdin(
    published: Home, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("select 7 as seven\n"))
    assert run_cli("query", "-").stdout == "seven\n-----\n    7\n"


@pytest.mark.parametrize(
    ("sql", "exit_code", "message"),
    [
        ("select valu from dim_x", 1, 'Candidate bindings: "value"'),
        ("update dim_x set value = 1", 2, "UPDATE would change dim_x"),
        ("select 1; select 2", 2, "2 statements"),
    ],
)
def test_what_fails_is_one_line_on_stderr(
    published: Home, run_cli: RunCli, sql: str, exit_code: int, message: str
) -> None:
    outcome = run_cli("query", sql)
    assert outcome.exit_code == exit_code
    assert outcome.stdout == ""
    assert message in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1


def test_nothing_published_exits_with_one(home: Home, run_cli: RunCli) -> None:
    outcome = run_cli("query", "select 1")
    assert outcome.exit_code == 1
    assert "curvehouse build" in outcome.stderr


@pytest.mark.parametrize("output", ["csv", "json", "table"])
def test_a_reader_that_has_seen_enough_causes_no_noise(published: Home, output: str) -> None:
    command = [sys.executable, "-m", "curvehouse", "query", "from range(3000000)", "--limit", "0"]
    process = subprocess.Popen(
        [*command, "--format", output], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_help_is_quick_to_import() -> None:
    heavy = "{'duckdb', 'dbt', 'polars', 'pyarrow', 'numpy', 'sqlglot'}"
    script = f"import sys, curvehouse.cli; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
