"""Features of trades are those of a plain loop, and stay when bars are cut off; patterns too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import numpy as np
import pytest

from curvehouse.export import known_kinds, schema_of
from parity.conftest import CUT_ROWS, INDEX, read_closes
from parity.failure_runs import LOOKING_BACK, PATTERNED, UNKNOWN_COUNT, looking_back

Row = dict[str, Any]
AT_ENTRY = ("entry_vol_band", "entry_trend_bucket", "entry_regime", "entry_weekday", "entry_hour")
MEASURED = ("pre_runup_pct", "entry_vol", "max_adverse_excursion", "max_favourable_excursion")


def rows_of(built: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[Row]:
    result = built.execute(sql, list(values))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_features_are_those_of_a_plain_loop(
    built: duckdb.DuckDBPyConnection, market_data: Path
) -> None:
    index = read_closes(market_data, "sp500_index.csv.gz")
    days, closes = index["Date"].to_list(), index[INDEX].to_numpy()
    labels = {
        row["ts"].date(): row["regime"]
        for row in rows_of(built, "from fct_market_regimes where symbol = ?", INDEX)
    }
    where = "where run_id = ? and symbol = ? order by line_number"
    found = rows_of(built, f"from fct_trades {where}", LOOKING_BACK, INDEX)
    trades = looking_back(days, closes.tolist()).to_dicts()
    assert len(found) == len(trades)
    unknown = 0
    for row, trade in zip(found, trades, strict=True):
        sign = -1 if trade["side"] == "short" else 1
        entered, left = trade["entry_at"].date(), trade["exit_at"].date()
        before = [place for place, day in enumerate(days) if day < entered]
        returns = np.diff(np.log(closes[before[-21:]]))
        if len(returns) < 20:
            unknown += 1
            assert row["entry_vol"] is None
        else:
            runup = sign * (trade["entry_price"] / closes[before[-20]] - 1) * 100
            assert row["pre_runup_pct"] == pytest.approx(runup, rel=1e-9)
            assert row["entry_vol"] == pytest.approx(returns.std(ddof=1) * 252**0.5, rel=1e-9)
            assert (row["pre_runup_source"], row["entry_vol_source"]) == ("bars", "bars")
        assert row["entry_regime"] == (labels[days[before[-1]]] if before else None)
        within = [closes[place] for place, day in enumerate(days) if entered < day < left]
        prices = np.array([trade["entry_price"], trade["exit_price"], *within])
        gains = sign * (prices / trade["entry_price"] - 1)
        assert row["max_adverse_excursion"] == pytest.approx(gains.min(), abs=1e-12)
        assert row["max_favourable_excursion"] == pytest.approx(gains.max(), abs=1e-12)
        held = (trade["exit_at"] - trade["entry_at"]).total_seconds() / 60
        assert row["hold_minutes"] == pytest.approx(held)
        assert row["entry_weekday"] == trade["entry_at"].isoweekday()
        assert row["entry_hour"] == trade["entry_at"].hour
    assert 0 <= unknown < 20


@pytest.mark.parametrize("rows", CUT_ROWS)
def test_features_of_past_trades_stay(
    built: duckdb.DuckDBPyConnection, market_data: Path, rows: int
) -> None:
    index = read_closes(market_data, "sp500_index.csv.gz")
    last_day = index["Date"][rows - 1]
    labels = " or ".join(f"whole.{name} is distinct from cut.{name}" for name in AT_ENTRY)
    figures = " or ".join(
        f"(whole.{name} is null) <> (cut.{name} is null) "
        f"or abs(whole.{name} - cut.{name}) > 1e-9 * abs(whole.{name}) + 1e-12"
        for name in MEASURED
    )
    ((wanted,),) = built.execute(
        "select count(*) from fct_trades where run_id = ? and symbol = ? "
        "and cast(exit_at as date) <= ?",
        [LOOKING_BACK, INDEX, last_day],
    ).fetchall()
    ((joined, changed),) = built.execute(
        f"""
        select count(*), count(*) filter (where {labels} or {figures})
        from fct_trades as whole
        inner join fct_trades as cut using (run_id, entry_at, exit_at, side, entry_price)
        where run_id = ? and whole.symbol = ? and cut.symbol = ?
        """,
        [LOOKING_BACK, INDEX, f"cut_{rows}"],
    ).fetchall()
    assert (joined, changed) == (wanted, 0)


def test_a_planted_pattern_comes_out_of_the_tables(built: duckdb.DuckDBPyConnection) -> None:
    where = "where run_id = ? and strategy = ''"
    clusters = rows_of(built, f"from fct_failure_clusters {where}", PATTERNED)
    assert {row["status"] for row in clusters} == {"ok"}
    assert max(row["lift_at_entry"] for row in clusters) > 3
    for row in clusters:
        assert (row["trade_count"], row["incomplete_count"]) == (1000 + UNKNOWN_COUNT, 12)
        assert row["copy_count"] == 2 * row["size"]
        (inside,) = rows_of(
            built,
            "select count(*) filter (where cluster_id = ?) as region, "
            "count(*) filter (where entry_cluster_id = ?) as at_entry, "
            "count(*) filter (where cluster_id = ? and is_losing) as losing, "
            "sum(pnl) filter (where cluster_id = ? and is_losing) as lost "
            "from fct_trade_clusters where run_id = ? and strategy = ''",
            *[row["cluster_id"]] * 4,
            PATTERNED,
        )
        counts = (row["region_count"], row["entry_region_count"], row["size"])
        assert (inside["region"], inside["at_entry"], inside["losing"]) == counts
        assert inside["lost"] == pytest.approx(row["total_loss"])


def test_assigned_trades_join_to_those_of_backtests(built: duckdb.DuckDBPyConnection) -> None:
    ((count, copies),) = built.execute(
        """
        select count(*), (select sum(copy_count) from fct_trade_clusters where strategy = '')
        from fct_trade_clusters
        inner join fct_trades using (run_id, symbol, side, entry_at, exit_at)
        where fct_trade_clusters.strategy = ''
        """
    ).fetchall()
    assert count == copies == 2000


def test_each_predicate_pasted_gives_the_trades_of_its_rule(
    built: duckdb.DuckDBPyConnection,
) -> None:
    rules = rows_of(built, "from fct_failure_rules where predicate is not null")
    assert {row["run_id"] for row in rules} >= {LOOKING_BACK, PATTERNED}
    for rule in rules:
        ((copies, distinct),) = built.execute(
            "select count(*), count(distinct (symbol, side, entry_at, exit_at)) "
            f"from fct_trades where {rule['predicate']}"
        ).fetchall()
        assert (copies, distinct) == (rule["copy_count"], rule["trade_count"])


def test_the_planted_pattern_is_a_rule_that_holds(built: duckdb.DuckDBPyConnection) -> None:
    first = rows_of(
        built,
        "from fct_failure_rules where run_id = ? and strategy = '' and rule_id = 1",
        PATTERNED,
    )[0]
    assert first["status"] == "holds"
    assert "volatility before entry above" in first["rule"]
    assert first["out_of_sample_profit_change"] > 0


@pytest.mark.parametrize("run_id", [LOOKING_BACK, PATTERNED, "parity"])
def test_the_artefact_is_valid(built: duckdb.DuckDBPyConnection, run_id: str) -> None:
    kind = known_kinds()["failures"]
    content = kind.read(built, run_id)
    jsonschema.validate(content, schema_of(kind), cls=jsonschema.Draft202012Validator)
    clusters = content["clusters"]
    assert bool(clusters) == (run_id != "parity")
    assert all(
        list(each)[:5] == ["cluster_id", "size", "avg_loss", "features_centroid", "narrative"]
        for each in clusters
    )
    assert (content["status"] == "ok") == (run_id == PATTERNED)
