"""A whole sweep: what it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from curvehouse.sweep import SweepOptions, blocks
from extension_packages import HEAD, install
from sweep_runs import SPEC, jobs_of, manifest_of, sweep, tree, write_bars


@pytest.fixture
def bars_file(tmp_path: Path) -> Path:
    return write_bars(tmp_path)


def test_the_folder_of_a_run(bars_file: Path, tmp_path: Path) -> None:
    outcome = sweep(bars_file, tmp_path / "results")
    assert outcome.run_folder == tmp_path / "results" / "mine"
    assert outcome.run_id == "mine"
    assert not outcome.was_already_done
    assert outcome.job_counts == {"ok": 12, "no_trades": 4}
    jobs = jobs_of(outcome)
    expected = {"batch_run_manifest.json", "jobs.jsonl"}
    for job in jobs:
        stem = f"{job['strategy']}/{job['param_hash']}"
        expected.add(f"{stem}_equity.csv")
        if job["status"] == "ok":
            expected.add(f"{stem}_trades.csv")
    assert set(tree(outcome.run_folder)) == expected


def test_manifest(bars_file: Path, tmp_path: Path) -> None:
    outcome = sweep(bars_file, tmp_path)
    manifest = manifest_of(outcome)
    created_at = manifest.pop("created_at")
    fingerprints = {manifest.pop("spec_sha256"), manifest.pop("bars_sha256")}
    assert created_at.endswith("Z")
    assert len(created_at) == len("2026-01-05T10:00:00Z")
    assert {len(fingerprint) for fingerprint in fingerprints} == {64}
    assert manifest == SPEC | {
        "schema_version": 1,
        "total_jobs": 16,
        "starting_cash": 100_000,
        "resample": "none",
        "format": "csv",
    }


def test_jobs_are_listed_in_plan_order(bars_file: Path, tmp_path: Path) -> None:
    jobs = jobs_of(sweep(bars_file, tmp_path))
    assert list(jobs[0]) == [
        "strategy",
        "param_hash",
        "params",
        "seed",
        "symbol",
        "status",
        "error",
        "started_at",
        "seconds",
    ]
    assert [(job["strategy"], job["symbol"], job["seed"]) for job in jobs] == [
        *[("ma_crossover", symbol, None) for symbol in ("AAA", "BBB") for _ in range(4)],
        *[("random_flip", symbol, seed) for symbol in ("AAA", "BBB") for seed in (1, 2, 3)],
        *[("buy_and_hold", symbol, None) for symbol in ("AAA", "BBB")],
    ]
    assert jobs[0]["params"] == {"ma_short": 2, "ma_long": 10}
    assert all(job["error"] is None and job["seconds"] >= 0 for job in jobs)


def test_curves_and_trades_tell_the_same_story(bars_file: Path, tmp_path: Path) -> None:
    outcome = sweep(bars_file, tmp_path)
    for job in jobs_of(outcome):
        stem = outcome.run_folder / job["strategy"] / job["param_hash"]
        curve = Path(f"{stem}_equity.csv").read_text().splitlines()
        assert len(curve) == 121
        if job["status"] == "no_trades":
            assert {line.split(",")[1] for line in curve[1:]} == {"100000.0"}
            continue
        trades = [
            line.split(",") for line in Path(f"{stem}_trades.csv").read_text().splitlines()[1:]
        ]
        is_flat = trades[-1][4] != ""
        if is_flat:
            profit = sum(float(trade[9]) for trade in trades)
            assert 100_000 + profit == pytest.approx(float(curve[-1].split(",")[1]), rel=1e-12)


def test_buy_and_hold_follows_the_prices(bars_file: Path, tmp_path: Path) -> None:
    outcome = sweep(
        bars_file, tmp_path, strategies=["buy_and_hold"], param_grid={}, fee_bps=0, slippage_bps=0
    )
    job = jobs_of(outcome)[0]
    path = outcome.run_folder / "buy_and_hold" / f"{job['param_hash']}_equity.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    bars = [line.split(",") for line in bars_file.read_text().splitlines()[1:]]
    closes = np.array([float(bar[1]) for bar in bars])
    assert [row[0] for row in rows] == [bar[0] for bar in bars]
    equity = [float(row[1]) for row in rows]
    np.testing.assert_allclose(equity, 100_000 * closes / closes[0], rtol=1e-14)


def test_two_sweeps_write_the_same_bytes(
    bars_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sweep(bars_file, tmp_path / "one")
    monkeypatch.setattr(blocks, "_BLOCK_VALUES", 1)
    second = sweep(bars_file, tmp_path / "two", options=SweepOptions(workers=2))
    assert tree(first.run_folder) == tree(second.run_folder)


def test_derived_run_id(bars_file: Path, tmp_path: Path) -> None:
    derived = sweep(bars_file, tmp_path, run_id=None)
    assert derived.run_id.startswith("sweep-")
    assert manifest_of(derived)["run_id"] == derived.run_id == derived.run_folder.name
    assert sweep(bars_file, tmp_path, run_id=None).was_already_done
    assert sweep(bars_file, tmp_path, run_id=None, fee_bps=6).run_id != derived.run_id
    bars_file.write_text(bars_file.read_text().replace("2020-01-01", "2019-12-31"))
    assert sweep(bars_file, tmp_path, run_id=None).run_id != derived.run_id


def test_a_crash_is_a_row_and_no_curve(bars_file: Path, tmp_path: Path) -> None:
    source = f"{HEAD}\ndef broken(*_):\n    raise ValueError('no idea')\n"
    source += "BROKEN = Strategy('broken', 'raises', (), broken)\n"
    with install(tmp_path, "breaking", source, {"broken": "BROKEN"}):
        outcome = sweep(bars_file, tmp_path, strategies=["broken", "buy_and_hold"], param_grid={})
    assert outcome.job_counts == {"crashed": 2, "ok": 2}
    jobs = jobs_of(outcome)
    assert [job["error"] for job in jobs] == ["ValueError: no idea"] * 2 + [None] * 2
    assert list((outcome.run_folder / "broken").iterdir()) == []


def test_progress_reaches_the_end(bars_file: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    sweep(bars_file, tmp_path, on_progress=lambda done, planned: seen.append((done, planned)))
    assert seen == sorted(seen)
    assert seen[-1] == (16, 16)
