"""Weights of the convex programs, whichever way they were found."""

from __future__ import annotations

import numpy as np
import pytest

from curvehouse.analytics.portfolios import solvers
from curvehouse.analytics.portfolios.panel import Floats


def programs(count: int) -> list[tuple[Floats, Floats, float]]:
    """Means, covariances and caps: few members and many, alike and not, loose and tight."""
    draw = np.random.default_rng(5)
    found = []
    for _ in range(count):
        size = int(draw.integers(2, 40))
        mixed = np.eye(size) + draw.choice([0.0, 0.1, 0.5]) * draw.normal(size=(size, size))
        returns = draw.normal(size=(size + int(draw.integers(5, 250)), size)) @ mixed / 100
        cap = float(draw.choice([1.0, 0.4, 1.5 / size]))
        found.append((returns.mean(axis=0), np.cov(returns.T), cap))
    return found


def weights_of(means: Floats, covariance: Floats, cap: float) -> tuple[Floats, Floats]:
    lowest = solvers.min_variance(covariance, cap)
    # No mean is below zero, so that there is a solution.
    means = np.maximum(means, 1e-6)
    return lowest, solvers.max_sharpe(means, covariance, cap)


def test_exchanges_of_bounds_and_the_solver_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    solve = solvers._solve

    def counted(*program: object) -> tuple[Floats, object]:
        asked.append(1)
        return solve(*program)  # type: ignore[arg-type]

    monkeypatch.setattr(solvers, "_solve", counted)
    cases = programs(150)
    found = [weights_of(*case) for case in cases]
    # Some are left to the solver, but most are not.
    assert 0 < len(asked) < len(cases) / 2
    asked.clear()
    monkeypatch.setattr(solvers, "_MAX_PIVOTS", 0)
    for case, both in zip(cases, found, strict=True):
        for weights, wanted in zip(weights_of(*case), both, strict=True):
            assert weights == pytest.approx(wanted, abs=1e-9)
    assert len(asked) > len(cases)
