"""The names that never change, against fixed values."""

from __future__ import annotations

import pytest

from curvehouse.errors import UsageError
from curvehouse.identity import (
    ParameterValue,
    backtest_id,
    canonical_parameters,
    check_run_id,
    param_hash,
    sweep_run_id,
)

CROSSOVER = "20686589e3c599e64c8f22438129ffe9ec6ca1e8a64c07d9ad91dd78c40663f5"

GOLDEN: list[tuple[dict[str, ParameterValue], str, str]] = [
    (
        {"symbol": "SP500", "ma_short": 5, "ma_long": 20},
        "ma_long=20&ma_short=5&symbol=SP500",
        CROSSOVER,
    ),
    (
        {"seed": 1, "symbol": "SP500", "flip_probability": 0.1},
        "flip_probability=0.1&seed=1&symbol=SP500",
        "fec056b160726b489150f7103b90a9bfa975b974fb60587ac2d7352b3b8c15d0",
    ),
    (
        {"symbol": "A&B=C", "x": 0.1, "y": True},
        "symbol=A%26B%3DC&x=0.1&y=true",
        "8596057e847f8eca6c0ef3d9b68e312eab6b2c8e4b72368f99178352571aa947",
    ),
]


@pytest.mark.parametrize(("parameters", "text", "expected"), GOLDEN)
def test_golden_parameter_hashes(
    parameters: dict[str, ParameterValue], text: str, expected: str
) -> None:
    assert canonical_parameters(parameters) == text
    assert param_hash(parameters) == expected


def test_golden_backtest_id() -> None:
    assert backtest_id("demo", "ma_crossover", CROSSOVER) == "2cfb1536c3ad8540"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (False, "false"),
        (1, "1"),
        (1.0, "1.0"),
        (1e-7, "1e-07"),
        (-0.5, "-0.5"),
        ("-._~", "-._~"),
        ("a b/c+d%", "a%20b%2Fc%2Bd%25"),
        ("é", "%C3%A9"),
    ],
)
def test_values_are_written_in_one_way(value: ParameterValue, text: str) -> None:
    assert canonical_parameters({"key": value}) == f"key={text}"


def test_keys_are_encoded_and_sorted() -> None:
    assert canonical_parameters({"b": 1, "a&": 2, "B": 3}) == "B=3&a%26=2&b=1"


def test_derived_run_id_depends_on_spec_and_bars() -> None:
    run_id = sweep_run_id("spec", "bars")
    assert run_id == sweep_run_id("spec", "bars")
    assert run_id.startswith("sweep-")
    assert len(run_id) == len("sweep-") + 12
    assert len({run_id, sweep_run_id("other", "bars"), sweep_run_id("spec", "other")}) == 3


@pytest.mark.parametrize("run_id", ["a", "A-1_b.c", "-", "x" * 64])
def test_usable_run_ids(run_id: str) -> None:
    assert check_run_id(run_id) == run_id


@pytest.mark.parametrize(
    "run_id", ["", ".", "..", ".hidden", "a/b", "../a", "a b", "x" * 65, "a\n", "é", "a\0"]
)
def test_unusable_run_ids(run_id: str) -> None:
    with pytest.raises(UsageError, match="is not usable"):
        check_run_id(run_id)
