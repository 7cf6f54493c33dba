"""Reading a sweep spec: what is refused, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curvehouse.errors import UsageError
from curvehouse.sweep import SweepSpec, load_spec
from curvehouse.sweep.spec import spec_sha256

SPEC: dict[str, Any] = {
    "strategies": ["ma_crossover"],
    "symbols": ["SP500"],
    "param_grid": {"ma_short": [5, 10], "ma_long": [20, 50]},
}


def write(folder: Path, content: object) -> Path:
    path = folder / "spec.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_defaults(tmp_path: Path) -> None:
    spec = load_spec(write(tmp_path, SPEC))
    assert spec.run_id is None
    assert spec.seeds == []
    assert (spec.fee_bps, spec.slippage_bps, spec.starting_cash) == (0, 0, 100_000)
    assert (spec.resample, spec.flags) == ("none", {})


def test_grid_values_keep_their_types(tmp_path: Path) -> None:
    grid = {"x": [1, 1.5, True, "5"]}
    values = load_spec(write(tmp_path, SPEC | {"param_grid": grid})).param_grid["x"]
    assert [type(value) for value in values] == [int, float, bool, str]


def test_flags_are_kept(tmp_path: Path) -> None:
    flags = {"VEK_STRAT_SWEEP": 1, "nested": {"a": [None, True]}}
    assert load_spec(write(tmp_path, SPEC | {"flags": flags})).flags == flags


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "unknown key 'colour'; remove it (the keys are strategies"),
        ({"strategies": "ma_crossover"}, "field 'strategies': input should be a valid list"),
        ({"strategies": []}, "field 'strategies': list should have at least 1 item"),
        ({"strategies": ["a", "a"]}, "field 'strategies': 'a' stands there twice"),
        ({"symbols": [5]}, "field 'symbols.0': input should be a valid string, not 5"),
        ({"symbols": [""]}, "field 'symbols.0'"),
        ({"symbols": ["A", "A"]}, "field 'symbols': 'A' stands there twice"),
        ({"param_grid": []}, "field 'param_grid'"),
        ({"param_grid": {"x": 5}}, "field 'param_grid.x'"),
        ({"param_grid": {"x": []}}, "field 'param_grid.x'"),
        ({"param_grid": {"x": [None]}}, "field 'param_grid.x.0': a grid value is"),
        ({"param_grid": {"x": [[1]]}}, "field 'param_grid.x.0': a grid value is"),
        ({"seeds": [1, 1]}, "field 'seeds': 1 stands there twice"),
        ({"seeds": [-1]}, "field 'seeds.0'"),
        ({"seeds": [2**63]}, "field 'seeds.0'"),
        ({"seeds": [1.0]}, "field 'seeds.0'"),
        ({"seeds": [True]}, "field 'seeds.0'"),
        ({"fee_bps": -1}, "field 'fee_bps'"),
        ({"fee_bps": 10_000}, "field 'fee_bps'"),
        ({"fee_bps": "1"}, "field 'fee_bps'"),
        ({"slippage_bps": True}, "field 'slippage_bps'"),
        ({"starting_cash": 0}, "field 'starting_cash'"),
        ({"resample": "bootstrap"}, "field 'resample': input should be 'none'"),
        ({"resample": "stationary_bootstrap", "mean_block_bars": 0.5}, "field 'mean_block_bars'"),
        ({"run_id": 5}, "field 'run_id'"),
        ({"flags": [1]}, "field 'flags'"),
    ],
)
def test_wrong_fields_are_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    path = write(tmp_path, SPEC | changes)
    with pytest.raises(UsageError) as caught:
        load_spec(path)
    assert str(caught.value).startswith(f"sweep spec {path}: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["strategies", "symbols", "param_grid"])
def test_missing_keys_are_named(tmp_path: Path, key: str) -> None:
    content = {name: value for name, value in SPEC.items() if name != key}
    with pytest.raises(UsageError, match=f"the key '{key}' is missing; add it"):
        load_spec(write(tmp_path, content))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"line 1, column 1: not JSON"),
        ('{"strategies": [],\n oops}', r"line 2, column 2: not JSON"),
        ("[1]", "must be a JSON object"),
        ('{"seeds": [], "seeds": []}', "the key 'seeds' stands twice"),
        ('{"fee_bps": NaN}', "NaN is not a number in JSON"),
        ('{"fee_bps": 1e999}', "the number 1e999 is too large"),
        ('{"run_id": "\\ud800"}', "half a character"),
        ("[" * 100_000, "not usable JSON"),
    ],
)
def test_what_is_not_json(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_spec(write(tmp_path, text))


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load_spec(tmp_path / "none.json")
    with pytest.raises(UsageError, match="can't be read"):
        load_spec(tmp_path)
    latin = tmp_path / "latin.json"
    latin.write_bytes(b'{"run_id": "\xe9"}')
    with pytest.raises(UsageError, match="is not UTF-8"):
        load_spec(latin)


def test_fingerprint_is_of_the_meaning() -> None:
    spec = SweepSpec.model_validate(SPEC)
    same = [
        SPEC | {"run_id": "named"},
        SPEC | {"fee_bps": 0, "seeds": [], "resample": "none"},
        SPEC | {"mean_block_bars": 5},
        dict(reversed(SPEC.items())),
        SPEC | {"param_grid": {"ma_long": [20, 50], "ma_short": [5, 10]}},
    ]
    others = [
        SPEC | {"fee_bps": 1},
        SPEC | {"flags": {"a": 1}},
        SPEC | {"resample": "stationary_bootstrap"},
        SPEC | {"resample": "stationary_bootstrap", "mean_block_bars": 5},
        SPEC | {"param_grid": {"ma_long": [50, 20], "ma_short": [5, 10]}},
    ]
    fingerprint = spec_sha256(spec)
    assert {spec_sha256(SweepSpec.model_validate(each)) for each in same} == {fingerprint}
    found = {spec_sha256(SweepSpec.model_validate(each)) for each in others}
    assert fingerprint not in found
    assert len(found) == len(others)


def test_fingerprint_stays_what_it_was() -> None:
    assert spec_sha256(SweepSpec.model_validate(SPEC)) == (
        "c5141bbd6964a99849232667f3904ed6b26d8781c78e83f13424729025f6b99e"
    )
