"""The table macros of the published file give what plain queries give, and are written safely."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from curvehouse.home import Home
from curvehouse.publish.macros import TableMacro, shipped_macros
from warehouses import reading, rows

MACROS = {macro.name: macro for macro in shipped_macros()}
BEST, HELD = "0f7d172bd03fe4e2", "2f8e1ecb90285a49"

# Each with a call and the same question asked without it, in other words.
PLAIN = {
    "leaderboard": (
        "select place, backtest_id, value, cagr from leaderboard('max_drawdown', 7)",
        """
        select row_number() over (order by round(max_drawdown, 10) desc, backtest_id), backtest_id,
            max_drawdown, cagr
        from fct_backtest_summary order by 1 limit 7
        """,
    ),
    "luck_adjusted_leaderboard": (
        (
            "select symbol, best_backtest_id, deflated_sharpe_ratio, sharpe_ratio "
            "from luck_adjusted_leaderboard('total', 4)"
        ),
        """
        select o.symbol, best_backtest_id, deflated_sharpe_ratio, s.sharpe_ratio
        from fct_overfitting o join fct_backtest_summary s on s.backtest_id = best_backtest_id
        where basis = 'total'
        order by round(deflated_sharpe_ratio, 10) desc nulls last, o.strategy, o.symbol limit 4
        """,
    ),
    "tearsheet": (
        (
            "select value, place, compared_count "
            f"from tearsheet('{BEST}') where metric = 'calmar_ratio'"
        ),
        f"""
        select calmar_ratio, (select count(*) + 1 from fct_backtest_summary as better
            where round(better.calmar_ratio, 10) > round(this.calmar_ratio, 10)),
            (select count(calmar_ratio) from fct_backtest_summary)
        from fct_backtest_summary as this where backtest_id = '{BEST}'
        """,
    ),
    "compare_backtests": (
        (
            "select left_value, right_value, difference, better_side "
            f"from compare_backtests('{BEST}', '{HELD}') where metric = 'annual_volatility'"
        ),
        f"""
        select a.annual_volatility, b.annual_volatility, a.annual_volatility - b.annual_volatility,
            if(a.annual_volatility < b.annual_volatility, 'left', 'right')
        from fct_backtest_summary a, fct_backtest_summary b
        where a.backtest_id = '{BEST}' and b.backtest_id = '{HELD}'
        """,
    ),
    "compare_curves": (
        (
            "select equity_date, round(left_growth, 9), round(right_return, 9), "
            f"round(left_drawdown, 9) from compare_curves('{BEST}', '{HELD}') offset 1"
        ),
        f"""
        with firsts as (select min_by(equity, equity_date) as equity from fct_equity_daily
            where backtest_id = '{BEST}')
        select a.equity_date, round(a.equity / firsts.equity, 9), round(b.simple_return, 9),
            round(a.drawdown, 9)
        from fct_equity_daily a join fct_equity_daily b using (equity_date), firsts
        where a.backtest_id = '{BEST}' and b.backtest_id = '{HELD}'
        order by 1 offset 1
        """,
    ),
    "worst_drawdowns": (
        f"select depth, peak_date, regime_at_peak from worst_drawdowns('{BEST}', 3)",
        f"""
        select depth, peak_date, (select regime from fct_backtest_regimes as r
            where r.backtest_id = d.backtest_id and r.equity_date = d.peak_date)
        from fct_drawdowns d where backtest_id = '{BEST}' order by depth limit 3
        """,
    ),
    "monthly_returns": (
        f"""
        select calendar_year, month, value
        from (unpivot (select * exclude (yearly_return) from monthly_returns('{BEST}'))
            on columns(* exclude (calendar_year)) into name month value value)
        order by all
        """,
        f"""
        select year(month_start_date), lower(monthname(month_start_date)), monthly_return
        from fct_returns_monthly where backtest_id = '{BEST}' order by all
        """,
    ),
    "current_regime": (
        (
            "select regime, close, in_force_since, stay_probability, likeliest_change "
            "from current_regime('SP500')"
        ),
        """
        select arg_max(regime, ts), arg_max(close, ts),
            (select max(start_date) from fct_regime_episodes where subject_id = 'SP500'),
            (select transition_probability from fct_regime_transitions where subject_id = 'SP500'
                and from_regime = to_regime and from_regime = arg_max(m.regime, m.ts)),
            (select to_regime from fct_regime_transitions where subject_id = 'SP500'
                and from_regime <> to_regime and from_regime = arg_max(m.regime, m.ts)
                order by transition_count desc, to_regime limit 1)
        from fct_market_regimes m where symbol = 'SP500'
        """,
    ),
    "parameter_profile": (
        (
            "select symbol, param_value, backtest_count, cagr_median, max_drawdown_deepest "
            "from parameter_profile('demo', 'ma_long')"
        ),
        """
        select symbol, v, count(*), quantile_cont(cagr, 0.5), min(max_drawdown)
        from (select backtest_id, params ->> 'ma_long' as v from dim_backtests)
        join fct_backtest_summary using (backtest_id)
        where v is not null group by symbol, v order by symbol, v::int
        """,
    ),
    "grid_neighbours": (
        f"select backtest_id, distance, sharpe_ratio from grid_neighbours('{BEST}') order by all",
        """
        select backtest_id, (params not like '%: 50, %: 5}')::int, sharpe_ratio
        from fct_backtest_summary join dim_backtests using (backtest_id, strategy, symbol)
        where strategy = 'ma_crossover' and symbol = 'AAPL' and params in (
            '{"ma_long": 50, "ma_short": 5}', '{"ma_long": 50, "ma_short": 10}',
            '{"ma_long": 100, "ma_short": 5}')
        order by all
        """,
    ),
    "exposures": (
        (
            "select factor, beta, contribution, risk_contribution_pct "
            f"from exposures('{BEST}') where estimation_window = 'rolling' order by factor"
        ),
        f"""
        select factor, case factor when 'market' then beta_market when 'momentum' then beta_momentum
            when 'size' then beta_size end, contribution, risk_contribution_pct
        from fct_factor_attribution join fct_factor_contributions
            using (backtest_id, factor_set, estimation_window)
        where backtest_id = '{BEST}' and estimation_window = 'rolling' order by factor
        """,
    ),
    "portfolio_sheet": (
        (
            "select source, symbol, policy, weight_target, risk_share "
            "from portfolio_sheet('demo_mixed')"
        ),
        """
        select source, symbol, policy, weight_target, risk_share
        from fct_portfolio_contributions c
        left join dim_backtests using (backtest_id)
        left join (from fct_portfolio_weights where rebalance_date = '2022-12-01') w
            on w.portfolio_id = c.portfolio_id and w.holding = source
        where c.portfolio_id = 'demo_mixed' order by source = 'costs', source
        """,
    ),
}


@pytest.fixture(scope="module")
def published(demo_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with reading(demo_home) as connection:
        yield connection


def test_every_macro_is_compared() -> None:
    assert PLAIN.keys() == MACROS.keys()


@pytest.mark.parametrize("name", PLAIN)
def test_a_macro_gives_what_a_plain_query_gives(
    published: duckdb.DuckDBPyConnection, name: str
) -> None:
    asked, plain = (published.execute(sql).fetchall() for sql in PLAIN[name])
    assert asked == plain
    assert asked


@pytest.mark.parametrize("macro", MACROS.values(), ids=list(MACROS))
def test_a_macro_explains_itself_and_its_example_gives_rows(
    published: duckdb.DuckDBPyConnection, macro: TableMacro
) -> None:
    described = published.execute(
        "select comment, parameters from duckdb_functions() where function_name = ?", [macro.name]
    ).fetchall()
    assert described == [(macro.comment, list(macro.parameters))]
    assert macro.comment.endswith(f" Example: {macro.example}")
    assert macro.example.startswith(f"from {macro.name}(")
    assert published.execute(macro.example).fetchall()
    kinds = {kind for _, kind, *_ in published.execute(f"describe {macro.example}").fetchall()}
    assert kinds <= {"BIGINT", "INTEGER", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN"}


@pytest.mark.parametrize("macro", MACROS.values(), ids=list(MACROS))
def test_a_macro_is_written_so_that_no_name_is_taken_for_another(
    published: duckdb.DuckDBPyConnection, macro: TableMacro
) -> None:
    columns = {
        name
        for (name,) in published.execute(
            "select distinct column_name from duckdb_columns() where not internal"
        ).fetchall()
    }
    body = macro.ddl.split(" as table\n", 1)[1]
    tree = sqlglot.parse_one(body, read="duckdb")
    made = {alias.alias for alias in tree.find_all(exp.Alias, exp.TableAlias, exp.CTE)}
    assert not set(macro.parameters) & (columns | made)
    assert all(re.search(rf"\b{name}\b", body) for name in macro.parameters)
    tables = list(tree.find_all(exp.Table))
    assert not [table.sql() for table in tables if table.db or table.catalog]
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    assert macro.tables == {table.name for table in tables} - ctes


def test_a_metric_that_there_is_not_is_told(published: duckdb.DuckDBPyConnection) -> None:
    for metric in ("'sharp'", "null"):
        with pytest.raises(duckdb.Error, match=r"called (sharp|NULL), see dim_metrics"):
            published.execute(f"from leaderboard({metric}, 3)").fetchall()


@pytest.mark.parametrize("name", [name for name in MACROS if "leaderboard" not in name])
def test_what_there_is_not_gives_no_rows(published: duckdb.DuckDBPyConnection, name: str) -> None:
    wanted = ["5" if part == "row_limit" else "'none'" for part in MACROS[name].parameters]
    assert published.execute(f"from {name}({', '.join(wanted)})").fetchall() == []


def test_macros_work_in_a_file_attached_under_another_name(demo_home: Home) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo_home.published_file}' as warehouse (read_only)")
        connection.execute("use warehouse")
        for macro in MACROS.values():
            assert connection.execute(macro.example).fetchall()


def test_every_table_and_column_has_a_comment(demo_home: Home) -> None:
    without = rows(
        demo_home,
        """
        select table_name, '' as column_name from duckdb_tables()
        where coalesce(trim(comment), '') = ''
        union all
        select table_name, column_name from duckdb_columns()
        where not internal and coalesce(trim(comment), '') = ''
        """,
    )
    assert without == []
    ((tables, columns),) = rows(
        demo_home,
        "select (select count(*) from duckdb_tables()), "
        "(select count(*) from duckdb_columns() where not internal)",
    )
    assert (tables, columns) >= (44, 600)
