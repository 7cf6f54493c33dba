"""What a million trades have in common, beside scikit-learn's k-means on the same losing trades.

The search itself fits 20,000 of them, and lets the best centres settle among all.
"""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from curvehouse.analytics.failures import find_failure_clusters
from curvehouse.analytics.failures.gaussian_null import null_silhouette
from curvehouse.analytics.failures.scaling import fit_scale

__all__ = ["measure"]

TRADES, LOSS_SHARE, PLANTED_SHARE = 1_000_000, 0.5, 0.2
SAMPLE, MIN_SHARE, DRAWS = 500, 0.05, 99
SYMBOLS, YEARS = 50, 10


def measure() -> str:
    """Return what the search took without its null, what k-means alone takes, and the null."""
    trades = make_trades(seed=1)
    points = losing_points(trades)
    batches = trades.to_batches(max_chunksize=100_000)
    started_at = time.perf_counter()
    found = find_failure_clusters(
        pa.RecordBatchReader.from_batches(trades.schema, batches),
        strategy_min_losses=TRADES + 1,
        sample=SAMPLE,
        min_share=MIN_SHARE,
        null_draws=1,
    )
    ours = time.perf_counter() - started_at
    if set(found.column("status").to_pylist()) != {"ok"}:
        raise SystemExit("bench: the planted pattern was not found.")
    peer = fit_alone(points)
    started_at = time.perf_counter()
    null_silhouette(points, draws=DRAWS, sample=SAMPLE, min_share=MIN_SHARE)
    null = time.perf_counter() - started_at
    whole = f"{len(trades):,} trades from features to narrative in {ours:.1f} s, without the null"
    alone = f"k-means alone on the {len(points):,} losing ones, k 2 to 10, in {peer:.1f} s"
    ratio = f"the whole takes {ours / peer:.2f} times that"
    cloud = f"the null of {DRAWS} draws of {SAMPLE} points in {null:.1f} s"
    return (
        f"failures: {whole}\nfailures: scikit-learn's {alone}; {ratio}\n"
        f"failures: {cloud}; all on one thread"
    )


def fit_alone(points: np.ndarray) -> float:
    """Return the seconds of scikit-learn's fits on all points."""
    started_at = time.perf_counter()
    with threadpool_limits(1):
        for count in range(2, 11):
            KMeans(count, n_init=10, random_state=0).fit(points)
    return time.perf_counter() - started_at


def losing_points(trades: pa.Table) -> np.ndarray:
    """Return the scaled features of the losing trades."""
    names = ("hold_minutes", "pre_runup_pct", "entry_vol")
    features = np.column_stack([trades[name].to_numpy() for name in names])
    losing = features[trades["pnl"].to_numpy() < 0]
    return fit_scale(losing).scaled(losing)


def make_trades(seed: int) -> pa.Table:
    """Return distinct trades, of which short ones at high volatility lose nine times in ten."""
    draw = np.random.default_rng(seed)
    is_planted = draw.random(TRADES) < PLANTED_SHARE
    elsewhere = (LOSS_SHARE - PLANTED_SHARE * 0.9) / (1 - PLANTED_SHARE)
    is_loss = draw.random(TRADES) < np.where(is_planted, 0.9, elsewhere)
    hold = np.exp(np.where(is_planted, draw.normal(3, 0.4, TRADES), draw.normal(6.5, 0.8, TRADES)))
    volatility = np.where(
        is_planted, draw.normal(-0.7, 0.15, TRADES), draw.normal(-1.7, 0.25, TRADES)
    )
    minutes = draw.permutation(YEARS * 365 * 24 * 60)[:TRADES]
    entries = np.datetime64("2015-01-01", "us") + minutes * np.timedelta64(1, "m")
    symbols = np.array([f"S{number:02}" for number in range(SYMBOLS)])
    return pa.table(
        {
            "run_id": pa.repeat("bench", TRADES),
            "strategy": pa.repeat("swing", TRADES),
            "symbol": symbols[draw.integers(0, SYMBOLS, TRADES)],
            "side": np.where(draw.random(TRADES) < 0.5, "long", "short"),
            "entry_at": entries,
            "exit_at": entries + (hold * 60e6).astype("timedelta64[us]"),
            "copy_count": np.ones(TRADES, dtype=np.int64),
            "pnl": np.where(is_loss, -1, 1) * draw.lognormal(4, 0.5, TRADES),
            "hold_minutes": hold,
            "pre_runup_pct": draw.normal(0, 4, TRADES),
            "entry_vol": np.exp(volatility),
        }
    )
