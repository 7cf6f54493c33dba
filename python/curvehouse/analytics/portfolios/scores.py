"""What each member's policy makes of its past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curvehouse.analytics.portfolios.options import MEMBER_STATUSES, PortfolioOptions
from curvehouse.analytics.portfolios.panel import Bools, Floats, Ints, Panel

__all__ = ["Eligibility", "Scores", "judge_eligibility", "score_members"]


@dataclass(frozen=True)
class Eligibility:
    """Who may be held, at each decision.

    Attributes
    ----------
    is_eligible : array of bool, shape (n_decisions, n_members)
    status : array of int, same shape
        Positions in `MEMBER_STATUSES`: ``ok``, or why not: ``too_short`` (fewer days than are
        needed), ``not_started`` (no row yet), ``ended`` (no row for more days than a member is
        held through), ``ruined`` (it lost all) or what its `Member.status` says.
    """

    is_eligible: Bools
    status: Ints


@dataclass(frozen=True)
class Scores:
    """Scores of the members at each decision, shape (n_decisions, n_members); NaN where none.

    Attributes
    ----------
    score : array of float64
        What base weights are made of.
    raw : array of float64
        Before scaling or clamping: 1 of equal, one over the volatility of vol_parity, the fraction
        of Kelly's of kelly, the worst drawdown of cap_dd.
    status : array of int
        Positions in `MEMBER_STATUSES`: ``ok``; ``kelly_too_short`` or ``flat``, where an eligible
        member of kelly has no score; else that of its eligibility.
    """

    score: Floats
    raw: Floats
    status: Ints


def judge_eligibility(panel: Panel, last_rows: Ints, options: PortfolioOptions) -> Eligibility:
    """Return who may be held, judged on the days up to ``last_rows``.

    Parameters
    ----------
    panel : Panel
    last_rows : array of int, shape (n_decisions,)
        The position of the last day that each decision may see; -1 for none.
    """
    counts = _at(panel.row_counts, last_rows, 0)
    missing = _at(panel.missing_days, last_rows, 0)
    ruined = _at(panel.is_ruined, last_rows, False)
    landed = np.array([member.status is None for member in panel.members], dtype=bool)
    status = np.full(counts.shape, _code("ok"))
    status[counts < options.min_days] = _code("too_short")
    status[counts == 0] = _code("not_started")
    status[(missing > options.max_missing_days) & (counts > 0)] = _code("ended")
    status[ruined] = _code("ruined")
    for position in np.flatnonzero(~landed):
        status[:, position] = _code(str(panel.members[position].status))
    return Eligibility(status == _code("ok"), status)


def score_members(
    panel: Panel, last_rows: Ints, eligible: Eligibility, options: PortfolioOptions
) -> Scores:
    """Return each member's score by its own policy, from the days up to ``last_rows``.

    Notes
    -----
    equal is 1. vol_parity is one over the largest of the member's exponentially weighted
    volatility (zero mean, weights normalised over its days so far), its own over the last
    ``window_days`` (ddof 1) and the floor, all annualised, divided by the mean of the same over
    all eligible members. kelly is ``kelly_fraction`` of mean over variance of all days so far,
    less the risk-free rate, within 0 and ``kelly_limit``. cap_dd is ``drawdown_target`` over the
    worst drawdown from the peak so far on the last ``window_days``, at most 1.
    """
    is_eligible = eligible.is_eligible
    policies = np.array([member.policy for member in panel.members], dtype=object)
    raw = np.where(is_eligible, 1.0, np.nan)
    score = raw.copy()
    status = eligible.status.copy()
    counts = np.where(is_eligible, _at(panel.row_counts, last_rows, 0), 0)
    if (policies == "vol_parity").any():
        inverse = 1 / _volatilities(panel, counts, options)
        total = np.where(is_eligible, inverse, 0.0).sum(axis=1)
        mean = total / np.maximum(is_eligible.sum(axis=1), 1)
        here = policies == "vol_parity"
        raw[:, here] = np.where(is_eligible, inverse, np.nan)[:, here]
        score[:, here] = raw[:, here] / np.where(mean > 0, mean, np.nan)[:, None]
    for position in np.flatnonzero(policies == "kelly").tolist():
        fraction, reasons = _kelly(panel, position, counts[:, position], options)
        raw[:, position] = fraction
        score[:, position] = np.clip(fraction, 0.0, options.kelly_limit)
        has_none = is_eligible[:, position] & (reasons != _code("ok"))
        status[has_none, position] = reasons[has_none]
    for position in np.flatnonzero(policies == "cap_dd").tolist():
        worst = _worst_drawdowns(panel, position, counts[:, position], options)
        raw[:, position] = worst
        depth = np.maximum(np.abs(worst), options.drawdown_target)
        score[:, position] = options.drawdown_target / depth
    return Scores(score, raw, status)


def _code(status: str) -> int:
    return MEMBER_STATUSES.index(status)


def _at(values: np.ndarray, rows: Ints, before: object) -> np.ndarray:
    """Return columns of (n_members, n_days) values as rows; ``before`` where there is no day."""
    if not values.shape[1]:
        return np.full((len(rows), values.shape[0]), before, dtype=values.dtype)
    taken = values[:, np.maximum(rows, 0)].T.copy()
    taken[rows < 0] = before
    return taken


def _own(panel: Panel, position: int) -> Floats:
    """Return a member's returns on its own days."""
    own: Floats = panel.returns[position][panel.has_row[position]]
    return own


