"""The numbers that portfolios rest on, and the names of their rules."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CADENCES",
    "MEMBER_STATUSES",
    "METHODS",
    "POLICIES",
    "PortfolioOptions",
    "PortfolioSpec",
]

POLICIES = ("equal", "vol_parity", "kelly", "cap_dd")
METHODS = ("min_variance", "risk_parity", "hrp", "max_sharpe")
# Of a member at a rebalance; arrays hold positions in this list.
MEMBER_STATUSES = (
    "ok",
    "too_short",
    "not_started",
    "ended",
    "ruined",
    "kelly_too_short",
    "flat",
    "not_selected",
    "not_landed",
    "resampled",
)
CADENCES = ("daily", "weekly", "monthly")


@dataclass(frozen=True)
class PortfolioOptions:
    """What the scores and the walk rest on.

    Attributes
    ----------
    min_days : int
        Days that a member needs before it is eligible.
    window_days : int
        Days behind volatilities, worst drawdowns and covariances.
    kelly_min_days : int
        Days behind a Kelly score, which takes all so far.
    max_missing_days : int
        Days in a row without a row through which a member is held; then it is cash.
    ewma_decay : float
        Weight of a squared return relative to that of the day after it.
    volatility_floor : float
        A year; no member counts as calmer.
    kelly_fraction, kelly_limit : float
        Share of the Kelly fraction that is taken, and the highest score.
    drawdown_target : float
        A worst drawdown beyond it scales a member of cap_dd down.
    risk_free_rate : float
        A year, as a fraction.
    zero_dispersion_ratio : float
        A standard deviation below this times the mean absolute return is none.
    leave_one_out_max_members : int
        Larger portfolios are not walked again without each of their members.
    min_total_return : float
        Shares of a total return smaller than this are noise.
    min_calendar_days : int
        Under so many days from first to last there is no growth a year.
    """

    min_days: int = 63
    window_days: int = 252
    kelly_min_days: int = 252
    max_missing_days: int = 5
    ewma_decay: float = 0.94
    volatility_floor: float = 0.01
    kelly_fraction: float = 0.5
    kelly_limit: float = 2.0
    drawdown_target: float = 0.20
    risk_free_rate: float = 0.0
    zero_dispersion_ratio: float = 1e-12
    leave_one_out_max_members: int = 50
    min_total_return: float = 0.01
    min_calendar_days: int = 30


@dataclass(frozen=True)
class PortfolioSpec:
    """One portfolio as it was asked for; its members come beside it.

    Attributes
    ----------
    portfolio_id : str
    cadence : str
        One of `CADENCES`.
    max_weight : float
        No member is bought above it.
    min_strategies : int
        With fewer eligible members all is cash.
    cost_bps : float
        Of what is bought and sold, in basis points.
    method : str or None
        One of `METHODS`, in place of the members' policies.
    select_metric : str or None
        Members are the best by this metric at each rebalance.
    select_top : int
        So many of them.
    """

    portfolio_id: str
    cadence: str = "monthly"
    max_weight: float = 1.0
    min_strategies: int = 1
    cost_bps: float = 0.0
    method: str | None = None
    select_metric: str | None = None
    select_top: int = 0
