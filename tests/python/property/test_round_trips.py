"""Round trips: what they must always add up to, whatever was bought and sold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curvehouse.analytics.round_trips import ROUND_TRIPS, match_round_trips

SIZES = st.one_of(
    st.integers(-20, 20).map(float),
    st.integers(-300, 300).map(lambda tenths: tenths / 10),
    st.floats(-10, 10).filter(lambda size: size == 0 or abs(size) > 1e-3),
)
FILLS = st.lists(
    st.tuples(st.sampled_from("AB"), SIZES, st.floats(0.5, 200), st.floats(0, 5)), max_size=40
)
Fills = list[tuple[str, float, float, float]]


def matched(fills: Fills) -> list[dict[str, Any]]:
    symbols, amounts, prices, fees = zip(*fills, strict=True) if fills else ((), (), (), ())
    trips = match_round_trips(symbols, amounts, prices, fees)
    assert trips.schema == ROUND_TRIPS
    return list(trips.to_pylist())


def sign(trip: dict[str, Any]) -> float:
    return 1.0 if trip["side"] == "long" else -1.0


@settings(max_examples=40)
@given(FILLS)
def test_cash_and_shares_are_accounted_for(fills: Fills) -> None:
    trips = matched(fills)
    scale = 1 + sum(abs(size) * price for _, size, price, _ in fills)
    for symbol in "AB":
        own = [trip for trip in trips if fills[trip["entry_fill"]][0] == symbol]
        traded = [fill for fill in fills if fill[0] == symbol and fill[1] != 0]
        held = sum(sign(trip) * trip["quantity"] for trip in own if trip["exit_fill"] is None)
        assert held == pytest.approx(sum(size for _, size, _, _ in traded), abs=1e-6)
        cash = -sum(size * price for _, size, price, _ in traded)
        cost = sum(
            sign(trip) * trip["quantity"] * trip["entry_price"]
            for trip in own
            if trip["exit_fill"] is None
        )
        earned = sum(trip["pnl"] + trip["fees"] for trip in own if trip["exit_fill"] is not None)
        assert earned == pytest.approx(cash + cost, abs=1e-6 * scale)
        fees = sum(fee for _, _, _, fee in traded)
        assert sum(trip["fees"] for trip in own) == pytest.approx(fees, abs=1e-6 * (1 + fees))


@settings(max_examples=40)
@given(FILLS)
def test_first_in_is_first_out(fills: Fills) -> None:
    trips = matched(fills)
    for symbol in "AB":
        own = [trip for trip in trips if fills[trip["entry_fill"]][0] == symbol]
        entries = [trip["entry_fill"] for trip in own]
        assert entries == sorted(entries)
        closed = [trip for trip in own if trip["exit_fill"] is not None]
        for trip in closed:
            assert trip["entry_fill"] < trip["exit_fill"]
            entry, end = fills[trip["entry_fill"]], fills[trip["exit_fill"]]
            assert (entry[0], entry[2], end[2]) == (
                end[0],
                trip["entry_price"],
                trip["exit_price"],
            )
            assert entry[1] * end[1] < 0
            assert sign(trip) == np.sign(entry[1])
        # Nobody is long and short of one thing at once.
        still = {trip["side"] for trip in own if trip["exit_fill"] is None}
        assert len(still) <= 1
    assert all(trip["quantity"] > 0 for trip in trips)


@settings(max_examples=40)
@given(FILLS, st.sampled_from([0.25, 2.0, 1024.0]))
def test_mirror_and_scale(fills: Fills, factor: float) -> None:
    trips = matched(fills)
    mirrored = matched([(name, -size, price, fee) for name, size, price, fee in fills])
    for trip, other in zip(trips, mirrored, strict=True):
        assert (trip["quantity"], trip["side"]) != (other["quantity"], other["side"])
        if trip["pnl"] is not None:
            assert trip["pnl"] + trip["fees"] == pytest.approx(-(other["pnl"] + other["fees"]))
    scaled = matched(
        [(name, factor * size, price, factor * fee) for name, size, price, fee in fills]
    )
    for trip, other in zip(trips, scaled, strict=True):
        assert other["quantity"] == factor * trip["quantity"]
        if trip["pnl"] is not None:
            assert other["pnl"] == factor * trip["pnl"]


@settings(max_examples=40)
@given(FILLS)
def test_symbols_do_not_touch_each_other(fills: Fills) -> None:
    def of_a(trips: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        names = ("side", "quantity", "entry_price", "exit_price", "fees", "pnl")
        return [tuple(trip[name] for name in names) for trip in trips]

    own = [fill for fill in fills if fill[0] == "A"]
    trips = [trip for trip in matched(fills) if fills[trip["entry_fill"]][0] == "A"]
    assert of_a(trips) == of_a(matched(own))


def test_crumbs_of_fractions_leave_nothing() -> None:
    trips = match_round_trips("AAAA", [0.1, 0.2, -0.3, 1.0], [1, 2, 3, 4])
    assert trips.column("quantity").to_pylist() == [0.1, pytest.approx(0.2), 1.0]
    assert trips.column("exit_fill").to_pylist() == [2, 2, None]


def test_a_flip_closes_and_opens() -> None:
    trips = match_round_trips("AAA", [-2, 5, -3], [10, 8, 9], [1, 5, 3]).to_pylist()
    assert [(trip["side"], trip["quantity"], trip["pnl"]) for trip in trips] == [
        ("short", 2, 2 * 2 - 1 - 2),
        ("long", 3, 3 - 3 - 3),
    ]


def test_nothing_in_nothing_out() -> None:
    assert match_round_trips([], [], []).equals(pa.Table.from_pylist([], ROUND_TRIPS))
    assert match_round_trips(["A"], [0], [1]).num_rows == 0
