"""What a page says of its figures is what anybody gets who asks the same."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import curvehouse.report
from conftest import PROJECT_DIR
from curvehouse.home import Home
from curvehouse.query import open_published, run_query
from curvehouse.report.answers import Answer, ask
from curvehouse.report.pages.curve_figures import STRETCHES, WHOLE_DAYS, curve_note, thinned
from report.published_files import empty_tables

FILES = sorted((Path(curvehouse.report.__file__).parent / "sql").glob("*.sql"))


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_the_sql_on_a_page_gives_the_rows_behind_it(demo_home: Home, name: str) -> None:
    with open_published(demo_home) as connection:
        (backtest, *_), *_ = ask(connection, "leaderboard", row_limit=1).rows
        values = {
            "backtest_id": backtest,
            "run_id": "demo",
            "portfolio_id": "demo_mixed",
            "row_limit": 40,
            "whole_days": 1_000,
            "stretch_count": 100,
        }
        text = next(file for file in FILES if file.stem == name).read_text()
        asked = set(re.findall(r"\$(\w+)", text))
        answer = ask(connection, name, **{key: values[key] for key in asked})
    assert answer
    with run_query(demo_home, answer.sql) as result:
        rows = [row for batch in result.batches for row in batch]
    assert rows == list(answer.rows)


def test_the_exposure_of_the_report_names_the_tables_it_reads() -> None:
    exposures = (PROJECT_DIR / "models" / "marts" / "_marts__exposures.yml").read_text()
    (report,) = (part for part in exposures.split("\n  - name: ") if part.startswith("report\n"))
    read = {
        table
        for file in FILES
        for table in re.findall(r"\b(?:dim|fct)_[a-z_]+\b(?=\s|\.|$)", file.read_text())
    }
    assert read == set(re.findall(r"ref\('(\w+)'\)", report))


def test_names_in_the_sql_on_a_page_are_literals(demo_home: Home) -> None:
    name = "it's; drop table dim_runs; -- $run_id"
    with open_published(demo_home) as connection:
        answer = ask(connection, "overfitting", run_id=name)
    with run_query(demo_home, answer.sql) as result:
        assert list(result.batches) == []


@pytest.fixture
def long_curve(home: Home, demo_home: Home) -> Home:
    """A published curve of 9,000 days, with a crash on one of them."""
    returns = np.random.default_rng(7).normal(0.0003, 0.01, 9_000)
    returns[4_321] = -0.35
    with empty_tables(home, demo_home) as connection:
        connection.execute(
            """
            insert into fct_equity_daily by name
            with days as (
                select unnest(range(9000)) as day_number, unnest($returns) as simple_return
            ),
            grown as (
                select date '1990-01-01' + day_number::integer as equity_date, simple_return,
                    exp(sum(ln(1 + simple_return)) over (order by day_number)) as equity
                from days
            ),
            peaked as (
                select *, greatest(1, max(equity) over (order by equity_date)) as high_water_mark
                from grown
            )
            select 'x' as backtest_id, equity_date, equity, simple_return, high_water_mark,
                equity / high_water_mark - 1 as drawdown, false as is_filled
            from peaked
            """,
            {"returns": returns.tolist()},
        )
    return home


def test_a_long_curve_keeps_its_ends_its_extremes_and_its_worst_day(long_curve: Home) -> None:
    with open_published(long_curve) as connection:
        curve = thinned(connection, "curve", backtest_id="x")
        told = connection.execute(
            """
            select [min(equity_date), max(equity_date), arg_min(equity_date, equity),
                arg_max(equity_date, equity), arg_min(equity_date, drawdown),
                arg_min(equity_date, simple_return)]
            from fct_equity_daily
            """
        ).fetchone()
    assert told is not None
    days = curve.column("equity_date")
    assert set(told[0]) <= set(days)
    assert len(days) == len(set(days)) <= 4 * STRETCHES + 2
    assert days == sorted(days)
    assert curve_note(curve).startswith(f"{len(days):,} of 9,000 days are drawn")


def test_a_curve_of_some_years_is_drawn_whole(demo_home: Home) -> None:
    with open_published(demo_home) as connection:
        (backtest, *_), *_ = ask(connection, "leaderboard", row_limit=1).rows
        curve = thinned(connection, "curve", backtest_id=backtest)
        rolling = thinned(connection, "rolling", backtest_id=backtest)
    assert len(curve.rows) == curve.column("day_count")[0] == len(rolling.rows) <= WHOLE_DAYS
    assert curve_note(curve) == ""


def test_an_answer_can_be_cut_down_to_some_rows() -> None:
    answer = Answer(("a", "b"), ((1, 2), (3, 4)), "select")
    assert answer.only(answer.rows[1:]).as_dicts() == [{"a": 3, "b": 4}]