def _volatilities(panel: Panel, counts: Ints, options: PortfolioOptions) -> Floats:
    """Return what vol_parity divides by, at each decision; the floor where nothing is known."""
    yearly = np.sqrt(panel.periods_per_year)
    found = np.full(counts.shape, options.volatility_floor)
    # Members with rows on all days are done at once.
    everybody = np.arange(len(panel.members))
    for group in [everybody] if panel.is_full else np.split(everybody, len(everybody)):
        at = counts[:, group]
        if not at.any():
            continue
        own = panel.returns if panel.is_full else _own(panel, int(group[0]))[None, :]
        last = np.maximum(at.T - 1, 0)
        variances = [
            np.take_along_axis(found_by, last, axis=1)
            for found_by in (
                _weighted_variances(own, options.ewma_decay),
                _window_variances(own, options.window_days),
            )
        ]
        known = np.sqrt(np.maximum(*variances)).T
        volatility = np.maximum(known * yearly[group], options.volatility_floor)
        found[:, group] = np.where(at > 0, volatility, options.volatility_floor)
    return found


def _weighted_variances(own: Floats, decay: float) -> Floats:
    """Return exponentially weighted variances around zero of the first 1, 2, … values of rows."""
    days = own.shape[1]
    sums = np.empty_like(own)
    total = np.zeros(len(own))
    # In blocks within which no power of the decay comes near the smallest number.
    size = max(1, min(512, int(-150 / np.log10(decay))))
    powers = decay ** np.arange(1, size + 1)
    for start in range(0, days, size):
        part = own[:, start : start + size] ** 2
        scale = powers[: part.shape[1]]
        sums[:, start : start + size] = scale * (total[:, None] + np.cumsum(part / scale, axis=1))
        total = sums[:, start + part.shape[1] - 1]
    weights = (1 - decay ** np.arange(1, days + 1)) / (1 - decay)
    variances: Floats = sums / weights
    return variances


def _window_variances(own: Floats, window: int) -> Floats:
    """Return variances (ddof 1) of the last ``window`` values at each; 0 of the first alone."""
    sums, squares = _trailing(own, window), _trailing(own**2, window)
    counts = np.minimum(np.arange(1, own.shape[1] + 1), window)
    spread = np.maximum(squares - sums**2 / counts, 0.0)
    variances: Floats = spread / np.maximum(counts - 1, 1)
    return variances


def _trailing(values: Floats, window: int) -> Floats:
    total = np.cumsum(values, axis=1)
    before = total[:, :-window].copy()
    total[:, window:] -= before
    return total


def _kelly(
    panel: Panel, position: int, counts: Ints, options: PortfolioOptions
) -> tuple[Floats, Ints]:
    own = _own(panel, position) - (
        options.risk_free_rate / panel.members[position].periods_per_year
    )
    fraction = np.full(counts.shape, np.nan)
    reasons = np.full(counts.shape, _code("kelly_too_short"))
    wanted = counts >= options.kelly_min_days
    if not wanted.any():
        return fraction, reasons
    numbers = np.arange(1, len(own) + 1)
    mean = np.cumsum(own) / numbers
    spread = np.cumsum(own**2) - numbers * mean**2
    variance = np.maximum(spread, 0.0) / np.maximum(numbers - 1, 1)
    size = np.cumsum(np.abs(own)) / numbers
    # The sums above carry errors of the size of their last digits, which is no dispersion.
    moves = np.sqrt(variance) > np.maximum(options.zero_dispersion_ratio, 1e-7) * size
    at = counts[wanted] - 1
    fraction[wanted] = np.where(
        moves[at], options.kelly_fraction * mean[at] / np.where(moves, variance, 1.0)[at], np.nan
    )
    reasons[wanted] = np.where(moves[at], _code("ok"), _code("flat"))
    return fraction, reasons


def _worst_drawdowns(
    panel: Panel, position: int, counts: Ints, options: PortfolioOptions
) -> Floats:
    found = np.full(counts.shape, np.nan)
    wanted = counts > 0
    if not wanted.any():
        return found
    own = _own(panel, position)
    equity = np.cumprod(1 + own)
    drawdowns = np.minimum(equity / np.maximum(np.maximum.accumulate(equity), 1.0) - 1, 0.0)
    padded = np.concatenate([np.zeros(options.window_days - 1), drawdowns])
    windows = np.lib.stride_tricks.sliding_window_view(padded, options.window_days)
    found[wanted] = windows[counts[wanted] - 1].min(axis=1)
    return found
