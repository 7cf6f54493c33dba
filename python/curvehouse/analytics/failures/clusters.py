"""What the losing trades of a run have in common, if it can be told from chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.failures.gaussian_null import null_silhouette
from curvehouse.analytics.failures.lifts import Lift, adjusted, lift_in
from curvehouse.analytics.failures.narrative import narrative_of
from curvehouse.analytics.failures.options import ClusterOptions
from curvehouse.analytics.failures.partitions import Partition, find_partition, nearest_center
from curvehouse.analytics.failures.scaling import RobustScale, fit_scale
from curvehouse.analytics.failures.scopes import scopes_of
from curvehouse.analytics.failures.trades import FEATURES, Trades
from curvehouse.analytics.groups import whole_groups

__all__ = ["CLUSTER_SCHEMA", "cluster_trades", "find_failure_clusters"]

CLUSTER_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("strategy", pa.string()),
        ("cluster_id", pa.int64()),
        ("status", pa.string()),
        ("no_pattern_reason", pa.string()),
        ("narrative", pa.string()),
        ("size", pa.int64()),
        ("copy_count", pa.int64()),
        ("avg_loss", pa.float64()),
        ("total_loss", pa.float64()),
        *((f"centroid_{name}", pa.float64()) for name in FEATURES),
        ("cluster_count", pa.int64()),
        ("trade_count", pa.int64()),
        ("losing_count", pa.int64()),
        ("incomplete_count", pa.int64()),
        ("silhouette", pa.float64()),
        ("null_silhouette_p99", pa.float64()),
        ("region_count", pa.int64()),
        ("winner_share", pa.float64()),
        *((f"lift{part}", pa.float64()) for part in ("", "_lower", "_upper", "_p_adjusted")),
        ("entry_region_count", pa.int64()),
        *((f"lift_at_entry{part}", pa.float64()) for part in ("", "_lower", "_upper")),
        ("lift_at_entry_p_adjusted", pa.float64()),
        *((f"median_{name}", pa.float64()) for name in FEATURES),
        *((f"width_{name}", pa.float64()) for name in FEATURES),
        *((f"center_{name}", pa.float64()) for name in FEATURES),
    ]
)

Floats = NDArray[np.float64]
Row = dict[str, Any]

_DECIMALS = 10


@dataclass(frozen=True)
class _Region:
    """What lies nearest to a centre: on all features, and on those known at entry."""

    center: Floats
    is_inside: NDArray[np.bool_]
    is_inside_at_entry: NDArray[np.bool_]
    lift: Lift
    lift_at_entry: Lift


@dataclass(frozen=True)
class _Finding:
    """How the search ended; ``reason`` is None where a pattern was found."""

    reason: str | None
    scale: RobustScale | None = None
    partition: Partition | None = None
    regions: tuple[_Region, ...] = ()
    null: float | None = None


def find_failure_clusters(trades: pa.RecordBatchReader, **options: Any) -> pa.Table:
    """Return what the losing trades of each run have in common, and of each larger strategy.

    Parameters
    ----------
    trades : pyarrow.RecordBatchReader
        ``run_id, strategy, symbol, side, entry_at, exit_at, copy_count, pnl, hold_minutes,
        pre_runup_pct, entry_vol`` of closed trades, the rows of a run adjacent.
    **options
        Those of `ClusterOptions`.

    Returns
    -------
    pyarrow.Table
        `CLUSTER_SCHEMA`: for the run (``strategy`` empty) and each strategy with enough losing
        trades, a row per cluster, that with the greatest loss first, or one row with status
        ``no_pattern``, its cluster_id 0.

    Notes
    -----
    Losing trades always fall into some clusters. They are a pattern only if the clusters hold
    together (their silhouette is at least ``min_silhouette``), better than a single cloud of the
    same spread does (its 99th percentile), and if one of their regions, on features known at entry,
    loses more often than all trades do (the adjusted p-value is under ``level``). The p-values of a
    run's regions are adjusted together, those on all features and those at entry.
    """
    found: list[Row] = []
    wanted = ClusterOptions(**options)
    for run_id, rows in whole_groups(trades, "run_id"):
        clustered: tuple[Trades | None, list[Row]] = (None, [])
        for strategy, distinct in scopes_of(rows, wanted.strategy_min_losses):
            if distinct is not clustered[0]:
                clustered = (distinct, cluster_trades(distinct, wanted))
            key = {"run_id": run_id, "strategy": strategy}
            found += [key | row for row in clustered[1]]
    return pa.Table.from_pylist(found, schema=CLUSTER_SCHEMA)


def cluster_trades(trades: Trades, options: ClusterOptions) -> list[Row]:
    """Return the rows of some trades, without ``run_id`` and ``strategy``."""
    is_complete, is_loss = trades.is_complete, trades.is_loss
    finding = _search(trades, options)
    partition = finding.partition
    shared: Row = {
        "status": "ok" if finding.reason is None else "no_pattern",
        "no_pattern_reason": finding.reason,
        "trade_count": len(trades),
        "losing_count": int(is_loss.sum()),
        "incomplete_count": int((~is_complete).sum()),
        "cluster_count": 0 if partition is None else len(partition.centers),
        "silhouette": None if partition is None else partition.silhouette,
        "null_silhouette_p99": finding.null,
    }
    if finding.reason is not None:
        return [_narrated(shared | {"cluster_id": 0} | _whole(trades, finding.scale))]
    rows = [_row(trades, region, finding) for region in finding.regions]
    for row, p_values in zip(rows, _adjusted(finding.regions), strict=True):
        row["lift_p_adjusted"], row["lift_at_entry_p_adjusted"] = p_values
    return [
        _narrated(shared | row | {"cluster_id": number}) for number, row in enumerate(rows, start=1)
    ]


def _narrated(row: Row) -> Row:
    return row | {"narrative": narrative_of(row)}


def _search(trades: Trades, options: ClusterOptions) -> _Finding:
    losers = trades.features[trades.is_loss & trades.is_complete]
    scale = fit_scale(losers) if len(losers) else None
    obstacle = _obstacle(trades, losers, scale, options)
    if obstacle is not None or scale is None:
        return _Finding(obstacle, scale)
    points = scale.scaled(losers)
    partition = find_partition(
        points, sample=options.sample, min_share=options.min_share, seed=options.seed
    )
    if partition is None:
        return _Finding("no_groups", scale)
    if round(partition.silhouette, _DECIMALS) < options.min_silhouette:
        return _Finding("loose", scale, partition)
    regions = _regions(trades, scale, partition)
    # The null costs most, so it is drawn only where all depends on it.
    if not _is_known_at_entry(regions, options.level):
        return _Finding("no_lift", scale, partition)
    null = null_silhouette(
        points,
        draws=options.null_draws,
        sample=options.sample,
        min_share=options.min_share,
        seed=options.seed,
    )
    is_noise = round(partition.silhouette, _DECIMALS) <= round(null, _DECIMALS)
    return _Finding("as_noise" if is_noise else None, scale, partition, regions, null)


def _obstacle(
    trades: Trades, losers: Floats, scale: RobustScale | None, options: ClusterOptions
) -> str | None:
    """Return why there is nothing to search, or None."""
    if scale is None:
        return "no_losses"
    if len(losers) < options.min_losses:
        return "too_few_losses"
    if len(losers) == trades.is_complete.sum():
        return "no_winners"
    return None if scale.moves.any() else "no_dispersion"


def _regions(trades: Trades, scale: RobustScale, partition: Partition) -> tuple[_Region, ...]:
    """Return the regions of all centres, that with the greatest loss first."""
    is_complete = trades.is_complete
    points = scale.scaled(trades.features[is_complete])
    is_loss, groups = trades.is_loss[is_complete], trades.groups[is_complete]
    centers = partition.centers
    losses = np.bincount(
        nearest_center(points, centers),
        weights=np.where(is_loss, trades.pnl[is_complete], 0.0),
        minlength=len(centers),
    )
    centers = centers[np.lexsort((*centers.T, losses.round(_DECIMALS)))]
    nearest = nearest_center(points, centers)
    nearest_at_entry = nearest_center(points[:, 1:], centers[:, 1:])
    return tuple(
        _Region(
            center=center,
            is_inside=nearest == number,
            is_inside_at_entry=nearest_at_entry == number,
            lift=lift_in(nearest == number, is_loss, groups),
            lift_at_entry=lift_in(nearest_at_entry == number, is_loss, groups),
        )
        for number, center in enumerate(centers)
    )


def _is_known_at_entry(regions: tuple[_Region, ...], level: float) -> bool:
    return any(
        p is not None and round(p, _DECIMALS) < level and (region.lift_at_entry.lift or 0.0) > 1
        for region, (_, p) in zip(regions, _adjusted(regions), strict=True)
    )


def _adjusted(regions: tuple[_Region, ...]) -> list[tuple[float | None, float | None]]:
    """Return the p-values of both lifts by region, adjusted over all of them together."""
    p_values = [region.lift.p_two_sided for region in regions]
    p_values += [region.lift_at_entry.p_two_sided for region in regions]
    found = adjusted(p_values)
    return list(zip(found[: len(regions)], found[len(regions) :], strict=True))


def _whole(trades: Trades, scale: RobustScale | None) -> Row:
    """Return the figures of all losing trades that have all features."""
    row = _losses(trades, trades.is_loss & trades.is_complete)
    medians = [None] * len(FEATURES)
    if scale is not None:
        medians = scale.unscaled(np.zeros((1, len(FEATURES))))[0].tolist()
    return row | {
        f"centroid_{name}": median for name, median in zip(FEATURES, medians, strict=True)
    }


def _row(trades: Trades, region: _Region, finding: _Finding) -> Row:
    is_complete = trades.is_complete
    is_loss = trades.is_loss[is_complete]
    members = np.flatnonzero(is_complete)[region.is_inside & is_loss]
    row = _losses(trades, members)
    row |= {
        "region_count": int(region.is_inside.sum()),
        "entry_region_count": int(region.is_inside_at_entry.sum()),
        "winner_share": float((region.is_inside & ~is_loss).sum() / (~is_loss).sum()),
        **_lift_columns("lift", region.lift),
        **_lift_columns("lift_at_entry", region.lift_at_entry),
    }
    if finding.scale is not None:
        row |= _place_columns(region.center, finding.scale)
    return row


def _losses(trades: Trades, members: NDArray[Any]) -> Row:
    pnl = trades.pnl[members]
    return {
        "size": len(pnl),
        "copy_count": int(trades.copy_counts[members].sum()),
        "avg_loss": float(pnl.mean()) if len(pnl) else None,
        "total_loss": float(pnl.sum()) if len(pnl) else None,
    }


def _lift_columns(kind: str, lift: Lift) -> Row:
    return {
        kind: lift.lift,
        f"{kind}_lower": lift.lower,
        f"{kind}_upper": lift.upper,
    }


def _place_columns(center: Floats, scale: RobustScale) -> Row:
    centroid = scale.unscaled(center[None, :])[0]
    row: Row = {}
    for place, name in enumerate(FEATURES):
        row[f"centroid_{name}"] = float(centroid[place])
        row[f"median_{name}"] = float(scale.centers[place])
        row[f"width_{name}"] = float(scale.widths[place]) if scale.moves[place] else None
        row[f"center_{name}"] = float(center[place])
    return row
