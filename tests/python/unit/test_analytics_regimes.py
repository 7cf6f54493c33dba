"""Labels, worked by hand and held against plain loops over the definition."""

from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from curvehouse.analytics.regimes import (
    LABEL_FIELDS,
    NULL_REASONS,
    REGIMES,
    TREND_BUCKETS,
    VOL_BANDS,
    Labels,
    RegimeRules,
    label_regimes,
    label_series,
)
from curvehouse.analytics.trailing_quantiles import trailing_quantiles

RULES = RegimeRules(history_bars=252, min_history_bars=63, trend_threshold=0.5, min_dwell_bars=3)
AT_ONCE = RegimeRules(history_bars=6, min_history_bars=3, trend_threshold=0.5, min_dwell_bars=1)

Floats = NDArray[np.float64]


def figures(closes: Floats) -> tuple[Floats, Floats]:
    """Return volatility and trend strength of 14 and 20 bars by the definition, at 252 a year."""
    volatility, trend = np.full((2, len(closes)), np.nan)
    logs = np.log(closes)
    for bar in range(14, len(closes)):
        deviation = np.diff(logs[bar - 14 : bar + 1]).std(ddof=1)
        volatility[bar] = deviation * 252**0.5
        if bar >= 19 and deviation:
            slope = np.polyfit(np.arange(20), logs[bar - 19 : bar + 1], 1)[0]
            trend[bar] = slope * 20 / (deviation * 20**0.5)
    return volatility, trend


def names(labels: Labels) -> list[str | None]:
    """Return the regime of each bar."""
    pairs = zip(labels.vol_band.tolist(), labels.trend_bucket.tolist(), strict=True)
    return [None if band < 0 else REGIMES[band * 3 + bucket] for band, bucket in pairs]


def reasons(labels: Labels) -> list[str | None]:
    return [None if code < 0 else NULL_REASONS[code] for code in labels.null_reason.tolist()]


def walk(bars: int, seed: int = 1) -> Floats:
    spread = np.where(np.arange(bars) % 200 < 100, 0.005, 0.02)
    closes: Floats = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, spread)))
    return closes


def test_a_series_worked_by_hand_passes_through_all_nine_regimes() -> None:
    # The six bars before each label hold 1, 2, 3, 5, 6, 7, whose thirds are 2 2/3 and 5 1/3.
    history = [1.0, 2.0, 3.0, 5.0, 6.0, 7.0]
    for (place, band), (side, bucket) in product(enumerate(VOL_BANDS), enumerate(TREND_BUCKETS)):
        volatility = np.array([*history, (2.0, 4.0, 6.0)[place]])
        trend = np.array([*[0.0] * 6, (-0.51, 0.5, 0.51)[side]])
        labels = label_series(volatility, trend, AT_ONCE)
        assert labels.volatility_lower_third[6] == pytest.approx(8 / 3)
        assert labels.volatility_upper_third[6] == pytest.approx(16 / 3)
        assert names(labels)[6] == f"{band.title()}Vol-{bucket.title()}"


def test_one_series_walks_through_all_nine_regimes_with_the_dwell() -> None:
    # 63 bars at 1, 2, 3 give thirds of 1 and 3 or near; then three bars of each pair.
    volatility = [1.0, 2.0, 3.0] * 21
    trend = [0.0] * 63
    for level, move in product((0.5, 2.0, 9.0), (-1.0, 0.0, 1.0)):
        volatility += [level] * 3
        trend += [move] * 3
    labels = label_series(np.array(volatility), np.array(trend), RULES)
    found = names(labels)
    assert found[:65] == [None] * 65
    assert found[65::3] == list(REGIMES)
    # Until the third bar of a pair the one before it is in force.
    assert found[66:68] == [REGIMES[0]] * 2
    raw = labels.vol_band_raw * 3 + labels.trend_bucket_raw
    assert raw[63:].tolist() == np.repeat(np.arange(9), 3).tolist()


def test_a_value_on_a_threshold_belongs_to_the_band_below() -> None:
    history = [1.0, 4.0, 7.0, 10.0]
    for level, band in [(4.0, 0), (4.1, 1), (7.0, 1), (7.1, 2)]:
        labels = label_series(np.array([*history, level]), np.zeros(5), AT_ONCE)
        thirds = (labels.volatility_lower_third[4], labels.volatility_upper_third[4])
        assert thirds == (4.0, 7.0)
        assert labels.vol_band_raw[4] == band


@pytest.mark.parametrize("bars", [1, 13, 14, 62, 63, 77])
def test_short_series_are_warm_up_only(bars: int) -> None:
    labels = label_series(*figures(walk(bars)), RULES)
    assert reasons(labels) == ["warm_up"] * bars
    assert np.isnan(labels.volatility_lower_third).all()


def test_the_first_label_comes_after_63_volatilities_and_adoption_two_days_later() -> None:
    volatility = np.append(np.full(14, np.nan), np.linspace(0.1, 0.2, 86))
    labels = label_series(volatility, np.zeros(100), RULES)
    assert (labels.vol_band_raw >= 0).argmax() == 77
    assert reasons(labels) == [*["warm_up"] * 77, "dwell", "dwell", *[None] * 21]


def test_constant_prices_are_flat() -> None:
    labels = label_series(*figures(np.full(100, 50.0)), RULES)
    assert reasons(labels) == [*["warm_up"] * 14, *["flat"] * 86]
    assert (labels.vol_band_raw < 0).all()
    assert (labels.trend_bucket_raw < 0).all()


