"""A finding in words, made of nothing but the numbers that are stored beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["narrative_of"]

Row = Mapping[str, Any]


def narrative_of(row: Row) -> str:
    """Return the sentences of a cluster, or of why there is none.

    Parameters
    ----------
    row : mapping
        The columns of `CLUSTER_SCHEMA` but the keys. The same numbers give the same text.
    """
    if row["status"] == "no_pattern":
        sentences = [_nothing(row)]
    else:
        sentences = [_size(row), _center(row), _at_entry(row), _at_exit(row), _winners(row)]
    return " ".join([*sentences, *_left_out(row)])


def _size(row: Row) -> str:
    return (
        f"Cluster {row['cluster_id']} of {row['cluster_count']} holds {row['size']:,} of "
        f"{row['losing_count']:,} losing trades, which lost {-row['total_loss']:,.2f} in all, "
        f"{-row['avg_loss']:,.2f} each."
    )


def _center(row: Row) -> str:
    return (
        f"At its centre a trade is entered after a run-up of {row['centroid_pre_runup_pct']:,.2f} "
        f"% at a volatility of {row['centroid_entry_vol']:.3f} a year, and held for "
        f"{row['centroid_hold_minutes']:,.0f} minutes, which is known only at exit."
    )


def _at_entry(row: Row) -> str:
    if row["lift_at_entry"] is None:
        return "No trade lies nearest to it by what is known at entry."
    return (
        f"By what is known at entry, the {row['entry_region_count']:,} trades nearest to it lose "
        f"{row['lift_at_entry']:.2f} times as often as all{_certainty(row, 'lift_at_entry')}."
    )


def _at_exit(row: Row) -> str:
    return (
        f"With the holding time, known only at exit, {row['region_count']:,} trades are nearest, "
        f"and lose {row['lift']:.2f} times as often{_certainty(row, 'lift')}; that describes, and "
        "can't be acted on."
    )


def _winners(row: Row) -> str:
    return f"Of the trades that did not lose, {row['winner_share']:.3f} are among them."


def _certainty(row: Row, kind: str) -> str:
    if row[f"{kind}_p_adjusted"] is None:
        return " (how surely can't be told)"
    return (
        f" (95 % interval {row[f'{kind}_lower']:.2f} to {row[f'{kind}_upper']:.2f}, "
        f"adjusted p {row[f'{kind}_p_adjusted']:.4f})"
    )


def _nothing(row: Row) -> str:
    size, trades = f"{row['size']:,}", f"{row['trade_count']:,}"
    if row["silhouette"] is not None:
        silhouette = f"{row['silhouette']:.3f}"
    reasons = {
        "no_losses": lambda: f"none of the {trades} trades that have all features lost",
        "too_few_losses": lambda: f"{size} losing trades with all features are too few to compare",
        "no_winners": lambda: f"all trades with all features lost ({size}), so nothing differs",
        "no_dispersion": lambda: f"the {size} losing trades are all alike",
        "no_groups": lambda: (
            f"the {size} losing trades fall into no groups that are all large enough"
        ),
        "loose": lambda: (
            f"the {size} losing trades fall into no groups that hold together (silhouette "
            f"{silhouette})"
        ),
        "no_lift": lambda: (
            f"the {size} losing trades fall into {row['cluster_count']} groups (silhouette "
            f"{silhouette}), but by what is known at entry none of them loses significantly more "
            "often than all trades do"
        ),
        "as_noise": lambda: (
            f"the {size} losing trades fall into {row['cluster_count']} groups no better "
            f"(silhouette {silhouette}) than one shapeless cloud of the same spread does "
            f"(99th percentile {row['null_silhouette_p99']:.3f})"
        ),
    }
    return f"No pattern: {reasons[row['no_pattern_reason']]()}."


def _left_out(row: Row) -> list[str]:
    if not row["incomplete_count"]:
        return []
    return [f"{row['incomplete_count']:,} of {row['trade_count']:,} trades lack a feature."]
