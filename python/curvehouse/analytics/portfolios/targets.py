"""What a portfolio is to hold after each rebalance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curvehouse.analytics.portfolios.cadence import rebalance_rows
from curvehouse.analytics.portfolios.caps import capped_weights, without_leverage
from curvehouse.analytics.portfolios.methods import method_weights
from curvehouse.analytics.portfolios.options import (
    MEMBER_STATUSES,
    PortfolioOptions,
    PortfolioSpec,
)
from curvehouse.analytics.portfolios.panel import Bools, Floats, Ints, Panel
from curvehouse.analytics.portfolios.scores import (
    Eligibility,
    Scores,
    judge_eligibility,
    score_members,
)
from curvehouse.analytics.portfolios.selection import select_members

__all__ = ["Targets", "decide_targets"]

_RAISED = ("equal", "vol_parity")


@dataclass(frozen=True)
class Targets:
    """Decisions from the first funded one on.

    Attributes
    ----------
    rows : array of int, shape (n_decisions,)
        Position in the calendar of the day whose open each is made at.
    weights : array of float64, shape (n_decisions, n_members)
        What is wanted; the rest is cash.
    score, raw : array of float64, same shape
        NaN where there is none.
    is_capped : array of bool, same shape
    member_status : array of int, same shape
        Positions in `MEMBER_STATUSES`.
    status : array of str objects, shape (n_decisions,)
        ``ok``; ``too_few_members``, ``no_positive_score`` (all is cash, by the members' scores);
        ``solver_failed`` or ``no_positive_mean`` (the weights before are kept).
    unfunded_status : str
        Why the last decision before the first funded one was none; ``no_returns`` without any.
    """

    rows: Ints
    weights: Floats
    score: Floats
    raw: Floats
    is_capped: Bools
    member_status: Ints
    status: np.ndarray
    unfunded_status: str


def decide_targets(panel: Panel, spec: PortfolioSpec, options: PortfolioOptions) -> Targets:
    """Return the target weights of all rebalances, each from the days before its own.

    Notes
    -----
    A portfolio is funded at the first rebalance at which enough members are eligible and one of
    them has a score; rows before that are left out. From then on a rebalance that buys nothing
    is one that holds cash.
    """
    rows = rebalance_rows(panel.days, spec.cadence)
    last_rows = rows - 1
    eligible = judge_eligibility(panel, last_rows, options)
    if spec.select_metric is not None:
        eligible = _selected(panel, last_rows, eligible, spec, options)
    enough = eligible.is_eligible.sum(axis=1) >= spec.min_strategies
    if spec.method is None:
        decided = _by_policies(panel, last_rows, eligible, spec, options)
    else:
        decided = _by_method(panel, last_rows, eligible, spec, options)
    decided.weights[~enough] = 0.0
    decided.is_capped[~enough] = False
    decided.status[~enough] = "too_few_members"
    has_score = (eligible.is_eligible & np.isfinite(decided.scores.score)).any(axis=1)
    if spec.method is not None:
        has_score = decided.status == "ok"
    return _from_first_funded(rows, decided, enough & has_score)


def _selected(
    panel: Panel,
    last_rows: Ints,
    eligible: Eligibility,
    spec: PortfolioSpec,
    options: PortfolioOptions,
) -> Eligibility:
    chosen = select_members(
        panel,
        last_rows,
        eligible.is_eligible,
        metric=str(spec.select_metric),
        top=spec.select_top,
        options=options,
    )
    status = eligible.status.copy()
    status[eligible.is_eligible & ~chosen] = MEMBER_STATUSES.index("not_selected")
    return Eligibility(chosen, status)


@dataclass(frozen=True)
class _Decided:
    """As `Targets`, of all rebalances."""

    weights: Floats
    is_capped: Bools
    scores: Scores
    status: np.ndarray


def _by_policies(
    panel: Panel,
    last_rows: Ints,
    eligible: Eligibility,
    spec: PortfolioSpec,
    options: PortfolioOptions,
) -> _Decided:
    scores = score_members(panel, last_rows, eligible, options)
    count = np.maximum(eligible.is_eligible.sum(axis=1), 1)
    base = np.nan_to_num(scores.score, nan=0.0) / count[:, None]
    can_rise = np.array([member.policy in _RAISED for member in panel.members], dtype=bool)
    weights, is_capped = capped_weights(without_leverage(base), spec.max_weight, can_rise)
    is_cash = weights.sum(axis=1) == 0
    status = np.where(is_cash, "no_positive_score", "ok").astype(object)
    return _Decided(weights, is_capped, scores, status)


def _by_method(
    panel: Panel,
    last_rows: Ints,
    eligible: Eligibility,
    spec: PortfolioSpec,
    options: PortfolioOptions,
) -> _Decided:
    shape = eligible.is_eligible.shape
    weights, is_capped = np.zeros(shape), np.zeros(shape, dtype=bool)
    status = np.full(shape[0], "ok", dtype=object)
    kept = np.zeros(shape[1])
    for number, last_row in enumerate(last_rows.tolist()):
        members = np.flatnonzero(eligible.is_eligible[number])
        if not len(members) or len(members) < spec.min_strategies:
            kept = np.zeros(shape[1])
            continue
        found = method_weights(panel, members, last_row, spec, options)
        status[number] = found.status
        if found.weights is None:
            # Who may no longer be held is sold.
            weights[number] = np.where(eligible.is_eligible[number], kept, 0.0)
        else:
            weights[number, members] = found.weights
            is_capped[number, members] = found.is_capped
        kept = weights[number]
    nothing = np.full(shape, np.nan)
    return _Decided(weights, is_capped, Scores(nothing, nothing, eligible.status), status)


def _from_first_funded(rows: Ints, decided: _Decided, is_funded: Bools) -> Targets:
    first = int(np.argmax(is_funded)) if is_funded.any() else len(rows)
    before = str(decided.status[first - 1]) if first else "no_returns"
    if before in ("ok", "no_positive_score"):
        before = "no_score"
    return Targets(
        rows[first:],
        decided.weights[first:],
        decided.scores.score[first:],
        decided.scores.raw[first:],
        decided.is_capped[first:],
        decided.scores.status[first:],
        decided.status[first:],
        before,
    )
