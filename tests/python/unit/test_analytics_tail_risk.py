"""The tail of losses: a known one is found again, and none is made up."""

from __future__ import annotations

import warnings
from dataclasses import asdict

import numpy as np
import pytest

from curvehouse.analytics.tail_risk import fit_pareto, measure_tail

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical


def pareto_losses(scale: float, shape: float, count: int, seed: int) -> np.ndarray:
    uniform = np.random.default_rng(seed).random(count)
    return np.asarray(scale / shape * (uniform**-shape - 1))


@pytest.mark.parametrize(("scale", "shape"), [(0.02, 0.2), (1.0, 0.4), (0.3, 0.9)])
def test_a_known_tail_is_found_again(scale: float, shape: float) -> None:
    count = 20_000
    found = fit_pareto(pareto_losses(scale, shape, count, seed=3))
    assert found is not None
    # Four standard errors of the greatest likelihood, as Smith (1984) has them.
    assert found[0] == pytest.approx(scale, abs=4 * scale * np.sqrt(2 * (1 + shape) / count))
    assert found[1] == pytest.approx(shape, abs=4 * (1 + shape) / np.sqrt(count))


def test_figures_are_those_of_the_formulas_at_the_fit() -> None:
    losses = pareto_losses(0.3, 0.5, 500, seed=4)
    tail = measure_tail(np.concatenate([-losses, np.full(300, 0.01)]))
    assert tail is not None
    assert tail.gpd_threshold == 0.2
    beyond = losses[losses >= 0.2]
    scale, shape = tail.gpd_scale, tail.gpd_shape
    assert (scale, shape) == fit_pareto(beyond)
    expected = 0.2 + scale / shape * ((500 / len(beyond) * 0.01) ** -shape - 1)
    assert tail.gpd_value_at_risk == pytest.approx(expected, rel=1e-9)
    assert tail.gpd_expected_shortfall == pytest.approx(
        expected / (1 - shape) + (scale - shape * 0.2) / (1 - shape), rel=1e-9
    )


@pytest.mark.parametrize("shape", [0.05, 0.5, 0.95])
def test_heavy_tails_are_those_of_empyrical(shape: float) -> None:
    returns = -pareto_losses(0.3, shape, 400, seed=5)
    tail = measure_tail(returns)
    assert tail is not None
    with np.errstate(all="ignore"):
        theirs = empyrical.gpd_risk_estimates(returns)
    assert list(asdict(tail).values()) == pytest.approx(theirs.tolist(), rel=1e-6)


def test_a_tail_without_a_mean_has_no_shortfall() -> None:
    tail = measure_tail(-pareto_losses(0.3, 2.5, 400, seed=6))
    assert tail is not None
    assert tail.gpd_shape > 1
    assert tail.gpd_value_at_risk > 0
    assert tail.gpd_expected_shortfall is None


def test_too_few_losses_have_no_tail() -> None:
    losses = pareto_losses(0.02, 0.2, 20, seed=7)
    gains = np.full(100, 0.01)
    assert measure_tail(np.concatenate([-losses, gains])) is not None
    assert measure_tail(np.concatenate([-losses[1:], gains])) is None
    assert measure_tail(gains, min_losses=0) is None
    assert fit_pareto(losses[:0]) is None


def test_losses_of_nearly_nothing_have_no_tail() -> None:
    assert measure_tail(np.full(100, -1e-12)) is None
