"""The demo: from nothing to published tables with one command."""

from __future__ import annotations

import csv
import io

import duckdb
import polars as pl
from polars.testing import assert_frame_equal

from conftest import Demo, run_command
from curvehouse.demo import DEMO_QUERIES


def test_the_suggested_queries_return_rows(demo: Demo) -> None:
    assert len(DEMO_QUERIES) == 3
    for _, sql in DEMO_QUERIES:
        assert f'curvehouse query "{sql}"' in demo.stdout
        done = run_command(demo.home.root.parent, "curvehouse", "query", sql, "--format", "csv")
        assert done.returncode == 0, done.stderr
        assert len(list(csv.reader(io.StringIO(done.stdout)))) > 3


def test_it_shows_over_a_hundred_backtests_on_three_symbols_or_more(demo: Demo) -> None:
    with duckdb.connect(str(demo.home.published_file), read_only=True) as connection:
        ((backtests, symbols),) = connection.sql(
            "select count(*), count(distinct symbol) from dim_backtests"
        ).fetchall()
        ((not_landed,),) = connection.sql(
            "select count(*) from fct_jobs where not has_curve"
        ).fetchall()
    assert backtests >= 100
    assert symbols >= 3
    assert not_landed == 0


def test_its_three_portfolios_are_funded(demo: Demo) -> None:
    with duckdb.connect(str(demo.home.published_file), read_only=True) as connection:
        found = connection.sql(
            "select portfolio_id, status, missing_member_count from dim_portfolios order by 1"
        ).fetchall()
    assert found == [(f"demo_{name}", "ok", 0) for name in ("best", "hrp", "mixed")]


def test_no_number_in_a_mart_is_nan_or_infinite(demo: Demo) -> None:
    with duckdb.connect(str(demo.home.published_file), read_only=True) as connection:
        columns = connection.sql(
            "select table_name, column_name from information_schema.columns "
            "where data_type = 'DOUBLE'"
        ).fetchall()
        assert len(columns) > 30
        for table, column in columns:
            ((count,),) = connection.sql(
                f'select count(*) from "{table}" where not isfinite("{column}")'
            ).fetchall()
            assert count == 0, f"{table}.{column}"


def tables_of(demo: Demo) -> dict[str, pl.DataFrame]:
    with duckdb.connect(str(demo.home.published_file), read_only=True) as connection:
        # All but the row that says when this was published.
        tables = connection.sql(
            "select table_name from duckdb_tables() where table_name <> 'meta_publication'"
        ).fetchall()
        return {name: connection.sql(f'from "{name}" order by all').pl() for (name,) in tables}


def test_a_second_build_changes_no_row(demo: Demo) -> None:
    before, link = tables_of(demo), demo.home.current.readlink()
    done = run_command(demo.home.root.parent, "curvehouse", "build")
    assert done.returncode == 0, done.stderr
    assert "nothing new" in done.stderr.lower()
    assert demo.home.current.readlink() == link
    forced = run_command(demo.home.root.parent, "curvehouse", "build", "--force")
    assert forced.returncode == 0, forced.stderr
    after = tables_of(demo)
    assert before.keys() == after.keys()
    for name, rows in before.items():
        assert_frame_equal(rows, after[name], rel_tol=1e-9, abs_tol=1e-12)
