"""Sums over trailing windows that never take one running total from another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["expanding_sums", "rolling_sums"]

Floats = NDArray[np.float64]


def rolling_sums(values: Floats, window: int) -> Floats:
    """Return the sum of the last ``window`` rows at each row, along the second last axis.

    Parameters
    ----------
    values : array, shape (..., n_rows, n_curves)
        No NaN.
    window : int
        Rows of a window, 1 at least.

    Returns
    -------
    array of the same shape
        NaN on the first ``window - 1`` rows.

    Notes
    -----
    Rows are cut into blocks as long as a window. A window then is the end of one block and the
    beginning of the next, so that it is one sum from a block's row to its end plus one from a
    block's start: nothing is taken away, and a row outside a window leaves no trace in it,
    however large. (The method of van Herk, 1992, for running maxima.)

    Examples
    --------
    >>> rolling_sums(np.array([[1e30], [1.0], [2.0], [4.0]]), 2)[:, 0].tolist()
    [nan, 1e+30, 3.0, 6.0]
    """
    rows = values.shape[-2]
    sums = np.full(values.shape, np.nan)
    if rows < window:
        return sums
    blocks = -(-rows // window)
    shape = (*values.shape[:-2], blocks, window, values.shape[-1])
    padded = np.zeros((*values.shape[:-2], blocks * window, values.shape[-1]))
    padded[..., :rows, :] = values
    cut = padded.reshape(shape)
    from_start = np.cumsum(cut, axis=-2)
    to_end = np.cumsum(cut[..., ::-1, :], axis=-2)[..., ::-1, :]
    # The window that ends on a block's row i begins on row i + 1 of the block before.
    from_start[..., 1:, :-1, :] += to_end[..., :-1, 1:, :]
    whole = from_start.reshape(padded.shape)
    sums[..., window - 1 :, :] = whole[..., window - 1 : rows, :]
    return sums


def expanding_sums(values: Floats, window: int) -> Floats:
    """Return the sum of all rows so far, along the second last axis; NaN before ``window`` rows.

    Examples
    --------
    >>> expanding_sums(np.array([[1.0], [2.0], [4.0]]), 2)[:, 0].tolist()
    [nan, 3.0, 7.0]
    """
    sums: Floats = np.cumsum(values, axis=-2)
    sums[..., : window - 1, :] = np.nan
    return sums
