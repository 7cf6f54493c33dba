"""Specs of portfolios over the curves of the shared build."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curves import Curve

__all__ = ["CUT_POLICIES", "METHODS", "write_specs"]

CUT_POLICIES = ("vol_parity", "kelly", "cap_dd")
METHODS = ("min_variance", "risk_parity", "hrp", "max_sharpe")
POLICIES = ("equal", *CUT_POLICIES)


def write_specs(
    folder: Path, run_id: str, curves: Sequence[Curve], cut_rows: Sequence[int], lost: str
) -> list[Path]:
    """Write them; ``lost`` is a backtest that is to be retracted before the build."""
    folder.mkdir()
    ids = {curve.name: curve.backtest_id(run_id) for curve in curves}

    def member(name: str, policy: str = "equal", alias: str | None = None) -> dict[str, str]:
        return {"id": alias or name, "backtest_id": ids[name], "policy": policy}

    walks = [
        member(f"walk_{number}", policy)
        for number, policy in zip(range(8), POLICIES * 2, strict=True)
    ]
    specs: dict[str, dict[str, Any]] = {
        "mixed": {
            "strategies": [*walks, member("ruined"), member("constant", "kelly")],
            "constraints": {"max_weight": 0.2, "min_strategies": 3},
            "cost_bps": 10,
            "rebalance_cadence": "weekly",
        },
        "one": {"strategies": [member("index")], "rebalance_cadence": "monthly"},
        "copies": {"strategies": [member("index", alias=name) for name in "abc"]},
        "best": {
            "select": {"run_id": run_id, "metric": "calmar_ratio", "top": 5},
            "cost_bps": 5,
        },
        "lost": {
            "strategies": [member("walk_1"), {"id": "gone", "backtest_id": lost}],
            "constraints": {"min_strategies": 1},
        },
        "never": {
            "strategies": [member("walk_1"), {"id": "gone", "backtest_id": lost}],
            "constraints": {"min_strategies": 2},
        },
        **{name: {"strategies": walks, "portfolio_policy": name} for name in METHODS},
    }
    # What the index and its copies that end earlier have in common, by each policy.
    for name in ("index", *(f"cut_{rows}" for rows in cut_rows)):
        specs[f"of_{name}"] = {
            "strategies": [member(name, policy, alias=policy) for policy in CUT_POLICIES],
            "constraints": {"max_weight": 0.5},
        }
    paths = []
    for name, spec in specs.items():
        paths.append(folder / f"{name}.json")
        whole = {"portfolio_id": name, "rebalance_cadence": "monthly", **spec}
        paths[-1].write_text(json.dumps(whole))
    return paths
