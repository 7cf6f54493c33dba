"""Regimes on real data: what the definition promises, and what the tables of regimes add up to."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from curves import Curve
from parity.conftest import INDEX, RUN_ID


def test_warm_up_and_switches_of_the_index_are_as_designed(
    built: duckdb.DuckDBPyConnection,
) -> None:
    ((unlabelled, raw_switches, switches),) = built.execute(
        """
        with days as (
            select
                regime,
                regime_raw,
                volatility_14d,
                lag(regime) over (order by ts) as before,
                lag(regime_raw) over (order by ts) as raw_before
            from fct_market_regimes where symbol = ?
        )

        select
            count(*) filter (where regime is null and volatility_14d is not null),
            count(*) filter (where regime_raw <> raw_before),
            count(*) filter (where regime <> before)
        from days
        """,
        [INDEX],
    ).fetchall()
    assert (unlabelled, raw_switches, switches) == (66, 1517, 849)


def test_volatility_of_the_next_day_rises_with_the_band(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        """
        with days as (
            select vol_band, ln(lead(close) over (order by ts) / close) as next_return
            from fct_market_regimes where symbol = ?
        )

        select vol_band, stddev_samp(next_return) * sqrt(252)
        from days where vol_band is not null group by vol_band
        """,
        [INDEX],
    ).fetchall()
    volatility = dict(found)
    assert volatility["low"] < volatility["mid"] < volatility["high"]
    assert volatility["low"] < 0.15 < volatility["high"]


def test_a_curve_that_holds_the_index_has_its_labels(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    index = next(curve for curve in curves if curve.name == "index")
    ((days, different),) = built.execute(
        """
        select
            count(*),
            count(*) filter (where
                own.vol_band is distinct from market.vol_band
                or own.trend_bucket is distinct from market.trend_bucket
                or own.regime is distinct from market.regime
                or own.regime_raw is distinct from market.regime_raw
                or own.null_reason is distinct from market.null_reason
                or abs(own.volatility_upper_third - market.volatility_upper_third) > 1e-9
            )
        from fct_backtest_regimes as own
        inner join fct_market_regimes as market on own.equity_date = cast(market.ts as date)
        where own.backtest_id = ? and market.symbol = ?
        """,
        [index.backtest_id(RUN_ID), INDEX],
    ).fetchall()
    assert (days, different) == (len(index.days), 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("constant", {"warm_up": 14, "flat": 286}),
        ("rising", {"warm_up": 14, "flat": 286}),
        ("ruined", {"warm_up": 4, "ruined": 43}),
    ],
)
def test_a_curve_without_regimes_says_why(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], name: str, expected: dict[str, int]
) -> None:
    curve = next(curve for curve in curves if curve.name == name)
    found = built.execute(
        "select null_reason, count(*) from fct_backtest_regimes where backtest_id = ? group by all",
        [curve.backtest_id(RUN_ID)],
    ).fetchall()
    assert dict(found) == expected


@pytest.mark.parametrize("kind", ["symbol", "backtest"])
def test_episodes_hold_each_labelled_day_once(built: duckdb.DuckDBPyConnection, kind: str) -> None:
    days = {
        "symbol": "select symbol as id, cast(ts as date) as day, regime from fct_market_regimes",
        "backtest": "select backtest_id as id, equity_date as day, regime "
        "from fct_backtest_regimes",
    }[kind]
    ((labelled, held),) = built.execute(
        f"""
        with days as ({days})

        select count(*), count(episodes.subject_id)
        from days
        left join fct_regime_episodes as episodes
            on episodes.subject_kind = '{kind}' and days.id = episodes.subject_id
            and days.day between episodes.start_date and episodes.end_date
            and days.regime = episodes.regime
        where days.regime is not null
        """
    ).fetchall()
    ((bars, longest),) = built.execute(
        "select sum(length_bars), max(open_count) from (select *, count(*) filter (where is_open) "
        "over (partition by subject_id) as open_count from fct_regime_episodes "
        f"where subject_kind = '{kind}')"
    ).fetchall()
    assert labelled == held == bars > 10_000
    assert longest == 1


def test_an_episode_returns_what_its_days_do(built: duckdb.DuckDBPyConnection) -> None:
    closes = dict(
        built.execute(
            "select cast(ts as date), close from fct_market_regimes where symbol = ?", [INDEX]
        ).fetchall()
    )
    days = sorted(closes)
    before = dict(zip(days[1:], days, strict=False))
    episodes = built.execute(
        """
        select start_date, end_date, change_date, ex_ante_return, descriptive_return
        from fct_regime_episodes
        where subject_kind = 'symbol' and subject_id = ? order by start_date
        """,
        [INDEX],
    ).fetchall()
    for start, end, change, ex_ante, descriptive in episodes:
        assert descriptive == pytest.approx(closes[end] / closes[before[start]] - 1, abs=1e-12)
        last = end if change is None else change
        assert ex_ante == pytest.approx(closes[last] / closes[start] - 1, abs=1e-12)
    held = np.prod([1 + row[3] for row in episodes])
    assert held == pytest.approx(closes[days[-1]] / closes[days[80]], rel=1e-9)


def test_probabilities_of_transitions_sum_to_one(built: duckdb.DuckDBPyConnection) -> None:
    ((largest, groups),) = built.sql(
        """
        with sums as (
            select sum(transition_probability) as total from fct_regime_transitions
            group by subject_kind, subject_id, from_regime
        )

        select max(abs(total - 1)), count(*) from sums
        """
    ).fetchall()
    assert largest < 1e-12
    assert groups > 100
    ((steps, days),) = built.execute(
        """
        select
            (select sum(transition_count) from fct_regime_transitions where subject_id = $1),
            (select count(regime) from fct_market_regimes where symbol = $1)
        """,
        [INDEX],
    ).fetchall()
    assert steps == days - 1


def test_performance_by_regime_adds_up_to_the_curve(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    index = next(curve for curve in curves if curve.name == "index")
    rows = built.execute(
        """
        select basis, count(*), sum(day_count), sum(log_return_sum), min(p_value)
        from fct_regime_performance where backtest_id = ? group by basis order by basis
        """,
        [index.backtest_id(RUN_ID)],
    ).fetchall()
    logs = np.diff(np.log(np.array(index.equity)))
    bars = len(index.days)
    # The first label stands on bar 81: the day after is the first that could act on it.
    assert [row[:3] for row in rows] == [("descriptive", 9, bars - 80), ("ex_ante", 9, bars - 81)]
    assert rows[0][3] == pytest.approx(logs[79:].sum(), rel=1e-9)
    assert rows[1][3] == pytest.approx(logs[80:].sum(), rel=1e-9)
    assert all(1e-3 <= row[4] <= 1 for row in rows)


def test_states_and_bands_of_the_index_agree_beyond_chance(
    built: duckdb.DuckDBPyConnection,
) -> None:
    fits = built.sql(
        "select fit_year, fit_status, state_1_return_stddev < state_2_return_stddev "
        "from fct_market_regime_fits order by all"
    ).fetchall()
    assert fits == [(2021, "ok", True), (2022, "ok", True)]
    ((symbol, count, days, kappa),) = built.sql(
        "select symbol, state_count, day_count, kappa from fct_market_regime_agreement"
    ).fetchall()
    ((labelled,),) = built.execute(
        "select count(vol_band) from fct_market_regimes where symbol = ? and year(ts) >= 2021",
        [INDEX],
    ).fetchall()
    assert (symbol, count, days) == (INDEX, 2, labelled)
    assert kappa > 0
    ((lower, higher),) = built.sql(
        """
        select
            avg(volatility_14d) filter (where state = 1),
            avg(volatility_14d) filter (where state = 2)
        from fct_market_regime_states
        inner join fct_market_regimes using (symbol, ts)
        """
    ).fetchall()
    assert lower < higher
