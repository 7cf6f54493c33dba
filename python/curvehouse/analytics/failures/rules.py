"""Which trades to leave out, by what is known at entry, judged on later trades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.failures.conditions import KNOWN_AT_ENTRY, Condition, entry_values
from curvehouse.analytics.failures.lifts import Lift, adjusted, lift_in
from curvehouse.analytics.failures.options import RuleOptions
from curvehouse.analytics.failures.scopes import WHOLE_RUN, scopes_of
from curvehouse.analytics.failures.trades import Trades
from curvehouse.analytics.failures.tree import grow_leaves
from curvehouse.analytics.groups import whole_groups
from curvehouse.quoting import literal

__all__ = ["RULE_SCHEMA", "find_failure_rules"]

_SCORES = (
    ("trade_count", pa.int64()),
    ("losing_count", pa.int64()),
    ("precision", pa.float64()),
    ("recall", pa.float64()),
    ("profit_change", pa.float64()),
)
RULE_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("strategy", pa.string()),
        ("rule_id", pa.int64()),
        ("split_at", pa.timestamp("us")),
        ("status", pa.string()),
        ("rule", pa.string()),
        ("predicate", pa.string()),
        ("trade_count", pa.int64()),
        ("copy_count", pa.int64()),
        *((f"in_sample_{name}", kind) for name, kind in _SCORES),
        *((f"out_of_sample_{name}", kind) for name, kind in _SCORES),
        ("out_of_sample_lift", pa.float64()),
        ("out_of_sample_p_adjusted", pa.float64()),
    ]
)

Flags = NDArray[np.bool_]
Row = dict[str, Any]

_DECIMALS = 10


@dataclass(frozen=True)
class _Leaf:
    conditions: list[Condition]
    is_inside: Flags
    lift: Lift


@dataclass(frozen=True)
class _Split:
    """Trades before a moment and after it; those that span it are neither."""

    moment: np.datetime64
    is_before: Flags
    is_after: Flags


def find_failure_rules(trades: pa.RecordBatchReader, **options: Any) -> pa.Table:
    """Return rules that mark losing trades of each run, and of each larger strategy.

    Parameters
    ----------
    trades : pyarrow.RecordBatchReader
        As for `find_failure_clusters`, with ``entry_weekday, entry_hour, entry_vol_band,
        entry_trend_bucket`` beside.
    **options
        Those of `RuleOptions`.

    Returns
    -------
    pyarrow.Table
        `RULE_SCHEMA`: a row per leaf of the tree, the one whose trades cost most in sample first;
        where there is no tree, one row with rule_id 0 and a status that says why.

    Notes
    -----
    The tree is grown on trades that ended before the split, at ``split_share`` of the time from the
    first entry to the last, and each leaf is scored on those entered after it. A rule holds if
    trades lose more often there than all do, one-sided p, errors clustered by symbol and quarter,
    adjusted over the leaves. Precision is the share of its trades that lose, recall its share of
    all that lose, profit_change what leaving its trades out would have added.
    """
    found: list[Row] = []
    wanted = RuleOptions(**options)
    for run_id, rows in whole_groups(trades, "run_id"):
        for strategy, distinct in scopes_of(rows, wanted.strategy_min_losses):
            found += _rules(run_id, strategy, distinct, wanted)
    return pa.Table.from_pylist(found, schema=RULE_SCHEMA)


def _rules(run_id: str, strategy: str, trades: Trades, options: RuleOptions) -> list[Row]:
    shared: Row = {"run_id": run_id, "strategy": strategy}
    split = _split(trades, options.split_share)
    if split is not None:
        shared["split_at"] = split.moment.item()
    values = entry_values(trades.rows)
    values[:, : len(_MEASURED)] = trades.features[:, 1:]
    is_fitted = ~np.isnan(values).any(axis=1)
    if split is not None:
        is_fitted &= split.is_before
    losses = int(trades.is_loss[is_fitted].sum())
    if split is None or is_fitted.sum() < 2 * options.min_leaf:
        return [shared | {"rule_id": 0, "status": "too_few_trades"}]
    if losses in (0, is_fitted.sum()):
        return [shared | {"rule_id": 0, "status": "one_outcome"}]
    paths = grow_leaves(
        values[is_fitted],
        trades.is_loss[is_fitted],
        max_depth=options.max_depth,
        min_leaf=options.min_leaf,
        seed=options.seed,
    )
    if not paths:
        return [shared | {"rule_id": 0, "status": "no_split"}]
    leaves = [_leaf(trades, path, values, split) for path in paths]
    rows = [shared | row for row in _scored(trades, leaves, split, options.level)]
    for row in rows:
        row["predicate"] = _scope_sql(run_id, strategy) + row["predicate"]
    rows.sort(key=lambda row: (-round(row["in_sample_profit_change"], _DECIMALS), row["predicate"]))
    return [row | {"rule_id": number} for number, row in enumerate(rows, start=1)]


# Those that come from the distinct trade and not from one of its copies.
_MEASURED = [feature.column for feature in KNOWN_AT_ENTRY[:2]]


def _split(trades: Trades, share: float) -> _Split | None:
    if not len(trades):
        return None
    entries, exits = (
        trades.rows.column(name).cast(pa.timestamp("us")).to_numpy()
        for name in ("entry_at", "exit_at")
    )
    first, last = entries.min(), entries.max()
    moment = first + np.timedelta64(int((last - first).astype(np.int64) * share), "us")
    return _Split(moment, exits < moment, entries >= moment)


def _leaf(
    trades: Trades, conditions: list[Condition], values: NDArray[np.float64], split: _Split
) -> _Leaf:
    is_inside = np.ones(len(trades), dtype=bool)
    for condition in conditions:
        is_inside &= condition.holds(values[:, KNOWN_AT_ENTRY.index(condition.feature)])
    after = split.is_after
    lift = lift_in(is_inside[after], trades.is_loss[after], trades.groups[after])
    return _Leaf(conditions, is_inside, lift)


def _scored(trades: Trades, leaves: Sequence[_Leaf], split: _Split, level: float) -> list[Row]:
    p_values = adjusted([leaf.lift.p_one_sided for leaf in leaves])
    rows = []
    for leaf, p in zip(leaves, p_values, strict=True):
        row: Row = {
            "status": _status(p, level),
            "rule": " and ".join(condition.text for condition in leaf.conditions),
            "predicate": " and ".join(condition.sql for condition in leaf.conditions),
            "trade_count": int(leaf.is_inside.sum()),
            "copy_count": int(trades.copy_counts[leaf.is_inside].sum()),
            "out_of_sample_lift": leaf.lift.lift,
            "out_of_sample_p_adjusted": p,
        }
        for sample, chosen in (("in", split.is_before), ("out_of", split.is_after)):
            scores = _scores(trades, leaf.is_inside & chosen, chosen)
            row |= {f"{sample}_sample_{name}": value for name, value in scores.items()}
        rows.append(row)
    return rows


def _status(p: float | None, level: float) -> str:
    if p is None:
        return "not_scored"
    return "holds" if round(p, _DECIMALS) < level else "fails"


def _scores(trades: Trades, is_inside: Flags, sample: Flags) -> Row:
    count, losing = int(is_inside.sum()), int((is_inside & trades.is_loss).sum())
    losses = int((sample & trades.is_loss).sum())
    return {
        "trade_count": count,
        "losing_count": losing,
        "precision": losing / count if count else None,
        "recall": losing / losses if losses else None,
        # Not the negative of zero, which reads oddly.
        "profit_change": 0.0 - float(trades.pnl[is_inside].sum()),
    }


def _scope_sql(run_id: str, strategy: str) -> str:
    parts = [f"run_id = {literal(run_id)}"]
    if strategy != WHOLE_RUN:
        parts.append(f"strategy = {literal(strategy)}")
    return " and ".join([*parts, "exit_at is not null", ""])
