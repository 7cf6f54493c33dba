"""Rules of a shallow tree: readable, pasted as they were judged, and held against later trades."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from curvehouse.analytics.failures import RULE_SCHEMA, find_failure_rules
from curvehouse.analytics.failures.conditions import KNOWN_AT_ENTRY, Condition, simplified
from curvehouse.analytics.failures.lifts import lift_in
from failure_trades import amounts, stream, table_of

Row = dict[str, Any]
BANDS = np.array(["low", "mid", "high"])
FEATURES = {feature.words: feature for feature in KNOWN_AT_ENTRY}


def rules(table: pa.Table, **options: Any) -> list[Row]:
    found = find_failure_rules(stream(table), **({"strategy_min_losses": 10**9} | options))
    assert found.schema == RULE_SCHEMA
    rows: list[Row] = found.to_pylist()
    return rows


def trades(seed: int = 0, count: int = 2000, *, is_planted: bool = True) -> pa.Table:
    """Trades of which those at high volatility on and after Thursday lose, if it is planted."""
    draw = np.random.default_rng(seed)
    volatility, weekday = draw.lognormal(-1.7, 0.4, count), draw.integers(1, 6, count)
    is_bad = (volatility > 0.2) & (weekday >= 4) & is_planted
    return table_of(
        hold_minutes=draw.lognormal(6, 1, count),
        pre_runup_pct=draw.normal(0, 4, count),
        entry_vol=volatility,
        entry_weekday=weekday,
        entry_hour=draw.integers(8, 18, count),
        entry_vol_band=pa.array(BANDS[draw.integers(0, 3, count)].tolist()),
        side=np.where(draw.random(count) < 0.5, "long", "short").tolist(),
        pnl=amounts(draw, draw.random(count) < np.where(is_bad, 0.9, 0.3)),
    )


def test_a_planted_rule_is_found_and_holds() -> None:
    rows = rules(trades())
    first = rows[0]
    assert first["status"] == "holds"
    assert first["rule"].startswith("volatility before entry above 0.199")
    assert "day of entry after Wednesday" in first["rule"]
    assert first["in_sample_profit_change"] > 0
    assert first["out_of_sample_profit_change"] > 0
    assert first["out_of_sample_precision"] == pytest.approx(0.9, abs=0.1)
    assert [row["rule_id"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) <= 8
    changes = [row["in_sample_profit_change"] for row in rows]
    assert changes == sorted(changes, reverse=True)


def test_without_a_cause_no_rule_holds_later() -> None:
    held = 0
    for seed in range(20):
        rows = rules(trades(seed, is_planted=False))
        assert min(row["in_sample_trade_count"] for row in rows) >= 30
        held += any(row["status"] == "holds" for row in rows)
    assert held <= 1


def test_a_rule_is_scored_as_a_plain_loop_does() -> None:
    table = trades()
    rows = rules(table)
    entries, exits = (table[name].to_numpy() for name in ("entry_at", "exit_at"))
    split = entries.min() + np.timedelta64(
        int((entries.max() - entries.min()).astype(np.int64) * 0.7), "us"
    )
    pnl = np.asarray(table["pnl"])
    with duckdb.connect() as connection:
        connection.register("fct_trades", table)
        for row in rows:
            assert row["split_at"] == split.item()
            inside = connection.execute(
                f"select {row['predicate']} from fct_trades order by entry_at"
            ).fetchnumpy()
            is_inside = np.asarray(next(iter(inside.values())), dtype=bool)
            assert (row["trade_count"], row["copy_count"]) == (is_inside.sum(), is_inside.sum())
            for sample, chosen in (("in", exits < split), ("out_of", entries >= split)):
                got = {key: row[f"{sample}_sample_{key}"] for key in ("trade_count", "precision")}
                both = is_inside & chosen
                assert got["trade_count"] == both.sum()
                assert got["precision"] == pytest.approx((pnl[both] < 0).mean())
                recall = (pnl[both] < 0).sum() / (pnl[chosen] < 0).sum()
                assert row[f"{sample}_sample_recall"] == pytest.approx(recall)
                change = -pnl[both].sum()
                assert row[f"{sample}_sample_profit_change"] == pytest.approx(change)


def test_leaves_share_out_all_trades() -> None:
    rows = rules(trades())
    assert sum(row["trade_count"] for row in rows) == 2000
    assert sum(row["in_sample_recall"] for row in rows) == pytest.approx(1)


def test_the_order_and_copies_of_the_input_make_no_difference() -> None:
    table = trades()
    order = np.random.default_rng(1).permutation(len(table))
    assert rules(table.take(pa.array(order))) == rules(table)
    twice = rules(pa.concat_tables([table, table]))
    assert [row | {"copy_count": row["copy_count"] // 2} for row in twice] == rules(table)


@pytest.mark.parametrize(
    ("table", "status"),
    [
        (trades(count=40), "too_few_trades"),
        (table_of(pnl=-np.ones(200)), "one_outcome"),
        (table_of(pnl=np.ones(200)), "one_outcome"),
        (table_of(pnl=np.tile([-1.0, 1.0], 100)), "no_split"),
        (
            table_of(pnl=np.tile([-1.0, 1.0], 100), entry_vol=np.full(200, np.nan)),
            "too_few_trades",
        ),
        (table_of(pnl=np.array([-1.0])), "too_few_trades"),
    ],
)
def test_where_no_tree_grows_one_row_says_why(table: pa.Table, status: str) -> None:
    (row,) = rules(table)
    assert (row["rule_id"], row["status"], row["predicate"]) == (0, status, None)


def test_names_are_quoted_in_predicates() -> None:
    table = trades()
    for name, value in (("run_id", "o'run"), ("strategy", "o'swing")):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pa.array([value] * len(table)))
    rows = rules(table, strategy_min_losses=1)
    assert {row["strategy"] for row in rows} == {"", "o'swing"}
    assert all(row["predicate"].startswith("run_id = 'o''run' and ") for row in rows)
    assert "strategy = 'o''swing'" in rows[-1]["predicate"]


def test_conditions_on_one_feature_become_one() -> None:
    volatility, high = FEATURES["volatility before entry"], FEATURES["in the high volatility band"]
    low = FEATURES["in the low volatility band"]
    found = simplified(
        [
            Condition(high, ">", 0.5),
            Condition(volatility, ">", 0.2),
            Condition(low, "<=", 0.5),
            Condition(volatility, ">", 0.1),
        ]
    )
    assert [each.sql for each in found] == ["entry_vol > 0.2e0", "entry_vol_band = 'high'"]
    assert [each.text for each in found] == [
        "volatility before entry above 0.2",
        "in the high volatility band",
    ]


def test_a_negated_text_holds_where_it_is_not_known() -> None:
    condition = Condition(FEATURES["in the up trend bucket"], "<=", 0.5)
    assert condition.sql == "coalesce(entry_trend_bucket, '') <> 'up'"
    assert condition.text == "not in the up trend bucket"
    assert condition.holds(np.array([0.0, 1.0])).tolist() == [True, False]


def test_the_lift_is_that_of_later_trades() -> None:
    table = trades()
    row = rules(table)[0]
    after = table["entry_at"].to_numpy() >= np.datetime64(row["split_at"])
    loss = np.asarray(table["pnl"]) < 0
    with duckdb.connect() as connection:
        connection.register("fct_trades", table)
        inside = connection.execute(
            f"select {row['predicate']} as is_inside from fct_trades order by entry_at"
        ).fetchnumpy()["is_inside"]
    lift = lift_in(np.asarray(inside)[after], loss[after], np.arange(after.sum())).lift
    assert row["out_of_sample_lift"] == pytest.approx(lift)
