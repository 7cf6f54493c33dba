"""What a million trades have in common, beside scikit-learn's k-means on the same losing trades.

The search itself fits 20,000 of them, and lets the best centres settle among all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bench.comparison import BenchError, Call, Comparison, Outcome, Pair, Side, Target, Work
from curvehouse.analytics.failures import find_failure_clusters
from curvehouse.analytics.failures.gaussian_null import null_silhouette
from curvehouse.analytics.failures.scaling import fit_scale

__all__ = ["comparisons"]

TRADES, QUICK_TRADES = 1_000_000, 20_000
LOSS_SHARE, PLANTED_SHARE = 0.5, 0.2
SAMPLE, MIN_SHARE, DRAWS = 500, 0.05, 99
SYMBOLS, YEARS = 50, 10
FEATURES = ("hold_minutes", "pre_runup_pct", "entry_vol")

Floats = NDArray[np.float64]


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:  # noqa: ARG001
    """Yield the search beside the fits alone."""
    count = QUICK_TRADES if quick else TRADES
    yield Comparison(
        "clusters",
        f"{count:,} trades from features to narrative, without the null, on one thread",
        Side("curvehouse", Call(search, (count,))),
        Side("scikit-learn's fits on all losing ones, k 2 to 10, alone", Call(fit_alone, (count,))),
        "the centres, in interquartile ranges to 0.02: ours are sought on a sample",
        _pairs,
        is_floor=True,
        target=Target(at_most=1.5),
    )


def search(count: int) -> Work:
    """Search for what the losing trades have in common."""
    import sklearn.cluster  # noqa: F401 - the search imports it; the peer has it, too

    trades = _make_trades(count)
    batches = trades.to_batches(max_chunksize=100_000)
    points = _losing_points(trades)

    def work() -> Outcome:
        started_at = time.perf_counter()
        found = find_failure_clusters(
            pa.RecordBatchReader.from_batches(trades.schema, batches),
            strategy_min_losses=count + 1,
            sample=SAMPLE,
            min_share=MIN_SHARE,
            null_draws=1,
        )
        seconds = time.perf_counter() - started_at
        if set(found.column("status").to_pylist()) != {"ok"}:
            raise BenchError("the planted pattern was not found")
        null_at = time.perf_counter()
        null_silhouette(points, draws=DRAWS, sample=SAMPLE, min_share=MIN_SHARE)
        null = {f"the null of {DRAWS} draws": time.perf_counter() - null_at}
        centers = np.column_stack([found[f"center_{name}"].to_numpy() for name in FEATURES])
        return Outcome(lambda: _sorted(centers), seconds, null)

    return work


def fit_alone(count: int) -> Work:
    """Fit all numbers of clusters on all losing trades."""
    from sklearn.cluster import KMeans

    points = _losing_points(_make_trades(count))

    def work() -> Outcome:
        with threadpool_limits(1):
            fits = [KMeans(each, n_init=10, random_state=0).fit(points) for each in range(2, 11)]
        return Outcome(lambda: {len(fit.cluster_centers_): fit.cluster_centers_ for fit in fits})

    return work


def _pairs(ours: Floats, theirs: dict[int, Floats]) -> Iterator[Pair]:
    yield Pair("centres", ours, _sorted(theirs[len(ours)]), relative=0.0, absolute=0.02)


def _sorted(centers: Floats) -> Floats:
    """Return centres by the time that is held, since their numbers mean nothing."""
    return centers[np.argsort(centers[:, 0])]


def _losing_points(trades: pa.Table) -> Floats:
    """Return the scaled features of the losing trades."""
    features = np.column_stack([trades[name].to_numpy() for name in FEATURES])
    losing = features[trades["pnl"].to_numpy() < 0]
    return fit_scale(losing).scaled(losing)


def _make_trades(count: int) -> pa.Table:
    """Return distinct trades, of which short ones at high volatility lose nine times in ten."""
    draw = np.random.default_rng(1)
    is_planted = draw.random(count) < PLANTED_SHARE
    elsewhere = (LOSS_SHARE - PLANTED_SHARE * 0.9) / (1 - PLANTED_SHARE)
    is_loss = draw.random(count) < np.where(is_planted, 0.9, elsewhere)
    hold = np.exp(np.where(is_planted, draw.normal(3, 0.4, count), draw.normal(6.5, 0.8, count)))
    volatility = np.where(
        is_planted, draw.normal(-0.7, 0.15, count), draw.normal(-1.7, 0.25, count)
    )
    minutes = draw.permutation(YEARS * 365 * 24 * 60)[:count]
    entries = np.datetime64("2015-01-01", "us") + minutes * np.timedelta64(1, "m")
    symbols = np.array([f"S{number:02}" for number in range(SYMBOLS)])
    return pa.table(
        {
            "run_id": pa.repeat("bench", count),
            "strategy": pa.repeat("swing", count),
            "symbol": symbols[draw.integers(0, SYMBOLS, count)],
            "side": np.where(draw.random(count) < 0.5, "long", "short"),
            "entry_at": entries,
            "exit_at": entries + (hold * 60e6).astype("timedelta64[us]"),
            "copy_count": np.ones(count, dtype=np.int64),
            "pnl": np.where(is_loss, -1, 1) * draw.lognormal(4, 0.5, count),
            "hold_minutes": hold,
            "pre_runup_pct": draw.normal(0, 4, count),
            "entry_vol": np.exp(volatility),
        }
    )
