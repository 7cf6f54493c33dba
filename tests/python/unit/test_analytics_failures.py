"""Clusters of losing trades: worked by hand, in any order, and where there is little to go by."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import silhouette_score
from statsmodels.stats.multitest import multipletests

from curvehouse.analytics.failures import (
    ASSIGNMENT_SCHEMA,
    CLUSTER_SCHEMA,
    assign_trades,
    find_failure_clusters,
)
from curvehouse.analytics.failures.lifts import Lift, adjusted, lift_in
from curvehouse.analytics.failures.partitions import (
    distances_between,
    find_partition,
    nearest_center,
    silhouette,
)
from curvehouse.analytics.failures.scaling import fit_scale
from curvehouse.analytics.failures.trades import distinct_trades
from failure_trades import noise, planted, stream, table_of

DRAW = np.random.default_rng(1)
Row = dict[str, Any]


def clusters(table: pa.Table, **options: Any) -> pa.Table:
    found = find_failure_clusters(
        stream(table), **({"null_draws": 2, "strategy_min_losses": 10**9} | options)
    )
    assert found.schema == CLUSTER_SCHEMA
    return found


def only_row(table: pa.Table, **options: Any) -> Row:
    (row,) = clusters(table, **options).to_pylist()
    assert (row["status"], row["cluster_id"]) == ("no_pattern", 0)
    assert row["narrative"].startswith("No pattern: ")
    return dict(row)


@pytest.fixture(scope="module")
def pattern() -> pa.Table:
    return clusters(planted(0))


def test_a_lift_is_what_a_plain_loop_makes_of_it() -> None:
    inside, loss = DRAW.random(400) < 0.3, DRAW.random(400) < 0.4
    groups = DRAW.integers(0, 25, 400)
    found = lift_in(inside, loss, groups)
    within, rate = loss[inside].mean(), loss.mean()
    assert found.lift == pytest.approx(within / rate)
    total = 0.0
    for group in range(25):
        members = [i for i in range(400) if groups[i] == group]
        share = sum((loss[i] - within) / inside.sum() / within for i in members if inside[i])
        share -= sum((loss[i] - rate) / 400 / rate for i in members)
        total += share**2
    error = (total * 25 / 24) ** 0.5
    assert found.lower is not None
    assert found.upper is not None
    # Student's t with 24 degrees of freedom.
    assert np.log(found.upper / found.lower) / 2 / error == pytest.approx(2.0638986, rel=1e-6)
    assert found.p_two_sided is not None
    assert found.p_one_sided is not None
    one_sided = min(found.p_one_sided, 1 - found.p_one_sided)
    assert found.p_two_sided == pytest.approx(2 * one_sided)


def test_copies_of_groups_make_no_certainty() -> None:
    inside, loss = DRAW.random(300) < 0.3, DRAW.random(300) < 0.4
    groups = np.arange(300) // 15
    once = lift_in(inside, loss, groups)
    often = lift_in(np.tile(inside, 9), np.tile(loss, 9), np.tile(groups, 9))
    assert often.p_two_sided == pytest.approx(once.p_two_sided)


def test_a_lift_of_nothing_is_not_known() -> None:
    inside, loss = np.array([True, False, False]), np.array([False, True, False])
    groups = np.array([0, 1, 2])
    assert lift_in(np.zeros(3, bool), loss, groups) == Lift()
    assert lift_in(inside, np.zeros(3, bool), groups) == Lift()
    assert lift_in(inside, loss, groups) == Lift(0.0)
    assert lift_in(np.ones(3, bool), loss, groups) == Lift(1.0)


def test_p_values_are_adjusted_as_statsmodels_does() -> None:
    p_values = DRAW.random(12) ** 3
    wanted = multipletests(p_values, method="holm")[1]
    found = adjusted([*p_values.tolist(), None])
    assert found[-1] is None
    assert found[:-1] == pytest.approx(wanted.tolist())


def test_the_silhouette_is_that_of_scikit_learn() -> None:
    points = DRAW.normal(size=(200, 3))
    labels = DRAW.integers(0, 4, 200)
    labels[0] = 4
    found = silhouette(distances_between(points), labels)
    assert found == pytest.approx(silhouette_score(points, labels))
    assert silhouette(distances_between(points), np.zeros(200, int)) == -1


def test_of_many_points_the_centres_settle_among_all() -> None:
    points = np.concatenate([DRAW.normal(size=(30_000, 2)), DRAW.normal(8, 1, (10_000, 2))])
    found = find_partition(points, sample=300, min_share=0.05)
    assert found is not None
    labels = nearest_center(points, found.centers)
    means = [points[labels == number].mean(axis=0).tolist() for number in range(2)]
    assert sorted(found.centers.tolist()) == [
        pytest.approx(mean, abs=1e-3) for mean in sorted(means)
    ]


def test_scales_come_back_and_outliers_do_not_set_them() -> None:
    features = np.column_stack([DRAW.lognormal(6, 1, 300), DRAW.normal(size=(300, 2))])
    scale = fit_scale(features)
    features[0] = [1e29, -1e29, 1e29]
    assert np.abs(fit_scale(features).widths / scale.widths - 1).max() < 0.05
    assert np.abs(scale.scaled(features)).max() == 5
    inner = features[np.abs(scale.scaled(features)).max(axis=1) < 5]
    assert scale.unscaled(scale.scaled(inner)) == pytest.approx(inner)


def test_a_feature_that_moves_in_a_few_trades_only_is_scaled_by_its_deviation() -> None:
    features = np.zeros((100, 3))
    features[:10, 1] = 7.0
    scale = fit_scale(features)
    assert scale.moves.tolist() == [False, True, False]
    assert scale.widths[1] == pytest.approx(2.1)


def test_distinct_trades_are_taken_once_whatever_their_order() -> None:
    once = noise(3, count=40)
    other = once.set_column(
        once.schema.get_field_index("pnl"), "pnl", pa.array(np.asarray(once["pnl"]) * 3)
    )
    rows = pa.concat_tables([once, other, once])
    mixed = rows.take(pa.array(np.random.default_rng(2).permutation(len(rows))))
    for table in (rows, mixed):
        found = distinct_trades(table)
        assert len(found) == 40
        assert found.copy_counts.tolist() == [3] * 40
        assert found.pnl == pytest.approx(np.asarray(once["pnl"]) * 5 / 3)
        assert found.rows.drop(["pnl"]).equals(once.drop(["pnl"]))


def test_trades_of_one_symbol_and_quarter_are_one_group() -> None:
    moments = ["2020-01-02", "2020-03-31", "2020-04-01", "2021-01-02", "2020-01-02"]
    table = table_of(
        entry_at=np.array(moments, dtype="datetime64[us]"),
        symbol=["AAA"] * 4 + ["BBB"],
        pnl=np.ones(5),
    )
    groups = distinct_trades(table).groups.tolist()
    assert groups == [0, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (table_of(pnl=np.array([-1.0])), "too_few_losses"),
        (table_of(pnl=np.array([1.0, 2.0])), "no_losses"),
        (table_of(pnl=np.zeros(50)), "no_losses"),
        (table_of(pnl=-np.ones(50)), "no_winners"),
        (table_of(pnl=np.tile([-1.0, 1.0], 50)), "no_dispersion"),
        (table_of(pnl=np.tile([-1.0, 1.0], 50), entry_vol=np.full(100, np.nan)), "no_losses"),
        (noise(1), "no_lift"),
    ],
)
def test_there_is_one_row_where_there_is_no_pattern(table: pa.Table, reason: str) -> None:
    row = only_row(table)
    assert row["no_pattern_reason"] == reason
    assert (row["lift"], row["region_count"]) == (None, None)
    has_losses = row["size"] > 0
    assert (row["avg_loss"] is not None) == has_losses
    assert (row["centroid_entry_vol"] is not None) == has_losses


def test_no_trades_give_no_rows() -> None:
    assert clusters(noise(1).slice(0, 0)).num_rows == 0


def test_trades_that_lack_a_feature_are_counted_and_not_clustered() -> None:
    table = planted(0)
    volatility = np.asarray(table["entry_vol"]).copy()
    volatility[:37] = np.nan
    place = table.schema.get_field_index("entry_vol")
    rows = clusters(table.set_column(place, "entry_vol", pa.array(volatility))).to_pylist()
    assert {row["status"] for row in rows} == {"ok"}
    for row in rows:
        assert (row["incomplete_count"], row["trade_count"]) == (37, 1000)
        assert row["narrative"].endswith("37 of 1,000 trades lack a feature.")
    lost = np.asarray(table["pnl"])[37:] < 0
    assert sum(row["size"] for row in rows) == lost.sum()
    assert sum(row["region_count"] for row in rows) == 963


def test_the_order_of_the_input_makes_no_difference(pattern: pa.Table) -> None:
    table = planted(0)
    for seed in range(2):
        order = np.random.default_rng(seed).permutation(len(table))
        assert clusters(table.take(pa.array(order))).equals(pattern)


def test_copies_make_no_difference_but_to_their_count(pattern: pa.Table) -> None:
    table = planted(0)
    twice = clusters(pa.concat_tables([table, table]))
    places = [CLUSTER_SCHEMA.get_field_index(name) for name in ("copy_count",)]
    assert twice.remove_column(places[0]).equals(pattern.remove_column(places[0]))
    assert np.asarray(twice["copy_count"]) == pytest.approx(2 * np.asarray(pattern["copy_count"]))


def test_copies_alone_are_no_trades_to_compare() -> None:
    one = table_of(pnl=np.array([-1.0, 1.0]))
    row = only_row(pa.concat_tables([one] * 100))
    assert (row["no_pattern_reason"], row["size"], row["copy_count"]) == ("too_few_losses", 1, 100)


def test_the_greatest_loss_comes_first(pattern: pa.Table) -> None:
    losses = pattern["total_loss"].to_pylist()
    assert losses == sorted(losses)
    assert pattern["cluster_id"].to_pylist() == list(range(1, len(losses) + 1))
    table = planted(0)
    assert sum(losses) == pytest.approx(np.minimum(np.asarray(table["pnl"]), 0).sum())


def test_strategies_that_lost_often_are_searched_beside_their_run(pattern: pa.Table) -> None:
    first, second = planted(0), noise(2, count=300)
    place = first.schema.get_field_index("strategy")
    other = second.set_column(place, "strategy", pa.array(["dull"] * len(second)))
    found = clusters(pa.concat_tables([other, first]), strategy_min_losses=200).to_pylist()
    assert list(dict.fromkeys(row["strategy"] for row in found)) == ["", "swing"]
    alone = [row for row in found if row["strategy"] == "swing"]
    wanted = [row | {"strategy": "swing"} for row in pattern.to_pylist()]
    assert alone == wanted
    # The only strategy of a run is the run.
    same = clusters(first, strategy_min_losses=200).to_pylist()
    assert [row["strategy"] for row in same] == ["", "", "swing", "swing"]


def test_trades_are_assigned_as_they_were_counted(pattern: pa.Table) -> None:
    table = planted(0)
    found = assign_trades(stream(table), pattern)
    assert found.schema == ASSIGNMENT_SCHEMA
    assert found.num_rows == len(table)
    assigned = found.to_pylist()
    for row in pattern.to_pylist():
        inside = [each for each in assigned if each["cluster_id"] == row["cluster_id"]]
        at_entry = [each for each in assigned if each["entry_cluster_id"] == row["cluster_id"]]
        losing = [each["pnl"] for each in inside if each["is_losing"]]
        assert (len(inside), len(at_entry)) == (row["region_count"], row["entry_region_count"])
        assert (len(losing), sum(losing)) == (row["size"], pytest.approx(row["total_loss"]))
        rate = sum(each["is_losing"] for each in assigned) / len(assigned)
        at_entry_rate = sum(each["is_losing"] for each in at_entry) / len(at_entry)
        assert row["lift_at_entry"] == pytest.approx(at_entry_rate / rate)
        assert row["lift"] == pytest.approx(len(losing) / len(inside) / rate)


def test_without_a_pattern_no_trade_is_assigned() -> None:
    table = noise(1)
    assert assign_trades(stream(table), clusters(table)).num_rows == 0


def numbers_in(text: str) -> list[float]:
    found = re.findall(r"-?\d[\d,]*(?:\.\d+)?", text.replace("95 % interval", ""))
    return [float(number.replace(",", "")) for number in found]


def test_the_numbers_of_a_narrative_are_those_stored(pattern: pa.Table) -> None:
    for row in pattern.to_pylist():
        wanted = [
            (row["cluster_id"], 0),
            (row["cluster_count"], 0),
            (row["size"], 0),
            (row["losing_count"], 0),
            (-row["total_loss"], 2),
            (-row["avg_loss"], 2),
            (row["centroid_pre_runup_pct"], 2),
            (row["centroid_entry_vol"], 3),
            (row["centroid_hold_minutes"], 0),
            (row["entry_region_count"], 0),
            (row["lift_at_entry"], 2),
            (row["lift_at_entry_lower"], 2),
            (row["lift_at_entry_upper"], 2),
            (row["lift_at_entry_p_adjusted"], 4),
            (row["region_count"], 0),
            (row["lift"], 2),
            (row["lift_lower"], 2),
            (row["lift_upper"], 2),
            (row["lift_p_adjusted"], 4),
            (row["winner_share"], 3),
        ]
        assert numbers_in(row["narrative"]) == [round(value, digits) for value, digits in wanted]
        assert row["narrative"].count("known only at exit") == 2


def test_the_numbers_of_a_refusal_are_those_stored() -> None:
    row = only_row(noise(1))
    assert numbers_in(row["narrative"]) == [
        row["size"],
        row["cluster_count"],
        round(row["silhouette"], 3),
    ]