def test_a_curve_flat_while_out_of_the_market_waits_anew() -> None:
    closes = walk(400)
    closes[200:240] = closes[200]
    closes[240:] *= closes[200] / closes[240]
    labels = label_series(*figures(closes), RULES)
    found = reasons(labels)
    # From bar 214 on all of the last 14 returns are zero; at bar 241 the first one moves again.
    assert found[214:241] == ["flat"] * 27
    assert found[241:243] == ["dwell"] * 2
    # Zeros are part of what later days are held against.
    window = figures(closes)[0][8:260]
    low = np.nanquantile(window, 1 / 3)
    assert labels.volatility_lower_third[260] == pytest.approx(low, rel=1e-12)


def test_a_day_without_volatility_ends_what_was_in_force() -> None:
    volatility, trend = figures(walk(300))
    volatility[200], trend[200] = np.nan, np.nan
    labels = label_series(volatility, trend, RULES)
    assert names(labels)[199] is not None
    assert reasons(labels)[200:203] == ["warm_up", "dwell", "dwell"]


def test_labels_equal_a_plain_loop() -> None:
    volatility, trend = figures(walk(700))
    labels = label_series(volatility, trend, RULES)
    held, pair_before, adopted = 0, -1, -1
    for bar in range(700):
        pair = -1
        window = volatility[max(0, bar - 252) : bar]
        if (~np.isnan(window)).sum() >= 63:
            low, high = np.nanquantile(window, [1 / 3, 2 / 3])
            assert labels.volatility_lower_third[bar] == pytest.approx(low, rel=1e-12)
            assert labels.volatility_upper_third[bar] == pytest.approx(high, rel=1e-12)
            band = int(volatility[bar] > low) + int(volatility[bar] > high)
            bucket = 1 + int(trend[bar] > 0.5) - int(trend[bar] < -0.5)
            pair = band * 3 + bucket
        held = held + 1 if pair == pair_before else 1
        pair_before = pair
        if pair < 0 or held >= 3:
            adopted = pair
        assert names(labels)[bar] == (None if adopted < 0 else REGIMES[adopted])


@pytest.mark.parametrize("cut", range(20, 700, 34))
def test_labels_of_the_past_stay(cut: int) -> None:
    volatility, trend = figures(walk(700))
    volatility[300:320] = np.nan
    whole = label_series(volatility, trend, RULES)
    part = label_series(volatility[:cut], trend[:cut], RULES)
    for field in LABEL_FIELDS:
        left, right = getattr(whole, field.name)[:cut], getattr(part, field.name)
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("missing", [[], range(9), [40], [0, 41, 42, 43, 90], range(30, 200)])
def test_trailing_quantiles_leave_missing_values_out(missing: list[int]) -> None:
    values = np.random.default_rng(2).normal(size=200).round(1)
    values[list(missing)] = np.nan
    found = trailing_quantiles(values, (0.0, 1 / 3, 0.9), 25)
    for row in range(200):
        window = values[max(0, row - 25) : row]
        window = window[~np.isnan(window)]
        expected = np.quantile(window, (0.0, 1 / 3, 0.9)) if len(window) else [np.nan] * 3
        np.testing.assert_allclose(found[:, row], expected, rtol=1e-12, atol=1e-15)


def test_trailing_quantiles_of_nothing_are_nothing() -> None:
    assert trailing_quantiles(np.array([]), (0.5,), 3).shape == (1, 0)
    assert np.isnan(trailing_quantiles(np.full(5, np.nan), (0.5,), 3)).all()


def stream(rows: pa.Table, chunk: int) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches(max_chunksize=chunk))


def test_a_stream_of_series_is_labelled_one_by_one_in_order_of_days() -> None:
    volatility, trend = figures(walk(120))
    day = pa.array(np.arange(120, dtype=np.int32)).cast(pa.date32())
    series = pa.table(
        {
            "day": day,
            "volatility_14d": pa.array(volatility, mask=np.isnan(volatility)),
            "trend_strength_20d": pa.array(trend, mask=np.isnan(trend)),
        }
    )
    shuffled = series.take(np.random.default_rng(3).permutation(120))
    rows = pa.concat_tables(
        [part.append_column("name", pa.array([name] * 120)) for name, part in
         [("a", series), ("b", shuffled)]]
    )  # fmt: skip
    versions = pa.table({"name": ["b", "a"], "input_version": ["v2", "v1"]})
    found = label_regimes(
        stream(rows, 50), key="name", day="day", rules=RULES, versions=versions
    ).read_all()
    expected = label_series(volatility, trend, RULES)
    for name, version in [("a", "v1"), ("b", "v2")]:
        part = found.filter(pa.compute.equal(found["name"], name))
        assert part["day"].equals(pa.chunked_array([day]))
        bands = part["vol_band"].fill_null(-1).to_numpy()
        np.testing.assert_array_equal(bands, expected.vol_band)
        assert part["input_version"].to_pylist() == [version, *[None] * 119]
    fields = [found.schema.field(field.name) for field in LABEL_FIELDS]
    assert fields == list(LABEL_FIELDS)


def test_no_series_give_no_rows() -> None:
    schema = pa.schema(
        [("name", pa.string()), ("day", pa.date32()), ("volatility_14d", pa.float64()),
         ("trend_strength_20d", pa.float64())]
    )  # fmt: skip
    found = label_regimes(stream(schema.empty_table(), 1), key="name", day="day", rules=RULES)
    assert found.read_all().num_rows == 0
