"""Regressions of many curves in moving, growing and whole windows, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.regression.rolling import RollingOLS

from attributed_curves import (
    FACTORS,
    OWN,
)
from curvehouse.analytics.attribution.regression import fit_curves, fit_errors, lay_out


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
@pytest.mark.parametrize("window", [30, 126])
def test_windows_equal_statsmodels(scale: float, window: int) -> None:
    """Also with returns of a millionth, where running totals would lose their digits."""
    factors, own = FACTORS * scale, np.array([OWN, OWN[::-1]]).T * scale
    design = lay_out(factors, window)
    rows = np.arange(len(factors))
    fits = fit_curves(design, own)
    errors = fit_errors(design, fits, own, rows)
    for curve in range(2):
        peer = RollingOLS(own[:, curve], sm.add_constant(factors), window=window).fit()
        mine = np.vstack([fits.alpha[None, :, curve], fits.beta[:, :, curve]]).T
        mine_errors = np.vstack([errors.alpha[None, :, curve], errors.beta[:, :, curve]]).T
        np.testing.assert_allclose(mine, peer.params, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(mine_errors, peer.bse, rtol=1e-9)
        np.testing.assert_allclose(errors.r_squared[:, curve], peer.rsquared, rtol=1e-9)


def test_a_row_outside_a_window_leaves_no_trace_in_it() -> None:
    factors, own = FACTORS.copy(), OWN[:, None].copy()
    own[150], factors[151, 1] = 1e30, 1e5
    fits = fit_curves(lay_out(factors, 126), own)
    for last in (149, 277, 300, 500):
        part = slice(last - 125, last + 1)
        peer = sm.OLS(own[part, 0], sm.add_constant(factors[part])).fit()
        np.testing.assert_allclose(fits.beta[:, last, 0], peer.params[1:], rtol=1e-9)


def test_a_level_that_dwarfs_the_moves_is_taken_off() -> None:
    factors = 1.0 + FACTORS * 1e-3
    own = (2 * factors[:, 0] + 1e-3 * OWN)[:, None]
    design = lay_out(factors, 126)
    fits = fit_curves(design, own)
    errors = fit_errors(design, fits, own, np.array([400]))
    part = slice(275, 401)
    peer = sm.OLS(own[part, 0], sm.add_constant(factors[part])).fit()
    np.testing.assert_allclose(fits.beta[:, 400, 0], peer.params[1:], rtol=1e-8)
    np.testing.assert_allclose(errors.beta[:, 0, 0], peer.bse[1:], rtol=1e-8)


@pytest.mark.parametrize("last", [126, 127, 400, len(OWN) - 1])
def test_expanding_windows_equal_statsmodels(last: int) -> None:
    design = lay_out(FACTORS, 126, is_expanding=True)
    fits = fit_curves(design, OWN[:, None])
    errors = fit_errors(design, fits, OWN[:, None], np.array([last]))
    peer = sm.OLS(OWN[: last + 1], sm.add_constant(FACTORS[: last + 1])).fit()
    np.testing.assert_allclose(fits.beta[:, last, 0], peer.params[1:], rtol=1e-9)
    np.testing.assert_allclose(fits.alpha[last, 0], peer.params[0], rtol=1e-9)
    np.testing.assert_allclose(errors.beta[:, 0, 0], peer.bse[1:], rtol=1e-9)
    np.testing.assert_allclose(errors.alpha[0, 0], peer.bse[0], rtol=1e-9)
    np.testing.assert_allclose(errors.r_squared[0, 0], peer.rsquared, rtol=1e-9)
    assert np.isnan(fits.beta[:, :125]).all()


@pytest.mark.parametrize("noise", [1e-4, 1e-6, 1e-9])
def test_close_fits_have_their_small_errors(noise: float) -> None:
    own = (FACTORS @ [1.0, 0.5, 0.0] + noise * OWN)[:, None]
    for is_expanding in (False, True):
        design = lay_out(FACTORS, 126, is_expanding=is_expanding)
        fits = fit_curves(design, own)
        errors = fit_errors(design, fits, own, np.array([130, 500]))
        for row, last in enumerate((130, 500)):
            part = slice(0 if is_expanding else last - 125, last + 1)
            peer = sm.OLS(own[part, 0], sm.add_constant(FACTORS[part])).fit()
            np.testing.assert_allclose(errors.beta[:, row, 0], peer.bse[1:], rtol=1e-6)


def test_near_collinear_factors_are_solved_and_collinear_ones_are_not() -> None:
    third = FACTORS[:, 0] - FACTORS[:, 1]
    near = np.column_stack([FACTORS[:, :2], third + 1e-3 * FACTORS[:, 2]])
    fits = fit_curves(lay_out(near, 126), OWN[:, None])
    peer = sm.OLS(OWN[-126:], sm.add_constant(near[-126:])).fit()
    np.testing.assert_allclose(fits.beta[:, -1, 0], peer.params[1:], rtol=1e-8)
    for factor in (third, np.full(len(third), 0.001), np.zeros(len(third))):
        design = lay_out(np.column_stack([FACTORS[:, :2], factor]), 126)
        assert not design.is_solvable.any()
        assert np.isnan(fit_curves(design, OWN[:, None]).beta).all()
