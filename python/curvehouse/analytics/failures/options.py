"""What counts as a pattern, and as a rule."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ClusterOptions", "RuleOptions"]


@dataclass(frozen=True, kw_only=True)
class ClusterOptions:
    """Thresholds of a search for patterns.

    Attributes
    ----------
    min_losses : int
        Losing trades under which nothing is searched.
    strategy_min_losses : int
        Losing trades from which a strategy is searched by itself, beside its run.
    min_share : float
        Share of the losing trades that the smallest cluster has at least.
    min_silhouette : float
        Under which groups are too loose to be called so.
    level : float
        Under which an adjusted p-value is significant.
    null_draws, sample : int
        Gaussian clouds drawn, and points of each; the silhouette, too, is taken over so many.
    seed : int
        Of all draws.
    """

    min_losses: int = 30
    strategy_min_losses: int = 200
    min_share: float = 0.05
    min_silhouette: float = 0.25
    level: float = 0.05
    null_draws: int = 99
    sample: int = 500
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class RuleOptions:
    """How rules are sought and judged.

    Attributes
    ----------
    split_share : float
        Share of the time from the first entry to the last that the tree may see.
    max_depth, min_leaf : int
        Of the tree.
    strategy_min_losses : int
        Losing trades from which a strategy has rules of its own, beside its run's.
    level : float
        Under which an adjusted p-value is significant.
    seed : int
        Decides between splits that are equally good.
    """

    split_share: float = 0.7
    max_depth: int = 3
    min_leaf: int = 30
    strategy_min_losses: int = 200
    level: float = 0.05
    seed: int = 0
