"""The published file opens in every client, and says the same in each."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from clients.answers import answers, with_duckdb
from clients.environments import python_of, run_node
from conftest import PROJECT_DIR
from curvehouse.home import Home
from curvehouse.publish.macros import shipped_macros
from curvehouse.publish.meta_tables import META_TABLES

HERE = Path(__file__).parent

# Environment and client.
CLIENTS = [
    ("duckdb-1.0", "duckdb"),
    ("duckdb-1.4", "duckdb"),
    ("current", "duckdb"),
    ("duckdb-2.0", "duckdb"),
    ("sqlalchemy-1.4", "sqlalchemy"),
    ("sqlalchemy-2", "sqlalchemy"),
    ("current", "adbc"),
    ("node", "node"),
]
QUERIES = [
    """
    select strategy, symbol, count(*), avg(cagr), max(sharpe_ratio), min(max_drawdown)
    from fct_backtest_summary
    group by strategy, symbol
    order by strategy, symbol
    """,
    """
    select count(*), sum(simple_return), min(equity_date), max(equity), bool_or(is_filled)
    from fct_equity_daily
    """,
    "select regime, count(*), max(ts) from fct_market_regimes group by regime order by regime",
    "select strategy, params from dim_backtests where seed is null order by backtest_id limit 5",
    "select publication_id, published_at, row_count from meta_publication",
    "select table_name, row_count from meta_tables order by table_name",
]
MACROS = """
    select function_name
    from duckdb_functions()
    where function_type = 'table_macro' and not internal
    order by function_name
"""


@dataclass(frozen=True)
class Expected:
    file: str
    questions: list[str]
    seen: dict[str, Any]


@pytest.fixture(scope="session")
def expected(demo_home: Home) -> Expected:
    """What the DuckDB of these tests sees, with all macros and all tables counted."""
    marts = (PROJECT_DIR / "models" / "marts").rglob("*.sql")
    tables = [*(mart.stem for mart in marts), *META_TABLES]
    counts = [f"select '{table}', count(*) from {table}" for table in tables]
    examples = [macro.example for macro in shipped_macros()]
    questions = [MACROS, *QUERIES, " union all ".join(counts) + " order by 1", *examples]
    # One publication for all, also where another test publishes meanwhile.
    file = str(demo_home.published_file.resolve())
    seen = with_duckdb(file, questions)
    assert sorted(seen["tables"]) == sorted(tables)
    return Expected(file, questions, seen)


@pytest.mark.parametrize(("environment", "client"), CLIENTS)
def test_a_client_sees_what_the_current_one_sees(
    expected: Expected, tmp_path: Path, environment: str, client: str
) -> None:
    file, questions = expected.file, json.dumps(expected.questions)
    if client == "node":
        script = (HERE / "answers.mjs").read_text()
        done = run_node(script, tmp_path, file, questions=questions)
    else:
        done = subprocess.run(
            [python_of(environment), "-W", "error", HERE / "answers.py", client, file],
            input=questions,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["tables"] == expected.seen["tables"]
    assert seen["comments"] == expected.seen["comments"]
    assert 'statement of type "CREATE"' in seen["refusal"]
    for question, rows, wanted in zip(
        expected.questions, seen["rows"], expected.seen["rows"], strict=True
    ):
        assert len(rows) == len(wanted), question
        for row, other in zip(rows, wanted, strict=True):
            assert is_same(row, other), (question, row, other)


def test_the_questions_tell_something(expected: Expected) -> None:
    rows = dict(zip(expected.questions, expected.seen["rows"], strict=True))
    assert [name for (name,) in rows[MACROS]] == [macro.name for macro in shipped_macros()]
    assert all(rows[question] for question in expected.questions)
    assert all(text.strip() for text in expected.seen["comments"].values())


def test_a_difference_would_be_seen() -> None:
    assert is_same([1.0, "2", None, True, 0.1 + 0.2], ["1", 2, None, True, "0.3"])
    for one, other in ((0.3, 0.3000001), (None, 0), (True, False), ("a", "b"), ("a", 1)):
        assert not is_same([one], [other])
    assert not is_same([1], [1, 2])


def test_a_client_that_can_write_is_noticed() -> None:
    with duckdb.connect() as connection:
        seen = answers(
            lambda query: connection.execute(query).fetchall(), [], columns=[], comments=[]
        )
    assert seen["refusal"] == ""


def is_same(row: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Return whether values are equal, where numbers may have come as text."""
    pairs = zip(row, wanted, strict=False)
    return len(row) == len(wanted) and all(_is_equal(*pair) for pair in pairs)


def _is_equal(value: Any, wanted: Any) -> bool:
    if None in (value, wanted) or isinstance(value, bool):
        return value is wanted
    try:
        return math.isclose(float(value), float(wanted), rel_tol=1e-9, abs_tol=1e-12)
    except (TypeError, ValueError):
        # Dates come as text from JSON.
        return str(value) == str(wanted)
